"""Cells of a database as values of a payload, and back (ADR 0002)."""

from base64 import b64encode
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Column
from sqlalchemy.types import Boolean, Date, DateTime, LargeBinary, Numeric, Time, Uuid

__all__ = ["cell", "value"]


def value(raw: Any, kind: str) -> Any:
    """What a payload says for a cell; `kind` is the property's type."""
    if raw is None or isinstance(raw, str | list | dict):
        return raw
    if kind == "boolean" and raw in (0, 1):
        return bool(raw)
    if isinstance(raw, bool | int | float):
        return raw
    if isinstance(raw, Decimal):
        return format(raw, "f")
    if isinstance(raw, timedelta):  # TIME of MySQL
        raw = (datetime(1, 1, 1) + raw).time()  # noqa: DTZ001 - a time of the day has no zone
    if isinstance(raw, datetime | date | time):
        return raw.isoformat()
    if isinstance(raw, bytes | memoryview):
        return b64encode(bytes(raw)).decode()
    return str(raw)


def cell(said: Any, column: Column[Any]) -> Any:
    """What is bound for a value of a payload. A value that is not of the column's type is bound as it is: the database
    refuses it in its own words."""
    if not isinstance(said, str):
        return said
    kind = column.type
    try:
        if isinstance(kind, DateTime):
            return datetime.fromisoformat(said)
        if isinstance(kind, Date):
            return date.fromisoformat(said)
        if isinstance(kind, Time):
            return time.fromisoformat(said)
        if isinstance(kind, Numeric) and kind.asdecimal:
            return Decimal(said)
        if isinstance(kind, Uuid):
            return UUID(said)
        if isinstance(kind, Boolean | LargeBinary):
            return said
    except (ValueError, ArithmeticError):
        pass
    return said
