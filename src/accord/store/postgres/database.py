"""Opens the database of a store: connection, settings and schema."""

import re
from collections.abc import Sequence
from hashlib import blake2b
from importlib.resources import files
from typing import Any, Final, TypeAlias

import psycopg

from accord.store.postgres.arrays import register
from accord.store.postgres.faults import damaged, stop, unreachable
from accord.store.postgres.place import Place

__all__ = [
    "SETTINGS", "Connection", "check", "connect", "create", "exists", "is_older", "lock_number", "make", "mend_marks",
    "migrate", "migrations",
    "schema",
]  # fmt: skip

Connection: TypeAlias = psycopg.Connection[Any]

_OLDEST: Final = 13
SETTINGS: Final = {
    "plan_cache_mode": "force_generic_plan",
    "join_collapse_limit": "1",
    "enable_seqscan": "off",
    "enable_bitmapscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "jit": "off",
    "client_encoding": "UTF8",
    "statement_timeout": "0",
    "lock_timeout": "0",
}
"""Every statement goes by an index, from the rows asked for to what belongs to them. A plan is made once; the
statistics of a table that was empty a moment ago, or holds a hundred times as much, would make a bad one."""
_PARTS: Final = """
    SELECT 'table ' || c.relname FROM pg_class c WHERE c.relnamespace = %(schema)s::regnamespace AND c.relkind = 'r'
    UNION ALL SELECT 'column ' || c.relname || '.' || a.attname
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = %(schema)s::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL SELECT 'index ' || c.relname FROM pg_class c
    WHERE c.relnamespace = %(schema)s::regnamespace AND c.relkind = 'i'
    UNION ALL SELECT 'function ' || p.proname FROM pg_proc p WHERE p.pronamespace = %(schema)s::regnamespace"""


def connect(place: Place, *, readonly: bool, idle_s: float, session: str) -> Connection:
    """A connection whose statements go to the schema of a place, and which leaves BEGIN and COMMIT to the caller.

    A transaction that is idle for longer than `idle_s` is ended by the server. `session` is the name of the connection.
    """
    try:
        db = psycopg.connect(place.conninfo, autocommit=True, application_name=session)
    except psycopg.Error as error:
        raise unreachable(place, error) from None
    try:
        db.prepared_max = 500  # all there are
        register(db)
        settings = SETTINGS | {
            "search_path": place.schema,
            "default_transaction_read_only": "on" if readonly else "off",
            "idle_in_transaction_session_timeout": f"{max(1, int(idle_s * 1000))}",
        }
        db.execute(
            "; ".join(f"SET {name} = '{value}'" for name, value in settings.items()).encode(), prepare=False
        )
        version = db.info.server_version // 10000
        if version < _OLDEST:
            raise stop(place, f"PostgreSQL {version} is too old", f"Install {_OLDEST} or later.")
        if (encoding := db.info.parameter_status("server_encoding")) != "UTF8":
            raise stop(
                place,
                f"the database keeps texts as {encoding}",
                "Make one that takes all letters: createdb --encoding UTF8 --template template0 …",
            )
    except BaseException:
        db.close()
        raise
    return db


def schema() -> str:
    """The schema of a new store."""
    return (files("accord.store.postgres") / "schema.sql").read_text("utf-8")


def migrations() -> list[str]:
    """All migrations in order; the first makes version 1 of nothing. Raises RuntimeError: the numbers have a gap."""
    found = {
        int(match[1]): item.read_text("utf-8")
        for item in (files("accord.store") / "migrations" / "postgres").iterdir()
        if (match := re.fullmatch(r"(\d{4})_\w+\.sql", item.name))
    }
    if sorted(found) != list(range(1, len(found) + 1)):
        raise RuntimeError(f"the migrations have numbers {sorted(found)}")
    return [text for _, text in sorted(found.items())]


def create(db: Connection, place: Place) -> None:
    """Make the schema of a store with all that belongs to it, if there is none. All or nothing."""
    with db.transaction():
        db.execute(b"SELECT pg_advisory_xact_lock(%s)", [lock_number(place.schema)])
        if not exists(db, place):
            make(db, place.schema)


def make(db: Connection, name: str) -> None:
    """Make a schema with all that belongs to a store; it is the one that names without a schema stand for meanwhile."""
    db.execute(f"CREATE SCHEMA IF NOT EXISTS {name}".encode())
    db.execute(schema().encode())
    db.execute(b"INSERT INTO layout (version) VALUES (%s)", [len(migrations())])


def exists(db: Connection, place: Place) -> bool:
    """Whether there is a store. Raises StopFlow: the schema belongs to another program."""
    return _version(db, place) > 0


def migrate(db: Connection, place: Place, steps: Sequence[str]) -> None:
    """Bring an older store to the newest version, step by step. All or nothing."""
    with db.transaction():
        db.execute(b"SELECT pg_advisory_xact_lock(%s)", [lock_number(place.schema)])
        version = _version(db, place)
        if version < len(steps):
            for step in steps[version:]:
                db.execute(step.encode())
            db.execute(b"UPDATE layout SET version = %s", [len(steps)])


def check(db: Connection, place: Place, *, newest: int | None = None) -> bool:
    """Whether a store is of the newest version, and whole.

    Raises StopFlow, before anything is read or sent: there is none, it is newer, or a part of it is not there.
    """
    newest = len(migrations()) if newest is None else newest
    version = _version(db, place)
    if not version:
        raise stop(place, "there is no such store", "Run `accord sync` first, or name another store.")
    if version > newest:
        raise stop(
            place,
            f"it was written by a newer version of Accord (schema {version}, this one knows {newest})",
            "Install that version again, or restore a backup from before the upgrade.",
        )
    if version < newest:
        return False
    there = {part for (part,) in db.execute(_PARTS.encode(), {"schema": place.schema})}
    if missing := sorted(_parts(schema()) - there):
        raise damaged(place, f"it has no {missing[0]}")
    return True


def is_older(db: Connection, place: Place) -> bool:
    """Whether a store is of an older version than this program's."""
    return _version(db, place) < len(migrations())


def mend_marks(db: Connection) -> None:
    """Marks of a dump that was put back here name transactions of another server, which nobody here will ever see."""
    db.execute(b"""
        WITH gone AS (
            DELETE FROM mark WHERE NOT pg_visible_in_snapshot(tx, pg_current_snapshot()) RETURNING mark, golden)
        INSERT INTO mark (mark, golden) SELECT DISTINCT mark, golden FROM gone""")


def lock_number(name: str) -> int:
    """The number of an advisory lock, the same on every machine."""
    return int.from_bytes(blake2b(f"accord/{name}".encode(), digest_size=8).digest(), "big", signed=True)


def _version(db: Connection, place: Place) -> int:
    """The version of a store; 0: there is none. Raises StopFlow: the schema belongs to another program."""
    given = [place.schema]
    there = db.execute(
        b"SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = %s",
        given,
    ).fetchall()
    if not there:
        return 0
    if ("layout",) not in there or ("touched_key",) not in there:
        raise stop(
            place,
            "the schema belongs to another program",
            "Name another one: postgresql://…/database?schema=name",
        )
    rows = db.execute(f"SELECT version FROM {place.schema}.layout".encode()).fetchall()  # noqa: S608 (a name we checked)
    return int(rows[0][0]) if rows else 0


def _parts(text: str) -> set[str]:
    """What a schema makes: tables, columns, indexes and functions."""
    parts = set()
    for table, inner in re.findall(r"^CREATE TABLE \"?(\w+)\"? \(\n(.*?)^\)", text, re.MULTILINE | re.DOTALL):
        parts |= {f"table {table}"} | {
            f"column {table}.{name}"
            for name in re.findall(r"^    (\w+) ", inner, re.MULTILINE)
            if name.islower()
        }
    for kind, name in re.findall(r"^CREATE (INDEX|FUNCTION) (\w+)", text, re.MULTILINE):
        parts.add(f"{kind.lower()} {name}")
    return parts
