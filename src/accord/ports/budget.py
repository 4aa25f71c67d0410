"""What a connector asks before each call: how many are left for today (W11)."""

from typing import Protocol

__all__ = ["Budget", "Rhythm"]


class Budget(Protocol):
    """The calls that one system may be asked in a day, whoever asks."""

    async def take(self) -> float:
        """0.0 where a call may be made, which is counted with that; else the seconds until there is one."""
        ...


class Rhythm(Protocol):
    """The calls that one system may be asked in a second, whoever asks."""

    async def take(self) -> float:
        """0.0 where a call may be made now; else the seconds to wait before it is asked for again."""
        ...
