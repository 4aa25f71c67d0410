"""What some connectors can do besides: each ability is a protocol of its own, asked for where it is of use."""

from collections.abc import AsyncIterator, Sequence
from typing import Protocol, runtime_checkable

from msgspec import Struct

from accord.core.errors import Fault
from accord.ports.subscriber import Subscriber

__all__ = ["Divided", "Hint", "NeedsSecrets", "Subscribable", "Telling"]


@runtime_checkable
class NeedsSecrets(Protocol):
    """Its calls need secrets, which may not be there."""

    def missing_secrets(self) -> list[Fault]:
        """What is wrong with them; nothing is called."""
        ...


@runtime_checkable
class Divided(Protocol):
    """Several workers share its calls (W11)."""

    @property
    def concurrent(self) -> int:
        """How many calls may be under way, whoever makes them."""
        ...

    def divide(self, workers: int) -> None:
        """So many workers share them."""
        ...


@runtime_checkable
class Subscribable(Protocol):
    """It may be asked to tell of changes over HTTP."""

    @property
    def hooks(self) -> Subscriber | None:
        """Its subscriptions; None: it has none that a program could make."""
        ...


class Hint(Struct, frozen=True):
    """Something may have changed in an entity type, as the system names it: its record `id`, or "": any (S9)."""

    entity_type: str
    id: str = ""


@runtime_checkable
class Telling(Protocol):
    """It tells of changes over a connection of its own, as a database does that notifies who listens (S9)."""

    def told(self) -> AsyncIterator[Sequence[Hint]]:
        """Hints as they come, until the connection ends; the first, empty ones say that it listens now. What changed
        before that nobody tells. Raises RetryLater, StopEntityType, StopFlow."""
        ...
