"""Hints that come to a process that does not do the runs: they are kept in the store for the one that does (S9)."""

from collections.abc import Awaitable, Callable, Collection

from accord.ports.store import Transaction
from accord.runtime.hub import Hub
from accord.runtime.runs.turn import news
from accord.serving.agenda import Hinted

__all__ = ["forget_handed", "handed", "pass_on"]

_META = "hinted"
"""Row of the store with the mappings that are to be listed because of a hint."""


async def pass_on(hub: Hub, hinted: Hinted, told: Callable[[], Awaitable[None]]) -> None:
    """Keep what is hinted at, time and again; `told` is called whenever something was kept."""
    while True:
        await hinted.came.wait()
        asks, versions, listed = hinted.drain(hub.model, hub.clock.now_us())
        if not asks and not listed:
            continue
        async with hub.store.transaction() as tx:
            await tx.ask(await news(tx, asks, versions))
            if listed:
                await tx.save_meta(_META, sorted({*(await tx.meta(_META) or ()), *listed}))
        await told()


async def handed(tx: Transaction) -> frozenset[str]:
    """Mappings that another process has a hint about."""
    return frozenset(await tx.meta(_META) or ())


async def forget_handed(hub: Hub, keys: Collection[str]) -> None:
    """They are about to be listed."""
    async with hub.store.transaction() as tx:
        await tx.save_meta(_META, sorted({*(await tx.meta(_META) or ())} - set(keys)) or None)
