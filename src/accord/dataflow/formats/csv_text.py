"""CSV: the tables one below the other, as spreadsheet programs of any country open and save it.

A cell that a spreadsheet program would take for a formula, a number or a date is written with an apostrophe before it.
"""

import csv
import io
import re
from typing import Final

from accord.core.errors import ConfigError, Fault
from accord.dataflow.document import Decision, Document
from accord.dataflow.formats.sheaves import Sheaf
from accord.dataflow.formats.tables import Grid, GridRow, documents_of_grids, notes, tables_of

__all__ = ["documents_in_csv", "write_csv"]

_MONTH: Final = r"jan|feb|mar|apr|ma[iyj]|jun|jul|aug|sep|o[ck]t|nov|de[csz]"
_TAKEN: Final = re.compile(
    rf"[=+\-@'\t\r].*|[\d.,:/\s\-+]*\d[\d.,:/\s\-+%]*(?:e[+\-]?\d+)?|.*\b(?:{_MONTH})[a-z]*[\s.\-/]*\d+.*"
    rf"|\d+[\s.\-/]*(?:{_MONTH})[a-z]*.*|true|false|sant|usann|wahr|falsch",
    re.IGNORECASE | re.DOTALL,
)
_SEPARATORS: Final = (",", ";", "\t")
_LONGEST: Final = 100_000
"""Characters of a cell; a longer one has a quotation mark before it that nothing closes."""


def write_csv(sheaf: Sheaf) -> bytes:
    """The tables with commas, in UTF-8 with the mark that makes Excel see it."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows([[line] for line in notes(sheaf.project)])
    for table, rows in tables_of(sheaf.documents):
        writer.writerows([[], [table.name], table.columns])
        for row in rows:
            number, *cells = row if table.columns[0] == "Pair" else ("", *row)
            kept = [_guarded(cell) for cell in cells]
            writer.writerow([number, *kept] if number else kept)
    return text.getvalue().encode("utf-8-sig")


def _guarded(cell: str) -> str:
    return f"'{cell}" if _TAKEN.fullmatch(cell) else cell


def documents_in_csv(raw: bytes, file: str) -> list[Document]:
    """The documents in a CSV file of any separator, in UTF-8, UTF-16, or the encoding of Windows in Western Europe.

    Raises ConfigError: a quotation mark is not closed for very long.
    """
    text, decided = _decoded(raw, file)
    grids = [_grid(text, separator, file) for separator in _separators(text)]
    grid = max(grids, key=lambda each: max((len(row.cells) for row in each.rows), default=0))
    return documents_of_grids([grid], file, decided=decided)


def _separators(text: str) -> tuple[str, ...]:
    """The one that the file names in its first line, as Excel knows it, else all that there may be."""
    found = re.match(r"\"?sep=(.)", text, re.IGNORECASE)
    return (found[1],) if found else _SEPARATORS


def _grid(text: str, separator: str, file: str) -> Grid:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    rows: list[GridRow] = []
    try:
        for cells in reader:
            if max(map(len, cells), default=0) > _LONGEST:
                raise csv.Error
            if not re.match(r"\"?sep=", separator.join(cells), re.IGNORECASE):
                rows.append(GridRow(reader.line_num, tuple(map(_plain, cells))))
    except csv.Error as error:
        remedy = "Look for a quotation mark that is not closed."
        raise ConfigError(
            [Fault(file, reader.line_num, "The file is no CSV from here on", remedy)]
        ) from error
    return Grid(file, tuple(rows))


def _plain(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and _TAKEN.fullmatch(cell[1:]) else cell


def _decoded(raw: bytes, file: str) -> tuple[str, list[Decision]]:
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16", errors="replace"), []
    try:
        return raw.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        what = "the file is no UTF-8 text"
        return raw.decode("cp1252", errors="replace"), [
            Decision(file, line, what, "read as Windows-1252, the encoding of Western European Windows")
        ]
