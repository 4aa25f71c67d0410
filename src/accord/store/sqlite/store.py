"""The store in one SQLite file: one connection, one writer, readers beside it."""

import os
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing, suppress
from pathlib import Path
from typing import Any, ClassVar, Concatenate, Final, ParamSpec, TypeVar

from accord.core.errors import StopFlow
from accord.ports.store import Transaction
from accord.store.sqlite import clusters, history, hub, keys, removing, seen
from accord.store.sqlite.database import MEMORY, Synchronous, connect
from accord.store.sqlite.faults import explained, stop
from accord.store.sqlite.lock import FileLock
from accord.store.statements import StatementTransaction
from accord.store.turns import Turns
from accord.store.worker import InlineWorker, ThreadWorker, Worker

__all__ = ["SqliteStore"]

_AGAIN_S: Final = 600.0
"""How long a store that was let go of for a while waits for another process that works with it."""

P = ParamSpec("P")
R = TypeVar("R")


class SqliteStore:
    """A `Store` in a file, or in memory where the path is ":memory:".

    One process at a time opens it for writing, under the lock "<path>-lock"; with `readonly` any number reads what
    is committed meanwhile. `inline` runs every call in the calling thread instead of one thread of the store.
    `synchronous`: "full" survives the loss of power with all that was committed, "normal" may lose the last commits
    then, and none when only the process is killed. `on_commit` is called with "before" and "after" around each
    commit. When it raises, that is a kill at this very point: before, nothing is committed; after, everything is.
    Raises StopFlow, also from every method, where file, disk or another process is the cause.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        readonly: bool = False,
        inline: bool = False,
        wait_s: float = 0.0,
        synchronous: Synchronous = "full",
        on_commit: Callable[[str], None] | None = None,
    ) -> None:
        """Open, make or migrate a store; wait up to `wait_s` seconds for another process to let go of it."""
        self.path = os.fspath(path)
        self.on_commit = on_commit
        self._turns = Turns()
        self._lock = None
        if not readonly and self.path != MEMORY:
            self._lock = FileLock(_place_for(self.path), wait_s=wait_s)
        try:
            self._db: sqlite3.Connection | None = explained(
                self.path, connect, self.path, readonly=readonly, synchronous=synchronous
            )
        except BaseException:
            self._unlock()
            raise
        self._worker: Worker = InlineWorker() if inline else ThreadWorker()

    def transaction(self, *, dry: bool = False) -> AbstractAsyncContextManager[Transaction]:
        """A transaction; the next one waits until it has ended. `dry` rolls back in any case."""
        return self._transaction(dry)

    @asynccontextmanager
    async def _transaction(self, dry: bool) -> AsyncIterator[Transaction]:
        async with self._turns:
            session = _Session(self.path, self._connection(), self._worker)
            transaction = SqliteTransaction(session)
            try:
                yield transaction
                transaction.end()
                if not dry and self.on_commit is not None:
                    self.on_commit("before")
                await session.end("ROLLBACK" if dry else "COMMIT")
            except BaseException:
                transaction.end()
                with suppress(sqlite3.Error, StopFlow):  # the error that is under way says more
                    await session.end("ROLLBACK")
                raise
            if not dry and self.on_commit is not None:
                self.on_commit("after")

    @asynccontextmanager
    async def idle(self) -> AsyncIterator[None]:
        """Let go of the lock; take it again in the end, however long another process has it."""
        async with self._turns:
            held = self._lock is not None
            self._unlock()
        try:
            yield
        finally:
            if held:
                self._lock = await self._worker.call(explained, self.path, _locked_again, self.path)

    async def copy_to(self, path: str | os.PathLike[str]) -> None:
        """Copy all that is committed into a new store at path, which appears when it is whole.

        Raises StopFlow: there is a file already, or the disk refuses.
        """
        async with self._turns:
            await self._worker.call(explained, self.path, _copy, self._connection(), os.fspath(path))

    async def compact(self) -> None:
        """Write the file anew without what was removed, and empty the log: no byte of it is left in either.

        Raises StopFlow: another process reads the store just now, so that the log can not be emptied.
        """
        async with self._turns:
            await self._worker.call(explained, self.path, _compact, self.path, self._connection())

    async def close(self) -> None:
        """Wait for the transaction under way, then let go of file, thread and lock; once is enough."""
        async with self._turns:
            db, self._db = self._db, None
            if db is not None:
                await self._worker.call(explained, self.path, db.close)
                self._worker.close()
                self._unlock()

    def _connection(self) -> sqlite3.Connection:
        if self._db is None:
            raise RuntimeError(f"the store {self.path} is closed")
        return self._db

    def _unlock(self) -> None:
        if self._lock is not None:
            self._lock.release()


class SqliteTransaction(StatementTransaction):
    """A `Transaction` on SQLite."""

    seen_rows: ClassVar[Any] = seen
    key_rows: ClassVar[Any] = keys
    cluster_rows: ClassVar[Any] = clusters
    hub_rows: ClassVar[Any] = hub
    history_rows: ClassVar[Any] = history
    removing: ClassVar[Any] = removing


class _Session:
    """One transaction on the connection, which begins with its first call."""

    def __init__(self, path: str, db: sqlite3.Connection, worker: Worker) -> None:
        self._path = path
        self._db = db
        self._worker = worker

    async def run(
        self, function: Callable[Concatenate[sqlite3.Connection, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Result of function(connection, *args)."""
        result: R = await self._worker.call(
            explained, self._path, self._begun, lambda db: function(db, *args, **kwargs)
        )
        return result

    def _begun(self, function: Callable[[sqlite3.Connection], R]) -> R:
        if not self._db.in_transaction:
            self._db.execute("BEGIN")
        return function(self._db)

    async def end(self, how: str) -> None:
        """COMMIT or ROLLBACK, where anything was begun."""
        if self._db.in_transaction:
            await self._worker.call(explained, self._path, self._db.execute, how)


def _place_for(path: str) -> Path:
    place = Path(path).resolve()
    with suppress(OSError):
        place.parent.mkdir(exist_ok=True)
    return place


def _compact(path: str, db: sqlite3.Connection) -> None:
    db.execute("VACUUM")
    busy = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] if path != MEMORY else 0
    if busy:
        raise stop(
            path,
            "another process reads it, so that what was removed can not be wiped out yet",
            "Let it end: the next run (accord sync) wipes it out.",
        )


def _locked_again(path: str) -> FileLock:
    return FileLock(_place_for(path), wait_s=_AGAIN_S)


def _copy(db: sqlite3.Connection, path: str) -> None:
    if os.path.lexists(path):
        raise stop(path, "there is a file already", "Name another one for the copy, or remove it.")
    partial = f"{path}-partial"
    try:
        os.close(os.open(partial, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600))
        with closing(sqlite3.connect(partial)) as target:
            db.backup(target)
            target.execute("PRAGMA journal_mode = DELETE").fetchall()
        os.replace(partial, path)
    except OSError as error:
        raise stop(path, f"the copy can not be written ({error.strerror})", "Name another place.") from error
    except BaseException:
        with suppress(OSError):
            os.unlink(partial)
        raise
