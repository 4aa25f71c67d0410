"""Two small systems in memory and a hub on them: a CRM and an ERP, with companies and the people of these.

office = Office()
office.crm.add("Company", name="Acme")
office.sync()
assert office.erp.names("Company") == ["Acme"]
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from accord.connectorkit.manifest_load import manifest_from
from accord.core.errors import RetryLater, StopEntityType
from accord.core.observation import Observation, Outcome
from accord.ports.connector import Page, Write
from accord.ports.store import Store
from accord.project import project_from_text
from accord.runtime.guards import GuardLimits
from accord.runtime.hub import Hub
from accord.runtime.runs.plan import Plan, make_plan
from accord.runtime.runs.sync import Synced, sync
from accord.store import MemoryStore
from accord.testing.model_connector import ModelConnector
from accord.testing.system_model import Quirks, SystemModel
from accord.testing.world.clock import VirtualClock

__all__ = ["PROJECT", "Office", "System", "of_two"]

T = TypeVar("T")


def of_two(rest: str) -> str:
    """The text of a project of both systems: how it begins, and what is told of it here."""
    return f"""
version: 1
name: office
systems:
  crm: {{connector: crm.yaml, priority: 2}}
  erp: {{connector: erp.yaml, priority: 1}}
{rest}"""


ALIKE = {
    "id": {"property": "id", "type": "integer"},
    "version": {"property": "rev", "etag": True, "order": "ordered", "exact": True},
    "conditional": "If-Match",
    "modified": {"property": "changed", "resolution": "us"},
    "created": "made",
    "update": "patch",
    "page": {"style": "cursor", "size": 100, "next": "next", "items": "items"},
    "changes": {"parameter": "since", "format": "iso"},
    "tombstones": {"property": "deleted"},
    "absent": dict.fromkeys(("listing", "feed", "fetch", "reply"), "null"),
    "errors": {"message": "errors[].detail", "property": "errors[].field"},
    "idempotency": {"valid_s": 3600},
}
COMPANY = {
    "path": "/companies",
    "properties": {
        "name": {"max_length": 12},
        "ours": {},
        "city": {},
        "parent": {"type": "integer", "reference": "Company"},
    },
}
PERSON = {
    "path": "/people",
    "properties": {
        "name": {},
        "ours": {},
        "email": {},
        "company": {"type": "integer", "reference": "Company"},
        "mobile": {},
        "phone": {},
        "emails": {"type": "list"},
    },
}
PROJECT = of_two("""\
pairs:
  - from: crm.Company
    to: erp.Company
    create: {forward: always, backward: always}
    match: [[[name, name]]]
    rows:
      - [name, name]
      - [city, city]
  - from: crm.Person
    to: erp.Person
    create: {forward: always, backward: always}
    match: [[[email, email]]]
    rows:
      - [name, name]
      - [email, email]
      - [company, company]
""")


class _Connector(ModelConnector):
    system: "System"
    account = ""
    left = 1_000_000
    """Writes that may still be made today."""
    turned_away = 0
    sent: list[str] | None = None
    before: Callable[[str], None] = staticmethod(lambda _kind: None)
    """Called before each write with its kind, which is noted in `sent`."""
    calls: list[tuple[str, int]]
    """Reads and fetches, and when, in microseconds."""

    async def identity(self) -> str:
        return self.account

    async def write(self, writes: Sequence[Write]) -> list[Outcome]:
        return [await self._one(write) for write in writes]

    async def _one(self, write: Write) -> Outcome:
        if not self.left:
            self.turned_away += 1
            return Outcome(kind="later", message="the calls for today are spent", after_s=40_000.0)
        self.left -= 1
        self.before(write.kind)
        if self.sent is not None:
            self.sent.append(write.kind)
        return (await super().write([write]))[0]

    async def fetch(self, mapping: str, ids: Sequence[str]) -> list[Observation]:
        self.calls.append(("fetch", self._clock()))
        return await super().fetch(mapping, ids)

    async def read(self, mapping: str, cursor: str, *, full: bool) -> AsyncIterator[Page]:
        self.calls.append((f"read {mapping}", self._clock()))
        if self.system.down:
            raise RetryLater("nothing answers", after_s=1.0)
        if self.system.refuses:
            raise StopEntityType("the account may not list it")
        async for page in super().read(mapping, cursor, full=full):
            yield page


class System:
    """A system that is played in memory; `unlike` are settings of its entity types, None takes one away; and
    `unique`, properties of persons."""

    def __init__(self, name: str, clock: VirtualClock, unlike: dict[str, Any]) -> None:
        alike = {key: it for key, it in {**ALIKE, **unlike}.items() if it is not None}
        unique = alike.pop("unique", ())
        types = {"Company": {**alike, **deepcopy(COMPANY)}, "Person": {**alike, **deepcopy(PERSON)}}
        for each in unique:
            types["Person"]["properties"][each]["unique"] = True
        self.manifest = manifest_from({"name": name, "base_url": "http://127.0.0.1", "types": types})
        self.model = SystemModel(
            self.manifest, clock=clock.now_us, random=Random(1), quirks={name: Quirks() for name in types}
        )
        self.down = False
        """Listings of it are not answered."""
        self.refuses = False
        """It says that we may not list it."""
        self.connector = _Connector(self.model, self.manifest, clock.now_us)
        self.connector.system, self.connector.calls = self, []

    def add(self, type_name: str, **body: Any) -> str:
        """Id of a record that a person entered."""
        return self.model.person_create(type_name, body).id

    def edit(self, type_name: str, record_id: str, **changes: Any) -> None:
        """A person's edit."""
        assert self.model.person_edit(type_name, record_id, changes).ok

    def drift(self, type_name: str, record_id: str, **values: Any) -> None:
        """The record holds other values, and nothing tells so: no version, no time, no feed."""
        stored = self.model._records.get(type_name, record_id)
        assert stored is not None
        stored.body.update(values)

    def delete(self, type_name: str, record_id: str) -> None:
        """A person's delete."""
        assert self.model.person_delete(type_name, record_id).ok

    def records(self, type_name: str) -> list[dict[str, Any]]:
        """Records that are there."""
        return [row for row in self.model.tables()[type_name].values() if not row.get("deleted")]

    def values(self, type_name: str, name: str) -> list[Any]:
        """One property of all records, sorted."""
        return sorted(str(row.get(name)) for row in self.records(type_name))


class Office:
    """A project of two systems in memory. `configure` changes its text; state stays. `erp`: how the ERP differs."""

    def __init__(self, text: str = PROJECT, store: Store | None = None, **erp: Any) -> None:
        self.clock = VirtualClock()
        self.began_us = self.clock.now_us()
        self.crm, self.erp = System("crm", self.clock, {}), System("erp", self.clock, erp)
        self.store = store or MemoryStore()
        self.configure(text)

    def configure(self, text: str) -> None:
        """Go on under this configuration."""
        self.text = text
        manifests = {"crm": self.crm.manifest, "erp": self.erp.manifest}
        self.project = project_from_text(text, Path(), manifests=manifests)
        self.hub = Hub(
            model=self.project.model,
            store=self.store,
            connectors={"crm": self.crm.connector, "erp": self.erp.connector},
            clock=self.clock,
            guards=GuardLimits(**self.project.config.guards.model_dump()),
        )

    def restart(self) -> None:
        """Another process goes on with the same state."""
        self.configure(self.text)

    def calls(self, system: System) -> list[tuple[str, int]]:
        """What was read and fetched of a system, and when."""
        return list(system.connector.calls)

    def run(self, act: Coroutine[Any, Any, T]) -> T:
        """The answer of a use case."""
        return asyncio.run(act)

    def sync(self, **options: Any) -> Synced:
        """A run, confirmed unless told."""
        options.setdefault("confirmed", options.get("plan") is None)
        return self.run(sync(self.hub, **options))

    def plan(self, **options: Any) -> Plan:
        """What a run would do."""
        return self.run(make_plan(self.hub, **options))
