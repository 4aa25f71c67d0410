"""Built-in worlds of other shapes: properties that are a group (M8), records that are several things (L9)."""

from collections.abc import Mapping as ReadOnly, Sequence, Set as AbstractSet
from random import Random
from typing import Any, Final

from msgspec import structs

from accord.connectorkit.manifest import Manifest
from accord.core.folding import Folded, fold_group
from accord.core.model import Concept, Mapping, Model
from accord.testing.system_model import Quirks
from accord.testing.world.builtin import draw_weather
from accord.testing.world.systems import SCOPE
from accord.testing.world.weather import Weather

__all__ = ["faceted", "grouped", "shaped"]

GROUPABLE: Final = ("name", "title", "note")
CARD: Final = ("email", "note", "tags")
"""What a person and their card are apart by, where one system keeps both in one record."""


def shaped(seed: int) -> Weather:
    """The weather of a seed, in a shape that its number names."""
    shape = (grouped, faceted)[seed % 2]
    return shape(draw_weather(Random(seed)), Random(f"{seed}, {shape.__name__}"))


def grouped(weather: Weather, random: Random) -> Weather:
    """Two or three properties of a person make sense only together (M8); people edit each by itself."""
    some = random.sample(GROUPABLE, random.choice([2, 2, 3]))
    names = tuple(name for name in GROUPABLE if name in some)
    group = "+".join(names)

    def change(model: Model) -> Model:
        person = model.concepts["person"]
        columns = {column for column, prop in enumerate(person.properties) if prop.name in names}
        mappings = [_mapped_whole(mapping, columns) for mapping in model.mappings_of("person")]
        person, mappings = fold_group(Folded(person, mappings), names, " ".join)
        return structs.replace(
            model,
            concepts={**model.concepts, "person": person},
            mappings={**model.mappings, **{mapping.key: mapping for mapping in mappings}},
            fingerprint=f"{model.fingerprint} group: {group}",
        )

    return structs.replace(
        weather,
        model=change(weather.model),
        later=tuple(map(change, weather.later)),
        strict=f"person.{group}" if weather.strict and "note" in names else weather.strict,
        told=(*weather.told, f"group: {group}"),
    )


def _mapped_whole(mapping: Mapping, columns: AbstractSet[int]) -> Mapping:
    """Where a part of a group is not mapped none of it is."""
    if columns <= {row.property for row in mapping.properties}:
        return mapping
    rows = tuple(row for row in mapping.properties if row.property not in columns)
    return structs.replace(mapping, properties=rows)


def faceted(weather: Weather, random: Random) -> Weather:
    """The persons of one system are their cards, too, which the other systems keep apart (L9).

    There the person makes the record; in some worlds the card rests while the record is out of some scope.
    """
    one = random.choice(sorted(weather.manifests))
    facets = [
        model.mappings[f"{one}.Person"] for model in weather.models if f"{one}.Person" in model.mappings
    ]
    rests = random.random() < 0.5 and not any(mapping.keep for mapping in facets)
    told = f"persons of {one} are cards, too{', which rest at times' if rests else ''}"
    manifests = {
        name: manifest if name == one else _with_cards(manifest)
        for name, manifest in weather.manifests.items()
    }

    def change(model: Model) -> Model:
        person = model.concepts["person"]
        kept = [prop for prop in person.properties if prop.name not in CARD[1:]]
        mappings = dict(model.mappings)
        for mapping in (m for m in model.mappings.values() if m.concept == "person"):
            card = _card_of(mapping, manifests, one, rests=rests)
            mappings[card.key] = card
            mappings[mapping.key] = _renumbered(mapping, [prop.name for prop in kept])
        concepts = {"person": structs.replace(person, properties=tuple(kept)), "card": _card_concept(person)}
        return structs.replace(
            model,
            concepts={**model.concepts, **concepts},
            mappings=mappings,
            fingerprint=f"{model.fingerprint} facets: {told}",
        )

    return structs.replace(
        weather,
        model=change(weather.model),
        later=tuple(map(change, weather.later)),
        manifests=manifests,
        quirks={
            name: quirks if name == one else _with_quirks_of_cards(quirks)
            for name, quirks in weather.quirks.items()
        },
        strict="",
        told=(*weather.told, f"facets: {told}"),
    )


def _card_concept(person: Concept) -> Concept:
    named = {prop.name: prop for prop in person.properties}
    properties = tuple(named[name] for name in CARD)
    return structs.replace(
        person, name="card", properties=properties, rules=person.rules[:1], rules_fingerprint="card"
    )


def _with_cards(manifest: Manifest) -> Manifest:
    person = manifest.types["Person"]
    others = {"phone", "name", "title", "company"}
    properties = {path: spec for path, spec in person.properties.items() if path not in others}
    card = person.model_copy(update={"path": "/cards", "properties": properties})
    return manifest.model_copy(update={"types": {**manifest.types, "Card": card}})


def _with_quirks_of_cards(quirks: dict[str, Quirks]) -> dict[str, Quirks]:
    """Cards have none of the properties that a system makes something of; persons have no note that it computes."""
    person = quirks["Person"]
    card = person.model_copy(update={"recases": {}, "ignores": (), "computes": {}})
    return {**quirks, "Person": person.model_copy(update={"computes": {}}), "Card": card}


def _renumbered(mapping: Mapping, names: Sequence[str]) -> Mapping:
    rows = [structs.replace(r, property=names.index(r.name)) for r in mapping.properties if r.name in names]
    return structs.replace(mapping, properties=tuple(rows))


def _card_of(mapping: Mapping, manifests: ReadOnly[str, Manifest], one: str, *, rests: bool) -> Mapping:
    """The card that goes with the persons of a mapping: a facet of theirs, or an entity type of its own."""
    own = _renumbered(mapping, CARD)
    if mapping.system != one:
        key = f"{mapping.system}.Card"
        declaration = manifests[mapping.system].declaration("Card", mapping.system)
        return structs.replace(
            own,
            entity_type=key,
            concept="card",
            declaration=declaration,
            constants=(),
            keep=None,
            filter="",
        )
    rows = [structs.replace(row, writes=row.name != "email") for row in own.properties]
    facet = structs.replace(own, facet="card", concept="card", primary=mapping.key, properties=tuple(rows))
    return structs.replace(facet, when=_rests, contradicts=_rests, filter="when") if rests else facet


def _rests(payload: ReadOnly[str, Any]) -> str | None:
    return "its facet rests" if payload.get(SCOPE) == "out" else None
