"""The clock that hub and sandboxes share: it runs, and jumps over what somebody would wait for."""

import asyncio
import time
from collections.abc import Callable

__all__ = ["JumpingClock"]


class JumpingClock:
    """A `Clock` on which a sleep takes no time: the clock is put on instead, for all who look at it.

    Those who sleep at the same time share the jump. `passed_ns` tells what has passed since some moment.
    """

    def __init__(self, wall_ns: int | None = None, passed_ns: Callable[[], int] = time.monotonic_ns) -> None:
        began_ns = time.time_ns() if wall_ns is None else wall_ns
        self._passed_ns = passed_ns
        self._ahead_us = (began_ns - passed_ns()) // 1000

    def now_us(self) -> int:
        """Microseconds UTC since 1970."""
        return self._passed_ns() // 1000 + self._ahead_us

    async def sleep(self, seconds: float) -> None:
        """Let others go on, then put the clock on to when this sleep ends, unless it has come so far."""
        until_us = self.now_us() + round(seconds * 1e6)
        await asyncio.sleep(0)
        if (rest_us := until_us - self.now_us()) > 0:
            self._ahead_us += rest_us
