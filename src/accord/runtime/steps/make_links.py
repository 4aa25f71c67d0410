"""Records become links of golden records: the rows that linking and the decisions of people both change."""

from collections.abc import Mapping as ReadOnly, Sequence

from accord.core.link import Join, golden_id, new_golden, new_link
from accord.core.model import Concept
from accord.core.state import TO_BE_READ, Cluster, Event, Fetch, Seen, record_key
from accord.core.work import Gate
from accord.ports.store import Transaction
from accord.runtime.hub import Hub
from accord.runtime.settling import reviewed_records, settle_clusters, wake_dependants, wake_referred

__all__ = ["golden_ids", "join_records", "release", "save_joined"]


async def release(tx: Transaction, rows: Sequence[Seen]) -> None:
    """What was seen of a record that was held may be old: it is read again before anything is decided (W13)."""
    for row in rows:
        row.held = TO_BE_READ
    await tx.save_seen(rows)
    await tx.ask(Fetch(row.mapping, row.id, TO_BE_READ) for row in rows)


async def save_joined(
    hub: Hub,
    tx: Transaction,
    joins: Sequence[Join],
    clusters: Sequence[Cluster],
    gates: ReadOnly[str, Gate],
    rule: str,
) -> None:
    """Settle what was joined, remember why it was, and wake those who refer to it."""
    linked = [
        Event(
            kind="linked",
            golden=cluster.golden.id,
            record=record_key(member.mapping, member.id),
            rule=rule,
            at_us=hub.clock.now_us(),
            run=hub.run,
        )
        for join, cluster in zip(joins, clusters, strict=True)
        for member in join.members
    ]
    await tx.record(linked)
    await settle_clusters(hub, tx, clusters, gates, await reviewed_records(tx))
    await wake_dependants(tx, clusters)
    await wake_referred(hub, tx, clusters)
    hub.at("linked")


async def golden_ids(
    tx: Transaction, concept: Concept, joins: Sequence[Join], rows: ReadOnly[tuple[str, str], Seen]
) -> list[str]:
    """Ids of the golden records of joins; one that is another's already is not given to a new record (S10)."""
    ids, again = [], {}
    for at, join in enumerate(joins):
        names = {record_key(m.mapping, m.id): rows[m.mapping, m.id] for m in join.members}
        ids.append(join.golden or golden_id(concept.name, names))
        first = min(names)
        if join.golden is None and names[first].seq > 1:
            again[at] = golden_id(concept.name, [f"{first}@{names[first].first_us}"])
    if again:
        known = {cluster.golden.id for cluster in await tx.clusters([ids[at] for at in again])}
        ids = [again[at] if at in again and id_ in known else id_ for at, id_ in enumerate(ids)]
    return ids


def join_records(
    hub: Hub,
    concept: Concept,
    join: Join,
    id_: str,
    clusters: ReadOnly[str, Cluster],
    rows: ReadOnly[tuple[str, str], Seen],
) -> Cluster:
    """The cluster with the joined records as links without a base; settling gives them one (M6)."""
    cluster = clusters[id_] if join.golden else Cluster(golden=new_golden(id_, concept), links=[])
    for member in join.members:
        row = rows[member.mapping, member.id]
        link = new_link(cluster.golden.id, hub.model.mappings[member.mapping], row.id)
        link.incarnation = 1 + max(
            (k.incarnation for k in cluster.links if k.mapping == link.mapping), default=-1
        )
        row.golden, row.held = cluster.golden.id, ""
        cluster.links.append(link)
        cluster.seen[row.mapping, row.id] = row
    if cluster.golden.life != "alive":
        cluster.golden.life = "alive"
    return cluster
