"""The text of a PDF is read back: every cell is in it, headers are repeated, bookmarks lead there."""

import re
from io import BytesIO
from pathlib import Path

from pypdf import PdfReader

from accord.dataflow import documents_of
from accord.dataflow.cells import cell_text
from accord.dataflow.document import Alternative, Cell, Condition, Creation, Document, End, Row, Section
from accord.dataflow.formats import FORMATS, Sheaf
from accord.dataflow.page import pair_title
from accord.project import load_project

EXAMPLE = Path(__file__).parents[3] / "examples/crmoffice-customerp"
MANY = Document(
    "Crm & <b>Söhne</b>",
    "Ærlig Bokføring",
    (
        Section(
            End("Контакт"),
            End("Πελάτης", "human"),
            Creation("condition", "If it's > 5 & <i>won</i>"),
            (Alternative((("a", "b"), ("c", "d"))),),
            tuple(
                Row(Cell(f"field{n}.<x>", (Condition("Śródmieście", "kind"),)), Cell(f"zeile{n}"), "string")
                for n in range(150)
            ),
        ),
        Section(End("客户"), End("カタカナ 한글"), rows=(Row(Cell("x" * 300), Cell("y")),)),
        Section(End("Deal"), End("Order")),
    ),
    untold=("the priority of שלום \x07",),
)


def read(*documents: Document, project: str = "") -> PdfReader:
    raw = FORMATS["pdf"].write(Sheaf(documents=documents, stem="x", project=project))
    return PdfReader(BytesIO(raw))


def squeezed(text: str) -> str:
    """Without spaces, for lines and long words are broken to fit."""
    return re.sub(r"\s", "", text)


def text_of(reader: PdfReader) -> str:
    return squeezed("".join(page.extract_text() for page in reader.pages))


def test_all_that_documents_of_a_project_say_is_in_it() -> None:
    documents = documents_of(load_project(EXAMPLE))
    text = text_of(read(*documents, project="shop"))
    for document in documents:
        for section in document.sections:
            assert squeezed(pair_title(document, section)) in text
        for row in document.rows():
            assert squeezed(cell_text(row.source) + cell_text(row.target) + row.type) in text
        assert all(squeezed(gap) in text for gap in document.untold)


def test_letters_of_many_scripts_are_read_back_and_others_are_told() -> None:
    text = text_of(read(MANY))
    for said in (
        "Crm&<b>Söhne</b>",
        "Контакт",
        "Πελάτης",
        "Śródmieście",
        "客户",
        "カタカナ한글",
        "x" * 150,
        "it's>5&<i>won</i>",
    ):
        assert said in text
    for row in MANY.rows():
        assert squeezed(cell_text(row.target)) in text
    assert "thepriorityofU+05E9U+05DCU+05D5U+05DDU+0007" in text
    assert "bytheirnumbers;theotherformatsshowthem:U+0007,U+05D5,U+05DC,U+05DD,U+05E9." in text
    assert "leavesthemblank:" in text
    assert "U+5BA2" in text


def test_headers_are_repeated_pages_are_numbered_and_bookmarks_lead_there() -> None:
    reader = read(MANY)
    pages = [page.extract_text() for page in reader.pages]
    assert len(pages) > 3
    for number, page in enumerate(pages, 1):
        assert f"Page {number}" in page
        if "zeile" in page:
            assert squeezed("Property of Ærlig Bokføring Πελάτης (human part)") in squeezed(page)
    assert isinstance(reader.outline[1], list)
    titles = [each.title for each in reader.outline[1] if not isinstance(each, list)]
    assert titles == [
        "About this document",
        *(pair_title(MANY, section) for section in MANY.sections),
        "Not in this document",
    ]
    first = reader.outline[1][1]
    assert not isinstance(first, list)
    at = reader.get_destination_page_number(first)
    assert at is not None
    assert squeezed(pair_title(MANY, MANY.sections[0])) in squeezed(pages[at])


def test_the_same_documents_give_the_same_bytes() -> None:
    sheaf = Sheaf(documents=(MANY,), stem="x")
    assert FORMATS["pdf"].write(sheaf) == FORMATS["pdf"].write(sheaf)


def test_a_cell_longer_than_a_page_is_told_whole() -> None:
    words = " ".join(f"word{n}" for n in range(3000))
    long = Document(
        "A", "B", (Section(End("X"), End("Y"), rows=(Row(Cell("a", (Condition(words, "k"),)), Cell("b")),)),)
    )
    text = text_of(read(long))
    assert "word0word1word2" in text
    assert "word2999" in text
