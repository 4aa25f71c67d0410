"""Records that were merged inside a system: the link moves to the winner, or a person looks (S10)."""

from collections.abc import Sequence

from accord.core.intake import keys_of_seen
from accord.core.link import review_id
from accord.core.model import Concept, Mapping
from accord.core.observation import Observation
from accord.core.stamps import BOTTOM
from accord.core.state import Fetch, Link, Review, Seen, record_key
from accord.core.values import MISSING
from accord.ports.store import Transaction

__all__ = ["follow_merges"]


async def follow_merges(
    tx: Transaction, mapping: Mapping, concept: Concept, observations: Sequence[Observation], now_us: int
) -> list[Observation]:
    """Move the links of records that went into others; the observations that are left to be taken in.

    Reviews of the two are looked at again (L3).

    Where the winner is linked to another golden record the loser is only gone, and a review proposes to join the two.
    """
    rest = []
    for observation in observations:
        if observation.gone != "merged" or not observation.successor:
            rest.append(observation)
            continue
        rows = await tx.seen(mapping.key, [observation.id, observation.successor])
        loser, winner = rows.get(observation.id), rows.get(observation.successor)
        if loser is None or loser.golden is None or loser.gone:
            rest.append(observation)
        elif winner is not None and winner.golden not in (None, loser.golden):
            rest.append(observation)
            await tx.save_reviews([_review(mapping, loser, winner, now_us)])
        else:
            keys = keys_of_seen(loser, mapping, concept)
            await tx.change_keys(concept.name, keys, keys_of_seen(winner, mapping, concept) if winner else [])
            await _move(tx, mapping, loser, winner, observation.successor, now_us)
    return rest


async def _move(
    tx: Transaction, mapping: Mapping, loser: Seen, winner: Seen | None, successor: str, now_us: int
) -> None:
    """The link stands for the winner from now on; its shadow stays, so that what differs there is an edit."""
    golden = loser.golden or ""
    if winner is None:
        raws = [MISSING] * len(mapping.properties)
        winner = Seen(mapping=mapping.key, id=successor, raw=list(raws), first_us=now_us, seq=0)
    for cluster in await tx.clusters([golden]):
        for link in cluster.links:
            if link.mapping == mapping.key and link.id == loser.id:
                link.id, link.seq = successor, winner.seq
                _forget_absent(link, winner)
        winner.golden, winner.held = golden, ""
        loser.golden, loser.gone, loser.successor = None, "merged", successor
        cluster.seen = {(mapping.key, successor): winner}
        await tx.save_clusters([cluster])
    await tx.save_seen([loser, winner])
    await tx.ask([Fetch(mapping.key, successor, "another record was merged into it", now_us)])
    dependants = await tx.dependants({record_key(mapping.key, loser.id)})
    await tx.mark("settle", {golden, *dependants})  # who referred to the one refers to the other (W5)


def _forget_absent(link: Link, winner: Seen) -> None:
    """What the winner does not show stands nowhere any more: it has no base, and is written (M6, S3)."""
    for column, raw in enumerate(winner.raw):
        if raw is MISSING:
            link.raw[column], link.base[column], link.same[column] = MISSING, BOTTOM, None
            link.suspects.pop(column, None)


def _review(mapping: Mapping, loser: Seen, winner: Seen, now_us: int) -> Review:
    members = [record_key(mapping.key, loser.id), record_key(mapping.key, winner.id)]
    return Review(
        id=review_id(mapping.concept, "merged", "\0".join(members)),
        concept=mapping.concept,
        rule="",
        key="",
        kind="merge",
        members=members,
        goldens=sorted({loser.golden or "", winner.golden or ""}),
        reason="its system merged the two records, and both are linked",
        at_us=now_us,
    )
