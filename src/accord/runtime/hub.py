"""What every part of the runtime works with: the model, the store, the systems and the clock of one project."""

import logging
from collections.abc import Callable, Iterable, Mapping as ReadOnly, Sequence, Set as AbstractSet
from typing import NamedTuple

from msgspec import Struct, field

from accord.core.creating import keeps_out
from accord.core.model import Concept, Mapping, Model
from accord.core.state import Cluster, Cursor, Sent
from accord.core.values import MISSING, Raw
from accord.core.work import Context, Gate
from accord.ports.clock import Clock
from accord.ports.connection import Connections, no_connections
from accord.ports.connector import Connector
from accord.ports.executor import Team
from accord.ports.store import Store, Transaction
from accord.runtime.budget import DailyBudget
from accord.runtime.crash_points import At, nowhere
from accord.runtime.damage import check_clusters
from accord.runtime.facets import kept_records
from accord.runtime.found import Found
from accord.runtime.guards import GuardLimits
from accord.runtime.pauses import ASKS, Pause, paused_mappings
from accord.runtime.pulling import pulled_in
from accord.runtime.team import Alone

__all__ = ["Hub", "Keep", "Limits", "Progress", "Rest", "SliceReferences", "referred_goldens"]

Progress = Callable[[str, int], None]
"""Called with what is being done and how many are done."""

log = logging.getLogger("accord")


class Limits(Struct, frozen=True, kw_only=True):
    """Sizes of batches; none of them changes what comes out."""

    page: int = 1000
    settle: int = 2000
    share: int = 500
    nominate: int = 1000
    least_to_settle: int = 200
    least_to_share: int = 25
    """Of fewer golden records no piece of work is made for another worker."""


class Rest(NamedTuple):
    """What is left alone: until when, for how long, and why."""

    until_us: int
    wait_s: float
    why: str


class Keep(Struct, frozen=True, kw_only=True):
    """How many days history is kept, and the whole payload of what was deleted (M4, W8)."""

    history_days: int = 365
    undelete_days: int = 30


class SliceReferences:
    """References that were looked up for one slice (`accord.core.model.References`).

    `missing`: (entity type, golden id) that were looked for, and of which no record is there. `unlinked`: (entity type,
    remote id) of which none is linked.
    """

    def __init__(
        self,
        goldens: dict[tuple[str, str], str],
        remotes: dict[tuple[str, str], str],
        missing: AbstractSet[tuple[str, str]] = frozenset(),
        unlinked: AbstractSet[tuple[str, str]] = frozenset(),
    ) -> None:
        self.goldens, self.remotes, self.missing, self.unlinked = goldens, remotes, missing, unlinked

    def golden(self, entity_type: str, remote_id: str) -> str | None:
        """Golden id of a linked record."""
        return self.goldens.get((entity_type, remote_id))

    def remote(self, entity_type: str, golden_id: str) -> str | None:
        """Remote id of a golden record's live record."""
        return self.remotes.get((entity_type, golden_id))


class Hub(Struct, kw_only=True):
    """One project at work in one process. `run` is the number of the run that is under way; `guards` say when a person
    is asked (G1); `tell` is told how far long work has come, `at` which moment has come (`crash_points.py`)."""

    model: Model
    store: Store
    connectors: ReadOnly[str, Connector]
    clock: Clock
    limits: Limits = field(default_factory=Limits)
    guards: GuardLimits = field(default_factory=GuardLimits)
    keep: Keep = field(default_factory=Keep)
    tell: Progress = lambda _what, _count: None
    at: At = nowhere
    run: int = 0
    budgets: ReadOnly[str, DailyBudget] = field(default_factory=dict)
    """Of systems that may only be called so often a day (W11)."""
    known: set[str] = field(default_factory=set)
    """Systems whose account was compared in this process (K6)."""
    down: dict[str, Rest] = field(default_factory=dict)
    """Mappings that could not be read, and are left alone for a while (W9)."""
    found: Found = field(default_factory=Found)
    team: Team = field(default_factory=Alone)
    """Who performs the pieces of a cycle."""
    connections: Connections = no_connections
    """How the connections stand that persons allowed (C5)."""

    def connector(self, mapping: Mapping) -> Connector:
        """The connected system of a mapping."""
        return self.connectors[mapping.system]

    async def gates(self, tx: Transaction) -> dict[str, Gate]:
        """W13's gates of all mappings, as the cursors are."""
        cursors = {key: await tx.cursor(key) for key in self.model.mappings}
        unread = {key for key, pause in (await self.paused(tx)).items() if not pause.reads}
        read = {key for key, cursor in cursors.items() if cursor is not None and cursor.complete}
        late = {m.concept for key, m in self.model.mappings.items() if key not in read and key not in unread}
        gates = {}
        for key, mapping in self.model.mappings.items():
            complete = key in read and mapping.concept not in late  # what is paused keeps nothing back
            cursor = cursors[key] or Cursor(mapping=key)
            gates[key] = Gate(
                complete=complete,
                began_us=cursor.began_us,
                paused=key in unread,
                swept_us=cursor.swept_us,
                back_us=cursor.back_us,
            )
        return gates

    async def paused(self, tx: Transaction) -> dict[str, Pause]:
        """The pauses that mappings are under now, by mapping."""
        return await paused_mappings(tx, self.model, self.clock.now_us())

    async def context(
        self,
        tx: Transaction,
        clusters: Iterable[Cluster],
        gates: ReadOnly[str, Gate],
        *,
        reviewed: ReadOnly[str, str] | None = None,
        strangers: frozenset[tuple[str, str]] = frozenset(),
        alone: frozenset[str] = frozenset(),
        pulled: frozenset[tuple[str, str]] = frozenset(),
    ) -> Context:
        """The context of a slice, with the references of its clusters looked up in two queries.

        Raises StopFlow: rows of it do not fit the configuration, for the store is damaged.
        """
        clusters = list(clusters)
        check_clusters(self.model, clusters)
        refs = await self._references(tx, clusters)
        barred, unasked = await _barred(tx, self.model, refs.missing)
        known, gone = await _known(tx, refs.unlinked)
        paused = await self.paused(tx)
        return Context(
            model=self.model,
            now_us=self.clock.now_us(),
            refs=refs,
            gates=gates,
            run=self.run,
            strangers=strangers,
            reviewed=reviewed or {},
            alone=alone,
            barred=barred,
            paused={key: pause.why for key, pause in paused.items()},
            doubted=frozenset(key for key, pause in paused.items() if pause.kind in ASKS),
            unasked=unasked,
            pulled=pulled | await self._pulled(tx, clusters),
            kept=await kept_records(self.model, tx, clusters),
            gone=gone,
            unknown=frozenset(refs.unlinked - known),
        )

    async def _pulled(self, tx: Transaction, clusters: Sequence[Cluster]) -> frozenset[tuple[str, str]]:
        """See `pulled_in`."""
        return await pulled_in(self.model, tx, clusters, frozenset())

    async def _references(self, tx: Transaction, clusters: Iterable[Cluster]) -> SliceReferences:
        if not self.model.refers:
            return SliceReferences({}, {})
        referred = [(cluster, self.referred_records(cluster)) for cluster in clusters]
        records = {record for _, some in referred for record in some}
        goldens: set[tuple[str, str]] = set()
        alike = self.model.alike
        found = _of_any_facet(await tx.golden_of(records), alike)
        for cluster, some in referred:
            goldens.update(self._referred_goldens(cluster, {found[r] for r in some if r in found}))
        sought = {(key, golden) for target, golden in goldens for key in (target, *alike.get(target, ()))}
        remotes = _of_any_facet(await tx.remote_of(sought), alike)
        return SliceReferences(found, remotes, goldens - remotes.keys(), records - found.keys())

    def referred_records(self, cluster: Cluster) -> set[tuple[str, str]]:
        """(entity type, remote id) that the records of a cluster refer to, now or in their shadow."""
        records: set[tuple[str, str]] = set()

        def add(name: str, raws: Sequence[Raw], sent: ReadOnly[int, Sent]) -> None:
            mapping = self.model.mappings.get(name)
            if mapping is None:
                return
            for column in mapping.references:
                target = mapping.properties[column].references
                for raw in (raws[column], sent[column].raw if column in sent else None):
                    if raw is not None and raw is not MISSING:
                        records.update((key, str(raw)) for key in (target, *self.model.alike.get(target, ())))

        for link in cluster.links:
            add(link.mapping, link.raw, link.open.sent if link.open is not None else {})
        for row in cluster.seen.values():  # that of a create too, which is about to be linked
            add(row.mapping, row.raw, {})
        return records

    def _referred_goldens(self, cluster: Cluster, found: AbstractSet[str]) -> set[tuple[str, str]]:
        """(entity type, golden id) that writes of a cluster may have to name; `found` is what its records refer to."""
        concept = self.model.concepts[cluster.golden.concept]
        values = referred_goldens(cluster, concept) | found
        return {(target, value) for target in self.model.refers.get(concept.name, ()) for value in values}


def referred_goldens(cluster: Cluster, concept: Concept) -> set[str]:
    """Golden ids that a golden record refers to, or that a claim of it or a value that was put back names (M2, G3)."""
    if not concept.references:
        return set()
    golden = cluster.golden
    values = [golden.value[p] for p in concept.references]
    values += [claim.value for p in concept.references for claim in golden.rivals.get(p, ())]
    values += [pin.value for link in cluster.links for pin in link.pins.values()]
    return {value for value in values if isinstance(value, str)}


def _of_any_facet(
    found: dict[tuple[str, str], str], alike: ReadOnly[str, Sequence[str]]
) -> dict[tuple[str, str], str]:
    """What was found, also under the names of the other facets that stand for the same concept (L9)."""
    more = {(other, name): value for (key, name), value in found.items() for other in alike.get(key, ())}
    return {**more, **found}


async def _known(
    tx: Transaction, unlinked: AbstractSet[tuple[str, str]]
) -> tuple[frozenset[tuple[str, str]], frozenset[tuple[str, str]]]:
    """Those of (entity type, remote id) that were seen, and of them those that were deleted."""
    ids: dict[str, list[str]] = {}
    for key, id_ in sorted(unlinked):
        ids.setdefault(key, []).append(id_)
    rows = [row for key, some in ids.items() for row in (await tx.seen(key, some)).values()]
    return frozenset((row.mapping, row.id) for row in rows), frozenset(
        (row.mapping, row.id) for row in rows if row.gone
    )


async def _barred(
    tx: Transaction, model: Model, missing: AbstractSet[tuple[str, str]]
) -> tuple[frozenset[tuple[str, str]], frozenset[tuple[str, str]]]:
    """Those of (entity type, golden id) for which no record will come to stand, as (golden id, entity type): none at
    all, or none unless what refers to them pulls it in (W5, W6)."""
    if not missing:
        return frozenset(), frozenset()
    clusters = {c.golden.id: c for c in await tx.clusters(sorted({golden for _, golden in missing}))}
    barred, unasked = set(), set()
    for key, golden in missing:
        mapping, cluster = model.mappings.get(key), clusters.get(golden)
        if cluster is None:
            barred.add((golden, key))  # it was erased (P1)
            continue
        if mapping is None or mapping.concept != cluster.golden.concept or _is_coming(cluster, key):
            continue
        if keeps_out(cluster, mapping, model, pulled=True) is not None:
            barred.add((golden, key))
        elif keeps_out(cluster, mapping, model, pulled=False) is not None:
            unasked.add((golden, key))
    return frozenset(barred), frozenset(unasked)


def _is_coming(cluster: Cluster, key: str) -> bool:
    """True while a create there is sent whose outcome is not known."""
    here = [link for link in cluster.links if link.mapping == key and link.life == "creating"]
    return any(link.open is not None for link in here)
