"""Some properties of a concept as one: a group, in the concept and in every mapping of it (M8)."""

from collections.abc import Callable, Mapping as ReadOnly, Sequence
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from accord.core.lens import BuiltLens
from accord.core.lens.group import Group, GroupNormal, Together
from accord.core.model import Concept, Mapping, MatchRule, Property, PropertyMapping
from accord.core.values import Value

__all__ = ["Folded", "fold_group"]

Parts = tuple[tuple[int, Callable[[Value], str | None]], ...]


class Folded(NamedTuple):
    """A concept with its mappings."""

    concept: Concept
    mappings: list[Mapping]


class MemberPart(Struct, frozen=True):
    """What a match rule compares of one member of a group."""

    member: str
    normaliser: Callable[[Value], str | None]

    def __call__(self, value: Value) -> str | None:
        """The comparable text of the member, or None."""
        return (
            self.normaliser(value[self.member])
            if isinstance(value, dict) and value[self.member] is not None
            else None
        )


def fold_group(folded: Folded, names: Sequence[str], fingerprint: Callable[[Sequence[str]], str]) -> Folded:
    """The concept with the named properties as one, after the others, and rows that read and write it as one.

    A mapping maps all of them once, or none; `fingerprint` makes one fingerprint of those of the rows.
    """
    concept, mappings = folded
    members = [next(c for c, p in enumerate(concept.properties) if p.name == name) for name in names]
    rest = [column for column in range(len(concept.properties)) if column not in members]
    at = {column: new for new, column in enumerate(rest)} | dict.fromkeys(members, len(rest))
    inner = ", ".join(f"{name}: {concept.properties[c].type}" for name, c in zip(names, members, strict=True))
    group = Property(name="+".join(names), type=f"group({inner})")
    properties = (*(concept.properties[column] for column in rest), group)
    survivors = concept.survivorship
    return Folded(
        replace(
            concept,
            properties=properties,
            survivorship=(*(survivors[c] for c in rest), survivors[members[0]]) if survivors else (),
            rules=tuple(_rule(rule, at, dict(zip(members, names, strict=True))) for rule in concept.rules),
        ),
        [_fold_rows(mapping, at, members, names, fingerprint) for mapping in mappings],
    )


def _rule(rule: MatchRule, at: ReadOnly[int, int], members: ReadOnly[int, str]) -> MatchRule:
    def parts(some: Parts) -> Parts:
        return tuple(
            (at[column], MemberPart(members[column], normaliser) if column in members else normaliser)
            for column, normaliser in some
        )

    similar = rule.similar
    if similar is not None:
        similar = replace(similar, parts=parts(similar.parts))
    return replace(rule, parts=parts(rule.parts), vetoes=parts(rule.vetoes), similar=similar)


def _fold_rows(
    mapping: Mapping,
    at: ReadOnly[int, int],
    members: Sequence[int],
    names: Sequence[str],
    fingerprint: Callable[[Sequence[str]], str],
) -> Mapping:
    rows = [
        replace(row, property=at[row.property]) for row in mapping.properties if row.property not in members
    ]
    found = {row.property: row for row in mapping.properties if row.property in members}
    if found:
        one = _one([found[member] for member in members], names, at[members[0]])
        rows.append(replace(one, fingerprint=fingerprint([found[member].fingerprint for member in members])))
    meant = dict(zip(members, names, strict=True))
    wishes = (replace(w, column=at[w.column], member=meant.get(w.column, w.member)) for w in mapping.wishes)
    return replace(mapping, properties=tuple(rows), wishes=tuple(wishes))


def _one(rows: Sequence[PropertyMapping], names: Sequence[str], column: int) -> PropertyMapping:
    lenses = [row.lens for row in rows if isinstance(row.lens, BuiltLens)]
    normals = tuple(
        (name, row.normal) for name, row in zip(names, rows, strict=True) if row.normal is not None
    )
    return replace(
        rows[0],
        property=column,
        name="+".join(names),
        place=Together(*(row.place for row in rows)),
        lens=Group(names=tuple(names), lenses=tuple(lenses)),
        required=any(row.required for row in rows),
        enforce=any(row.enforce for row in rows),
        normal=GroupNormal(normals=normals) if normals else None,
    )
