"""Calls per second that several workers share: reserved in blocks where all of them can see it (W11)."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from accord.ports.clock import Clock

__all__ = ["Reserve", "SharedRhythm"]

Reserve = Callable[[str, int, float], Awaitable[float]]
"""Reserves so many calls of a system that takes so many per second; seconds from now until the first of them."""

_BLOCK_S: Final = 0.25
_OLD_US: Final = 1_000_000
"""What was reserved and not used for so long is nobody's any more."""


class SharedRhythm:
    """`Rhythm` of one system."""

    def __init__(self, system: str, per_second: float, clock: Clock, reserve: Reserve) -> None:
        self._system, self._per_second, self._clock, self._reserve = system, per_second, clock, reserve
        self._block = max(1, int(per_second * _BLOCK_S))
        self._left, self._next_us = 0, 0
        self._one = asyncio.Lock()

    async def take(self) -> float:
        """See `Rhythm`."""
        async with self._one:
            if not self._left or self._next_us < self._clock.now_us() - _OLD_US:
                in_s = await self._reserve(self._system, self._block, self._per_second)
                self._left, self._next_us = self._block, self._clock.now_us() + round(in_s * 1e6)
            now_us = self._clock.now_us()
            if now_us < self._next_us:
                return (self._next_us - now_us) / 1e6
            self._left -= 1
            self._next_us += round(1e6 / self._per_second)
            return 0.0
