"""The log of PostgreSQL as the way to know changes and deletes: the contract of connectors, and what is special."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from sqlalchemy import text

from accord.connectors.sql.slot import Mark
from accord.core.errors import StopEntityType
from accord.testing.connector_contract import ConnectorContract
from tests.postgres import Server, open_server
from tests.systems.test_sql import POSTGRES, SqlPeople, connected, manifest_for, read, rigged, write
from tests.waiting import until

LOG: dict[str, Any] = {
    "changes": {"format": "token"},
    "tombstones": {},
    "options": {"log": {"slot": "accord_person", "publication": "accord"}},
}
SETUP = POSTGRES + "CREATE PUBLICATION accord FOR TABLE person;"


@pytest.fixture(scope="module")
def logical() -> Iterator[Server]:
    """A server whose log tells enough."""
    with open_server({"wal_level": "logical"}) as opened:
        opened.run("ALTER ROLE accord REPLICATION")
        yield opened


@pytest.fixture
def clean(logical: Server) -> Server:
    """Without slots and publications of other tests."""
    logical.run(
        "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots",
        "DROP PUBLICATION IF EXISTS accord",
    )
    return logical


class TestPostgresByLog(ConnectorContract):
    @pytest.fixture(autouse=True)
    def _server(self, clean: Server) -> None:
        self.server = clean

    def rig(self) -> Any:
        self.server.run(
            "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots",
            "DROP PUBLICATION IF EXISTS accord",
        )
        return rigged(self.server.url(), SETUP, **LOG)


@pytest.fixture
def clerks(clean: Server) -> Iterator[SqlPeople]:
    people = SqlPeople(clean.url(), SETUP)
    yield people
    people.engine.dispose()


@pytest.fixture
def connector(clean: Server, clerks: SqlPeople) -> Iterator[Any]:
    made = connected(manifest_for(clean.url(), **LOG))
    yield made
    asyncio.run(made.close())


def seen(connector: Any, cursor: str) -> tuple[dict[str, Any], str, set[str]]:
    """By id how a record is: its name, or that it is gone; the next cursor; and how it was read."""

    async def act() -> Any:
        pages = [page async for page in connector.read("base.Person", cursor, full=False)]
        rows = [each for page in pages for each in page.observations]
        found = {each.id: each.gone or each.payload["name"] for each in rows}
        return found, pages[-1].cursor, {each.how for each in rows}

    return asyncio.run(act())  # type: ignore[no-any-return]


def slot(server: Server) -> tuple[Any, ...]:
    (row,) = server.run("SELECT confirmed_flush_lsn - '0/0'::pg_lsn, wal_status FROM pg_replication_slots")
    return row


def test_s8_a_transaction_that_commits_late_is_told_when_it_does(clerks: SqlPeople, connector: Any) -> None:
    first, other = (clerks.person_create("Person", {"name": name}).id for name in ("a", "b"))
    _, cursor = read(connector)
    with clerks.engine.connect() as late, late.begin() as transaction:
        late.execute(text("UPDATE person SET name = 'late' WHERE id = :id"), {"id": int(first)})
        clerks.person_edit("Person", other, {"name": "prompt"})
        found, cursor, how = seen(connector, cursor)
        assert (found, how) == ({other: "prompt"}, {"feed"})
        assert seen(connector, cursor)[0] == {}
        transaction.commit()
    found, cursor, _ = seen(connector, cursor)
    assert found == {first: "late"}


def test_s8_what_changes_while_the_slot_is_made_and_the_first_listing_runs_is_not_missed(
    clean: Server, clerks: SqlPeople
) -> None:
    """Somebody writes all the time; in the end, what was ever read says the same as the table."""
    ids = [clerks.person_create("Person", {"name": "0"}).id for _ in range(20)]
    stop, count = threading.Event(), 0

    def work() -> None:
        nonlocal count
        while not stop.is_set():
            count += 1
            clerks.person_edit("Person", ids[count % 20], {"name": str(count)})

    connector = connected(manifest_for(clean.url(), **LOG))
    worker = threading.Thread(target=work)
    worker.start()
    try:
        known, cursor = read(connector)
        names = {each: row["name"] for each, row in known.items()}
        for _ in range(10):
            found, cursor, _ = seen(connector, cursor)
            names |= found
    finally:
        stop.set()
        worker.join()
    found, cursor, _ = seen(connector, cursor)
    names |= found
    assert count > 20
    assert names == {each: row["name"] for each, row in clerks.tables()["Person"].items()}
    asyncio.run(connector.close())


def test_s8_a_commit_that_is_in_the_log_and_can_not_be_seen_yet_is_told_once_it_can(
    clean: Server, clerks: SqlPeople, connector: Any
) -> None:
    """As where a standby must have it first: what is read in the table meanwhile is the row of before."""
    first, other = (clerks.person_create("Person", {"name": name}).id for name in ("a", "b"))
    _, cursor = read(connector)
    clean.run("ALTER SYSTEM SET synchronous_standby_names = 'nobody'", "SELECT pg_reload_conf()")
    try:
        with psycopg.connect(clean.url(), autocommit=True) as waiting:
            pid = waiting.info.backend_pid
            edit = threading.Thread(
                target=lambda: waiting.execute(
                    b"UPDATE person SET name = 'hidden' WHERE id = " + first.encode()
                )
            )
            edit.start()
            until(
                lambda: clean.run(
                    f"SELECT 1 FROM pg_stat_activity WHERE pid = {pid} AND wait_event = 'SyncRep'"
                )
            )
            with psycopg.connect(clean.url(), autocommit=True) as prompt:
                prompt.execute("SET synchronous_commit TO local")
                prompt.execute(b"UPDATE person SET name = 'prompt' WHERE id = " + other.encode())
            found, cursor, _ = seen(connector, cursor)
            assert first not in found or found[first] == "a"
            clean.run(f"SELECT pg_cancel_backend({pid})")
            edit.join()
    finally:
        clean.run("ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()")
    assert seen(connector, cursor)[0] == {first: "hidden", other: "prompt"}


def test_c1_what_the_store_did_not_keep_is_told_again_and_the_slot_waits(
    clean: Server, clerks: SqlPeople, connector: Any
) -> None:
    first = clerks.person_create("Person", {"name": "a"}).id
    _, cursor = read(connector)
    before = slot(clean)
    clerks.person_edit("Person", first, {"name": "b"})
    found, kept, _ = seen(connector, cursor)
    assert seen(connector, cursor)[0] == found == {first: "b"}, "nobody kept it: it is told again"
    assert slot(clean) == before
    assert seen(connector, kept)[0] == {}
    clerks.person_edit("Person", first, {"name": "c"})
    assert seen(connector, kept)[0] == {first: "c"}
    assert slot(clean)[0] > before[0], "what was kept is let go of"


def test_s10_deletes_are_told_and_a_row_that_came_back_is_there(clerks: SqlPeople, connector: Any) -> None:
    first, second, third = (clerks.person_create("Person", {"name": name}).id for name in "abc")
    _, cursor = read(connector)
    clerks.person_delete("Person", first)
    clerks.person_delete("Person", second)
    with clerks.engine.begin() as db:
        db.execute(text("INSERT INTO person (id, name) VALUES (:id, 'back')"), {"id": int(second)})
        db.execute(text("UPDATE person SET id = 900 WHERE id = :id"), {"id": int(third)})
    found, _, _ = seen(connector, cursor)
    assert found == {first: "deleted", second: "back", third: "deleted", "900": "c"}


def test_a_row_that_comes_and_goes_between_two_reads_is_told_as_gone(
    clerks: SqlPeople, connector: Any
) -> None:
    _, cursor = read(connector)
    brief = clerks.person_create("Person", {"name": "a"}).id
    clerks.person_delete("Person", brief)
    assert seen(connector, cursor)[0] == {brief: "deleted"}


def test_what_was_rolled_back_is_not_told_and_long_values_come_whole(
    clerks: SqlPeople, connector: Any
) -> None:
    long = "".join(chr(0x4E00 + n * 7919 % 20000) for n in range(20000))
    first = clerks.person_create("Person", {"name": "a", "note": long}).id
    _, cursor = read(connector)
    with clerks.engine.connect() as db, db.begin() as transaction:
        db.execute(text("DELETE FROM person"))
        transaction.rollback()
    assert seen(connector, cursor)[0] == {}
    clerks.person_edit("Person", first, {"name": "b"})
    found, _ = read(connector, cursor)
    assert found[first]["note"] == long, "the log leaves out what did not change"


@pytest.mark.parametrize("how", ["dropped", "moved on", "restored"])
def test_s8_a_slot_that_lost_its_place_is_a_full_reading(
    how: str, clean: Server, clerks: SqlPeople, connector: Any, caplog: pytest.LogCaptureFixture
) -> None:
    first, other = (clerks.person_create("Person", {"name": name}).id for name in ("a", "b"))
    _, cursor = read(connector)
    clerks.person_edit("Person", first, {"name": "changed"})
    if how == "dropped":
        clean.run("SELECT pg_drop_replication_slot('accord_person')")
    elif how == "moved on":
        clean.run("SELECT pg_replication_slot_advance('accord_person', pg_current_wal_lsn())")
    else:  # the server is one whose log has not come as far yet
        cursor = Mark("accord_person", Mark.read(cursor, "accord_person").at + 2**40).token  # type: ignore[union-attr]
    found, cursor, ways = seen(connector, cursor)
    assert (found, ways) == ({first: "changed", other: "b"}, {"listing"})
    assert "all is read" in caplog.text
    clerks.person_edit("Person", other, {"name": "again"})
    found, _, ways = seen(connector, cursor)
    assert (found[other], ways) == ("again", {"feed"})


def test_s8_a_slot_that_the_server_gave_up_is_made_anew(
    clean: Server, clerks: SqlPeople, connector: Any
) -> None:
    first = clerks.person_create("Person", {"name": "a"}).id
    _, cursor = read(connector)
    clean.run("ALTER SYSTEM SET max_slot_wal_keep_size = '1MB'", "SELECT pg_reload_conf()")
    try:
        for _ in range(4):
            clean.run(
                "SELECT pg_logical_emit_message(false, 'x', repeat('x', 20000000))", "SELECT pg_switch_wal()"
            )
            clean.run("CHECKPOINT")
            if slot(clean)[1] == "lost":
                break
        assert slot(clean)[1] == "lost"
        assert seen(connector, cursor)[0] == {first: "a"}
        assert slot(clean)[1] == "reserved"
    finally:
        clean.run("ALTER SYSTEM RESET max_slot_wal_keep_size", "SELECT pg_reload_conf()")


def test_a_table_that_was_emptied_is_read_whole(clerks: SqlPeople, connector: Any) -> None:
    clerks.person_create("Person", {"name": "a"})
    _, cursor = read(connector)
    with clerks.engine.begin() as db:
        db.execute(text("TRUNCATE person"))
        db.execute(text("INSERT INTO person (id, name) VALUES (7, 'new')"))
    found, cursor, ways = seen(connector, cursor)
    assert (found, ways) == ({"7": "new"}, {"listing"})
    assert seen(connector, cursor)[0] == {}


def test_c4_an_idle_reading_is_one_question_and_writes_nothing(
    clean: Server, clerks: SqlPeople, connector: Any
) -> None:
    clerks.person_create("Person", {"name": "a"})
    _, cursor = read(connector)
    for _ in range(3):
        _, cursor, _ = seen(connector, cursor)
    before = clean.run("SELECT pg_current_wal_insert_lsn()::text")
    assert seen(connector, cursor)[1] == cursor
    assert clean.run("SELECT pg_current_wal_insert_lsn()::text") == before


def test_a_server_that_is_not_prepared_is_told_how(clean: Server, clerks: SqlPeople) -> None:
    options = {"log": {"slot": "accord_person", "publication": "other"}}
    connector = connected(manifest_for(clean.url(), **{**LOG, "options": options}))
    with pytest.raises(StopEntityType, match="CREATE PUBLICATION other FOR TABLE person"):
        read(connector)
    asyncio.run(connector.close())
    clean.run("ALTER ROLE accord NOREPLICATION")
    try:
        connector = connected(manifest_for(clean.url(), **LOG))
        with pytest.raises(StopEntityType, match='ALTER ROLE "accord" REPLICATION'):
            read(connector)
        asyncio.run(connector.close())
    finally:
        clean.run("ALTER ROLE accord REPLICATION")
    with open_server() as plain:
        people = SqlPeople(plain.url(), SETUP)
        connector = connected(manifest_for(plain.url(), **LOG))
        with pytest.raises(StopEntityType, match="ALTER SYSTEM SET wal_level = logical"):
            read(connector)
        asyncio.run(connector.close())
        people.engine.dispose()


def test_the_log_must_tell_the_id_of_a_row_that_is_deleted(clean: Server, clerks: SqlPeople) -> None:
    with clerks.engine.begin() as db:
        db.exec_driver_sql(
            "ALTER TABLE person ALTER name SET NOT NULL; CREATE UNIQUE INDEX by_name ON person (name)"
        )
        db.exec_driver_sql("ALTER TABLE person REPLICA IDENTITY USING INDEX by_name")
    connector = connected(manifest_for(clean.url(), **LOG))
    _, cursor = read(connector)
    clerks.person_create("Person", {"name": "a"})
    with pytest.raises(StopEntityType, match="REPLICA IDENTITY"):
        read(connector, cursor)
    asyncio.run(connector.close())


def test_w1_a_write_of_ours_is_told_as_any_other(clerks: SqlPeople, connector: Any) -> None:
    _, cursor = read(connector)
    (made,) = write(connector, ("create", None, {"name": "ours"}))
    assert seen(connector, cursor)[0] == {made.observation.id: "ours"}
