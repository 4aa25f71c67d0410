"""Lists of values as one parameter: PostgreSQL's binary arrays, put together at once (twice as fast as one by one)."""

from collections.abc import Iterable, Sequence
from struct import pack
from typing import Any, Final

from psycopg import Connection
from psycopg.abc import Buffer
from psycopg.adapt import Dumper
from psycopg.pq import Format
from psycopg.types.numeric import Int8BinaryDumper

__all__ = ["Blobs", "Flags", "Numbers", "Texts", "columns", "register"]


class Texts(tuple[str | None, ...]):
    """Parameter of type text[]."""

    __slots__ = ()


class Blobs(tuple[bytes | None, ...]):
    """Parameter of type bytea[]."""

    __slots__ = ()


class Numbers(tuple[int, ...]):
    """Parameter of type bigint[]."""

    __slots__ = ()


class Flags(tuple[bool, ...]):
    """Parameter of type boolean[]."""

    __slots__ = ()


_BOOL, _BYTEA, _INT8, _TEXT = 16, 17, 20, 25
_NULL: Final = pack("!i", -1)
_NUL: Final = "\ue000\ufffd".encode()
"""Stands for the character NUL, which PostgreSQL keeps in no text: in a match key, or in a reference to nothing. No id
of a record bears it (`Observer.id_of`); values are in blobs."""
_LENGTHS: Final = tuple(pack("!i", length) for length in range(1024))


def _array(oid: int, items: Sequence[bytes | None]) -> bytes:
    """One dimension, its nulls and type, how many, from 1; then each with its length."""
    parts = [pack("!iiiii", 1, 1, oid, len(items), 1)] if items else [pack("!iii", 0, 0, oid)]
    for item in items:
        if item is None:
            parts.append(_NULL)
        else:
            length = len(item)
            parts.append(_LENGTHS[length] if length < 1024 else pack("!i", length))
            parts.append(item)
    return b"".join(parts)


class _TextsDumper(Dumper):
    format = Format.BINARY
    oid = 1009

    def dump(self, obj: Texts) -> Buffer | None:
        items = [None if item is None else item.encode() for item in obj]
        if any(item is not None and b"\0" in item for item in items):
            items = [None if item is None else item.replace(b"\0", _NUL) for item in items]
        return _array(_TEXT, items)


class _BlobsDumper(Dumper):
    format = Format.BINARY
    oid = 1001

    def dump(self, obj: Blobs) -> Buffer | None:
        return _array(_BYTEA, obj)


class _NumbersDumper(Dumper):
    format = Format.BINARY
    oid = 1016

    def dump(self, obj: Numbers) -> Buffer | None:
        return _array(_INT8, [pack("!q", item) for item in obj])


class _FlagsDumper(Dumper):
    format = Format.BINARY
    oid = 1000

    def dump(self, obj: Flags) -> Buffer | None:
        return _array(_BOOL, [b"\x01" if item else b"\x00" for item in obj])


def register(db: Connection[Any]) -> None:
    """Let a connection take these lists; and all whole numbers as bigint, so that a statement has one form."""
    for kind, dumper in (
        (Texts, _TextsDumper),
        (Blobs, _BlobsDumper),
        (Numbers, _NumbersDumper),
        (Flags, _FlagsDumper),
        (int, Int8BinaryDumper),
    ):
        db.adapters.register_dumper(kind, dumper)


def columns(rows: Iterable[Sequence[Any]], *kinds: type[Any]) -> list[Any]:
    """Rows as one list for each column."""
    table = list(zip(*rows, strict=True)) or [()] * len(kinds)
    return [kind(column) for kind, column in zip(kinds, table, strict=True)]
