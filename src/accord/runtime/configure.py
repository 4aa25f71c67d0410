"""A changed configuration: rows take the new columns, and what has no base any more is read again (K1, K2, K3)."""

from collections.abc import Callable
from typing import Any, TypeVar

from accord.core.intake import keys_of_seen
from accord.core.model import Model
from accord.core.stamps import BOTTOM
from accord.core.state import Cluster, Link, Seen
from accord.core.values import MISSING
from accord.ports.store import Transaction
from accord.runtime.hub import Hub

__all__ = ["apply_configuration", "is_applied", "layout_of"]

T = TypeVar("T")
Pick = list[int | None]
"""Old column of each new one, None where there is none."""


def layout_of(model: Model) -> dict[str, Any]:
    """What rows of state depend on, as JSON data: columns by mapping and concept, and match rules by concept."""
    return {
        "mappings": {
            k: [[r.name, r.fingerprint] for r in m.properties] for k, m in sorted(model.mappings.items())
        },
        "concepts": {n: [p.name for p in c.properties] for n, c in sorted(model.concepts.items())},
        "rules": {n: c.rules_fingerprint for n, c in sorted(model.concepts.items())},
    }


async def is_applied(hub: Hub) -> bool:
    """True when the store's rows are laid out for this very configuration, and a person has confirmed it (K1)."""
    async with hub.store.transaction(dry=True) as tx:
        return bool(await tx.meta("fingerprint") == hub.model.fingerprint)


async def apply_configuration(hub: Hub) -> None:
    """Lay the rows out anew, in one transaction: a property that is not the same any more has no base (K2)."""
    layout = layout_of(hub.model)
    async with hub.store.transaction() as tx:
        old = await tx.meta("layout") or {"mappings": {}, "concepts": {}, "rules": {}}
        if await tx.meta("fingerprint") == hub.model.fingerprint:
            return
        for name in hub.model.concepts:
            await _relay_concept(hub, tx, name, old, layout)
        await tx.save_meta("layout", {part: {**old.get(part, {}), **layout[part]} for part in layout})
        await tx.save_meta("fingerprint", hub.model.fingerprint)


async def _relay_concept(
    hub: Hub, tx: Transaction, name: str, old: dict[str, Any], new: dict[str, Any]
) -> None:
    columns = old["concepts"].get(name)
    picks = {
        m.key: _pick(old["mappings"][m.key], new["mappings"][m.key])
        for m in hub.model.mappings_of(name)
        if m.key in old["mappings"]
    }
    golden_pick = None if columns is None else _pick(columns, new["concepts"][name])
    changed = {key for key, pick in picks.items() if pick is not None}
    rules_changed = name in old["rules"] and old["rules"][name] != new["rules"][name]
    if changed or golden_pick is not None:
        await _relay_clusters(hub, tx, name, golden_pick, picks)
    for key in changed:
        cursor = await tx.cursor(key)
        if cursor is not None:
            cursor.complete, cursor.token = False, ""
            await tx.save_cursor(cursor)
    if columns is not None:
        await _mark_all(hub, tx, name)
    if rules_changed or changed:
        await _relay_seen(hub, tx, name, picks)


def _pick(old: list[Any], new: list[Any]) -> Pick | None:
    """Where each new column was, or None when nothing moved."""
    if old == new:
        return None
    return [old.index(column) if column in old else None for column in new]


def _moved(values: list[T], pick: Pick, nothing: Callable[[], T]) -> list[T]:
    return [nothing() if at is None else values[at] for at in pick]


async def _relay_seen(hub: Hub, tx: Transaction, concept_name: str, picks: dict[str, Pick | None]) -> None:
    """Rows in the new columns, and match keys made anew (K3)."""
    concept = hub.model.concepts[concept_name]
    await tx.drop_keys(concept_name)
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


async def _relay_clusters(
    hub: Hub, tx: Transaction, name: str, golden_pick: Pick | None, picks: dict[str, Pick | None]
) -> None:
    after = ""
    while goldens := await tx.scan_golden(name, after, hub.limits.settle):
        after = goldens[-1].id
        clusters = await tx.clusters([golden.id for golden in goldens])
        for cluster in clusters:
            _relay_cluster(cluster, golden_pick, picks)
        await tx.save_clusters(clusters)


def _relay_cluster(cluster: Cluster, golden_pick: Pick | None, picks: dict[str, Pick | None]) -> None:
    golden = cluster.golden
    if golden_pick is not None:
        golden.value = _moved(golden.value, golden_pick, lambda: None)
        golden.stamp = _moved(golden.stamp, golden_pick, lambda: BOTTOM)
        moved = {old: new for new, old in enumerate(golden_pick) if old is not None}
        golden.rivals = {moved[c]: claims for c, claims in golden.rivals.items() if c in moved}
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
    link.rejected = {}
    if link.open is not None:
        link.open.sent = {moved[c]: sent for c, sent in link.open.sent.items() if c in moved}


async def _mark_all(hub: Hub, tx: Transaction, name: str) -> None:
    after = ""
    while goldens := await tx.scan_golden(name, after, hub.limits.settle):
        after = goldens[-1].id
        await tx.mark("settle", [golden.id for golden in goldens])
