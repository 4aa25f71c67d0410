"""How a connection stands that a person allowed (C5)."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final, Literal

from msgspec import Struct

__all__ = ["STANDS", "Connection", "Connections", "no_connections"]

State = Literal["connected", "ends soon", "ended", "none", "locked"]
STANDS: Final[Mapping[State, str]] = {
    "connected": "connected",
    "ends soon": "connected, but it ends soon",
    "ended": "it has ended, or was taken back",
    "none": "nobody has allowed Accord to act for them yet",
    "locked": "its tokens were sealed with a key that is not there",
}
"""The states as people are told them."""


class Connection(Struct, frozen=True, kw_only=True):
    """`state`: "none" was ever allowed; "ended" by its time, or it was taken back; "locked": what is kept of it was
    sealed with another key. `until_us`: when it ends or has ended, None where nobody says."""

    system: str
    state: State
    until_us: int | None = None

    @property
    def command(self) -> str:
        """What to type to connect anew."""
        return f"accord connect {self.system}"


Connections = Callable[[], Awaitable[Sequence[Connection]]]
"""How those of a project stand now, in order of their names; no system is asked."""


async def no_connections() -> Sequence[Connection]:
    """There are none that a person allows."""
    return ()
