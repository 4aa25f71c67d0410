"""Documents of the whole grammar, oddities included: read without an exception, and nothing of them is lost.

What stands in a document is known from the invention it was written from, never from the reader.
"""

from hypothesis import given

from accord.dataflow import read_document
from accord.dataflow.document import Cell, Section
from accord.testing.documents import ToldCell, ToldDocument, ToldRow, ToldSection, written
from accord.testing.documents.strategies import documents


def said(section: Section) -> ToldSection:
    """A section that was read, in the words of an invented one."""
    creation = section.creation
    return ToldSection(
        source=(section.source.type, section.source.facet),
        target=(section.target.type, section.target.facet),
        rule=creation.rule,
        text=creation.text,
        connected=creation.connected,
        merge_existing=creation.merge_existing,
        alternatives=tuple(each.combinations for each in section.alternatives),
        rows=tuple(ToldRow(cell(row.source), cell(row.target), row.type) for row in section.rows),
    )


def cell(read: Cell) -> ToldCell:
    return ToldCell(read.path, tuple((each.value, each.path) for each in read.conditions))


@given(documents())
def test_what_was_invented_is_read(told: ToldDocument) -> None:
    made = written(told)
    read = read_document(made.text, "x.rst")
    assert (read.source, read.target) == (told.source, told.target)
    assert tuple(map(said, read.sections)) == told.sections
    assert [(each.line, each.text) for each in read.unread] == list(made.unread)
    assert read.generated == told.generated
