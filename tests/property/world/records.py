"""Records of three systems that stand for one thing, linked and in step, and what happens to them."""

from typing import NamedTuple

from accord.core.declaration import Declaration
from accord.core.intake import Timing, absorb
from accord.core.lens import Path, build_lens
from accord.core.link import new_golden, new_link
from accord.core.model import Concept, Mapping, Model, NoReferences, Property, PropertyMapping
from accord.core.observation import Observation
from accord.core.settle import Settled, settle
from accord.core.state import Cluster, Seen
from accord.core.values import MISSING
from accord.core.work import SECOND_US, Context, Gate

__all__ = ["SYSTEMS", "Edit", "Thing", "mapping", "model_of", "observed"]

SYSTEMS = ("crm", "erp", "shop")


class Edit(NamedTuple):
    """A value that somebody gave a record of a system, at a second of its own clock."""

    system: str
    at: int
    value: str | None


def mapping(
    system: str, priority: int = 0, *, version: str = "opaque", confirm_s: float = 0.0, lag_s: float = 0.0
) -> Mapping:
    """An entity type with one property."""
    row = PropertyMapping(
        property=0, name="name", place=Path("name"), lens=build_lens(None, "string"), fingerprint="name"
    )
    declaration = Declaration(
        entity_type=f"{system}.Person",
        version=version,  # type: ignore[arg-type]
        finds_create=("key",),
        confirm_s=confirm_s,
        lag_s=lag_s,
    )
    return Mapping(
        entity_type=f"{system}.Person",
        concept="person",
        properties=(row,),
        declaration=declaration,
        priority=priority,
    )


def model_of(**concept: object) -> Model:
    """A model of three systems and one property."""
    of = Concept(name="person", properties=(Property(name="name", type="string"),), **concept)  # type: ignore[arg-type]
    mappings = {f"{s}.Person": mapping(s, 3 - rank) for rank, s in enumerate(SYSTEMS)}
    return Model(project="law", concepts={"person": of}, mappings=mappings, fingerprint="1")


def observed(system: str, at: int, value: str | None, *, order: int | None = None) -> Observation:
    """What a listing shows of a record after an edit."""
    return Observation(
        mapping=f"{system}.Person",
        id="1",
        how="listing",
        asked_us=at * SECOND_US + 1,
        payload={"name": value},
        version=str(order if order is not None else at),
        order=order,
        modified_us=at * SECOND_US,
        created_us=0,
    )


class Thing:
    """One golden record with a record in each system, all of which hold "a" since second 1."""

    def __init__(self, model: Model | None = None, *, starts: dict[str, str | None] | None = None) -> None:
        self.model = model or model_of()
        concept = self.model.concepts["person"]
        self.cluster = Cluster(golden=new_golden("person:1", concept), links=[])
        self.events: list[str] = []
        for system in SYSTEMS:
            key = f"{system}.Person"
            link = new_link("person:1", self.model.mappings[key], "1")
            seen = Seen(mapping=key, id="1", raw=[MISSING], golden="person:1", seq=0)
            self.cluster.links.append(link)
            self.cluster.seen[key, "1"] = seen
            self.see(observed(system, 1, starts[system] if starts else "a"))
        self.settle()

    def see(self, observation: Observation) -> None:
        """An observation goes through intake."""
        key = observation.mapping, observation.id
        seen, _ = absorb(
            self.cluster.seen.get(key),
            observation,
            self.model.mappings[key[0]],
            Timing(),
            observation.asked_us,
        )
        assert seen is not None
        self.cluster.seen[key] = seen

    def settle(self) -> Settled:
        """Settle as of now."""
        gates = {key: Gate(complete=True, began_us=10**12) for key in self.model.mappings}
        context = Context(model=self.model, now_us=10**12, refs=NoReferences(), gates=gates)
        settled = settle(self.cluster, context)
        self.events.extend(event.kind for event in settled.events)
        return settled

    def golden(self) -> object:
        """Value and stamp of the golden property."""
        return self.cluster.golden.value[0], self.cluster.golden.stamp[0]
