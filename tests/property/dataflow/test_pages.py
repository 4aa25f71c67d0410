"""Whatever a document says, a page and a PDF can be made of it; and the page shows each of its paths."""

from html import unescape

from hypothesis import HealthCheck, given, settings

from accord.dataflow.document import Document
from accord.dataflow.formats import FORMATS, Sheaf
from tests.property.dataflow.test_formats import TOLD


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(document=TOLD)
def test_pages_are_made_of_any_document(document: Document) -> None:
    sheaf = Sheaf(documents=(document,), stem="x", project="hub")
    page = unescape(FORMATS["html"].write(sheaf).decode())
    for row in document.rows():
        assert not row.source.path or f"<code>{row.source.path}</code>" in page
        assert not row.target.path or f"<code>{row.target.path}</code>" in page
    assert FORMATS["pdf"].write(sheaf).startswith(b"%PDF")
