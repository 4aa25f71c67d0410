"""A changed configuration: rows take the new columns, and what has no base any more is read again (K1-K4)."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from accord.core.errors import AccordError, StopFlow
from accord.core.intake import keys_of_seen
from accord.core.model import Model
from accord.core.stamps import BOTTOM
from accord.core.state import IN_FLIGHT, TO_BE_READ, UNREADABLE, Cluster, Event, Fetch, Link, Seen, record_key
from accord.core.values import MISSING
from accord.ports.store import MARKS, Transaction
from accord.runtime.hub import Hub
from accord.runtime.scans import golden_pages, seen_pages
from accord.runtime.steps.approval import sync_first_again

__all__ = ["apply_configuration", "check_layout", "is_applied", "layout_of"]

T = TypeVar("T")
Pick = list[int | None]
"""Old column of each new one, None where there is none."""


def layout_of(model: Model) -> dict[str, Any]:
    """What rows of state depend on, as JSON data: columns, filter and concept by mapping, columns and match rules by
    concept."""
    mappings, concepts = sorted(model.mappings.items()), sorted(model.concepts.items())
    return {
        "mappings": {
            k: [[r.name, r.fingerprint, r.reads, r.enforce] for r in m.properties] for k, m in mappings
        },
        "filters": {k: m.filter for k, m in mappings},
        "switches": {k: [m.shares, m.full_sync] for k, m in mappings},
        "of": {k: m.concept for k, m in mappings},
        "concepts": {n: [[p.name, p.type] for p in c.properties] for n, c in concepts},
        "rules": {n: c.rules_fingerprint for n, c in concepts},
    }


async def is_applied(hub: Hub) -> bool:
    """True when the store's rows are laid out for this very configuration, and a person has confirmed it (K1)."""
    async with hub.store.transaction(dry=True) as tx:
        return bool(await tx.meta("fingerprint") == hub.model.fingerprint)


async def check_layout(hub: Hub, tx: Transaction) -> None:
    """Raises AccordError: rows are laid out for another configuration, so that their columns mean something else."""
    kept = await tx.meta("layout") or {}
    layout = layout_of(hub.model)
    for part in ("mappings", "of", "concepts"):
        for name, value in layout[part].items():
            if kept.get(part, {}).get(name, value) != value:
                raise AccordError(
                    f"the configuration of {name} has changed since the last sync: the state is of the old one",
                    remedy="Look at accord plan and confirm it with accord sync; or take the change back for now.",
                )


async def apply_configuration(hub: Hub) -> None:
    """Lay the rows out anew, in one transaction: a property that is not the same any more has no base (K2)."""
    layout = layout_of(hub.model)
    async with hub.store.transaction() as tx:
        old = {**{part: {} for part in layout}, **(await tx.meta("layout") or {})}
        if await tx.meta("fingerprint") == hub.model.fingerprint:
            return
        active = set(await tx.meta("active") or old["mappings"])
        for was, name in _renamed(hub.model, old["of"]).items():
            await _rename(hub, tx, was, name, old)
        for name in hub.model.concepts:
            await _relay_concept(hub, tx, name, old, layout, active)
        for name in old["concepts"].keys() - hub.model.concepts.keys():
            await _rest(hub, tx, name)
        await sync_first_again(tx, _switched_on(hub.model, old, active))
        await tx.save_meta("layout", {part: {**old[part], **layout[part]} for part in layout})
        await tx.save_meta("active", sorted(hub.model.mappings))
        await tx.save_meta("fingerprint", hub.model.fingerprint)
        await tx.save_meta("project", hub.model.project)
        hub.at("configured")


def _switched_on(model: Model, old: dict[str, Any], active: set[str]) -> set[str]:
    """Mappings in which records are created now that were not before, for a switch was off: that passes G1 as a first
    sync does (K5)."""
    on: set[str] = set()
    for key, mapping in model.mappings.items():
        shared, full = old["switches"].get(key, (True, True))
        if mapping.shares and not shared:
            on.add(key)
        if (mapping.full_sync and not full) or (key in old["mappings"] and key not in active):
            on.update(m.key for m in model.mappings_of(mapping.concept))
    return on


def _renamed(model: Model, of: dict[str, str]) -> dict[str, str]:
    """Old name -> new one, of concepts whose mappings all go by another name now.

    Raises StopFlow: a mapping went to another concept while others stayed, or went elsewhere; no link can follow it.
    """
    moves: dict[str, str] = {}
    for key, mapping in sorted(model.mappings.items()):
        was = of.get(key, mapping.concept)
        if was == mapping.concept:
            continue
        if was in model.concepts or moves.setdefault(was, mapping.concept) != mapping.concept:
            raise StopFlow(
                f"{key} was mapped to the concept {was}, and others of that one do not go to {mapping.concept} with it",
                remedy=f"Name a facet, {key}#{mapping.concept}: then its records are matched anew",
            )
    return moves


async def _rename(hub: Hub, tx: Transaction, was: str, name: str, old: dict[str, Any]) -> None:
    """Golden records go by the new name of their concept, in its columns; all match keys are made anew."""
    columns = old["concepts"].pop(was)
    old["rules"].pop(was, None)
    pick = _pick(columns, old["concepts"].setdefault(name, columns))
    old["rules"][name] = ""
    while goldens := await tx.scan_golden(was, "", hub.limits.settle):
        clusters = await tx.clusters([golden.id for golden in goldens])
        for cluster in clusters:
            cluster.golden.concept = name
            _relay_cluster(cluster, pick, {})
        await tx.save_clusters(clusters)
    await tx.drop_keys(was)
    await tx.close_reviews([review.id for review in await tx.reviews(was)])


async def _rest(hub: Hub, tx: Transaction, name: str) -> None:
    """Nothing is looked at any more of a concept that left the configuration (K4)."""
    async for goldens in golden_pages(tx, name, hub.limits.settle):
        for mark in MARKS:
            await tx.unmark(mark, [golden.id for golden in goldens])


async def _relay_concept(
    hub: Hub, tx: Transaction, name: str, old: dict[str, Any], new: dict[str, Any], active: set[str]
) -> None:
    columns = old["concepts"].get(name)
    mappings = [m for m in hub.model.mappings_of(name) if m.key in old["mappings"]]
    picks = {m.key: _pick(old["mappings"][m.key], new["mappings"][m.key]) for m in mappings}
    returned = {m.key for m in mappings} - active
    if returned != picks.keys():  # while it was away the others went on: what it holds has no base now (K4)
        picks.update((key, [None] * len(new["mappings"][key])) for key in returned)
    golden_pick = None if columns is None else _pick(columns, new["concepts"][name])
    changed = {key for key, pick in picks.items() if pick is not None}
    filtered = {m.key for m in mappings if old["filters"].get(m.key, "") != m.filter}
    rules_changed = name in old["rules"] and old["rules"][name] != new["rules"][name]
    if changed or golden_pick is not None:
        names = {key: [column[0] for column in columns] for key, columns in old["mappings"].items()}
        await _relay_clusters(hub, tx, name, golden_pick, picks, names)
    for key in changed | filtered | returned:
        cursor = await tx.cursor(key)
        if cursor is not None:
            cursor.complete, cursor.token = False, ""
            await tx.save_cursor(cursor)
        if hub.model.mappings[key].declaration.listing_partial:
            await _fetch_all(hub, tx, key)
    if columns is not None:
        await _mark_all(hub, tx, name)
    left = {key for key in active if key not in hub.model.mappings and old["of"].get(key) == name}
    if rules_changed or changed or left:  # keys of what rests match nothing (K4)
        await _relay_seen(hub, tx, name, picks)


async def _fetch_all(hub: Hub, tx: Transaction, mapping: str) -> None:
    """Listings that carry fewer properties can not tell what a new lens, or a new filter, says: each record is read by
    its id (S3, K2)."""
    async for rows in seen_pages(tx, mapping, hub.limits.settle):
        for row in rows:
            row.fetched = False
        await tx.save_seen(rows)
        await tx.ask(Fetch(mapping, row.id, "its mapping has changed") for row in rows if not row.gone)


def _pick(old: list[Any], new: list[Any]) -> Pick | None:
    """Where each new column was, or None when nothing moved."""
    if old == new:
        return None
    return [old.index(column) if column in old else None for column in new]


def _moved(values: list[T], pick: Pick, nothing: Callable[[], T]) -> list[T]:
    return [nothing() if at is None else values[at] for at in pick]


async def _relay_seen(hub: Hub, tx: Transaction, concept_name: str, picks: dict[str, Pick | None]) -> None:
    """Rows in the new columns, and match keys made anew (K3); reviews that still have a reason open again."""
    concept = hub.model.concepts[concept_name]
    await tx.drop_keys(concept_name)
    await tx.close_reviews([review.id for review in await tx.reviews(concept_name) if review.rule])
    for mapping in hub.model.mappings_of(concept_name):
        after, pick = "", picks.get(mapping.key)
        while rows := await tx.scan_seen(mapping.key, after, hub.limits.settle):
            after = rows[-1].id
            for row in rows:
                _relay_row(row, pick)
            await tx.save_seen(rows)
            keys = [key for row in rows for key in keys_of_seen(row, mapping, concept)]
            await tx.change_keys(concept_name, [], keys)


def _relay_row(row: Seen, pick: Pick | None) -> None:
    if pick is not None:
        row.raw = _moved(row.raw, pick, lambda: MISSING)
    if row.held not in (IN_FLIGHT, TO_BE_READ, UNREADABLE):
        row.held = ""


async def _relay_clusters(
    hub: Hub,
    tx: Transaction,
    name: str,
    golden_pick: Pick | None,
    picks: dict[str, Pick | None],
    names: dict[str, list[str]],
) -> None:
    async for goldens in golden_pages(tx, name, hub.limits.settle):
        clusters = await tx.clusters([golden.id for golden in goldens])
        links = [link for cluster in clusters for link in cluster.links]
        await tx.record(line for link in links for line in _lost(link, picks, names, hub.clock.now_us()))
        for cluster in clusters:
            _relay_cluster(cluster, golden_pick, picks)
        await tx.save_clusters(clusters)


def _lost(
    link: Link, picks: dict[str, Pick | None], names: dict[str, list[str]], now_us: int
) -> Iterator[Event]:
    """What was kept aside in a column that goes: nobody will tell what it was, and it is not lost (S5, M4)."""
    pick = picks.get(link.mapping)
    for column, suspect in link.suspects.items():
        if pick is not None and column not in pick:
            yield Event(
                kind="unknown",
                golden=link.golden,
                property=names[link.mapping][column],
                record=record_key(link.mapping, link.id or ""),
                value=suspect.raw,
                has_value=True,
                at_us=now_us,
            )


def _relay_cluster(cluster: Cluster, golden_pick: Pick | None, picks: dict[str, Pick | None]) -> None:
    golden = cluster.golden
    if golden_pick is not None:
        golden.value = _moved(golden.value, golden_pick, lambda: None)
        golden.stamp = _moved(golden.stamp, golden_pick, lambda: BOTTOM)
        moved = {old: new for new, old in enumerate(golden_pick) if old is not None}
        golden.rivals = {moved[c]: claims for c, claims in golden.rivals.items() if c in moved}
        golden.elements = {moved[c]: some for c, some in golden.elements.items() if c in moved}
        golden.questions = {}
    cluster.seen = {}  # rows are laid out on their own
    for link in cluster.links:
        pick = picks.get(link.mapping)
        if pick is not None:
            _relay_link(link, pick)


def _relay_link(link: Link, pick: Pick) -> None:
    link.raw = _moved(link.raw, pick, lambda: MISSING)
    link.base = _moved(link.base, pick, lambda: BOTTOM)
    link.same = _moved(link.same, pick, lambda: None)
    moved = {old: new for new, old in enumerate(pick) if old is not None}
    link.suspects = {moved[c]: suspect for c, suspect in link.suspects.items() if c in moved}
    link.pins = {moved[c]: pin for c, pin in link.pins.items() if c in moved}
    link.rejected = {}
    link.written = {moved[c]: written for c, written in link.written.items() if c in moved}
    if link.open is not None:
        link.open.sent = {moved[c]: sent for c, sent in link.open.sent.items() if c in moved}


async def _mark_all(hub: Hub, tx: Transaction, name: str) -> None:
    async for goldens in golden_pages(tx, name, hub.limits.settle):
        await tx.mark("settle", [golden.id for golden in goldens])
