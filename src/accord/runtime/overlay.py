"""A store whose transactions are all one, which is rolled back in the end: what a plan works on (G6)."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from accord.core.errors import StopFlow
from accord.ports.store import Store, Transaction

__all__ = ["overlay"]


class _Overlay:
    """`Store` on top of one dry transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def transaction(self, *, dry: bool = False) -> AbstractAsyncContextManager[Transaction]:
        """The one transaction; `dry` makes no difference, for nothing of it stays."""
        del dry
        return self._same()

    @asynccontextmanager
    async def _same(self) -> AsyncIterator[Transaction]:
        yield self._tx

    @asynccontextmanager
    async def idle(self) -> AsyncIterator[None]:
        """Nobody else can work with what is only tried."""
        yield

    async def copy_to(self, path: str) -> None:
        """Raises StopFlow: what is only tried has no file."""
        raise StopFlow(f"what is only tried can not be copied to {path}", remedy="Copy the store itself.")

    async def compact(self) -> None:
        """Nothing was removed for good."""

    async def close(self) -> None:
        """Nothing to let go of."""


@asynccontextmanager
async def overlay(store: Store) -> AsyncIterator[Store]:
    """A view of a store in which everything can be tried, and of which nothing stays.

    It serves one task at a time, and the store serves nobody else meanwhile.
    """
    async with store.transaction(dry=True) as tx:
        yield _Overlay(tx)
