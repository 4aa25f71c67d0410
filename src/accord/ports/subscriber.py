"""What the hub asks of a system that tells of changes by itself (S9)."""

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

__all__ = ["Subscriber", "Subscription"]


class Subscription(Struct, frozen=True, kw_only=True):
    """What a system has noted: whom it calls, and until when; None: for ever, or it does not tell."""

    id: str
    url: str
    until_us: int | None = None


class Subscriber(Protocol):
    """The subscriptions of one system. Methods raise `RetryLater` or `StopEntityType`; of what may have come about
    although no answer came, the next listing tells."""

    async def subscriptions(self) -> list[Subscription]:
        """All that the account may see, other programs' too."""
        ...

    async def subscribe(self, url: str, topics: Sequence[str]) -> None:
        """Let the system call an address about some topics."""
        ...

    async def renew(self, it: Subscription, topics: Sequence[str]) -> bool:
        """Let one last longer; False: the system can not, or knows it no more."""
        ...

    async def unsubscribe(self, it: Subscription) -> None:
        """Remove one; it is no fault when it is gone."""
        ...
