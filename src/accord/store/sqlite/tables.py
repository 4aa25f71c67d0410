"""The tables of a state in an SQLite file, as rows that any database takes."""

import sqlite3
from collections.abc import Iterable, Iterator
from typing import Final

from accord.store.tables import Row, Table

__all__ = ["SqliteTables"]

_EVENTS: Final = """
    SELECT e.seq, e.golden, e.record, e.run, e.at_us, e.kind, e.property, e.rule, v.row
    FROM event e LEFT JOIN event_value v ON v.seq = e.seq"""


class SqliteTables:
    """Rows inside a transaction that the caller begins and ends."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def read(self, table: Table) -> Iterator[Row]:
        """All rows of a table."""
        if table.name == "event":
            yield from self._db.execute(_EVENTS)
            return
        rows = self._db.execute(f"SELECT {', '.join(table.columns)} FROM {table.name}")  # noqa: S608 (our own names)
        todo = list(table.columns).index("todo") if "todo" in table.columns else None
        for row in rows:
            yield row if todo is None else (*row[:todo], bool(row[todo]), *row[todo + 1 :])

    def write(self, table: Table, rows: Iterable[Row]) -> None:
        """Add rows to an empty table."""
        if table.name == "event":
            self._write_events(table, rows)
        else:
            self._insert(table.name, list(table.columns), rows)

    def _write_events(self, table: Table, rows: Iterable[Row]) -> None:
        facts, values = list(table.columns)[:-1], []
        batch: list[Row] = []
        for row in rows:
            batch.append(row[:-1])
            if row[-1] is not None:
                values.append((row[0], row[-1]))
            if len(batch) >= 10_000:
                self._insert("event", facts, batch)
                self._insert("event_value", ["seq", "row"], values)
                batch, values = [], []
        self._insert("event", facts, batch)
        self._insert("event_value", ["seq", "row"], values)

    def _insert(self, name: str, columns: list[str], rows: Iterable[Row]) -> None:
        signs = ", ".join("?" * len(columns))
        self._db.executemany(f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({signs})", rows)  # noqa: S608
