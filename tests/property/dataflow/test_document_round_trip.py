"""Any document that the grammar allows is read without an exception, loses nothing, and comes back as it was."""

import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, assume, given, settings, strategies as st

from accord.dataflow import documents_of, project_from_documents, read_document, render_document
from accord.dataflow.document import (
    Alternative,
    Cell,
    Condition,
    Creation,
    Document,
    End,
    Row,
    Section,
)
from accord.project import Project, description_data, load_project, project_from_text

ODD = st.characters(categories=("L", "N", "P", "S"), exclude_characters='"()[]{}#,')
WORD = st.text(ODD, min_size=1, max_size=6).filter(lambda word: word not in ("in", "to", "and", "or", "data"))
NAMES = st.lists(WORD, min_size=1, max_size=2).map(" ".join)
SYSTEMS = st.sampled_from(["Crm", "Wix.com", "Erp", "Sales Cloud", "24SevenOffice", ""])
TYPES = st.sampled_from(["Contact", "Order to cash", "Customer person", "Contactcompanyassociation"]) | NAMES
FACETS = st.sampled_from(["", "", "human", "organisation", "private person"])
PATHS = (
    st.sampled_from(["id", "Emails.Value", "deliveryAddress.country.id", "$etag", "sesam_type", "odd_", "*"])
    | st.lists(st.text(ODD, min_size=1, max_size=5), min_size=1, max_size=4).map(".".join)
)  # fmt: skip
VALUES = st.sampled_from(["wd:Q17517", "NO", "", "made in Norway", "1"])
CONDITIONS = st.builds(Condition, VALUES, PATHS | st.just(""))
CELLS = st.builds(Cell, PATHS | st.just(""), st.lists(CONDITIONS, max_size=2).map(tuple))
ROW_TYPES = st.sampled_from(["string", "integer", "float", "boolean", "", "date", "decimal(2)", "enum(a|b)"])
PAIRS_OF_PATHS = st.tuples(PATHS, PATHS)
ALTERNATIVES = st.builds(Alternative, st.lists(PAIRS_OF_PATHS, min_size=1, max_size=2).map(tuple))
PROSE = st.sampled_from(
    ["A deal with a 100% probability of beeing sold", "User of type Agent, if any", "left out *for* now"]
)
CREATIONS = st.one_of(
    st.builds(
        Creation,
        st.sampled_from(["always", "linked", "unsaid"]),
        connected=st.lists(TYPES, max_size=3).map(tuple),
        merge_existing=st.booleans(),
    ),
    st.builds(Creation, st.just("condition"), PROSE, merge_existing=st.booleans()),
)
SECTIONS = st.builds(
    Section,
    st.builds(End, TYPES, FACETS),
    st.builds(End, TYPES, FACETS),
    CREATIONS,
    st.lists(ALTERNATIVES, max_size=3).map(tuple),
    st.lists(st.builds(Row, CELLS, CELLS, ROW_TYPES), max_size=5).map(tuple),
)
REPEATED = st.lists(SECTIONS, max_size=3).flatmap(
    lambda sections: st.lists(st.sampled_from(sections), max_size=5) if sections else st.just([])
)
DOCUMENTS = st.builds(
    Document,
    SYSTEMS,
    SYSTEMS,
    (st.lists(SECTIONS, max_size=4) | REPEATED).map(tuple),
    st.sampled_from(["", "2024-09-10 15:43:43"]),
)


@given(DOCUMENTS)
def test_what_was_written_is_read(document: Document) -> None:
    text = render_document(document)
    read = read_document(text, "x.rst")
    assert read == document
    assert read.unread == ()
    assert read_document("\ufeff" + text.replace("\n", "\r\n"), "x.rst") == document


@given(DOCUMENTS)
def test_every_part_bears_its_line(document: Document) -> None:
    text = render_document(document)
    lines = text.split("\n")
    for section in read_document(text, "x.rst").sections:
        assert lines[section.line].startswith("----")
        assert all(lines[row.line - 1].lstrip().startswith("* -") for row in section.rows)


@given(
    st.text()
    | st.lists(
        st.sampled_from(render_document(Document("A", "B", (Section(End("X"), End("Y")),))).split("\n"))
    ).map("\n".join)
)
def test_any_text_is_read_or_listed(text: str) -> None:
    read = read_document(text, "x.rst")
    assert all(1 <= each.line <= text.count("\n") + text.count("\r") + 1 for each in read.unread)


@given(
    DOCUMENTS, st.integers(0, 10**6), st.sampled_from(["Nobody wrote this before.", "It, however, will not."])
)
def test_a_foreign_sentence_is_listed(document: Document, at: int, sentence: str) -> None:
    assume(document.sections)
    lines = render_document(document).split("\n")
    starts = [number for number, line in enumerate(lines) if line.startswith(("These properties", "From "))]
    lines.insert(starts[at % len(starts)], f"{sentence}\n")
    read = read_document("\n".join(lines), "x.rst")
    assert read == document
    assert [each.text for each in read.unread] == [sentence]


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)  # it takes as long as there are rows
@given(st.lists(DOCUMENTS, min_size=1, max_size=3))
def test_any_documents_make_a_project_that_loads_and_tells_the_same(documents: list[Document]) -> None:
    documents = [replace(each, file=f"{number}.rst") for number, each in enumerate(documents)]
    assume(any(document.sections for document in documents))
    draft = project_from_documents(documents)
    assert draft.report.pairs == sum(len(document.sections) for document in documents)
    assert draft.report.properties == sum(len([*document.rows()]) for document in documents)
    first = _loaded(draft.files)
    told = documents_of(first)
    assume(told)
    # Rules may come in another order where several pairs share a concept.
    known = ("which is switched off", "in their order")
    assert [gap for each in told for gap in each.untold if not gap.endswith(known)] == []
    redraft = project_from_documents([_again(document) for document in told], known=first.manifests)
    again = project_from_text(redraft.files["accord.yaml"], Path(), manifests=first.manifests)
    assert documents_of(again) == told
    assert _flows(again) == _flows(first)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    DOCUMENTS,
    st.lists(
        st.tuples(st.sampled_from(["drop", "double", "swap", "cut", "indent"]), st.integers(0, 10**6)),
        max_size=6,
    ),
)
def test_a_spoiled_document_makes_a_project_that_loads(
    document: Document, spoils: list[tuple[str, int]]
) -> None:
    lines = render_document(document).split("\n")
    for how, at in spoils:
        place = at % len(lines)
        line, other = lines[place], at // 7 % len(lines)
        if how == "drop" and len(lines) > 1:
            del lines[place]
        elif how == "double":
            lines.insert(other, line)
        elif how == "swap":
            lines[place], lines[other] = lines[other], line
        elif how == "cut":
            lines[place] = line[: len(line) // 2]
        else:
            lines[place] = f"  {line}"
    draft = project_from_documents([read_document("\n".join(lines), "x.rst")])
    _loaded(draft.files)


def _again(document: Document) -> Document:
    read = read_document(render_document(document), document.file)
    assert read == document
    assert not read.unread
    return read


def _loaded(files: dict[str, str]) -> Project:
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = Path(folder, name)
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return load_project(Path(folder))


def _flows(project: Project) -> set[tuple[object, ...]]:
    """How every property flows; without the names of concepts and properties, which depend on the pairs' direction."""
    return {
        (mapping["mapping"], mapping["create"], row["role"], *row["paths"])
        for concept in description_data(project)["concepts"]
        for mapping in concept["mappings"]
        for row in mapping["rows"]
    }
