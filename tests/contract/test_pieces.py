"""The board of pieces on PostgreSQL: one worker to a piece, stale ones refused, calls shared (C3, W11)."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from accord.core.errors import StaleLease
from accord.runtime.budget import DailyBudget, spent_of
from accord.runtime.clock import SystemClock
from accord.runtime.rhythm import SharedRhythm
from accord.store.postgres import PostgresStore
from tests.postgres import Server, server

__all__ = ["server"]

LEASE_S = 0.6


@asynccontextmanager
async def _workers(
    server: Server, *, lease_s: float = 10.0
) -> AsyncIterator[tuple[PostgresStore, PostgresStore]]:
    """A conductor and a hand."""
    url = server.url(server.new_schema())
    first = PostgresStore(url, lease_s=lease_s)
    second = PostgresStore(url, conduct=False, lease_s=lease_s)
    try:
        for store in (first, second):
            await store.pieces.begin()
        yield first, second
    finally:
        await first.close()
        await second.close()


def _run(act: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(act())  # type: ignore[arg-type]


def test_c3_a_piece_is_for_one_worker_of_the_same_configuration(server: Server) -> None:
    async def main() -> None:
        async with _workers(server) as (first, second):
            ids = await first.pieces.post("f", "read", [b"a", b"b"])
            assert await second.pieces.claim("another configuration") is None
            one = await second.pieces.claim("f")
            other = await first.pieces.claim("f", ids)
            assert one is not None
            assert other is not None
            assert [one.piece.what, other.piece.what] == [b"a", b"b"]
            assert not one.piece.begun
            assert await second.pieces.claim("f") is None
            async with one.store.transaction() as tx:
                await tx.save_meta("by", "the hand")
            await second.pieces.finish(one, b"done")
            await first.pieces.give_back(other, refused=True)
            assert await second.pieces.claim("f") is None  # the conductor does it
            posted = await first.pieces.look(ids)
            assert posted[ids[0]].result == b"done"
            assert posted[ids[1]].refused
            again = await first.pieces.claim("f", ids[1:])
            assert again is not None
            assert again.piece.begun
            await first.pieces.finish(again, b"")
            await first.pieces.drop(ids)
            assert await first.pieces.look(ids) == {}
            assert [t.name for t in await first.tenures("piece:")] == []

    _run(main)


def test_c3_the_store_refuses_whoever_was_not_heard_of(server: Server) -> None:
    """A stale token: neither what it writes is kept, nor what it answers."""

    async def main() -> None:
        async with _workers(server, lease_s=LEASE_S) as (first, second):
            ids = await first.pieces.post("f", "share", [b"a"])
            stale = await second.pieces.claim("f")
            assert stale is not None
            second.forget(stale.held)  # as if this process had been stopped
            assert not stale.stands()
            await asyncio.sleep(LEASE_S + 0.1)
            claim = await first.pieces.claim("f", ids)
            assert claim is not None
            assert claim.piece.begun
            with pytest.raises(StaleLease):
                async with stale.store.transaction() as tx:
                    await tx.save_meta("by", "a ghost")
            with pytest.raises(StaleLease):
                await second.pieces.finish(stale, b"by a ghost")
            async with first.transaction(dry=True) as tx:
                assert await tx.meta("by") is None
            await first.pieces.finish(claim, b"done")
            assert (await first.pieces.look(ids))[ids[0]].result == b"done"

    _run(main)


def test_c3_who_takes_over_waits_for_pieces_and_leaves_none_of_before(server: Server) -> None:
    async def main() -> None:
        async with _workers(server) as (first, second):
            ids = await first.pieces.post("f", "share", [b"a", b"b"])
            claim = await second.pieces.claim("f")
            assert claim is not None
            await first.resign()
            assert await second.pieces.claim("f") is None  # nobody conducts
            assert not await first.conduct()  # somebody still works for the one before
            await second.pieces.finish(claim, b"")
            assert await first.conduct()
            await first.pieces.drop(())
            assert await first.pieces.look(ids) == {}

    _run(main)


def test_c3_a_conductor_that_was_taken_over_posts_nothing(server: Server) -> None:
    async def main() -> None:
        async with _workers(server) as (first, second):
            await first.release(first.conducting)
            assert await second.conduct()
            with pytest.raises(StaleLease):
                await first.pieces.post("f", "share", [b"a"])

    _run(main)


def test_c3_a_mark_that_is_set_meanwhile_is_not_taken_away(server: Server) -> None:
    """Who settles a golden record on what it can see does not take away the mark that somebody else is just setting."""

    async def main() -> None:
        async with _workers(server) as (first, second):
            async with first.transaction() as tx:
                await tx.mark("settle", ["g"])
            async with second.pieces.mine.transaction() as late:
                assert await late.marked("settle", "", 9) == ["g"]
                async with first.transaction() as tx:
                    await tx.mark("settle", ["g"])
                await late.unmark("settle", ["g"])
            async with first.transaction() as tx:
                assert await tx.marked("settle", "", 9) == ["g"]
                await tx.unmark("settle", ["g"])
                assert await tx.marked("settle", "", 9) == []

    _run(main)


def test_w11_two_processes_that_take_calls_at_once_get_no_more_than_there_are(server: Server) -> None:
    async def main() -> None:
        clock = SystemClock()
        async with _workers(server) as (first, second):
            budgets = [DailyBudget("crm", 50, clock) for _ in range(2)]
            budgets[0].store, budgets[1].store = first, second.pieces.mine

            async def spend(budget: DailyBudget) -> int:
                taken = 0
                while not await budget.take():
                    taken += 1
                    await asyncio.sleep(0)
                return taken

            taken = await asyncio.gather(*map(spend, budgets))
            assert sum(taken) == 50
            async with first.transaction(dry=True) as tx:
                assert (await spent_of(tx, "crm", 50, clock.now_us())).left == 0

    _run(main)


def test_w11_two_workers_call_no_faster_than_one_may(server: Server) -> None:
    async def main() -> None:
        clock = SystemClock()
        async with _workers(server) as (first, second):
            rhythms = [SharedRhythm("crm", 40.0, clock, s.pieces.reserve) for s in (first, second)]
            end_s = time.monotonic() + 1.0

            async def call(rhythm: SharedRhythm) -> int:
                made = 0
                while time.monotonic() < end_s:
                    if wait_s := await rhythm.take():
                        await asyncio.sleep(wait_s)
                    else:
                        made += 1
                return made

            made = await asyncio.gather(*map(call, rhythms))
            assert all(made)
            assert 40 <= sum(made) <= 82  # a second's worth at once, and one in the second

    _run(main)


def test_c3_who_waits_is_woken(server: Server) -> None:
    async def main() -> None:
        async with _workers(server) as (first, second):
            assert not await second.pieces.wait(0.3)  # it listens by now
            waiting = asyncio.ensure_future(second.pieces.wait(10, "hint"))
            await asyncio.sleep(0.05)
            await first.pieces.ring("hint")
            began_s = time.monotonic()
            assert await waiting
            assert time.monotonic() - began_s < 2
            assert await first.pieces.workers() == 2

    _run(main)
