"""A system that plays a manifest: what its API answers, and what people do in it meanwhile."""

from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from heapq import heappop, heappush
from random import Random
from typing import Any, TypeAlias

from msgspec import Struct

from accord.connectorkit.manifest import EntityType, Manifest
from accord.connectorkit.paths import get_at, put_at
from accord.testing.system_model.acts import Acts, Refused
from accord.testing.system_model.answers import Answer, Complaint, ListAnswer
from accord.testing.system_model.errors import error_body
from accord.testing.system_model.listing import Cut, Listings
from accord.testing.system_model.quirks import Quirks
from accord.testing.system_model.records import MemoryRecords, Records, Stored
from accord.testing.system_model.shape import Shape, copied
from accord.testing.system_model.trouble import Trouble, Verdict

__all__ = ["Hook", "SystemModel"]

Hook: TypeAlias = Callable[[str, str, str | None], None]
"""Called with operation, entity type and record id, around each call of the API; it may act as a person."""


class _Part(Struct, kw_only=True):
    """One entity type, ready to be played."""

    it: EntityType
    acts: Acts
    listings: Listings


class SystemModel:
    """A system in memory, or wherever `records` keeps them.

    `clock` gives microseconds UTC; the system's own clock is ahead of it by the quirk `clock_offset_s`. The same
    manifest, clock, random and calls give the same answers. `calls` counts calls by operation, `calls_by_type` by
    (operation, entity type). Answers belong to the caller. Unknown entity types raise KeyError.
    """

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
        self.manifest = manifest
        self.quirks = {name: (quirks or {}).get(name) or Quirks() for name in manifest.types}
        self.account = account
        self.calls: Counter[str] = Counter()
        self.calls_by_type: Counter[tuple[str, str]] = Counter()
        self.before_call: Hook | None = None
        self.after_call: Hook | None = None
        self._clock = clock
        self._records: Records = records if records is not None else MemoryRecords()
        random = random or Random(0)
        self.trouble = Trouble(random, manifest.rate, clock)
        self._air: list[tuple[int, int, Callable[[], Answer]]] = []
        self._in_air = 0
        shapes = {name: Shape(it) for name, it in manifest.types.items()}
        self._parts = {name: self._part(name, shape, shapes, random) for name, shape in shapes.items()}

    def _part(self, name: str, shape: Shape, shapes: Mapping[str, Shape], random: Random) -> _Part:
        self._records.prepare(name, shape.indexed)
        listings = Listings(name, shape, self._records, random)
        acts = Acts(
            name=name,
            shape=shape,
            quirks=partial(self.quirks.__getitem__, name),
            records=self._records,
            now_us=partial(self.now_us, name),
            tables=shapes,
            changed=listings.changed,
        )
        return _Part(it=shape.it, acts=acts, listings=listings)

    # the API

    def now_us(self, name: str) -> int:
        """The system's clock: what the Date header of an answer would tell."""
        return self._clock() + round(self.quirks[name].clock_offset_s * 1e6)

    def list(self, name: str, since: str = "", page_token: str | None = None, limit: int = 0) -> ListAnswer:
        """A page of the listing, with `since` of what changed since, as the manifest's filter writes it.

        Answers 400 for a filter or token that can not be read, 410 for one that reaches too far back.
        """
        part = self._parts[name]

        def cut() -> Cut:
            return part.listings.page(
                since, page_token, limit or _size(part.it), self.quirks[name], self.now_us(name)
            )

        return self._listed("list", name, cut)

    def tombstones(
        self, name: str, since: str = "", page_token: str | None = None, limit: int = 0
    ) -> ListAnswer:
        """A page of the endpoint that tells deletes, where the manifest has one."""
        part = self._parts[name]
        if not (part.it.tombstones and part.it.tombstones.path):
            raise KeyError(f"{name} has no endpoint for deletes")

        def cut() -> Cut:
            return part.listings.tombstones(since, page_token, limit or _size(part.it), self.now_us(name))

        return self._listed("tombstones", name, cut)

    def find(self, name: str, our_id: str) -> ListAnswer:
        """Records that carry our id, as listings show them."""
        part = self._parts[name]
        return self._listed("find", name, lambda: (part.listings.by_our_id(our_id), None))

    def created_since(
        self, name: str, since_us: int, page_token: str | None = None, limit: int = 0
    ) -> ListAnswer:
        """A page of what was created since a time of the system's clock, as listings show it."""
        part = self._parts[name]
        return self._listed(
            "created_since",
            name,
            lambda: part.listings.created_since(since_us, page_token, limit or _size(part.it)),
        )

    def get(self, name: str, record_id: str) -> Answer:
        """One record; the winner where the record was merged into another one."""

        def act() -> Answer:
            found = self._records.get(name, record_id)
            target = found.successor if found is not None and found.successor else record_id
            return self._shown(name, self._parts[name].acts.live(target, ""), 200)

        return self._called("get", name, record_id, "read", act)

    def create(self, name: str, body: Any, key: str = "") -> Answer:
        """A new record: 201; the one that the key made before: 200."""
        return self._called("create", name, None, "write", partial(self._create, name, copied(body), key))

    def update(self, name: str, record_id: str, body: Any, if_match: str = "") -> Answer:
        """A record changed, patched or replaced as the manifest says; `if_match` is the conditional header."""
        part = self._parts[name]
        replace = part.it.update == "replace"
        taken = copied(body)

        def act() -> Answer:
            stored = part.acts.update(record_id, taken, if_match, api=True, replace=replace)
            return self._shown(name, stored, 200, body=part.it.replies.update == "record")

        return self._called("update", name, record_id, "write", act)

    def delete(self, name: str, record_id: str, if_match: str = "") -> Answer:
        """A record deleted: 204."""
        part = self._parts[name]

        def act() -> Answer:
            part.acts.delete(record_id, if_match)
            return Answer(status=204, id=record_id)

        return self._called("delete", name, record_id, "write", act)

    # what people do: no hooks, no trouble, no versions

    def person_create(self, name: str, body: Mapping[str, Any]) -> Answer:
        """Somebody enters a record; refused as the API would, but for what only the API may not write."""
        acts = self._parts[name].acts
        return self._person(name, lambda: acts.create(copied(dict(body)), "person", api=False))

    def person_edit(self, name: str, record_id: str, changes: Mapping[str, Any]) -> Answer:
        """Somebody edits properties: nested as in a payload, the rest stays; dotted paths do as well."""
        body: dict[str, Any] = {}
        for path, value in changes.items():
            put_at(body, path, copied(value))
        acts = self._parts[name].acts
        return self._person(name, lambda: acts.update(record_id, body, "", api=False, replace=False))

    def person_clear(self, name: str, record_id: str, path: str) -> Answer:
        """Somebody empties a property."""
        return self.person_edit(name, record_id, {path: None})

    def person_delete(self, name: str, record_id: str) -> Answer:
        """Somebody deletes a record."""
        return self._person(name, lambda: self._parts[name].acts.delete(record_id, ""))

    def person_restore(self, name: str, record_id: str) -> Answer:
        """Somebody takes a deleted record out of the bin, under its old id."""
        return self._person(name, lambda: self._parts[name].acts.restore(record_id))

    def person_merge(self, name: str, loser: str, winner: str) -> Answer:
        """Somebody merges a record into another one: reading the loser gives the winner from now on (S10)."""
        return self._person(name, lambda: self._parts[name].acts.merge(loser, winner))

    # for oracles

    def tables(self) -> dict[str, dict[str, dict[str, Any]]]:
        """All live records, as payloads by id by entity type, in order of their last change. Applies what is due."""
        self._settle_down()
        return {
            name: {s.id: copied(s.body) for s in self._records.page(name, "live", 0, 0, 2**40)}
            for name in self._parts
        }

    def in_air(self) -> int:
        """Writes that were given up by their callers and are still to be applied."""
        self._settle_down()
        return len(self._air)

    def snapshot(self) -> Any:
        """All records, as a backup holds them; counters, quirks and what is in the air are not in it."""
        return self._records.snapshot()

    def restore(self, snapshot: Any) -> None:
        """Restored from a backup (S11): records and the series of ids and versions are as they were."""
        self._records.restore(snapshot)

    # inside

    def _create(self, name: str, body: Any, key: str) -> Answer:
        part, honoured = self._parts[name], self.manifest.types[name].idempotency
        now = self.now_us(name)
        whole = part.it.replies.create == "record"
        if key and honoured:
            made = self._records.made(name, key)
            if made is not None and now - made[1] <= honoured.valid_s * 1e6:
                stored = self._records.get(name, made[0])
                if stored is not None:
                    return self._shown(name, stored, 200, body=whole)
        stored = part.acts.create(body, self.account, api=True)
        if key and honoured:
            self._records.save_made(name, key, stored.id, now)
        return self._shown(name, stored, 201, body=whole)

    def _called(
        self, op: str, name: str, record_id: str | None, kind: Any, act: Callable[[], Answer]
    ) -> Answer:
        verdict = self._begin(op, name, record_id, kind)
        if verdict.late_s is not None:
            self._in_air += 1
            due = self._clock() + round(verdict.late_s * 1e6)
            landing: Callable[[], Answer] = partial(self._answered, name, act)
            heappush(self._air, (due, self._in_air, landing))
            answer = Answer(status=0, date_us=self.now_us(name))
        else:
            answer = (
                self._answered(name, act) if verdict.applied else Answer(status=0, date_us=self.now_us(name))
            )
        if verdict.status:
            complaint = Complaint(_REASONS.get(verdict.status, "the system failed"))
            answer = self._refusal(name, Refused(verdict.status, complaint))
            answer.retry_after_s = verdict.retry_after_s
        answer.lost = verdict.lost
        self._end(op, name, record_id)
        return answer

    def _listed(self, op: str, name: str, cut: Callable[[], Cut]) -> ListAnswer:
        verdict = self._begin(op, name, None, "read")
        date = self.now_us(name)
        answer = ListAnswer(status=verdict.status or 200, date_us=date, lost=verdict.lost)
        if verdict.status:
            answer.retry_after_s = verdict.retry_after_s
            answer.complaints = (Complaint(_REASONS.get(verdict.status, "the system failed")),)
        elif not verdict.lost:
            try:
                answer.items, answer.next = cut()
            except Refused as refused:
                answer.status, answer.complaints = refused.status, refused.complaints
        self._end(op, name, None)
        return answer

    def _begin(self, op: str, name: str, record_id: str | None, kind: Any) -> Verdict:
        if self.before_call:
            self.before_call(op, name, record_id)
        self.calls[op] += 1
        self.calls_by_type[op, name] += 1
        self._settle_down()
        return self.trouble.verdict(name, self.quirks[name], kind, self._parts[name].it.max_request_s)

    def _end(self, op: str, name: str, record_id: str | None) -> None:
        if self.after_call:
            self.after_call(op, name, record_id)

    def _settle_down(self) -> None:
        """Apply the late writes that are due, and let listings catch up."""
        while self._air and self._air[0][0] <= self._clock():
            heappop(self._air)[2]()
        for name, part in self._parts.items():
            part.listings.catch_up(self.quirks[name], self.now_us(name))

    def _person(self, name: str, act: Callable[[], Stored]) -> Answer:
        self._settle_down()
        return self._answered(name, lambda: self._shown(name, act(), 200))

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

    def _shown(self, name: str, stored: Stored, status: int, *, body: bool = True) -> Answer:
        it = self._parts[name].it
        answer = Answer(status=status, id=stored.id, version=stored.version, etag=self._etag(name, stored))
        if body:
            answer.body = _placed(it.record, copied(stored.body))
        elif status in (200, 201) and it.replies.create == "id":
            answer.body = _placed(it.record, {it.id.property: get_at(stored.body, it.id.property)})
        return answer

    def _etag(self, name: str, stored: Stored) -> str:
        version = self._parts[name].it.version
        return f'"{stored.version}"' if version and version.etag else ""


_REASONS = {429: "too many calls", 500: "the system failed"}


def _size(it: EntityType) -> int:
    return getattr(it.page, "size", 2**40)


def _placed(path: str, record: dict[str, Any]) -> dict[str, Any]:
    if not path:
        return record
    body: dict[str, Any] = {}
    put_at(body, path, record)
    return body
