"""Time, as it is passed in."""

from typing import Protocol

__all__ = ["Clock"]


class Clock(Protocol):
    """The hub's clock: real, or virtual in a simulation."""

    def now_us(self) -> int:
        """Microseconds UTC since 1970; never goes back within a process."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Come back after a while."""
        ...
