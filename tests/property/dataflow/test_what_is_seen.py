"""What one sees is what is read back: the marks of a format disappear when it is shown, and change nothing."""

import io

from docutils import nodes
from docutils.core import publish_doctree
from hypothesis import given, settings

from accord.dataflow.cells import cell_text
from accord.dataflow.document import Document
from accord.dataflow.formats.rst import rst_of
from tests.property.dataflow.test_formats import TOLD

SHOWN = {"report_level": 1, "halt_level": 5, "file_insertion_enabled": False, "raw_enabled": False}


@settings(deadline=None, max_examples=60)
@given(TOLD)
def test_restructuredtext_is_shown_without_a_warning(document: Document) -> None:
    said = io.StringIO()
    tree = publish_doctree(rst_of([document]), settings_overrides={**SHOWN, "warning_stream": said})
    assert [line for line in said.getvalue().splitlines() if "Duplicate implicit" not in line] == []
    cells = [entry.astext() for entry in tree.findall(nodes.entry)]
    for row in document.rows():
        assert blank(cell_text(row.source)) in cells
        assert blank(cell_text(row.target)) in cells
    points = [item.astext() for item in tree.findall(nodes.list_item)]
    assert points == list(document.untold)


def blank(text: str) -> str:
    return text.strip()
