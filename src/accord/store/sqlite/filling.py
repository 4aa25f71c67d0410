"""A file that takes a whole state, and appears when it is whole."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from accord.store.sqlite.database import connect
from accord.store.sqlite.exchange import discard, put_in_place
from accord.store.sqlite.faults import explained, stop
from accord.store.sqlite.tables import SqliteTables

__all__ = ["SqliteFile", "SqliteSource"]


class SqliteFile:
    """The place of a store; whoever fills it has its lock, or knows that nobody works with it."""

    def __init__(self, path: Path, *, over: bool = False) -> None:
        self._path, self._over = path, over

    @contextmanager
    def filling(self) -> Iterator[SqliteTables]:
        """Empty tables in a file beside it, which takes its place in the end.

        Raises StopFlow: there is a file already and `over` was not given, or the disk refuses.
        """
        if os.path.lexists(self._path) and not self._over:
            raise stop(
                str(self._path), "there is a file already", "Name another one for the copy, or remove it."
            )
        partial = self._path.with_name(f"{self._path.name}-partial")
        try:
            discard(partial)
            db = explained(str(self._path), connect, str(partial), readonly=False, synchronous="normal")
            with closing(db):
                db.execute("BEGIN")
                yield SqliteTables(db)
                explained(str(self._path), _whole, db)
            put_in_place(partial, self._path)
        except OSError as error:
            what = f"the copy can not be written ({error.strerror})"
            raise stop(str(self._path), what, "Name another place.") from error
        finally:
            discard(partial)


def _whole(db: sqlite3.Connection) -> None:
    db.execute("COMMIT")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    db.execute("PRAGMA journal_mode = DELETE").fetchall()


class SqliteSource:
    """A store in a file, to be copied."""

    def __init__(self, path: Path) -> None:
        self._path = str(path)

    @contextmanager
    def reading(self) -> Iterator[SqliteTables]:
        """Its rows, as they are at one moment. Raises StopFlow: it can not be read."""
        with closing(explained(self._path, connect, self._path, readonly=True, synchronous="full")) as db:
            db.execute("BEGIN")
            yield SqliteTables(db)
