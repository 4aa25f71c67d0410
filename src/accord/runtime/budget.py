"""A daily budget of calls, kept in the store, so that it holds for all processes and after a crash (W11)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from msgspec import Struct

from accord.ports.clock import Clock
from accord.ports.store import Store, Transaction
from accord.runtime.undone import begun_anew

__all__ = ["DailyBudget", "Spent", "spent_of"]

_META: Final = "calls"
_DAY_US: Final = 86_400_000_000
LEASE: Final = 20
"""Calls are taken from the store by so many; a process that is killed loses what it has left of them."""


class Spent(Struct, frozen=True, kw_only=True):
    """What a system was asked today, of what; the days are those of UTC."""

    used: int
    per_day: int

    @property
    def left(self) -> int:
        """Calls that may still be made today."""
        return max(0, self.per_day - self.used)


async def spent_of(tx: Transaction, system: str, per_day: int, now_us: int) -> Spent:
    """What is spent of a budget; what a process at work has taken and not used yet counts as spent."""
    day, used = (await tx.meta(_META) or {}).get(system, (0, 0))
    return Spent(used=used if day == now_us // _DAY_US else 0, per_day=per_day)


class DailyBudget:
    """`Budget` of one system; without a store nothing is counted."""

    def __init__(self, system: str, per_day: int, clock: Clock) -> None:
        self.system, self.per_day, self.store = system, per_day, None
        self._clock = clock
        self._day = self._left = 0
        self._aside = False
        self._one = asyncio.Lock()

    store: Store | None

    async def take(self) -> float:
        """See `Budget`."""
        if self.store is None:
            return 0.0
        async with self._one:
            now_us = self._clock.now_us()
            day = now_us // _DAY_US
            if day != self._day and not self._aside:
                self._day, self._left = day, 0
            if not self._left and not self._aside:
                self._left = await self._leased(self.store, LEASE)
            if not self._left:
                return ((day + 1) * _DAY_US - now_us) / 1e6
            self._left -= 1
            return 0.0

    @asynccontextmanager
    async def set_aside(self) -> AsyncIterator[None]:
        """Inside, all that is left for today is at hand, and the store is not asked."""
        store = self.store
        if store is None:
            yield
            return
        async with self._one:
            self._day = self._clock.now_us() // _DAY_US
            self._left += await self._leased(store, self.per_day)
            self._aside = True
        try:
            yield
        finally:
            self._aside = False
            await self.give_back()

    async def give_back(self) -> None:
        """What was taken and not used is there for others."""
        async with self._one:
            if self.store is not None and self._left:
                await self._leased(self.store, -self._left)
                self._left = 0

    async def _leased(self, store: Store, wanted: int) -> int:
        return await begun_anew(lambda: self._take_off(store, wanted))

    async def _take_off(self, store: Store, wanted: int) -> int:
        """What is granted; all of it again where another process took some in the same moment."""
        async with store.transaction() as tx:
            spent = await spent_of(tx, self.system, self.per_day, self._clock.now_us())
            most = (
                max(1, spent.left // 4) if wanted == LEASE else wanted
            )  # the last ones are for who asks first
            granted = min(wanted, most, spent.left)
            kept: dict[str, Any] = await tx.meta(_META) or {}
            if granted:
                await tx.save_meta(_META, {**kept, self.system: [self._day, max(0, spent.used + granted)]})
        return granted
