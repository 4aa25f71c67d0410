"""Where choices come from: a seeded source of random numbers, or Hypothesis (see `strategies`)."""

from collections.abc import Sequence
from random import Random
from typing import Protocol, TypeVar

__all__ = ["Chooser", "Seeded"]

_T = TypeVar("_T")


class Chooser(Protocol):
    """Chooses; the first and the smallest are the plainest."""

    def number(self, low: int, high: int) -> int:
        """A number, both ends included."""
        ...

    def one(self, several: Sequence[_T]) -> _T:
        """One of several."""
        ...

    def chance(self, percent: int) -> bool:
        """True in about so many of a hundred times."""
        ...


class Seeded:
    """The same choices for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # documents to try things with, no secrets

    def number(self, low: int, high: int) -> int:
        return self._random.randint(low, high)

    def one(self, several: Sequence[_T]) -> _T:
        return several[self._random.randrange(len(several))]

    def chance(self, percent: int) -> bool:
        return self._random.randrange(100) < percent
