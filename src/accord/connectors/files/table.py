"""A file as a table: what the formats have in common."""

from collections.abc import Sequence
from typing import Any, Protocol

from msgspec import Struct, field

__all__ = ["BadFileError", "BadRow", "Edit", "Format", "Row", "Table"]


class Row(Struct, frozen=True):
    """A record: the line it begins at, and its cells by column; what is blank is None."""

    line: int
    cells: dict[str, Any]


class BadRow(Struct, frozen=True):
    """A row that can not be read: where, what is wrong, what would be right. No value of it is told (P2)."""

    line: int
    what: str
    remedy: str


class Table(Struct, kw_only=True):
    """What a file holds, in its order. `columns` is None where records need not have the same ones."""

    columns: Sequence[str] | None
    rows: list[Row]
    bad: list[BadRow] = field(default_factory=list)


class Edit(Struct, frozen=True, kw_only=True):
    """A change of the row that begins at `line`; of a new one behind all others where it is 0. `cells` are those that
    change; None: the row goes."""

    line: int = 0
    cells: dict[str, Any] | None = None


class BadFileError(Exception):
    """The file as a whole can not be read; its text tells why: "what; remedy"."""


class Format(Protocol):
    """A format of files. Both functions are pure; they raise BadFileError."""

    def parse(self, data: bytes) -> Table:
        """What a file holds."""
        ...

    def edited(self, data: bytes, edits: Sequence[Edit]) -> bytes:
        """The file with some rows changed; all else stays as it is, byte for byte where the format allows it."""
        ...
