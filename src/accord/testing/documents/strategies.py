"""Hypothesis strategies of invented documents (extra `accord[testing]`)."""

from collections.abc import Sequence
from typing import TypeVar

from hypothesis import strategies as st

from accord.testing.documents.inventing import invented_document, invented_family
from accord.testing.documents.told import ToldDocument

__all__ = ["documents", "families"]

_T = TypeVar("_T")


class _Drawn:
    """Choices that Hypothesis makes, and makes smaller when a law fails."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw

    def number(self, low: int, high: int) -> int:
        return self._draw(st.integers(low, high))

    def one(self, several: Sequence[_T]) -> _T:
        return self._draw(st.sampled_from(several))

    def chance(self, percent: int) -> bool:
        return self._draw(st.integers(0, 99)) >= 100 - percent


@st.composite
def documents(draw: st.DrawFn, *, sections: int = 4, rows: int = 5) -> ToldDocument:
    """One document that the family's grammar allows."""
    return invented_document(_Drawn(draw), sections=sections, rows=rows)


@st.composite
def families(draw: st.DrawFn, *, systems: int = 3, sections: int = 3, rows: int = 4) -> list[ToldDocument]:
    """Documents about a few systems, both directions of some pairs among them."""
    return invented_family(_Drawn(draw), systems=systems, sections=sections, rows=rows)
