"""Several transactions at once on PostgreSQL: what C3 locks, and what is undone where two wait for each other."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from accord.core.errors import Undone
from accord.core.state import Key
from accord.store.postgres import PostgresStore
from accord.testing.store_contract.rows import A, cluster, link, seen
from tests.postgres import Server, server  # noqa: F401 (a fixture)


@pytest.fixture
def url(server: Server) -> str:  # noqa: F811
    return server.url(server.new_schema())


@asynccontextmanager
async def workers(url: str, count: int = 2) -> AsyncIterator[list[Any]]:
    """So many hands, each with a connection of its own."""
    stores, fenced = [], []
    for number in range(count):
        store = PostgresStore(url, conduct=False)
        stores.append(store)
        held = await store.hold(f"hand/{number}", 60)
        assert held is not None
        fenced.append(store.fenced(held.lease))
    try:
        yield fenced
    finally:
        for store in stores:
            await store.close()


async def _waits(task: "asyncio.Task[Any]") -> bool:
    done, _ = await asyncio.wait([task], timeout=0.1)
    return not done


async def _one_after_the_other(
    url: str, first: Callable[[Any], Awaitable[Any]], second: Callable[[Any], Awaitable[Any]]
) -> Any:
    """What the second one came to; it waited for the first."""
    async with workers(url) as (one, other):

        async def later() -> Any:
            async with other.transaction() as tx:
                return await second(tx)

        async with one.transaction() as tx:
            await first(tx)
            await tx.meta("sent")  # what gives nothing is not waited for
            task = asyncio.create_task(later())
            assert await _waits(task)
        return await asyncio.wait_for(task, 10)


ASK = [("r", "k")]


def _add(id_: str) -> Callable[[Any], Awaitable[Any]]:
    async def add(tx: Any) -> Any:
        await tx.groups("person", ASK, 9)
        await tx.save_seen([seen(id_)])
        await tx.change_keys("person", [], [Key("r", "k", A, id_)])

    return add


def _touched(tx: Any) -> Any:
    return tx.touched("person", "r", "", 9, 9)


FIRST = {"groups": lambda tx: tx.groups("person", ASK, 9), "touch": lambda tx: tx.touch_keys("person", ASK)}
SECOND = {
    **FIRST,
    "add": lambda tx: tx.change_keys("person", [], [Key("r", "k", A, "9")]),
    "remove": lambda tx: tx.change_keys("person", [Key("r", "k", A, "9")], []),
}


@pytest.mark.parametrize("second", [*SECOND, "touched"])
@pytest.mark.parametrize("first", [*FIRST, "touched"])
def test_c3_a_match_key_is_decided_on_by_one_at_a_time(url: str, first: str, second: str) -> None:
    """Whether or not a row is there yet; of touched keys those that are marked are given, and locked."""

    async def play() -> None:
        for marked in (False, True):
            if marked:
                async with workers(url, 1) as (one,), one.transaction() as tx:
                    await tx.touch_keys("person", ASK)
            if marked or "touched" not in (first, second):
                await _one_after_the_other(url, FIRST.get(first, _touched), SECOND.get(second, _touched))
                async with workers(url, 1) as (one,), one.transaction() as tx:
                    await tx.untouch("person", "r", ["k"])

    asyncio.run(play())


def test_c3_who_waited_for_a_match_key_sees_what_was_decided(url: str) -> None:
    async def play() -> None:
        (group,) = await _one_after_the_other(url, _add("1"), lambda tx: tx.groups("person", ASK, 9))
        assert [member.id for member in group.members] == ["1"]
        groups = await _one_after_the_other(url, _add("2"), lambda tx: tx.touched("person", "r", "", 9, 9))
        assert [[member.id for member in group.members] for group in groups] == [["1", "2"]]

    asyncio.run(play())


def test_c3_other_match_keys_do_not_wait(url: str) -> None:
    async def play() -> None:
        async with workers(url) as (one, other), one.transaction() as tx:
            await tx.groups("person", ASK, 9)
            async with other.transaction() as beside:
                await beside.groups("person", [("r", "l")], 9)
                await beside.change_keys("org", [], [Key("r", "k", A, "1")])
        async with workers(url, 1) as (one,), one.transaction(dry=True) as tx:
            assert await tx.touched("person", "r", "", 9, 9) == []

    asyncio.run(play())


@pytest.mark.parametrize("there", [True, False])
@pytest.mark.parametrize("how", ["clusters", "links"])
def test_c3_a_golden_record_is_settled_by_one_at_a_time(url: str, there: bool, how: str) -> None:
    """Whether or not a row is there yet, and who waited for it sees what the other one made of it."""

    async def first(tx: Any) -> None:
        await (tx.clusters(["g", "h"]) if how == "clusters" else tx.links(A, ["g", "h"]))
        await tx.save_clusters([cluster("g", link("g", generation=7))])

    async def play() -> None:
        if there:
            async with workers(url, 1) as (one,), one.transaction() as tx:
                await tx.save_clusters([cluster("g", link("g"))])
        (found,) = await _one_after_the_other(url, first, lambda tx: tx.clusters(["g"]))
        assert found.links[0].generation == 7
        async with workers(url) as (one, other), one.transaction() as tx:
            await tx.clusters(["g"])
            async with other.transaction() as beside, asyncio.timeout(10):
                await beside.clusters(["h"])
            async with other.transaction(dry=True) as beside, asyncio.timeout(10):
                assert len(await beside.clusters(["g"])) == 1
            assert await tx.marked("lock", "", 9) == []

    asyncio.run(play())


def test_c3_of_two_that_wait_for_each_other_one_is_undone(url: str) -> None:
    """And may begin anew at once."""

    async def play() -> None:
        async with workers(url) as stores:
            ready = asyncio.Barrier(2)

            async def work(store: Any, ids: list[str]) -> str:
                try:
                    async with store.transaction() as tx:
                        await tx.clusters(ids[:1])
                        await ready.wait()
                        await tx.clusters(ids[1:])
                        await tx.mark("settle", ids)
                except Undone as error:
                    return error.message
                return ""

            ends = await asyncio.gather(work(stores[0], ["g", "h"]), work(stores[1], ["h", "g"]))
            assert sorted(map(bool, ends)) == [False, True]
            assert any("waited for each other" in end for end in ends)
            for store in stores:
                async with store.transaction() as tx:
                    assert [each.golden.id for each in await tx.clusters(["g", "h"])] == []
                    assert await tx.marked("settle", "", 9) == ["g", "h"]

    asyncio.run(play())


def test_c3_a_thousand_keys_and_goldens_of_many_workers_are_no_matter(url: str) -> None:
    """The server's table of locks is small; these are locks of rows."""

    async def play() -> None:
        async with workers(url, 3) as stores:
            async with asyncio.timeout(60):
                await asyncio.gather(*(work(store, number) for number, store in enumerate(stores)))

    async def work(store: Any, number: int) -> None:
        async with store.transaction() as tx:
            keys = [("r", f"{number}/{place}") for place in range(4000)]
            assert await tx.groups("person", keys, 9) == []
            assert await tx.clusters([key for _, key in keys]) == []
            await tx.touch_keys("person", keys)

    asyncio.run(play())
