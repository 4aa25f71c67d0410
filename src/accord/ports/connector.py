"""What the hub asks of a connected system."""

from collections.abc import AsyncIterator, Sequence
from typing import Any, Protocol

from msgspec import Struct

from accord.core.observation import Observation, Outcome
from accord.core.state import WriteKind

__all__ = ["Connector", "Page", "Write"]


class Page(Struct, kw_only=True):
    """One page of a read, in the order of arrival.

    `cursor` is the token from which the *next* read of changes starts; it was fixed before this read began (S8). Only
    the last page bears a new one, the others the one that was given: nothing is finished yet.
    """

    observations: Sequence[Observation]
    cursor: str = ""


class Write(Struct, kw_only=True):
    """A write as it is sent. `body` is None for a delete; `version` is named in the request where there is one."""

    mapping: str
    kind: WriteKind
    id: str | None = None
    body: dict[str, Any] | None = None
    version: str | None = None
    key: str = ""


class Connector(Protocol):
    """One system. Methods raise `RetryLater`, `StopEntityType` or `StopFlow` when a read can not be done; `write`
    answers every ending of a call as an `Outcome`. `mapping` is the key of a mapping (entity type, "#facet")."""

    async def identity(self) -> str:
        """The account behind the connection, or "" where the system does not tell (K6)."""
        ...

    def read(self, mapping: str, cursor: str, *, full: bool) -> AsyncIterator[Page]:
        """Pages of what changed since cursor; of everything when `full`, or where cursor is "" or has expired.

        Cursors overlap by `lag_s` (S8). An expired one raises nothing: its read is a full one, from which no delete
        follows. A full read with a cursor leaves that where it is.
        """
        ...

    async def fetch(self, mapping: str, ids: Sequence[str]) -> list[Observation]:
        """Each record by its id, in the order of ids; `gone` where there is none."""
        ...

    async def search(self, mapping: str, key: str, since_us: int) -> list[Observation] | None:
        """Records that may be our create: those that carry our id `key`, else those created since, deleted ones
        included where the system tells; None where it can not be searched (W3)."""
        ...

    async def write(self, writes: Sequence[Write]) -> list[Outcome]:
        """Send each write; outcomes in the same order. Writes are to different records. Never repeats by itself."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
