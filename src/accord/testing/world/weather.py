"""What a world is made of: the systems, how each misbehaves, the configurations, and what may go wrong."""

from functools import cached_property
from typing import Final

from msgspec import Struct, field

from accord.connectorkit.manifest import EntityType, Manifest
from accord.core.model import Model
from accord.testing.system_model import Quirks
from accord.testing.world.spells import Spell

__all__ = ["CHANCES", "Weather"]

ALWAYS_TOLD: Final = ("crash", "interfere", "blind", "capped")
FAULTY: Final = (*ALWAYS_TOLD, "shifts", "hints", "pauses")
CHANCES: Final = (*FAULTY, "restricts")
"""What may happen to a world as a whole, and to no system of its own; all but the last are faults."""


class Weather(Struct, kw_only=True, dict=True):
    """What a world is played with; any project will do.

    `model` is the first configuration, `later` those that follow while it is played. `quirks` are by system and entity
    type, `error_us` by how much the hub is wrong about a system's clock. `crash` is the chance to be killed at a
    commit, `interfere` that somebody acts right before a call, `blind` that an account loses its rights for a while,
    `capped` that a full listing ends too early.

    `strict` names a property, "concept.property": clocks are exact, nothing fails, that property alone is edited, and
    each value is typed once, so that whose edit was the latest can be told (M3). `told` is what else is particular, for
    the story.
    """

    model: Model
    manifests: dict[str, Manifest]
    quirks: dict[str, dict[str, Quirks]]
    later: tuple[Model, ...] = ()
    error_us: dict[str, int] = field(default_factory=dict)
    crash: float = 0.0
    interfere: float = 0.0
    blind: float = 0.0
    capped: float = 0.0
    shifts: float = 0.0
    """The chance that somebody acts between two pages of a listing."""
    hints: float = 0.0
    """The chance that a system tells of a change; some of these hints get lost, come twice or late."""
    pauses: float = 0.0
    """How many steps are pauses that people make, or end."""
    restricts: float = 0.0
    """The chance that a cycle lists what is due alone, as those of a service do (C4)."""
    decides: float = 0.0
    """How many steps are decisions that people make in Accord."""
    strict: str = ""
    births: int = 8
    spells: tuple[Spell, ...] = ()
    apart: bool = False
    """Each system draws from a random of its own, so that a fault that is left out leaves the others as they were."""
    told: tuple[str, ...] = ()

    @cached_property
    def models(self) -> tuple[Model, ...]:
        """All configurations."""
        return (self.model, *self.later)

    def it(self, entity_type: str) -> EntityType:
        """What the manifest says of an entity type, "system.Type"."""
        system, _, name = entity_type.partition("#")[0].partition(".")
        return self.manifests[system].types[name]

    def quirk(self, entity_type: str) -> Quirks:
        """How an entity type misbehaves."""
        system, _, name = entity_type.partition("#")[0].partition(".")
        return self.quirks[system].get(name) or Quirks()

    def drops(self, entity_type: str) -> bool:
        """What is written there may be dropped in silence."""
        quirks = self.quirk(entity_type)
        return bool(quirks.ignores or quirks.swallows)

    def faults(self) -> list[str]:
        """Kinds of faults that this world has."""
        kinds = {kind for kind in FAULTY if getattr(self, kind)}
        for some in self.quirks.values():
            for quirks in some.values():
                kinds.update(quirks.model_dump(exclude_defaults=True))
        return sorted(kinds)

    def lines(self) -> list[str]:
        """What is particular about each system, and about the world."""
        chances = ", ".join(
            f"{k} {getattr(self, k)}" for k in CHANCES if getattr(self, k) or k in ALWAYS_TOLD
        )
        strict = f"strict on {self.strict}; " if self.strict else ""
        lines = [f"{strict}{chances}; {len(self.later)} changed configurations", *self.told]
        for system, some in sorted(self.quirks.items()):
            for name, quirks in sorted(some.items()):
                lines.append(f"{system}.{name}: {quirks.model_dump(exclude_defaults=True)}")
        return [*lines, *map(str, self.spells)]
