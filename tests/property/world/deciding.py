"""A CRM, an ERP and a shop with people and their companies, for laws about what people decide."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from accord.core.state import Cluster
from accord.runtime.decide import Verdict, decide
from accord.store import MemoryStore
from tests.unit.runtime.office import Office

__all__ = ["Desk"]

T = TypeVar("T")


class Desk(Office):
    """An office at which somebody decides; every sync is followed to the end."""

    def same(self, *keys: str) -> None:
        """Say that records are one thing."""
        self.say(*(Verdict(keys[0], key, "same") for key in keys[1:]))

    def different(self, a: str, b: str, *, restore: bool = False) -> None:
        """Say that two records are different things."""
        self.say(Verdict(a, b, "different", restore))

    def say(self, *verdicts: Verdict) -> None:
        """Decide."""
        self.run(decide(self.hub, verdicts, by="ann"))

    def clusters(self, concept: str) -> list[Cluster]:
        """All golden records that are no aliases."""

        async def look() -> list[Cluster]:
            async with self.store.transaction(dry=True) as tx:
                rows = await tx.scan_golden(concept, "", 1000)
                return await tx.clusters([row.id for row in rows if row.life != "merged"])

        return self.run(look())

    def parts(self, concept: str) -> set[frozenset[str]]:
        """What is linked together: the live records of each golden record."""
        groups = (
            frozenset(f"{k.mapping}/{k.id}" for k in each.links if k.life == "live")
            for each in self.clusters(concept)
        )
        return {group for group in groups if group}
