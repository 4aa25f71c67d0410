"""What a world could do without, by name: a system, a fault, a property; and the world without some of them."""

from collections.abc import Set as AbstractSet
from typing import Final

from msgspec import structs

from accord.core.model import Mapping, Model, PropertyMapping
from accord.testing.system_model import Quirks
from accord.testing.world.weather import CHANCES, Weather

__all__ = ["CLOCK", "levers_of", "without"]

CLOCK: Final = "clock_offset_s"
"""A system has one clock, whatever the entity type."""


def levers_of(weather: Weather) -> list[str]:
    """What a world could perhaps do without, by name: systems first, then faults, then properties."""
    names = [f"system {name}" for name in sorted(weather.manifests)] if len(weather.manifests) > 2 else []
    names += [name for name in CHANCES if getattr(weather, name)]
    for system, some in sorted(weather.quirks.items()):
        for entity_type, quirks in sorted(some.items()):
            on = quirks.model_dump(exclude_defaults=True, exclude={CLOCK})
            names += [f"{system}.{entity_type}.{name}" for name in on]
        if any(getattr(quirks, CLOCK) for quirks in some.values()):
            names.append(f"{system}.{CLOCK}")
    names += [f"spell {number}" for number in range(len(weather.spells))]
    for concept in weather.model.concepts.values():
        kept = concept.identifying
        names += [
            f"property {concept.name}.{p.name}" for c, p in enumerate(concept.properties) if c not in kept
        ]
    return names


def without(weather: Weather, off: AbstractSet[str]) -> Weather:
    """A weather without some of its levers. Systems that would leave fewer than two are kept."""
    gone = {name.removeprefix("system ") for name in off if name.startswith("system ")}
    kept = {name for name in weather.manifests if name not in gone}
    if len(kept) < 2:
        kept = set(weather.manifests)
    dropped = {name.removeprefix("property ") for name in off if name.startswith("property ")}
    spells = [spell for number, spell in enumerate(weather.spells) if f"spell {number}" not in off]
    return structs.replace(
        weather,
        model=_narrowed(weather.model, kept, dropped),
        manifests={name: m for name, m in weather.manifests.items() if name in kept},
        quirks={
            name: {t: _calmed(q, f"{name}.{t}", off) for t, q in some.items()}
            for name, some in weather.quirks.items()
            if name in kept
        },
        later=tuple(_narrowed(model, kept, dropped) for model in weather.later),
        spells=tuple(spell for spell in spells if spell.system in kept),
        **{name: 0.0 for name in CHANCES if name in off},
    )


def _calmed(quirks: Quirks, place: str, off: AbstractSet[str]) -> Quirks:
    on = quirks.model_dump(exclude_defaults=True)
    clock = f"{place.partition('.')[0]}.{CLOCK}"
    return Quirks(
        **{n: v for n, v in on.items() if f"{place}.{n}" not in off and (n != CLOCK or clock not in off)}
    )


def _narrowed(model: Model, systems: AbstractSet[str], dropped: AbstractSet[str]) -> Model:
    """A model without the mappings of other systems, and without the rows of some properties ("concept.property")."""

    def keeps(mapping: Mapping, row: PropertyMapping) -> bool:
        concept = model.concepts[mapping.concept]
        return f"{concept.name}.{concept.properties[row.property].name}" not in dropped or row.required

    return structs.replace(
        model,
        mappings={
            key: structs.replace(m, properties=tuple(row for row in m.properties if keeps(m, row)))
            for key, m in model.mappings.items()
            if m.system in systems
        },
    )
