"""A hub that was restored from a backup: what it remembers is older than what it did (S11)."""

from collections.abc import Collection, Mapping as ReadOnly
from typing import Any, Final, NamedTuple

from accord.core.model import Mapping
from accord.core.state import Open
from accord.core.work import SECOND_US
from accord.ports.store import Transaction
from accord.runtime.hub import Hub

__all__ = [
    "Restore",
    "all_told",
    "as_repeated",
    "catching_up",
    "caught_up",
    "hub_restored",
    "restore_of",
]

_META: Final = "restored"


class Restore(NamedTuple):
    """When a backup was restored, and when the last run began that it knows of.

    `fresh` concepts were not read wholly since; in `untold` ones it is not told yet, too, what the hub made since.
    """

    at_us: int
    since_us: int
    fresh: frozenset[str]
    untold: frozenset[str]


async def hub_restored(hub: Hub) -> None:
    """To be called on the restored store before anything else.

    Every write under way is of unknown outcome. Cursors stand where they stood then, so that feeds tell again what came
    since, deletes too; a sweep of all ids is due, and nothing is created before all was read again. Until a cycle has
    ended that read all entity types of a concept nothing of it is deleted, and no record that matches nothing gets a
    golden record of its own: it may be what the hub made since.
    """
    async with hub.store.transaction() as tx:
        for mapping in hub.model.mappings:
            cursor = await tx.cursor(mapping)
            if cursor is not None:
                cursor.began_us = cursor.swept_us = 0
                await tx.save_cursor(cursor)
            after = ""
            while ids := await tx.open_links(mapping, after, hub.limits.settle):
                after = ids[-1]
                clusters = await tx.clusters(ids)
                for link in (link for cluster in clusters for link in cluster.links):
                    if link.open is not None and not link.open.acked:
                        link.open.unknown = True
                await tx.save_clusters(clusters)
                await tx.mark("settle", ids)
        runs = await tx.runs(1)
        kept = {
            "at_us": hub.clock.now_us(),
            "since_us": int(runs[0].get("began_us", 0)) if runs else 0,
            "unread": sorted(hub.model.mappings),
            "untold": sorted(hub.model.concepts),
        }
        await tx.save_meta(_META, kept)


async def catching_up(hub: Hub, tx: Transaction) -> frozenset[str]:
    """Concepts of which something was not read yet in a whole cycle since a restore: a paused system perhaps."""
    return _unread(hub, await tx.meta(_META))


def _unread(hub: Hub, kept: ReadOnly[str, Any] | None) -> frozenset[str]:
    if not kept:
        return frozenset()
    unread = hub.model.mappings.keys() & set(kept.get("unread", hub.model.mappings))
    return frozenset(hub.model.mappings[key].concept for key in unread)


async def restore_of(hub: Hub, tx: Transaction) -> Restore | None:
    """The restore of which not everything is told yet, or None: there was none, or all is."""
    kept = await tx.meta(_META)
    if not kept:
        return None
    fresh = _unread(hub, kept)
    return Restore(
        at_us=int(kept["at_us"]),
        since_us=int(kept.get("since_us", 0)),
        fresh=fresh,
        untold=fresh | set(kept.get("untold", ())),
    )


async def all_told(tx: Transaction, concept: str) -> None:
    """Nobody has to be asked any more which records of a concept the hub made after the backup."""
    kept = await tx.meta(_META)
    if kept:
        await _keep(tx, {**kept, "untold": [name for name in kept.get("untold", ()) if name != concept]})


async def _keep(tx: Transaction, kept: ReadOnly[str, Any]) -> None:
    await tx.save_meta(_META, dict(kept) if kept["unread"] or kept.get("untold") else None)


def as_repeated(write: Open, mapping: Mapping) -> None:
    """A create of a restored hub may have been sent since the backup, under the same key: what answers to that is ours,
    and shows the record of now (W3, S5)."""
    write.sendings += 1
    write.first_us -= int(0.9 * mapping.declaration.key_valid_s * SECOND_US)


async def caught_up(hub: Hub, read: Collection[str]) -> None:
    """A cycle has ended that could read these mappings."""
    async with hub.store.transaction(dry=True) as tx:
        kept = await tx.meta(_META)
    if kept:
        unread = hub.model.mappings.keys() & set(kept.get("unread", hub.model.mappings)) - set(read)
        async with hub.store.transaction() as tx:
            await _keep(tx, {**kept, "unread": sorted(unread)})
