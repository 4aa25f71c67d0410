"""The tables that all databases have alike, so that a state can go from one to another, and be compared there."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from hashlib import blake2b
from typing import Any, Final, NamedTuple, Protocol, TypeAlias

import msgspec

__all__ = ["TABLES", "Row", "Table", "Tables", "Tally", "copied", "tallied"]

Row: TypeAlias = tuple[Any, ...]
_encode: Final = msgspec.msgpack.Encoder().encode
_SHOWN_EACH: Final = 10_000


class Table(NamedTuple):
    """Columns by name; types: text, bigint, bytea, boolean, in PostgreSQL's words."""

    name: str
    columns: dict[str, str]


def _table(name: str, /, **columns: str) -> Table:
    return Table(name, columns)


_T, _I, _B = "text", "bigint", "bytea"

TABLES: Final = (
    _table("seen", mapping=_T, id=_T, golden=_T, held=_T, standing=_I, asked_us=_I, row=_B),
    _table("golden", number=_I, id=_T, concept=_T, row=_B),
    _table("link", golden=_I, mapping=_T, incarnation=_I, id=_T, life=_T, flags=_I, row=_B),
    _table("mark", mark=_T, golden=_T),
    _table("reference", golden=_T, target=_T),
    _table("match_key", concept=_T, rule=_T, key=_T, mapping=_T, id=_T),
    _table("touched_key", concept=_T, rule=_T, key=_T),
    _table("cursor", mapping=_T, row=_B),
    _table("fetch", mapping=_T, id=_T, reason=_T, not_before_us=_I),
    _table("review", id=_T, concept=_T, row=_B),
    _table("decision", concept=_T, a=_T, b=_T, todo="boolean", row=_B),
    _table("event", seq=_I, golden=_T, record=_T, run=_I, at_us=_I, kind=_T, property=_T, rule=_T, row=_B),
    _table("run", run=_I, kind=_T, fingerprint=_T, began_us=_I, ended_us=_I, summary=_B),
    _table("meta", name=_T, value=_B),
)
"""An event's `row` are its values, wherever they stand; `todo` is a truth value in all of them."""


class Tables(Protocol):
    """The rows of a state, all as they are at one moment; what is written shows when the whole of it has ended."""

    def read(self, table: Table) -> Iterator[Row]:
        """All rows of a table, in any order."""
        ...

    def write(self, table: Table, rows: Iterable[Row]) -> None:
        """Add rows to an empty table."""
        ...


class Tally(NamedTuple):
    """How many rows, and a digest of them that does not depend on their order."""

    rows: int = 0
    digest: int = 0


def copied(source: Tables, target: Tables, tell: Callable[[str, int], None]) -> dict[str, Tally]:
    """Copy all tables; what was read, by table. `tell` is told of each table how far it has come."""
    tallies = {}
    for table in TABLES:
        tally = [Tally()]
        target.write(table, _counted(source.read(table), tally, partial(tell, table.name)))
        tallies[table.name] = tally[0]
    return tallies


def tallied(tables: Tables) -> dict[str, Tally]:
    """What there is, by table."""
    tallies = {}
    for table in TABLES:
        tally = [Tally()]
        deque(_counted(tables.read(table), tally, _quiet), maxlen=0)
        tallies[table.name] = tally[0]
    return tallies


def _quiet(rows: int) -> None:
    """Nobody is told."""


def _counted(rows: Iterable[Row], tally: list[Tally], tell: Callable[[int], None]) -> Iterator[Row]:
    count = digest = 0
    for row in rows:
        yield row
        count += 1
        digest += int.from_bytes(blake2b(_encode(row), digest_size=16).digest(), "big")
        if count % _SHOWN_EACH == 0:
            tell(count)
    tally[0] = Tally(count, digest % 2**128)
    tell(count)
