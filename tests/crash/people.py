"""People who work in the three systems while the program runs and dies, and what has to be true of their work."""

from collections import Counter, defaultdict
from random import Random
from typing import Any

from msgspec import Struct, field

from tests.crash.systems import NOTE, SYSTEMS, Business
from tests.e2e.shop import Result

__all__ = ["IDENTITY", "People", "check"]

IDENTITY = {"Company": "code", "Person": "email"}
"""The property that tells what a record stands for; nobody edits it."""
EDITED = {"Company": ("name", "city"), "Person": ("name", "phone", "company")}

Thing = tuple[str, str]
"""Entity type and identity: "Company", "c7"."""


class People(Struct, kw_only=True):
    """What people did. `typed` are the last values by thing, property and system since all was in step; `settled` the
    values all systems agreed on then; `gone` what somebody deleted."""

    business: Business
    random: Random
    things: set[Thing] = field(default_factory=set)
    gone: set[Thing] = field(default_factory=set)
    settled: dict[Thing, dict[str, Any]] = field(default_factory=dict)
    typed: dict[tuple[Thing, str], dict[str, Any]] = field(default_factory=lambda: defaultdict(dict))
    done: Counter[str] = field(default_factory=Counter)
    count: int = 0
    careful: bool = False
    """Nothing is deleted now."""

    def act(self) -> None:
        """One act of one person."""
        act = self.random.choices([self.enter, self.edit, self.edit_everywhere, self.delete], [4, 8, 2, 1])[0]
        act()

    def enter(self) -> None:
        """A new record; now and then the same thing is entered in two systems."""
        self.count += 1
        kind = self.random.choice(("Company", "Company", "Person"))
        thing = kind, f"{kind[0].lower()}{self.count}"
        two = self.random.random() < 0.15
        for system in self.random.sample(SYSTEMS, 2 if two else 1):
            self._enter(system, thing)
        self.things.add(thing)
        self.done["entered twice" if two else "entered"] += 1

    def enter_company(self, system: str) -> None:
        """A new company in one system."""
        self.count += 1
        thing = "Company", f"c{self.count}"
        self._enter(system, thing)
        self.things.add(thing)
        self.done["entered"] += 1

    def _enter(self, system: str, thing: Thing) -> None:
        kind, identity = thing
        body: dict[str, Any] = {IDENTITY[kind]: identity}
        for name in EDITED[kind]:
            body[name] = self._new(system, name)
            self._remember(thing, name, system, body[name])
        if kind == "Company":
            body[NOTE] = f"note of {identity}"
        self.business.servers[system].add(kind, **{n: v for n, v in body.items() if v is not None})

    def edit(self) -> None:
        """One property of one record."""
        if thing := self._some():
            self._edit(thing, self.random.choice(EDITED[thing[0]]), self.random.choice(SYSTEMS))

    def edit_everywhere(self) -> None:
        """A conflict of three systems."""
        if thing := self._some():
            name = self.random.choice(EDITED[thing[0]])
            for system in self.random.sample(SYSTEMS, 3):
                self._edit(thing, name, system)
            self.done["edited in three systems"] += 1

    def _edit(self, thing: Thing, name: str, system: str) -> None:
        row = self._row(system, thing)
        if row is None:
            return
        value = None if name != "company" and self.random.random() < 0.1 else self._new(system, name)
        if name == "company" and value is None:
            return
        self.business.servers[system].edit(thing[0], row["id"], **{name: value})
        self._remember(thing, name, system, value)
        self.done["cleared" if value is None else "edited"] += 1

    def delete(self) -> None:
        """A person, or a company to which nobody belongs, that all systems know and nobody edits meanwhile."""
        touched = {thing for thing, _ in self.typed}
        named = {
            self._code(s, v) for (_, n), by in self.typed.items() if n == "company" for s, v in by.items()
        }
        named |= {values.get("company") for values in self.settled.values()}
        free = [t for t in self.settled if t not in touched | self.gone and t[1] not in named]
        if len(free) > 4 and not self.careful:
            self._delete(self.random.choice(sorted(free)), self.random.choice(SYSTEMS))

    def delete_in(self, system: str) -> None:
        """A delete in one system, where there is something to delete."""
        touched = {thing for thing, _ in self.typed}
        free = [t for t in self.settled if t[0] == "Person" and t not in touched | self.gone]
        if free and not self.careful:
            self._delete(self.random.choice(sorted(free)), system)

    def _delete(self, thing: Thing, system: str) -> None:
        row = self._row(system, thing)
        if row is not None:
            self.business.servers[system].delete(thing[0], row["id"])
            self.gone.add(thing)
            self.done["deleted"] += 1

    def _some(self) -> Thing | None:
        there = sorted(self.things - self.gone)
        return self.random.choice(there) if there else None

    def _row(self, system: str, thing: Thing) -> dict[str, Any] | None:
        rows = self.business.servers[system].records(thing[0])
        return next((row for row in rows if row.get(IDENTITY[thing[0]]) == thing[1]), None)

    def _new(self, system: str, name: str) -> Any:
        """A value that nobody typed before; for a company, one that the system has."""
        if name == "company":
            rows = [
                r
                for r in self.business.servers[system].records("Company")
                if ("Company", r["code"]) not in self.gone
            ]
            return self.random.choice(rows)["id"] if rows else None
        self.count += 1
        return f"{name} {self.count}"

    def _remember(self, thing: Thing, name: str, system: str, value: Any) -> None:
        self.typed[thing, name][system] = self._code(system, value) if name == "company" else value

    def _code(self, system: str, company: Any) -> Any:
        if not isinstance(company, int):
            return company
        rows = self.business.servers[system].records("Company")
        return next((row["code"] for row in rows if row["id"] == company), None)

    def settle(self, values: dict[Thing, dict[str, Any]]) -> None:
        """All is in step; what is typed from now on is new."""
        self.settled = values
        self.typed.clear()
        self.careful = False


def check(people: People) -> dict[Thing, dict[str, Any]]:
    """The values that all systems agree on. Raises AssertionError: a record is there twice or not at all, an edit is
    lost, systems differ, or something was deleted that nobody deleted."""
    business = people.business
    tables = {s: _things(business, s) for s in SYSTEMS}
    there = people.things - people.gone
    for system in SYSTEMS:
        assert tables[system].keys() == there, (
            f"{system}: not there {sorted(there - tables[system].keys())}, "
            f"too many {sorted(tables[system].keys() - there)}"
        )
    agreed = tables["crm"]
    for system in ("erp", "shop"):
        for thing, values in tables[system].items():
            assert values == agreed[thing], f"{system} {thing} holds {values}, the CRM {agreed[thing]}"
    _no_edit_is_lost(people, agreed)
    return agreed


def _things(business: Business, system: str) -> dict[Thing, dict[str, Any]]:
    """Records by what they stand for, each once, as the system's own API lists them; references by what they name."""
    codes = {row["id"]: row["code"] for row in business.ever(system, "Company")}
    found: dict[Thing, dict[str, Any]] = {}
    for kind in IDENTITY:
        made = Counter(row[IDENTITY[kind]] for row in business.ever(system, kind))
        twice = {identity: count for identity, count in made.items() if count > 1}
        assert not twice, f"{system}: made more than once: {twice}"
        for row in business.listed(system, kind):
            names = (*EDITED[kind], NOTE) if kind == "Company" else EDITED[kind]
            values = {name: row.get(name) for name in names}
            if kind == "Person":
                values["company"] = codes.get(values["company"])
            found[kind, row[IDENTITY[kind]]] = values
    return found


def _no_edit_is_lost(people: People, agreed: dict[Thing, dict[str, Any]]) -> None:
    """What stands in the end is what somebody typed last in one of the systems; the others' is in the history."""
    kept: set[str] | None = None
    for (thing, name), by_system in people.typed.items():
        if thing in people.gone:
            continue
        final, typed = agreed[thing][name], set(by_system.values())
        assert final in typed, f"{thing} {name}: {final!r} stands, though {by_system} was typed"
        for lost in typed - {final, None}:
            if name != "company":
                kept = _history(people.business) if kept is None else kept
                assert lost in kept, f"{thing} {name}: {lost!r} was typed and is nowhere"
    for thing, values in people.settled.items():
        for name, value in values.items():
            if thing in agreed and (thing, name) not in people.typed:
                assert agreed[thing][name] == value, (
                    f"{thing} {name}: {value!r} became {agreed[thing][name]!r}"
                )


def _history(business: Business) -> set[str]:
    """All values that the history keeps."""
    result: Result = business.accord("history", "--limit", "1000000", "--json")
    kept: set[str] = set()
    for event in result.data:
        for value in (event.get("value"), event.get("before")):
            kept.update(
                v for v in (value.values() if isinstance(value, dict) else [value]) if isinstance(v, str)
            )
    return kept
