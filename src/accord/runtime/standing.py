"""Whether this process may still write into a system: asked right before every call that writes (C3).

A worker that was stopped for a while finds its lease over, and sends nothing more: another one goes on in its place. A
call that had left by then is of unknown outcome (W3).
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextvars import ContextVar

from accord.core.observation import Observation, Outcome
from accord.ports.connector import Connector, Page, Write

__all__ = ["LOST", "Guarded", "guarded", "may_write"]

_STANDS: ContextVar[Callable[[], bool]] = ContextVar("stands", default=lambda: True)
_LATER_S = 1.0
LOST = "this worker was not heard of for too long: another one goes on in its place"


def may_write() -> bool:
    """Whether a call that writes may leave now."""
    return _STANDS.get()()


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
        token = _STANDS.set(self._stands)
        try:
            return await self.inner.write(writes)
        finally:
            _STANDS.reset(token)

    async def close(self) -> None:
        """See `Connector`."""
        await self.inner.close()
