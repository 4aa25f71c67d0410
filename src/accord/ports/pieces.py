"""Pieces of a cycle that the conductor of a project posts, and other workers take (C3)."""

from collections.abc import Collection, Sequence
from typing import NamedTuple, Protocol

from accord.ports.store import Store

__all__ = ["Claim", "Piece", "Pieces", "Posted"]


class Piece(NamedTuple):
    """Work of a kind, in the words of its kind. `begun`: another worker began with it, and was not heard of again."""

    id: int
    kind: str
    what: bytes
    begun: bool


class Posted(NamedTuple):
    """How a piece stands: `result` when it is done; `refused` by a worker that could not do it; `worker` has it."""

    result: bytes | None
    refused: bool
    worker: str


class Claim(Protocol):
    """A piece that this process alone works on, as long as its lease stands."""

    @property
    def piece(self) -> Piece:
        """What is to be done."""
        ...

    @property
    def store(self) -> Store:
        """The store, all of whose writing is refused once another worker has the piece."""
        ...

    def stands(self, margin_s: float = 0.0) -> bool:
        """Nobody else can have the piece, nor will within `margin_s`; no server is asked."""
        ...


class Pieces(Protocol):
    """The board on which pieces are posted."""

    async def begin(self) -> None:
        """From now on this process counts as a worker, until it dies or ends; once is enough."""
        ...

    async def end(self) -> None:
        """This process is a worker no more."""
        ...

    @property
    def mine(self) -> Store:
        """The store for what belongs to no piece, such as calls that are counted: of this worker, while it lives."""
        ...

    async def workers(self) -> int:
        """How many workers there are."""
        ...

    async def post(self, fingerprint: str, kind: str, some: Sequence[bytes]) -> list[int]:
        """Ids of new pieces, in order; for workers of the same configuration.

        Raises StaleLease: this process is the conductor no more.
        """
        ...

    async def claim(self, fingerprint: str, ids: Collection[int] | None = None) -> Claim | None:
        """A piece that nobody works on, of those asked for, or of all that the conductor of now has posted and nobody
        has refused; None: there is none."""
        ...

    async def finish(self, claim: Claim, result: bytes) -> None:
        """Tell what came of a piece. Raises StaleLease: another worker has it."""
        ...

    async def give_back(self, claim: Claim, *, refused: bool) -> None:
        """Leave a piece to others; to the conductor alone where it is refused."""
        ...

    async def look(self, ids: Collection[int]) -> dict[int, Posted]:
        """How pieces stand that are there."""
        ...

    async def drop(self, ids: Collection[int]) -> None:
        """Take pieces away that nobody works on, and all that a conductor of before left."""
        ...

    async def reserve(self, system: str, calls: int, per_second: float) -> float:
        """Reserve calls of a system that takes so many per second, whoever makes them; seconds from now until the first
        of them may be made. What nobody made within a second may be made at once."""
        ...

    async def wait(self, seconds: float, word: str = "") -> bool:
        """Come back when something was posted, done or given back, or the word was rung: True; or after a while."""
        ...

    async def ring(self, word: str) -> None:
        """Wake whoever waits for a word, in whichever worker."""
        ...
