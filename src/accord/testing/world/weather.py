"""What a world is made of, drawn from its seed: how each system behaves, and what may go wrong."""

from random import Random

from msgspec import Struct

from accord.connectorkit.manifest import Manifest
from accord.core.lens import Path, build_lens
from accord.core.lens.normal import normalisation
from accord.core.matching import normaliser
from accord.core.model import Concept, Mapping, MatchRule, Model, Property, PropertyMapping
from accord.testing.system_model import Quirks
from accord.testing.world.systems import PROPERTIES, Bent, draw_bent, draw_quirks, manifest_of

__all__ = ["SYSTEMS", "Weather", "draw_weather"]

SYSTEMS = ("crm", "erp", "shop")


class Weather(Struct, kw_only=True):
    """The systems of a world, the compiled model, and the chances of faults.

    `strict`: exact clocks, no faults, no quirks; one property is edited and each value is typed once, so that whose
    edit was the latest can be told (M3). `blind` is how often an account loses its rights for a while, `capped` how
    often a full listing ends too early.
    """

    strict: bool
    bents: dict[str, Bent]
    manifests: dict[str, Manifest]
    quirks: dict[str, Quirks]
    model: Model
    crash: float
    interfere: float
    blind: float
    capped: float

    def lines(self) -> list[str]:
        """What is particular about each system, and about the world."""
        concept = self.model.concepts["person"]
        rules = f"first link {concept.first_link}, prioritised {concept.prioritised}, delete {concept.delete}"
        faults = f"crash {self.crash}, interfere {self.interfere}, blind {self.blind}, capped {self.capped}"
        return [f"{'strict; ' if self.strict else ''}{rules}; {faults}", *map(self._line, sorted(self.bents))]

    def _line(self, name: str) -> str:
        drawn = {f: getattr(self.bents[name], f) for f in Bent.__struct_fields__}
        traits = [
            f"{f} {v}" if not isinstance(v, bool) else f for f, v in drawn.items() if v not in (False, 0, "")
        ]
        quirks = self.quirks[name].model_dump(exclude_defaults=True)
        return f"{name}: {', '.join(traits)}; quirks {quirks}"


def draw_weather(random: Random) -> Weather:
    """Three systems; in most worlds one changes the case of names and one ignores what is written to a title."""
    strict = random.random() < 0.1
    declared = random.random() < 0.5
    bents = {name: draw_bent(name, random, declared=declared, strict=strict) for name in SYSTEMS}
    manifests = {name: manifest_of(name, bent) for name, bent in bents.items()}
    return Weather(
        strict=strict,
        bents=bents,
        manifests=manifests,
        quirks={name: draw_quirks(bent, random, strict=strict) for name, bent in bents.items()},
        model=_model(manifests, bents, random, strict=strict),
        crash=0.0 if strict else random.choice([0.0, 0.005, 0.02]),
        interfere=random.choice([0.0, 0.1, 0.3]),
        blind=0.0 if strict else random.choice([0.0, 0.0, 0.03]),
        capped=0.0 if strict else random.choice([0.0, 0.0, 0.2]),
    )


def _model(manifests: dict[str, Manifest], bents: dict[str, Bent], random: Random, *, strict: bool) -> Model:
    mappings = {}
    for rank, name in enumerate(SYSTEMS):
        rows = tuple(
            PropertyMapping(
                property=column,
                name=p,
                place=Path(p),
                lens=build_lens(None, "string"),
                fingerprint=f"{p}:string",
                normal=normalisation("upper") if bents[name].declared and p == "name" else None,
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
        prioritised=random.random() < 0.85 or strict,
        delete=random.choice(["ignore", "propagate", "propagate"]),
    )
    return Model(project="world", concepts={"person": concept}, mappings=mappings, fingerprint="1")
