"""Properties that are one text in one system and two in the other: a whole name, a street with its number."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from accord.core.matching.normalisers import text as folded
from accord.suggesting.agreement import Agreement, Joined, agreement
from accord.suggesting.field import Field
from accord.suggesting.scoring import Weights
from accord.suggesting.suggestion import Evidence

__all__ = ["Compound", "find_compounds"]

_LEAST: Final = 10
_SHARE: Final = 0.6
_SEPARATORS: Final = (" ", ", ")
_BY_NAME: Final = ((frozenset({"given"}), frozenset({"family"}), frozenset({"fullname", "name"})),
                   (frozenset({"street", "address"}), frozenset({"house"}), frozenset({"street"})))  # fmt: skip
_PERSONS: Final = frozenset({"contact", "person", "employee", "member", "user", "participants", "customer"})


@dataclass(frozen=True, slots=True)
class Compound:
    """Two properties of one side that are, joined, one of the other; `side` is the one that has two."""

    side: Literal[0, 1]
    parts: tuple[Field, Field]
    whole: Field
    separator: str
    points: float
    evidence: tuple[Evidence, ...]


def find_compounds(
    left: Sequence[Field], right: Sequence[Field], joined: Joined, weights: Weights
) -> list[Compound]:
    """All that are likely, the likeliest first."""
    found: list[Compound] = []
    back = [(b, a) for a, b in joined]
    if weights.values:
        found += _by_values(left, right, joined, 0)
        found += _by_values(right, left, back, 1)
    if weights.names and not found:
        found += _by_names(left, right, 0)
        found += _by_names(right, left, 1)
    return sorted(found, key=lambda each: -each.points)


def _by_values(
    two: Sequence[Field], one: Sequence[Field], joined: Joined, side: Literal[0, 1]
) -> Iterator[Compound]:
    columns = {field.path: _texts(field) for field in two}
    for whole in one:
        theirs = _texts(whole)
        rows = [(a, b) for a, b in joined if (text := theirs[b]) is not None and " " in text]
        if len(rows) < max(_LEAST, 0.4 * sum(theirs[b] is not None for _, b in joined)):
            continue
        ends: list[list[Field]] = [[], []]
        for part in two:
            ours = columns[part.path]
            told = [(ours[a], theirs[b]) for a, b in rows if ours[a] is not None]
            if len(told) < 0.5 * len(rows):
                continue
            for at, test in enumerate((str.startswith, str.endswith)):
                hits = sum(test(str(text), str(piece)) and text != piece for piece, text in told)
                if hits >= _SHARE * len(told):
                    ends[at].append(part)
        yield from _pairs(ends, (whole, theirs), columns, joined, side)


def _pairs(
    ends: Sequence[Sequence[Field]],
    one: tuple[Field, list[str | None]],
    columns: dict[str, list[str | None]],
    joined: Joined,
    side: Literal[0, 1],
) -> Iterator[Compound]:
    whole, theirs = one
    for first in ends[0]:
        for last in ends[1]:
            if first is last:
                continue
            for separator in _SEPARATORS:
                said = _agreed(columns[first.path], columns[last.path], theirs, separator, joined)
                if said.share >= _SHARE and said.compared >= _LEAST:
                    told = f"{said.equal} of {said.compared} records agree when joined"
                    words = f"{told} ({said.chance:.0%} would by chance)"
                    evidence = (Evidence("values", said.points, words),)
                    yield Compound(side, (first, last), whole, separator, said.points - 1.0, evidence)


def _agreed(
    first: list[str | None], last: list[str | None], whole: list[str | None], separator: str, joined: Joined
) -> Agreement:
    both = [f"{x}{separator}{y}" if x and y else None for x, y in zip(first, last, strict=True)]
    return agreement(both, whole, joined)


def _texts(field: Field) -> list[str | None]:
    return [folded(v) if isinstance(v, str | int) and not isinstance(v, bool) else None for v in field.values]


def _by_names(two: Sequence[Field], one: Sequence[Field], side: Literal[0, 1]) -> Iterator[Compound]:
    for first, last, wholes in _BY_NAME:
        firsts, lasts = ([f for f in two if f.name.meanings & part] for part in (first, last))
        goals = [f for f in one if f.name.meanings & wholes]
        if len(firsts) != 1 or len(lasts) != 1 or len(goals) != 1:
            continue
        whole = goals[0]
        if any(f.name.meanings & last for f in one) or firsts[0] is lasts[0]:
            continue
        if "name" in whole.name.meanings and not whole.name.about & _PERSONS:
            continue
        evidence = (Evidence("name", 1.2, "the names are parts of the other one's"),)
        yield Compound(side, (firsts[0], lasts[0]), whole, " ", 1.2, evidence)
