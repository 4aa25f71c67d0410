"""Records with several facets: one call per record, and no delete while another facet lives (L9, W4)."""

from collections.abc import Iterable, Mapping as ReadOnly, Sequence
from typing import Any, NamedTuple

from msgspec.structs import replace

from accord.core.model import Mapping, Model
from accord.core.observation import Outcome
from accord.core.state import Cluster, Link
from accord.core.work import Due, Work, keep_rejections
from accord.ports.connector import Write
from accord.ports.store import Transaction

__all__ = [
    "Calls",
    "keep_rejections_beside",
    "kept_records",
    "over",
    "shared_records",
    "siblings",
    "with_siblings",
]

_Record = tuple[str, str]


def siblings(model: Model, link: Link) -> list[_Record]:
    """(mapping, id) of the other facets of a live link's record."""
    mapping = model.mappings.get(link.mapping)
    if mapping is None or link.id is None or link.life != "live":
        return []
    return [(facet.key, link.id) for facet in model.facets_of(mapping) if facet is not mapping]


async def with_siblings(model: Model, tx: Transaction, clusters: Sequence[Cluster]) -> list[Cluster]:
    """Golden records, and those whose records are other facets of theirs."""
    records = [record for c in clusters for link in c.links for record in siblings(model, link)]
    if not records:
        return list(clusters)
    more = set((await tx.golden_of(records)).values()) - {c.golden.id for c in clusters}
    return [*clusters, *await tx.clusters(sorted(more))]


async def kept_records(model: Model, tx: Transaction, clusters: Iterable[Cluster]) -> frozenset[_Record]:
    """(mapping, id) of records to be deleted of which another facet is alive, awake and not to be deleted."""
    ending = [
        link
        for cluster in clusters
        for link in cluster.links
        if cluster.golden.life == "dying" or link.doomed
    ]
    return await shared_records(model, tx, ending)


async def shared_records(model: Model, tx: Transaction, links: Iterable[Link]) -> frozenset[_Record]:
    """(mapping, id) of the records of some links of which another facet is alive, awake and not to be deleted."""
    some = [link for link in links if siblings(model, link)]
    if not some:
        return frozenset()
    found = await tx.golden_of([record for link in some for record in siblings(model, link)])
    others = {cluster.golden.id: cluster for cluster in await tx.clusters(sorted(set(found.values())))}
    alive = {
        (link.mapping, link.id)
        for cluster in others.values()
        for link in cluster.links
        if cluster.golden.life != "dying" and link.life == "live" and not link.doomed
        if (seen := cluster.seen.get((link.mapping, link.id or ""))) is None or not seen.resting
    }
    return frozenset((link.mapping, link.id or "") for link in some if alive & set(siblings(model, link)))


async def keep_rejections_beside(
    model: Model, tx: Transaction, works: Iterable[Work], ours: Iterable[tuple[Link, str | None, str | None]]
) -> None:
    """Our write through one facet of a record, from one version to another, is no reason to try again what the record
    refused through another (W9)."""
    known = {work.golden.id: work for work in works}
    for link, before, after in ours:
        goldens = await tx.golden_of(siblings(model, link))
        loaded = await tx.clusters(sorted(set(goldens.values()) - known.keys()))
        for cluster in (*loaded, *(known[g].cluster for g in goldens.values() if g in known)):
            for other in cluster.links:
                if (other.mapping, other.id) in goldens:
                    keep_rejections(other, before, after)
        await tx.save_clusters(loaded)


def over(one: Any, other: Any) -> Any:
    """Data with other data put over it: objects are joined key by key, anything else is taken from the other one."""
    if not isinstance(one, dict) or not isinstance(other, dict):
        return other
    return {**one, **{key: over(one[key], value) if key in one else value for key, value in other.items()}}


class _Call(NamedTuple):
    """A call that is about to be sent, and the link that it began with."""

    write: Write
    link: Link
    due: Due
    again: bool


class Calls:
    """The calls of a batch: facets of one record are folded into one (W4, W12)."""

    def __init__(self, model: Model, clusters: Iterable[Cluster]) -> None:
        self._model = model
        self._calls: dict[_Record, _Call] = {}
        self._leads: dict[int, _Call] = {}
        self._busy = {
            record
            for cluster in clusters
            for link in cluster.links
            if link.open is not None and (record := self._record(link.mapping, link.id)) is not None
        }

    def _record(self, key: str, record_id: str | None) -> _Record | None:
        """The record, where it has several facets."""
        mapping = self._model.mappings.get(key)
        if mapping is None or record_id is None or len(self._model.facets_of(mapping)) < 2:
            return None
        return mapping.entity_type, record_id

    def lead(self, due: Due) -> Write | None:
        """The call to the same record that a write joins, or None: it is the first."""
        record = self._record(due.mapping, due.id)
        call = self._calls.get(record) if record is not None else None
        return None if call is None else call.write

    def takes(self, due: Due, link: Link | None) -> bool:
        """False where a write has to wait for another one to the same record."""
        record = self._record(due.mapping, due.id)
        if record is None:
            return True
        if record in self._busy and not due.again:
            return False
        call = self._calls.get(record)
        if call is None:
            return True
        same = (call.due.kind, call.due.again, call.due.version) == (due.kind, due.again, due.version)
        if due.again:
            return same and link is not None and link.open is not None and link.open.body == call.write.body
        return same and self._apart(call.due, due)

    def _apart(self, one: Due, other: Due) -> bool:
        """Neither facet reads what the other one is to write: a reply tells of each what it was (S6)."""
        a, b = self._model.mappings[one.mapping], self._model.mappings[other.mapping]
        return not (_written(a, one) & _read(b) or _written(b, other) & _read(a))

    def add(self, write: Write, due: Due, link: Link) -> bool:
        """Note a write; True where it is a call of its own, False where it has joined one."""
        record = self._record(due.mapping, due.id)
        call = None if record is None else self._calls.get(record)
        if record is not None and call is None:
            self._calls[record] = _Call(write, link, due, due.again)
        if call is None:
            return True
        self._leads[id(link)] = call
        if call.link.open is not None and link.open is not None and write.body is not None:
            call.write.body = call.link.open.body = link.open.body = over(call.write.body, write.body)
        return False

    def outcome(self, link: Link, outcomes: ReadOnly[_Record, Outcome], name: _Record) -> Outcome:
        """How the write of a link ended; where it had joined a call, how that did."""
        call = self._leads.get(id(link))
        outcome = outcomes[name] if call is None else outcomes[call.write.mapping, call.write.id or ""]
        mapping = self._model.mappings[link.mapping]
        if outcome.kind == "refused" and self._names_another(outcome, link, mapping):
            return Outcome(kind="later", message=outcome.message)
        if call is None or outcome.observation is None:
            return outcome
        return replace(outcome, observation=replace(outcome.observation, mapping=link.mapping))

    def _names_another(self, outcome: Outcome, link: Link, mapping: Mapping) -> bool:
        """What the system refuses was carried by another facet alone: this one's write is derived anew (W9)."""
        record = self._record(link.mapping, link.id)
        if record is None or link.open is None or link.open.kind != "update":
            return False
        rows = [mapping.properties[column] for column in link.open.sent]
        faults = set(outcome.faults)
        own = any(faults & set(row.place.paths()) for row in rows)
        return not own and bool(faults & self._model.paths_beside(mapping))


def _written(mapping: Mapping, due: Due) -> set[str]:
    return {path for column in due.sent for path in mapping.properties[column].place.paths()}


def _read(mapping: Mapping) -> set[str]:
    return {path for row in mapping.properties if row.reads for path in row.place.paths()}
