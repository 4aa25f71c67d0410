"""The score of a row: what names, declarations and values say, added up as log odds."""

from bisect import bisect_right
from dataclasses import dataclass
from typing import Final

from accord.suggesting.agreement import Agreement, Joined, best_agreement, mapped_words
from accord.suggesting.joining import Column
from accord.suggesting.kinds import compare_specs
from accord.suggesting.names import compare_names
from accord.suggesting.readings import Reading
from accord.suggesting.shape import compare_shapes
from accord.suggesting.suggestion import Evidence

__all__ = ["Scored", "Weights", "compare_columns"]

_NAMES: Final = ((0.0, -3.0), (0.25, -2.5), (0.5, 0.3), (0.75, 1.8), (0.9, 2.8), (1.0, 3.4))
"""Log odds by the likeness of names; between these it goes straight."""
_TELLING: Final = ("boolean", "instant", "date", "time", "set", "phone")
"""Kinds whose forms are seen on the values of one property alone."""
_MANY: Final = 15
"""From so many compared records on names count no more than `names_beside_values`."""
_WORDS_LEAD: Final = 0.12
"""A table of words must agree by so much more than the values as they stand."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Which evidence counts; the figures in the docs are made with one kind left out each."""

    names: bool = True
    types: bool = True
    values: bool = True
    prior: float = -1.0
    names_beside_values: float = 0.6
    """So much do names count where values tell."""


@dataclass(frozen=True, slots=True)
class Scored:
    """Two properties, why they may be one, and how their values agree (None: nothing is known of that)."""

    points: float
    evidence: tuple[Evidence, ...]
    agreement: Agreement | None = None


def compare_columns(
    a: Column,
    b: Column,
    joined: Joined,
    weights: Weights,
    *,
    referred: bool | None = None,
    references: tuple[Reading, Reading] | None = None,
) -> Scored:
    """Score of a row between two properties. `references` are the ids that both hold, told in those of the right."""
    evidence: list[Evidence] = []
    found = _agreement(a, b, joined, references) if weights.values else None
    telling = found is not None and found.tells
    if weights.types:
        evidence.append(compare_specs(a.field.spec, b.field.spec, referred=referred))
    if weights.names:
        name = compare_names(a.field.name, b.field.name)
        less = 1 - weights.names_beside_values if telling and found is not None else 0.0
        told = min(1.0, found.compared / _MANY) if found is not None else 0.0
        points = _name_points(name.score) * (1 - less * told)
        evidence.append(Evidence("name", points, name.why))
    if found is not None and (telling or found.compared >= 3):
        evidence.append(Evidence("values", found.points, _told(found)))
    elif weights.values:
        found = _alike(a, b)
        if (look := compare_shapes(a, b)) is not None:
            evidence.append(look)
    points = weights.prior + sum(each.points for each in evidence)
    ordered = sorted(evidence, key=lambda each: ("values", "name", "type").index(each.kind))
    return Scored(points, tuple(ordered), found)


def _agreement(
    a: Column, b: Column, joined: Joined, references: tuple[Reading, Reading] | None
) -> Agreement | None:
    if not joined:
        return None
    if references is not None:
        return best_agreement([references[0]], [references[1]], joined)
    if a.field.spec.reference or b.field.spec.reference:
        return None
    found = best_agreement(a.readings, b.readings, joined)
    words = mapped_words(a.words, b.words, joined) if a.words and b.words else None
    if words is not None and (found is None or words.share > found.share + _WORDS_LEAD):
        return words
    return found


def _alike(a: Column, b: Column) -> Agreement | None:
    """The readings that two properties would be compared by, where each has but one of a kind; nothing is compared."""
    for kind in _TELLING:
        ours, theirs = ([r for r in column.readings if r.kind == kind] for column in (a, b))
        if ours and theirs and (kind == "phone" or len(ours) == len(theirs) == 1):
            return Agreement(compared=0, equal=0, chance=0.0, kind=kind, left=ours[0], right=theirs[0])
    return None


def _name_points(score: float) -> float:
    at = min(bisect_right(_NAMES, (score, 99.0)), len(_NAMES) - 1)
    (x, low), (y, high) = _NAMES[at - 1], _NAMES[at]
    return low + (high - low) * (score - x) / (y - x)


_HOW: Final = {
    "text": "", "boolean": ", read as true and false", "number": ", read as numbers", "instant": ", read as times",
    "date": ", read as dates", "time": ", read as times of day", "email": ", read as e-mail addresses",
    "phone": ", read as phone numbers", "folded": ", but for capitals and spaces",
    "letters": ", in letters and figures alone", "set": ", read as sets", "words": ", by a table of words",
    "reference": ", as records that belong together",
}  # fmt: skip


def _told(found: Agreement) -> str:
    """Counts and shares, never values (P2)."""
    if not found.tells:
        return f"{found.equal} of {found.compared} records agree, which proves nothing: nearly all have one value"
    return f"{found.equal} of {found.compared} records agree{_HOW[found.kind]} ({found.chance:.0%} would by chance)"
