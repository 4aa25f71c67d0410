"""The clock of the machine, which goes forward only."""

import asyncio
import time
from collections.abc import Callable

__all__ = ["SystemClock"]


class SystemClock:
    """The machine's clock, which never goes back: set back, it goes on at its pace until the time has caught up.

    `wall_ns` tells the time, and can be set; `passed_ns` what has passed since some moment, and can not.
    """

    def __init__(
        self, wall_ns: Callable[[], int] = time.time_ns, passed_ns: Callable[[], int] = time.monotonic_ns
    ) -> None:
        self._wall_ns, self._passed_ns = wall_ns, passed_ns
        self._last_us, self._passed_us = 0, passed_ns() // 1000

    def now_us(self) -> int:
        """Microseconds UTC since 1970."""
        passed_us = self._passed_ns() // 1000
        self._last_us = max(self._last_us + passed_us - self._passed_us, self._wall_ns() // 1000)
        self._passed_us = passed_us
        return self._last_us

    def go_on_after(self, us: int) -> None:
        """Never tell a time before this one: another process has told it."""
        self._last_us = max(self.now_us(), us)

    async def sleep(self, seconds: float) -> None:
        """Come back after a while."""
        await asyncio.sleep(seconds)
