"""Records that were merged inside a system: the link moves to the winner, or a person looks (S10)."""

from collections.abc import Sequence

from accord.core.intake import keys_of_seen
from accord.core.link import new_link, review_id
from accord.core.model import Mapping
from accord.core.observation import Observation
from accord.core.stamps import BOTTOM
from accord.core.state import Cluster, Link, Review, Seen, record_key
from accord.core.values import MISSING
from accord.ports.store import Transaction
from accord.runtime.hub import Hub
from accord.runtime.steps.make_links import release

__all__ = ["follow_merges"]


async def follow_merges(
    hub: Hub, tx: Transaction, mapping: Mapping, observations: Sequence[Observation]
) -> list[Observation]:
    """Move the links of records that went into others; the observations that are left to be taken in.

    Reviews of the two are looked at again (L3). A record that became one of another type keeps its golden record, where
    that type is mapped to the same concept (L11). Where the winner is linked to another golden record the loser is only
    gone, and a review proposes to join the two; where its golden record has another record of that type, it is gone.
    """
    rest, now_us = [], hub.clock.now_us()
    for observation in observations:
        target = _target(hub, mapping, observation)
        if target is None:
            rest.append(observation)
            continue
        loser = (await tx.seen(mapping.key, [observation.id])).get(observation.id)
        winner = (await tx.seen(target.key, [observation.successor])).get(observation.successor)
        if loser is None or loser.golden is None or loser.gone:
            rest.append(observation)
        elif winner is not None and winner.golden not in (None, loser.golden):
            rest.append(observation)
            await tx.save_reviews([_review(mapping.concept, loser, winner, now_us)])
        elif await _is_taken(hub, tx, loser, target, observation.successor):
            rest.append(observation)
        else:
            concept = hub.model.concepts[mapping.concept]
            keys = keys_of_seen(loser, mapping, concept)
            added = keys_of_seen(winner, target, concept) if winner is not None else []
            await tx.change_keys(concept.name, keys, added)
            await _move(tx, target, loser, winner, observation.successor, now_us)
    return rest


async def _is_taken(hub: Hub, tx: Transaction, loser: Seen, target: Mapping, successor: str) -> bool:
    """True where a record of another type has no place in the golden record, for there is one of that type (L1)."""
    if target.key == loser.mapping or hub.model.concepts[target.concept].duplicates == "link":
        return False
    links = [link for cluster in await tx.clusters([loser.golden or ""]) for link in cluster.links]
    return any(k.mapping == target.key and k.life == "live" and k.id != successor for k in links)


def _target(hub: Hub, mapping: Mapping, observation: Observation) -> Mapping | None:
    """The mapping of the record that another one went into; None where it went nowhere that is mapped alike."""
    if observation.gone != "merged" or not observation.successor:
        return None
    if not observation.successor_type:
        return mapping
    entity_type = f"{mapping.system}.{observation.successor_type}"
    return next((m for m in hub.model.mappings_of(mapping.concept) if m.entity_type == entity_type), None)


async def _move(
    tx: Transaction, target: Mapping, loser: Seen, winner: Seen | None, successor: str, now_us: int
) -> None:
    """The link stands for the winner from now on, which is read before it is written; its shadow stays, so that what
    differs there is an edit. A record of another type has other columns, and no base (M6)."""
    golden = loser.golden or ""
    if winner is None:
        raws = [MISSING] * len(target.properties)
        winner = Seen(mapping=target.key, id=successor, raw=list(raws), first_us=now_us, seq=0)
    for cluster in await tx.clusters([golden]):
        for link in [k for k in cluster.links if (k.mapping, k.id) == (loser.mapping, loser.id)]:
            if target.key == loser.mapping:
                link.id, link.seq = successor, winner.seq
                link.own_version = link.own_modified_us = None  # which our write made of the loser (S6)
                _forget_absent(link, winner)
            else:
                _change_type(cluster, link, target, successor)
        winner.golden = golden
        loser.golden, loser.gone, loser.successor = None, "merged", successor
        cluster.seen = {(target.key, successor): winner}
        await tx.save_clusters([cluster])
    await tx.save_seen([loser])
    await release(tx, [winner])  # what is known of it may be old, or only what identifies it (S2)
    both = {record_key(loser.mapping, loser.id), record_key(target.key, successor)}
    dependants = await tx.dependants(both)
    await tx.mark(
        "settle", {golden, *dependants}
    )  # who refers to the one or the other refers to the same (W5)


def _change_type(cluster: Cluster, link: Link, target: Mapping, successor: str) -> None:
    """The old link is a tombstone, for nobody wants another record of the old type; the new one has no base."""
    link.life, link.by, link.ruled, link.open = "tomb", "person", True, None
    link.suspects, link.rejected, link.pins = {}, {}, {}
    if all((k.mapping, k.id) != (target.key, successor) for k in cluster.links):
        new = new_link(link.golden, target, successor)
        new.incarnation = 1 + max(
            (k.incarnation for k in cluster.links if k.mapping == target.key), default=-1
        )
        cluster.links.append(new)


def _forget_absent(link: Link, winner: Seen) -> None:
    """What the winner does not show stands nowhere any more: it has no base, and is written (M6, S3)."""
    for column, raw in enumerate(winner.raw):
        if raw is MISSING:
            link.raw[column], link.base[column], link.same[column] = MISSING, BOTTOM, None
            link.suspects.pop(column, None)


def _review(concept: str, loser: Seen, winner: Seen, now_us: int) -> Review:
    members = [record_key(loser.mapping, loser.id), record_key(winner.mapping, winner.id)]
    return Review(
        id=review_id(concept, "merged", "\0".join(members)),
        concept=concept,
        rule="",
        key="",
        kind="merge",
        members=members,
        goldens=sorted({loser.golden or "", winner.golden or ""}),
        reason="its system merged the two records, and both are linked",
        at_us=now_us,
    )
