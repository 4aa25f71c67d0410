"""The log of everything that became of the records of a world, and of what was sent to them."""

from collections.abc import Callable
from typing import Any, Final

from msgspec import Struct, structs

from accord.testing.system_model import MemoryRecords, Stored

__all__ = ["BACKUP", "Change", "WatchedRecords"]

BACKUP: Final = "backup"
"""Who takes back what was done since a backup (S11)."""


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
        self._note(table, self.actor(), before, stored)
        if self._log[-1].deletes:
            self.ever_deleted.add((table, stored.id))

    def restore(self, snapshot: Any) -> None:
        """Back to a backup, and note what that took: no tombstone tells of it, and ids are not given twice."""
        before = {name: dict(table.rows) for name, table in self._tables.items() if "@" not in name}
        numbers = {name: number for name, number in self._numbers.items() if name.startswith("id:")}
        super().restore(snapshot)
        self._numbers.update(numbers)
        for table, rows in before.items():
            kept = self._tables[table].rows
            for id_, was in rows.items():
                now = kept.get(id_) or structs.replace(was, deleted=True)
                if now != was:
                    self._note(table, BACKUP, was, now)

    def _note(self, table: str, actor: str, before: Stored | None, after: Stored) -> None:
        self._log.append(
            Change(
                type=f"{self._system}.{table}", actor=actor, at_us=self._clock(), before=before, after=after
            )
        )

    def earlier(self, table: str, id_: str) -> list[dict[str, Any]]:
        """All bodies that a record ever had."""
        return self._earlier.get((table, id_), [])
