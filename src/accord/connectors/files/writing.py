"""Writes into a file: all that come together are one new file in the place of the old one (W2, W3)."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import uuid4

from accord.connectorkit.paths import copied, get_at, put_at
from accord.connectorkit.single import sent_body
from accord.connectors.files.file_type import FileType, Held
from accord.connectors.files.place import BusyError, locked, put_whole
from accord.connectors.files.table import BadFileError, Edit
from accord.core.errors import AccordError
from accord.core.observation import Outcome
from accord.core.values import MISSING
from accord.ports.clock import Clock
from accord.ports.connector import Write
from accord.ports.standing import LOST, may_write

__all__ = ["Writer"]

_LATER_S: Final = 5.0


class Writer:
    """Writes one entity type."""

    def __init__(self, at: FileType, clock: Clock) -> None:
        self._at, self._clock = at, clock

    def write(self, writes: Sequence[Write]) -> list[Outcome]:
        """How each write ended, in their order."""
        try:
            with locked(self._at.lock):
                return self._written(writes)
        except BusyError as error:
            told = Outcome(kind="later", message=f"{self._at.place.name}: {error}", after_s=_LATER_S)
        except OSError as error:
            told = Outcome(kind="later", message=f"{self._at.place.name}: {error.strerror}", after_s=_LATER_S)
        except AccordError as error:
            told = Outcome(kind="later", message=error.message, after_s=_LATER_S)
        return [told for _ in writes]

    def _written(self, writes: Sequence[Write]) -> list[Outcome]:
        at = self._at
        held = at.held(self._clock.now_us)
        made = _Made(at, held)
        planned = [made.plan(write) for write in writes]
        edits = [plan for plan in planned if isinstance(plan, _Planned)]
        if not edits:
            return [plan for plan in planned if isinstance(plan, Outcome)]
        if not may_write():
            raise BusyError(LOST)
        try:
            data = at.edited(held.data, [plan.edit for plan in edits])
        except BadFileError:
            planned = [self._tried(held, plan) for plan in planned]  # a bad one fails alone (W12)
            edits = [plan for plan in planned if isinstance(plan, _Planned)]
            if not edits:
                return [plan for plan in planned if isinstance(plan, Outcome)]
            data = at.edited(held.data, [plan.edit for plan in edits])
        put_whole(at.place, data, held.stamp)
        at.own(self._clock.now_us)
        after = at.held(self._clock.now_us)
        return [plan if isinstance(plan, Outcome) else _done(at, after, plan) for plan in planned]

    def _tried(self, held: Held, plan: "_Planned | Outcome") -> "_Planned | Outcome":
        if isinstance(plan, Outcome):
            return plan
        try:
            self._at.edited(held.data, [plan.edit])
        except BadFileError as error:
            return Outcome(kind="refused", message=str(error))
        return plan


class _Planned:
    """A write that can be made: the change of the file, and whose it is."""

    def __init__(self, write: Write, record_id: str, edit: Edit) -> None:
        self.write, self.id, self.edit = write, record_id, edit


class _Made:
    """What was planned so far for one new file."""

    def __init__(self, at: FileType, held: Held) -> None:
        self._at, self._held = at, held
        self._highest = at.highest(held)
        self._unique = {
            path: {get_at(record.payload, path): found for found, record in held.records.items()}
            for path, spec in at.it.properties.items()
            if spec.unique
        }

    def plan(self, write: Write) -> "_Planned | Outcome":
        """The change that a write means, or how it ended without any."""
        at, held = self._at, self._held
        if write.kind == "create":
            return self._create(write)
        record = held.records.get(write.id or "")
        if record is None or write.id is None:
            return Outcome(kind="missing", message=f"no row of {at.place.name} has this id")
        if write.id in held.twice:
            return Outcome(kind="refused", message=f"several rows of {at.place.name} have this id")
        if write.version is not None and write.version != record.version:
            return Outcome(kind="moved", message="the row has changed")
        if write.kind == "delete":
            return _Planned(write, write.id, Edit(line=record.line, cells=None))
        body = dict(write.body or {})
        if refused := self._refused(body, write.id):
            return refused
        return _Planned(write, write.id, Edit(line=record.line, cells=at.cells(body, held.columns)))

    def _create(self, write: Write) -> "_Planned | Outcome":
        at, held = self._at, self._held
        body = copied(sent_body(at.it, "create", write.body, write.key))
        needed = [path for path, spec in at.it.properties.items() if spec.required and _blank(body, path)]
        if needed:
            return Outcome(kind="refused", message=f"needs {', '.join(needed)}", faults=tuple(needed))
        self._name(body)
        record_id = at.observer.id_of(body)
        if record_id is None or record_id in held.records:
            what = (
                "its id is another row's" if record_id else f"it has no {at.it.id.property}, which is its id"
            )
            return Outcome(kind="refused", message=what, faults=(at.it.id.property,))
        if refused := self._refused(body, record_id):
            return refused
        return _Planned(write, record_id, Edit(cells=at.cells(body, held.columns)))

    def _name(self, body: dict[str, Any]) -> None:
        """Give a new record its id."""
        it, way = self._at.it, self._at.options.new_ids
        if way == "given":
            return
        if way == "next" or it.id.type == "integer":
            self._highest += 1
            put_at(body, it.id.property, self._highest if it.id.type == "integer" else str(self._highest))
        else:
            put_at(body, it.id.property, str(uuid4()))

    def _refused(self, body: Mapping[str, Any], record_id: str) -> Outcome | None:
        """Why the file may not hold what is sent, as its manifest says; a file by itself refuses nothing."""
        at = self._at
        if unknown := at.unknown_columns(body, self._held.columns):
            return Outcome(
                kind="refused", message=f"the file has no column {', '.join(unknown)}", faults=unknown
            )
        for path, spec in at.it.properties.items():
            value = get_at(body, path)
            if value is MISSING:
                continue
            if spec.required and value is None:
                return Outcome(kind="refused", message=f"{path} may not be blank", faults=(path,))
            if spec.max_length and isinstance(value, str) and len(value) > spec.max_length:
                what = f"{path} takes {spec.max_length:,} signs"
                return Outcome(kind="refused", message=what, faults=(path,))
            others = self._unique.get(path, {})
            if spec.unique and value is not None and others.setdefault(value, record_id) != record_id:
                return Outcome(kind="refused", message=f"{path} is another row's", faults=(path,))
        return None


def _blank(body: Mapping[str, Any], path: str) -> bool:
    return get_at(body, path) in (MISSING, None)


def _done(at: FileType, held: Held, plan: _Planned) -> Outcome:
    record = held.records.get(plan.id)
    if plan.write.kind == "delete" or record is None:
        return Outcome(kind="done")
    return Outcome(kind="done", observation=at.observed(plan.write.mapping, record, "reply", held.asked_us))
