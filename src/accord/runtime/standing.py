"""Connectors that write only while this process has its lease (C3).

A worker that was stopped for a while finds its lease over, and sends nothing more: another one goes on in its place. A
call that had left by then is of unknown outcome (W3).
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence

from accord.core.observation import Observation, Outcome
from accord.ports.connector import Connector, Page, Write
from accord.ports.standing import LOST, standing

__all__ = ["Guarded", "guarded"]

_LATER_S = 1.0


def guarded(connectors: Mapping[str, Connector], stands: Callable[[], bool]) -> dict[str, Connector]:
    """Connectors that write only while a lease stands."""
    return {name: Guarded(connector, stands) for name, connector in connectors.items()}


class Guarded:
    """A `Connector` that writes only while a lease stands; `may_write` tells those who make its calls."""

    def __init__(self, connector: Connector, stands: Callable[[], bool]) -> None:
        self.inner, self._stands = connector, stands

    async def identity(self) -> str:
        """See `Connector`."""
        return await self.inner.identity()

    def read(self, mapping: str, cursor: str, *, full: bool) -> AsyncIterator[Page]:
        """See `Connector`."""
        return self.inner.read(mapping, cursor, full=full)

    async def fetch(self, mapping: str, ids: Sequence[str]) -> list[Observation]:
        """See `Connector`."""
        return await self.inner.fetch(mapping, ids)

    async def search(self, mapping: str, key: str, since_us: int) -> list[Observation] | None:
        """See `Connector`."""
        return await self.inner.search(mapping, key, since_us)

    async def write(self, writes: Sequence[Write]) -> list[Outcome]:
        """See `Connector`."""
        if not self._stands():
            return [Outcome(kind="later", message=LOST, after_s=_LATER_S) for _ in writes]
        with standing(self._stands):
            return await self.inner.write(writes)

    async def close(self) -> None:
        """See `Connector`."""
        await self.inner.close()
