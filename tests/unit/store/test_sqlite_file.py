"""The file of the SQLite store: who may open it, what it refuses, what it survives."""

import asyncio
import os
import signal
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from accord.core.errors import StopFlow
from accord.core.stamps import BOTTOM, Stamp
from accord.core.state import Cluster, Golden, Seen
from accord.store import SqliteStore, open_store
from accord.store.rows import golden_blob
from accord.store.sqlite.database import connect, migrate, migrations, schema
from accord.store.values import pack, unpack


def seen(id_: str, size: int = 1) -> Seen:
    return Seen(mapping="s.A", id=id_, raw=["x" * size])


async def save(store: Any, *rows: Seen) -> None:
    async with store.transaction() as t:
        await t.save_seen(rows)


async def load(store: Any) -> list[str]:
    async with store.transaction() as t:
        return [row.id for row in await t.scan_seen("s.A", "", 99)]


def fill(path: Path, *ids: str) -> None:
    """A store at path with rows, closed."""

    async def play() -> None:
        store = SqliteStore(path)
        await save(store, *map(seen, ids))
        await store.close()

    asyncio.run(play())


def refused(path: Path | str, **options: Any) -> str:
    """Text of the error that opening ends with; it names place and remedy."""
    with pytest.raises(StopFlow) as caught:
        SqliteStore(path, **options)
    assert str(path) in caught.value.message
    assert caught.value.remedy
    return str(caught.value)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.db"


def child(code: str, *args: object) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, "-c", code, *map(str, args)], stdout=subprocess.PIPE, text=True)


HOLD = """
import sys
from accord.store import SqliteStore
store = SqliteStore(sys.argv[1])
print("open", flush=True)
sys.stdin.read()
"""

KILLED = """
import asyncio, os, signal, sys
from accord.core.state import Seen
from accord.store import SqliteStore

def on_commit(at):
    if at == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)

async def main():
    store = SqliteStore(sys.argv[1], synchronous=sys.argv[3], on_commit=on_commit)
    async with store.transaction() as t:
        await t.save_seen([Seen(mapping="s.A", id="new", raw=[])])

asyncio.run(main())
"""


def test_what_was_committed_is_there_again(path: Path) -> None:
    fill(path, "1", "2")
    store = SqliteStore(path)
    assert asyncio.run(load(store)) == ["1", "2"]
    asyncio.run(store.close())


def test_only_the_owner_reads_the_file(path: Path) -> None:
    """The state holds records of people."""
    fill(path, "1")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_another_process_is_kept_out_by_name_and_readers_are_not(path: Path) -> None:
    fill(path, "1")
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        assert f"another process is working with it (process {holder.pid})" in refused(path)
        assert "another process" in refused(path, wait_s=0.1)
        reader = SqliteStore(path, readonly=True)
        assert asyncio.run(load(reader)) == ["1"]
        asyncio.run(reader.close())
        holder.communicate("")
    asyncio.run(SqliteStore(path).close())


def test_a_second_store_of_the_same_process_is_kept_out(path: Path) -> None:
    async def play() -> None:
        store = SqliteStore(path)
        assert "another process" in refused(path)
        await store.close()
        await store.close()
        await SqliteStore(path, wait_s=1).close()

    asyncio.run(play())


def test_a_reader_sees_one_moment_and_writes_nothing(path: Path) -> None:
    async def play() -> None:
        writer = SqliteStore(path)
        await save(writer, seen("1"))
        reader = SqliteStore(path, readonly=True)
        async with reader.transaction() as t:
            assert len(await t.scan_seen("s.A", "", 9)) == 1
            await save(writer, seen("2"))
            assert len(await t.scan_seen("s.A", "", 9)) == 1
            assert list(await t.seen("s.A", ["1", "2"])) == ["1"]
        assert await load(reader) == ["1", "2"]
        with pytest.raises(StopFlow, match="can not be written"):
            await save(reader, seen("3"))
        assert await load(reader) == ["1", "2"]
        await reader.close()
        await writer.close()

    asyncio.run(play())


@pytest.mark.parametrize("synchronous", ["full", "normal"])
@pytest.mark.parametrize(("moment", "ids"), [("before", ["old"]), ("after", ["new", "old"])])
def test_c1_killed_at_a_commit(path: Path, moment: str, ids: list[str], synchronous: str) -> None:
    """A process that is killed leaves all of a commit or nothing, and no lock."""
    fill(path, "old")
    with child(KILLED, path, moment, synchronous) as process:
        assert process.wait() == -signal.SIGKILL
    store = SqliteStore(path)
    assert asyncio.run(load(store)) == ids
    asyncio.run(store.close())


def test_no_store_to_read(path: Path) -> None:
    assert "there is no such file" in refused(path, readonly=True)
    assert not path.exists()


def test_no_folder(path: Path) -> None:
    assert "lock file" in refused(path / "of" / "state.db")


def test_the_last_folder_is_made(tmp_path: Path) -> None:
    fill(tmp_path / ".accord" / "state.db", "1")


def test_a_newer_schema_is_refused(path: Path) -> None:
    fill(path, "1")
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 999")
    db.close()
    for readonly in (False, True):
        assert "newer version of Accord (schema 999" in refused(path, readonly=readonly)


def test_an_older_schema_is_not_read(path: Path) -> None:
    fill(path, "1")
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 0")
    db.close()
    assert "its schema 0 is older" in refused(path, readonly=True)


def test_the_database_of_another_program_is_refused(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE theirs (a)")
    db.close()
    assert "belongs to another program" in refused(path)
    assert "belongs to another program" in refused(path, readonly=True)


def test_what_is_no_database_is_refused(path: Path) -> None:
    path.write_bytes(b"a spreadsheet, perhaps " * 100)
    assert "no SQLite database" in refused(path)
    path.write_bytes(b"a spreadsheet, perhaps " * 100)
    assert "no SQLite database" in refused(path)  # and the lock was let go of


def test_a_damaged_file_is_told(path: Path) -> None:
    fill(path, *(f"{number:04}" for number in range(2000)))
    content = bytearray(path.read_bytes())
    content[4096 * 2 :] = os.urandom(len(content) - 4096 * 2)
    path.write_bytes(content)
    with pytest.raises(StopFlow, match=r"is damaged.*backup"):
        asyncio.run(load(SqliteStore(path)))  # when it is opened, or when it is read


@pytest.mark.parametrize(
    "damage",
    [
        "row = x'c1'",
        "row = x'a1ff'",
        "row = substr(row, 1, length(row) - 1)",
        "row = 'hunter2'",
        "golden = CAST(x'53ff' AS TEXT)",
    ],
)
def test_p2_a_damaged_row_is_told_and_not_repeated(path: Path, damage: str) -> None:
    fill(path, "1")
    with sqlite3.connect(path) as db:
        db.execute(f"UPDATE seen SET {damage}")
    db.close()
    store = SqliteStore(path)
    with pytest.raises(StopFlow, match="a row can not be read"):
        asyncio.run(load(store))
    asyncio.run(store.close())


def test_p2_a_row_whose_columns_do_not_fit_together_is_told(path: Path) -> None:
    """Of a golden record with two values: one stamp less, or the number of a stamp that is not there."""
    other = Stamp(2, 0, 0, "s.A/2", 0)
    golden = Golden(id="g", concept="c", value=["hunter2", "b"], stamp=[BOTTOM, other])
    stamps, column, *rest = unpack(golden_blob(golden))

    async def load_damaged(row: bytes) -> None:
        store = SqliteStore(path)
        async with store.transaction() as t:
            await t.save_clusters([Cluster(golden=golden, links=[])])
        async with store.transaction() as t:
            await t.clusters(["g"])
        await store.close()
        with closing(sqlite3.connect(path)) as db, db:
            db.execute("UPDATE golden SET row = ?", (row,))
        store = SqliteStore(path)
        try:
            async with store.transaction() as t:
                await t.clusters(["g"])
        finally:
            await store.close()

    for damage in ((stamps, column[:-1], *rest), (stamps[:-1], column, *rest), ([], 0, *rest)):
        with pytest.raises(StopFlow, match="a row can not be read") as caught:
            asyncio.run(load_damaged(pack(damage)))
        assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        ("ALTER TABLE golden RENAME COLUMN concept TO gone", "it has no column golden.concept"),
        ("DROP TABLE touched_key", "it has no column touched_key.concept"),
        ("DROP INDEX seen_unlinked", "it has no index seen_unlinked"),
    ],
)
@pytest.mark.parametrize("readonly", [True, False])
def test_a_part_of_the_schema_that_is_not_there_is_told_before_anything_is_done(
    path: Path, damage: str, says: str, readonly: bool
) -> None:
    fill(path, "1")
    with closing(sqlite3.connect(path)) as db:
        db.execute(damage)
    told = refused(path, readonly=readonly)
    assert f"the file is damaged: {says}" in told
    assert "backup" in told


def test_a_full_disk_loses_nothing_that_was_committed(path: Path) -> None:
    async def play() -> None:
        store = SqliteStore(path)
        await save(store, seen("1"))
        assert store._db is not None
        pages = store._db.execute("PRAGMA page_count").fetchone()[0]
        store._db.execute(f"PRAGMA max_page_count = {pages + 2}")
        with pytest.raises(StopFlow, match=r"the disk is full.*Make room"):
            await save(store, *(seen(f"{number}", 5000) for number in range(100)))
        assert await load(store) == ["1"]
        store._db.execute(f"PRAGMA max_page_count = {pages + 99}")
        await save(store, seen("2"))
        assert await load(store) == ["1", "2"]
        await store.close()

    asyncio.run(play())


def test_a_fault_of_the_program_is_not_dressed_up(path: Path) -> None:
    async def play() -> None:
        store = SqliteStore(path)
        with pytest.raises(TypeError, match="no JSON data"):
            await save(store, seen("1"), Seen(mapping="s.A", id="2", raw=[object()]))
        assert await load(store) == []
        await store.close()
        with pytest.raises(RuntimeError, match="is closed"):
            await load(store)

    asyncio.run(play())


def test_a_copy_is_whole_and_apart(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"

    async def play() -> None:
        store = SqliteStore(path)
        await save(store, seen("1"))
        await store.copy_to(copy)
        await save(store, seen("2"))
        with pytest.raises(StopFlow, match="a file already"):
            await store.copy_to(copy)
        with pytest.raises(StopFlow, match="can not be written"):
            await store.copy_to(tmp_path / "no" / "folder.db")
        other = SqliteStore(copy)
        await save(other, seen("3"))
        assert await load(other) == ["1", "3"]
        assert await load(store) == ["1", "2"]
        await other.close()
        await store.close()

    asyncio.run(play())
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert not list(tmp_path.glob("*-partial"))


def tables_of(db: sqlite3.Connection) -> list[tuple[str, str]]:
    rows = db.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name").fetchall()
    return [(name, " ".join(text.split())) for name, text in rows]


def test_a_fresh_schema_is_the_migrated_one() -> None:
    fresh, migrated = sqlite3.connect(":memory:"), sqlite3.connect(":memory:")
    migrate(fresh, "fresh", schema(), migrations())
    for number in range(1, len(migrations()) + 1):
        migrate(migrated, "migrated", migrations()[0], migrations()[:number])
    assert tables_of(fresh) == tables_of(migrated)
    versions = [db.execute("PRAGMA user_version").fetchone() for db in (fresh, migrated)]
    assert versions[0] == versions[1] == (len(migrations()),)
    fresh.close()
    migrated.close()


def test_a_migration_that_fails_changes_nothing(path: Path) -> None:
    db = connect(str(path), readonly=False, synchronous="full")
    before = tables_of(db)
    steps = [*migrations(), "ALTER TABLE seen ADD COLUMN more TEXT;", "DROP TABLE not_there;"]
    with pytest.raises(sqlite3.OperationalError):
        migrate(db, str(path), "", steps)
    assert tables_of(db) == before
    migrate(db, str(path), "", steps[:-1])
    assert "more TEXT" in dict(tables_of(db))["seen"]
    migrate(db, str(path), "", steps[:-1])
    db.close()


def test_places(path: Path) -> None:
    """Where `open_store` opens what."""

    async def play() -> None:
        for place, kind in (
            (":memory:", "MemoryStore"),
            ("sqlite:///:memory:", "SqliteStore"),
            (path, "SqliteStore"),
        ):
            store = open_store(place)
            assert type(store).__name__ == kind
            await save(store, seen("1"))
            await store.close()
        relative = open_store(f"sqlite:///{path}", readonly=True, inline=True)
        assert await load(relative) == ["1"]
        await relative.close()

    asyncio.run(play())
    with pytest.raises(StopFlow, match=r"no kind of store named mysql.*path of a file"):
        open_store("mysql://host/name")
