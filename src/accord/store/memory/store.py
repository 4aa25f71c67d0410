"""The store in memory: one transaction at a time over dicts."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from copy import deepcopy
from types import TracebackType

from accord.core.errors import StopFlow
from accord.ports.store import Transaction
from accord.store.memory.tables import Journal, Tables
from accord.store.memory.transaction import MemoryTransaction
from accord.store.turns import Turns

__all__ = ["MemoryStore"]


class MemoryStore:
    """A `Store` whose state lasts as long as the object. `close` keeps it, so that a restart can be played.

    `on_commit` is called with "before" and "after" around each commit. When it raises, that is a kill at this very
    point: before, nothing is committed; after, everything is.
    """

    def __init__(self, *, on_commit: Callable[[str], None] | None = None) -> None:
        self.on_commit = on_commit
        self._tables = Tables()
        self._turns = Turns()

    def transaction(self, *, dry: bool = False) -> AbstractAsyncContextManager[Transaction]:
        """A transaction; the next one waits until it has ended."""
        return _Turn(self, dry)

    def copy(self) -> "MemoryStore":
        """An independent store with the same state, as of the last commit. Raises RuntimeError inside a transaction."""
        if self._turns.taken:
            raise RuntimeError("a store can not be copied while a transaction is under way")
        new = MemoryStore()
        new._tables = deepcopy(self._tables)
        return new

    @asynccontextmanager
    async def idle(self) -> AsyncIterator[None]:
        """Nobody else can work with what is in memory."""
        yield

    async def copy_to(self, path: str) -> None:
        """Raises StopFlow: what is in memory has no file."""
        raise StopFlow(f"a store in memory can not be copied to {path}", remedy="Name a file as `store:`.")

    async def compact(self) -> None:
        """Wait for the transaction under way; what was removed is gone."""
        async with self._turns:
            pass

    async def close(self) -> None:
        """Wait for the transaction under way; there is nothing to let go of."""
        async with self._turns:
            pass


class _Turn:
    """One transaction: taken back where it is dry, or something was raised in it."""

    def __init__(self, store: MemoryStore, dry: bool) -> None:
        self._store, self._dry = store, dry

    async def __aenter__(self) -> Transaction:
        store = self._store
        await store._turns.__aenter__()
        self._journal = Journal(store._tables)
        self._transaction = MemoryTransaction(store._tables, self._journal)
        return self._transaction

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        failed = self._dry or error is not None
        on_commit = None if failed else self._store.on_commit
        try:
            if on_commit is not None:
                on_commit("before")
        except BaseException:
            failed, on_commit = True, None
            raise
        finally:
            if failed:
                self._journal.undo()
            self._transaction.end()
            try:
                if on_commit is not None:
                    on_commit("after")
            finally:
                await self._store._turns.__aexit__(kind, error, trace)
