"""What people do in the systems: few ids and few values, so that they meet."""

from random import Random
from typing import Any

from msgspec import Struct, field

from accord.testing.system_model import SystemModel
from accord.testing.world.systems import EXTRA
from accord.testing.world.watch import WatchedRecords

__all__ = ["People"]

EMAILS = ("a@x.io", "b@x.io", "c@x.io", "d@x.io", "e@x.io", "f@x.io")
WORDS = {"name": ("Ann", "BO", "Cy", "dee"), "title": ("mr", "ms", "dr"), "note": ("n1", "n2", "n3")}
ALWAYS = 2**40


class People(Struct, kw_only=True):
    """Somebody does something somewhere. In a strict world only notes are edited, and no value is typed twice."""

    random: Random
    models: dict[str, SystemModel]
    records: dict[str, WatchedRecords]
    trace: list[str]
    strict: bool = False
    acting: bool = False
    count: int = 0
    done: dict[str, int] = field(default_factory=dict)

    def act(self, *, settled: bool = False) -> None:
        """One act of one person in one system. `settled`: of a strict world, where no records come or go any more."""
        system = self.random.choice(sorted(self.models))
        table = self.models[system].tables()["Person"]
        dice = self.random.random()
        if not settled and (self.strict or not table or dice < 0.2):
            self._do(system, "create", "", self._new())
        elif dice < 0.3 and not settled:
            self._come_or_go(system, sorted(table))
        elif table:
            self.edit(system, self.random.choice(sorted(table)))

    def _come_or_go(self, system: str, ids: list[str]) -> None:
        dead = [stored.id for stored in self.records[system].page("Person", "dead", 0, 0, ALWAYS)]
        if dead and self.random.random() < 0.25:
            self._do(system, "restore", self.random.choice(sorted(dead)), {})
        else:
            self._do(system, "delete", self.random.choice(ids), {})

    def edit(self, system: str, id_: str) -> None:
        """Somebody edits a record, or puts back what stood there before."""
        changes: dict[str, Any] = {}
        if self.strict:
            self._do(system, "edit", id_, {"note": self._once("note")})
            return
        for name in self.random.sample(["name", "title", "note"], self.random.choice([1, 1, 2])):
            changes[name] = None if self.random.random() < 0.1 else self._word(name)
        if self.random.random() < 0.05:
            changes["email"] = self.random.choice(EMAILS)
        if self.random.random() < 0.1:
            changes[EXTRA] = self._once(EXTRA)
        earlier = self.records[system].earlier(id_)
        if earlier and self.random.random() < 0.08:
            name = self.random.choice(["name", "title", "note"])
            changes = {name: self.random.choice(earlier).get(name)}
        self._do(system, "edit", id_, changes)

    def strange(self, system: str, email: str) -> None:
        """Somebody enters the very thing that the hub is about to create."""
        self._do(system, "create", "", {**self._new(), "email": email})

    def _once(self, name: str) -> str:
        self.count += 1
        return f"{name[0]}{self.count}"

    def _word(self, name: str) -> str:
        return self._once(name) if self.random.random() < 0.5 else self.random.choice(WORDS[name])

    def _new(self) -> dict[str, Any]:
        body = {name: self._word(name) for name in WORDS if self.random.random() < 0.7}
        body[EXTRA] = self._once(EXTRA)
        if self.random.random() < 0.8:
            body["email"] = self.random.choice(EMAILS)
        return body

    def _do(self, system: str, what: str, id_: str, body: dict[str, Any]) -> None:
        model = self.models[system]
        model.settle_down()  # what lands late now is not a person's
        self.acting = True
        try:
            if what == "create":
                answer = model.person_create("Person", body)
            elif what == "edit":
                answer = model.person_edit("Person", id_, body)
            elif what == "restore":
                answer = model.person_restore("Person", id_)
            else:
                answer = model.person_delete("Person", id_)
        finally:
            self.acting = False
        if answer.ok:
            self.done[f"person {what}"] = self.done.get(f"person {what}", 0) + 1
        self.trace.append(f"person {what} {system}/{answer.id or id_} {body} -> {answer.status}")
