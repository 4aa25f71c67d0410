"""What a world is made of, drawn from its seed: how each system behaves, and what may go wrong."""

from random import Random
from typing import Any

from msgspec import Struct

from accord.connectorkit.manifest import Manifest
from accord.core.lens import Path, build_lens
from accord.core.lens.normal import normalisation
from accord.core.matching import normaliser
from accord.core.model import Concept, Mapping, MatchRule, Model, Property, PropertyMapping
from accord.testing.system_model import Quirks

__all__ = ["PROPERTIES", "Weather", "draw_weather"]

PROPERTIES = ("email", "name", "title", "note")
SYSTEMS = ("crm", "erp", "shop")


class Weather(Struct, kw_only=True):
    """The systems of a world: manifests and quirks by name, the compiled model, and the chances of faults."""

    manifests: dict[str, Manifest]
    quirks: dict[str, Quirks]
    model: Model
    declared: bool
    crash: float
    interfere: float


def draw_weather(random: Random) -> Weather:
    """Three systems: one plain, one that changes the case of names, one that ignores what is written to a title."""
    declared = random.random() < 0.5
    manifests = {name: _manifest(name, random, declared=declared) for name in SYSTEMS}
    quirks = {name: _quirks(name, manifests[name], random) for name in SYSTEMS}
    return Weather(
        manifests=manifests,
        quirks=quirks,
        model=_model(manifests, random, declared=declared),
        declared=declared,
        crash=random.choice([0.0, 0.003, 0.01]),
        interfere=random.choice([0.0, 0.1, 0.3]),
    )


def _manifest(name: str, random: Random, *, declared: bool) -> Manifest:
    lag_s = random.choice([0, 0, 2])
    ordered = random.random() < 0.5
    exact = random.random() < 0.5
    finds = random.choice(["key", "key", "our_id"])
    person: dict[str, Any] = {
        "path": "/people",
        "id": "id",
        "properties": {
            **{p: {"type": "string"} for p in PROPERTIES},
            "hub_id": {"type": "string", "unique": True},
        },
        "page": {"style": "cursor", "size": 3, "next": "next", "items": "items"},
        "changes": {"parameter": "since", "format": "iso"},
        "version": {"property": "rev", "order": "ordered" if ordered else "opaque", "exact": exact},
        "modified": {"property": "updated_at", "resolution": random.choice(["us", "s"])},
        "created": "created_at",
        "update": random.choice(["patch", "patch", "replace"]),
        "conditional": "If-Match",
        "replies": {"update": random.choice(["record", "record", "none"])},
        "lag_s": lag_s,
        "confirm_s": random.choice([0, 1]),
        "max_request_s": 5,
        "sweep_s": 0,
    }
    if name == "shop" or random.random() < 0.5:
        person["absent"] = dict.fromkeys(("listing", "feed", "fetch", "reply"), "null")
    if finds == "key":
        person["idempotency"] = {}
    else:
        person["our_id"] = {"property": "hub_id", "unique": True}
        person["search"] = {"our_id": "hub_id"}
    if random.random() < 0.5:
        person["tombstones"] = {"property": "deleted"}
    if name == "erp" and declared:
        person["properties"]["name"]["normalises"] = ["upper"]
    return Manifest.model_validate(
        {"name": name, "base_url": "http://127.0.0.1", "types": {"Person": person}}
    )


def _quirks(name: str, manifest: Manifest, random: Random) -> Quirks:
    quirks = Quirks(lag_s=manifest.types["Person"].lag_s * random.choice([0, 0.5, 1]))
    if name == "erp":
        quirks.recases = {"name": "upper"}
    if name == "shop":
        quirks.ignores = ("title",)
    if random.random() < 0.6:
        quirks.lost_after = random.choice([0.05, 0.2])
        quirks.lost_before = random.choice([0.0, 0.1])
        quirks.errors = random.choice([0.0, 0.05])
        quirks.throttles = random.choice([0.0, 0.05])
    quirks.duplicates = random.choice([0.0, 0.2])
    return quirks


def _model(manifests: dict[str, Manifest], random: Random, *, declared: bool) -> Model:
    mappings = {}
    for rank, name in enumerate(SYSTEMS):
        rows = tuple(
            PropertyMapping(
                property=column,
                name=p,
                place=Path(p),
                lens=build_lens(None, "string"),
                fingerprint=f"{p}:string",
                normal=normalisation("upper") if declared and name == "erp" and p == "name" else None,
            )
            for column, p in enumerate(PROPERTIES)
        )
        mappings[f"{name}.Person"] = Mapping(
            entity_type=f"{name}.Person",
            concept="person",
            properties=rows,
            declaration=manifests[name].declaration("Person", name),
            priority=3 - rank,
        )
    email = normaliser("email")
    concept = Concept(
        name="person",
        properties=tuple(Property(name=p, type="string") for p in PROPERTIES),
        rules=(MatchRule(name="email", parts=((0, email),)),),
        first_link=random.choice(["keep", "latest"]),
        prioritised=True,
        delete=random.choice(["ignore", "propagate"]),
    )
    return Model(project="world", concepts={"person": concept}, mappings=mappings, fingerprint="1")
