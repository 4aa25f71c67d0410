"""The SQLite file that a sandbox keeps its records in: schema, settings, statements."""

import os
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Final

from accord.core.errors import StopFlow

__all__ = [
    "DROP_GRANT",
    "DROP_HOOK",
    "EMPTY",
    "GRANTS",
    "HOOKS",
    "KEYS",
    "NUMBERS",
    "RECORDS",
    "SAVE_GRANT",
    "SAVE_HOOK",
    "SAVE_KEY",
    "SAVE_NUMBER",
    "SAVE_RECORD",
    "fault",
    "opened",
]

_APPLICATION: Final = 0x41434353
"""Marks a file as a sandbox of Accord: "ACCS"."""
_FORMAT: Final = 1
_SETTINGS: Final = (
    "PRAGMA locking_mode = EXCLUSIVE",  # what one sandbox holds in memory, another would not know of
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",  # a killed process loses nothing; a power cut may lose the last moments
    "PRAGMA wal_autocheckpoint = 8000",
)
_SCHEMA: Final = f"""
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS records (
    kind TEXT NOT NULL, id TEXT NOT NULL, seq INTEGER NOT NULL, version TEXT NOT NULL, created_us INTEGER NOT NULL,
    changed_us INTEGER NOT NULL, deleted INTEGER NOT NULL, successor TEXT NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (kind, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS keys (
    kind TEXT NOT NULL, key TEXT NOT NULL, id TEXT NOT NULL, at_us INTEGER NOT NULL, PRIMARY KEY (kind, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS numbers (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS grants (token TEXT PRIMARY KEY, until_us INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS hooks (id TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
PRAGMA application_id = {_APPLICATION};
PRAGMA user_version = {_FORMAT};
COMMIT;
"""

RECORDS: Final = (
    "SELECT id, seq, version, created_us, changed_us, deleted, successor, body FROM records "
    "WHERE kind = ? ORDER BY seq"
)
KEYS: Final = "SELECT key, id, at_us FROM keys WHERE kind = ?"
NUMBERS: Final = "SELECT name, value FROM numbers"
HOOKS: Final = "SELECT id, body FROM hooks"
GRANTS: Final = "SELECT token, until_us FROM grants"
SAVE_RECORD: Final = "INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
SAVE_KEY: Final = "INSERT OR REPLACE INTO keys VALUES (?, ?, ?, ?)"
SAVE_NUMBER: Final = "INSERT OR REPLACE INTO numbers VALUES (?, ?)"
SAVE_GRANT: Final = "INSERT OR REPLACE INTO grants VALUES (?, ?)"
SAVE_HOOK: Final = "INSERT OR REPLACE INTO hooks VALUES (?, ?)"
DROP_HOOK: Final = "DELETE FROM hooks WHERE id = ?"
DROP_GRANT: Final = "DELETE FROM grants WHERE token = ?"
EMPTY: Final = ("DELETE FROM records", "DELETE FROM keys", "DELETE FROM numbers")
_NAME: Final = "SELECT value FROM about WHERE name = 'manifest'"
_SAVE_NAME: Final = "INSERT INTO about VALUES ('manifest', ?)"


def opened(path: Path, manifest: str) -> sqlite3.Connection:
    """The file, made where there is none, ours alone until it is closed; BEGIN and COMMIT are the caller's.

    Raises StopFlow: it can not be opened, is another sandbox's, or is no file of a sandbox.
    """
    with suppress(OSError):  # records of people: nobody else reads them unless the owner says so
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    try:
        db = sqlite3.connect(path, timeout=1, isolation_level=None, check_same_thread=False)
    except sqlite3.Error as error:
        raise fault(path, str(error)) from None
    try:
        _check(db, path)
        for setting in _SETTINGS:
            db.execute(setting)
        db.executescript(_SCHEMA)
        _claim(db, path, manifest)
    except sqlite3.Error as error:
        db.close()
        raise fault(path, str(error)) from None
    except StopFlow:
        db.close()
        raise
    return db


def fault(path: Path, what: str) -> StopFlow:
    """What stops a sandbox whose file does not do, in SQLite's words or ours."""
    remedy = "Name another --file, or move this one away."
    if "locked" in what:
        what, remedy = "another sandbox is using it", "End that one, or name another --file."
    elif "full" in what:
        remedy = "Make room on the disk; nothing that was answered is lost."
    return StopFlow(f"{path}: the records of a sandbox can not be kept here: {what}", remedy=remedy)


def _check(db: sqlite3.Connection, path: Path) -> None:
    """Refuse what another program wrote, before anything is changed."""
    application: int = db.execute("PRAGMA application_id").fetchone()[0]
    version: int = db.execute("PRAGMA user_version").fetchone()[0]
    used = db.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
    if used and application != _APPLICATION:
        raise fault(path, "it is a database of something else")
    if used and version > _FORMAT:
        raise fault(path, f"its format {version} is newer than this program's {_FORMAT}")


def _claim(db: sqlite3.Connection, path: Path, manifest: str) -> None:
    row = db.execute(_NAME).fetchone()
    if row is None:
        db.execute(_SAVE_NAME, (manifest,))
    elif row[0] != manifest:
        raise fault(path, f"it holds records of {row[0]}, not of {manifest}")
