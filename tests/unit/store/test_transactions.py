"""What the stores add to the contract: event loops, cancelling, plans of statements."""

import asyncio
import itertools
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from accord.core.state import Group
from accord.store import MemoryStore, SqliteStore
from accord.store.sqlite import sql
from accord.store.sqlite.database import connect
from accord.store.sqlite.keys import _groups


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest) -> Any:
    return MemoryStore() if request.param == "memory" else SqliteStore(":memory:")


async def count_up(store: Any) -> int:
    async with store.transaction() as t:
        number: int = (await t.meta("n") or 0) + 1
        await asyncio.sleep(0)
        await t.save_meta("n", number)
        return number


async def many(store: Any) -> int:
    return max(await asyncio.gather(*(count_up(store) for _ in range(5))))


def test_a_store_outlives_event_loops(store: Any) -> None:
    """Tasks wait for one another in every loop: a restart in a simulation makes a new one."""
    assert [asyncio.run(many(store)) for _ in range(3)] == [5, 10, 15]
    asyncio.run(store.close())


def test_an_inline_store_needs_no_loop() -> None:
    """Nothing suspends, so a coroutine can be driven by hand."""
    for store in (MemoryStore(), SqliteStore(":memory:", inline=True)):

        async def play(store: Any = store) -> int:
            async with store.transaction() as t:
                await t.save_meta("n", 1)
                number: int = await t.meta("n")
                return number

        with pytest.raises(StopIteration) as ended:
            play().send(None)
        assert ended.value.value == 1
        with pytest.raises(StopIteration):
            store.close().send(None)


def test_calls_run_on_one_thread_of_their_own() -> None:
    threads: set[int] = set()

    def note(db: sqlite3.Connection) -> None:
        threads.add(threading.get_ident())

    async def play() -> None:
        store = SqliteStore(":memory:")
        for _ in range(3):
            async with store.transaction() as t:
                await t._run(note)  # type: ignore[attr-defined]
        await store.close()

    asyncio.run(play())
    assert len(threads) == 1
    assert threading.get_ident() not in threads


def test_a_cancelled_call_is_waited_for(tmp_path: Path) -> None:
    """The transaction of a cancelled task is rolled back after its call has ended, not while it runs."""

    async def play() -> None:
        store = SqliteStore(tmp_path / "state.db")
        begun, go = threading.Event(), threading.Event()

        def slow(db: sqlite3.Connection) -> None:
            begun.set()
            go.wait()
            db.execute(sql.SAVE_META, ("n", b"\x01"))

        async def work() -> None:
            async with store.transaction() as t:
                await t._run(slow)  # type: ignore[attr-defined]

        task = asyncio.create_task(work())
        await asyncio.to_thread(begun.wait)
        task.cancel()
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.sleep(0)
        assert not task.done()
        go.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await count_up(store) == 1
        await store.close()

    asyncio.run(play())


def test_a_copy_in_memory_is_apart() -> None:
    async def play() -> None:
        store = MemoryStore()
        await count_up(store)
        other = store.copy()
        await count_up(other)
        assert (await count_up(other), await count_up(store)) == (3, 2)
        async with store.transaction():
            with pytest.raises(RuntimeError, match="under way"):
                store.copy()

    asyncio.run(play())


def plan(db: sqlite3.Connection, statement: str) -> str:
    names = dict.fromkeys(("concept", "rule", "key", "limit"), 1)
    given: Any = names if ":rule" in statement else [1] * statement.count("?")
    return "\n".join(row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {statement}", given))


@pytest.mark.parametrize(
    "name", ["TOUCHED", "GROUPS", "SCAN_SEEN", "SCAN_STANDING", "UNSWEPT", "SCAN_GOLDEN", "MARKED"]
)
def test_rows_come_in_order_without_sorting(name: str) -> None:
    """So a page, or a full group, costs what it gives and not what there is."""
    db = connect(":memory:", readonly=False, synchronous="full")
    assert "TEMP B-TREE" not in plan(db, getattr(sql, name))
    db.close()


STATEMENTS = [
    name for name in dir(sql) if name.isupper() and name[0] != "_" and "SELECT" in str(getattr(sql, name))
]


@pytest.mark.parametrize(
    "name", [name for name in STATEMENTS if not name.startswith(("COUNT_", "HISTORY", "PARTS"))]
)
def test_no_statement_reads_a_whole_table(name: str) -> None:
    """But those on tables that are small: reviews, runs, the ids asked for and what is flagged."""
    db = connect(":memory:", readonly=False, synchronous="full")
    small = ("SCAN w", "SCAN t", "SCAN review", "SCAN run", "SCAN l USING INDEX link_flags")
    scans = [
        line
        for line in plan(db, getattr(sql, name).replace("?1", "?")).split("\n")
        if line.startswith("SCAN")
    ]
    assert not [line for line in scans if line not in small]
    db.close()


def test_a_full_group_is_not_read_to_its_end() -> None:
    """A key that half of all records bear costs max_members rows, and the keys behind it come all the same."""

    def read(found: list[Group]) -> Iterator[tuple[Any, ...]]:
        if found:
            yield "r", "next", "s.A", "1", None, ""
        else:
            for number in itertools.count():
                assert number < 4, "read on behind a full group"
                yield "r", "common", "s.A", f"{number}", None, ""

    groups = _groups(read, 3)
    assert [(group.key, len(group.members)) for group in groups] == [("common", 3), ("next", 1)]
