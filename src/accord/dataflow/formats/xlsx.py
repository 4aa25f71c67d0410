"""XLSX: a sheet for each table. All cells are text, so that no program takes one for a formula, a number or a date."""

import io
import warnings
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, Final
from zipfile import BadZipFile

from accord.core.errors import ConfigError, Fault
from accord.core.wording import visible
from accord.dataflow.document import Document, Unread
from accord.dataflow.formats.sheaves import Sheaf
from accord.dataflow.formats.tables import (
    CREATED,
    Grid,
    GridRow,
    Table,
    documents_of_grids,
    notes,
    tables_of,
)

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

__all__ = ["documents_in_xlsx", "write_xlsx"]

_TEXT: Final = "@"
_WIDTHS: Final = {"Pair": 7, "Written": 21, "Match first": 13, "Created": 18, "What": 90, "Type": 16}
_USUAL: Final = 26
_WIDE: Final = {
    "From property": 40,
    "To property": 40,
    "Equal in from": 44,
    "Equal in to": 44,
    "Condition": 36,
}
_MORE_ROWS: Final = 500
"""Rows below the last one that are ready to be filled in."""


def write_xlsx(sheaf: Sheaf) -> bytes:
    """A workbook: a first sheet that says how to edit it, then one for each table."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    _tell(book.create_sheet("Read me"), notes(sheaf.project))
    for table, rows in tables_of(sheaf.documents):
        _fill(book.create_sheet(table.name), table, rows)
    raw = io.BytesIO()
    book.save(raw)
    return raw.getvalue()


def _tell(sheet: "Worksheet", lines: Sequence[str]) -> None:
    from openpyxl.styles import Alignment, Font

    sheet.column_dimensions["A"].width = 110
    sheet.sheet_view.showGridLines = False
    for number, line in enumerate(lines, start=1):
        cell = sheet.cell(number, 1)
        _put(cell, line)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        if number == 1:
            cell.font = Font(bold=True, size=14)


def _fill(sheet: "Worksheet", table: Table, rows: Sequence[Sequence[str]]) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.properties import PageSetupProperties

    for at, name in enumerate(table.columns, start=1):
        head = sheet.cell(1, at)
        _put(head, name)
        head.font = Font(bold=True, color="FFFFFF")
        head.fill = PatternFill("solid", start_color="1F4E5F")
        head.alignment = Alignment(vertical="center")
        column = sheet.column_dimensions[get_column_letter(at)]
        column.width = _WIDTHS.get(name, _WIDE.get(name, _USUAL))
        column.number_format = _TEXT
    for line, row in enumerate(rows, start=2):
        for at, text in enumerate(row, start=1):
            cell = sheet.cell(line, at)
            if table.columns[at - 1] == "Pair":
                cell.value = int(text)
            else:
                _put(cell, text)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"
    last = get_column_letter(len(table.columns))
    sheet.auto_filter.ref = f"A1:{last}{max(2, len(rows) + 1)}"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    _offer(sheet, table, len(rows))


def _offer(sheet: "Worksheet", table: Table, count: int) -> None:
    """Lists to choose from, also in rows that are added."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    words = {"Created": [word for word in CREATED.values() if word], "Match first": ["yes"]}
    for name, choices in words.items():
        if name in table.columns:
            choice = DataValidation("list", formula1=f'"{",".join(choices)}"', allow_blank=True)
            letter = get_column_letter(table.columns.index(name) + 1)
            choice.add(f"{letter}2:{letter}{count + 1 + _MORE_ROWS}")
            sheet.add_data_validation(choice)


def _put(cell: Any, text: str) -> None:
    """Text as text: what begins like a formula is none, also after somebody edited it; nor can it spoil the file."""
    cell.number_format = _TEXT
    if text:
        cell.value = visible(text)
        cell.data_type = "s"
        cell.quotePrefix = text[0] in "=+-@'"


def documents_in_xlsx(raw: bytes, file: str) -> list[Document]:
    """The documents in a workbook. Raises ConfigError when it is none."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with warnings.catch_warnings(action="ignore"):  # of what openpyxl drops: pictures, extensions
            book = load_workbook(io.BytesIO(raw))
            values = load_workbook(io.BytesIO(raw), data_only=True)
    except (
        *(InvalidFileException, BadZipFile, zlib.error, SyntaxError),  # SyntaxError: of XML
        *(LookupError, ValueError, TypeError, AttributeError, OSError, EOFError, NotImplementedError),
    ) as error:
        remedy = "Save it as an Excel workbook (.xlsx), or as CSV."
        raise ConfigError([Fault(file, 0, "The file is no XLSX workbook", remedy)]) from error
    unread: list[Unread] = []
    grids = [_grid(sheet, values, file, unread) for sheet in book.worksheets]
    return documents_of_grids(grids, file, unread=unread)


def _grid(sheet: "Worksheet", values: "Workbook", file: str, unread: list[Unread]) -> Grid:
    place = f"{file} ({sheet.title})"
    rows = [
        GridRow(line, tuple(_cells(sheet, values[sheet.title], line, place, unread)))
        for line in range(1, (sheet.max_row or 0) + 1)
    ]
    return Grid(place, tuple(rows))


def _cells(sheet: Any, values: Any, line: int, place: str, unread: list[Unread]) -> Iterator[str]:
    """The cells of a row as text: what is merged stands in all of its cells, of a formula its last value counts."""
    merged = {
        (row, column): (area.min_row, area.min_col)
        for area in sheet.merged_cells.ranges
        if area.min_row <= line <= area.max_row
        for row, column in area.cells
        if row == line
    }
    for column in range(1, sheet.max_column + 1):
        cell = sheet.cell(*merged.get((line, column), (line, column)))
        value = cell.value
        if cell.data_type == "f":
            value = values.cell(cell.row, cell.column).value
            if value is None:
                why = "the formula has no value: open the file in a spreadsheet program and save it"
                unread.append(Unread(place, line, str(cell.coordinate), why))
        yield _text(value)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)
