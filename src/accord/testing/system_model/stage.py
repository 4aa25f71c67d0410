"""What stands behind the API of a played system: hooks, trouble, late writes, and how answers are put together."""

from collections import Counter
from collections.abc import Callable, Mapping, Set as AbstractSet
from contextlib import suppress
from functools import partial
from heapq import heappop, heappush
from random import Random
from typing import Any, Final, Literal, TypeAlias, TypeVar

from msgspec import Struct

from accord.connectorkit.manifest import EntityType, Manifest
from accord.connectorkit.nested import outer
from accord.connectorkit.paths import copied, get_at, put_at
from accord.testing.system_model.acts import Acts, Refused
from accord.testing.system_model.answers import Answer, Complaint, ListAnswer
from accord.testing.system_model.errors import error_body
from accord.testing.system_model.listing import Cut, Listings
from accord.testing.system_model.others import meddled, presented
from accord.testing.system_model.quirks import Quirks
from accord.testing.system_model.records import MemoryRecords, Records, Stored
from accord.testing.system_model.shape import Shape
from accord.testing.system_model.trouble import Trouble, Verdict

__all__ = ["Actor", "Hook", "Part", "Stage"]

Hook: TypeAlias = Callable[[str, str, str | None], None]
"""Called with operation, entity type and record id, around each call of the API; it may act as a person."""

Actor: TypeAlias = Literal["hub", "person", "another"]
"""Who changes records: calls of the API, people, another integration."""
T = TypeVar("T")
_REASONS: Final = {
    401: "the token has ended",
    403: "the account may not do this",
    412: "the record has another version",
    429: "too many calls",
    503: "the system is not available",
}


class Part(Struct, kw_only=True):
    """One entity type, ready to be played."""

    it: EntityType
    acts: Acts
    listings: Listings


class Stage:
    """See `SystemModel`, which is this with its doors."""

    def __init__(
        self,
        manifest: Manifest,
        *,
        clock: Callable[[], int],
        random: Random | None = None,
        quirks: Mapping[str, Quirks] | None = None,
        records: Records | None = None,
        account: str = "hub",
    ) -> None:
        self.manifest = played = outer(manifest)
        self.quirks = {name: (quirks or {}).get(name) or Quirks() for name in played.types}
        self.account = account
        self.calls: Counter[str] = Counter()
        self.calls_by_type: Counter[tuple[str, str]] = Counter()
        self.struck: Counter[str] = Counter()
        self.actor: Actor = "person"
        self.on_change: Callable[[str, str], None] | None = None
        self.before_call: Hook | None = None
        self.after_call: Hook | None = None
        self._clock = clock
        self._records: Records = records if records is not None else MemoryRecords()
        random = random or Random(0)
        self.trouble = Trouble(random, manifest.rate, clock)
        self._air: list[tuple[int, int, Callable[[], object]]] = []
        self._flights = 0
        shapes = {name: Shape(it, _lists(manifest, name)) for name, it in played.types.items()}
        self._parts = {name: self._part(name, shape, shapes, random) for name, shape in shapes.items()}

    def _part(self, name: str, shape: Shape, shapes: Mapping[str, Shape], random: Random) -> Part:
        self._records.prepare(name, shape.indexed)
        listings = Listings(name, shape, self._records, random, self.struck)
        acts = Acts(
            name=name,
            shape=shape,
            quirks=partial(self.quirks.__getitem__, name),
            records=self._records,
            now_us=partial(self.now_us, name),
            tables=shapes,
            changed=partial(self._changed, name, listings),
            high_us=self._records.latest_us(name),
            struck=self.struck,
        )
        return Part(it=shape.it, acts=acts, listings=listings)

    def now_us(self, name: str) -> int:
        """The system's clock: what the Date header of an answer would tell."""
        return self._clock() + round(self.quirks[name].clock_offset_s * 1e6)

    def settle_down(self) -> None:
        """Apply the late writes that are due, and let listings catch up."""
        while self._air and self._air[0][0] <= self._clock():
            heappop(self._air)[2]()
        for name, part in self._parts.items():
            part.listings.catch_up(self.quirks[name], self.now_us(name))

    def _called(
        self,
        op: str,
        name: str,
        record_id: str | None,
        act: Callable[[], Answer],
        kind: Literal["read", "write"] = "write",
        may: AbstractSet[str] = frozenset(),
        if_match: str = "",
    ) -> Answer:
        """The answer to a call about one record, whatever comes in between; `may` as `Trouble.verdict` has it."""
        verdict = self._begin(op, name, record_id, kind, may)
        if verdict.applied and verdict.late_s is None:
            answer = self._applied(name, act)
            if verdict.twice:
                again = self._applied(name, act)
                answer = answer if "stale" in may else again
        elif verdict.fault == "swallows":
            answer = self._answered(name, partial(self._unchanged, name, record_id or "", if_match))
        else:
            answer = Answer(status=0, date_us=self.now_us(name))
        if verdict.late_s is not None:
            self._take_off(verdict.late_s, partial(self._applied, name, act))
        if verdict.status:
            answer = self._refusal(name, Refused(verdict.status, _reason(verdict)))
            answer.retry_after_s = verdict.retry_after_s
        answer.lost, answer.cut = verdict.lost, verdict.cut
        self._end(op, name, record_id)
        return answer

    def _applied(self, name: str, act: Callable[[], Answer]) -> Answer:
        return self._as("hub", partial(self._answered, name, act))

    def _unchanged(self, name: str, record_id: str, if_match: str) -> Answer:
        """What an update is answered that changed nothing; the version that it names is looked at all the same."""
        part = self._parts[name]
        return self._shown(name, part.acts.live(record_id, if_match), 200, holds=part.it.replies.update)

    def _as(self, who: Actor, act: Callable[[], T]) -> T:
        """What an act gives, in somebody's name."""
        before, self.actor = self.actor, who
        try:
            return act()
        finally:
            self.actor = before

    def _take_off(self, late_s: float, landing: Callable[[], object]) -> None:
        self._flights += 1
        heappush(self._air, (self._clock() + round(late_s * 1e6), self._flights, landing))

    def _changed(self, name: str, listings: Listings, stored: Stored) -> None:
        """A record has a new state: listings will show it, webhooks tell of it, and others may not leave it so."""
        listings.changed(stored)
        quirks = self.quirks[name]
        if quirks.another and self.actor != "another" and not stored.deleted:
            self._take_off(
                quirks.another_s, partial(self._as, "another", partial(self._meddle, name, stored.id))
            )
        if self.on_change is not None:
            for _ in range(self.trouble.hints(quirks)):
                self.on_change(name, stored.id)

    def _meddle(self, name: str, record_id: str) -> None:
        """Another integration brings a record into the shape that it wants."""
        acts, found = self._parts[name].acts, self._records.get(name, record_id)
        if found is None or found.deleted:
            return
        changes, touched = meddled(self.quirks[name].another, found.body)
        if changes or touched:
            with suppress(Refused):
                acts.update(record_id, changes, "", api=False, replace=False)
                self.struck["another"] += 1

    def _listed(self, op: str, name: str, cut: Callable[[], Cut]) -> ListAnswer:
        """The answer to a listing, whatever comes in between."""
        verdict = self._begin(op, name, None, "read")
        answer = ListAnswer(status=verdict.status or 200, date_us=self.now_us(name), lost=verdict.lost)
        answer.cut = verdict.cut
        if verdict.status:
            answer.retry_after_s = verdict.retry_after_s
            answer.complaints = (_reason(verdict),)
        elif not verdict.lost:
            try:
                items, answer.next = cut()
                answer.items = [presented(item, self.quirks[name], self.struck) for item in items]
            except Refused as refused:
                answer.status, answer.complaints = refused.status, refused.complaints
        self._end(op, name, None)
        return answer

    def _begin(
        self,
        op: str,
        name: str,
        record_id: str | None,
        kind: Literal["read", "write"],
        may: AbstractSet[str] = frozenset(),
    ) -> Verdict:
        if self.before_call:
            self.before_call(op, name, record_id)
        self.calls[op] += 1
        self.calls_by_type[op, name] += 1
        self.settle_down()
        quirks = self.quirks[name]
        verdict = self.trouble.verdict(name, quirks, kind, self._parts[name].it.max_request_s, may)
        if verdict.fault:
            self.struck[verdict.fault] += 1
        if quirks.clock_offset_s:
            self.struck["clock_offset_s"] += 1
        return verdict

    def _end(self, op: str, name: str, record_id: str | None) -> None:
        if self.after_call:
            self.after_call(op, name, record_id)

    def _answered(self, name: str, act: Callable[[], Answer]) -> Answer:
        try:
            answer = act()
        except Refused as refused:
            answer = self._refusal(name, refused)
        answer.date_us = self.now_us(name)
        return answer

    def _refusal(self, name: str, refused: Refused) -> Answer:
        answer = Answer(status=refused.status, date_us=self.now_us(name), complaints=refused.complaints)
        answer.body = error_body(self._parts[name].it.errors, refused.complaints)
        if refused.stored is not None:
            answer.id, answer.version = refused.stored.id, refused.stored.version
            answer.etag = self._etag(name, refused.stored)
        return answer

    def _shown(self, name: str, stored: Stored, status: int, *, holds: str = "record") -> Answer:
        """An answer about a record; `holds` says what of it: record, id or none."""
        it = self._parts[name].it
        answer = Answer(status=status, id=stored.id, version=stored.version, etag=self._etag(name, stored))
        if holds == "record":
            answer.body = _placed(it.record, presented(copied(stored.body), self.quirks[name], self.struck))
        elif holds == "id":
            short: dict[str, Any] = {}
            for path in it.id.parts or (it.id.property,):
                put_at(short, path, get_at(stored.body, path))
            answer.body = _placed(it.record, short)
        elif status == 200:
            answer.status = 204
        return answer

    def _whole(self, name: str, stored: Stored) -> Answer:
        """What somebody at the system's own screens sees: everything, whatever the account may see."""
        body = _placed(self._parts[name].it.record, copied(stored.body))
        return Answer(
            status=200, id=stored.id, version=stored.version, etag=self._etag(name, stored), body=body
        )

    def _etag(self, name: str, stored: Stored) -> str:
        version = self._parts[name].it.version
        return f'"{stored.version}"' if version and version.etag else ""


def _lists(manifest: Manifest, name: str) -> dict[str, Shape]:
    """Lists of records in those of an entity type."""
    inner = [manifest.types[each] for each in manifest.inside_of(name)]
    return {it.path: Shape(it) for it in inner}


def _reason(verdict: Verdict) -> Complaint:
    return Complaint(_REASONS.get(verdict.status, "the system failed"))


def _placed(path: str, record: dict[str, Any]) -> dict[str, Any]:
    if not path:
        return record
    body: dict[str, Any] = {}
    put_at(body, path, record)
    return body
