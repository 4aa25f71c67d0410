"""What is suggested, and why: plain values that can be shown, kept and accepted."""

from collections.abc import Mapping as ReadOnly, Sequence
from dataclasses import dataclass
from math import exp
from typing import Any, Literal

__all__ = ["Evidence", "PairSuggestions", "Suggestion", "score_of"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason. `points` are log odds: above 0 it speaks for the suggestion, below against it."""

    kind: Literal["name", "type", "values"]
    points: float
    words: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Suggestion:
    """A row or a match alternative for a pair of the project. `written` is what would stand in `accord.yaml`."""

    pair: int
    """Position of the pair in the configuration."""
    what: Literal["row", "match"]
    left: tuple[str, ...]
    right: tuple[str, ...]
    score: float
    written: Any
    evidence: tuple[Evidence, ...]
    notes: tuple[str, ...] = ()
    samples: tuple[tuple[str, str], ...] = ()
    """Values of a few records side by side, where they were asked for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PairSuggestions:
    """All suggestions for one pair, and what they rest on."""

    pair: int
    left: str
    right: str
    rows: tuple[Suggestion, ...]
    match: tuple[Suggestion, ...]
    read: tuple[int, int]
    """How many records of either end were looked at."""
    joined: int
    """How many of them were found in both."""
    joined_by: str
    """How these were found: "links", or what they have in common."""
    left_over: tuple[Sequence[str], Sequence[str]]
    """Properties of either end for which nothing is suggested."""
    notes: tuple[str, ...] = ()

    def data(self) -> ReadOnly[str, Any]:
        """As plain data, without values."""
        return {
            "pair": self.pair,
            "from": self.left,
            "to": self.right,
            "read": list(self.read),
            "joined": self.joined,
            "joined_by": self.joined_by,
            "left_over": [list(self.left_over[0]), list(self.left_over[1])],
            "notes": list(self.notes),
        }


def score_of(points: float) -> float:
    """Log odds as a score from 0 to 1, of two digits, never 1."""
    return min(round(1 / (1 + exp(-points)), 2), 0.99)
