"""Who performs the pieces of a cycle: this process alone, or several workers of one project (C3)."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol, TypeVar

__all__ = ["Team"]

Piece = TypeVar("Piece")
Done = TypeVar("Done")


class Team(Protocol):
    """Performs pieces of work: plain data that says what is to be done with what is in the store. One that was begun
    and not ended, for its worker died, is begun anew: whatever a piece does is derived from the state each time."""

    @property
    def width(self) -> int:
        """How many pieces are worth having at once; 1: there is nobody else."""
        ...

    async def run(
        self,
        kind: str,
        pieces: Sequence[Piece],
        here: Callable[[Piece], Awaitable[Done]],
        *,
        together: bool = False,
    ) -> list[Done]:
        """What came of each piece, in order. `here` performs one in this process; `together`: pieces that wait for
        different systems, which one process too performs at the same time.

        Raises what the first piece raised that could not be done.
        """
        ...
