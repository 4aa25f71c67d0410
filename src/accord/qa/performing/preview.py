"""What a live run would do: the systems that its probes reach, and how many records it creates in each entity type."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from accord.core.errors import StopFlow
from accord.core.model import Model
from accord.project import Project
from accord.qa.checklist import Appears, Checklist, Make
from accord.qa.performing.records import system_of, type_of

__all__ = ["Preview", "ReachedType", "preview", "reach"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachedType:
    """An entity type that probes reach: how many are entered there, and how many the flow makes of others, about.

    `side_effects` are those that its manifest declares; `lasts`: its records can not be deleted through the API.
    """

    name: str
    entered: int
    flowing: int
    side_effects: tuple[str, ...] = ()
    lasts: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a checklist does to systems: entity types by system, and the address of each system."""

    systems: dict[str, str] = field(default_factory=dict)
    types: tuple[ReachedType, ...] = ()

    @property
    def records(self) -> int:
        """How many records are created, about."""
        return sum(it.entered + it.flowing for it in self.types)

    def refuse(self, *, side_effects: bool = False, leave: bool = False) -> None:
        """Raises StopFlow: something would be set off elsewhere, or stay there, and nobody said that it may."""
        setting = [f"{it.name} ({', '.join(it.side_effects)})" for it in self.types if it.side_effects]
        if setting and not side_effects:
            raise StopFlow(
                f"probes would set off what can not be taken back: {'; '.join(setting)}",
                remedy="Leave these pairs out with --pair, or say that it may be: --side-effects",
            )
        if (lasting := [it.name for it in self.types if it.lasts]) and not leave:
            raise StopFlow(
                f"probes could not be removed again from {', '.join(lasting)}",
                remedy="Leave these pairs out with --pair, or say that they may stay: --leave",
            )

    def data(self) -> dict[str, Any]:
        """JSON data."""
        types = [
            {
                "type": it.name,
                "entered": it.entered,
                "flowing": it.flowing,
                "side_effects": list(it.side_effects),
                "lasts": it.lasts,
            }
            for it in self.types
        ]
        return {"systems": self.systems, "records": self.records, "types": types}


def reach(checklist: Checklist, model: Model) -> set[str]:
    """Entity types that probes may come to: those that a checklist names, and all that share a concept with one."""
    reached = {type_of(at) for at in checklist.entity_types()}
    while True:
        concepts = {m.concept for m in model.mappings.values() if m.entity_type in reached}
        more = {m.entity_type for m in model.mappings.values() if m.concept in concepts}
        if more <= reached:
            return reached
        reached |= more


def preview(checklist: Checklist, project: Project) -> Preview:
    """What a checklist would do to the systems of a project. Nothing is called."""
    entered: dict[str, int] = {}
    flowing: dict[str, int] = {}
    for script in (script for line in checklist.lines for script in line.scripts[:1]):
        parts = [part for step in script.steps for part in (*step.acts, *step.expects)]
        makes = [type_of(part.at) for part in parts if isinstance(part, Make)]
        appear = [type_of(part.at) for part in parts if isinstance(part, Appears)]
        for at in makes:
            entered[at] = entered.get(at, 0) + 1
        for at in {*appear, *_others(project.model, makes)} - set(makes):
            flowing[at] = flowing.get(at, 0) + 1
    reached = sorted(reach(checklist, project.model))
    return Preview(
        systems={system: _address(project, system) for system in map(system_of, reached)},
        types=tuple(_type(project, at, entered.get(at, 0), flowing.get(at, 0)) for at in reached),
    )


def _others(model: Model, types: Iterable[str]) -> set[str]:
    concepts = {m.concept for m in model.mappings.values() if m.entity_type in set(types)}
    return {m.entity_type for m in model.mappings.values() if m.concept in concepts and m.create == "always"}


def _address(project: Project, system: str) -> str:
    return project.config.systems[system].url or str(project.manifests[system].base_url)


def _type(project: Project, at: str, entered: int, flowing: int) -> ReachedType:
    system, _, name = at.partition(".")
    it = project.manifests[system].types[name]
    return ReachedType(
        name=at,
        entered=entered,
        flowing=flowing,
        side_effects=it.side_effects,
        lasts=it.operation("delete") is None,
    )
