"""Value types of properties that rows tie together: one type for all places of a property, or none that fits (M9)."""

from collections.abc import Iterable, Iterator, Mapping as ReadOnly
from dataclasses import dataclass, field
from math import inf
from typing import Final, TypeAlias

from accord.connectorkit.manifest import EntityType, Manifest
from accord.connectorkit.manifest_parts import PropertySpec
from accord.core.types import value_type
from accord.dataflow.document import Cell
from accord.dataflow.merge import DraftPair
from accord.project.casts import clash, declared_type
from accord.project.known import known_property
from accord.project.specs import split_key

__all__ = ["RowTypes", "holds", "known_word", "told_types"]

Place: TypeAlias = tuple[str, Cell]
"""A mapping's key, and a cell of it."""

_PREFERRED: Final = (
    "reference",
    "datetime",
    "date",
    "time",
    "decimal",
    "float",
    "integer",
    "boolean",
    "enum",
)


def known_word(word: str) -> bool:
    """Whether a document's word is a value type."""
    try:
        value_type(word)
    except ValueError:
        return False
    return True


def told_types(pairs: Iterable[DraftPair]) -> dict[tuple[str, str], str]:
    """What documents say of the type of a property, by (system.Type, path).

    The third column is the type of the property that is written. Of one that is only read it is taken that its
    values fit where they go.
    """
    told: dict[tuple[str, str], list[str]] = {}
    guessed: dict[tuple[str, str], list[str]] = {}
    for pair in pairs:
        for draft in pair.rows:
            cells = (draft.row.source, draft.row.target)
            for key, cell, ours, theirs in zip(
                (pair.source, pair.target), cells, draft.types, draft.types[::-1], strict=True
            ):
                place = (key.partition("#")[0], cell.path)
                told.setdefault(place, []).extend([ours] if known_word(ours) else [])
                guessed.setdefault(place, []).extend([theirs] if known_word(theirs) else [])
    return {place: _common(words or guessed[place]) for place, words in told.items()}


def _common(words: list[str]) -> str:
    """One type for what several documents say: the only one, float for all numbers, else text."""
    distinct = dict.fromkeys(words)
    if len(distinct) <= 1:
        return next(iter(distinct), "")
    return "float" if distinct.keys() <= {"integer", "float"} else "string"


@dataclass(slots=True)
class _Class:
    """Places that become one property: what manifests declare of them, what documents say."""

    declared: list[PropertySpec] = field(default_factory=list)
    holds: list[str] = field(default_factory=list)
    """Kinds of those that hold other properties: list, object."""
    words: list[str] = field(default_factory=list)

    def __or__(self, other: "_Class") -> "_Class":
        return _Class(
            _distinct(self.declared, other.declared),
            _distinct(self.holds, other.holds),
            _distinct(self.words, other.words),
        )


class RowTypes:
    """The properties that rows make, one row after the other."""

    def __init__(self, manifests: ReadOnly[str, Manifest]) -> None:
        self._manifests = manifests
        self._root: dict[Place, Place] = {}
        self._classes: dict[Place, _Class] = {}

    def tie(self, source: Place, target: Place, words: list[str]) -> str:
        """Make two places, of which documents say these types, one property; why that can not be, or ""."""
        ours, theirs = self._find(source), self._find(target)
        both = self._classes[ours] | self._classes[theirs] | _Class(words=words)
        if _type(both) is None:
            return _why(both, source, target)
        self._root[theirs] = ours
        self._classes[ours] = both
        return ""

    def of(self, place: Place) -> str:
        """The type to be written in a row of a place; "" where the manifests say it by themselves."""
        found = self._classes[self._find(place)]
        named = _type(found) or ""
        return "" if not found.words and {*_by_manifest(found)} <= {named} else named

    def _find(self, place: Place) -> Place:
        if place not in self._root:
            self._root[place] = place
            self._classes[place] = self._declared(place)
        while self._root[place] != place:
            self._root[place] = place = self._root[self._root[place]]
        return place

    def _declared(self, place: Place) -> _Class:
        key, cell = place
        system, kind, _ = split_key(key)
        entity = self._manifests[system].types[kind]
        declared = known_property(entity, cell.path)
        held = holds(entity, cell.path)
        return _Class([] if declared is None or held else [declared], [held] if held else [])


def holds(entity: EntityType, path: str) -> str:
    """What kind of thing a property is that holds others; "" where it holds none."""
    own = entity.properties.get(path)
    if own is not None:
        return own.type if own.type in ("object", "list") else ""
    return "object" if any(other.startswith(f"{path}.") for other in entity.properties) else ""


def _type(found: _Class) -> str | None:
    """The type that suits all places; "": nothing is said of any of them; None: there is none."""
    if found.holds:
        inner = "list(object)" if found.holds == ["list"] else "object"
        plain = len(found.holds) == 1 and not found.declared and {*found.words} <= {inner}
        return inner if plain else _fitting(found, found.words)
    if len(found.words) == 1 and _fits(found.words[0], found):
        return found.words[0]
    words = [*found.words, *_by_manifest(found)]
    if not words:
        return ""
    kinds = {value_type(word).kind for word in words}
    if "reference" in kinds and len(kinds) > 1:
        words = ["string", *(word for word in words if word != "reference")]
    if kinds <= {"string", "integer"} and "string" in kinds:
        return "string" if _fits("string", found) else _fitting(found, words)
    return _fitting(found, sorted(words, key=lambda word: (_too_wide(word, found), _rank(word))))


def _fitting(found: _Class, words: Iterable[str]) -> str | None:
    return next((word for word in words if _fits(word, found)), None)


def _rank(word: str) -> int:
    kind = value_type(word).kind
    return _PREFERRED.index(kind) if kind in _PREFERRED else len(_PREFERRED)


def _too_wide(word: str, found: _Class) -> bool:
    """Whether numbers of a type can have decimals that one of the places refuses, and all else of a record with it."""
    kind, scale = value_type(word).kind, value_type(word).scale
    decimals = {"decimal": scale, "float": inf}.get(kind, 0)
    return any(decimals > _decimals(each) for each in found.declared)


def _decimals(declared: PropertySpec) -> float:
    """Digits after the decimal point that a place takes, as far as its manifest limits them."""
    if declared.type == "integer":
        return 0
    return declared.scale if declared.type == "decimal" and declared.scale is not None else inf


def _fits(word: str, found: _Class) -> bool:
    """Whether payloads of all places can stand for values of a type."""
    kind = value_type(word).kind
    into = {"list": ("list", "set", "keyed"), "object": ("object",)}
    return not any(clash(word, each) for each in found.declared) and all(
        kind in into[each] for each in found.holds
    )


def _by_manifest(found: _Class) -> Iterator[str]:
    for each in found.declared:
        if each.type not in ("object", "list"):
            yield declared_type(each) if each.type != "decimal" or each.scale is not None else "float"


def _why(found: _Class, source: Place, target: Place) -> str:
    ends = f"{source[0]}.{source[1].path} and {target[0]}.{target[1].path}"
    if found.holds:
        return f"{ends} are not alike: one holds other properties"
    words = dict.fromkeys([*found.words, *_by_manifest(found)])
    return f"the types of {ends}, and what they are tied to, do not fit together: {', '.join(words)}"


def _distinct(one: list, other: list) -> list:  # type: ignore[type-arg]  # values that are alike need no hash
    return [*one, *(each for each in other if each not in one)]
