"""Notice that a system was restored from a backup, and go on as a person chooses (S11)."""

from collections.abc import Sequence
from typing import Any, Final, Literal, TypeAlias

from accord.core.model import Mapping
from accord.core.restored_system import TWICE
from accord.core.state import Cursor, Fetch, Seen
from accord.core.work import SECOND_US
from accord.ports.store import Transaction
from accord.runtime.hub import Hub
from accord.runtime.pauses import Pause, add, covers, mark_concepts
from accord.runtime.scans import golden_pages, seen_pages

__all__ = ["Keep", "hold_to", "note_back"]

Keep: TypeAlias = Literal["hub", "system"]
"""Whose state holds."""

_META: Final = "back"
_DAY_US: Final = 86_400 * SECOND_US
SEVERAL: Final = 2
ALSO: Final = 5
"""So many others are fetched when one record is below its highest version."""


async def note_back(hub: Hub, tx: Transaction, mapping: Mapping, rows: Sequence[Seen]) -> None:
    """Records were fetched below their highest version: they and some others are fetched once more, and nothing is
    created beside them before (W13); several that stay there pause their system."""
    now_us = hub.clock.now_us()
    lag_us = int(mapping.declaration.lag_s * SECOND_US)
    await tx.save_seen(rows)
    cursor = await tx.cursor(mapping.key) or Cursor(mapping=mapping.key)
    cursor.back_us = now_us
    await tx.save_cursor(cursor)
    await tx.ask(Fetch(mapping.key, row.id, "below its highest version", now_us + lag_us) for row in rows)
    if all(row.backsteps < TWICE for row in rows):
        await tx.ask(
            Fetch(mapping.key, id_, "another one is below its highest version", now_us)
            for id_ in await _others(hub, tx, mapping, {row.id for row in rows})
        )
        return
    kept: dict[str, dict[str, int]] = await tx.meta(_META) or {}
    known = {id_: at_us for id_, at_us in kept.get(mapping.key, {}).items() if at_us > now_us - _DAY_US}
    known |= {row.id: now_us for row in rows if row.backsteps >= TWICE}
    await tx.save_meta(_META, {**kept, mapping.key: known})
    if len(known) >= SEVERAL:
        await _pause(hub, tx, mapping, len(known))


async def _others(hub: Hub, tx: Transaction, mapping: Mapping, ids: set[str]) -> list[str]:
    """Linked records of the entity type with the highest versions."""
    rows = await tx.scan_seen(mapping.key, "", hub.limits.page)
    linked = [
        row
        for row in rows
        if row.golden is not None and not row.gone and row.id not in ids and not row.backsteps
    ]
    return [row.id for row in sorted(linked, key=lambda row: -(row.order or 0))[:ALSO]]


async def _pause(hub: Hub, tx: Transaction, mapping: Mapping, count: int) -> None:
    system = mapping.system
    why = (
        f"{count} records of {mapping.entity_type} are below versions that they had: it was restored from a backup. "
        f"Say whose state holds: accord resume {system} --keep hub (what is there is written anew), "
        f"or --keep system (what is there is taken as people's edits)"
    )
    pause = Pause(scope=system, kind="restored", why=why, at_us=hub.clock.now_us())
    await add(tx, pause)
    await mark_concepts(tx, hub.model, [pause])


async def hold_to(hub: Hub, tx: Transaction, pause: Pause, keep: Keep) -> None:
    """All of the system is read anew, whatever its versions were; where the hub's state holds that is no news."""
    mappings = [m for m in hub.model.mappings.values() if covers(pause.scope, m)]
    for mapping in mappings:
        if (cursor := await tx.cursor(mapping.key)) is not None:
            cursor.token, cursor.swept_us = "", 0
            await tx.save_cursor(cursor)
        async for rows in seen_pages(tx, mapping.key, hub.limits.settle):
            for row in rows:
                row.version = row.order = row.highest_order = None
                row.old_versions, row.backsteps = [], 0
                if keep == "hub":
                    row.asked_us = 0  # what is not shown any more may be gone with the backup (S3)
            await tx.save_seen(rows)
    if keep == "hub":
        await _flag(hub, tx, {m.key for m in mappings})
    kept: dict[str, Any] = await tx.meta(_META) or {}
    await tx.save_meta(_META, {key: ids for key, ids in kept.items() if key not in {m.key for m in mappings}})


async def _flag(hub: Hub, tx: Transaction, keys: set[str]) -> None:
    """What is read next of these records is no edit."""
    for name in sorted({hub.model.mappings[key].concept for key in keys}):
        async for goldens in golden_pages(tx, name, hub.limits.settle):
            clusters = await tx.clusters([golden.id for golden in goldens])
            for link in (link for cluster in clusters for link in cluster.links):
                if link.mapping in keys and link.id is not None:
                    link.restored, link.own_version = True, None
            await tx.save_clusters(clusters)
