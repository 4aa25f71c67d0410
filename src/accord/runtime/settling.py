"""Settle golden records by the batch, each batch in one transaction."""

from collections.abc import Collection, Iterable, Mapping as ReadOnly, Sequence
from functools import partial

from msgspec import Struct

from accord.core.settle import Settled, settle
from accord.core.state import Cluster, Review, record_key
from accord.core.work import Gate, Hold
from accord.ports.store import Transaction
from accord.runtime.asking import keep_asking
from accord.runtime.hub import Hub, referred_goldens
from accord.runtime.pulling import referred_by
from accord.runtime.scans import rows_by_key
from accord.runtime.team import divided

__all__ = [
    "SettlePiece",
    "keep_reviews",
    "reviewed_records",
    "save_references",
    "save_settled",
    "settle_clusters",
    "settle_dirty",
    "settle_piece",
    "waits_for_time",
    "wake_dependants",
    "wake_referred",
    "wake_waiting",
]


async def reviewed_records(tx: Transaction) -> dict[str, str]:
    """Record key -> id of an open review that concerns it."""
    return {member: review.id for review in await tx.reviews() for member in review.members}


async def keep_reviews(
    tx: Transaction, concept: str, reviews: Sequence[Review] = (), closed: Collection[str] = ()
) -> list[Review]:
    """Save reviews and close others, those that were open. Who was in one and is in it no more is settled again: it
    was all that kept its creates from being made (W13 d)."""
    if not reviews and not closed:
        return []
    known = {review.id: review for review in await tx.reviews(concept)}
    closing = [known[id_] for id_ in dict.fromkeys(closed) if id_ in known]
    left = {member for review in closing for member in review.members}
    for review in (review for review in reviews if review.id in known):
        left.update({*known[review.id].members} - {*review.members})
    await tx.close_reviews([review.id for review in closing])
    await tx.save_reviews(reviews)
    rows = (await rows_by_key(tx, left)).values()  # also of who is gone: it may be made again (G3)
    await tx.mark("settle", {row.golden for row in rows if row.golden is not None})
    return closing


class SettlePiece(Struct, frozen=True):
    """Golden records that are marked."""

    goldens: list[str]


async def settle_dirty(hub: Hub) -> int:
    """Settle every golden record that is marked; how many there were."""
    done, after = 0, ""
    while True:
        width = hub.team.width
        async with hub.store.transaction() as tx:
            ids = await tx.marked("settle", after, hub.limits.settle * width)
            parts = divided(ids, width, hub.limits.least_to_settle)
            if len(parts) == 1:
                await _settle(hub, tx, ids)
        if not ids:
            return done
        if len(parts) > 1:
            pieces = [SettlePiece([*part]) for part in parts]
            await hub.team.run("settle", pieces, partial(settle_piece, hub))
        done += len(ids)
        after = ids[-1]


async def settle_piece(hub: Hub, piece: SettlePiece) -> int:
    """Settle some golden records in one transaction; how many they were."""
    async with hub.store.transaction() as tx:
        await _settle(hub, tx, piece.goldens)
    return len(piece.goldens)


async def _settle(hub: Hub, tx: Transaction, ids: Sequence[str]) -> None:
    gates = await hub.gates(tx)
    await settle_clusters(hub, tx, await tx.clusters(ids), gates, await reviewed_records(tx))


async def settle_clusters(
    hub: Hub,
    tx: Transaction,
    clusters: Sequence[Cluster],
    gates: ReadOnly[str, Gate],
    reviewed: ReadOnly[str, str],
) -> list[Settled]:
    """Settle clusters and save what came out; those with writes due are marked for share."""
    context = await hub.context(tx, clusters, gates, reviewed=reviewed)
    settled = [settle(cluster, context) for cluster in clusters]
    await save_settled(hub, tx, settled)
    hub.at("settled")
    return settled


def waits_for_time(hold: Hold) -> bool:
    """True when a write will be due as soon as an entity type was read again (W13), or a while has passed."""
    return hold.state == "waiting" or hold.until_us is not None


def _waits(settled: Settled) -> bool:
    """True when a golden record is to be looked at again; it may be one of a ring of creates that wait for each other
    (W5)."""
    return any(h.waits_for or waits_for_time(h) for h in settled.holds)


async def wake_waiting(hub: Hub) -> None:
    """After a read: what waited for one is looked at again."""
    async with hub.store.transaction() as tx:
        while ids := await tx.marked("wait", "", hub.limits.page):
            await tx.mark("share", ids)
            await tx.unmark("wait", ids)


async def save_settled(hub: Hub, tx: Transaction, settled: Sequence[Settled]) -> None:
    """Save rows, history, fetches, references and marks of what was settled."""
    await tx.save_clusters([s.cluster for s in settled])
    await tx.record([event for s in settled for event in s.events])
    await tx.ask([fetch for s in settled for fetch in s.fetches])
    await tx.unmark("settle", [s.cluster.golden.id for s in settled])
    await tx.mark("share", [s.cluster.golden.id for s in settled if s.dues])
    await tx.unmark("share", [s.cluster.golden.id for s in settled if not s.dues])
    await tx.mark("wait", [s.cluster.golden.id for s in settled if _waits(s)])
    await keep_asking(tx, hub.model, [s.cluster for s in settled])
    await _part_again(tx, settled)
    for s in settled:
        await save_references(hub, tx, s.cluster)
        hub.found.take(s, hub.model.concepts[s.cluster.golden.concept])
    await wake_dependants(tx, [s.cluster for s in settled if _moves_references(s)])
    await wake_referred(hub, tx, [s.cluster for s in settled if s.events])


async def _part_again(tx: Transaction, settled: Sequence[Settled]) -> None:
    """What a create turns out to have made may be known as another thing than what it was made for (L6)."""
    made: dict[str, list[str]] = {}
    for s in settled:
        keys = [event.record for event in s.events if event.kind == "created"]
        if keys:
            made.setdefault(s.cluster.golden.concept, []).extend(keys)
    for concept, keys in made.items():
        said = await tx.decisions_on(concept, keys)
        apart = [d for d in said if d.verdict == "different" and not d.todo]
        if apart:
            await tx.save_decisions([d._replace(todo=True) for d in apart])


async def save_references(hub: Hub, tx: Transaction, cluster: Cluster) -> None:
    """Note what a golden record refers to: it is settled again when that moves (W5)."""
    concept = hub.model.concepts[cluster.golden.concept]
    if not concept.references:
        return
    targets = {record_key(*record) for record in hub.referred_records(cluster)}
    targets |= referred_goldens(cluster, concept)
    await tx.save_references(cluster.golden.id, targets)


def _moves_references(settled: Settled) -> bool:
    return any(event.kind in ("created", "gone", "revived", "deleted") for event in settled.events)


async def wake_referred(hub: Hub, tx: Transaction, clusters: Iterable[Cluster]) -> None:
    """What golden records refer to that were linked, created or changed just now may be pulled in (W6)."""
    if hub.model.pulls:
        await tx.mark("settle", {golden for c in clusters for golden in referred_by(hub.model, c)})


async def wake_dependants(tx: Transaction, clusters: Iterable[Cluster]) -> None:
    """What refers to a record that was linked, created or lost just now is settled again (W5)."""
    targets: set[str] = set()
    for cluster in clusters:
        targets.add(cluster.golden.id)
        targets.update(record_key(link.mapping, link.id) for link in cluster.links if link.id)
    if targets:
        await tx.mark("settle", await tx.dependants(targets))
