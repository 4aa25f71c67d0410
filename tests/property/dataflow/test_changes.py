"""Differences of documents: none of a document to itself, and each edit by itself is told as what it is."""

from dataclasses import replace

from hypothesis import assume, given, strategies as st

from accord.dataflow.changes import changes
from accord.dataflow.document import Cell, Document, Row
from tests.property.dataflow.test_document_round_trip import DOCUMENTS

NEW = Row(Cell("quite.new"), Cell("also.new"), "string")


@given(DOCUMENTS)
def test_a_document_does_not_differ_from_itself(document: Document) -> None:
    assert changes([document], [document]) == []


@given(DOCUMENTS)
def test_documents_of_one_way_count_together(document: Document) -> None:
    """A folder holds the same document in several formats, or one for each of its pairs."""
    again = replace(document, file="again.md")
    parts = [replace(document, sections=(each,)) for each in document.sections] or [document]
    assert changes([document], [document, again]) == changes([document, again], [document]) == []
    assert changes([document], parts) == []


@given(DOCUMENTS, st.integers(0, 10**6))
def test_an_added_row_is_all_that_is_new_and_taken_away_all_that_is_gone(document: Document, at: int) -> None:
    assume(document.sections)
    at %= len(document.sections)
    section = document.sections[at]
    longer = replace(section, rows=(*section.rows, NEW))
    edited = replace(document, sections=(*document.sections[:at], longer, *document.sections[at + 1 :]))
    (added,) = changes([document], [edited])
    assert (added.kind, added.new, added.old) == ("row", NEW, None)
    assert added.text == "the row quite.new - also.new is new"
    (gone,) = changes([edited], [document])
    assert (gone.kind, gone.new, gone.old) == ("row", None, NEW)


@given(DOCUMENTS, DOCUMENTS)
def test_what_is_new_one_way_is_gone_the_other_way(one: Document, other: Document) -> None:
    other = replace(other, source=one.source, target=one.target)
    forth, back = changes([one], [other]), changes([other], [one])
    assert {each.new for each in forth if each.kind == "row" and each.old is None and each.new} >= {
        each.old for each in back if each.kind == "row" and each.new is None and each.old
    }
    assert bool(forth) == bool(back)
