"""A system that plays a manifest: what its API answers, and what people do in it meanwhile."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from accord.connectorkit.manifest import EntityType
from accord.connectorkit.paths import copied, get_at, put_at
from accord.core.values import MISSING
from accord.testing.system_model.answers import Answer, ListAnswer
from accord.testing.system_model.records import Stored
from accord.testing.system_model.stage import Stage

__all__ = ["SystemModel"]

_ALL = 2**40


class SystemModel(Stage):
    """A system in memory, or wherever `records` keeps them.

    `clock` gives microseconds UTC; the system's own clock is ahead of it by the quirk `clock_offset_s`. The same
    manifest, clock, random and calls give the same answers. `calls` counts calls by operation, `calls_by_type` by
    (operation, entity type); `before_call` and `after_call` are called around each. `quirks` may be changed at any
    time. Answers belong to the caller. Unknown entity types raise KeyError.
    """

    # the API

    def list(self, name: str, since: str = "", page_token: str | None = None, limit: int = 0) -> ListAnswer:
        """A page of the listing, with `since` of what changed since, as the manifest's filter writes it.

        Answers 400 for a filter that can not be read, 410 for one that reaches too far back.
        """
        part = self._parts[name]
        return self._listed(
            "list",
            name,
            lambda: part.listings.page(
                since, page_token, limit or _size(part.it), self.quirks[name], self.now_us(name)
            ),
        )

    def tombstones(
        self, name: str, since: str = "", page_token: str | None = None, limit: int = 0
    ) -> ListAnswer:
        """A page of the endpoint that tells deletes. Raises KeyError: the manifest has none."""
        part = self._parts[name]
        if not (part.it.tombstones and part.it.tombstones.path):
            raise KeyError(f"{name} has no endpoint for deletes")
        return self._listed(
            "tombstones",
            name,
            lambda: part.listings.tombstones(since, page_token, limit or _size(part.it), self.now_us(name)),
        )

    def find(self, name: str, our_id: str) -> ListAnswer:
        """Records that carry our id, as listings show them; 400 where they can not be searched for it."""
        return self._listed("find", name, lambda: (self._parts[name].listings.by_our_id(our_id), None))

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
        """One record: 200; 404 or 410 where there is none; the winner where it was merged into another one."""

        def act() -> Answer:
            found = self._records.get(name, record_id)
            went = found.successor if found is not None else ""
            target = record_id if self._parts[name].it.successor_type or not went else went
            return self._shown(name, self._parts[name].acts.live(target, ""), 200)

        return self._called("get", name, record_id, act, "read")

    def create(self, name: str, body: Any, key: str = "") -> Answer:
        """A new record: 201; the one that the key made before, as it is now: 200."""
        it = self._parts[name].it
        path = f"{it.wraps}.{it.our_id.property}".lstrip(".") if it.our_id and it.our_id.unique else ""
        ours = bool(path) and get_at(body, path) is not MISSING
        may = {"doubles"} if ours or (key and it.idempotency) else set[str]()
        return self._called("create", name, None, partial(self._create, name, copied(body), key), may=may)

    def update(self, name: str, record_id: str, body: Any, if_match: str = "") -> Answer:
        """A record changed, patched or replaced as the manifest says; `if_match` is the conditional header."""
        part, taken = self._parts[name], copied(body)
        replace = part.it.update == "replace"

        def act() -> Answer:
            stored = part.acts.update(record_id, taken, if_match, api=True, replace=replace)
            return self._shown(name, stored, 200, holds=part.it.replies.update)

        may = {"swallows", "doubles", *(["stale"] if if_match and part.it.conditional else [])}
        return self._called("update", name, record_id, act, may=may, if_match=if_match)

    def delete(self, name: str, record_id: str, if_match: str = "") -> Answer:
        """A record deleted: 204."""

        def act() -> Answer:
            self._parts[name].acts.delete(record_id, if_match)
            return Answer(status=204, id=record_id)

        may = {"doubles", *(["stale"] if if_match and self._parts[name].it.conditional else [])}
        return self._called("delete", name, record_id, act, may=may)

    def _create(self, name: str, body: Any, key: str) -> Answer:
        part, now = self._parts[name], self.now_us(name)
        honoured = part.it.idempotency if key else None
        made = self._records.made(name, key) if honoured else None
        if honoured and made and now - made[1] <= honoured.valid_s * 1e6:
            first = self._records.get(name, made[0])
            if first is not None:
                return self._shown(name, first, 200, holds=part.it.replies.create)
        stored = part.acts.create(body, self.account, api=True)
        if honoured:
            self._records.save_made(name, key, stored.id, now)
        return self._shown(name, stored, 201, holds=part.it.replies.create)

    # what people do: no hooks, no trouble, no versions, nothing read-only or ignored

    def person_create(self, name: str, body: Mapping[str, Any]) -> Answer:
        """Somebody enters a record; what is wrong with it is refused as the API would."""
        return self._person(name, lambda: self._parts[name].acts.create(_nested(body), "person", api=False))

    def person_edit(self, name: str, record_id: str, changes: Mapping[str, Any]) -> Answer:
        """Somebody edits properties, nested as in a payload or by dotted path; the rest stays."""
        return self._person(
            name,
            lambda: self._parts[name].acts.update(record_id, _nested(changes), "", api=False, replace=False),
        )

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

    def person_convert(self, name: str, record_id: str, into: str) -> Answer:
        """Somebody makes a record one of another type, which already stands there: a lead becomes a contact (L11)."""
        return self._person(name, lambda: self._parts[name].acts.convert(record_id, into))

    def load(self, name: str, rows: Iterable[Mapping[str, Any]]) -> Sequence[Answer]:
        """Somebody enters records under the ids they bear, or new ones: 409 where a record has, or had, that id."""
        path = self.manifest.types[name].id.property
        acts = self._parts[name].acts

        def entered(row: Mapping[str, Any]) -> Stored:
            body = _nested(row)
            given = get_at(body, path)
            return acts.create(
                body, "person", api=False, record_id="" if given in (MISSING, None) else str(given)
            )

        self.settle_down()
        return [
            self._answered(name, lambda: self._shown(name, entered(row), 201, holds="id"))  # noqa: B023
            for row in rows
        ]

    def _person(self, name: str, act: Callable[[], Stored]) -> Answer:
        self.settle_down()
        return self._as("person", lambda: self._answered(name, lambda: self._whole(name, act())))

    # for oracles

    def tables(self) -> dict[str, dict[str, dict[str, Any]]]:
        """All live records, as payloads by id by entity type, in order of their last change; what is due is applied."""
        self.settle_down()
        return {
            name: {s.id: copied(s.body) for s in self._records.page(name, "live", 0, 0, _ALL)}
            for name in self._parts
        }

    def in_air(self) -> int:
        """How many writes were given up by their callers and are still to be applied."""
        self.settle_down()
        return len(self._air)

    def snapshot(self) -> Any:
        """All records, as a backup holds them; counters, quirks and what is in the air are not in it."""
        return self._records.snapshot()

    def restore(self, snapshot: Any) -> None:
        """Restored from a backup (S11): records, and the series of ids and versions, are as they were."""
        self._records.restore(snapshot)
        self.struck["backup"] += 1


def _size(it: EntityType) -> int:
    return getattr(it.page, "size", _ALL)


def _nested(changes: Mapping[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = {}
    for path, value in changes.items():
        put_at(body, path, copied(value))
    return body
