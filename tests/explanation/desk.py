"""Three systems with persons, a hub on them, and tables of what it knows at each step."""

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

from accord.core.state import Cluster, Event, Link
from accord.core.values import MISSING
from accord.project import project_from_text
from accord.runtime.hub import Hub
from accord.runtime.runs.plan import Plan, make_plan
from accord.runtime.runs.sync import sync
from accord.runtime.settling import wake_waiting
from accord.runtime.steps.configure import apply_configuration
from accord.runtime.steps.cycle import read_all, settle_all
from accord.runtime.steps.rounds import share
from accord.store import MemoryStore
from accord.testing.world.clock import VirtualClock
from tests.unit.runtime.office import System

__all__ = ["PROJECT", "Desk"]

T = TypeVar("T")
PROJECT = """
version: 1
name: desk
systems:
  crm: {connector: crm.yaml, priority: 3}
  erp: {connector: erp.yaml, priority: 2}
  shop: {connector: shop.yaml, priority: 1}
concepts:
  person:
    properties: {email: string, name: string, phone: string}
    match: [[email]]
mappings:
  crm.Person: {concept: person, properties: {email: email, name: name, phone: phone}}
  erp.Person: {concept: person, properties: {email: email, name: name, phone: phone}}
  shop.Person: {concept: person, properties: {email: email, name: name, phone: phone}}
"""


class Desk:
    """The hub between its steps; each of them is one that a run of `accord sync` makes."""

    def __init__(self, **unlike: dict[str, Any]) -> None:
        self.clock, self.store = VirtualClock(), MemoryStore()
        self.systems = {
            name: System(name, self.clock, unlike.get(name, {})) for name in ("crm", "erp", "shop")
        }
        self.crm, self.erp, self.shop = self.systems.values()
        self.configure(PROJECT)

    def configure(self, text: str) -> None:
        """Go on under this configuration."""
        manifests = {name: system.manifest for name, system in self.systems.items()}
        self.hub = Hub(
            model=project_from_text(text, Path(), manifests=manifests).model,
            store=self.store,
            connectors={name: system.connector for name, system in self.systems.items()},
            clock=self.clock,
        )

    def run(self, act: Coroutine[Any, Any, T]) -> T:
        return asyncio.run(act)

    def syncs(self) -> None:
        """A whole run."""
        self.clock.advance(60)
        self.run(sync(self.hub, confirmed=True))

    def applies(self) -> None:
        """A new configuration, which somebody has confirmed."""
        self.run(apply_configuration(self.hub))

    def plans(self) -> Plan:
        return self.run(make_plan(self.hub))

    def reads(self) -> None:
        self.clock.advance(60)
        self.run(read_all(self.hub))

    def settles(self) -> None:
        self.run(wake_waiting(self.hub))
        self.run(settle_all(self.hub))

    def writes(self) -> None:
        self.clock.advance(1)
        self.run(share(self.hub, lambda due: due))

    def types(self, name: str, /, *, at: int, record: str = "1", **changes: Any) -> None:
        """Somebody's edit, so many seconds after the one before."""
        self.clock.advance(at)
        self.systems[name].edit("Person", record, **changes)

    # what is known

    async def _cluster(self) -> Cluster:
        async with self.store.transaction(dry=True) as tx:
            (golden,) = await tx.scan_golden("person", "", 2)
            (cluster,) = await tx.clusters([golden.id])
        return cluster

    async def _history(self) -> list[Event]:
        async with self.store.transaction(dry=True) as tx:
            return await tx.history()

    def history(self, *kinds: str) -> list[Event]:
        """Lines of history of these kinds."""
        return [event for event in self.run(self._history()) if event.kind in kinds]

    def golden(self, name: str) -> Any:
        return self.run(self._cluster()).golden.value[self._column(name)]

    def table(self, name: str) -> str:
        """What is known of one property, in Markdown: seen, shadow and golden."""
        cluster, column = self.run(self._cluster()), self._column(name)
        golden = cluster.golden
        rows = [f"| {name} | seen | shadow | the shadow stands for |", "| --- | --- | --- | --- |"]
        for link in cluster.links:
            rows.append(f"| {link.mapping.partition('.')[0]} | {self._link(cluster, link, column)} |")
        origin = golden.stamp[column].record.partition(".")[0]
        rows.append(f"| **golden** | **{_text(golden.value[column])}** | | from {origin or 'nobody'} |")
        return "\n".join(rows)

    def _link(self, cluster: Cluster, link: Link, column: int) -> str:
        seen, stamp = cluster.seen.get((link.mapping, link.id or "")), cluster.golden.stamp[column]
        if link.life == "creating":
            asked = "a create was sent, the answer is unknown" if link.open is not None else "a create is due"
            return f"nothing yet | nothing yet | {asked}"
        stands = "the golden value" if stamp in (link.base[column], link.same[column]) else "an older value"
        if link.raw[column] is MISSING:
            stands = "nothing: there is no base"
        return f"{_text(seen.raw[column] if seen else MISSING)} | {_text(link.raw[column])} | {stands}"

    def _column(self, name: str) -> int:
        return [p.name for p in self.hub.model.concepts["person"].properties].index(name)


def _text(value: Any) -> str:
    return "—" if value is MISSING or value is None else str(value)
