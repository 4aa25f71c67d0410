"""Messages of pgoutput, the way in which PostgreSQL tells what transactions did: version 1 of its protocol.

Source: PostgreSQL documentation, chapter "Logical Replication Message Formats". Numbers are big-endian, texts end with
a zero byte; values are as their types print them, in the encoding of the database.
"""

from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import Final

from msgspec import Struct

__all__ = [
    "UNCHANGED",
    "Begin",
    "Cell",
    "Change",
    "Column",
    "Commit",
    "Relation",
    "Truncate",
    "Unchanged",
    "parse",
]


class Unchanged(Enum):
    """The mark of a long value that stayed as it was, and is not told."""

    UNCHANGED = "u"


UNCHANGED: Final = Unchanged.UNCHANGED
Cell = bytes | None | Unchanged


class Begin(Struct, frozen=True):
    """A transaction begins, of which all is told that it did: transactions come in the order of their commits. `xid`
    is the lower half of its number."""

    xid: int


class Commit(Struct, frozen=True):
    """It ends; `end` is the position in the log behind it."""

    end: int


class Column(Struct, frozen=True):
    """A column of a relation; `key`: it is a part of what identifies old rows."""

    name: str
    key: bool


class Relation(Struct, frozen=True):
    """A table; told before the first change of its rows, and again when it was altered."""

    number: int
    schema: str
    name: str
    columns: tuple[Column, ...]


class Change(Struct, frozen=True):
    """A row was inserted (`old` is None), deleted (`new` is None) or updated; then `old` is told where what identifies
    the row changed, or all of the row is logged. Of an old row, cells that do not identify it may be None."""

    relation: int
    old: tuple[Cell, ...] | None
    new: tuple[Cell, ...] | None


class Truncate(Struct, frozen=True):
    """Tables that were emptied."""

    relations: tuple[int, ...]


Message = Begin | Commit | Relation | Change | Truncate


def parse(message: bytes, encoding: str = "utf-8") -> Message | None:
    """What a message says; None: nothing about rows (an origin, a type, a message of a program).

    Raises ValueError: it is none of protocol version 1.
    """
    read = _Bytes(message, encoding)
    kind = read.taken(1)
    try:
        make = _READERS[kind]
    except KeyError:
        raise ValueError(f"no message of pgoutput begins with {kind!r}") from None
    made = make(read) if make is not None else None
    if make is not None and not read.ended:
        raise ValueError("a message of pgoutput is longer than it says")
    return made


class _Bytes:
    """Reads a message from its beginning to its end."""

    def __init__(self, held: bytes, encoding: str) -> None:
        self._held, self._encoding, self._at = held, encoding, 0

    @property
    def ended(self) -> bool:
        return self._at == len(self._held)

    def taken(self, count: int) -> bytes:
        found = self._held[self._at : self._at + count]
        if count < 0 or len(found) < count:
            raise ValueError("a message of pgoutput ends too early")
        self._at += count
        return found

    def number(self, size: int) -> int:
        return int.from_bytes(self.taken(size), "big")

    def text(self) -> str:
        end = self._held.find(b"\0", self._at)
        if end < 0:
            raise ValueError("a text in a message of pgoutput has no end")
        found = self.taken(end - self._at).decode(self._encoding)
        self._at = end + 1
        return found

    def row(self) -> tuple[Cell, ...]:
        return tuple(self._cells())

    def _cells(self) -> Iterator[Cell]:
        for _ in range(self.number(2)):
            form = self.taken(1)
            if form == b"n":
                yield None
            elif form == b"u":
                yield UNCHANGED
            elif form in (b"t", b"b"):
                yield self.taken(self.number(4))
            else:
                raise ValueError(f"pgoutput knows no cells of the form {form!r}")


def _begin(read: _Bytes) -> Begin:
    read.taken(16)  # where its commit stands, and when that was
    return Begin(read.number(4))


def _commit(read: _Bytes) -> Commit:
    read.taken(9)  # flags, and where the commit begins
    end = read.number(8)
    read.taken(8)
    return Commit(end)


def _relation(read: _Bytes) -> Relation:
    number, schema, name = read.number(4), read.text(), read.text()
    read.taken(1)  # the setting of its replica identity: the flags of columns tell what follows from it
    columns = []
    for _ in range(read.number(2)):
        flags, column = read.number(1), read.text()
        read.taken(8)
        columns.append(Column(column, bool(flags & 1)))
    return Relation(number, schema or "pg_catalog", name, tuple(columns))


def _insert(read: _Bytes) -> Change:
    number = read.number(4)
    _expect(read, b"N")
    return Change(number, None, read.row())


def _update(read: _Bytes) -> Change:
    number, form = read.number(4), read.taken(1)
    old = None
    if form in (b"K", b"O"):
        old, form = read.row(), read.taken(1)
    if form != b"N":
        raise ValueError(f"an update of pgoutput tells no new row, but {form!r}")
    return Change(number, old, read.row())


def _delete(read: _Bytes) -> Change:
    number = read.number(4)
    _expect(read, b"KO")
    return Change(number, read.row(), None)


def _truncate(read: _Bytes) -> Truncate:
    count = read.number(4)
    read.taken(1)
    return Truncate(tuple(read.number(4) for _ in range(count)))


def _expect(read: _Bytes, forms: bytes) -> None:
    if (form := read.taken(1)) not in forms:
        raise ValueError(f"pgoutput knows no row of the form {form!r} here")


_READERS: Final[Mapping[bytes, Callable[[_Bytes], Message] | None]] = {
    b"B": _begin, b"C": _commit, b"R": _relation, b"I": _insert, b"U": _update, b"D": _delete, b"T": _truncate,
    b"O": None, b"Y": None, b"M": None,
}  # fmt: skip
