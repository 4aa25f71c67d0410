"""The tokens of a project whose state is on a server: in the same place, so that all machines share them (C5)."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from accord.connectors.rest.tokens import TokenBox

if TYPE_CHECKING:
    from accord.store.postgres import PostgresStore
    from accord.store.postgres.token_box import PostgresBox

__all__ = ["ServerBox"]


class ServerBox:
    """A `TokenBox` in the store that a hub works with, as soon as it has one; else in one that `open_` opens.

    What is not there yet is taken from `before`, where it was kept as long as the state was no server's.
    """

    def __init__(self, open_: "Callable[[], PostgresStore]", before: TokenBox) -> None:
        self._open, self._before = open_, before
        self._own: PostgresStore | None = None
        self._box: PostgresBox | None = None

    def use(self, store: "PostgresStore") -> None:
        """This is the store that the hub works with, and closes."""
        from accord.store.postgres.token_box import PostgresBox

        self._box = PostgresBox(store)

    async def get(self, name: str) -> bytes | None:
        """See `TokenBox`."""
        kept = await self._opened().get(name)
        return await self._before.get(name) if kept is None else kept

    async def put(self, name: str, kept: bytes | None) -> None:
        """See `TokenBox`."""
        await self._opened().put(name, kept)
        await self._before.put(name, None)

    @asynccontextmanager
    async def alone(self, name: str) -> AsyncIterator[None]:
        """See `TokenBox`."""
        async with self._opened().alone(name):
            yield

    async def close(self) -> None:
        """Let go of a store that was opened for it."""
        own, self._own, self._box = self._own, None, None
        if own is not None:
            await own.close()

    def _opened(self) -> "PostgresBox":
        if self._box is None:
            self._own = self._open()
            self.use(self._own)
        assert self._box is not None  # noqa: S101 - for the type checker
        return self._box
