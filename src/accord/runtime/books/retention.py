"""Retention: history, and what runs did, are kept for as long as undo promises, and no longer (M4, W8)."""

from typing import Final

from accord.core.work import SECOND_US
from accord.ports.store import Transaction
from accord.runtime.hub import Hub

__all__ = ["prune", "pruned_us"]

PRUNED: Final = "pruned"
DAY_US: Final = 86_400 * SECOND_US


async def prune(hub: Hub) -> int:
    """Take away what is older than the project keeps, at most once a day; how many lines of history went."""
    keep, now_us = hub.keep, hub.clock.now_us()
    async with hub.store.transaction() as tx:
        last = await tx.meta(PRUNED) or {}
        if now_us - last.get("at_us", 0) < DAY_US:
            return 0
        before_us = now_us - keep.history_days * DAY_US
        went = await tx.prune(before_us, now_us - keep.undelete_days * DAY_US)
        since_us = before_us if went else last.get("before_us")
        await tx.save_meta(PRUNED, {"at_us": now_us, "before_us": since_us})
    return went


async def pruned_us(tx: Transaction) -> int | None:
    """The moment before which history is gone; None where all of it is there."""
    told = await tx.meta(PRUNED) or {}
    found: int | None = told.get("before_us")
    return found
