"""How fast a system may be called: calls under way, calls per second, and a pause that it asked for (W9, W11)."""

import asyncio
from types import TracebackType
from typing import Final

from accord.connectorkit.manifest import Rate
from accord.ports.clock import Clock

__all__ = ["Pace"]

_SECOND_US: Final = 1_000_000


class Pace:
    """`async with pace:` around each call. A bucket holds one second's worth of calls."""

    def __init__(self, rate: Rate, clock: Clock) -> None:
        self.concurrent = rate.concurrent
        self._under_way = asyncio.Semaphore(rate.concurrent)
        self._per_second = rate.per_second
        self._clock = clock
        self._size = max(rate.per_second or 0.0, 1.0)
        self._tokens = self._size
        self._filled_us = clock.now_us()
        self._resume_us = 0

    def pause(self, seconds: float) -> None:
        """The system wants to be left alone for so long."""
        self._resume_us = max(self._resume_us, self._clock.now_us() + round(seconds * _SECOND_US))

    def paused_s(self) -> float:
        """Seconds that are left of a pause."""
        return max(0.0, (self._resume_us - self._clock.now_us()) / _SECOND_US) if self._resume_us else 0.0

    async def __aenter__(self) -> None:
        await self._under_way.acquire()
        if self._per_second is None and not self._resume_us:
            return
        try:
            await self._wait()
        except BaseException:
            self._under_way.release()
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._under_way.release()

    async def _wait(self) -> None:
        while (wait_s := self.paused_s() or self._take_s()) > 0:
            await self._clock.sleep(wait_s)
        if self.paused_s() == 0:
            self._resume_us = 0

    def _take_s(self) -> float:
        """Takes one call from the bucket, or tells how long until there is one."""
        if self._per_second is None:
            return 0.0
        now_us = self._clock.now_us()
        earned = (now_us - self._filled_us) / _SECOND_US * self._per_second
        self._tokens, self._filled_us = min(self._size, self._tokens + earned), now_us
        if self._tokens < 1:
            return (1 - self._tokens) / self._per_second
        self._tokens -= 1
        return 0.0
