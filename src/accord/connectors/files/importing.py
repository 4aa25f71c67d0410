"""Imports: writes as lines of a new file, which another program takes (W1-W4)."""

import csv
from collections.abc import Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any, Final

import msgspec

from accord.connectorkit.paths import copied, get_at, put_at
from accord.connectorkit.single import sent_body
from accord.connectors.files.cells import Cells
from accord.connectors.files.exchange import ExchangeType
from accord.connectors.files.exchanged import Import, Imports
from accord.connectors.files.place import BusyError, locked, put_whole
from accord.core.errors import AccordError
from accord.core.observation import Outcome
from accord.core.values import MISSING
from accord.ports.clock import Clock
from accord.ports.connector import Write
from accord.ports.standing import LOST, may_write

__all__ = ["Importer"]

_LATER_S: Final = 10.0


class Importer:
    """Writes one entity type. A write is done when its file is there: whether the program took it over is seen in an
    export. All writes that come together are one file."""

    def __init__(self, at: ExchangeType, clock: Clock) -> None:
        self._at, self._clock = at, clock
        names = {path: at.reader.column_of(path) for path in (*at.it.properties, at.it.id.property)}
        self._columns = {path: column for path, column in names.items() if path != at.told.action}
        specs = {names[path]: spec for path, spec in at.it.properties.items()}
        self._cells = Cells(specs, names[at.it.id.property], at.it.id.type, at.options.truth)
        self._json = Path(at.told.imports).suffix.lower() in (".jsonl", ".ndjson")

    def write(self, writes: Sequence[Write]) -> list[Outcome]:
        """How each write ended, in their order."""
        at = self._at
        try:
            with locked(at.lock):
                at.look(self._clock.now_us)
                return self._written(writes)
        except BusyError as error:
            what = f"{at.system}.{at.name}: {error}"
        except OSError as error:
            what = f"{at.told.imports}: {error.strerror}"
        except AccordError as error:
            what = error.message
        except BaseException:
            at.imports.forget()
            raise
        at.imports.forget()
        at.known.forget()
        return [Outcome(kind="later", message=what, after_s=_LATER_S) for _ in writes]

    def _written(self, writes: Sequence[Write]) -> list[Outcome]:
        planned = [self._plan(write) for write in writes]
        rows = [plan for plan in planned if isinstance(plan, dict)]
        if not rows:
            return [plan for plan in planned if isinstance(plan, Outcome)]
        if not may_write():
            raise BusyError(LOST)
        imports = self._at.imports.get()
        try:
            data = self._file(rows)
        except UnicodeEncodeError:
            what = f"imports are in {self._at.options.encoding}, which lacks a sign of a new value"
            refused = Outcome(kind="refused", message=f"{what}; name UTF-8 in options.encoding")
            return [plan if isinstance(plan, Outcome) else refused for plan in planned]
        path, open_before = self._free(imports), list(imports.open)
        before = [str(each.stamp) for each in self._at.exports.there()]
        for write, plan in zip(writes, planned, strict=True):
            if isinstance(plan, dict):
                imports.open.append(
                    Import(
                        file=path.name,
                        kind=write.kind,
                        id=write.id or "",
                        key=write.key if write.kind == "create" else "",
                        sent=self._stated(write.body or {}) if write.kind == "update" else {},
                        before=before,
                    )
                )
        self._at.imports.put(imports)  # known before it is there: what is sent is never forgotten
        try:
            put_whole(path, data, None)
        except OSError:
            imports.open = open_before
            self._at.imports.put(imports)
            raise
        if self._at.told.trigger:
            put_whole(path.with_name(path.name + self._at.told.trigger), b"", None)
        return [plan if isinstance(plan, Outcome) else Outcome(kind="done") for plan in planned]

    def _plan(self, write: Write) -> dict[str, Any] | Outcome:
        """The line of a write, by path; or how it ended without one."""
        at = self._at
        if write.kind == "create":
            return self._create(write)
        if write.id is None or at.held(write.id):
            return Outcome(kind="later", message="an import of this record is under way", after_s=_LATER_S)
        line = at.known.get().lines.get(write.id)
        if line is None or line.payload is None:
            return Outcome(kind="missing", message="no export shows a record with this id")
        if write.version is not None and write.version != line.version:
            return Outcome(kind="moved", message="the record has changed")
        body = dict(write.body or {})
        if refused := self._refused(body):
            return refused
        row = {} if self._json else copied(line.payload)
        row = {path: value for path in self._columns if (value := get_at(row, path)) is not MISSING}
        spec = at.it.id.property
        row[spec] = get_at(line.payload, spec)
        return row | self._stated(body) | {at.told.action: write.kind}

    def _create(self, write: Write) -> dict[str, Any] | Outcome:
        at = self._at
        if write.key and any(each.key == write.key for each in at.imports.get().open):
            return Outcome(kind="done")  # it is under way already
        body = copied(sent_body(at.it, "create", write.body, write.key))
        needed = tuple(
            path
            for path, spec in at.it.properties.items()
            if spec.required and get_at(body, path) in (MISSING, None)
        )
        if needed:
            return Outcome(kind="refused", message=f"needs {', '.join(needed)}", faults=needed)
        if refused := self._refused(body):
            return refused
        return self._stated(body) | {at.told.action: "create"}

    def _refused(self, body: Mapping[str, Any]) -> Outcome | None:
        for path, spec in self._at.it.properties.items():
            value = get_at(body, path)
            if value is MISSING:
                continue
            if spec.required and value is None:
                return Outcome(kind="refused", message=f"{path} may not be blank", faults=(path,))
            if spec.max_length and isinstance(value, str) and len(value) > spec.max_length:
                what = f"{path} takes {spec.max_length:,} signs"
                return Outcome(kind="refused", message=what, faults=(path,))
        return None

    def _stated(self, body: Mapping[str, Any]) -> dict[str, Any]:
        found = {path: get_at(body, path) for path in self._columns}
        return {path: value for path, value in found.items() if value is not MISSING}

    def _file(self, rows: Sequence[Mapping[str, Any]]) -> bytes:
        action, encoding = self._at.told.action, self._at.options.encoding or "utf-8"
        if self._json:
            made = []
            for row in rows:
                line: dict[str, Any] = {action: row[action]}
                for path, value in row.items():
                    if path != action:
                        put_at(line, self._columns.get(path, path), value)
                made.append(msgspec.json.encode(line).decode() + "\n")
            return "".join(made).encode(encoding)
        text = StringIO(newline="")
        writer = csv.writer(text, delimiter=self._at.options.delimiter or ",", lineterminator="\r\n")
        writer.writerow([action, *self._columns.values()])
        for row in rows:
            cells = [self._cells.written(column, row.get(path)) for path, column in self._columns.items()]
            writer.writerow([row[action], *cells])
        return text.getvalue().encode(encoding)

    def _free(self, imports: Imports) -> Path:
        """Where the next file goes: numbers rise, also where what was kept is lost, for programs take them in order."""
        pattern = self._at.folder / self._at.told.imports
        pattern.parent.mkdir(parents=True, exist_ok=True)
        imports.last = max(imports.last + 1, self._clock.now_us())
        return pattern.with_name(pattern.name.replace("*", f"{imports.last:018}"))
