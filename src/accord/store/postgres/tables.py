"""The tables of a state in a schema, as rows that any database takes; by COPY, the fastest way in and out."""

from collections.abc import Iterable, Iterator

from accord.store.postgres.database import Connection
from accord.store.tables import Row, Table

__all__ = ["PostgresTables"]


class PostgresTables:
    """Rows inside a transaction that the caller begins and ends."""

    def __init__(self, db: Connection, schema: str) -> None:
        self._db, self._schema = db, schema

    def read(self, table: Table) -> Iterator[Row]:
        """All rows of a table."""
        distinct = (
            "DISTINCT " if table.name == "mark" else ""
        )  # a mark stands once for each transaction that set it
        statement = f"COPY (SELECT {distinct}{self._columns(table)} FROM {self._name(table)}) TO STDOUT (FORMAT binary)"  # noqa: S608
        with self._db.cursor() as cursor, cursor.copy(statement.encode()) as copy:
            copy.set_types(list(table.columns.values()))
            yield from copy.rows()

    def write(self, table: Table, rows: Iterable[Row]) -> None:
        """Add rows to an empty table."""
        statement = f"COPY {self._name(table)} ({self._columns(table)}) FROM STDIN (FORMAT binary)"
        with self._db.cursor() as cursor, cursor.copy(statement.encode()) as copy:
            copy.set_types(list(table.columns.values()))
            for row in rows:
                copy.write_row(row)
        for name, column in (("golden", "number"), ("event", "seq")):
            if table.name == name:  # the next one has a number of its own
                self._db.execute(
                    f"SELECT setval(pg_get_serial_sequence('{self._schema}.{name}', '{column}'), max({column})) "  # noqa: S608
                    f"FROM {self._schema}.{name} HAVING max({column}) IS NOT NULL".encode()
                )

    def _name(self, table: Table) -> str:
        return f'{self._schema}."{table.name}"'

    def _columns(self, table: Table) -> str:
        return ", ".join(table.columns)
