"""Between the hub and a connector: only probes come in, and only probes go out."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, NamedTuple

from msgspec import Struct

from accord.core.observation import Observation, Outcome
from accord.ports.clock import Clock
from accord.ports.connector import Connector, Page, Write
from accord.qa.performing.probes import Asked, By, Probes
from accord.qa.performing.records import Record, type_of

__all__ = ["Fence", "Sent"]


class Sent(NamedTuple):
    """A write as it ended. `record` is None where no record came of it."""

    by: By
    kind: str
    at: str
    record: Record | None
    body: Mapping[str, Any]
    outcome: Outcome


class _Awaited(Struct):
    """A write that the listings are to show: as which version, or from when on they must."""

    version: str | None
    from_us: int


class Fence:
    """A `Connector` for the hub, and for people `act`; both see one system, and of it probes alone.

    `lags_s` are the entity types in which records may be created, each with how long its listings trail. `sent` are the
    writes since it was cleared. Listings show what was written when `awaits` is empty: by the version, or because a
    listing was asked for late enough.
    """

    def __init__(
        self,
        inner: Connector,
        people: Connector,
        probes: Probes,
        lags_s: dict[str, float],
        clock: Clock,
    ) -> None:
        self.inner, self.people, self.probes = inner, people, probes
        self.sent: list[Sent] = []
        self.cursors: dict[str, str] = {}
        """Where the last listing of an entity type ended."""
        self._lags_s, self._clock = lags_s, clock
        self._awaited: dict[Record, _Awaited] = {}
        self._began = False
        self._others: set[Record] = set()
        """What was there before anything was written: none of it is ever a probe, whatever a system answers."""

    def awaits(self) -> set[str]:
        """Entity types whose listings have not shown yet what was written."""
        return {record.at for record in self._awaited}

    async def act(self, writes: Sequence[Write]) -> list[Outcome]:
        """A person's writes."""
        return await self._send(writes, "person")

    # the port

    async def identity(self) -> str:
        """See `Connector`."""
        return await self.inner.identity()

    async def read(self, mapping: str, cursor: str, *, full: bool) -> AsyncIterator[Page]:
        """See `Connector`."""
        at, began_us = type_of(mapping), self._clock.now_us()
        async for page in self.inner.read(mapping, cursor, full=full):
            self.cursors[at] = page.cursor or self.cursors.get(at, "")
            seen = [o for o in page.observations if self._lets_in(o)]
            for observation in seen:
                self._shown(observation)
            if not self._began:
                self._others.update(Record(at, o.id) for o in page.observations if not o.gone)
            yield Page(observations=seen, cursor=page.cursor)
        due = [r for r, a in self._awaited.items() if r.at == at and began_us >= a.from_us]
        for record in due:
            del self._awaited[record]

    async def fetch(self, mapping: str, ids: Sequence[str]) -> list[Observation]:
        """See `Connector`. What is no probe can not be read."""
        at, asked_us = type_of(mapping), self._clock.now_us()
        ours = [id_ for id_ in ids if Record(at, id_) in self.probes]
        found = {o.id: o for o in await self.inner.fetch(mapping, ours)} if ours else {}
        return [
            found.get(id_)
            or Observation(mapping=mapping, id=id_, how="fetch", asked_us=asked_us, gone="unreadable")
            for id_ in ids
        ]

    async def search(self, mapping: str, key: str, since_us: int) -> list[Observation] | None:
        """See `Connector`."""
        found = await self.inner.search(mapping, key, since_us)
        return None if found is None else [o for o in found if self._lets_in(o)]

    async def write(self, writes: Sequence[Write]) -> list[Outcome]:
        """See `Connector`. What is no probe is refused, and so is a create where none was announced."""
        may = [write for write in writes if self._lets_out(write)]
        done = {id(w): o for w, o in zip(may, await self._send(may, "hub"), strict=True)}
        stopped = Outcome(kind="refused", message="the checklist does not reach it")
        return [done.get(id(write), stopped) for write in writes]

    async def close(self) -> None:
        """See `Connector`."""
        await self.inner.close()

    # inside

    def _lets_in(self, seen: Observation) -> bool:
        return self.probes.adopts(Record(type_of(seen.mapping), seen.id), seen.our_id, seen.payload)

    def _lets_out(self, write: Write) -> bool:
        at = type_of(write.mapping)
        return at in self._lags_s if write.id is None else Record(at, write.id) in self.probes

    async def _send(self, writes: Sequence[Write], by: By) -> list[Outcome]:
        if not writes:
            return []
        creates = [
            Asked(type_of(w.mapping), w.key if by == "hub" else "", w.body or {})
            for w in writes
            if w.kind == "create"
        ]
        self.probes.asked(creates)
        self._began = True
        answers = await (self.inner if by == "hub" else self.people).write(writes)
        outcomes = [self._made_anew(w, o) for w, o in zip(writes, answers, strict=True)]
        ended = [o for w, o in zip(writes, outcomes, strict=True) if w.kind == "create"]
        made = iter(self.probes.answered(creates, [_id(o) for o in ended], by))
        for write, outcome in zip(writes, outcomes, strict=True):
            at = type_of(write.mapping)
            record = next(made) if write.kind == "create" else Record(at, write.id or "")
            self.sent.append(Sent(by, write.kind, at, record, write.body or {}, outcome))
            if record is not None and outcome.kind == "done":
                self._await(record, outcome)
        return outcomes

    def _made_anew(self, write: Write, outcome: Outcome) -> Outcome:
        """A create that is answered with a record of somebody else has made nothing that may be touched."""
        if write.kind != "create" or Record(type_of(write.mapping), _id(outcome) or "") not in self._others:
            return outcome
        return Outcome(kind="refused", message="it answered with a record that was there before")

    def _await(self, record: Record, outcome: Outcome) -> None:
        version = outcome.observation.version if outcome.observation is not None else None
        from_us = self._clock.now_us() + round(self._lags_s.get(record.at, 0.0) * 1e6)
        self._awaited[record] = _Awaited(version, from_us)

    def _shown(self, seen: Observation) -> None:
        record = Record(type_of(seen.mapping), seen.id)
        awaited = self._awaited.get(record)
        if awaited is not None and (seen.gone or (seen.version and seen.version == awaited.version)):
            del self._awaited[record]


def _id(outcome: Outcome) -> str | None:
    """Id of what a create made; "": nothing, None: nobody knows."""
    if outcome.kind == "done":
        return outcome.observation.id if outcome.observation is not None else None
    return None if outcome.kind == "unknown" else ""
