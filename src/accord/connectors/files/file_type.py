"""One entity type in its file: what is there now, and what a row of it shows."""

import logging
from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct

from accord.connectorkit.manifest import EntityType
from accord.connectorkit.observe import How, Observer
from accord.connectorkit.paths import get_at, put_at
from accord.connectors.files.cells import Cells
from accord.connectors.files.delimited import Delimited
from accord.connectors.files.json_lines import JsonLines
from accord.connectors.files.options import FileOptions
from accord.connectors.files.place import Stamp, stamp_of
from accord.connectors.files.reports import BadRows
from accord.connectors.files.snapshots import Snapshots
from accord.connectors.files.table import BadFileError, BadRow, Format, Table
from accord.connectors.files.workbook import Spreadsheet
from accord.core.errors import StopEntityType
from accord.core.observation import Observation
from accord.core.values import MISSING

__all__ = ["SUFFIXES", "FileType", "Held", "Record", "format_of"]

log = logging.getLogger("accord.files")

_DIGITS: Final = 18
"""Ids of more digits are codes: nobody counts on from them."""
SUFFIXES: Final = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".jsonl": "json",
    ".ndjson": "json",
    ".xlsx": "xlsx",
}


class Record(Struct, frozen=True):
    """A row that has an id: its line, payload and version."""

    line: int
    payload: dict[str, Any]
    version: str


class Held(Struct, kw_only=True):
    """What a file holds. `token` stands for its content; `twice` are ids that several rows bear; `hidden` says that
    there are rows whose id nobody can read, so that what is absent may be there."""

    stamp: Stamp
    token: str
    data: bytes
    columns: Sequence[str] | None
    records: dict[str, Record]
    twice: set[str]
    hidden: bool
    asked_us: int


class FileType:
    """`place` is the file; `state` the folder of what was read. `report` is the name of the report of bad rows."""

    def __init__(
        self, system: str, name: str, it: EntityType, place: Path, state: Path, *, report: str = ""
    ) -> None:
        self.system, self.name, self.it, self.place = system, name, it, place
        self.options = FileOptions.model_validate(it.options)
        self.observer = Observer(it)
        self.snapshots = Snapshots(state, name)
        self.lock = state / f"{name}.lock"
        self._bad_rows = BadRows(state / (report or f"{name}-bad-rows.csv"), f"{system}.{name}", place)
        self._format = format_of(place, it, self.options)
        self._columns = {
            path: self.options.columns.get(path, path) for path in (*it.properties, it.id.property)
        }
        self._paths = {column: path for path, column in self._columns.items()}
        self._held: Held | None = None
        self._own: Stamp | None = None
        self._highest = 0

    def held(self, now_us: Callable[[], int]) -> Held:
        """What the file holds now. Raises StopEntityType: it can not be read."""
        asked_us = now_us()
        try:
            stamp = stamp_of(self.place)
            if self._held is not None and self._held.stamp == stamp:
                return msgspec.structs.replace(self._held, asked_us=asked_us)
            data = self.place.read_bytes()
        except OSError as error:
            raise self.stop(
                f"can not be read ({error.strerror})", "Put it there, and let Accord read it"
            ) from None
        self._held = self._of(data, stamp, asked_us)
        return self._held

    def own(self, now_us: Callable[[], int]) -> None:
        """The file as it is now was put there by Accord, whole: it need not rest before it is read."""
        self._own = self.held(now_us).stamp

    def is_own(self, held: Held) -> bool:
        """Nobody but Accord has changed the file since."""
        return held.stamp == self._own

    def remember(self, held: Held, versions: Mapping[str, str]) -> None:
        """Keep what was read, so that the next read tells changes since."""
        self._highest = self.highest(held)
        self.snapshots.put(held.token, versions, self._highest)

    def highest(self, held: Held) -> int:
        """The greatest number that is or was an id: no id is given twice, though its row is gone."""
        numbers = (int(each) for each in held.records if each.isdecimal() and len(each) <= _DIGITS)
        return max([self._highest, self.snapshots.highest(), *numbers])

    def edited(self, data: bytes, edits: Sequence[Any]) -> bytes:
        """The file with some rows changed. Raises BadFileError."""
        return self._format.edited(data, edits)

    def cells(self, payload: Mapping[str, Any], columns: Sequence[str] | None) -> dict[str, Any]:
        """Cells that a payload to be written states: by column, or by its own names where records need no columns."""
        if columns is None:
            return dict(payload)
        found = {column: get_at(payload, path) for column, path in self._paths.items()}
        return {column: value for column, value in found.items() if value is not MISSING}

    def unknown_columns(self, payload: Mapping[str, Any], columns: Sequence[str] | None) -> tuple[str, ...]:
        """Paths that a payload states and the file has no column for."""
        if columns is None:
            return ()
        return tuple(
            path
            for path, column in self._columns.items()
            if get_at(payload, path) is not MISSING and column not in columns
        )

    def column_of(self, path: str) -> str:
        """The column of a property."""
        return self._columns.get(path, path)

    def observed(self, mapping: str, record: Record, how: How, asked_us: int) -> Observation:
        """What a row shows."""
        return self.observer.observe(mapping, record.payload, how, asked_us, etag=record.version)

    def stop(self, what: str, remedy: str) -> StopEntityType:
        """The file as a whole is no good."""
        return StopEntityType(f"{self.system}.{self.name}: {self.place.name} {what}", remedy=remedy)

    def _of(self, data: bytes, stamp: Stamp, asked_us: int) -> Held:
        try:
            table = self._format.parse(data)
        except BadFileError as error:
            what, _, remedy = str(error).partition("; ")
            raise self.stop(f"can not be read: {what}", remedy[:1].upper() + remedy[1:]) from None
        records, twice, hidden = self._records(table)
        self._bad_rows.tell(table.bad)
        return Held(
            stamp=stamp,
            token=blake2b(data, digest_size=8).hexdigest(),
            data=data,
            columns=table.columns,
            records=records,
            twice=twice,
            hidden=hidden,
            asked_us=asked_us,
        )

    def _records(self, table: Table) -> tuple[dict[str, Record], set[str], bool]:
        records: dict[str, Record] = {}
        twice: set[str] = set()
        id_column = self._columns[self.it.id.property]
        if table.columns is not None and id_column not in table.columns:
            raise self.stop(f"has no column {id_column}, which holds the ids", "Correct id in the manifest")
        hidden = bool(table.bad)
        for row in table.rows:
            payload = self._payload(row.cells)
            found = self.observer.id_of(payload)
            if found is None:
                table.bad.append(
                    BadRow(row.line, f"has no id in {id_column}", "Give it one that no other row has")
                )
                hidden = True
            elif found in records:
                table.bad.append(
                    BadRow(row.line, f"has the id of line {records[found].line}", "Give it one of its own")
                )
                twice.add(found)
            else:
                version = blake2b(
                    msgspec.json.encode(row.cells, order="deterministic"), digest_size=8
                ).hexdigest()
                records[found] = Record(row.line, payload, version)
        return records, twice, hidden

    def _payload(self, cells: dict[str, Any]) -> dict[str, Any]:
        payload: dict[str, Any] = {}
        for column, value in cells.items():
            path = self._paths.get(column, "")
            if path and "." in path:
                put_at(payload, path, value)
            else:
                payload[path or column] = value
        return payload


def format_of(place: Path, it: EntityType, options: FileOptions) -> Format:
    """The format of a file, by the end of its name. Raises KeyError: none has it."""
    kind = SUFFIXES[place.suffix.lower()]
    properties = {options.columns.get(path, path): spec for path, spec in it.properties.items()}
    if kind == "json":
        return JsonLines(encoding=options.encoding)
    if kind == "xlsx":
        return Spreadsheet(properties, sheet=options.sheet)
    id_column = options.columns.get(it.id.property, it.id.property)
    cells = Cells(properties, id_column, it.id.type, options.truth)
    return Delimited(cells, delimiter=options.delimiter, encoding=options.encoding)
