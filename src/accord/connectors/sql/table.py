"""One entity type in its table: columns by property, and what a row shows."""

from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b
from typing import Any, Final

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    MetaData,
    RowMapping,
    Select,
    SmallInteger,
    String,
    Table,
    and_,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.dialects.mysql import TIME
from sqlalchemy.exc import NoSuchTableError
from sqlalchemy.types import JSON, NullType

from accord.connectorkit import MISSING, EntityType, Observation, Observer, StopEntityType, get_at, put_at
from accord.connectorkit.observe import How, parted_id
from accord.connectors.sql.local_times import earliest
from accord.connectors.sql.options import TableOptions
from accord.connectors.sql.values import cell, value

__all__ = ["TypeTable", "opened"]

_LOOSE: Final = frozenset({"MYISAM", "ARIA", "MEMORY", "CSV", "ARCHIVE"})
"""Engines of MariaDB and MySQL."""


class TypeTable:
    """A table that was looked at. Columns that the manifest does not name are left alone."""

    def __init__(
        self,
        system: str,
        name: str,
        it: EntityType,
        table: Table,
        options: TableOptions,
        *,
        text_times: bool = False,
    ) -> None:
        self.name, self.it, self.table, self.options = name, it, table, options
        self.observer = Observer(it)
        engines = (table.dialect_kwargs.get(f"{name}_engine") for name in ("mysql", "mariadb"))
        self.loose = next((str(each) for each in engines if each and str(each).upper() in _LOOSE), "")
        """The engine of a table that knows no transactions."""
        self.text_times = text_times
        keys = [*it.id.parts] or [it.id.property]
        named = dict.fromkeys([*it.properties, *keys, *_stamped(it)])
        self.columns: dict[str, Column[Any]] = {}
        for path in named:
            column = options.columns.get(path, path)
            if column not in table.c:
                raise _missing(system, name, it, f"has no column {column}")
            self.columns[path] = table.c[column]
        for column in options.stamps:
            if column not in table.c:
                raise _missing(system, name, it, f"has no column {column}")
        self.system = system
        self._key_paths = keys
        self.key: list[Column[Any]] = [self.columns[path] for path in keys]
        self._kinds = {path: spec.type for path, spec in it.properties.items()}
        self._reads = list({column.name: column for column in (*self.columns.values(), *self.key)}.values())

    @property
    def news(self) -> Column[Any]:
        """The column by which changes are asked for. Raises KeyError: there is none."""
        changes, modified = self.it.changes, self.it.modified
        return self.columns[(changes.property if changes else "") or (modified.property if modified else "")]

    def select(self) -> Select[Any]:
        """All rows, with the columns that are read."""
        return select(*(self._as_told(column) for column in self._reads))

    def _as_told(self, column: Column[Any]) -> Any:
        """What the driver reads where the type of the column would not read all that may stand there: any value in
        any column of SQLite, spans in a TIME of MariaDB."""
        if self.text_times or isinstance(column.type, TIME):
            return type_coerce(column, NullType()).label(column.name)
        return column

    def payload(self, row: RowMapping) -> dict[str, Any]:
        """What a row says."""
        found: dict[str, Any] = {}
        for path, column in self.columns.items():
            said = value(row[column.name], self._kinds.get(path, "string"))
            if "." in path:
                put_at(found, path, said)
            else:
                found[path] = said
        return found

    def observed(self, mapping: str, row: RowMapping, how: How, asked_us: int) -> Observation:
        """What a row shows. Without a version of its own its content is one."""
        payload = self.payload(row)
        if self.observer.id_of(payload) is None:
            paths = ", ".join(self._key_paths)
            raise StopEntityType(
                f"{self.system}.{self.name}: a row of {self.it.path} has no id in {paths}: it is null or empty there",
                remedy="Correct the row, or name a view without it as the path",
            )
        digest = blake2b(msgspec.json.encode(payload, order="deterministic"), digest_size=8).hexdigest()
        return self.observer.observe(mapping, payload, how, asked_us, etag=digest)

    def id_of(self, key: Sequence[Any]) -> str | None:
        """The id of a row, by the values of its key's columns as the database gives them."""
        found: dict[str, Any] = {}
        for path, raw in zip(self._key_paths, key, strict=True):
            put_at(found, path, value(raw, self._kinds.get(path, "string")))
        return self.observer.id_of(found)

    def id_of_texts(self, key: Sequence[str]) -> str:
        """The id of a row, by the values of its key's columns as the database prints them. Raises StopEntityType: they
        can not be read."""
        found = [
            _key_part(part, column, any_size=self.text_times)
            for column, part in zip(self.key, key, strict=True)
        ]
        record_id = None if None in found else self.id_of(found)
        if record_id is None:
            raise StopEntityType(
                f"{self.system}.{self.name}: the log of {self.it.path} tells a key that is no id",
                remedy="Name a key of numbers, texts, dates or UUIDs, which is never empty",
            )
        return record_id

    def is_one_of(self, ids: Sequence[str]) -> ColumnElement[bool]:
        """The rows of ids; an id that can be none of this table is of no row."""
        keys = [key for each in ids if (key := self.key_of(each)) is not None]
        if len(self.key) == 1:
            return self.key[0].in_([key[0] for key in keys])
        return or_(
            False, *(and_(*(c == part for c, part in zip(self.key, key, strict=True))) for key in keys)
        )

    def since(self, column: Column[Any], moment: str | int) -> ColumnElement[bool]:
        """The rows of a moment and later; of numbers, which no two rows share, the later ones."""
        if isinstance(moment, int):
            return column > moment
        moment = earliest(moment, self.zone_of(column))
        if self.text_times:
            return type_coerce(column, String) >= moment
        later: ColumnElement[bool] = column >= cell(moment, column)
        return later

    def zone_of(self, column: Column[Any]) -> str:
        """The zone of times that a column holds without one; "" where nobody told."""
        path = self.property_of(column.name)
        for spec in (self.it.modified, self.it.created):
            if spec is not None and spec.property == path:
                return spec.zone
        return self.it.properties[path].zone if path in self.it.properties else ""

    def key_of(self, record_id: str) -> tuple[Any, ...] | None:
        """Values of the key's columns; None: the id can not be one of this table."""
        parts = parted_id(record_id, self.it.id) if self.it.id.parts else [record_id]
        if parts is None:
            return None
        found = []
        for column, part in zip(self.key, parts, strict=True):
            made = _key_part(part, column, any_size=self.text_times)
            if made is None:
                return None
            found.append(made)
        return tuple(found)

    def cells(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Columns that a body sets, with what is bound."""
        found = {}
        for path, column in self.columns.items():
            said = get_at(body, path)
            if said is not MISSING:
                found[column.name] = cell(said, column)
        return found

    def property_of(self, column: str) -> str:
        """The property that stands in a column; the column itself where there is none."""
        return next((path for path, each in self.columns.items() if each.name == column), column)


def opened(system: str, types: Mapping[str, EntityType], name: str) -> Callable[[Connection], TypeTable]:
    """Looks a table up in the database. Raises StopEntityType: it is not there, or is another one."""
    it = types[name]
    options = TableOptions.model_validate(it.options)
    schema, _, table = it.path.rpartition(".")

    def look(connection: Connection) -> TypeTable:
        try:
            found = Table(
                table, MetaData(), schema=schema or None, autoload_with=connection, resolve_fks=False
            )
        except NoSuchTableError:
            raise _missing(system, name, it, "is not there, or may not be read") from None
        text_times = connection.dialect.name == "sqlite"
        return TypeTable(system, name, it, _kept(found), options, text_times=text_times)

    return look


def _stamped(it: EntityType) -> list[str]:
    """Properties that are read though nobody maps them: versions, times, flags."""
    specs = (it.version, it.modified, it.created, it.our_id, it.changes, it.tombstones, it.archive)
    return [spec.property for spec in specs if spec is not None and spec.property]


def _missing(system: str, name: str, it: EntityType, what: str) -> StopEntityType:
    return StopEntityType(
        f"{system}.{name}: table {it.path} {what}", remedy="Correct its manifest, or the rights of the user"
    )


def _key_part(part: str, column: Column[Any], *, any_size: bool) -> Any:
    try:
        kind = column.type.python_type
    except NotImplementedError:
        return part
    if kind is int:
        bits = 63 if any_size or isinstance(column.type, BigInteger) else 32
        bits = 15 if isinstance(column.type, SmallInteger) and not any_size else bits
        number = int(part) if part.removeprefix("-").isdecimal() and len(part) < 20 else None
        return number if number is not None and -(2**bits) <= number < 2**bits else None
    made = cell(part, column)
    return made if isinstance(made, kind) or kind is str else None


def _kept(table: Table) -> Table:
    """With null as the null of SQL, not of JSON."""
    for column in table.c:
        if isinstance(column.type, JSON):
            column.type.none_as_null = True
    return table
