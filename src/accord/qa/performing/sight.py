"""What the systems show of the probes: listings where they show all there is, records by id where they do not."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from accord.core.errors import AccordError
from accord.qa.performing.bearers import Bearers
from accord.qa.performing.fence import Fence
from accord.qa.performing.ground import Ground
from accord.qa.performing.probes import Probes
from accord.qa.performing.records import Record, system_of

__all__ = ["Sight"]


class Sight:
    """Payloads of probes as they were last shown, and who is recognised by what.

    `fetched` are the records that were read by their id since it was cleared: of these it is known that they are there.
    """

    def __init__(self, ground: Ground, fences: Mapping[str, Fence], probes: Probes, mark: str) -> None:
        self._ground, self._fences, self._probes = ground, fences, probes
        self._shown: dict[Record, Mapping[str, Any]] = {}
        self._cursors: dict[str, str] = {}
        self._bearers = Bearers(mark)
        self.fetched: set[Record] = set()
        self.unread: dict[str, str] = {}
        """Why an entity type could not be read."""

    def shown(self, record: Record) -> Mapping[str, Any] | None:
        """The payload of a probe; None: it is not there."""
        return self._shown.get(record)

    def bearers(self, at: str, literals: Iterable[Any]) -> list[Record]:
        """Probes of an entity type in which any of these literals stands, in the order in which that was seen."""
        found = dict.fromkeys(r for literal in literals for r in self._bearers.of(at, literal))
        return list(found)

    def forget(self, record: Record) -> None:
        """It was deleted, or somebody tried: it has to be read before it is believed to be there."""
        self._drop(record)

    def begin(self) -> None:
        """Read from here on only what changes; everything that hubs have listed so far is known not to be a probe."""
        for fence in self._fences.values():
            self._cursors.update(fence.cursors)

    async def look(self, types: Iterable[str], records: Iterable[Record]) -> None:
        """See what these entity types list, and these records; where listings do not show all, the records by id."""
        self.unread.clear()
        self.fetched.clear()
        listed = {at for at in types if self._ground.lists_all(at)}
        wanted = {record for record in records if record.at not in listed}
        wanted |= {record for at in set(types) - listed for record in self._probes.of(at)}
        systems: dict[str, list[str]] = {}
        for at in sorted(listed):
            systems.setdefault(system_of(at), []).append(at)
        await asyncio.gather(*(self._list_all(some) for some in systems.values()), self.fetch(wanted))

    async def fetch(self, records: Iterable[Record]) -> None:
        """Read these records by their ids."""
        types: dict[str, list[Record]] = {}
        for record in dict.fromkeys(records):
            types.setdefault(record.at, []).append(record)
        await asyncio.gather(*(self._fetch(at, some) for at, some in types.items()))

    async def _list_all(self, types: list[str]) -> None:
        for at in types:
            try:
                await self._list(at)
            except AccordError as error:
                self.unread[at] = str(error)

    async def _list(self, at: str) -> None:
        it, cursor = self._ground.type(at), self._cursors.get(at, "")
        full = it.changes is None or not cursor
        live: set[Record] = set()
        async for page in self._ground.people_at(at).read(at, "" if full else cursor, full=full):
            for seen in page.observations:
                record = Record(at, seen.id)
                if record in self._probes:
                    self._keep(record, seen.payload)
                    live.add(record)
            cursor = page.cursor or cursor
        self._cursors[at] = cursor
        if full:
            for record in [r for r in self._shown if r.at == at and r not in live]:
                self._drop(record)

    async def _fetch(self, at: str, records: list[Record]) -> None:
        try:
            found = await self._ground.people_at(at).fetch(at, [record.id for record in records])
        except AccordError as error:
            self.unread[at] = str(error)
            return
        for record, seen in zip(records, found, strict=True):
            if seen.gone != "unreadable":
                self._keep(record, seen.payload)
                self.fetched.add(record)

    def _keep(self, record: Record, payload: Mapping[str, Any] | None) -> None:
        if payload is None:
            self._drop(record)
        elif self._shown.get(record) != payload:
            self._shown[record] = payload
            self._bearers.put(record, payload)

    def _drop(self, record: Record) -> None:
        if self._shown.pop(record, None) is not None:
            self._bearers.drop(record)
