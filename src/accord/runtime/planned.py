"""Do just what a plan lists, and name what moved since (G6)."""

from typing import Literal

from msgspec import Struct, field

from accord.core.model import Model
from accord.core.work import Due
from accord.runtime.plan import Plan, PlannedWrite, write_digests, write_name

__all__ = ["Listed", "Moved"]

Why = Literal["not in the plan", "another value than planned", "not due any more"]


class Moved(Struct, frozen=True, kw_only=True):
    """A write that is not what the plan says: it is left to the next run, or nothing of it is left to do."""

    kind: str
    mapping: str
    golden: str
    why: Why
    id: str | None = None
    properties: list[str] = field(default_factory=list)


class Listed:
    """Says of every write whether the plan lists it, value by value; remembers the others."""

    def __init__(self, plan: Plan, model: Model) -> None:
        self._plan, self._model = plan, model
        self._listed = {_name(w): set(zip(w.properties, w.digests, strict=True)) for w in plan.writes}
        self._met: set[tuple[str, str, str]] = set()
        self._moved: dict[tuple[str, str, str], Moved] = {}

    def __call__(self, due: Due) -> bool:
        """True for a write of the plan or a part of one, and for what completes a create of it (W5)."""
        name = write_name(due)
        carries = write_digests(due, self._model.mappings[due.mapping])
        listed = self._listed.get(name)
        if (listed is not None and listed >= set(carries.items())) or self._completes(due):
            self._met.add(name)
            self._moved.pop(name, None)
            return True
        self._moved[name] = Moved(
            kind=due.kind,
            mapping=due.mapping,
            golden=due.golden,
            id=due.id,
            properties=list(carries),
            why="not in the plan" if listed is None else "another value than planned",
        )
        return False

    def moved(self) -> list[Moved]:
        """All that is not as the plan says, after a run."""
        gone = [w for w in self._plan.writes if _name(w) not in self._met and _name(w) not in self._moved]
        return [*self._moved.values(), *(_gone(write) for write in gone)]

    def _completes(self, due: Due) -> bool:
        rows = self._model.mappings[due.mapping].properties
        created = ("create", due.mapping, due.golden) in self._met
        return due.kind == "update" and created and all(rows[column].references for column in due.sent)


def _name(write: PlannedWrite) -> tuple[str, str, str]:
    return write.kind, write.mapping, write.golden


def _gone(write: PlannedWrite) -> Moved:
    return Moved(
        kind=write.kind,
        mapping=write.mapping,
        golden=write.golden,
        id=write.id,
        properties=write.properties,
        why="not due any more",
    )
