"""What a checklist is performed on: systems with their connectors, a clock, and where the hub's state is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from accord.connectorkit.manifest import EntityType, Manifest
from accord.ports.clock import Clock
from accord.ports.connector import Connector
from accord.qa.performing.probes import Diary
from accord.qa.performing.records import system_of

__all__ = ["Ground"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """`connectors` are those of the project, for its hub; `people` call the same systems as `manifests` have them.

    `jumps`: to wait costs no time. `store` is a folder of the hub's own. `diary` keeps the probes where records outlive
    the process.
    """

    against: Literal["sandbox", "live"]
    manifests: Mapping[str, Manifest]
    connectors: Mapping[str, Connector]
    people: Mapping[str, Connector]
    clock: Clock
    store: Path
    jumps: bool = False
    diary: Diary | None = None

    def has(self, at: str) -> bool:
        """There is such an entity type, and its system can be called."""
        system, _, name = at.partition(".")
        return system in self.people and name in self.manifests[system].types

    def type(self, at: str) -> EntityType:
        """An entity type ("system.Type"). Raises KeyError."""
        system, _, name = at.partition(".")
        return self.manifests[system].by_itself(name)

    def people_at(self, at: str) -> Connector:
        """How people call the system of an entity type."""
        return self.people[system_of(at)]

    def lists_all(self, at: str) -> bool:
        """A listing shows all that was written, and all of each record: it need not be fetched to be believed."""
        it = self.type(at)
        return (self.jumps or it.lag_s == 0) and not it.listing.partial and not it.listing.omits
