"""Leases: who may do what, and until when, by one clock for all; each holder has a token greater than any before."""

from collections.abc import Collection
from typing import Final, NamedTuple, Protocol

__all__ = ["CONDUCT", "Lease", "Leases", "Tenure"]

CONDUCT: Final = "conduct"
"""Name of the lease of whoever writes the state of a project; a store that is opened for writing has it (C3)."""


class Lease(NamedTuple):
    """What somebody holds: a name, and the token that fences what is done under it."""

    name: str
    token: int


class Tenure(NamedTuple):
    """How a lease stands: its holder in words, since when, and until when (by the store's clock; it may be over)."""

    name: str
    token: int
    holder: str
    since_us: int
    until_us: int
    over: bool


class Leases(Protocol):
    """Leases of one project. A transaction under a lease that was taken over is refused as a whole (StaleLease), and
    taking one over waits for the transactions that are under way under it."""

    async def take(self, name: str, for_s: float) -> Lease | None:
        """The lease, with a new token; None where somebody else holds it."""
        ...

    async def renew(self, leases: Collection[Lease], for_s: float) -> frozenset[Lease]:
        """Those that nobody has taken over; they go on for so long from now."""
        ...

    async def release(self, lease: Lease) -> None:
        """End a lease now; one that was taken over is left alone."""
        ...

    async def tenures(self, prefix: str = "") -> list[Tenure]:
        """All leases whose names begin so, in order of name."""
        ...
