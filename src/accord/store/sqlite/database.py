"""Opens the database of a store: its file, settings and schema."""

import os
import re
import sqlite3
from contextlib import closing, suppress
from importlib.resources import files
from pathlib import Path
from typing import Final, Literal, TypeAlias

from accord.store.sqlite import sql
from accord.store.sqlite.faults import damaged, stop

__all__ = ["MEMORY", "Synchronous", "connect", "migrate", "migrations", "schema"]

MEMORY: Final = ":memory:"
Synchronous: TypeAlias = Literal["full", "normal"]

_APPLICATION: Final = 0x41434344
"""Marks a file as a store of Accord: "ACCD"."""
_OLDEST_SQLITE: Final = (3, 24, 0)
_SETTINGS: Final = (
    "PRAGMA busy_timeout = 5000",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -32768",
)
_CHECKPOINT_PAGES: Final = 8000
"""How far the log grows before it is worked in; random ids touch pages again and again meanwhile (32 MB)."""


def connect(path: str, *, readonly: bool, synchronous: Synchronous) -> sqlite3.Connection:
    """Connection to a store with its schema up to date, which leaves BEGIN and COMMIT to the caller.

    Raises StopFlow: no such store (readonly), no store of Accord, or a schema that this version does not know.
    """
    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        raise stop(path, f"SQLite {sqlite3.sqlite_version} is too old", "Install 3.24 or later.")
    if readonly and not Path(path).is_file():
        raise stop(path, "there is no such file", "Run `accord sync` first, or name another store.")
    db = _open(path, readonly)
    try:
        for setting in _SETTINGS:
            db.execute(setting)
        if readonly:
            _check(db, path, newest=len(migrations()), readonly=True)
        else:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute(f"PRAGMA synchronous = {'NORMAL' if synchronous == 'normal' else 'FULL'}")
            db.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
            migrate(db, path, schema(), migrations())
        _check_tables(db, path)
        db.execute(sql.CREATE_WANTED)
    except BaseException:
        db.close()
        raise
    return db


def _open(path: str, readonly: bool) -> sqlite3.Connection:
    if path == MEMORY:
        return sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=256)
    if not readonly:  # records of people: nobody else reads them unless the owner says so
        with suppress(OSError):
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    uri = f"{Path(path).resolve().as_uri()}?mode={'ro' if readonly else 'rw'}"
    return sqlite3.connect(
        uri, uri=True, isolation_level=None, check_same_thread=False, cached_statements=256
    )


def schema() -> str:
    """The schema of a new store."""
    return (files("accord.store.sqlite") / "schema.sql").read_text("utf-8")


def migrations() -> list[str]:
    """All migrations in order; the first makes version 1 of nothing. Raises RuntimeError: the numbers have a gap."""
    found = {
        int(match[1]): item.read_text("utf-8")
        for item in (files("accord.store") / "migrations" / "sqlite").iterdir()
        if (match := re.fullmatch(r"(\d{4})_\w+\.sql", item.name))
    }
    if sorted(found) != list(range(1, len(found) + 1)):
        raise RuntimeError(f"the migrations have numbers {sorted(found)}")
    return [text for _, text in sorted(found.items())]


def migrate(db: sqlite3.Connection, path: str, fresh: str, steps: list[str]) -> None:
    """Bring a database to the newest version: an empty one by `fresh`, an older one step by step.

    All in one transaction. Raises StopFlow: no store of Accord, or a newer schema.
    """
    version = _check(db, path, newest=len(steps), readonly=False)
    if version == len(steps):
        return
    todo = steps[version:] if version else [fresh]
    stamp = f"PRAGMA application_id = {_APPLICATION}; PRAGMA user_version = {len(steps)};"
    try:
        db.executescript("BEGIN IMMEDIATE;" + "\n".join(todo) + stamp + "COMMIT;")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _check_tables(db: sqlite3.Connection, path: str) -> None:
    """Raises StopFlow, before anything is read or sent: a table, column or index of the schema is not there."""
    with closing(sqlite3.connect(MEMORY)) as whole:
        whole.executescript(schema())
        missing = sorted(_parts(whole) - _parts(db))
    if missing:
        raise damaged(path, f"it has no {missing[0]}")


def _parts(db: sqlite3.Connection) -> set[str]:
    return {
        f"{kind} {name}" if column is None else f"column {name}.{column}"
        for kind, name, column in db.execute(sql.PARTS)
    }


def _check(db: sqlite3.Connection, path: str, *, newest: int, readonly: bool) -> int:
    application: int = db.execute("PRAGMA application_id").fetchone()[0]
    version: int = db.execute("PRAGMA user_version").fetchone()[0]
    tables: int = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if tables and application != _APPLICATION:
        raise stop(path, "the database belongs to another program", "Name another file for the store.")
    if version > newest:
        raise stop(
            path,
            f"it was written by a newer version of Accord (schema {version}, this one knows {newest})",
            "Install that version again, or restore a backup from before the upgrade.",
        )
    if readonly and version < newest:
        raise stop(
            path,
            f"its schema {version} is older than this version's ({newest})",
            "Run `accord sync` once, which brings it up to date.",
        )
    return version
