"""XLSX: the first sheet, or a named one; everything else in the workbook stays as openpyxl keeps it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile, ZipFile

from accord.connectorkit.manifest_parts import PropertySpec
from accord.connectors.files.table import BadFileError, BadRow, Edit, Row, Table

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

__all__ = ["Spreadsheet"]


class Spreadsheet:
    """`sheet` is the name of the sheet, "" for the first one. The first row names the columns."""

    def __init__(self, properties: Mapping[str, PropertySpec], *, sheet: str = "") -> None:
        self._types = {name: spec.type for name, spec in properties.items()}
        self._sheet = sheet

    def parse(self, data: bytes) -> Table:
        """See `Format`. Of formulas the values that were worked out when the file was saved are read."""
        sheet = self._found(_workbook(data, values=True))
        columns = _columns(sheet)
        table = Table(columns=list(columns), rows=[])
        formulas = self._formulas(data) if _has_formulas(data) else {}
        for number, cells in _rows(sheet):
            if any(cells[columns[name] - 1] is None for name in formulas.get(number, ())):
                what = "has a formula that was never worked out"
                table.bad.append(
                    BadRow(number, what, "Open the workbook in the program that made it, and save it")
                )
                continue
            values = {name: self._read(name, cells[place - 1]) for name, place in columns.items()}
            if any(value is not None for value in values.values()):
                table.rows.append(Row(number, values))
        return table

    def edited(self, data: bytes, edits: Sequence[Edit]) -> bytes:
        """See `Format`."""
        book = _workbook(data, values=False)
        sheet = self._found(book)
        columns = _columns(sheet)
        last = max((n for n, cells in _rows(sheet) if any(c is not None for c in cells)), default=1)
        formulas = self._formulas(data) if _has_formulas(data) else {}
        if held := sorted({name for names in formulas.values() for name in names}):
            raise BadFileError(
                f"column {held[0]} holds formulas, whose values are lost when others than Excel write the workbook; "
                "put values there, or leave the table to Excel"
            )
        for edit in edits:
            if edit.cells is None:
                continue
            last += not edit.line
            for name, value in edit.cells.items():
                _put(sheet, edit.line or last, columns[name], self._written(name, value))
        for line in sorted((edit.line for edit in edits if edit.cells is None), reverse=True):
            sheet.delete_rows(line)
        made = BytesIO()
        book.save(made)
        return made.getvalue()

    def _formulas(self, data: bytes) -> dict[int, list[str]]:
        """Columns that the manifest knows and that hold a formula, by row."""
        sheet = self._found(_workbook(data, values=False))
        columns = {name: place for name, place in _columns(sheet).items() if name in self._types}
        found: dict[int, list[str]] = {}
        for number, cells in enumerate(sheet.iter_rows(min_row=2), 2):
            names = [name for name, place in columns.items() if cells[place - 1].data_type == "f"]
            if names:
                found[number] = names
        return found

    def _found(self, book: "Workbook") -> "Worksheet":
        names = book.sheetnames
        if self._sheet and self._sheet not in names:
            raise BadFileError(
                f"it has no sheet {self._sheet}; options.sheet can be one of {', '.join(names)}"
            )
        found: Worksheet = book[self._sheet or names[0]]
        return found

    def _read(self, column: str, value: Any) -> Any:
        if isinstance(value, datetime):
            is_day = self._types.get(column) == "date" and value.time() == time()
            return value.date().isoformat() if is_day else value.isoformat()
        if isinstance(value, date | time):
            return value.isoformat()
        if isinstance(value, str) and not value.strip():
            return None
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if is_number and self._types.get(column, "string") in ("string", "decimal"):
            return format(Decimal(repr(value)), "f")
        return value

    def _written(self, column: str, value: Any) -> Any:
        kind = self._types.get(column)
        try:
            if kind == "date" and isinstance(value, str):
                return date.fromisoformat(value)
            if kind == "datetime" and isinstance(value, str):
                made = datetime.fromisoformat(value)
                return made if made.tzinfo is None else value  # a sheet knows no zones
            if kind == "decimal" and isinstance(value, str):
                return Decimal(value)
        except (ValueError, ArithmeticError):
            pass
        return value


def _put(sheet: "Worksheet", row: int, column: int, value: Any) -> None:
    from openpyxl.cell.cell import MergedCell
    from openpyxl.utils.exceptions import IllegalCharacterError

    cell = sheet.cell(row, column)
    if isinstance(cell, MergedCell):
        raise BadFileError(f"cell {cell.coordinate} is merged with others; part them")
    try:
        cell.value = value
    except IllegalCharacterError:
        raise BadFileError("a new value holds a sign that no workbook can; remove it") from None
    if isinstance(value, str) and cell.data_type != "s":
        cell.data_type = "s"  # a text that begins with = is no formula


def _has_formulas(data: bytes) -> bool:
    with ZipFile(BytesIO(data)) as book:
        sheets = [name for name in book.namelist() if name.startswith("xl/worksheets/")]
        return any(b"<f>" in text or b"<f " in text for text in map(book.read, sheets))


def _workbook(data: bytes, *, values: bool) -> "Workbook":
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        return load_workbook(BytesIO(data), data_only=values)
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError):
        raise BadFileError("it is no workbook in XLSX; save it as Excel workbook (.xlsx)") from None


def _columns(sheet: "Worksheet") -> dict[str, int]:
    """Columns by the names in the first row, each with its number; those without a name are left alone."""
    found: dict[str, int] = {}
    for place, value in enumerate(next(sheet.iter_rows(max_row=1, values_only=True), ()), 1):
        name = str(value).strip() if value is not None else ""
        if name in found:
            raise BadFileError(f"its first row holds a column {name} twice; give each one a name of its own")
        if name:
            found[name] = place
    if not found:
        raise BadFileError("its first row names no columns; write their names there")
    return found


def _rows(sheet: "Worksheet") -> Iterator[tuple[int, Sequence[Any]]]:
    return enumerate(sheet.iter_rows(min_row=2, values_only=True), 2)
