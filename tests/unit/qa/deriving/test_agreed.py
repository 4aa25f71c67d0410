"""Checklists of documents that were agreed on: the project is judged by them, not by itself."""

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from accord.connectorkit.manifest_load import manifest_from
from accord.dataflow import read_document, render_document
from accord.dataflow.document import Cell, Creation, Document, End, Row, Section
from accord.dataflow.export import documents_of
from accord.dataflow.formats import sheaves_of
from accord.dataflow.formats.xlsx import documents_in_xlsx, write_xlsx
from accord.dataflow.importing import project_from_documents
from accord.project import Project, load_project, project_from_text
from accord.qa.checklist import Line, StaysAway
from accord.qa.deriving import derive, derive_from
from tests.unit.qa.wide import WIDE, WIDE_MANIFESTS, loaded

EXAMPLE = Path(__file__).parents[4] / "examples" / "crmoffice-customerp"


@pytest.fixture(scope="module")
def project() -> Project:
    return load_project(EXAMPLE)


def told(documents: list[Document], project: Project) -> dict[str, Line]:
    return {line.id: line for line in derive_from(documents, project).lines}


def test_the_project_s_own_documents_give_its_own_checklist(project: Project) -> None:
    ours = {line.id: line.why_not for line in derive(project).lines}
    theirs = {line.id: line.why_not for line in told(documents_of(project), project).values()}
    assert theirs == ours


def test_what_was_decided_of_one_sheet_is_no_reason_for_a_line_of_another(project: Project) -> None:
    (sheaf,) = sheaves_of(documents_of(project), project=project.name, hub=False, both_ways=True)
    book = documents_in_xlsx(write_xlsx(sheaf), "agreed.xlsx")
    assert told([*book, *book], project).keys() == told(documents_of(project), project).keys()


@pytest.mark.parametrize(("pair", "way"), [(0, 1), (1, 0), (2, 1)])
def test_of_a_pair_told_in_one_direction_alone_the_rest_is_the_project_s(
    project: Project, pair: int, way: int
) -> None:
    document = documents_of(project)[way]
    section = document.sections[pair]
    lines = told([replace(document, sections=(section,))], project).values()
    (ends,) = {frozenset(line.pair.split(" - ")) for line in lines}
    assert {each.partition(".")[2] for each in ends} == {section.source.type, section.target.type}
    ours = [line for line in derive(project).lines if ends == {*line.pair.split(" - ")}]
    assert sorted(map(_turnable, lines)) == sorted(map(_turnable, ours))


def _turnable(line: Line) -> tuple[str, ...]:
    """What a line promises, from whichever end its pair is seen."""
    ends = line.pair.split(" - ")
    target = {"forward": ends[1], "backward": ends[0], "both": ""}[line.direction]
    return (line.kind, target, *sorted(line.row.split(" - ")), line.why_not)


def test_a_direction_of_which_a_document_speaks_without_a_pair_has_nothing_of_it(project: Project) -> None:
    forth, back = documents_of(project)
    lines = told([forth, replace(back, sections=back.sections[:2])], project).values()
    rows = [line for line in lines if (line.kind, line.pair[:19]) == ("row", "crmoffice.Contacts ")]
    assert {line.direction for line in rows} == {"forward"}


def test_a_lens_of_the_project_is_taken_where_a_row_needs_one() -> None:
    project = loaded(WIDE, WIDE_MANIFESTS)
    lines = told(documents_of(project), project)
    assert lines["crm.Person - erp.Contact | tags - labels | forward"].scripts


def test_creation_is_as_the_documents_say(project: Project) -> None:
    documents = [
        replace(
            document,
            sections=tuple(replace(each, creation=Creation("linked")) for each in document.sections),
        )
        for document in documents_of(project)
    ]
    line = told(documents, project)["crmoffice.Contacts - customerp.Contact | creation | forward"]
    assert any(isinstance(each, StaysAway) for each in line.scripts[0].steps[-1].expects)


def test_an_agreed_alternative_links_also_where_the_project_only_proposes(project: Project) -> None:
    text = (EXAMPLE / "accord.yaml").read_text(encoding="utf-8")
    strong = "{all: [[nationalId, ssn]], normalise: number"
    weakened = project_from_text(text.replace(strong, f"{strong}, propose: true"), EXAMPLE)
    ours, theirs = (told(documents_of(project), each) for each in (project, weakened))
    assert theirs.keys() == ours.keys()


def test_a_row_that_the_import_leaves_out_says_why(project: Project) -> None:
    row = Row(Cell("shoeSize"), Cell("boots"), "integer", line=7)
    section = Section(End("Contacts"), End("Contact"), rows=(row,))
    document = Document("Crmoffice", "Customerp", (section,), file="agreed.rst")
    line = told([document], project)["crmoffice.Contacts - customerp.Contact | shoeSize - boots | forward"]
    assert not line.scripts
    assert line.why_not.startswith("crmoffice.Contacts has no property `shoeSize`")
    assert line.why_not.endswith("the row is left out")


def test_a_row_that_the_import_leaves_out_says_why_in_both_directions(project: Project) -> None:
    row, turned = Row(Cell("shoeSize"), Cell("boots"), line=7), Row(Cell("boots"), Cell("shoeSize"), line=9)
    documents = [
        Document(
            "Crmoffice",
            "Customerp",
            (Section(End("Contacts"), End("Contact"), rows=(row,)),),
            file="forth.rst",
        ),
        Document(
            "Customerp",
            "Crmoffice",
            (Section(End("Contact"), End("Contacts"), rows=(turned,)),),
            file="back.rst",
        ),
    ]
    lines = [line for line in told(documents, project).values() if line.kind == "row"]
    assert [line.direction for line in lines] == ["forward", "backward"]
    assert all("has no property `shoeSize`" in line.why_not for line in lines)


def test_what_can_not_be_read_or_matched_is_a_line_that_is_not_checked(project: Project) -> None:
    text = render_document(documents_of(project)[0])
    text = text.replace("Each Crmoffice Activities has its", "Most Crmoffice Activities have their", 1)
    text = text.replace("``subject`` and ``startsAt``", "``topic`` and ``startsAt``", 1)
    lines = [line for line in told([read_document(text, "agreed.rst")], project).values() if not line.scripts]
    (unread,) = (line for line in lines if line.row.startswith("agreed.rst:"))
    (alternative,) = (line for line in lines if line.kind == "match")
    assert unread.row.partition(": ")[2].startswith("Most Crmoffice Activities have their")
    assert unread.why_not.startswith("not read: ")
    assert (alternative.kind, alternative.row) == ("match", "match topic and startsAt - name and startTime")
    assert "no property `topic`" in alternative.why_not


def test_a_document_of_another_system_is_not_checked(project: Project) -> None:
    section = Section(End("Contacts"), End("Person"), rows=(Row(Cell("email"), Cell("mail")),))
    lines = told([Document("Crmoffice", "Elsewhere", (section,))], project)
    assert [line.why_not for line in lines.values()] == ["the project has nothing of the kind"]


def test_systems_whose_keys_no_document_would_give_them_are_known(project: Project) -> None:
    text = (EXAMPLE / "accord.yaml").read_text(encoding="utf-8")
    renamed = text.replace("customerp.", "My-ERP_.").replace("  customerp:", "  My-ERP_:")
    manifests = {"crmoffice": project.manifests["crmoffice"], "My-ERP_": project.manifests["customerp"]}
    other = project_from_text(renamed, EXAMPLE, manifests=manifests)
    lines = told(documents_of(other)[:1], other).values()
    assert {line.pair.rpartition(" - ")[2].partition(".")[0] for line in lines} == {"My-ERP_"}
    assert sum(bool(line.scripts) for line in lines) > 80


def test_a_document_without_a_system_s_name_is_of_the_system_that_was_made_of_it() -> None:
    section = Section(End("Contacts"), End("Person"), rows=(Row(Cell("email"), Cell("mail")),))
    document = Document("", "Fjord", (section,), file="agreed.rst")
    draft = project_from_documents([document], name="nameless", known={})
    drafted = [name for name in draft.files if name != "accord.yaml"]
    manifests = [manifest_from(yaml.safe_load(draft.files[name]), name) for name in drafted]
    project = project_from_text(
        draft.files["accord.yaml"], EXAMPLE, manifests={each.name: each for each in manifests}
    )
    lines = told([document], project)
    assert lines["unnamed.Contacts - fjord.Person | email - mail | forward"].scripts
    assert not [line for line in lines.values() if line.why_not == "the project has nothing of the kind"]
