"""Cells of a database as values of a payload, and back (ADR 0002)."""

from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, BINARY, JSON, VARBINARY, Column
from sqlalchemy.types import Date, DateTime, LargeBinary, Numeric, Time, Uuid

__all__ = ["cell", "value"]

_DAY: Final = timedelta(days=1)
_NO_DATE: Final = "0000-00-00"
"""What MariaDB and MySQL show where a column of dates holds none, and may not be null."""


def value(raw: Any, kind: str) -> Any:
    """What a payload says for a cell; `kind` is the property's type. What JSON has no word for is text."""
    if raw is None:
        return None
    if isinstance(raw, str):
        return _of_text(raw, kind)
    if kind == "boolean":
        raw = (
            int.from_bytes(raw, "big") if isinstance(raw, bytes) and len(raw) <= 8 else raw
        )  # BIT(1) of MySQL
        return bool(raw) if raw in (0, 1) else raw
    if isinstance(raw, bool | int):
        return raw
    return _of_many(raw, kind) if isinstance(raw, list | tuple | dict | set) else _as_text(raw)


def _of_many(raw: Any, kind: str) -> Any:
    if isinstance(raw, dict):
        return {str(name): value(each, "") for name, each in raw.items()}
    if isinstance(raw, set):  # SET of MySQL
        return sorted(raw) if kind == "list" else ",".join(sorted(raw))
    return [value(each, "") for each in raw]


def _of_text(raw: str, kind: str) -> Any:
    if kind in ("object", "list"):
        try:
            return msgspec.json.decode(raw)
        except (msgspec.DecodeError, UnicodeError):
            return raw
    if kind in ("date", "datetime") and raw.startswith(_NO_DATE):
        return None
    if kind == "datetime" and raw[10:11] == " ":
        return f"{raw[:10]}T{raw[11:]}"
    return raw


def _as_text(raw: Any) -> Any:
    if isinstance(raw, float):
        return raw if raw - raw == 0 else str(raw)  # JSON has neither NaN nor infinity
    if isinstance(raw, Decimal):
        return format(raw, "f")
    if isinstance(raw, timedelta):  # TIME of MySQL: a time of the day, or a span
        if timedelta() <= raw < _DAY:
            return (datetime.min + raw).time().isoformat()  # noqa: DTZ901 - a time of the day has no zone
        hours, rest = divmod(abs(raw), timedelta(hours=1))
        return f"{'-' if raw < timedelta() else ''}{hours:02}:{str(rest).partition(':')[2]}"
    if isinstance(raw, datetime | date | time):
        return raw.isoformat()
    if isinstance(raw, bytes | bytearray | memoryview):
        return b64encode(bytes(raw)).decode()
    return str(raw)


def cell(said: Any, column: Column[Any]) -> Any:
    """What is bound for a value of a payload. A value that is not of the column's type is bound as it is: the database
    refuses it in its own words."""
    kind = column.type
    if isinstance(said, Mapping | list):
        return said if isinstance(kind, JSON | ARRAY) else msgspec.json.encode(said).decode()
    if not isinstance(said, str):
        return said
    read = next((read for of, read in _READERS if isinstance(kind, of)), None)
    if read is None or (isinstance(kind, Numeric) and not kind.asdecimal):
        return said
    try:
        return read(said)
    except (ValueError, ArithmeticError):
        return said


_READERS: Final[tuple[tuple[type[Any], Callable[[str], Any]], ...]] = (
    (DateTime, datetime.fromisoformat),
    (Date, date.fromisoformat),
    (Time, time.fromisoformat),
    (Numeric, Decimal),
    (Uuid, UUID),
    (LargeBinary, partial(b64decode, validate=True)),
    (BINARY, partial(b64decode, validate=True)),
    (VARBINARY, partial(b64decode, validate=True)),
)
