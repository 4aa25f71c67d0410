"""What declared types, lengths, members and formats say about two properties."""

from collections.abc import Set as AbstractSet
from typing import Final

from accord.connectorkit.manifest_parts import PropertySpec
from accord.suggesting.suggestion import Evidence

__all__ = ["compare_specs"]

_NUMBERS: Final = frozenset({"integer", "decimal", "float"})
_MOMENTS: Final = frozenset({"date", "datetime"})
_NESTED: Final = frozenset({"object", "list"})
_SHORT: Final = 40
_FAR: Final = 4
"""Lengths that differ by this factor are of different things."""


def compare_specs(a: PropertySpec, b: PropertySpec, *, referred: bool | None = None) -> Evidence:
    """What the declarations say; `referred`: both refer to entity types that are a pair, or not; None: none refers."""
    if referred is not None:
        if referred:
            return Evidence("type", 3.0, "both refer to entity types that are a pair")
        return Evidence("type", -6.0, "one refers to other records than the other one")
    points, words = _types(a, b)
    if points > -3:
        for more, why in (_members(a, b), _lengths(a, b)):
            points += more
            words += f"; {why}" if why else ""
        points += 0.4 if a.unique and b.unique else -0.3 if a.unique != b.unique else 0.0
    return Evidence("type", points, words)


def _types(a: PropertySpec, b: PropertySpec) -> tuple[float, str]:
    one, other = a.type, b.type
    kinds = {one, other}
    if one == other:
        return (0.0, "both are text") if one == "string" else (0.8, f"both are of type {one}")
    if kinds <= _NUMBERS:
        return 0.5, "both are numbers"
    if kinds <= _MOMENTS:
        return 0.2, "a date and a time"
    if kinds & _NESTED:
        return -2.5 if "string" in kinds else -5.0, f"{one} can hardly be {other}"
    if "string" in kinds:
        rest = next(iter(kinds - {"string"}))
        return (-1.0 if rest == "boolean" else -0.5), f"text may hold {rest}"
    if "boolean" in kinds and kinds & _NUMBERS:
        return -1.5, f"{one} may stand for {other}"
    if "integer" in kinds and kinds & _MOMENTS:
        return -1.5, "a count may stand for a time"
    return -5.0, f"{one} can not be {other}"


def _members(a: PropertySpec, b: PropertySpec) -> tuple[float, str]:
    if not a.enum or not b.enum:
        return (-0.4, "only one is one of a few words") if a.enum or b.enum else (0.0, "")
    ours, theirs = _words(a), _words(b)
    shared = len(ours & theirs) / min(len(ours), len(theirs))
    if shared >= 0.5:
        return 2.0, f"they share {len(ours & theirs)} of their members"
    return (
        (0.3, "both are one of a few words") if len(ours) == len(theirs) else (-0.5, "their members differ")
    )


def _words(spec: PropertySpec) -> AbstractSet[str]:
    return {str(member).strip().lower() for member in spec.enum}


def _lengths(a: PropertySpec, b: PropertySpec) -> tuple[float, str]:
    if not a.max_length or not b.max_length:
        return 0.0, ""
    short, long = sorted((a.max_length, b.max_length))
    if short == long and short <= _SHORT:
        return 0.4, f"both hold {short} characters"
    return (-0.5, "their lengths differ much") if long > _FAR * short else (0.0, "")
