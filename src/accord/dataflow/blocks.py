"""The text of a document cut into headings, paragraphs and list-tables, each with its line; nothing is left out."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

__all__ = ["Block", "Heading", "Line", "Paragraph", "Table", "blocks_of", "lines_of", "numbered", "plain"]

_RULE: Final = re.compile(r"([=\-~^\"'`#*+.:_])\1{2,}\s*$")
_DIRECTIVE: Final = re.compile(r"\.\.\s+list-table::")
_OPTION: Final = re.compile(r":[\w-]+:")
_CELL: Final = re.compile(r"(?P<row>\*\s+-|\*\s*$|-)(?:\s+(?P<text>.*))?$")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text and its number, from 1."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A title."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines without a blank line between them."""

    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A list-table: header cells, and rows of cells with their lines; `stray` are lines that are no cell."""

    line: int
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    stray: tuple[Line, ...]


Block: TypeAlias = Heading | Paragraph | Table


_LITERAL: Final = re.compile(r"``([^`]+)``|\\([^\w\s]|_)")


def plain(text: str) -> str:
    """Text without literals' marks and without the backslashes that keep punctuation from being markup."""
    return _LITERAL.sub(lambda found: found[1] or found[2], text)


def blocks_of(text: str) -> list[Block]:
    """The blocks of a document in order; line ends may be of any kind, and a byte order mark is no text."""
    return _Cutter(numbered(text)).cut()


def lines_of(blocks: Iterable[Block]) -> Iterator[Line]:
    """What stands in blocks, for people: lines, and the rows of tables with their cells side by side."""
    for block in blocks:
        if isinstance(block, Paragraph):
            yield from (Line(line.number, plain(line.text.strip())) for line in block.lines)
        elif isinstance(block, Table):
            yield from (Line(line.number, plain(line.text.strip())) for line in block.stray)
            yield from (Line(number, " | ".join(cells)) for number, cells in block.rows)
        else:
            yield Line(block.line, block.text)


def numbered(text: str) -> list[Line]:
    """The lines of a text without blanks at their ends."""
    plain_ends = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return [Line(n, line.rstrip()) for n, line in enumerate(plain_ends.split("\n"), start=1)]


class _Cutter:
    def __init__(self, lines: list[Line]) -> None:
        self._lines = lines
        self._at = 0

    def cut(self) -> list[Block]:
        found: list[Block] = []
        while self._at < len(self._lines):
            if not self._text():
                self._at += 1
                continue
            found.append(self._heading() or self._table() or self._paragraph())
        return found

    def _text(self, ahead: int = 0) -> str:
        index = self._at + ahead
        return self._lines[index].text if index < len(self._lines) else ""

    def _heading(self) -> Heading | None:
        over = 1 if _RULE.match(self._text()) and _RULE.match(self._text(2)) else 0
        title, rule = self._text(over), self._text(over + 1)
        if not _RULE.match(rule) or not title.strip() or _RULE.match(title):
            return None
        line = self._lines[self._at + over]
        self._at += over + 2
        return Heading(line.number, plain(line.text))

    def _table(self) -> Table | None:
        if not _DIRECTIVE.match(self._text().lstrip()):
            return None
        start = self._lines[self._at].number
        self._at += 1
        return _table(start, self._indented())

    def _indented(self) -> list[Line]:
        """Lines up to the next one that is neither blank nor indented, or is the title of a nameless system."""
        start = self._at
        while self._at < len(self._lines) and (not self._text() or self._text()[0].isspace()):
            if self._text() and _RULE.match(self._text(1)):
                break
            self._at += 1
        return [line for line in self._lines[start : self._at] if line.text]

    def _paragraph(self) -> Paragraph:
        start = self._at
        self._at += 1
        while self._text() and not self._starts_block():
            self._at += 1
        return Paragraph(tuple(self._lines[start : self._at]))

    def _starts_block(self) -> bool:
        return bool(_DIRECTIVE.match(self._text().lstrip()) or (_RULE.match(self._text(1)) and self._text()))


def _table(start: int, lines: list[Line]) -> Table:
    rows: list[tuple[int, list[str]]] = []
    stray: list[Line] = []
    for line in lines:
        text = line.text.strip()
        cell = _CELL.match(text)
        if cell and cell["row"] != "-":
            rows.append((line.number, [cell["text"] or ""]))
        elif cell and rows:
            rows[-1][1].append(cell["text"] or "")
        elif rows:
            rows[-1][1][-1] = f"{rows[-1][1][-1]} {text}".lstrip()
        elif not _OPTION.match(text):
            stray.append(line)
    return Table(start, tuple((n, tuple(map(plain, cells))) for n, cells in rows), tuple(stray))
