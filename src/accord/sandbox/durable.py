"""Records that outlive the process: all of them in memory, and each change in a SQLite file before it is answered."""

import sqlite3
from collections import UserDict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

from msgspec import json

from accord.connectorkit.manifest import Manifest
from accord.sandbox import database as sql
from accord.testing.system_model import MemoryRecords, Stored

__all__ = ["DurableRecords", "Tracked"]

V = TypeVar("V")


class Tracked(UserDict[str, V]):
    """A table that remembers which of its rows changed: tokens by their end, subscriptions."""

    def __init__(self, known: dict[str, V] | None = None) -> None:
        self.changed: set[str] = set()
        super().__init__(known or {})
        self.changed.clear()

    def __setitem__(self, key: str, value: V) -> None:
        super().__setitem__(key, value)
        self.changed.add(key)

    def __delitem__(self, key: str) -> None:
        super().__delitem__(key)
        self.changed.add(key)


class DurableRecords(MemoryRecords):
    """Reads are from memory; `commit` writes what changed since the last one, in one transaction.

    After `commit` a killed process loses nothing of it. Second tables of listings that trail are in memory alone: a
    restart lets listings catch up. Raises StopFlow: the file can not be opened, read or written.
    """

    def __init__(self, path: Path, manifest: Manifest) -> None:
        super().__init__()
        self._path = path
        self._db = sql.opened(path, manifest.name)
        self._rows: dict[tuple[str, str], Stored] = {}
        self._named: dict[tuple[str, str], tuple[str, int]] = {}
        self._counted: set[str] = set()
        self._is_other = False
        self._numbers = dict(self._db.execute(sql.NUMBERS))
        self.grants: Tracked[int] = Tracked(dict(self._db.execute(sql.GRANTS)))
        self.hooks: Tracked[bytes] = Tracked(dict(self._db.execute(sql.HOOKS)))

    def prepare(self, table: str, unique: Sequence[str]) -> None:
        """See `Records`; what the file holds is read."""
        super().prepare(table, unique)
        made = self._tables[table]
        decode = json.Decoder(dict[str, Any]).decode
        try:
            for row in self._db.execute(sql.RECORDS, (table,)):
                made.put(_stored(row, decode(row[-1])))
            made.keys = {key: (i, at_us) for key, i, at_us in self._db.execute(sql.KEYS, (table,))}
        except (sqlite3.Error, ValueError) as error:
            raise sql.fault(self._path, str(error)) from None

    def number(self, name: str) -> int:
        """See `Records`."""
        self._counted.add(name)
        return super().number(name)

    def put(self, table: str, stored: Stored) -> None:
        """See `Records`."""
        super().put(table, stored)
        self._rows[table, stored.id] = stored

    def save_made(self, table: str, key: str, record_id: str, at_us: int) -> None:
        """See `Records`."""
        super().save_made(table, key, record_id, at_us)
        self._named[table, key] = (record_id, at_us)

    def restore(self, snapshot: Any) -> None:
        """See `Records`; the next commit replaces what the file holds."""
        super().restore(snapshot)
        self._is_other = True

    def commit(self) -> None:
        """Keep all changes. Raises StopFlow: they could not be kept, and are tried again at the next commit."""
        tracked = (self.grants.changed, self.hooks.changed)
        if not (self._rows or self._named or self._counted or self._is_other or any(tracked)):
            return
        try:
            self._db.execute("BEGIN IMMEDIATE")
            self._write()
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise sql.fault(self._path, str(error)) from None
        self._is_other = False
        for changes in (self._rows, self._named, self._counted, *tracked):
            changes.clear()

    def close(self) -> None:
        """Let the file go; what is not committed is not kept."""
        self._db.close()

    def _write(self) -> None:
        if self._is_other:
            self._take_all()
        encode, db = json.encode, self._db
        db.executemany(
            sql.SAVE_RECORD, (_columns(kind, s, encode(s.body)) for (kind, _), s in self._rows.items())
        )
        db.executemany(sql.SAVE_KEY, ((*key, *made) for key, made in self._named.items()))
        db.executemany(sql.SAVE_NUMBER, ((name, self._numbers[name]) for name in self._counted))
        grants, changed = self.grants, self.grants.changed
        db.executemany(sql.SAVE_GRANT, ((t, grants[t]) for t in changed if t in grants))
        db.executemany(sql.DROP_GRANT, ((t,) for t in changed if t not in grants))
        hooks, changed = self.hooks, self.hooks.changed
        db.executemany(sql.SAVE_HOOK, ((key, hooks[key]) for key in changed if key in hooks))
        db.executemany(sql.DROP_HOOK, ((key,) for key in changed if key not in hooks))

    def _take_all(self) -> None:
        """Empty the file, and take everything for changed."""
        for statement in sql.EMPTY:
            self._db.execute(statement)
        kinds = {name: table for name, table in self._tables.items() if "@" not in name}
        self._rows = {(kind, s.id): s for kind, table in kinds.items() for s in table.rows.values()}
        self._named = {(kind, key): made for kind, table in kinds.items() for key, made in table.keys.items()}
        self._counted = set(self._numbers)


def _columns(kind: str, it: Stored, body: bytes) -> tuple[Any, ...]:
    return kind, it.id, it.seq, it.version, it.created_us, it.changed_us, it.deleted, it.successor, body


def _stored(row: tuple[Any, ...], body: dict[str, Any]) -> Stored:
    record_id, seq, version, created_us, changed_us, deleted, successor, _ = row
    return Stored(
        id=record_id,
        seq=seq,
        version=version,
        body=body,
        created_us=created_us,
        changed_us=changed_us,
        deleted=bool(deleted),
        successor=successor,
    )
