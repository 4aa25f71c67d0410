"""Built-in worlds of other shapes: properties that are a group (M8), records that are several things (L9)."""

from collections.abc import Sequence
from random import Random
from typing import Final

from msgspec import structs

from accord.core.lens import BuiltLens
from accord.core.lens.group import Group, GroupNormal, Together
from accord.core.model import Concept, Mapping, Model, Property, PropertyMapping
from accord.core.values import MISSING
from accord.testing.world.weather import Weather

__all__ = ["grouped"]

GROUPABLE: Final = ("name", "title", "note")


def grouped(weather: Weather, random: Random) -> Weather:
    """Two or three properties of a person make sense only together (M8); people edit each by itself."""
    some = random.sample(GROUPABLE, random.choice([2, 2, 3]))
    names = tuple(name for name in GROUPABLE if name in some)
    group = "+".join(names)

    def change(model: Model) -> Model:
        person = model.concepts["person"]
        return structs.replace(
            model,
            concepts={**model.concepts, "person": _folded(person, names)},
            mappings={
                key: _with_group(mapping, person, names) if mapping.concept == "person" else mapping
                for key, mapping in model.mappings.items()
            },
            fingerprint=f"{model.fingerprint} group: {group}",
        )

    return structs.replace(
        weather,
        model=change(weather.model),
        later=tuple(map(change, weather.later)),
        strict=f"person.{group}" if weather.strict and "note" in names else weather.strict,
        told=(*weather.told, f"group: {group}"),
    )


def _rest(concept: Concept, names: Sequence[str]) -> list[int]:
    """Columns that are in no group; they come first."""
    return [column for column, prop in enumerate(concept.properties) if prop.name not in names]


def _folded(concept: Concept, names: Sequence[str]) -> Concept:
    types = {prop.name: prop.type for prop in concept.properties}
    kind = f"group({', '.join(f'{name}: {types[name]}' for name in names)})"
    properties = (
        *(concept.properties[c] for c in _rest(concept, names)),
        Property(name="+".join(names), type=kind),
    )
    return structs.replace(concept, properties=properties)


def _with_group(mapping: Mapping, concept: Concept, names: Sequence[str]) -> Mapping:
    """Where a part of the group is not mapped none of it is."""
    rest = _rest(concept, names)
    rows = [
        structs.replace(row, property=rest.index(row.property))
        for row in mapping.properties
        if row.property in rest
    ]
    parts = {row.name: row for row in mapping.properties if row.name in names}
    if len(parts) == len(names):
        absent = None if mapping.declaration.absent == "null" else MISSING
        rows.append(_as_one([parts[name] for name in names], len(rest), absent))
    return structs.replace(mapping, properties=tuple(rows))


def _as_one(rows: Sequence[PropertyMapping], column: int, absent: object) -> PropertyMapping:
    names = tuple(row.name for row in rows)
    normals = tuple((row.name, row.normal) for row in rows if row.normal is not None)
    return PropertyMapping(
        property=column,
        name="+".join(names),
        place=Together(*(row.place for row in rows), absent=absent),
        lens=Group(names=names, lenses=tuple(row.lens for row in rows if isinstance(row.lens, BuiltLens))),
        fingerprint=" ".join(row.fingerprint for row in rows),
        normal=GroupNormal(normals=normals) if normals else None,
    )
