"""Contract: transactions are whole, apart from one another, and end as they should."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from accord.core.state import Cursor, Event, Fetch, Key
from accord.ports.store import Store, Transaction
from accord.testing.store_contract.playing import in_store
from accord.testing.store_contract.rows import (
    A,
    cluster,
    ids,
    link,
    opened,
    rich_cluster,
    rich_cursor,
    rich_review,
    seen,
)

__all__ = ["Killed", "TransactionsContract", "contents", "fill", "overwrite"]


class Killed(BaseException):
    """Plays the end of the process."""


async def fill(t: Transaction, run: str = "first") -> None:
    """Write to everything that there is."""
    await t.save_seen([seen("1"), seen("2", held="x")])
    await t.change_keys("person", [], [Key("r", "k", A, "1"), Key("r", "l", A, "2")])
    await t.save_clusters([cluster("g", link("g", open=opened())), rich_cluster("h")])
    await t.mark("settle", ["g", "h"])
    await t.save_references("g", ["h", "i"])
    await t.save_cursor(rich_cursor())
    await t.ask([Fetch(A, "1", "why", 5)])
    await t.save_reviews([rich_review("r1"), rich_review("r2")])
    await t.record([Event(kind=run, golden="g", value="v", has_value=True)])
    await t.end_run(await t.begin_run(run, "f", 1), 2, {"a": 1})
    await t.save_meta("m", [1])


async def overwrite(t: Transaction) -> None:
    """Change, add and remove wherever `fill` wrote."""
    await t.save_seen([seen("1", golden="g", seq=7), seen("3")])
    await t.change_keys("person", [Key("r", "k", A, "1")], [Key("r", "m", A, "3")])
    await t.untouch("person", "r", ["l"])
    await t.save_clusters([cluster("g", link("g", id_="9")), cluster("n", link("n", incarnation=3))])
    await t.unmark("settle", ["g"])
    await t.mark("settle", ["n"])
    await t.save_references("g", ["i", "j"])
    await t.save_cursor(Cursor(mapping=A))
    await t.ask([Fetch(A, "1", "other", 9), Fetch(A, "2", "new", 1)])
    await t.answered(A, ["1"])
    await t.save_reviews([rich_review("r3")])
    await t.close_reviews(["r1"])
    await t.record([Event(kind="second", golden="n")])
    await t.end_run(await t.begin_run("second", "f", 3), 4, {})
    await t.end_run(1, 9, {"changed": 1})
    await t.save_meta("m", [2])
    await t.drop_keys("person")
    await t.change_keys("person", [], [Key("r", "z", A, "3")])


async def contents(store: Store) -> list[Any]:
    """Everything that `fill` and `overwrite` write to, as the port shows it."""
    async with store.transaction() as t:
        return [
            await t.scan_seen(A, "", 99), await t.waiting(A, "", 99), await t.held(A, "", 99),
            await t.touched("person", "r", "", 99, 99), await t.groups("person", [("r", k) for k in "klmz"], 99),
            await t.clusters(["g", "h", "n"]), await t.marked("settle", "", 99), await t.open_links(A, "", 99),
            await t.rejected(99), await t.golden_of([(A, "1"), (A, "9")]), await t.remote_of([(A, "g"), (A, "n")]),
            await t.dependants(["h"]), await t.dependants(["i"]), await t.dependants(["j"]), await t.cursor(A),
            await t.asked(A, 99, 99), await t.next_fetch_us(), await t.reviews(), await t.history(), await t.runs(99),
            await t.meta("m"), await t.census(),
        ]  # fmt: skip


async def _fail(store: Store, write: Callable[[Transaction], Awaitable[None]], error: BaseException) -> None:
    async def play() -> None:
        async with store.transaction() as t:
            await write(t)
            raise error

    with pytest.raises(type(error)):
        await play()


class TransactionsContract(ABC):
    """Transactions are whole, apart from one another, and end as they should."""

    @abstractmethod
    def make(self, on_commit: Any = None) -> Any:
        """An empty store."""

    @in_store
    async def test_c2_all_is_committed(self, store: Store) -> None:
        """What one transaction wrote the next ones see."""
        async with store.transaction() as t:
            await fill(t)
        filled = await contents(store)
        assert all(
            filled[place] for place in (0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15, 16, 17, 18, 19, 20, 21)
        )
        async with store.transaction() as t:
            await overwrite(t)
        changed = await contents(store)
        assert [
            place for place, (old, new) in enumerate(zip(filled, changed, strict=True)) if old == new
        ] == [2, 8, 12]

    @in_store
    async def test_c2_an_error_takes_all_back(self, store: Store) -> None:
        """Of a transaction that ends with an error nothing stays, on an empty store and on a full one."""
        empty = await contents(store)
        await _fail(store, fill, ZeroDivisionError())
        assert await contents(store) == empty
        async with store.transaction() as t:
            await fill(t)
        full = await contents(store)
        await _fail(store, overwrite, asyncio.CancelledError())
        assert await contents(store) == full

    @in_store
    async def test_dry_rolls_back(self, store: Store) -> None:
        """A dry transaction sees what it wrote; nobody else ever does."""
        async with store.transaction() as t:
            await fill(t)
        full = await contents(store)
        async with store.transaction(dry=True) as t:
            await overwrite(t)
            assert ids(await t.scan_seen(A, "", 9)) == ["1", "2", "3"]
            assert await t.begin_run("third", "f", 5) == 3
        assert await contents(store) == full
        async with store.transaction() as t:
            assert await t.begin_run("second", "f", 5) == 2

    @in_store
    async def test_one_after_the_other(self, store: Store) -> None:
        """Transactions of several tasks never interleave, so none reads what another is about to change."""

        async def count_up(fails: bool) -> None:
            try:
                async with store.transaction() as t:
                    number = await t.meta("count") or 0
                    await asyncio.sleep(0)
                    await t.save_meta("count", number + 1)
                    await asyncio.sleep(0)
                    if fails:
                        raise ZeroDivisionError
            except ZeroDivisionError:
                pass

        await asyncio.gather(*(count_up(number % 3 == 2) for number in range(30)))
        async with store.transaction() as t:
            assert await t.meta("count") == 20

    @in_store
    async def test_c3_two_workers_decide_on_one_key_one_after_the_other(self, store: Store) -> None:
        """Each takes the record that is there, or makes it where none is, a key that has no row yet included; in
        whatever order they name their keys none of them waits for ever, and each key is decided upon once."""
        made: list[str] = []

        async def work(name: str, keys: list[str]) -> None:
            async with store.transaction() as t:
                wanted = [("r", key) for key in keys]
                known = {group.key for group in await t.groups("person", wanted, 9)}
                await asyncio.sleep(0)  # the others would like to go on
                for key in (key for key in keys if key not in known):
                    made.append(key)
                    await t.save_seen([seen(f"{name}-{key}")])
                    await t.change_keys("person", [], [Key("r", key, A, f"{name}-{key}")])
                    await asyncio.sleep(0)

        every = [["k", "l", "m"], ["m", "l", "k"], ["l", "m", "n"], ["n", "k"]]
        await asyncio.wait_for(asyncio.gather(*(work(f"w{n}", keys) for n, keys in enumerate(every * 2))), 60)
        assert sorted(made) == ["k", "l", "m", "n"]
        async with store.transaction(dry=True) as t:
            groups = await t.groups("person", [("r", key) for key in "klmn"], 9)
        assert [len(group.members) for group in groups] == [1, 1, 1, 1]

    @in_store
    async def test_c3_two_workers_settle_one_golden_record_one_after_the_other(self, store: Store) -> None:
        """What one read of a golden record nobody else has changed when it saves it."""
        async with store.transaction() as t:
            await t.save_clusters([cluster("g", link("g")), cluster("h", link("h"))])

        async def work(ids: list[str]) -> None:
            async with store.transaction() as t:
                found = await t.clusters(ids)
                await asyncio.sleep(0)
                for each in found:
                    each.links[0].generation += 1
                await t.save_clusters(found)

        await asyncio.wait_for(
            asyncio.gather(*(work(ids) for ids in [["g", "h"], ["h", "g"], ["g"]] * 4)), 60
        )
        async with store.transaction(dry=True) as t:
            assert [each.links[0].generation for each in await t.clusters(["g", "h"])] == [12, 8]

    @in_store
    async def test_a_task_does_not_wait_for_itself(self, store: Store) -> None:
        """A transaction inside another one is an error, not a deadlock, and the outer one goes on."""
        async with store.transaction() as t:
            with pytest.raises(RuntimeError, match="inside another"):
                async with store.transaction():
                    pass
            await t.save_meta("m", 1)
        async with store.transaction() as t:
            assert await t.meta("m") == 1

    @in_store
    async def test_an_ended_transaction_refuses(self, store: Store) -> None:
        """Calls after the end of the context change nothing."""
        async with store.transaction() as t:
            pass
        with pytest.raises(RuntimeError, match="has ended"):
            await t.save_meta("m", 1)
        with pytest.raises(RuntimeError, match="has ended"):
            await t.meta("m")

    @in_store
    async def test_a_cancelled_waiter_leaves_the_way_free(self, store: Store) -> None:
        """A task that is cancelled while it waits for its turn, or inside, stops nobody else."""
        inside, go = asyncio.Event(), asyncio.Event()

        async def hold(name: str) -> None:
            async with store.transaction() as t:
                await t.save_meta(name, 1)
                inside.set()
                await go.wait()

        holder, waiter = asyncio.create_task(hold("holder")), asyncio.create_task(hold("waiter"))
        await inside.wait()
        waiter.cancel()
        await asyncio.sleep(0)
        holder.cancel()
        await asyncio.wait([holder, waiter])
        async with store.transaction() as t:
            assert (await t.meta("holder"), await t.meta("waiter")) == (None, None)

    def test_c1_killed_before_the_commit(self) -> None:
        """A kill at the hook "before" leaves nothing of the transaction."""
        assert asyncio.run(self._kill("before")) == [1, ["before", "after", "before"]]

    def test_c1_killed_after_the_commit(self) -> None:
        """A kill at the hook "after" leaves all of it."""
        assert asyncio.run(self._kill("after")) == [2, ["before", "after", "before", "after"]]

    async def _kill(self, moment: str) -> list[Any]:
        moments: list[str] = []

        def on_commit(at: str) -> None:
            moments.append(at)
            if at == moment and len(moments) > 2:
                raise Killed

        store = self.make(on_commit)
        try:
            async with store.transaction() as t:
                await t.save_meta("m", 1)
            with pytest.raises(Killed):
                async with store.transaction() as t:
                    await t.save_meta("m", 2)
            async with store.transaction(dry=True) as t:
                return [await t.meta("m"), moments]
        finally:
            await store.close()
