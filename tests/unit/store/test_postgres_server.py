"""PostgreSQL's own troubles, told with what to do; long statements; what a schema is made of."""

import asyncio
import re
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from accord.core.errors import StopFlow, Undone
from accord.core.state import Key, Seen
from accord.store import open_store
from accord.store.copying import copy_state
from accord.store.postgres import PostgresStore, sql
from accord.store.postgres.database import connect, create, make, migrate, migrations
from accord.store.postgres.faults import unreachable
from accord.store.postgres.place import parse
from accord.store.sqlite.filling import SqliteFile, SqliteSource
from accord.testing.store_contract.rows import A, cluster, link
from accord.testing.store_contract.transactions import contents, fill
from tests.postgres import PASSWORD, Server, server  # noqa: F401 (a fixture)


@pytest.fixture
def url(server: Server) -> str:  # noqa: F811
    return server.url(server.new_schema())


@pytest.fixture
def store(url: str) -> Iterator[PostgresStore]:
    opened = PostgresStore(url)
    yield opened
    opened.shut()


def refused(url: str, **options: Any) -> str:
    """Text of the error that opening ends with; it names place and remedy, and no password."""
    with pytest.raises(StopFlow) as caught:
        PostgresStore(url, **options)
    assert caught.value.message.startswith("store postgresql://")
    assert caught.value.remedy
    assert PASSWORD not in str(caught.value)
    assert "hunter2" not in str(caught.value)
    return str(caught.value)


async def save(store: Any, *rows: Seen) -> None:
    async with store.transaction() as tx:
        await tx.save_seen(rows)


async def load(store: Any) -> list[str]:
    async with store.transaction(dry=True) as tx:
        return [row.id for row in await tx.scan_seen(A, "", 99)]


def test_more_than_a_connection_holds_is_sent_before_an_answer_is_waited_for(store: PostgresStore) -> None:
    """Megabytes without a read in between, of which the server takes one after the other."""

    async def play() -> None:
        text = "x" * 2000
        rows = [cluster(f"g{n:05}", link(f"g{n:05}", id_=f"{n}")) for n in range(2000)]
        for row in rows:
            row.links[0].raw[0] = text
        for _ in range(3):
            async with asyncio.timeout(60), store.transaction() as tx:
                await tx.save_clusters(rows)
                await tx.mark("settle", [row.golden.id for row in rows])
                await tx.save_clusters(rows)
                await tx.mark("share", [row.golden.id for row in rows])
                await tx.save_clusters(rows)

    asyncio.run(play())


def test_a_server_that_is_not_there(server: Server, tmp_path: Path) -> None:  # noqa: F811
    assert "no server answers there" in refused(f"postgresql://accord@/accord?host={tmp_path}")
    assert "no server answers there" in refused("postgresql://accord:hunter2@127.0.0.1:9/accord")
    assert "no server answers there" in refused("postgresql://accord:hunter2@nowhere.invalid/accord")
    assert "does not take the password" in refused(server.tcp(password="hunter2"))
    assert "does not take the password" in refused(server.tcp(user="nobody"))
    assert "there is no such database" in refused(server.url(database="hunter"))
    assert "this is no address" in refused("postgresql://accord:hunter2@x/accord?nonsense=1")
    assert "a project's schema can not be named" in refused(server.url("pg_mine"))
    assert "a project's schema can not be named" in refused(server.url('x"; DROP'))


@pytest.mark.parametrize(
    "state", ["starting up", "shutting down", "in recovery mode", "not yet accepting connections"]
)
def test_a_server_that_starts_or_stops_is_no_missing_database(state: str) -> None:
    error = psycopg.OperationalError(f"connection to server failed: FATAL:  the database system is {state}\n")
    assert "the server is starting or stopping" in str(unreachable("x", error))


def test_the_password_may_be_given_apart(server: Server) -> None:  # noqa: F811
    PostgresStore(server.tcp(server.new_schema(), password=""), password=PASSWORD).shut()


def test_no_right(server: Server) -> None:  # noqa: F811
    server.run("CREATE ROLE guest LOGIN", database="postgres")
    schema = server.new_schema()
    assert "no right to do that" in refused(server.url(schema, user="guest"))
    PostgresStore(server.url(schema)).shut()
    assert "no such store" in refused(server.url("none_yet"), readonly=True)
    assert "no right to do that" in refused(server.url(schema, user="guest"), readonly=True)


def test_a_database_of_other_letters(server: Server) -> None:  # noqa: F811
    server.run("CREATE DATABASE narrow ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0", database="postgres")
    assert "keeps texts as LATIN1" in refused(server.url(database="narrow"))


def test_the_schema_of_another_program_is_refused(server: Server, url: str) -> None:  # noqa: F811
    schema = parse(url).schema
    server.run(f"CREATE SCHEMA {schema} AUTHORIZATION accord", f"CREATE TABLE {schema}.theirs (a int)")
    server.run(f"ALTER TABLE {schema}.theirs OWNER TO accord")
    assert "belongs to another program" in refused(url)
    assert "belongs to another program" in refused(url, readonly=True)


def test_a_schema_made_by_the_owner_of_the_database_will_do(server: Server, url: str) -> None:  # noqa: F811
    server.run(f"CREATE SCHEMA {parse(url).schema} AUTHORIZATION accord")
    PostgresStore(url).shut()


def test_versions_and_parts_of_the_schema(server: Server, url: str) -> None:  # noqa: F811
    schema = parse(url).schema
    PostgresStore(url).shut()
    server.run(f"UPDATE {schema}.layout SET version = 999")
    for readonly in (False, True):
        assert "newer version of Accord (schema 999" in refused(url, readonly=readonly)
    server.run(f"UPDATE {schema}.layout SET version = {len(migrations())}")
    for damage, says in (
        ("ALTER TABLE {}.golden RENAME COLUMN concept TO gone", "it has no column golden.concept"),
        ("DROP INDEX {}.seen_unlinked", "it has no "),
        ("DROP FUNCTION {}.fence", "it has no "),
    ):
        server.run(damage.format(schema))
        for readonly in (False, True):
            told = refused(url, readonly=readonly)
            assert f"the database is damaged: {says}" in told
            assert "backup" in told


@pytest.mark.parametrize("damage", ["row = '\\xc1'", "row = '\\xa1ff'", "row = substr(row, 2)"])
def test_p2_a_damaged_row_is_told_and_not_repeated(
    server: Server,  # noqa: F811
    store: PostgresStore,
    damage: str,
) -> None:
    asyncio.run(save(store, Seen(mapping=A, id="1", raw=["hunter2"])))
    server.run(f"UPDATE {store.place.schema}.seen SET {damage}")
    with pytest.raises(StopFlow, match="a row can not be read") as caught:
        asyncio.run(load(store))
    assert "hunter2" not in str(caught.value)


def test_p2_what_the_server_quotes_is_not_repeated(server: Server, store: PostgresStore) -> None:  # noqa: F811
    server.run(f"ALTER TABLE {store.place.schema}.seen ADD CHECK (id <> 'hunter2')")
    with pytest.raises(RuntimeError, match=r"refused a statement \(seen\): 23514") as caught:
        asyncio.run(save(store, Seen(mapping=A, id="hunter2", raw=[])))
    assert "hunter2" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert asyncio.run(load(store)) == []


def test_a_full_disk_loses_nothing_that_was_committed(server: Server, store: PostgresStore) -> None:  # noqa: F811
    """Played by the server: a trigger that says what a full disk says."""
    asyncio.run(save(store, Seen(mapping=A, id="1", raw=[])))
    server.run(
        f"CREATE FUNCTION {store.place.schema}.full() RETURNS trigger LANGUAGE plpgsql AS "
        "$$BEGIN RAISE EXCEPTION 'no space' USING ERRCODE = '53100'; END$$",
        f"CREATE TRIGGER full_disk BEFORE INSERT ON {store.place.schema}.seen "
        f"EXECUTE FUNCTION {store.place.schema}.full()",
    )
    with pytest.raises(StopFlow, match=r"the disk of the server is full.*Make room"):
        asyncio.run(save(store, Seen(mapping=A, id="2", raw=[])))
    server.run(f"DROP TRIGGER full_disk ON {store.place.schema}.seen")
    asyncio.run(save(store, Seen(mapping=A, id="3", raw=[])))
    assert asyncio.run(load(store)) == ["1", "3"]


def test_a_character_that_is_not_kept_holds_nothing_up(store: PostgresStore) -> None:
    """Values may bear it, and match keys and references; ids of records do not (`Observer.id_of`)."""

    async def play() -> None:
        await save(store, Seen(mapping=A, id="1", raw=["\0"]))
        key = Key("r", "a\0b", A, "1")
        async with store.transaction() as tx:
            await tx.change_keys("person", [], [key, Key("r", "plain", A, "1")])
            assert [group.key for group in await tx.groups("person", [("r", "a\0b")], 9)] == ["a\0b"]
            touched = await tx.touched("person", "r", "", 9, 9)
            assert len(touched) == 2
            await tx.untouch("person", "r", [group.key for group in touched])
            assert await tx.touched("person", "r", "", 9, 9) == []
            assert await tx.golden_of([(A, "1\0")]) == {}
            await tx.save_references("g", [f"{A}/1\0"])
            assert await tx.dependants([f"{A}/1\0"]) == {"g"}
            await tx.change_keys("person", [key], [])
            assert await tx.groups("person", [("r", "a\0b")], 9) == []

    asyncio.run(play())


def test_a_fault_of_the_program_is_not_dressed_up(store: PostgresStore) -> None:
    with pytest.raises(TypeError, match="no JSON data"):
        asyncio.run(save(store, Seen(mapping=A, id="2", raw=[object()])))
    asyncio.run(store.close())
    with pytest.raises(RuntimeError, match="is closed"):
        asyncio.run(load(store))


def test_the_server_is_started_anew(server: Server, store: PostgresStore) -> None:  # noqa: F811
    """What is under way is undone; then the store works on, lease and all."""

    async def play() -> None:
        await save(store, Seen(mapping=A, id="1", raw=[]))
        server.stop()
        with pytest.raises((StopFlow, Undone)):
            await save(store, Seen(mapping=A, id="2", raw=[]))
        with pytest.raises(StopFlow, match="no server answers there"):
            await save(store, Seen(mapping=A, id="2", raw=[]))
        server.start()
        await save(store, Seen(mapping=A, id="3", raw=[]))
        assert await load(store) == ["1", "3"]

    asyncio.run(play())


def test_p1_compacting_leaves_no_byte_of_what_was_removed(server: Server, store: PostgresStore) -> None:  # noqa: F811
    schema = store.place.schema
    sizes = f"SELECT pg_relation_filepath('{schema}.seen')"

    async def play() -> None:
        await save(store, *(Seen(mapping=A, id=f"{n}", raw=["hunter2"]) for n in range(50)))
        async with store.transaction() as tx:
            await tx.remove_seen([(A, f"{n}") for n in range(49)])
        server.run("CHECKPOINT")
        before = (server.folder / "data" / str(server.run(sizes)[0][0])).read_bytes()
        assert before.count(b"hunter2") == 50
        await store.compact()
        server.run("CHECKPOINT")
        after = (server.folder / "data" / str(server.run(sizes)[0][0])).read_bytes()
        assert after.count(b"hunter2") == 1

    asyncio.run(play())


def tables_of(server: Server, schema: str) -> list[tuple[object, ...]]:  # noqa: F811
    columns = (
        "SELECT table_name, column_name, data_type, collation_name, is_nullable, column_default, is_identity "
        f"FROM information_schema.columns WHERE table_schema = '{schema}' ORDER BY 1, 2"
    )
    indexes = f"SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = '{schema}' ORDER BY 2"
    functions = (
        f"SELECT proname, prosrc FROM pg_proc WHERE pronamespace = '{schema}'::regnamespace ORDER BY 1"
    )
    found = [row for query in (columns, indexes, functions) for row in server.run(query)]
    return [tuple(re.sub(rf"\b{schema}\b", "", str(each)) for each in row) for row in found]


def test_a_fresh_schema_is_the_migrated_one(server: Server) -> None:  # noqa: F811
    fresh, migrated = (parse(server.url(server.new_schema())) for _ in range(2))
    for place in (fresh, migrated):
        db = connect(place, readonly=False, idle_s=60, session="test")
        if place is fresh:
            create(db, place)
        else:
            db.execute(f"CREATE SCHEMA {place.schema}".encode())
            db.execute(migrations()[0].encode())
            db.execute(b"INSERT INTO layout (version) VALUES (1)")
            for number in range(1, len(migrations()) + 1):
                migrate(db, place, migrations()[:number])
        db.close()
    assert tables_of(server, fresh.schema) == tables_of(server, migrated.schema)


def test_a_migration_that_fails_changes_nothing(server: Server, url: str) -> None:  # noqa: F811
    place = parse(url)
    db = connect(place, readonly=False, idle_s=60, session="test")
    create(db, place)
    before = tables_of(server, place.schema)
    steps = [*migrations(), "ALTER TABLE seen ADD COLUMN more text", "DROP TABLE not_there"]
    with pytest.raises(psycopg.errors.UndefinedTable):
        migrate(db, place, steps)
    assert tables_of(server, place.schema) == before
    migrate(db, place, steps[:-1])
    assert tables_of(server, place.schema) != before
    migrate(db, place, steps[:-1])
    db.close()


def test_a_state_goes_there_and_back(store: PostgresStore, tmp_path: Path) -> None:
    """All of it, and what is there is replaced as a whole; what was held stays held."""

    async def play() -> None:
        async with store.transaction() as tx:
            await fill(tx)
            await tx.save_decisions([])
        full = await contents(store)
        copy = tmp_path / "copy.db"
        await store.copy_to(copy)
        with pytest.raises(StopFlow, match="a file already"):
            await store.copy_to(copy)
        other = open_store(copy)
        assert await contents(other) == full
        async with other.transaction() as tx:
            await tx.save_meta("m", [2])
            await tx.begin_run("more", "f", 9)
        changed = await contents(other)
        await other.close()
        told: list[tuple[str, int]] = []
        copied = await asyncio.to_thread(
            copy_state, SqliteSource(copy), store.target(), lambda name, rows: told.append((name, rows))
        )
        assert await contents(store) == changed
        assert ("seen", copied.rows["seen"]) in told
        assert copied.total == sum(copied.rows.values())
        async with store.transaction() as tx:
            assert await tx.begin_run("next", "f", 10) == 3
            await fill(tx)

    asyncio.run(play())
    assert not list(tmp_path.glob("*partial*"))


def test_a_copy_that_is_not_the_same_does_not_stand(store: PostgresStore, tmp_path: Path) -> None:
    """Some row is lost on the way, or the way ends."""

    async def play(spoil: Any) -> None:
        async with store.transaction() as tx:
            await fill(tx)
        before = await contents(store)
        await store.copy_to(tmp_path / "copy.db")
        for source, target in (
            (SqliteSource(tmp_path / "copy.db"), store.target()),
            (store, SqliteFile(tmp_path / "x.db")),
        ):
            with pytest.raises((StopFlow, ZeroDivisionError)) as caught:
                await asyncio.to_thread(copy_state, source, Spoiled(target, spoil), lambda _name, _rows: None)
            assert spoil is divide or "the copy is not what was copied: event has 0 rows for 1" in str(
                caught.value
            )
        assert await contents(store) == before

    for spoil in (lose, divide):
        asyncio.run(play(spoil))
        assert not (tmp_path / "x.db").exists()
        assert not list(tmp_path.glob("*partial*"))
        (tmp_path / "copy.db").unlink()


def lose(rows: Iterable[Any]) -> Iterator[Any]:
    """The last row."""
    kept = list(rows)
    yield from kept[:-1]


def divide(rows: Iterable[Any]) -> Iterator[Any]:
    """The way ends."""
    yield from rows
    raise ZeroDivisionError


class Spoiled:
    """A place that does not write history as it is given."""

    def __init__(self, target: Any, spoil: Any) -> None:
        self.target, self.spoil = target, spoil

    @contextmanager
    def filling(self) -> Iterator[Any]:
        """Tables of which one is spoiled."""
        with self.target.filling() as tables:
            self.tables = tables
            yield self

    def read(self, table: Any) -> Iterator[Any]:
        """As it is."""
        yield from self.tables.read(table)

    def write(self, table: Any, rows: Iterable[Any]) -> None:
        """Less, or nothing."""
        self.tables.write(table, self.spoil(rows) if table.name == "event" else rows)


def test_made_within_another_schema(server: Server, url: str) -> None:  # noqa: F811
    place = parse(url)
    db = connect(place, readonly=False, idle_s=60, session="test")
    make(db, place.schema)
    db.close()
    PostgresStore(url).shut()


STATEMENTS = {
    f"{name} {number}": each
    for name in dir(sql)
    if name.isupper() and name[0] != "_" and not name.startswith(("COUNT_", "HISTORY"))
    for value in [getattr(sql, name)]
    for number, each in enumerate([value] if isinstance(value, str) else value)
    if re.match(r"\s*(SELECT|INSERT|DELETE)", each)
}


def test_c4_no_statement_reads_more_than_it_is_asked_for(store: PostgresStore) -> None:
    """The plans that are made once, when the tables are empty, go from the rows asked for to what belongs to them."""
    bad = []
    with closing(store.connect()) as db:
        for name, statement in STATEMENTS.items():
            asked = len(set(re.findall(r"\$\d", statement)))
            nulls = f"({', '.join(['NULL'] * asked)})" if asked else ""
            db.execute(f"PREPARE q AS {statement.replace('%', '%%')}".encode(), prepare=False)
            lines = [line for (line,) in db.execute(f"EXPLAIN (COSTS OFF) EXECUTE q{nulls}".encode())]
            db.execute(b"DEALLOCATE q")
            whole = ("Seq Scan", "Materialize", "Join Filter", "Hash Join", "Merge Join")
            bad += [(name, line) for line in lines if any(word in line for word in whole)]
    assert len(STATEMENTS) > 50
    assert not bad
