"""How fast a system may be called: calls under way, calls per second, and a pause that it asked for (W9, W11)."""

import asyncio
from collections import deque
from types import TracebackType
from typing import Final

from accord.connectorkit.manifest import Rate
from accord.ports.budget import Rhythm
from accord.ports.clock import Clock

__all__ = ["Pace"]

_SECOND_US: Final = 1_000_000


class Pace:
    """`async with pace:` around each call. A bucket holds one second's worth of calls.

    Several workers divide the calls under way by their number; those per second come from a `rhythm` that they share.
    """

    def __init__(self, rate: Rate, clock: Clock, rhythm: Rhythm | None = None) -> None:
        self._rate, self.concurrent = rate, rate.concurrent
        self._under_way = 0
        self._queue: deque[asyncio.Future[None]] = deque()
        self._rhythm = rhythm if rate.per_second is not None else None
        self._per_second = rate.per_second if rhythm is None else None
        self._clock = clock
        self._size = max(rate.per_second or 0.0, 1.0)
        self._tokens = self._size
        self._filled_us = clock.now_us()
        self._resume_us = 0

    def divide(self, workers: int) -> None:
        """So many workers share the calls under way; each may make one at least."""
        self.concurrent = max(1, self._rate.concurrent // max(1, workers))
        self._let_in()

    def pause(self, seconds: float) -> None:
        """The system wants to be left alone for so long."""
        self._resume_us = max(self._resume_us, self._clock.now_us() + round(seconds * _SECOND_US))

    def paused_s(self) -> float:
        """Seconds that are left of a pause."""
        return max(0.0, (self._resume_us - self._clock.now_us()) / _SECOND_US) if self._resume_us else 0.0

    async def __aenter__(self) -> None:
        await self._enter()
        if self._per_second is None and self._rhythm is None and not self._resume_us:
            return
        try:
            await self._wait()
        except BaseException:
            self._leave()
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leave()

    # calls under way

    async def _enter(self) -> None:
        if self._under_way < self.concurrent and not self._queue:
            self._under_way += 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append(turn)
        try:
            await turn
        except BaseException:
            if turn.done() and not turn.cancelled():  # it was let in, and does not come
                self._leave()
            raise

    def _leave(self) -> None:
        self._under_way -= 1
        self._let_in()

    def _let_in(self) -> None:
        while self._queue and self._under_way < self.concurrent:
            turn = self._queue.popleft()
            if not turn.done():
                self._under_way += 1
                turn.set_result(None)

    # calls per second

    async def _wait(self) -> None:
        while (wait_s := self.paused_s() or await self._take_s()) > 0:
            await self._clock.sleep(wait_s)
        if self.paused_s() == 0:
            self._resume_us = 0

    async def _take_s(self) -> float:
        """Takes one call, or tells how long until there is one."""
        if self._rhythm is not None:
            return await self._rhythm.take()
        if self._per_second is None:
            return 0.0
        now_us = self._clock.now_us()
        earned = (now_us - self._filled_us) / _SECOND_US * self._per_second
        self._tokens, self._filled_us = min(self._size, self._tokens + earned), now_us
        if self._tokens < 1:
            return (1 - self._tokens) / self._per_second
        self._tokens -= 1
        return 0.0
