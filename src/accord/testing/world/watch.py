"""The log of everything that became of the records of a world, and of what was sent to them."""

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from accord.testing.system_model import MemoryRecords, Stored

__all__ = ["Change", "WatchedRecords"]


class Change(Struct, frozen=True, kw_only=True):
    """A state of a record that a system came to hold: who made it, when on the hub's clock, what was there before.

    `type` is the entity type, "system.Type".
    """

    type: str
    actor: str
    at_us: int
    before: Stored | None
    after: Stored

    @property
    def record(self) -> tuple[str, str]:
        """Entity type and id."""
        return self.type, self.after.id

    @property
    def system(self) -> str:
        """Its system."""
        return self.type.partition(".")[0]

    @property
    def deletes(self) -> bool:
        """The record was there, and is not any more."""
        return self.after.deleted and self.before is not None and not self.before.deleted

    def was(self, name: str) -> Any:
        """Value of a property before."""
        return self.before.body.get(name) if self.before is not None else None

    def now(self, name: str) -> Any:
        """Value of a property after."""
        return self.after.body.get(name)


class WatchedRecords(MemoryRecords):
    """Records in memory, every change of which is told, with who is acting."""

    def __init__(
        self, system: str, actor: Callable[[], str], clock: Callable[[], int], log: list[Change]
    ) -> None:
        super().__init__()
        self._system, self.actor, self._clock, self._log = system, actor, clock, log
        self._earlier: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self.ever_deleted: set[tuple[str, str]] = set()

    def put(self, table: str, stored: Stored) -> None:
        """Keep a state, and note it."""
        before = self.get(table, stored.id)
        super().put(table, stored)
        self._earlier.setdefault((table, stored.id), []).append(stored.body)
        change = Change(
            type=f"{self._system}.{table}",
            actor=self.actor(),
            at_us=self._clock(),
            before=before,
            after=stored,
        )
        self._log.append(change)
        if change.deletes:
            self.ever_deleted.add((table, stored.id))

    def earlier(self, table: str, id_: str) -> list[dict[str, Any]]:
        """All bodies that a record ever had."""
        return self._earlier.get((table, id_), [])
