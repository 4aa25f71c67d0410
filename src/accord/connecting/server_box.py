"""The tokens of a project whose state is on a server: in the same place, so that all machines share them (C5)."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from accord.connectorkit.http.tokens import TokenBox

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
        self._hubs: PostgresBox | None = None
        self._own: PostgresBox | None = None
        self._users = 0

    def use(self, store: "PostgresStore") -> None:
        """This is the store that the hub works with, and closes."""
        self._hubs = _box(store)

    async def get(self, name: str) -> bytes | None:
        """See `TokenBox`."""
        async with self.opened() as box:
            kept = await box.get(name)
        return await self._before.get(name) if kept is None else kept

    async def put(self, name: str, kept: bytes | None) -> None:
        """See `TokenBox`."""
        async with self.opened() as box:
            await box.put(name, kept)
        await self._before.put(name, None)

    @asynccontextmanager
    async def alone(self, name: str) -> AsyncIterator[None]:
        """See `TokenBox`."""
        async with self.opened() as box, box.alone(name):
            yield

    @asynccontextmanager
    async def opened(self) -> AsyncIterator["PostgresBox"]:
        """While somebody is in it a store stays open."""
        if self._hubs is not None:
            yield self._hubs
            return
        self._own = box = self._own or _box(self._open())
        self._users += 1
        try:
            yield box
        finally:
            self._users -= 1
            if not self._users:
                self._own = None
                await box.store.close()


def _box(store: "PostgresStore") -> "PostgresBox":
    from accord.store.postgres.token_box import (
        PostgresBox,  # whoever has no server does not wait for its client
    )

    return PostgresBox(store)
