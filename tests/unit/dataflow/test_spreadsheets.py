"""Spreadsheets as people leave them: sorted, extended, saved by a program of another country, with values in cells."""

import io
from contextlib import suppress
from random import Random
from zipfile import ZipFile

import pytest
from openpyxl import Workbook, load_workbook

from accord.core.errors import ConfigError
from accord.dataflow.document import Alternative, Cell, Condition, Creation, Document, End, Row, Section
from accord.dataflow.formats import FORMATS, Sheaf

HOSTILE = ("=1+1", "+47", "-x", "@SUM(A1)", "1", "true", "1.5", "2024.01", "'quoted", "MARCH1")
DOCUMENT = Document(
    "Crm",
    "Erp",
    (
        Section(
            End("Person"),
            End("Contact", "human"),
            Creation("condition", "=HYPERLINK(1)"),
            (Alternative((("email", "mail"),)),),
            tuple(Row(Cell(path), Cell("mail", (Condition("1", "kind"),)), "string") for path in HOSTILE),
        ),
    ),
)


def written(kind: str) -> bytes:
    return FORMATS[kind].write(Sheaf(documents=(DOCUMENT,), stem="x"))


def read(kind: str, raw: bytes) -> Document:
    reader = FORMATS[kind].read
    assert reader is not None
    (document,) = reader(raw, f"x.{kind}")
    return document


def saved(book: Workbook) -> bytes:
    raw = io.BytesIO()
    book.save(raw)
    return raw.getvalue()


def test_no_cell_of_a_workbook_is_a_formula() -> None:
    book = load_workbook(io.BytesIO(written("xlsx")))
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert not any(cell.data_type == "f" for cell in cells)
    assert read("xlsx", written("xlsx")) == DOCUMENT


def test_what_no_workbook_can_hold_is_shown_in_it() -> None:
    odd = Document("A", "B", (Section(End("T"), End("U"), rows=(Row(Cell("a\x07"), Cell("b\ufffe")),)),))
    document = read("xlsx", FORMATS["xlsx"].write(Sheaf(documents=(odd,), stem="x")))
    assert document.sections[0].rows == (Row(Cell("a\\x07"), Cell("b\\ufffe")),)


def test_no_cell_of_a_csv_file_begins_like_a_formula() -> None:
    text = written("csv").decode("utf-8-sig")
    cells = [cell.strip('"') for line in text.splitlines() for cell in line.split(",")]
    assert not any(cell[:1] in set("=+-@") for cell in cells if cell)
    assert read("csv", written("csv")) == DOCUMENT


def test_cells_that_a_program_turned_into_values_are_text_again() -> None:
    book = load_workbook(io.BytesIO(written("xlsx")))
    sheet = book["Properties"]
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            value = {"1": 1, "true": True, "1.5": 1.5}.get(str(cell.value))
            if value is not None:
                cell.value = value
            elif cell.value:
                cell.value = f"  {cell.value} "
                cell.data_type = "s"
    assert read("xlsx", saved(book)) == DOCUMENT


def test_columns_in_another_order_and_columns_of_ones_own_do_no_harm() -> None:
    book = load_workbook(io.BytesIO(written("xlsx")))
    sheet = book["Properties"]
    for row in sheet.iter_rows():
        texts = [cell.value for cell in row]
        for cell, text in zip(row, reversed(texts), strict=True):
            cell.value = text
            cell.data_type = "s" if isinstance(text, str) else cell.data_type
    sheet["H1"], sheet["H2"] = "Remark", "look at this"
    again = read("xlsx", saved(book))
    assert again == DOCUMENT
    assert [(each.file, each.line, each.text) for each in again.unread] == [
        ("x.xlsx (Properties)", 1, "Remark")
    ]


def test_a_row_without_a_pair_is_listed_with_sheet_and_row() -> None:
    book = load_workbook(io.BytesIO(written("xlsx")))
    book["Properties"]["A3"] = 7
    again = read("xlsx", saved(book))
    assert len([*again.rows()]) == len(HOSTILE) - 1
    (unread,) = again.unread
    assert (unread.file, unread.line, unread.why) == ("x.xlsx (Properties)", 3, "no pair has the number 7")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv_of_any_country_is_read(separator: str, encoding: str) -> None:
    text = written("csv").decode("utf-8-sig").replace("kind is 1", "kind is \u00f8l")
    lines = [
        line if "," in line and '"' in line else line.replace(",", separator) for line in text.splitlines()
    ]
    again = read("csv", "\r\n".join(lines).encode(encoding))
    assert [row.source.path for row in again.rows()] == list(HOSTILE)
    assert {row.target.conditions[0].value for row in again.rows()} == {"\u00f8l"}
    assert [each.what for each in again.decided] == ["the file is no UTF-8 text"] * (encoding == "cp1252")


def test_what_is_no_workbook_is_said() -> None:
    with pytest.raises(ConfigError, match="no XLSX workbook"):
        read("xlsx", b"PK no zip")


@pytest.mark.parametrize("seed", range(40))
def test_a_damaged_workbook_is_said_or_read(seed: int) -> None:
    random = Random(seed)
    raw = bytearray(written("xlsx"))
    if seed % 4 == 0:
        del raw[random.randrange(len(raw)) :]
    for _ in range(random.choice([1, 5, 50])):
        raw[random.randrange(len(raw))] = random.randrange(256)
    reader = FORMATS["xlsx"].read
    assert reader is not None
    with suppress(ConfigError):
        assert reader(bytes(raw), "x.xlsx")


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"])
def test_a_workbook_with_a_part_that_is_no_xml_is_said(part: str) -> None:
    made = io.BytesIO()
    with ZipFile(io.BytesIO(written("xlsx"))) as old, ZipFile(made, "w") as new:
        for name in old.namelist():
            new.writestr(name, b"<not xml" if name == part else old.read(name))
    with pytest.raises(ConfigError, match="no XLSX workbook"):
        read("xlsx", made.getvalue())


def test_a_quotation_mark_that_is_not_closed_is_said() -> None:
    text = 'Pair,From property,To property\n1,"' + "a,b\n" * 40_000
    with pytest.raises(ConfigError, match="no CSV from here on"):
        read("csv", text.encode())


@pytest.mark.parametrize("seed", range(40))
def test_any_bytes_are_read_as_csv_or_said(seed: int) -> None:
    random = Random(seed)
    raw = bytearray(written("csv"))
    for _ in range(random.choice([1, 20, 400])):
        raw[random.randrange(len(raw))] = random.choice([0, 10, 13, 34, 44, 59, 255, random.randrange(256)])
    reader = FORMATS["csv"].read
    assert reader is not None
    assert reader(bytes(raw), "x.csv")
