"""One entity type in its table: columns by property, and what a row shows."""

from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b
from typing import Any
from urllib.parse import quote, unquote

import msgspec
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    MetaData,
    RowMapping,
    Select,
    String,
    Table,
    and_,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.exc import NoSuchTableError

from accord.connectorkit import MISSING, EntityType, Observation, Observer, StopEntityType, get_at, put_at
from accord.connectorkit.observe import How
from accord.connectors.sql.options import TableOptions
from accord.connectors.sql.values import cell, value

__all__ = ["TypeTable", "opened"]


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
        self.text_times = text_times
        named = dict.fromkeys([*it.properties, *([] if options.key else [it.id.property]), *_stamped(it)])
        self.columns: dict[str, Column[Any]] = {}
        for path in named:
            column = options.columns.get(path, path)
            if column not in table.c:
                raise _missing(system, name, it, f"has no column {column}")
            self.columns[path] = table.c[column]
        for column in (*options.key, *options.stamps):
            if column not in table.c:
                raise _missing(system, name, it, f"has no column {column}")
        self.key: list[Column[Any]] = (
            [table.c[column] for column in options.key] if options.key else [self.columns[it.id.property]]
        )
        self._kinds = {path: spec.type for path, spec in it.properties.items()}
        self._reads = list({column.name: column for column in (*self.columns.values(), *self.key)}.values())

    @property
    def news(self) -> Column[Any]:
        """The column by which changes are asked for. Raises KeyError: there is none."""
        changes, modified = self.it.changes, self.it.modified
        return self.columns[(changes.property if changes else "") or (modified.property if modified else "")]

    def select(self) -> Select[Any]:
        """All rows, with the columns that are read."""
        return select(*self._reads)

    def payload(self, row: RowMapping) -> dict[str, Any]:
        """What a row says."""
        found: dict[str, Any] = {}
        for path, column in self.columns.items():
            said = value(row[column.name], self._kinds.get(path, "string"))
            if "." in path:
                put_at(found, path, said)
            else:
                found[path] = said
        if self.options.key:
            put_at(found, self.it.id.property, "/".join(quote(str(row[c.name]), safe="") for c in self.key))
        return found

    def observed(self, mapping: str, row: RowMapping, how: How, asked_us: int) -> Observation:
        """What a row shows. Without a version of its own its content is one."""
        payload = self.payload(row)
        digest = blake2b(msgspec.json.encode(payload, order="deterministic"), digest_size=8).hexdigest()
        return self.observer.observe(mapping, payload, how, asked_us, etag=digest)

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
        if self.text_times:
            return type_coerce(column, String) >= moment
        later: ColumnElement[bool] = column >= cell(moment, column)
        return later

    def key_of(self, record_id: str) -> tuple[Any, ...] | None:
        """Values of the key's columns; None: the id can not be one of this table."""
        parts = [unquote(part) for part in record_id.split("/")] if self.options.key else [record_id]
        if len(parts) != len(self.key):
            return None
        found = []
        for column, part in zip(self.key, parts, strict=True):
            made = _key_part(part, column)
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
        return TypeTable(system, name, it, found, options, text_times=text_times)

    return look


def _stamped(it: EntityType) -> list[str]:
    """Properties that are read though nobody maps them: versions, times, flags."""
    specs = (it.version, it.modified, it.created, it.our_id, it.changes, it.tombstones, it.archive)
    return [spec.property for spec in specs if spec is not None and spec.property]


def _missing(system: str, name: str, it: EntityType, what: str) -> StopEntityType:
    return StopEntityType(
        f"{system}.{name}: table {it.path} {what}", remedy="Correct its manifest, or the rights of the user"
    )


def _key_part(part: str, column: Column[Any]) -> Any:
    try:
        kind = column.type.python_type
    except NotImplementedError:
        return part
    if kind is int:
        return int(part) if part.lstrip("-").isdecimal() and len(part) < 19 else None
    made = cell(part, column)
    return made if isinstance(made, kind) or kind is str else None
