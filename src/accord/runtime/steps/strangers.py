"""Strangers: unlinked records that may be what is about to be created (W13 c)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping as ReadOnly, Sequence

from accord.core.intake import keys_of_seen, values_of
from accord.core.matching import keys_of, texts_of
from accord.core.matching.similar import score
from accord.core.model import Concept, MatchRule
from accord.core.state import Cluster, Group, Seen, record_key
from accord.ports.store import Transaction
from accord.runtime.hub import Hub
from accord.runtime.scans import seen_rows
from accord.runtime.steps.follow_decisions import refusals

__all__ = ["find_strangers"]

_MOST = 100

Records = ReadOnly[tuple[str, str], Seen]


async def find_strangers(
    hub: Hub, tx: Transaction, clusters: Sequence[Cluster]
) -> frozenset[tuple[str, str]]:
    """(golden, mapping) where an unlinked record bears a key of the golden record, and no person refused the two (L6).

    The match index is asked once more at the moment of sending.
    """
    found: set[tuple[str, str]] = set()
    by_concept: dict[str, list[Cluster]] = {}
    for cluster in clusters:
        there = {k.mapping for k in cluster.links if k.life == "live" or k.open is not None}
        if len(there) < len(hub.model.mappings_of(cluster.golden.concept)):
            by_concept.setdefault(cluster.golden.concept, []).append(cluster)
    for name, some in by_concept.items():
        found |= await _of_concept(hub, tx, hub.model.concepts[name], some)
    return frozenset(found)


async def _of_concept(
    hub: Hub, tx: Transaction, concept: Concept, clusters: Sequence[Cluster]
) -> set[tuple[str, str]]:
    again = {c.golden.id for c in clusters if any(link.kept is not None for link in c.links)}
    keys: dict[tuple[str, str], set[str]] = {}
    for cluster in clusters:
        for pair in _keys(hub, concept, cluster, made_again=cluster.golden.id in again):
            keys.setdefault(pair, set()).add(cluster.golden.id)
    rules = {rule.name: rule for rule in concept.rules}
    groups = [g for g in await tx.groups(concept.name, keys, _MOST) if _identifies(g, rules[g.rule])]
    members = {(m.mapping, m.id): m for g in groups for m in g.members if m.golden is None or again}
    if not members:
        return set()
    refused = await refusals(tx, concept, members.values(), clusters)
    by_id = {cluster.golden.id: cluster for cluster in clusters}
    rows = await seen_rows(tx, members)
    return {
        (golden, member.mapping)
        for group in groups
        for member in group.members
        for golden in keys[group.rule, group.key]
        if (member.golden is None or (golden in again and member.golden != golden))
        and golden not in refused.get(member.golden or record_key(member.mapping, member.id), ())
        and _is_alike(
            hub, concept, rules[group.rule], rows[member.mapping, member.id], by_id[golden].seen.values()
        )
    }


def _keys(hub: Hub, concept: Concept, cluster: Cluster, *, made_again: bool) -> Iterator[tuple[str, str]]:
    """Match keys (rule, key) of a golden record: those of its records; of one that is made again those of its values
    too, for nothing of it may be there, and somebody may have entered it anew (G3)."""
    if made_again:
        yield from keys_of(concept, cluster.golden.value)
    for seen in cluster.seen.values():
        if seen.mapping in hub.model.mappings:
            for key in keys_of_seen(seen, hub.model.mappings[seen.mapping], concept):
                yield key.rule, key.key


def _identifies(group: Group, rule: MatchRule) -> bool:
    """False for a key that too many records bear (L2)."""
    return max(Counter(m.mapping for m in group.members).values()) <= rule.max_share


def _is_alike(hub: Hub, concept: Concept, rule: MatchRule, row: Seen, others: Iterable[Seen]) -> bool:
    """True unless the rule wants likeness, and the record is like none of a golden record's (L7)."""
    similar = rule.similar
    if similar is None:
        return True

    def texts(seen: Seen) -> tuple[str | None, ...]:
        return texts_of(similar.parts, values_of(seen.raw, hub.model.mappings[seen.mapping], concept))

    mine = texts(row)
    return any(
        score(mine, texts(other)) >= similar.propose
        for other in others
        if other.mapping in hub.model.mappings
    )
