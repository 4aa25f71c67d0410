"""CSV as programs write it: delimiter and line ends are found out, and rows that do not change keep their bytes."""

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from io import StringIO
from typing import Any, Final

from msgspec import Struct

from accord.connectors.files.cells import Cells
from accord.connectors.files.table import BadFileError, BadRow, Edit, Row, Table
from accord.connectors.files.texts import Text, decoded

__all__ = ["Delimited"]

_DELIMITERS: Final = ",;\t|"
_LONGEST: Final = 1 << 24
_QUOTED: Final = re.compile(r'"[^"]*"')
_HEAD: Final = 1 << 16


class _Line(Struct):
    """A line of the file as it stands there (several, where a cell holds line ends), and its cells."""

    number: int
    raw: str
    cells: list[str]


class Delimited:
    """`delimiter` and `encoding` are those of the files, where they are not to be found out."""

    def __init__(self, cells: Cells, *, delimiter: str = "", encoding: str = "") -> None:
        self._cells, self._delimiter, self._encoding = cells, delimiter, encoding

    def parse(self, data: bytes) -> Table:
        """See `Format`."""
        _, _, columns, lines = self._opened(data)
        table = Table(columns=columns, rows=[])
        for line in lines:
            if not line.cells:
                continue
            if len(line.cells) != len(columns):
                what = f"has {len(line.cells)} cells, and the first line {len(columns)}"
                table.bad.append(BadRow(line.number, what, "Quote cells that hold the delimiter or a quote"))
                continue
            cells = map(self._cells.read, columns, line.cells)
            table.rows.append(Row(line.number, dict(zip(columns, cells, strict=True))))
        return table

    def edited(self, data: bytes, edits: Sequence[Edit]) -> bytes:
        """See `Format`."""
        text, delimiter, columns, lines = self._opened(data)
        by_line = {edit.line: edit.cells for edit in edits if edit.line}
        end = next((each for each in ("\r\n", "\n", "\r") if each in text.text), "\n")
        put = _writer(delimiter, end)
        head, *_ = _records(text.text, delimiter)
        parts = [head.raw]
        for line in lines:
            changed = by_line.get(line.number, {})
            if changed is None:
                continue
            parts.append(put(self._filled(columns, line.cells, changed)) if changed else line.raw)
        if not parts[-1].endswith(("\n", "\r")):
            parts[-1] += end
        blank = [""] * len(columns)
        parts += [
            put(self._filled(columns, blank, edit.cells)) for edit in edits if not edit.line and edit.cells
        ]
        return text.encoded("".join(parts))

    def _opened(self, data: bytes) -> tuple[Text, str, list[str], Iterator[_Line]]:
        text = decoded(data, self._encoding)
        first = _QUOTED.sub("", text.text[:_HEAD]).lstrip("\r\n").splitlines()[:1] or [""]
        delimiter = self._delimiter or max(_DELIMITERS, key=first[0].count)
        lines = _records(text.text, delimiter)
        head = next(lines, None)
        if head is None or not any(head.cells):
            raise BadFileError("it has no first line that names its columns; export it with one")
        columns = [name.strip() for name in head.cells]
        twice = {name for name in columns if columns.count(name) > 1}
        if twice or "" in columns:
            which = f"{min(twice)} twice" if twice - {""} else "without a name"
            raise BadFileError(f"its first line holds a column {which}; give each column a name of its own")
        return text, delimiter, columns, lines

    def _filled(self, columns: Sequence[str], cells: Sequence[str], changed: Mapping[str, Any]) -> list[str]:
        return [
            self._cells.written(name, changed[name]) if name in changed else cell
            for name, cell in zip(columns, cells, strict=True)
        ]


def _records(text: str, delimiter: str) -> Iterator[_Line]:
    """Lines with their cells. Raises BadFileError: a quote is never closed."""
    csv.field_size_limit(_LONGEST)
    taken: list[str] = []

    def taking() -> Iterator[str]:
        for line in StringIO(text, newline=""):
            taken.append(line)
            yield line

    reader = csv.reader(taking(), delimiter=delimiter, strict=True)
    while True:
        number = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise BadFileError(f"line {number} is no CSV ({error}); correct its quotes") from None
        yield _Line(number, "".join(taken), cells)
        taken.clear()


def _writer(delimiter: str, end: str) -> Callable[[Sequence[str]], str]:
    def put(cells: Sequence[str]) -> str:
        line = StringIO(newline="")
        csv.writer(line, delimiter=delimiter, lineterminator="\r\n").writerow(cells)  # so both are quoted
        return line.getvalue().removesuffix("\r\n") + end

    return put
