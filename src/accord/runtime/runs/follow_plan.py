"""Do just what a plan lists, and name what moved since (G6)."""

from typing import Literal

from msgspec import Struct, field

from accord.core.model import Model, PropertyMapping, References
from accord.core.state import Cluster, Link
from accord.core.work import Due
from accord.runtime.hub import Hub
from accord.runtime.runs.plan import Plan, PlannedWrite, value_digest, write_digests, write_name

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
        self.plan, self._model = plan, model
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

    async def end(self, hub: Hub) -> tuple[list[Moved], int]:
        """(all that is not as the plan says, writes that an earlier run of it had done), after a run."""
        gone = [w for w in self.plan.writes if _name(w) not in self._met and _name(w) not in self._moved]
        moved, done = list(self._moved.values()), 0
        for start in range(0, len(gone), hub.limits.settle):
            some = gone[start : start + hub.limits.settle]
            async with hub.store.transaction(dry=True) as tx:
                clusters = await tx.clusters(sorted({write.golden for write in some}))
                refs = (await hub.context(tx, clusters, await hub.gates(tx))).refs
            by_golden = {cluster.golden.id: cluster for cluster in clusters}
            for write in some:
                if self._is_done(write, by_golden.get(write.golden), refs):
                    done += 1
                else:
                    moved.append(_gone(write))
        return moved, done

    def _is_done(self, write: PlannedWrite, cluster: Cluster | None, refs: References) -> bool:
        """True when the state says that this was written since: by a run that was killed, as a rule (C1)."""
        mapping = self._model.mappings.get(write.mapping)
        links = [] if cluster is None else [link for link in cluster.links if link.mapping == write.mapping]
        if cluster is None or mapping is None:
            return False
        if write.kind == "delete":
            return any(link.id == write.id and link.life == "tomb" and link.by == "hub" for link in links)
        link = next((link for link in links if link.life == "live"), None)
        if link is None or link.sent_us < self.plan.made_us:
            return False
        columns = {row.name: column for column, row in enumerate(mapping.properties)}
        return write.kind == "create" or all(
            name in columns
            and _holds(link, columns[name], mapping.properties[columns[name]], digest, cluster, refs)
            for name, digest in zip(write.properties, write.digests, strict=True)
        )

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


def _holds(
    link: Link, column: int, row: PropertyMapping, digest: str, cluster: Cluster, refs: References
) -> bool:
    """True when a shadow has a planned value, in its system's own spelling perhaps (S5)."""
    if row.references:
        same = link.same[column]
        return digest in {
            value_digest(stamp.order) for stamp in (link.base[column], same) if stamp is not None
        }
    if value_digest(link.raw[column]) == digest:
        return True
    if link.base[column] != cluster.golden.stamp[row.property]:
        return False
    try:
        written = row.lens.put(cluster.golden.value[row.property], link.raw[column], refs)
    except ValueError:
        return False
    return value_digest(written) == digest
