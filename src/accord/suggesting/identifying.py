"""Which properties tell records apart and are the same in both systems: suggestions of match alternatives (L2)."""

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
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
_PROSE: Final = frozenset({"description", "note", "text"})
_MOST: Final = 4
_PARTS: Final = 8
_LEAST_FOUND: Final = 5
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


def suggest_match(pair: int, rows: Sequence[Row], join: Join) -> list[Suggestion]:
    """Alternatives, the strongest first; those of two properties only where single ones do not find nearly all."""
    if not join.pairs:
        return _by_names(pair, rows)
    parts = [part for row in rows if (part := _part(row, join)) is not None]
    single = [s for part in parts if (s := _judged(pair, [part], join)) is not None]
    found = sorted(single, key=lambda each: -each.score)[:_MOST]
    if not any(each.score >= 0.9 for each in found):
        best = sorted(parts, key=lambda part: -_distinct(part.left))[:_PARTS]
        both = [s for two in combinations(best, 2) if (s := _judged(pair, list(two), join)) is not None]
        alone = {path for each in found for path in each.left}
        both = [each for each in both if not alone & set(each.left)]
        found += sorted(both, key=lambda each: -each.score)[: _MOST - len(found)]
    return found


def _part(row: Row, join: Join) -> _Part | None:
    found = best_agreement(row.left.readings, row.right.readings, join.pairs)
    if found is None or found.left is None or found.right is None or found.kind in _NEVER:
        return None
    return _Part(row, found.left.values, found.right.values, found.kind) if found.share >= 0.5 else None


def _judged(pair: int, parts: Sequence[_Part], join: Join) -> Suggestion | None:
    """An alternative of these parts, by what it finds among the records that are known to be in both."""
    ours, theirs = (_keys([part.left for part in parts]), _keys([part.right for part in parts]))
    count, back = Counter(ours), Counter(theirs)
    partner = dict(join.pairs)
    place = {key: at for at, key in enumerate(theirs) if key is not None}
    known = [a for a in partner if ours[a] is not None and ours[a] in back]
    right = sum(count[ours[a]] == 1 == back[ours[a]] and place[ours[a]] == partner[a] for a in known)
    if right < _LEAST_FOUND or right < _RIGHT * len(known):
        return None
    distinct = min(_distinct(ours), _distinct(theirs))
    if distinct < _RIGHT or all(_is_prose(part) for part in parts):
        return None
    reach = right / len(partner)
    score = min(part.row.score for part in parts) * (0.8 + 0.2 * min(1.0, reach / 0.8))
    score *= max(_strength(part) for part in parts)
    words = (
        f"finds {right} of the {len(partner)} records that are in both, {len(known) - right} wrongly; "
        f"{distinct:.0%} of its values are borne once"
    )
    paths = [[p.row.left.field.path, p.row.right.field.path] for p in parts]
    names = {_NORMALISERS.get(part.kind) for part in parts}
    return _made(
        pair, paths, names.pop() if len(names) == 1 else _common(names), score, Evidence("values", 3, words)
    )


def _is_prose(part: _Part) -> bool:
    return bool((part.row.left.field.name.meanings | part.row.right.field.name.meanings) & _PROSE)


def _strength(part: _Part) -> float:
    """Numbers that somebody gave out identify by nature, names and the like only as long as they differ."""
    meanings = part.row.left.field.name.meanings | part.row.right.field.name.meanings
    if meanings & _BY_NAME.keys():
        return 1.0
    return 0.9 if part.kind in ("phone", "number") else 0.85


def _common(names: set[str | None]) -> str | None:
    """One normaliser for different parts: letters and figures alone compares names and numbers too."""
    return "number" if "number" in names and not names & {"email", "phone"} else None


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


def _distinct(values: Sequence[Hashable]) -> float:
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
        meaning = max(shared, key=lambda m: _BY_NAME[m], default="")
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
