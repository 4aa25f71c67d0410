"""The team of one, and how much work is a piece of it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from math import ceil
from typing import TypeVar

__all__ = ["Alone", "divided"]

Item = TypeVar("Item")
Piece = TypeVar("Piece")
Done = TypeVar("Done")


class Alone:
    """`Team` of this process."""

    width = 1

    async def run(
        self,
        kind: str,
        pieces: Sequence[Piece],
        here: Callable[[Piece], Awaitable[Done]],
        *,
        together: bool = False,
    ) -> list[Done]:
        """See `Team`."""
        del kind
        if together:
            return await asyncio.gather(*map(here, pieces))
        return [await here(piece) for piece in pieces]


def divided(items: Sequence[Item], width: int, least: int) -> list[Sequence[Item]]:
    """Items in at most `width` parts of the same size, each of `least` at least while there are so many; none of
    nothing."""
    parts = max(1, min(width, len(items) // least))
    size = max(1, ceil(len(items) / parts))
    return [items[at : at + size] for at in range(0, len(items), size)]
