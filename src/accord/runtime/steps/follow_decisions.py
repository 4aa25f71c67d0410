"""Carry out what people decided about identity: join, merge and split, from the decisions alone (L6, L8, W5).

Decisions that are to be done are a list of work, like marks: it may be gone through again and again, and what can not
be done now stays on it. Splits go first, so that a group is never tied to what is refused.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping as ReadOnly, Sequence
from typing import Final

from accord.core.decisions import (
    Party,
    Uniting,
    groups_of,
    is_under_way,
    is_unsure,
    part,
    refused_nodes,
    unite,
)
from accord.core.intake import keys_of_seen
from accord.core.join_and_part import (
    aim_elsewhere,
    merge_clusters,
    move_values,
    restorable,
    restore,
    split_cluster,
)
from accord.core.link import Join, golden_id, new_golden, review_id
from accord.core.model import Concept
from accord.core.state import (
    LEFT_OUT,
    Cluster,
    Decision,
    Event,
    Link,
    Member,
    Review,
    Seen,
    record_key,
    record_parts,
)
from accord.core.work import Gate
from accord.ports.store import MARKS, Transaction
from accord.runtime.hub import Hub
from accord.runtime.scans import rows_by_key
from accord.runtime.settling import (
    keep_reviews,
    reviewed_records,
    save_references,
    settle_clusters,
    wake_dependants,
)
from accord.runtime.steps.make_links import golden_ids, join_records, release, save_joined

__all__ = ["DECIDED", "apply_decisions", "refusals", "said_about", "to_be_parted", "touch_records"]

DECIDED: Final = "decided by a person"
"""Stands in place of a match rule in links and reviews that come from decisions."""
_FIRST: Final = ("", "")
_MOST_EVENTS: Final = 100_000

_Gates = ReadOnly[str, Gate]


async def apply_decisions(hub: Hub, concept: Concept, gates: _Gates) -> int:
    """Do all that people decided and that can be done now; the number of records that were linked."""
    async with hub.store.transaction(dry=True) as tx:
        todo = await tx.decisions(concept.name, _FIRST, 1, todo=True)
        reviews = [r for r in await tx.reviews(concept.name) if r.rule == DECIDED or r.key == ""]
    if not todo and not reviews:
        return 0
    opened: set[str] = set()
    linked = 0
    for step in (_split_page, _unite_page):
        after = _FIRST
        while True:
            async with hub.store.transaction() as tx:
                page = await tx.decisions(concept.name, after, hub.limits.settle, todo=True)
                if not page:
                    break
                linked += await step(hub, tx, concept, gates, page, opened)
            after = page[-1].a, page[-1].b
    async with hub.store.transaction() as tx:
        await _close(tx, [r for r in reviews if r.id not in opened])
    return linked


async def _close(tx: Transaction, reviews: Sequence[Review]) -> None:
    """Reviews of decisions that were carried out, or withdrawn, and of records that their system merged (S10)."""
    for review in reviews:
        rows = await rows_by_key(tx, review.members)
        goldens = {row.golden for row in rows.values() if row.golden}
        if review.rule != DECIDED and not await _is_decided(tx, review, goldens):
            continue
        await keep_reviews(tx, review.concept, closed=[review.id])
        await release(tx, [row for row in rows.values() if row.held == review.id and row.golden is None])


async def _is_decided(tx: Transaction, review: Review, goldens: Collection[str]) -> bool:
    """True where records that their system merged stand for one golden record, or a person refused that they do."""
    decisions = await tx.decisions_on(review.concept, review.members)
    refused = any(d.verdict == "different" and {d.a, d.b} == set(review.members) for d in decisions)
    return review.kind == "merge" and (len(goldens) < 2 or refused)


async def refusals(
    tx: Transaction, concept: Concept, members: Iterable[Member], clusters: Collection[Cluster]
) -> dict[str, set[str]]:
    """Who is refused with whom among unlinked records and golden records, by record key and golden id (L6)."""
    if not await tx.decisions(concept.name, _FIRST, 1):
        return {}
    node = {record_key(m.mapping, m.id): m.golden or record_key(m.mapping, m.id) for m in members}
    node |= {record_key(*record): c.golden.id for c in clusters for record in c.seen}
    said = await said_about(tx, concept.name, node)
    rows = await rows_by_key(tx, {key for pair in said for key in pair} - node.keys())
    node |= {key: row.golden for key, row in rows.items() if row.golden is not None}
    return refused_nodes(said.values(), node)


async def said_about(
    tx: Transaction, concept: str, records: Iterable[str]
) -> dict[tuple[str, str], Decision]:
    """All decisions about records, and about those that are the same as them, by pair."""
    said: dict[tuple[str, str], Decision] = {}
    new, known = set(records), set[str]()
    while new:
        known |= new
        found = await tx.decisions_on(concept, new)
        said.update(((d.a, d.b), d) for d in found)
        new = {key for d in found if d.verdict == "same" for key in (d.a, d.b)} - known
    return said


async def touch_records(hub: Hub, tx: Transaction, rows: Iterable[Seen]) -> None:
    """Groups and reviews of records are looked at again."""
    for row in rows:
        mapping = hub.model.mappings.get(row.mapping)
        if mapping is not None:
            concept = hub.model.concepts[mapping.concept]
            keys = keys_of_seen(row, mapping, concept)
            await tx.touch_keys(concept.name, [(key.rule, key.key) for key in keys])


# split


async def _split_page(
    hub: Hub, tx: Transaction, concept: Concept, gates: _Gates, page: Sequence[Decision], opened: set[str]
) -> int:
    del opened
    said = await said_about(tx, concept.name, {key for d in page for key in (d.a, d.b)})
    rows = await rows_by_key(tx, {key for pair in said for key in pair})
    goldens = Counter(row.golden for row in rows.values() if row.golden is not None)
    busy = set()
    for cluster in await tx.clusters(sorted(golden for golden, count in goldens.items() if count > 1)):
        if not await _split(hub, tx, concept, gates, cluster):
            busy.add(cluster.golden.id)

    def is_done(decision: Decision) -> bool:
        return all(key not in rows or rows[key].golden not in busy for key in (decision.a, decision.b))

    await tx.save_decisions([d._replace(todo=False) for d in page if d.verdict != "same" and is_done(d)])
    return 0


async def to_be_parted(hub: Hub, tx: Transaction) -> set[str]:
    """Golden records that people said to part, which can not be done yet: nothing of them is deleted meanwhile, for it
    may be what is another thing (W8)."""
    found: set[str] = set()
    for name in hub.model.concepts:
        after = _FIRST
        while page := await tx.decisions(name, after, hub.limits.settle, todo=True):
            after = page[-1].a, page[-1].b
            apart = [(d.a, d.b) for d in page if d.verdict == "different"]
            rows = await rows_by_key(tx, {key for pair in apart for key in pair})
            found.update(row.golden for row in rows.values() if row.golden is not None)
    return found


async def _split(hub: Hub, tx: Transaction, concept: Concept, gates: _Gates, cluster: Cluster) -> bool:
    """Part the records of a golden record as people said; False while a write of unknown outcome is in the way."""
    links = {record_key(link.mapping, link.id): link for link in cluster.links if link.id}
    records = sorted(links, key=lambda key: (_first_us(cluster, links[key]), key))
    decisions = (await said_about(tx, concept.name, records)).values()
    groups = part(records, decisions)
    if len(groups) == 1:
        return True
    if any(is_under_way(links[key]) or is_unsure(links[key]) for group in groups[1:] for key in group):
        return False
    reviewed = await reviewed_records(tx)
    # what was seen of it counts before it is parted
    await settle_clusters(hub, tx, [cluster], gates, reviewed)
    values = {}
    if any(d.restore and d.verdict == "different" and {d.a, d.b} <= links.keys() for d in decisions):
        history = await tx.history(golden=cluster.golden.id, limit=_MOST_EVENTS)
        values = restorable(cluster, groups, history, concept)
    parts, events, moved = [cluster], list[Event](), dict[tuple[str, str], str]()
    for group in groups[1:]:
        into = await _new_cluster(tx, concept, group, cluster.golden.id)
        events += split_cluster(cluster, group, into, hub.model)
        moved.update((record_parts(key), into.golden.id) for key in group)
        parts.append(into)
    by = next((d.by for d in decisions if d.restore), "")
    for each in parts:
        mine = {record_key(*record) for record in each.seen}
        own = {at: value for at, value in values.items() if at[0] in mine}
        events += restore(each, own, hub.clock.now_us(), by, hub.model)
    await _save(hub, tx, parts, events, gates)
    await _follow_split(hub, tx, cluster.golden.id, moved)
    await touch_records(hub, tx, [row for each in parts for row in each.seen.values()])
    return True


def _first_us(cluster: Cluster, link: Link) -> int:
    row = cluster.seen.get((link.mapping, link.id or ""))
    return row.first_us if row is not None else 0


async def _new_cluster(tx: Transaction, concept: Concept, records: Sequence[str], old: str) -> Cluster:
    """A golden record for records that leave another one: its alias of before, or one that never was."""
    number = 0
    while True:
        id_ = golden_id(concept.name, [f"{min(records)}#{number}" if number else min(records)])
        known = await tx.clusters([id_])
        if not known:
            return Cluster(golden=new_golden(id_, concept), links=[])
        if known[0].golden.life == "merged" and known[0].golden.merged_into == old:
            return known[0]
        number += 1


async def _follow_split(hub: Hub, tx: Transaction, old: str, moved: ReadOnly[tuple[str, str], str]) -> None:
    """Who referred to a record that left refers to its golden record now (W5)."""
    ids = await tx.dependants([old, *(record_key(*record) for record in moved)])
    clusters = [c for c in await tx.clusters(sorted(ids)) if aim_elsewhere(c, old, moved, hub.model)]
    await _save_aimed(hub, tx, clusters)
    await tx.mark("settle", ids)


async def _save_aimed(hub: Hub, tx: Transaction, clusters: Sequence[Cluster]) -> None:
    """Clusters that refer to another golden record now, which may move as well before they are settled (W5)."""
    await tx.save_clusters(clusters)
    for cluster in clusters:
        await save_references(hub, tx, cluster)


async def _save(
    hub: Hub, tx: Transaction, clusters: Sequence[Cluster], events: Sequence[Event], gates: _Gates
) -> None:
    for event in events:
        event.at_us, event.run = hub.clock.now_us(), hub.run
    await tx.record(events)
    await settle_clusters(hub, tx, clusters, gates, await reviewed_records(tx))
    await wake_dependants(tx, clusters)


# join and merge


async def _unite_page(
    hub: Hub, tx: Transaction, concept: Concept, gates: _Gates, page: Sequence[Decision], opened: set[str]
) -> int:
    tied = {key for d in page if d.verdict == "same" for key in (d.a, d.b)}
    said = await said_about(tx, concept.name, tied)
    same = {pair: d for pair, d in said.items() if d.verdict == "same"}
    rows = await rows_by_key(tx, [key for d in same.values() for key in (d.a, d.b)])
    goldens = sorted({row.golden for row in rows.values() if row.golden is not None})
    clusters = {c.golden.id: c for c in await tx.clusters(goldens)}
    bound = [(key, f"\0{row.golden}") for key, row in rows.items() if row.golden is not None]
    records = {record_key(*record) for c in clusters.values() for record in c.seen} | rows.keys()
    decisions = await tx.decisions_on(concept.name, records)
    linked = 0
    for group in groups_of([*same, *bound]):
        parties = [_party(key, rows.get(key)) for key in group if not key.startswith("\0")]
        plan = unite(parties, clusters, concept, decisions)
        if plan.blocked:
            await _ask(hub, tx, concept, parties, plan, rows, opened)
        elif plan.release:
            await release(tx, [rows[key] for key in plan.release])
            await touch_records(hub, tx, [rows[key] for key in plan.release])
        elif plan.join or plan.losers:
            linked += await _join(hub, tx, concept, gates, plan, clusters, rows)
    done = [d for pair, d in same.items() if d.todo and _is_done(pair, rows)]
    await tx.save_decisions([d._replace(todo=False) for d in done])
    return linked


def _is_done(pair: tuple[str, str], rows: ReadOnly[str, Seen]) -> bool:
    a, b = (rows[key].golden if key in rows else None for key in pair)
    return a is not None and a == b


def _party(key: str, row: Seen | None) -> Party:
    if row is None:
        return Party(key=key, gone=True)
    held = LEFT_OUT if row.excluded else row.held
    return Party(key=key, mapping=row.mapping, golden=row.golden, held=held, gone=bool(row.gone))


async def _ask(
    hub: Hub,
    tx: Transaction,
    concept: Concept,
    parties: Sequence[Party],
    plan: Uniting,
    rows: ReadOnly[str, Seen],
    opened: set[str],
) -> None:
    """What stands in the way of a decision is a review; who is not linked yet is held for it."""
    goldens = sorted({p.golden for p in parties if p.golden is not None})
    members = [p.key for p in parties if not p.gone or p.golden is not None]
    review = Review(
        id=review_id(concept.name, DECIDED, min(members)),
        concept=concept.name,
        rule=DECIDED,
        key=min(members),
        kind="cluster" if plan.join else "merge",
        members=members,
        goldens=goldens,
        reason=plan.blocked,
        at_us=hub.clock.now_us(),
    )
    opened.add(review.id)
    known = {r.id: r for r in await tx.reviews(concept.name)}.get(review.id)
    if known is not None:
        review.at_us = known.at_us
    if known != review:
        await keep_reviews(tx, concept.name, [review])
    held = [rows[key] for key in plan.join if rows[key].held != review.id]
    for row in held:
        row.held = review.id
    await tx.save_seen(held)


async def _join(
    hub: Hub,
    tx: Transaction,
    concept: Concept,
    gates: _Gates,
    plan: Uniting,
    clusters: dict[str, Cluster],
    rows: ReadOnly[str, Seen],
) -> int:
    members = [Member(*record_parts(key), None, "") for key in plan.join]
    by_record = {record_parts(key): row for key, row in rows.items()}
    events: list[Event] = []
    if plan.losers and plan.golden is not None:
        losers = [clusters[id_] for id_ in plan.losers]
        events = merge_clusters(clusters[plan.golden], losers, hub.model)
        await tx.save_clusters(losers)
        for id_ in plan.losers:
            await tx.save_references(id_, [])
        for mark in MARKS:
            await tx.unmark(mark, plan.losers)
    join = Join(golden=plan.golden, members=members)
    id_ = plan.golden or (await golden_ids(tx, concept, [join], by_record))[0]
    cluster = join_records(hub, concept, join, id_, clusters, by_record) if members else clusters[id_]
    if plan.losers:
        await _follow_merge(hub, tx, cluster, plan.losers)
        for event in events:
            event.at_us, event.run = hub.clock.now_us(), hub.run
        await tx.record(events)
        for key in rows.keys() & {record_key(*record) for record in cluster.seen}:
            rows[key].golden = id_
    await save_joined(hub, tx, [join], [cluster], gates, DECIDED)
    await touch_records(hub, tx, list(cluster.seen.values()))
    return len(members) + len(plan.losers)


async def _follow_merge(hub: Hub, tx: Transaction, winner: Cluster, losers: Sequence[str]) -> None:
    """Who referred to a golden record that was merged refers to the one that stays (W5)."""
    ids = await tx.dependants(losers)
    others = await tx.clusters(sorted(ids - {winner.golden.id, *losers}))
    for cluster in (winner, *others):
        concept = hub.model.concepts[cluster.golden.concept]
        for loser in losers:
            move_values(cluster, concept, loser, winner.golden.id)
    await _save_aimed(hub, tx, others)
    await tx.mark("settle", [c.golden.id for c in others])
