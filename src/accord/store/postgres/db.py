"""A connection inside a transaction: statements that give nothing are not waited for."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import psycopg
from psycopg import Connection, RawCursor

__all__ = ["Db"]


class Db:
    """Runs statements with numbered parameters ($1), prepared once. Those that give nothing go out one behind the
    other; their errors come with the next rows, or with the end.

    `locking`: what is read is locked until the end (C3).
    """

    def __init__(self, connection: Connection[Any], *, locking: bool) -> None:
        self.connection, self.locking = connection, locking
        self._context = connection.pipeline()
        self._pipeline = self._context.__enter__()
        # psycopg waits for answers although the end of a long statement is not sent yet, which the server waits for
        connection.pgconn.nonblocking = 0
        self.read: dict[str, bytes | None] = {}
        """What is kept by name, as this transaction has read it."""

    def do(self, statement: str, *given: Any) -> None:
        """Run a statement that gives nothing."""
        self._execute(statement, given)

    def rows(self, statement: str, *given: Any) -> list[tuple[Any, ...]]:
        """Rows of a statement."""
        cursor = self._execute(statement, given)
        self._pipeline.sync()
        return cursor.fetchall()

    def tables(self, *asked: tuple[str, Sequence[Any]]) -> list[list[tuple[Any, ...]]]:
        """Rows of several statements, asked for at once, each of which sees what was committed when it begins."""
        cursors = [self._execute(statement, given) for statement, given in asked]
        self._pipeline.sync()
        return [cursor.fetchall() for cursor in cursors]

    def count(self, statement: str, *given: Any) -> int:
        """How many rows a statement has changed."""
        cursor = self._execute(statement, given)
        self._pipeline.sync()
        return cursor.rowcount

    def end(self, how: str) -> str:
        """COMMIT or ROLLBACK; which of them it was."""
        kept = self.connection.prepare_threshold
        self.connection.prepare_threshold = None  # after a ROLLBACK psycopg would forget all that is prepared
        try:
            if how == "ROLLBACK":
                with suppress(psycopg.Error):  # it was told, and keeps what comes behind it from being done
                    self._pipeline.sync()
            cursor = RawCursor(self.connection).execute(how.encode())
        except BaseException:
            with suppress(psycopg.Error):  # the first error says what it was
                self._context.__exit__(None, None, None)
            raise
        finally:
            self.connection.prepare_threshold = kept
            with suppress(psycopg.Error):
                self.connection.pgconn.nonblocking = 1
        self._context.__exit__(None, None, None)
        return cursor.statusmessage or ""

    def _execute(self, statement: str, given: Sequence[Any]) -> RawCursor[Any]:
        return RawCursor(self.connection).execute(statement.encode(), given, prepare=True, binary=True)
