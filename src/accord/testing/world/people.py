"""What people do in the systems, and the log of everything that became of their records."""

from collections.abc import Callable
from random import Random
from typing import Any

from msgspec import Struct

from accord.testing.system_model import MemoryRecords, Stored, SystemModel

__all__ = ["Change", "People", "WatchedRecords"]

EMAILS = ("a@x.io", "b@x.io", "c@x.io", "d@x.io")
WORDS = {"name": ("Ann", "BO", "Cy", "dee"), "title": ("mr", "ms", "dr"), "note": ("n1", "n2", "n3")}


class Change(Struct, frozen=True, kw_only=True):
    """A state of a record that a system came to hold: who made it, and what was there before."""

    system: str
    actor: str
    before: Stored | None
    after: Stored


class WatchedRecords(MemoryRecords):
    """Records in memory, every change of which is told, with who is acting."""

    def __init__(self, system: str, actor: Callable[[], str], log: list[Change]) -> None:
        super().__init__()
        self._system, self._actor, self._log = system, actor, log

    def put(self, table: str, stored: Stored) -> None:
        """Keep a state, and note it."""
        before = self.get(table, stored.id)
        super().put(table, stored)
        self._log.append(Change(system=self._system, actor=self._actor(), before=before, after=stored))


class People(Struct, kw_only=True):
    """Somebody does something somewhere: ids and values are few, so that they meet."""

    random: Random
    models: dict[str, SystemModel]
    trace: list[str]
    acting: bool = False
    count: int = 0

    def act(self) -> None:
        """One act of one person in one system."""
        system = self.random.choice(sorted(self.models))
        table = self.models[system].tables()["Person"]
        dice = self.random.random()
        if not table or dice < 0.2:
            self._do(system, "create", "", self._new())
        elif dice < 0.28:
            self._do(system, "delete", self.random.choice(sorted(table)), {})
        else:
            self.edit(system, self.random.choice(sorted(table)))

    def edit(self, system: str, id_: str) -> None:
        """Somebody edits a record."""
        changes: dict[str, Any] = {}
        for name in self.random.sample(["name", "title", "note"], self.random.choice([1, 1, 2])):
            changes[name] = None if self.random.random() < 0.1 else self._word(name)
        if self.random.random() < 0.05:
            changes["email"] = self.random.choice(EMAILS)
        self._do(system, "edit", id_, changes)

    def _word(self, name: str) -> str:
        self.count += 1
        if self.random.random() < 0.4:
            return f"{name[0]}{self.count}"
        return self.random.choice(WORDS[name])

    def _new(self) -> dict[str, Any]:
        body = {name: self._word(name) for name in WORDS if self.random.random() < 0.7}
        if self.random.random() < 0.8:
            body["email"] = self.random.choice(EMAILS)
        return body

    def _do(self, system: str, what: str, id_: str, body: dict[str, Any]) -> None:
        model = self.models[system]
        self.acting = True
        try:
            if what == "create":
                answer = model.person_create("Person", body)
            elif what == "edit":
                answer = model.person_edit("Person", id_, body)
            else:
                answer = model.person_delete("Person", id_)
        finally:
            self.acting = False
        self.trace.append(f"person {what} {system}/{answer.id or id_} {body} -> {answer.status}")
