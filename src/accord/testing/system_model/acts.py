"""What becomes of records: creates, updates, deletes, whoever asks for them. No hooks, no trouble, no lag."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Final

from msgspec import Struct

from accord.connectorkit.manifest_parts import IdSpec
from accord.connectorkit.normalise import normaliser
from accord.connectorkit.observe import bare_etag, canonical_id, joined_id
from accord.connectorkit.paths import copied, drop_at, get_at, put_at
from accord.core.values import MISSING
from accord.testing.system_model.answers import Complaint
from accord.testing.system_model.quirks import Quirks
from accord.testing.system_model.records import Records, Stored, index_key
from accord.testing.system_model.shape import Shape

__all__ = ["Acts", "Refused"]

_HOLE: Final = re.compile(r"\{([^{}]+)\}")


class Refused(Exception):
    """The system refuses: status, and why."""

    def __init__(self, status: int, *complaints: Complaint, stored: Stored | None = None) -> None:
        super().__init__(status)
        self.status = status
        self.complaints = complaints
        self.stored = stored


class Acts(Struct, kw_only=True):
    """Changes of the records of one entity type. `now_us` is the system's clock; `who` the account that acts."""

    name: str
    shape: Shape
    quirks: Callable[[], Quirks]
    records: Records
    now_us: Callable[[], int]
    tables: Mapping[str, Shape]
    changed: Callable[[Stored], None]
    """Called with each new state: it reaches the listings from there."""
    struck: Counter[str]
    high_us: int = 0
    """The latest time of a change: the order of changes never runs backwards, whatever the clock does."""

    def create(self, body: Any, who: str, *, api: bool, record_id: str = "") -> Stored:
        """A new record, under a new id or the one named. Raises Refused; 409 where a record has, or had, that id."""
        if record_id and self.records.get(self.name, canonical_id(record_id, self.shape.it.id)) is not None:
            raise Refused(409, Complaint("is taken by another record", self.shape.it.id.property))
        spec = self.shape.it.id
        fresh: dict[str, Any] = {}
        for path, value in self.shape.defaults.items():
            put_at(fresh, path, value)
        self._put(fresh, self._changes(body, None, api=api))
        now = self.now_us()
        given = get_at(fresh, self.shape.given) if self.shape.given else MISSING
        if not record_id and self.shape.given in self.shape.required and given in (MISSING, None, ""):
            raise Refused(422, Complaint("is required", self.shape.given))
        if not record_id and given not in (MISSING, None):
            record_id = str(given)
            if self.records.get(self.name, canonical_id(record_id, self.shape.it.id)) is not None:
                raise Refused(409, Complaint("is taken by another record", self.shape.given))
        if spec.parts:
            record_id = self._joined(fresh)
        else:
            record_id = record_id or self._new_id()
            put_at(fresh, spec.property, int(record_id) if spec.type == "integer" else record_id)
        if self.shape.created and self.shape.it.created:
            put_at(fresh, self.shape.it.created.property, self.shape.created(now))
        if self.shape.it.creator:
            put_at(fresh, self.shape.it.creator, who)
        return self._keep(canonical_id(record_id, self.shape.it.id), fresh, now, now)

    def _joined(self, fresh: Mapping[str, Any]) -> str:
        """The id of which the parts are there. Raises Refused: one is not, or a record has, or had, that id."""
        record_id = joined_id(fresh, self.shape.it.id)
        missing = [path for path in self.shape.it.id.parts if get_at(fresh, path) in (MISSING, None, "")]
        if record_id is None or missing:
            raise Refused(422, *(Complaint("is required", path) for path in missing))
        if self.records.get(self.name, record_id) is not None:
            raise Refused(409, Complaint("is taken by another record", next(iter(self.shape.it.id.parts))))
        return record_id

    def update(self, record_id: str, body: Any, if_match: str, *, api: bool, replace: bool) -> Stored:
        """A record changed. Raises Refused: 404, 412, or what is wrong with the body."""
        old = self.live(record_id, if_match)
        fresh: dict[str, Any] = copied(old.body)
        changes = self._changes(body, old, api=api)
        if api and self.quirks().replaces:
            self.struck["replaces"] += 1
        if replace or (api and self.quirks().replaces):
            for path, spec in self.shape.specs.items():
                if (
                    not spec.read_only
                    and path not in (*self.shape.stamped, self.shape.given, *self.shape.it.id.parts)
                    and path not in self.quirks().ignores
                ):
                    drop_at(fresh, path)
        self._put(fresh, changes)
        if self.quirks().noop_keeps and fresh == old.body:
            return old
        return self._keep(old.id, fresh, old.created_us, self.now_us())

    def delete(self, record_id: str, if_match: str) -> Stored:
        """A record's tombstone. Raises Refused: 404 or 412."""
        old = self.live(record_id, if_match)
        return self._stamp(old.id, copied(old.body), old.created_us, self.now_us(), deleted=True)

    def merge(self, loser: str, winner: str) -> Stored:
        """The tombstone of a record that went into another one. Raises Refused: 404."""
        into, old = self.live(winner, ""), self.live(loser, "")
        return self._stamp(
            old.id, copied(old.body), old.created_us, self.now_us(), deleted=True, successor=into.id
        )

    def convert(self, record_id: str, into: str) -> Stored:
        """The tombstone of a record that became one of another type, under another id. Raises Refused: 404."""
        old = self.live(record_id, "")
        return self._stamp(
            old.id, copied(old.body), old.created_us, self.now_us(), deleted=True, successor=into
        )

    def restore(self, record_id: str) -> Stored:
        """A deleted record back under its id. Raises Refused: it is not there, or not deleted, or clashes."""
        old = self.records.get(self.name, record_id)
        if old is None or not old.deleted:
            raise Refused(404, Complaint("there is no deleted record of this id"))
        return self._keep(old.id, copied(old.body), old.created_us, self.now_us())

    def live(self, record_id: str, if_match: str) -> Stored:
        """A record that is there, in the version named. Raises Refused: 404, 410 where it was deleted, 412."""
        found = self.records.get(self.name, canonical_id(record_id, self.shape.it.id))
        if found is None or found.deleted:
            status = self.shape.it.gone_status[0 if found is None else -1]
            raise Refused(status, Complaint("there is no record of this id"))
        if if_match and self.shape.it.conditional and bare_etag(if_match) not in ("*", found.version):
            raise Refused(412, Complaint("the record has another version"), stored=found)
        return found

    def _changes(self, body: Any, old: Stored | None, *, api: bool) -> dict[str, Any]:
        """What a body sets, as the system takes it. Raises Refused: 400 for no object, 422 with all complaints."""
        wraps = self.shape.it.wraps
        if api and wraps:
            body = get_at(body, wraps)
        if not isinstance(body, dict):
            raise Refused(400, Complaint("the body is no object"))
        taken: dict[str, Any] = {}
        complaints: list[Complaint] = []
        for path, raw in self.shape.changes(body):
            if path in self.shape.stamped:
                continue
            if api and path in self.quirks().ignores:
                self.struck["ignores"] += 1
                continue
            if api and path in self.quirks().hides:
                self.struck["hides"] += 1
                raise Refused(403, Complaint("the account may not write this", path))
            value = self._quirked(path, self.shape.normalised(path, raw))
            faults = [*self.shape.complaints(path, value)]
            if not faults and (forbidden := self._forbidden(path, value, old, api=api)):
                faults.append(forbidden)
            complaints += faults
            taken[path] = copied(value)
        if complaints:
            raise Refused(422, *complaints)
        return taken

    def _forbidden(self, path: str, value: Any, old: Stored | None, *, api: bool) -> Complaint | None:
        spec = self.shape.specs[path]
        closed = spec.read_only or (spec.create_only and old is not None)
        if api and closed:
            now = get_at(old.body, path) if old else MISSING
            if value != (None if now is MISSING else now):
                return Complaint(
                    "can not be written" if spec.read_only else "can not be changed any more", path
                )
        if spec.reference and value is not None:
            target = self.tables[spec.reference].it.id
            found = self.records.get(spec.reference, canonical_id(value, target))
            if found is None or found.deleted:
                return Complaint(f"there is no such record of {spec.reference}", path)
        return None

    def _quirked(self, path: str, value: Any) -> Any:
        quirks, steps = self.quirks(), list[str]()
        if path in quirks.trims:
            steps.append("trim")
        if path in quirks.recases:
            steps.append(quirks.recases[path])
        if path in quirks.truncates:
            steps.append(f"max_length({quirks.truncates[path]})")
        if path in quirks.rounds:
            steps.append(f"scale({quirks.rounds[path]})")
        change = normaliser(steps)
        made = change(value) if change else value
        if made != value:
            self.struck["normalises"] += 1
        return made

    def _put(self, body: dict[str, Any], changes: Mapping[str, Any]) -> None:
        omits = self.quirks().omits_nulls
        for path, value in changes.items():
            if value is None and omits:
                drop_at(body, path)
            else:
                put_at(body, path, value)
        for path, inner in self.shape.lists.items():
            self._number(get_at(body, path), path, inner.it.id)
        for path, template in self.quirks().computes.items():
            made = _HOLE.sub(lambda hole: _shown(get_at(body, hole.group(1))), template).strip()
            if made != get_at(body, path):
                self.struck["computes"] += 1
            put_at(body, path, made)

    def _number(self, items: Any, path: str, spec: IdSpec) -> None:
        """Records in a list get ids, those that have none."""
        for item in items if isinstance(items, list) else ():
            if isinstance(item, dict) and get_at(item, spec.property) in (MISSING, None):
                fresh = self.records.number(f"id:{self.name}.{path}")
                put_at(item, spec.property, fresh if spec.type == "integer" else f"{path[:1].lower()}{fresh}")

    def _keep(self, record_id: str, body: dict[str, Any], created_us: int, now_us: int) -> Stored:
        missing = [
            Complaint("is required", path)
            for path in self.shape.required
            if index_key(get_at(body, path)) is None
        ]
        if missing:
            raise Refused(422, *missing)
        taken = [
            Complaint("is taken by another record", path)
            for path in self.shape.unique
            if index_key(value := get_at(body, path)) is not None
            and any(i != record_id for i in self.records.find(self.name, path, value))
        ]
        if taken:
            raise Refused(409, *taken)
        return self._stamp(record_id, body, created_us, now_us)

    def _stamp(
        self,
        record_id: str,
        body: dict[str, Any],
        created_us: int,
        now_us: int,
        *,
        deleted: bool = False,
        successor: str = "",
    ) -> Stored:
        it, seq = self.shape.it, self.records.number("seq")
        self.high_us = max(self.high_us, now_us)
        if self.shape.modified and it.modified:
            put_at(body, it.modified.property, self.shape.modified(now_us))
        version = self._version(body, seq)
        if it.tombstones and it.tombstones.property:
            put_at(body, it.tombstones.property, deleted)
        if it.successor and successor:
            put_at(body, it.successor, successor)
        stored = Stored(
            id=record_id,
            seq=seq,
            version=version,
            body=body,
            created_us=created_us,
            changed_us=self.high_us,
            deleted=deleted,
            successor=successor,
        )
        self.records.put(self.name, stored)
        self.changed(stored)
        return stored

    def _version(self, body: dict[str, Any], seq: int) -> str:
        it = self.shape.it
        if it.version is None:
            return ""
        if it.modified and it.version.property == it.modified.property:
            return str(get_at(body, it.version.property))
        version = seq if it.version.order == "ordered" else f"{seq * 2_654_435_761 % 2**32:08x}"
        if it.version.property:
            put_at(body, it.version.property, version)
        return str(version)

    def _new_id(self) -> str:
        head = "" if self.shape.it.id.type == "integer" else self.name[:1].lower()
        while True:
            fresh = f"{head}{self.records.number(f'id:{self.name}')}"
            if self.records.get(self.name, canonical_id(fresh, self.shape.it.id)) is None:
                return fresh


def _shown(value: Any) -> str:
    return "" if value is MISSING or value is None else str(value)
