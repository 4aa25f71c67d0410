"""Count every record towards every target, each in exactly one state; and show that the sums add up (G4, G8, S5)."""

from collections.abc import Callable, Collection, Iterator, Mapping as ReadOnly, Sequence, Set as AbstractSet
from functools import partial
from typing import Final

from msgspec import Struct, field

from accord.core.creating import is_contested
from accord.core.model import Mapping
from accord.core.standing import (
    IN_SYNC,
    State,
    Told,
    is_plain,
    is_representation,
    is_step,
    shared_properties,
    stands_apart,
    state_of,
)
from accord.core.state import Cluster, Seen, record_key
from accord.core.work import SECOND_US
from accord.ports.store import TO_DO, Transaction
from accord.runtime.books.chases import Chase, chases_of
from accord.runtime.damage import check_clusters
from accord.runtime.hub import Hub
from accord.runtime.scans import golden_pages
from accord.runtime.steps.erased import erasures
from accord.runtime.steps.sharing import derive

__all__ = ["Conservation", "Flow", "Unit", "count_units"]

DAY_US: Final = 24 * 3600 * SECOND_US
_ALL: Final = 1 << 62
ERASED: Final = Told("excluded", "erased")
ONE_WAY: Final = Told("excluded", "nothing of it is written there")


class Unit(Struct, frozen=True, kw_only=True):
    """A record towards a target, where it stands, and why."""

    record: str
    target: str
    state: State
    reason: str
    property: str = ""


class Flow(Struct, kw_only=True):
    """All records of one mapping towards one target: how many in each state. `records` is the sum of `states`."""

    mapping: str
    target: str
    records: int
    states: dict[State, int] = field(default_factory=dict)

    @property
    def adds_up(self) -> bool:
        """Every record is in exactly one state."""
        return sum(self.states.values()) == self.records


class Conservation(Struct, kw_only=True):
    """The books: every unit counted.

    `links` are live, and `proven` those that a reading of the last 24 h showed in step (G8). `representations` are
    values that a system holds in a spelling of its own (S5). `rests` counts records of mappings that left the
    configuration (K4). `units` are those in the states that were asked for.
    """

    flows: list[Flow] = field(default_factory=list)
    links: int = 0
    proven: int = 0
    representations: int = 0
    conflicts: int = 0
    """Properties of golden records that a person has to decide (M2, M6)."""
    rests: dict[str, int] = field(default_factory=dict)
    units: list[Unit] = field(default_factory=list)
    aliases: dict[str, int] = field(default_factory=dict)
    """Golden records that were merged into others, by concept (W5)."""
    chases: list[Chase] = field(default_factory=list)
    """Properties that are frozen, with the values that chase each other; as many as are listed at most (G5)."""

    @property
    def adds_up(self) -> bool:
        """No record is missing from the books, and none is in them twice."""
        return all(flow.adds_up for flow in self.flows)


async def count_units(
    hub: Hub, tx: Transaction, *, named: Collection[State] = (), limit: int = 100
) -> Conservation:
    """Count every unit; those in the `named` states are listed, at most `limit` of them.

    States are counted from golden records and unlinked rows, records by the store: both agree, or something is wrong
    with the hub.
    """
    books = _Books(hub, await tx.census(), named, limit)
    books.count_erased((await erasures(tx)).counts())
    reviews = frozenset(review.id for review in await tx.reviews())
    gates = await hub.gates(tx)
    marked = frozenset([golden for mark in TO_DO for golden in await tx.marked(mark, "", _ALL)])
    for concept in hub.model.concepts.values():
        async for goldens in golden_pages(tx, concept.name, hub.limits.settle):
            aliases = sum(golden.life == "merged" for golden in goldens)
            books.kept.aliases[concept.name] = books.kept.aliases.get(concept.name, 0) + aliases
            await _count_linked(books, tx, await tx.clusters([golden.id for golden in goldens]), marked)
        for mapping in hub.model.mappings_of(concept.name):
            told = partial(stands_apart, reviews=reviews, complete=gates[mapping.key].complete)
            await _count_apart(books, tx, mapping, told)
    return books.kept


class _Books:
    """What is being counted."""

    def __init__(
        self,
        hub: Hub,
        census: ReadOnly[str, ReadOnly[str, int]],
        named: Collection[State],
        limit: int,
    ) -> None:
        self.hub, self.census, self.named, self.limit = hub, census, named, limit
        self.proven_us = hub.clock.now_us() - DAY_US
        self.kept = Conservation()
        self.flows: dict[tuple[str, str], Flow] = {}
        self.plain: dict[tuple[str, str], Told] = {}
        for concept in hub.model.concepts:
            mappings = hub.model.mappings_of(concept)
            for mapping in mappings:
                records = census.get(mapping.key, {}).get("seen", 0)
                for target in (each for each in mappings if each is not mapping):
                    place = mapping.key, target.key
                    flow = Flow(mapping=mapping.key, target=target.key, records=records)
                    self.flows[place] = flow
                    self.plain[place] = IN_SYNC if shared_properties(mapping, target) else ONE_WAY
        self.kept.flows = list(self.flows.values())
        self.kept.rests = {
            key: counts["seen"]
            for key, counts in sorted(census.items())
            if key not in hub.model.mappings and counts.get("seen")
        }

    def count_erased(self, counts: ReadOnly[str, int]) -> None:
        """Records that were erased are there, and are not read in (P1)."""
        for key, count in counts.items():
            for target in self.targets(key) if key in self.hub.model.mappings else ():
                self.flows[key, target.key].records += count
                for _ in range(count):
                    self.put(Seen(mapping=key, id="(erased)", raw=[]), target, ERASED)

    def targets(self, key: str) -> Iterator[Mapping]:
        """The other mappings of a mapping's concept."""
        concept = self.hub.model.mappings[key].concept
        return (each for each in self.hub.model.mappings_of(concept) if each.key != key)

    def put(self, seen: Seen, target: Mapping, told: Told) -> None:
        """Count a unit."""
        self.add(seen.mapping, target, told.state, 1)
        if told.state in self.named and len(self.kept.units) < self.limit:
            record = record_key(seen.mapping, seen.id)
            self.kept.units.append(
                Unit(
                    record=record,
                    target=target.key,
                    state=told.state,
                    reason=told.reason,
                    property=told.property,
                )
            )

    def add(self, key: str, target: Mapping, state: State, count: int) -> None:
        """Count so many units."""
        states = self.flows[key, target.key].states
        if count:
            states[state] = states.get(state, 0) + count


async def _count_linked(
    books: _Books, tx: Transaction, clusters: Sequence[Cluster], marked: AbstractSet[str]
) -> None:
    hub = books.hub
    check_clusters(hub.model, clusters)
    closer = []
    for cluster in clusters:
        mappings = hub.model.mappings_of(cluster.golden.concept)
        concept = hub.model.concepts[cluster.golden.concept]
        books.kept.conflicts += len(cluster.golden.questions)
        ours = [link for link in cluster.links if link.mapping in hub.model.mappings]
        books.kept.conflicts += sum(is_contested(link, cluster, concept) for link in ours)
        _look_at_links(books, cluster)
        if cluster.golden.id in marked or not is_plain(cluster, mappings):
            closer.append(cluster.golden.id)
            continue
        for seen in _records(books, cluster):
            for target in books.targets(seen.mapping):
                books.put(seen, target, books.plain[seen.mapping, target.key])
    if not closer:
        return
    settled, context = await derive(hub, tx, await tx.clusters(closer))
    for each in settled:
        room = books.limit - len(books.kept.chases)
        books.kept.chases += chases_of(each, hub.model, hub.clock.now_us())[:room]
        for seen in _records(books, each.cluster):
            for target in books.targets(seen.mapping):
                books.put(seen, target, state_of(seen, target, each, context))


def _records(books: _Books, cluster: Cluster) -> list[Seen]:
    """The records of a golden record that are there, of mappings that are configured."""
    return [
        seen
        for seen in cluster.seen.values()
        if seen.golden == cluster.golden.id and not seen.gone and seen.mapping in books.hub.model.mappings
    ]


def _look_at_links(books: _Books, cluster: Cluster) -> None:
    """Count what was proven by a reading of late, and the values that systems hold in a spelling of their own."""
    golden, model = cluster.golden, books.hub.model
    for link in cluster.links:
        mapping = model.mappings.get(link.mapping)
        seen = cluster.seen.get((link.mapping, link.id or ""))
        if mapping is None or link.life != "live" or seen is None or seen.golden != golden.id:
            continue
        books.kept.links += 1
        books.kept.proven += seen.asked_us > books.proven_us and is_step(link, seen, golden, mapping)
        pairs = zip(link.raw, mapping.properties, strict=True)
        other = [column for column, (raw, row) in enumerate(pairs) if raw != golden.value[row.property]]
        books.kept.representations += sum(
            is_representation(link, column, golden, mapping) for column in other
        )


async def _count_apart(
    books: _Books, tx: Transaction, mapping: Mapping, told: Callable[[Seen], Told]
) -> None:
    """Records without a golden record, and those that are gone: as the store counts them, but for those that are held,
    and those that are to be listed."""
    listed = bool({"waiting", "excluded", "tombstoned"} & set(books.named))
    after = ""
    while rows := await (tx.scan_seen if listed else tx.held)(mapping.key, after, books.hub.limits.page):
        after = rows[-1].id
        for row in rows:
            if row.golden is None or row.gone:
                for target in books.targets(mapping.key):
                    books.put(row, target, told(row))
    if listed:
        return
    counts = books.census.get(mapping.key, {})
    nobody = Seen(mapping=mapping.key, id="", raw=[])
    for target in books.targets(mapping.key):
        books.add(mapping.key, target, told(nobody).state, counts.get("waiting", 0))
        books.add(mapping.key, target, "excluded", counts.get("excluded", 0))
        books.add(mapping.key, target, "tombstoned", counts.get("gone", 0))
