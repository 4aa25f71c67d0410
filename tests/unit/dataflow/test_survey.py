"""What a reader must survive: a document about invented systems with every oddity that was ever met."""

from pathlib import Path

import pytest

from accord.dataflow import project_from_documents, read_document
from accord.dataflow.document import Cell, Condition, Creation, Document, End
from accord.project import check_project, load_project
from accord.project.load import Project

DATA = Path(__file__).parent / "data"
TEXT, SELF = ((DATA / name).read_text("utf-8") for name in ("wix.rst", "hr.rst"))


@pytest.fixture(params=["\n", "\r\n"], ids=["LF", "CRLF"])
def read(request: pytest.FixtureRequest) -> Document:
    return read_document(TEXT.replace("\n", request.param), "wix.rst")


def loaded(folder: Path, *documents: Document) -> Project:
    for name, text in project_from_documents(documents).files.items():
        (folder / name).parent.mkdir(exist_ok=True, parents=True)
        (folder / name).write_text(text, encoding="utf-8")
    return load_project(folder)


def test_systems_without_a_name_or_with_two(read: Document) -> None:
    assert (read.source, read.target) == ("Wix.com", "")
    assert read.sections[0].source == End("Customer person", "human")
    assert read.sections[0].target == End("Contact")
    decided = [each.what for each in read.decided]
    assert "the system is spelled `Wix` here, in the title `Wix.com`" in decided
    assert "the target system has no name" in decided


def test_creation_and_matching(read: Document) -> None:
    person, deal, again = read.sections
    assert person.creation == Creation("linked", connected=("deal", "order", "quote-7"), merge_existing=True)
    assert [each.combinations for each in person.alternatives] == [
        (("Emails.Value", "mail"),),
        (("id", "externalId"),),
    ]
    assert deal.creation == Creation("condition", "A deal that has a 100% probability of beeing sold")
    assert again.creation == Creation("always")


def test_rows_and_conditions(read: Document) -> None:
    rows = [*read.rows()]
    assert len(rows) == 8
    assert rows[0].source == Cell("Emails.Value", (Condition("wd:Q17517", "Emails.Type"),))
    assert (rows[3].type, rows[4].type, rows[7].type) == ("", "integer", "odd")
    assert rows[5].source == Cell("")
    assert rows[6].source.conditions == (Condition("NO", "country"), Condition("x", ""))


def test_what_is_not_understood_is_listed_with_its_line(read: Document) -> None:
    (unread,) = read.unread
    assert unread.text == "Nobody knows this sentence."
    assert TEXT.split("\n")[unread.line - 1] == unread.text
    assert "the type odd stands without quotes" in [each.what for each in read.decided]


def test_it_becomes_a_project_that_loads(read: Document, tmp_path: Path) -> None:
    project = loaded(tmp_path, read, read_document(SELF, "hr.rst"))
    assert list(project.model.mappings) == ["wix_com.Customer person#human", "unnamed.Contact"]
    deal, worker = project.config.pairs[1:]
    assert (deal.create.forward.rule, deal.create.forward.condition[:6]) == ("linked", "A deal")
    assert not worker.enabled
    notes = [note.what for note in check_project(project)]
    assert any("is created when something refers to it" in note for note in notes)
    assert any(
        note.startswith("The property table of wix_com.Deal - unnamed.Deal is empty") for note in notes
    )


def test_every_choice_is_told(read: Document) -> None:
    told = [each.what for each in project_from_documents([read]).report.decided]
    assert "wix_com.Deal - unnamed.Deal stands here again" in told
    assert "its creation rule differs from that of the first" in told
    assert "name has several targets (M9)" in told
    assert "the condition of phone does not say on which property" in told
    assert "which records are wix_com.Customer person#human is not said" in told
