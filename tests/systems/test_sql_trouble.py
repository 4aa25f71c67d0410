"""Databases in trouble: two sessions at once, deadlocks, broken connections, refusals, tables without transactions."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import text

from accord.ports.connector import Write
from tests.postgres import Server, server
from tests.servers.mariadb import MariaServer, mariadb
from tests.systems.test_sql import MARIADB, POSTGRES, SqlPeople, connected, manifest_for, read, write
from tests.systems.test_sql_values import of_table
from tests.waiting import until

__all__ = ["mariadb", "server"]


@pytest.fixture(params=["postgresql", "mariadb"])
def url(request: pytest.FixtureRequest) -> str:
    if request.param == "postgresql":
        found: Server = request.getfixturevalue("server")
        return found.url()
    other: MariaServer = request.getfixturevalue("mariadb")
    return other.url


@pytest.fixture
def clerks(url: str) -> Iterator[SqlPeople]:
    people = SqlPeople(url, MARIADB if url.startswith("mysql") else POSTGRES)
    yield people
    people.engine.dispose()


@pytest.fixture
def connector(url: str, clerks: SqlPeople) -> Iterator[Any]:
    made = connected(manifest_for(url))
    yield made
    asyncio.run(made.close())


def meanwhile(act: Callable[[], Any]) -> tuple[threading.Thread, list[Any]]:
    """`act` in a thread of its own, and what it gave."""
    told: list[Any] = []
    thread = threading.Thread(target=lambda: told.append(act()))
    thread.start()
    return thread, told


def conditional(connector: Any, kind: str, record_id: str, body: Any, version: str) -> Any:
    write_ = Write(mapping="base.Person", kind=kind, id=record_id, body=body, version=version)  # type: ignore[arg-type]
    return asyncio.run(connector.write([write_]))[0]


@pytest.mark.parametrize(("kind", "body"), [("update", {"name": "ours"}), ("delete", None)])
def test_w2_of_two_sessions_at_once_the_later_one_sees_that_the_row_has_moved(
    connector: Any, clerks: SqlPeople, kind: str, body: Any
) -> None:
    """A person's transaction is open when ours begins, and is committed while ours waits for the row."""
    first = clerks.person_create("Person", {"name": "a"}).id
    with clerks.engine.connect() as other, other.begin() as transaction:
        other.execute(text("UPDATE person SET note = 'theirs' WHERE id = :id"), {"id": int(first)})
        thread, told = meanwhile(lambda: conditional(connector, kind, first, body, "1"))
        time.sleep(0.5)
        assert not told, "it waits"
        transaction.commit()
    thread.join()
    assert told[0].kind == "moved"
    row = clerks.tables()["Person"][first]
    assert (row["name"], row["note"]) == ("a", "theirs")
    assert conditional(connector, kind, first, body, "2").kind == "done"


def test_w2_of_many_writes_to_one_version_one_is_done(connector: Any, clerks: SqlPeople) -> None:
    first = clerks.person_create("Person", {"name": "a"}).id

    async def race() -> list[Any]:
        writes = [
            Write(mapping="base.Person", kind="update", id=first, body={"name": str(n)}, version="1")
            for n in range(6)
        ]
        return [
            each for told in await asyncio.gather(*(connector.write([w]) for w in writes)) for each in told
        ]

    assert sorted(outcome.kind for outcome in asyncio.run(race())) == ["done", *["moved"] * 5]


def test_w9_a_deadlock_is_tried_again_later_and_nothing_of_it_stays(
    connector: Any, clerks: SqlPeople
) -> None:
    first, second = (clerks.person_create("Person", {"name": name}).id for name in "ab")
    with clerks.engine.connect() as other, other.begin() as transaction:
        for _ in range(50):  # who did more is not the one that is ended
            other.execute(text("INSERT INTO person (name) VALUES ('x')"))
        other.execute(text("UPDATE person SET note = 'x' WHERE id = :id"), {"id": int(second)})
        thread, told = meanwhile(
            lambda: write(connector, ("update", first, {"name": "c"}), ("update", second, {"name": "d"}))
        )
        time.sleep(0.3)
        try:
            other.execute(text("UPDATE person SET note = 'x' WHERE id = :id"), {"id": int(first)})
            transaction.commit()
        except Exception:
            transaction.rollback()
        thread.join()
    kinds = {outcome.kind for outcome in told[0]}
    names = [clerks.tables()["Person"][each]["name"] for each in (first, second)]
    assert (kinds, names) in (({"later"}, ["a", "b"]), ({"done"}, ["c", "d"]))


BILL = """
CREATE TABLE bill (id integer PRIMARY KEY, person integer NOT NULL, amount integer,
    CONSTRAINT not_below CHECK (amount >= 0), CONSTRAINT bill_person FOREIGN KEY (person) REFERENCES person (id))
"""


def test_w9_what_is_violated_is_told_in_the_words_of_the_database(url: str, clerks: SqlPeople) -> None:
    with clerks.engine.begin() as db:
        for statement in (
            "DROP TABLE IF EXISTS bill",
            BILL,
        ):
            db.exec_driver_sql(statement)
    one = int(clerks.person_create("Person", {"name": "a"}).id)
    properties = {"id": {"type": "integer"}, "person": {"type": "integer"}, "amount": {"type": "integer"}}
    connector = connected(of_table(url, properties, "bill"))
    bodies: list[dict[str, Any]] = [
        {"id": 1, "person": one, "amount": 1},
        {"id": 2, "person": 999, "amount": 1},
        {"id": 3, "person": one, "amount": -1},
        {"id": 4, "person": None},
        {"id": 1, "person": one},
    ]
    told = write(connector, *(("create", None, body) for body in bodies))
    assert [outcome.kind for outcome in told] == ["done", *["refused"] * 4]
    assert ["bill_person" in told[1].message, "not_below" in told[2].message] == [True, True]
    assert (told[1].faults, told[3].faults, told[4].faults) == (("person",), ("person",), ("id",))
    asyncio.run(connector.close())
    people = connected(manifest_for(url))
    assert write(people, ("delete", str(one), None))[0].kind == "refused", "a bill refers to it"
    asyncio.run(people.close())
    with clerks.engine.begin() as db:
        db.exec_driver_sql("DROP TABLE bill")


def test_a_trigger_that_changes_what_we_wrote_shows_in_the_reply(server: Server) -> None:
    people = SqlPeople(
        server.url(),
        "DROP TABLE IF EXISTS thing CASCADE; CREATE TABLE thing (id serial PRIMARY KEY, name text, other text);"
        "CREATE OR REPLACE FUNCTION tidy() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF NEW.name = 'drop' THEN RETURN NULL; END IF;"
        " NEW.name := upper(NEW.name); NEW.other := 'side'; RETURN NEW; END $$;"
        "CREATE TRIGGER tidy BEFORE INSERT OR UPDATE ON thing FOR EACH ROW EXECUTE FUNCTION tidy()",
    )
    connector = connected(of_table(server.url(), {"name": {}, "other": {}}))
    (made,) = write(connector, ("create", None, {"name": "a"}))
    assert made.observation.payload == {"id": 1, "name": "A", "other": "side"}
    told = write(connector, *(("create", None, {"name": name}) for name in ("b", "drop", "c")))
    assert [outcome.kind for outcome in told] == ["done", "refused", "done"]
    (ignored,) = write(connector, ("update", "1", {"name": "drop"}))
    assert ignored.observation.payload["name"] == "A", "which says that it was ignored (S5)"
    assert sorted(row["name"] for row in read(connector)[0].values()) == ["A", "B", "C"]
    asyncio.run(connector.close())
    people.engine.dispose()


SLOW = (
    "CREATE OR REPLACE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN PERFORM pg_sleep({}); RETURN NULL; END $$;"
    "CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON person {} FOR EACH ROW EXECUTE FUNCTION slow();"
)


@pytest.mark.parametrize(
    ("when", "kind"), [("DEFERRABLE INITIALLY DEFERRED", "unknown"), ("NOT DEFERRABLE", "later")]
)
def test_w3_a_connection_that_breaks_leaves_only_a_commit_unknown(
    server: Server, when: str, kind: str
) -> None:
    people = SqlPeople(server.url(), POSTGRES + SLOW.format(20, when))
    connector = connected(manifest_for(server.url()))
    thread, told = meanwhile(lambda: write(connector, *(("create", None, {"name": name}) for name in "ab")))
    until(lambda: server.run("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'"))
    server.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
    thread.join()
    assert [outcome.kind for outcome in told[0]] == [kind] * 2
    assert people.tables()["Person"] == {}
    asyncio.run(connector.close())
    people.engine.dispose()


def test_w9_a_statement_that_takes_too_long_is_tried_again_later(server: Server) -> None:
    people = SqlPeople(server.url(), POSTGRES + SLOW.format(5, "NOT DEFERRABLE"))
    server.run("ALTER ROLE accord SET statement_timeout = '200ms'")
    try:
        connector = connected(manifest_for(server.url()))
        (outcome,) = write(connector, ("create", None, {"name": "a"}))
        assert (outcome.kind, "statement timeout" in outcome.message) == ("later", True)
        asyncio.run(connector.close())
    finally:
        server.run("ALTER ROLE accord RESET statement_timeout")
        people.engine.dispose()


def test_w9_what_could_not_be_serialized_is_tried_again_later(server: Server) -> None:
    people = SqlPeople(server.url(), POSTGRES)
    first = people.person_create("Person", {"name": "a"}).id
    server.run("ALTER ROLE accord SET default_transaction_isolation = 'repeatable read'")
    try:
        connector = connected(manifest_for(server.url()))
        with people.engine.connect() as other, other.begin() as transaction:
            other.execute(text("UPDATE person SET note = 'theirs'"))
            thread, told = meanwhile(lambda: conditional(connector, "update", first, {"name": "b"}, "1"))
            until(lambda: server.run("SELECT 1 FROM pg_locks WHERE NOT granted"))
            transaction.commit()
        thread.join()
        assert told[0].kind == "later"
        assert conditional(connector, "update", first, {"name": "b"}, "1").kind == "moved"
        asyncio.run(connector.close())
    finally:
        server.run("ALTER ROLE accord RESET default_transaction_isolation")
        people.engine.dispose()


def test_w12_a_table_without_transactions_is_not_written(mariadb: MariaServer) -> None:
    people = SqlPeople(
        mariadb.url,
        "DROP TABLE IF EXISTS thing;\nCREATE TABLE thing (id integer AUTO_INCREMENT PRIMARY KEY, name varchar(9)) "
        "ENGINE=MyISAM",
    )
    connector = connected(of_table(mariadb.url, {"name": {}}))
    told = write(connector, ("create", None, {"name": "a"}), ("create", None, {"name": "much too long"}))
    assert [(o.kind, "make it InnoDB" in o.message) for o in told] == [("refused", True)] * 2
    assert read(connector)[0] == {}
    asyncio.run(connector.close())
    people.engine.dispose()


def test_ids_and_unique_values_where_letters_count_as_alike(mariadb: MariaServer) -> None:
    people = SqlPeople(
        mariadb.url,
        "DROP TABLE IF EXISTS thing;\nCREATE TABLE thing (id varchar(20) COLLATE utf8mb4_general_ci PRIMARY KEY,"
        " mail varchar(40) COLLATE utf8mb4_general_ci UNIQUE)",
    )
    it = of_table(mariadb.url, {"id": {}, "mail": {"unique": True}}, id="id")
    connector = connected(it.model_copy(update={"options": {"page": 2}}))
    bodies = [{"id": each, "mail": f"{each}@x"} for each in ("b", "A", "Ö", "c", "ß", "10", "9")]
    assert {o.kind for o in write(connector, *(("create", None, body) for body in bodies))} == {"done"}
    (alike,) = write(connector, ("create", None, {"id": "new", "mail": "B@X"}))
    assert (alike.kind, alike.faults) == ("refused", ("mail",))
    assert set(read(connector)[0]) == {"b", "A", "Ö", "c", "ß", "10", "9"}
    other = asyncio.run(connector.fetch("base.Person", ["a", "A"]))
    assert [each.gone for each in other] == ["missing", None] or [bool(each.gone) for each in other] == [
        True,
        False,
    ]
    assert [o.kind for o in write(connector, ("delete", "a", None), ("update", "B", {"mail": "x"}))] == [
        "missing"
    ] * 2
    asyncio.run(connector.close())
    people.engine.dispose()


def test_w9_a_server_that_is_read_only_for_a_while_is_tried_again_later(
    url: str, clerks: SqlPeople, request: pytest.FixtureRequest
) -> None:
    if url.startswith("mysql"):
        maria: MariaServer = request.getfixturevalue("mariadb")
        run, on, off = maria.run, "SET GLOBAL read_only = 1", "SET GLOBAL read_only = 0"
    else:
        postgres: Server = request.getfixturevalue("server")
        change = "ALTER ROLE accord {} default_transaction_read_only"
        run, on, off = postgres.run, f"{change.format('SET')} = on", change.format("RESET")
    run(on)
    try:
        connector = connected(manifest_for(url))
        told = write(connector, ("create", None, {"name": "a"}), ("create", None, {"name": "b"}))
        assert [outcome.kind for outcome in told] == ["later"] * 2
        asyncio.run(connector.close())
    finally:
        run(off)
    assert clerks.tables()["Person"] == {}


def test_w9_a_view_that_can_not_be_written_refuses(server: Server) -> None:
    people = SqlPeople(
        server.url(),
        POSTGRES + "DROP VIEW IF EXISTS names; CREATE VIEW names AS SELECT DISTINCT id, name FROM person",
    )
    connector = connected(of_table(server.url(), {"name": {}}, "names"))
    (outcome,) = write(connector, ("create", None, {"name": "a"}))
    assert (outcome.kind, "cannot insert into view" in outcome.message) == ("refused", True)
    asyncio.run(connector.close())
    with people.engine.begin() as db:
        db.exec_driver_sql("DROP VIEW names")
    people.engine.dispose()


def test_w9_a_statement_that_mariadb_ends_for_its_time_is_tried_again_later(mariadb: MariaServer) -> None:
    people = SqlPeople(
        mariadb.url, MARIADB + ";\nCREATE TRIGGER slow BEFORE INSERT ON person FOR EACH ROW DO sleep(2)"
    )
    mariadb.run("GRANT USAGE ON *.* TO accord@'127.0.0.1' WITH MAX_STATEMENT_TIME 0.2")
    try:
        connector = connected(manifest_for(mariadb.url))
        (outcome,) = write(connector, ("create", None, {"name": "a"}))
        assert outcome.kind == "later", outcome.message
        asyncio.run(connector.close())
    finally:
        mariadb.run("GRANT USAGE ON *.* TO accord@'127.0.0.1' WITH MAX_STATEMENT_TIME 0")
        people.engine.dispose()
