"""Link: match unlinked records together, rule by rule; the rest get golden records of their own."""

from collections.abc import Iterable, Iterator, Mapping as ReadOnly, Sequence

from accord.core.intake import values_of
from accord.core.link import Join, Linking, gives_several, link_groups
from accord.core.matching import rule_keys, texts_of, vetoes_of
from accord.core.model import Concept, Mapping, MatchRule
from accord.core.state import (
    IN_FLIGHT,
    Group,
    Link,
    Member,
    Review,
    Seen,
)
from accord.core.work import Gate
from accord.ports.store import Transaction
from accord.runtime.hub import Hub
from accord.runtime.scans import seen_rows
from accord.runtime.settling import keep_reviews
from accord.runtime.steps.follow_decisions import DECIDED, apply_decisions, refusals
from accord.runtime.steps.make_links import golden_ids, join_records, release, save_joined
from accord.runtime.steps.restored_hub import restore_of
from accord.runtime.steps.restored_newcomers import tell_apart

__all__ = ["hold_newcomers", "link_all"]


async def link_all(hub: Hub) -> int:
    """Link what can be linked; the number of records that were.

    To be called when no read of a concept is under way (the first time: after all first reads). A concept of which an
    entity type was never read completely is left alone; where that one is paused, only its own records are.
    """
    linked = 0
    for concept in hub.model.concepts.values():
        async with hub.store.transaction(dry=True) as tx:
            gates, restore = await hub.gates(tx), await restore_of(hub, tx)
        mappings = hub.model.mappings_of(concept.name)
        if not all(gates[m.key].complete or gates[m.key].paused for m in mappings):
            continue
        linked += await apply_decisions(hub, concept, gates)
        for rule in concept.rules:
            linked += await _apply_rule(hub, concept, rule, gates)
        if restore is not None and concept.name in restore.untold:
            linked += await tell_apart(hub, concept, gates, restore)
        fresh = restore is not None and concept.name in restore.fresh
        async with hub.store.transaction(dry=True) as tx:
            known = [m for m in mappings if gates[m.key].complete and not fresh]
            rest = [m for m in known if await tx.waiting(m.key, "", 1)]
        for mapping in rest:  # not where a backup was restored: a create of before may be one of them (S11)
            linked += await _adopt_rest(hub, concept, mapping, gates)
    return linked


async def hold_newcomers(hub: Hub) -> None:
    """While a create is of unknown outcome, a newcomer there is held that is it, or that our id can not tell from it;
    those held for that reason are read again once it is known (W13, L5)."""
    async with hub.store.transaction() as tx:
        for mapping in hub.model.mappings.values():
            keys = await _creating(hub, tx, mapping)
            if keys:
                await _hold_waiting(hub, tx, mapping, keys)
            else:
                await _release_held(hub, tx, mapping)


async def _hold_waiting(hub: Hub, tx: Transaction, mapping: Mapping, keys: set[str]) -> None:
    after, told = "", bool(mapping.declaration.our_id)
    while rows := await tx.waiting(mapping.key, after, hub.limits.page):
        after = rows[-1].id
        held = [row for row in rows if not told or row.our_id in keys]
        for row in held:
            row.held = IN_FLIGHT
        await tx.save_seen(held)


async def _release_held(hub: Hub, tx: Transaction, mapping: Mapping) -> None:
    after = ""
    while rows := await tx.held(mapping.key, after, hub.limits.page):
        after = rows[-1].id
        await release(tx, [row for row in rows if row.held == IN_FLIGHT])


async def _creating(hub: Hub, tx: Transaction, mapping: Mapping) -> set[str]:
    """Keys of the creates that are under way in an entity type."""
    keys: set[str] = set()
    after = ""
    while ids := await tx.open_links(mapping.key, after, hub.limits.page):
        after = ids[-1]
        for link in (link for cluster in await tx.clusters(ids) for link in cluster.links):
            if link.life == "creating" and link.open is not None and link.mapping == mapping.key:
                keys.add(link.open.key)
    return keys


async def _apply_rule(hub: Hub, concept: Concept, rule: MatchRule, gates: ReadOnly[str, Gate]) -> int:
    linked, after = 0, ""
    most = (rule.max_share + 1) * len(hub.model.mappings_of(concept.name))
    while True:
        async with hub.store.transaction() as tx:
            groups = await tx.touched(concept.name, rule.name, after, hub.limits.settle, most)
            if not groups:
                return linked
            linked += await _link_page(hub, tx, concept, rule, groups, gates)
            await tx.untouch(concept.name, rule.name, [group.key for group in groups])
        if len(groups) < hub.limits.settle:
            return linked
        after = groups[-1].key


async def _link_page(
    hub: Hub,
    tx: Transaction,
    concept: Concept,
    rule: MatchRule,
    groups: list[Group],
    gates: ReadOnly[str, Gate],
) -> int:
    rows = await seen_rows(tx, _members(groups, rule))
    if gives_several(rule, concept):
        groups = await _with_neighbours(hub, tx, concept, rule, groups, rows)
    if _looks(rule):
        for group in groups:
            group.members = [_with_texts(hub, concept, rule, m, rows) for m in group.members]
    every = {m.key for m in hub.model.mappings_of(concept.name)}
    open_groups = [g for g in groups if not _settled(g, every)]
    ids = sorted({m.golden for g in open_groups for m in g.members if m.golden is not None})
    clusters = {c.golden.id: c for c in await tx.clusters(ids)} if ids else {}
    occupied = {
        id_: {k.mapping: k.life == "creating" for k in c.links if k.life == "live" or _creates(k)}
        for id_, c in clusters.items()
    }
    others = await _other_reviews(tx, concept, rule, groups)
    stronger = {id_: _is_stronger(concept, review.rule, rule) for id_, review in others.items()}
    refused = await refusals(tx, concept, [m for g in open_groups for m in g.members], clusters.values())
    linking = link_groups(groups, rule, concept, occupied, hub.clock.now_us(), stronger, refused)
    if rule.similar is not None:
        linking.closed.extend(await _alike_no_more(tx, concept, rule, groups, linking.reviews))
    await tx.touch_keys(concept.name, [(others[id_].rule, _key(others[id_])) for id_ in sorted(linking.left)])
    await _save_reviews(tx, concept, linking, rows)
    ids = await golden_ids(tx, concept, linking.joins, rows)
    joined = [
        join_records(hub, concept, *named, clusters, rows) for named in zip(linking.joins, ids, strict=True)
    ]
    free = [g for g, taken in occupied.items() if g in linking.touched and len(taken) < len(every)]
    await tx.mark("settle", free)  # a create there may be free now
    await save_joined(hub, tx, linking.joins, joined, gates, rule.name)
    return sum(len(join.members) for join in linking.joins)


async def _other_reviews(
    tx: Transaction, concept: Concept, rule: MatchRule, groups: Sequence[Group]
) -> dict[str, Review]:
    """Open reviews of other rules by id, where one of them may hold an unlinked member."""
    if not any(m.held for g in groups for m in g.members if m.golden is None):
        return {}
    return {r.id: r for r in await tx.reviews(concept.name) if r.rule != rule.name}


async def _alike_no_more(
    tx: Transaction, concept: Concept, rule: MatchRule, groups: Sequence[Group], now: Sequence[Review]
) -> list[str]:
    """Ids of open reviews of a rule of near matches that are none now: each key may have several (L7)."""
    keys, open_now = {g.key for g in groups}, {review.id for review in now}
    mine = [r for r in await tx.reviews(concept.name) if r.rule == rule.name and _key(r) in keys]
    return [review.id for review in mine if review.id not in open_now]


def _key(review: Review) -> str:
    """The match key of a review's group."""
    return review.key.partition("\0")[0]


def _is_stronger(concept: Concept, name: str, rule: MatchRule) -> bool:
    """True for the name of a rule that comes before another one (L4), and for what people decided (L6)."""
    names = [each.name for each in concept.rules]
    return name == DECIDED or name in names[: names.index(rule.name)]


async def _with_neighbours(
    hub: Hub,
    tx: Transaction,
    concept: Concept,
    rule: MatchRule,
    groups: Sequence[Group],
    rows: dict[tuple[str, str], Seen],
) -> list[Group]:
    """Groups, and all others that their unlinked records bear keys of too: they are matched as a whole (L3)."""
    most = (rule.max_share + 1) * len(hub.model.mappings_of(concept.name))
    known, new = {group.key: group for group in groups}, list(groups)
    while new:
        unlinked = [rows[m.mapping, m.id] for group in new for m in group.members if m.golden is None]
        values = [values_of(row.raw, hub.model.mappings[row.mapping], concept) for row in unlinked]
        keys = {key for each in values for key in rule_keys(rule, each)} - known.keys()
        new = await tx.groups(concept.name, [(rule.name, key) for key in keys], most)
        known.update((group.key, group) for group in new)
        rows.update(await seen_rows(tx, _members(new, rule)))
    return [group for _, group in sorted(known.items())]


def _creates(link: Link) -> bool:
    return link.life == "creating" and link.open is not None


def _settled(group: Group, every: set[str]) -> bool:
    """True for a golden record that has a record everywhere, alone under its key: there is nothing to decide."""
    goldens = {member.golden for member in group.members}
    return len(goldens) == 1 and None not in goldens and {member.mapping for member in group.members} == every


def _members(groups: Iterable[Group], rule: MatchRule) -> Iterator[tuple[str, str]]:
    """Records of groups whose rows a rule is to know: unlinked ones, and all where it looks at more than keys."""
    return ((m.mapping, m.id) for g in groups for m in g.members if m.golden is None or _looks(rule))


def _looks(rule: MatchRule) -> bool:
    """True for a rule that looks at more than keys."""
    return bool(rule.vetoes) or rule.similar is not None


def _with_texts(
    hub: Hub, concept: Concept, rule: MatchRule, member: Member, rows: ReadOnly[tuple[str, str], Seen]
) -> Member:
    mapping = hub.model.mappings[member.mapping]
    row = rows[member.mapping, member.id]
    values = values_of(row.raw, mapping, concept)
    likeness = texts_of(rule.similar.parts, values) if rule.similar is not None else ()
    return member._replace(vetoes=vetoes_of(rule, values), likeness=likeness)


async def _save_reviews(
    tx: Transaction, concept: Concept, linking: Linking, rows: ReadOnly[tuple[str, str], Seen]
) -> None:
    held = []
    for member, reason in linking.hold:
        row = rows[member.mapping, member.id]
        row.held = reason
        held.append(row)
    await tx.save_seen(held)
    await release(tx, [rows[m.mapping, m.id] for m in linking.release])
    await keep_reviews(tx, concept.name, linking.reviews, linking.closed)


async def _adopt_rest(hub: Hub, concept: Concept, mapping: Mapping, gates: ReadOnly[str, Gate]) -> int:
    """Records that nothing matched get golden records of their own."""
    linked, after = 0, ""
    while True:
        async with hub.store.transaction() as tx:
            rows = await tx.waiting(mapping.key, after, hub.limits.settle)
            if not rows:
                return linked
            after = rows[-1].id
            by_record = {(row.mapping, row.id): row for row in rows}
            joins = [Join(golden=None, members=[Member(row.mapping, row.id, None, "")]) for row in rows]
            ids = await golden_ids(tx, concept, joins, by_record)
            clusters = [
                join_records(hub, concept, *named, {}, by_record) for named in zip(joins, ids, strict=True)
            ]
            await save_joined(hub, tx, joins, clusters, gates, "")
        linked += len(rows)
        if len(rows) < hub.limits.settle:
            return linked
