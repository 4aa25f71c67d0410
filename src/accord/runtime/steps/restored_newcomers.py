"""Newcomers of a restored hub: what it created after the backup, and forgot, is no new thing (S11, W3, W13).

What our id or all values tell to be one thing is linked. Where nothing tells, newcomers and what they may have been
made from are held for a person, as one review of the concept; it is looked at in every cycle, and ends by itself.
"""

from collections.abc import Collection, Iterable, Mapping as ReadOnly, Sequence
from typing import Final

from accord.core.creating import keeps_out
from accord.core.link import Join, golden_id, new_golden, new_link, review_id
from accord.core.lost_creates import Doubt, Party, doubts, same_groups
from accord.core.model import Concept, Mapping, References
from accord.core.state import IN_FLIGHT, TO_BE_READ, Cluster, Member, Review, Seen, record_key
from accord.core.values import MISSING, Raw, Value
from accord.core.work import SECOND_US, Gate
from accord.ports.store import Transaction
from accord.runtime.hub import Hub
from accord.runtime.scans import rows_by_key
from accord.runtime.settling import keep_reviews
from accord.runtime.steps.follow_decisions import refusals
from accord.runtime.steps.make_links import golden_ids, join_records, release, save_joined
from accord.runtime.steps.restored_hub import Restore, all_told
from accord.runtime.steps.sharing import idempotency_key

__all__ = ["RESTORED", "tell_apart"]

RESTORED: Final = "created before the hub was restored"
"""What stands for a match rule where a restored hub links what it had made."""
_REASON: Final = (
    "the hub was restored: of these one may have been created from another one, and nothing tells"
)


async def tell_apart(hub: Hub, concept: Concept, gates: ReadOnly[str, Gate], restore: Restore) -> int:
    """Link newcomers to what they were made from, and hold those of which nobody can tell; how many were linked.

    While not all of the concept was read since the restore, newcomers are all that there are; afterwards only those of
    the open review, and without one all is told.
    """
    id_, linked = review_id(concept.name, "", RESTORED), 0
    async with hub.store.transaction() as tx:
        asked = next((review for review in await tx.reviews(concept.name) if review.id == id_), None)
        if asked is None and concept.name not in restore.fresh:
            await all_told(tx, concept.name)
            return 0
        while True:
            found = _Found(hub, concept, gates, restore, id_)
            await found.load(tx, None if concept.name in restore.fresh else asked)
            refused = await refusals(tx, concept, found.members, found.goldens.values())
            loose = [p for p in found.parties if not p.newcomer or found.row(p).held in ("", id_)]
            groups = same_groups(loose, found.mappings, refused)
            if not groups:
                break
            linked += await found.join(tx, groups)
        await found.ask(tx, asked, doubts(found.parties, refused))
    return linked


class _Found:
    """Newcomers of a concept and golden records that may get records, each as a cluster and as a party."""

    def __init__(
        self, hub: Hub, concept: Concept, gates: ReadOnly[str, Gate], restore: Restore, id_: str
    ) -> None:
        self.hub, self.concept, self.gates, self.restore, self.id = hub, concept, gates, restore, id_
        self.mappings = {mapping.key: mapping for mapping in hub.model.mappings_of(concept.name)}
        self.rows: dict[str, Seen] = {}
        self.goldens: dict[str, Cluster] = {}
        self.parties: list[Party] = []

    def row(self, party: Party) -> Seen:
        return self.rows[party.name]

    @property
    def members(self) -> list[Member]:
        return [Member(row.mapping, row.id, None, "") for row in self.rows.values()]

    async def load(self, tx: Transaction, asked: Review | None) -> None:
        """All that there are, or those of an open review."""
        if asked is None:
            for mapping in self.mappings:
                await self._newcomers(tx, mapping)
            goldens = await self._marked(tx) if self.rows else set()
        else:
            found = await rows_by_key(tx, asked.members)
            goldens = {*asked.goldens, *(row.golden for row in found.values() if row.golden is not None)}
            self._add(row for row in found.values() if row.golden is None)
        clusters = [c for c in await tx.clusters(sorted(goldens)) if c.golden.concept == self.concept.name]
        pseudo = [self._alone(row) for row in self.rows.values()]
        refs = (await self.hub.context(tx, [*clusters, *pseudo], self.gates)).refs
        self.parties = [self._newcomer(row, refs) for row in self.rows.values()]
        for cluster in clusters:
            party = self._golden(cluster)
            if party.lacks and party.stands:
                self.goldens[party.name] = cluster
                self.parties.append(party)

    async def _newcomers(self, tx: Transaction, mapping: str) -> None:
        for pages in (tx.waiting, tx.held):
            after = ""
            while page := await pages(mapping, after, self.hub.limits.page):
                after = page[-1].id
                self._add(row for row in page if row.held in ("", TO_BE_READ, IN_FLIGHT, self.id))

    def _add(self, rows: Iterable[Seen]) -> None:
        for row in rows:
            if not row.gone and not row.excluded and row.mapping in self.mappings:
                self.rows[record_key(row.mapping, row.id)] = row

    async def _marked(self, tx: Transaction) -> set[str]:
        """Golden records of which something may be due."""
        found: set[str] = set()
        for mark in ("settle", "share", "wait"):
            after = ""
            while ids := await tx.marked(mark, after, self.hub.limits.page):
                after = ids[-1]
                found.update(ids)
        return found

    def _alone(self, row: Seen) -> Cluster:
        """The golden record that a newcomer would get, and perhaps had before."""
        id_ = golden_id(self.concept.name, [record_key(row.mapping, row.id)])
        return Cluster(golden=new_golden(id_, self.concept), links=[], seen={(row.mapping, row.id): row})

    def _newcomer(self, row: Seen, refs: References) -> Party:
        mapping = self.mappings[row.mapping]
        lacks = frozenset(key for key, m in self.mappings.items() if key != row.mapping and _creates(m))
        return Party(
            name=record_key(row.mapping, row.id),
            values=_values(row.raw, mapping, refs),
            stands=frozenset([row.mapping]),
            lacks=lacks,
            made_in=row.mapping if _may_be_made(row, mapping, self.restore.since_us) else "",
            our_id=row.our_id,
            keys=self._keys(self._alone(row), lacks),
        )

    def _golden(self, cluster: Cluster) -> Party:
        golden, model = cluster.golden, self.hub.model
        taken = {link.mapping for link in cluster.links if link.life != "tomb"}
        live = {link.mapping for link in cluster.links if link.life == "live"}
        lacks = frozenset(
            key
            for key, mapping in self.mappings.items()
            if key not in taken and _creates(mapping) and not keeps_out(cluster, mapping, model, pulled=True)
        )
        shown = {row.property for key in live & self.mappings.keys() for row in self.mappings[key].properties}
        old = any(row.first_us < self.restore.at_us for row in cluster.seen.values())
        return Party(
            name=golden.id,
            values={property_: golden.value[property_] for property_ in sorted(shown)},
            stands=frozenset(live) & self.mappings.keys(),
            lacks=lacks,
            newcomer=False,
            keys=self._keys(cluster, lacks),
            repeats=frozenset(filter(self._repeats, lacks)) if old else frozenset(),
        )

    def _keys(self, cluster: Cluster, lacks: Collection[str]) -> dict[str, list[str]]:
        """What records would bear as our id that were made from a golden record: derived, never random (W3)."""
        keys = {}
        for key in lacks:
            if self.mappings[key].declaration.our_id:
                link = new_link(cluster.golden.id, self.mappings[key], None, life="creating")
                before = (k.incarnation for k in cluster.links if k.mapping == key)
                link.incarnation = 1 + max(before, default=-1)
                keys[key] = [idempotency_key(self.hub.model.project, link)]
        return keys

    def _repeats(self, key: str) -> bool:
        """True where a create is sure to be answered with what it made since the backup."""
        declaration = self.mappings[key].declaration
        until_us = self.restore.since_us + int(declaration.key_valid_s * SECOND_US)
        return "key" in declaration.finds_create and self.hub.clock.now_us() < until_us

    async def join(self, tx: Transaction, groups: Sequence[Sequence[Party]]) -> int:
        """Link groups; how many records were linked."""
        joins = []
        for group in groups:
            rows = [self.row(party) for party in group if party.newcomer]
            for row in rows:
                row.made = row.made or bool(row.our_id)
            members = [Member(row.mapping, row.id, None, "") for row in rows]
            joins.append(Join(golden=next((p.name for p in group if not p.newcomer), None), members=members))
        rows_by = {(row.mapping, row.id): row for row in self.rows.values()}
        ids = await golden_ids(tx, self.concept, joins, rows_by)
        named = zip(joins, ids, strict=True)
        joined = [join_records(self.hub, self.concept, *each, self.goldens, rows_by) for each in named]
        await save_joined(self.hub, tx, joins, joined, self.gates, RESTORED)
        return sum(len(join.members) for join in joins)

    async def ask(self, tx: Transaction, asked: Review | None, doubt: Doubt) -> None:
        """Hold what nothing tells apart, and let go what is told."""
        held = [row for key, row in self.rows.items() if key in doubt.held]
        for row in held:
            row.held = row.held or self.id
        await tx.save_seen(held)
        free = [row for key, row in self.rows.items() if key not in doubt.held and row.held == self.id]
        await release(tx, free)
        goldens = sorted(self.goldens.keys() & (doubt.held | doubt.concerned))
        members = {record_key(row.mapping, row.id) for row in held}
        for cluster in (self.goldens[id_] for id_ in goldens if id_ in doubt.held):
            members.update(record_key(k.mapping, k.id) for k in cluster.links if k.life == "live" and k.id)
        if not members:
            await keep_reviews(tx, self.concept.name, closed=[self.id])
            return
        review = Review(
            id=self.id,
            concept=self.concept.name,
            rule="",
            key=RESTORED,
            kind="restore",
            members=sorted(members),
            goldens=goldens,
            reason=_REASON,
            at_us=self.hub.clock.now_us() if asked is None else asked.at_us,
        )
        if review != asked:
            await keep_reviews(tx, self.concept.name, [review])


def _creates(mapping: Mapping) -> bool:
    """True where records are made by themselves, or because something refers to them (W6)."""
    wanted = mapping.create == "always" or bool(mapping.pulled_by)
    return wanted and mapping.shares and mapping.declaration.can_create


def _may_be_made(row: Seen, mapping: Mapping, since_us: int) -> bool:
    """True for a newcomer that a create of ours may have made since the backup."""
    declaration = mapping.declaration
    if not _creates(mapping) or (declaration.our_id and not row.our_id):
        return False
    error_us = int((declaration.clock_error_s + 1) * SECOND_US)
    return row.created_us is None or row.created_us + error_us >= since_us


def _values(raws: Sequence[Raw], mapping: Mapping, refs: References) -> dict[int, Value]:
    """Canonical values by property, references as golden ids; MISSING where a record does not tell yet, null where it
    says nothing (S3)."""
    values: dict[int, Value] = {}
    for row, raw in zip(mapping.properties, raws, strict=True):
        if not row.reads:
            continue
        try:
            value = None if raw is MISSING else row.lens.get(raw, refs)
        except ValueError:
            value = MISSING
        values[row.property] = value
    return values
