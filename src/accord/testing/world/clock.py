"""Virtual time."""

__all__ = ["START_US", "VirtualClock"]

START_US = 1_750_000_000_000_000


class VirtualClock:
    """A clock that moves when told to, and by a microsecond at each look, so that no two moments are one."""

    def __init__(self, now_us: int = START_US) -> None:
        self._now_us = now_us

    def now_us(self) -> int:
        """The time; each look moves it on."""
        self._now_us += 1
        return self._now_us

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._now_us += round(seconds * 1_000_000)

    async def sleep(self, seconds: float) -> None:
        """Let time pass; nobody waits."""
        self.advance(seconds)
