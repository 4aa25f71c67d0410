"""The world of a project, drawn from a seed: its own systems and rules, and some of the faults that fit them."""

from collections.abc import Iterator, Mapping as ReadOnly
from itertools import combinations
from random import Random
from typing import Any, Final

from accord.connectorkit.manifest import Manifest
from accord.connectorkit.observe import name_of
from accord.connectorkit.played import as_played
from accord.core.model import Model
from accord.project import Project
from accord.simulate.faults import FAULTS, PASSING, Place
from accord.testing.system_model import Quirks
from accord.testing.world.levers import CLOCK
from accord.testing.world.spells import Spell
from accord.testing.world.weather import Weather

__all__ = ["places_of", "weather_of"]

_OFTEN: Final = 0.2
"""How often a fault is on that applies to an entity type."""
_PAGE: Final = 3
_SELDOM: Final = 0.05
"""How often one comes for a while."""
_OFFSETS_S: Final = (0.0, 0.0, -3.0, 3.0, 40.0)
"""How far the clock of a system is ahead."""
_CHANCES: Final = {
    "crash": 0.02,
    "interfere": 0.3,
    "blind": 0.03,
    "capped": 0.2,
    "shifts": 0.2,
    "hints": 0.7,
    "pauses": 0.08,
}
_PAIRED: Final = 3
"""In every so many worlds two faults meet that its seed names, so that all do in time."""
_PAIRS: Final = list(combinations(sorted([*(f.name for f in (*FAULTS, *PASSING)), *_CHANCES]), 2))
_LEAST: Final = 3
"""Kinds of faults that every world has."""


def places_of(model: Model, manifests: ReadOnly[str, Manifest]) -> dict[str, Place]:
    """The entity types that are mapped, by "system.Type"."""
    places: dict[str, Place] = {}
    for _, mapping in sorted(model.mappings.items()):
        mine = tuple(m for _, m in sorted(model.mappings.items()) if m.entity_type == mapping.entity_type)
        manifest = manifests[mapping.system]
        it = manifest.types[name_of(mapping.entity_type)]
        places[mapping.entity_type] = Place(manifest=manifest, it=it, mappings=mine)
    return places


def weather_of(project: Project, seed: int, steps: int) -> Weather:
    """The weather of a seed. Chances of crashes and interference are drawn as in the built-in worlds."""
    random, places = Random(f"{seed}/weather"), places_of(project.model, project.manifests)
    settings = _drawn(random, places)
    systems = sorted({mapping.system for mapping in project.model.mappings.values()})
    weather = Weather(
        model=project.model,
        manifests={name: _small(as_played(project.manifests[name])) for name in systems},
        quirks={name: _quirks(random, settings, name, project.manifests[name]) for name in systems},
        crash=random.choice([0.0, 0.005, 0.02]),
        interfere=random.choice([0.0, 0.1, 0.3]),
        blind=random.choice([0.0, 0.0, 0.03]),
        capped=random.choice([0.0, 0.0, 0.2]),
        apart=True,
        spells=tuple(_spells(random, places, steps)),
    )
    if seed % _PAIRED == 0:
        for name in _PAIRS[seed // _PAIRED % len(_PAIRS)]:
            _beset(weather, name, Random(f"{seed}/{name}"), places, steps)
    return weather


def _beset(weather: Weather, name: str, random: Random, places: ReadOnly[str, Place], steps: int) -> None:
    """A fault is on, wherever it applies."""
    if name in _CHANCES:
        setattr(weather, name, _CHANCES[name])
    for key, place in places.items():
        system, type_ = key.partition(".")[0], name_of(key)
        for fault in (f for f in FAULTS if f.name == name):
            for setting, value in (fault.draw(random, place) or {}).items():
                setattr(weather.quirks[system][type_], setting, value)
        for fault in (f for f in PASSING if f.name == name):
            if drawn := fault.draw(random, place):
                begin = random.randrange(weather.births, weather.births + steps // 2)
                end = begin + random.randrange(5, 15)
                spell = Spell(system=system, type=type_, begin=begin, end=end, settings=drawn)
                weather.spells = (*weather.spells, spell)


def _spells(random: Random, places: ReadOnly[str, Place], steps: int) -> Iterator[Spell]:
    """Faults that come and go."""
    for key, place in places.items():
        for fault in PASSING:
            if random.random() >= _SELDOM or not (drawn := fault.draw(random, place)):
                continue
            begin = random.randrange(steps)
            yield Spell(
                system=key.partition(".")[0],
                type=name_of(key),
                begin=begin,
                end=begin + random.randrange(2, 12),
                settings=drawn,
            )


def _small(manifest: Manifest) -> Manifest:
    """A manifest whose pages hold so few records that there are several (S8)."""
    types = {
        name: it.model_copy(update={"page": it.page.model_copy(update={"size": _PAGE})})
        if "size" in type(it.page).model_fields
        else it
        for name, it in manifest.types.items()
    }
    return manifest.model_copy(update={"types": types})


def _drawn(random: Random, places: ReadOnly[str, Place]) -> dict[str, dict[str, Any]]:
    """Settings of quirks by entity type; drawn anew until there are enough kinds of faults."""
    while True:
        settings: dict[str, dict[str, Any]] = {key: {} for key in places}
        kinds: set[str] = set()
        for key, place in places.items():
            for fault in FAULTS:
                if random.random() < _OFTEN and (drawn := fault.draw(random, place)):
                    settings[key].update(drawn)
                    kinds.add(fault.name)
        if len(kinds) >= _LEAST:
            return settings


def _quirks(
    random: Random, settings: ReadOnly[str, ReadOnly[str, Any]], system: str, manifest: Manifest
) -> dict[str, Quirks]:
    """Quirks of all entity types of a system, which has one clock."""
    clock = {CLOCK: random.choice(_OFFSETS_S)}
    return {name: Quirks(**{**settings.get(f"{system}.{name}", {}), **clock}) for name in manifest.types}
