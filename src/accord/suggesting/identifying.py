"""Which properties tell records apart and are the same in both systems: suggestions of match alternatives (L2)."""

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from typing import Any, Final

from accord.suggesting.agreement import best_agreement
from accord.suggesting.joining import Column, Join
from accord.suggesting.suggestion import Evidence, Suggestion

__all__ = ["Row", "suggest_match"]

_BY_NAME: Final = {
    "email": 0.75,
    "ssn": 0.85,
    "orgno": 0.85,
    "vat": 0.7,
    "ean": 0.8,
    "sku": 0.7,
    "user": 0.55,
    "iban": 0.55,
}
"""Meanings that identify, and how surely, where no values are known."""
_NORMALISERS: Final = {"email": "email", "phone": "phone", "letters": "number"}
_BY_MEANING: Final = {"email": "email", "ssn": "number", "orgno": "number", "vat": "number", "ean": "digits"}
_NUMBERS: Final = frozenset({"number", "code", "id", "phone", "mobile"})
_PROSE: Final = frozenset({"description", "note", "text"})
_MOST: Final = 4
_PARTS: Final = 10
_LEAST_FOUND: Final = 5
_LEAST_MORE: Final = 0.04
"""A further alternative finds so many of the records that those before it do not find."""
_RIGHT: Final = 0.97
_NEVER: Final = ("boolean", "set", "reference", "words")


@dataclass(frozen=True, slots=True)
class Row:
    """A row that a match alternative may be made of, and how sure it is."""

    left: Column
    right: Column
    score: float


@dataclass(frozen=True, slots=True)
class _Part:
    """A row with its comparable values."""

    row: Row
    left: Sequence[Hashable]
    right: Sequence[Hashable]
    kind: str


@dataclass(frozen=True, slots=True)
class _Tried:
    """A combination with what it finds: records rightly and wrongly, and which share of its values is borne once."""

    parts: tuple[_Part, ...]
    right: frozenset[int]
    wrong: int
    distinct: float
    score: float


def suggest_match(pair: int, rows: Sequence[Row], join: Join) -> list[Suggestion]:
    """Alternatives, the strongest first; each of them finds records that those before it do not."""
    if not join.pairs:
        return _by_names(pair, rows)
    parts = [part for row in rows if (part := _part(row, join)) is not None and not _is_prose(part)]
    parts = sorted(parts, key=lambda part: -_borne_once(part.left))[:_PARTS]
    combined: list[tuple[_Part, ...]] = [
        *((part,) for part in parts if _identifies(part)),
        *combinations(parts, 2),
    ]
    tried = [found for some in combined if (found := _tried(some, join)) is not None]
    return [_told(pair, each, more, join) for each, more in _chosen(tried, len(join.pairs))]


def _chosen(tried: list[_Tried], count: int) -> list[tuple[_Tried, int]]:
    """Those that together find the most, the strongest first, and how many each finds that those before it do not."""
    known: set[int] = set()
    found: list[_Tried] = []
    while tried and len(found) < _MOST:
        best = max(tried, key=lambda each: (len(each.right - known) * each.score**2, -len(each.parts)))
        if len(best.right - known) < max(_LEAST_FOUND - 1, _LEAST_MORE * count):
            break
        found.append(best)
        known |= best.right
        tried.remove(best)
    found.sort(key=lambda each: -each.score)
    before = [frozenset[int]().union(*(each.right for each in found[:at])) for at in range(len(found))]
    return [(each, len(each.right - seen)) for each, seen in zip(found, before, strict=True)]


def _part(row: Row, join: Join) -> _Part | None:
    found = best_agreement(row.left.readings, row.right.readings, join.pairs)
    if found is None or found.left is None or found.right is None or found.kind in _NEVER:
        return None
    return _Part(row, found.left.values, found.right.values, found.kind) if found.share >= 0.5 else None


def _tried(parts: tuple[_Part, ...], join: Join) -> _Tried | None:
    """What these parts find among the records that are in both; None where that is little, or often wrong."""
    ours, theirs = _keys([part.left for part in parts]), _keys([part.right for part in parts])
    count, back = Counter(ours), Counter(theirs)
    partner = dict(join.pairs)
    place = {key: at for at, key in enumerate(theirs) if key is not None}
    known = [a for a in partner if ours[a] is not None and ours[a] in back]
    right = {a for a in known if count[ours[a]] == 1 == back[ours[a]] and place[ours[a]] == partner[a]}
    distinct = min(_borne_once(ours), _borne_once(theirs))
    if len(right) < _LEAST_FOUND or len(right) < _RIGHT * len(known) or distinct < _RIGHT:
        return None
    score = min(part.row.score for part in parts) * max(_strength(part) for part in parts)
    score *= 0.8 + 0.2 * min(1.0, len(right) / len(partner) / 0.6)
    return _Tried(
        parts, frozenset(right), len(known) - len(right), distinct, score * 0.97 ** (len(parts) - 1)
    )


def _told(pair: int, it: _Tried, more: int, join: Join) -> Suggestion:
    words = f"finds {len(it.right)} of the {len(join.pairs)} records that are in both"
    words += f", {more} of them not found by those above" if more < len(it.right) else ""
    words += f", {it.wrong} others" if it.wrong else ""
    words += f"; {it.distinct:.0%} of its values are borne once"
    paths = [[part.row.left.field.path, part.row.right.field.path] for part in it.parts]
    return _made(pair, paths, _normaliser(it.parts), it.score, Evidence("values", 3, words))


def _normaliser(parts: Sequence[_Part]) -> str | None:
    """The one that all parts need; letters and figures alone compares names and numbers too."""
    names = {_NORMALISERS.get(part.kind) for part in parts}
    if len(parts) == 1 and names == {None} and (known := _meanings(parts[0]) & _BY_MEANING.keys()):
        return _BY_MEANING[min(known)]
    if len(names) == 1:
        return names.pop()
    return "number" if "number" in names and not names & {"email", "phone"} else None


def _meanings(part: _Part) -> frozenset[str]:
    return part.row.left.field.name.meanings | part.row.right.field.name.meanings


def _is_prose(part: _Part) -> bool:
    """A long text, or a measure: nobody would say that it tells who somebody is."""
    measured = part.kind == "number" and any(isinstance(v, Decimal) and v % 1 for v in part.left)
    return measured or bool(_meanings(part) & _PROSE)


def _identifies(part: _Part) -> bool:
    """By itself: a number that somebody gave out, an address to reach them by."""
    return part.kind in ("email", "phone") or bool(_meanings(part) & {*_BY_NAME, *_NUMBERS})


def _strength(part: _Part) -> float:
    """What was made to identify, does; names, streets and dates only as long as they happen to differ."""
    return 1.0 if _meanings(part) & _BY_NAME.keys() else 0.9 if _identifies(part) else 0.88


def _made(
    pair: int, paths: list[list[str]], normalise: str | None, score: float, why: Evidence
) -> Suggestion:
    written: Any = {"all": paths, "normalise": normalise} if normalise else paths
    return Suggestion(
        pair=pair,
        what="match",
        left=tuple(a for a, _ in paths),
        right=tuple(b for _, b in paths),
        score=round(min(score, 0.99), 2),
        written=written,
        evidence=(why,),
    )


def _keys(columns: Sequence[Sequence[Hashable]]) -> list[Hashable]:
    return [None if None in key else key for key in zip(*columns, strict=True)]


def _borne_once(values: Sequence[Hashable]) -> float:
    """The share of the records whose value no other one has."""
    counts = Counter(value for value in values if value is not None)
    return sum(count == 1 for count in counts.values()) / sum(counts.values()) if counts else 0.0


def _by_names(pair: int, rows: Sequence[Row]) -> list[Suggestion]:
    found = []
    for row in rows:
        a, b = row.left.field, row.right.field
        shared = a.name.meanings & b.name.meanings & _BY_NAME.keys()
        both_unique = a.spec.unique and b.spec.unique
        if not shared and not both_unique:
            continue
        meaning = max(sorted(shared), key=lambda m: _BY_NAME[m], default="")
        score = min(row.score, max(_BY_NAME.get(meaning, 0.0), 0.7 if both_unique else 0.0))
        why = f"such a property identifies ({meaning})" if meaning else "both must be unique"
        found.append(
            _made(
                pair,
                [[a.path, b.path]],
                _BY_MEANING.get(meaning),
                score,
                Evidence("name", 1, f"{why}; no values were compared"),
            )
        )
    return sorted(found, key=lambda each: -each.score)[:_MOST]
