"""How alike the values of two properties look, where no records are known that are in both systems."""

from collections.abc import Hashable, Sequence
from statistics import fmean
from typing import Final

from accord.suggesting.field import Field
from accord.suggesting.joining import Column
from accord.suggesting.suggestion import Evidence

__all__ = ["compare_shapes"]

_LEAST: Final = 5
_SPECIAL: Final = ("boolean", "number", "instant", "date", "time", "email", "phone", "set")


def compare_shapes(a: Column, b: Column) -> Evidence | None:
    """What the look of values says; None where too few are known, or it says nothing."""
    if min(len(a.field.filled), len(b.field.filled)) < _LEAST:
        return None
    ours, theirs = ({r.kind for r in column.readings if r.kind in _SPECIAL} for column in (a, b))
    if ours or theirs:
        if shared := ours & theirs:
            points, words = 0.6, f"the values of both read as {min(shared, key=_SPECIAL.index)}"
        else:
            points, words = -3.0, f"only one reads as {' or '.join(sorted(ours ^ theirs))}"
    else:
        alike = _look(a.field, b.field)
        points, words = min((alike - 0.65) * 4, 0.8), f"their values look {alike:.0%} alike"
    overlap = _shared(a, b)
    if overlap >= 0.2:
        points += 2.5 * min(1.0, overlap / 0.6)
        words += f"; {overlap:.0%} of the different values of one stand in the other"
    return Evidence("values", points, words)


def _shared(a: Column, b: Column) -> float:
    """Share of the different values of the smaller column that the other one has too, in the best reading."""
    best = 0.0
    for one in a.readings:
        mine = set(one.values) - {None}
        for other in b.readings:
            if one.kind == other.kind and one.kind != "boolean":
                yours: set[Hashable] = set(other.values) - {None}
                if min(len(mine), len(yours)) >= 3:
                    best = max(best, len(mine & yours) / min(len(mine), len(yours)))
    return best


def _look(a: Field, b: Field) -> float:
    """Mean likeness of length, words, figures and variety."""
    return fmean(
        min(x, y) / max(x, y) if max(x, y) else 1.0 for x, y in zip(_marks(a), _marks(b), strict=True)
    )


def _marks(field: Field) -> Sequence[float]:
    texts = [str(field.values[at]) for at in field.filled]
    return (
        fmean(map(len, texts)),
        fmean(len(text.split()) for text in texts),
        fmean(0.02 + sum(c.isdigit() for c in text) / len(text) for text in texts),
        fmean(0.02 + sum(c.isupper() for c in text) / len(text) for text in texts),
        0.02 + len(set(texts)) / len(texts),
    )
