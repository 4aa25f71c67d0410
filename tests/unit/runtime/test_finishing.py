"""Calls under way end in order when a run is told to stop (C1), and rings of waiting are found (W5)."""

import asyncio

import pytest

from accord.runtime.finishing import finished
from accord.runtime.rings import rings


async def cancelled(act, *, times=1, patience_s=10.0):
    """Whether `act` was ended by itself when the one who waits for it is cancelled."""
    ended = []

    async def work():
        try:
            await act()
            ended.append("by itself")
        except asyncio.CancelledError:
            ended.append("cut off")
            raise

    task = asyncio.ensure_future(finished(work(), patience_s))
    for _ in range(times):
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    return ended


async def soon():
    for _ in range(20):
        await asyncio.sleep(0)


async def never():
    await asyncio.Event().wait()


def test_what_is_under_way_is_waited_for():
    assert asyncio.run(cancelled(soon)) == ["by itself"]


def test_a_second_cancellation_does_not_wait():
    assert asyncio.run(cancelled(never, times=2)) == ["cut off"]


def test_patience_ends():
    assert asyncio.run(cancelled(never, patience_s=0)) == ["cut off"]


def test_the_answer_comes_back():
    async def answer():
        return 7

    assert asyncio.run(finished(answer())) == 7


@pytest.mark.parametrize(
    ("waits", "found"),
    [
        ({}, ""),
        ({"a": {"b"}}, ""),
        ({"a": {"b"}, "b": {"a"}}, "ab"),
        ({"a": {"a"}}, "a"),
        ({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}, "abc"),
        ({"a": {"b"}, "b": {"a"}, "x": {"y"}}, "ab"),
    ],
)
def test_w5_who_waits_in_a_ring(waits, found):
    assert rings(waits) == frozenset(found)
