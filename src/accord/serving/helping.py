"""A service that lends another one a hand: hints are passed on, and a new configuration is awaited (C3, S9, K1)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Final, Protocol, cast

from accord.core.errors import AccordError
from accord.project import Project
from accord.runtime.hub import Hub
from accord.serving.agenda import Hinted
from accord.serving.handing import pass_on
from accord.serving.readiness import Readiness

if TYPE_CHECKING:
    from accord.ports.pieces import Pieces
    from accord.store.postgres import PostgresStore

__all__ = ["ROLES", "Helping", "told_by_others"]

ROLES: Final = {
    "conductor": "this process conducts: it does the runs",
    "hand": "another process conducts, and this one lends it a hand",
}

_HINT: Final = "hint"
_WAIT_S: Final = 5.0
_AGAIN_S: Final = 1.0


class Office(Protocol):
    """What a hand needs of its service."""

    hinted: Hinted
    readiness: Readiness

    def changed(self) -> Project | None:
        """The project as its files are now, once each time they have changed without a fault."""
        ...

    def look_again(self) -> None:
        """The files have changed, and nobody was told."""
        ...


class Helping:
    """A service while another one conducts."""

    def __init__(self, office: Office, hub: Hub) -> None:
        self._office, self._hub = office, hub
        self._fresh: Project | None = None

    async def look(self) -> Project | None:
        """The project as its files are now, once what they say of records is confirmed, or has not changed."""
        self._office.readiness.beat()
        self._fresh = self._office.changed() or self._fresh
        if self._fresh is None or self._fresh.model.fingerprint == self._hub.model.fingerprint:
            return self._fresh
        async with self._hub.store.transaction(dry=True) as tx:
            confirmed = await tx.meta("fingerprint")
        return self._fresh if confirmed == self._fresh.model.fingerprint else None

    @asynccontextmanager
    async def beside(self, hub: Hub) -> AsyncIterator[None]:
        """Inside hints are passed on to the one that conducts. When this one does, it is told of what the files say."""
        self._office.readiness.conducts = False
        passing = asyncio.ensure_future(self._pass_on(hub))
        try:
            yield
        finally:
            passing.cancel()
            await asyncio.gather(passing, return_exceptions=True)
            if self._fresh is not None:
                self._fresh = None
                self._office.look_again()

    async def _pass_on(self, hub: Hub) -> None:
        async def told() -> None:
            await _board(self._hub).ring(_HINT)

        while True:
            with suppress(AccordError):  # a periodic read finds what is lost here (S9)
                await pass_on(hub, self._office.hinted, told)
            await asyncio.sleep(_AGAIN_S)


@asynccontextmanager
async def told_by_others(hub: Hub, hinted: Hinted) -> AsyncIterator[None]:
    """Inside hints that came to other workers end the rest at once; else they are found within a second."""
    if not hasattr(hub.store, "pieces"):
        yield
        return
    listening = asyncio.ensure_future(_listen(_board(hub), hinted))
    try:
        yield
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


async def _listen(board: "Pieces", hinted: Hinted) -> None:
    while True:
        if await board.wait(_WAIT_S, _HINT):
            hinted.came.set()


def _board(hub: Hub) -> "Pieces":
    return cast("PostgresStore", hub.store).pieces
