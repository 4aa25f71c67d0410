"""Every format that is read gives back what was written: import(document(p)) = p in all that the grammar can say."""

from dataclasses import replace

import pytest
from hypothesis import given, settings, strategies as st

from accord.dataflow.document import Document
from accord.dataflow.formats import FORMATS, Sheaf
from tests.property.dataflow.test_document_round_trip import DOCUMENTS

READ_BACK = [name for name, each in FORMATS.items() if each.read is not None]
UNTOLD = st.lists(
    st.sampled_from(["the priority of crm", "crm.Deal *all*: filter", "[x] | `y`", "1. a_ <b>"]), max_size=3
).map(tuple)
TOLD = st.builds(lambda document, untold: replace(document, untold=untold), DOCUMENTS, UNTOLD)
HUBS = st.lists(TOLD, min_size=1, max_size=3, unique_by=lambda each: (each.source, each.target))


def back(name: str, documents: list[Document], project: str = "") -> list[Document]:
    form = FORMATS[name]
    assert form.read is not None
    raw = form.write(Sheaf(documents=tuple(documents), stem="x", project=project))
    return form.read(raw, f"x{form.suffixes[0]}")


@pytest.mark.parametrize("name", READ_BACK)
@settings(deadline=None, max_examples=40)
@given(document=TOLD)
def test_what_was_written_is_read_back(name: str, document: Document) -> None:
    (read,) = back(name, [document])
    assert read == document
    assert read.unread == ()
    assert read.untold == document.untold


@pytest.mark.parametrize("name", READ_BACK)
@settings(deadline=None, max_examples=20)
@given(documents=HUBS)
def test_all_documents_of_a_hub_are_read_back_from_one_file(name: str, documents: list[Document]) -> None:
    read = back(name, documents, project="shop")
    assert read == documents
    assert [each.untold for each in read] == [each.untold for each in documents]
    assert not any(each.unread for each in read)
