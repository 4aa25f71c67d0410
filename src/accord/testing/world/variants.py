"""Built-in worlds with something more: rules of a configuration that their drawn models do not say.

Each takes a drawn weather and changes its configurations alike, so that any of them may be drawn by default in time.
"""

from collections.abc import Callable
from random import Random
from typing import Final

from msgspec import structs

from accord.core.condition import Wish
from accord.core.model import Concept, Mapping, Model, Survivorship
from accord.testing.world.spells import Spell
from accord.testing.world.weather import Weather

__all__ = ["asking", "conditioned", "connected", "resting", "restored", "unshared", "without_old"]

RESTS_S: Final = 2.0
ASKED: Final = ("name", "title", "note")


def asking(weather: Weather, random: Random) -> Weather:
    """People are asked which of several values holds (M2), and some answer."""
    names = set(random.sample(ASKED, 2))

    def asks(concept: Concept) -> Concept:
        rules = tuple(Survivorship(rule="ask" if p.name in names else "latest") for p in concept.properties)
        return structs.replace(concept, survivorship=rules)

    told = f"asked: {', '.join(sorted(names))}"
    decides = random.choice([0.1, 0.25])
    return structs.replace(_each(weather, told, concept=asks), decides=decides, strict="")


def resting(weather: Weather, random: Random) -> Weather:
    """What is edited in one system rests before it is written elsewhere (W12)."""
    system = random.choice(_systems(weather))
    return _of_mappings(weather, f"rests: {system}", system, settle_s=RESTS_S)


def unshared(weather: Weather, random: Random) -> Weather:
    """Nothing is written to one system (W7)."""
    system = random.choice(_systems(weather))
    return _of_mappings(weather, f"not shared: {system}", system, shares=False)


def without_old(weather: Weather, random: Random) -> Weather:
    """What the first listing of one system held is not created elsewhere (W7)."""
    system = random.choice(_systems(weather))
    return _of_mappings(weather, f"no full sync: {system}", system, full_sync=False)


def conditioned(weather: Weather, random: Random) -> Weather:
    """In one system persons are created only where they have a title, or have none (W6)."""
    system, present = random.choice(_systems(weather)), random.random() < 0.7
    column = [p.name for p in weather.model.concepts["person"].properties].index("title")
    wish = Wish(column=column, name="title", present=present)
    told = f"created only {'with' if present else 'without'} a title: {system}.Person"
    return _of_mappings(weather, told, system, "person", wishes=(wish,))


def connected(weather: Weather, random: Random) -> Weather:
    """In one system companies are created only where a person who is there refers to them (W6)."""
    system = random.choice(_systems(weather))
    told = f"created only where connected: {system}.Company"
    return _of_mappings(weather, told, system, "company", create="linked", pulled_by=frozenset({"person"}))


def restored(weather: Weather, random: Random) -> Weather:
    """One system, whose versions are ordered, is restored from a backup in the middle (S11)."""
    ordered = [
        name
        for name in _systems(weather)
        if all(it.version and it.version.order == "ordered" for it in weather.manifests[name].types.values())
    ]
    if not ordered:
        return weather
    begin = weather.births + random.randrange(8, 30)
    spell = Spell(system=random.choice(ordered), begin=begin, end=begin + random.randrange(4, 20))
    return structs.replace(weather, spells=(*weather.spells, spell), strict="")


def _systems(weather: Weather) -> list[str]:
    return sorted(weather.manifests)


def _of_mappings(weather: Weather, told: str, system: str, concept: str = "", **settings: object) -> Weather:
    def change(mapping: Mapping) -> Mapping:
        if mapping.system != system or concept not in ("", mapping.concept):
            return mapping
        return structs.replace(mapping, **settings)

    return structs.replace(_each(weather, told, mapping=change), strict="")


def _each(
    weather: Weather,
    told: str,
    *,
    concept: Callable[[Concept], Concept] = lambda concept: concept,
    mapping: Callable[[Mapping], Mapping] = lambda mapping: mapping,
) -> Weather:
    """The same change of all configurations."""

    def change(model: Model) -> Model:
        return structs.replace(
            model,
            concepts={name: concept(each) for name, each in model.concepts.items()},
            mappings={key: mapping(each) for key, each in model.mappings.items()},
            fingerprint=f"{model.fingerprint} {told}",
        )

    return structs.replace(
        weather,
        model=change(weather.model),
        later=tuple(map(change, weather.later)),
        told=(*weather.told, told),
    )
