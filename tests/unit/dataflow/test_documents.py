"""Documents become projects, and projects documents: who is read, who is written, and what neither can say."""

from pathlib import Path
from typing import Any

import pytest

from accord.dataflow import documents_of, project_from_documents, read_document, render_document
from accord.dataflow.document import Cell, Creation, Document, End, Row, Section
from accord.dataflow.formats import FORMATS, Sheaf, documents_in
from accord.dataflow.formats.markdown import blocks_in_markdown, markdown_of
from accord.dataflow.importing import ProjectDraft
from accord.project import Project, check_project, describe, description_data, project_from_text
from tests.unit.project.shop import MANIFESTS, faults_of, loaded

ALONE = "there is no document from Erp to Crm: rows flow both ways, and nothing is created on the way back"
ENDS = (End("Person"), End("Contact"))


def forth(*rows: tuple[str, str], **more: Any) -> Document:
    return Document("Crm", "Erp", (Section(*ENDS, rows=made(rows), **more),), file="forth.rst")


def back(*rows: tuple[str, str]) -> Document:
    """The document of the other direction, its rows seen from its own source."""
    return Document(
        "Erp", "Crm", (Section(*ENDS[::-1], Creation("linked"), rows=made(rows)),), file="back.rst"
    )


def made(rows: tuple[tuple[str, str], ...]) -> tuple[Row, ...]:
    return tuple(Row(Cell(source), Cell(target)) for source, target in rows)


def imported(*documents: Document) -> tuple[Project, ProjectDraft]:
    draft = project_from_documents(documents, known=MANIFESTS)
    return project_from_text(draft.files["accord.yaml"], Path(), manifests=MANIFESTS), draft


def roles(project: Project) -> dict[str, str]:
    """What becomes of each path (a copy is named twice): its fallbacks, and how it flows."""
    return {
        f"{mapping['mapping']} {' | '.join(row['paths'])}": row["role"]
        for concept in description_data(project)["concepts"]
        for mapping in concept["mappings"]
        for row in mapping["rows"]
    }


def decisions(draft: ProjectDraft) -> list[str]:
    return [f"{each.what}: {each.chosen}" for each in draft.report.decided]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("kind", ["rst", "md"])
def test_text_is_read_as_windows_editors_save_it(kind: str, encoding: str, tmp_path: Path) -> None:
    document = forth(("given", "first"), ("born", "fødselsdato"))
    file = tmp_path / f"flow.{kind}"
    text = FORMATS[kind].write(Sheaf(documents=(document,), stem="flow")).decode()
    file.write_bytes((text if encoding != "utf-16-le" else f"\ufeff{text}").encode(encoding))
    (again,) = documents_in(file)
    assert [(row.source, row.target) for row in again.sections[0].rows] == [
        (row.source, row.target) for row in document.sections[0].rows
    ]


def test_w14_a_row_of_one_direction_flows_in_that_one() -> None:
    project, _ = imported(forth(("email", "mail"), ("phone", "tel")), back(("mail", "email")))
    assert roles(project) == {
        "crm.Person email": "both ways",
        "crm.Person phone": "only read",
        "erp.Contact mail": "both ways",
        "erp.Contact tel": "only written",
    }


def test_m9_several_sources_of_one_target_are_fallbacks() -> None:
    project, draft = imported(forth(("mobile", "tel"), ("phone", "tel")))
    assert roles(project) == {"crm.Person mobile | phone": "both ways", "erp.Contact tel": "both ways"}
    told = "tel has several sources (M9): phone is read when the first one is empty, and never written"
    assert decisions(draft) == [ALONE, told]


def test_m9_a_further_source_is_written_where_a_row_of_the_other_direction_says_so() -> None:
    project, draft = imported(
        forth(("mobile", "tel"), ("phone", "tel")), back(("tel", "mobile"), ("tel", "phone"))
    )
    assert roles(project) == {
        "crm.Person mobile | phone": "both ways",
        "crm.Person phone": "only written",
        "erp.Contact tel": "both ways",
    }
    told = ["tel has several sources (M9): phone is read when the first one is empty, and written"]
    assert decisions(draft) == told


def test_m9_a_further_source_that_is_only_written_is_a_copy() -> None:
    project, _ = imported(forth(("mobile", "tel")), back(("tel", "mobile"), ("tel", "phone")))
    assert roles(project) == {
        "crm.Person mobile": "both ways",
        "crm.Person phone": "only written",
        "erp.Contact tel": "both ways",
    }


def test_m9_several_targets_of_one_source_are_copies() -> None:
    project, draft = imported(forth(("phone", "tel"), ("phone", "tel2")))
    assert roles(project) == {
        "crm.Person phone": "both ways",
        "erp.Contact tel": "both ways",
        "erp.Contact tel2": "only written",
    }
    told = "phone has several targets (M9): tel2 is never read, and written"
    assert decisions(draft) == [ALONE, told]


def test_m9_a_further_target_is_read_where_a_row_of_the_other_direction_says_so() -> None:
    project, _ = imported(
        forth(("phone", "tel"), ("phone", "tel2")), back(("tel", "phone"), ("tel2", "phone"))
    )
    assert roles(project) == {
        "crm.Person phone": "both ways",
        "erp.Contact tel | tel2": "both ways",
        "erp.Contact tel2": "only written",
    }


@pytest.mark.parametrize("both", [False, True])
def test_m9_a_target_that_is_read_is_the_main_one_wherever_it_stands(both: bool) -> None:
    there = forth(("phone", "tel"), ("phone", "tel2")) if both else forth(("phone", "tel"))
    project, _ = imported(there, back(("tel2", "phone")))
    assert roles(project) == {
        "crm.Person phone": "both ways",
        "erp.Contact tel": "only written",
        "erp.Contact tel2": "both ways" if both else "only read",
    }


def test_m9_a_source_that_is_read_is_the_main_one_wherever_it_stands() -> None:
    project, _ = imported(back(("tel", "mobile")), forth(("phone", "tel")))
    assert roles(project) == {
        "erp.Contact tel": "both ways",
        "crm.Person mobile": "only written",
        "crm.Person phone": "only read",
    }


def test_a_row_that_can_not_run_leaves_its_place_to_the_next_one() -> None:
    project, draft = imported(forth(("fone", "tel"), ("phone", "tel")))
    assert roles(project) == {"crm.Person phone": "both ways", "erp.Contact tel": "both ways"}
    assert "      # - [fone, tel]" in draft.files["accord.yaml"]
    assert decisions(draft) == [ALONE, "crm.Person has no property `fone`: the row is left out"]


def test_a_document_without_sections_makes_a_project_that_loads() -> None:
    text = "==================\nCrm to Hr Dataflow\n==================\n"
    draft = project_from_documents([read_document(text, "x.rst")])
    project = project_from_text(draft.files["accord.yaml"], Path(), manifests={})
    assert [note.what for note in check_project(project)] == ["Nothing is mapped, so nothing is kept in sync"]


def test_a_pair_with_an_empty_table_is_named() -> None:
    project, _ = imported(forth())
    assert any(
        "The property table of crm.Person - erp.Contact is empty" in n.what for n in check_project(project)
    )


def test_all_that_no_document_can_say_is_listed() -> None:
    project = loaded(
        "concepts:\n  person:\n    delete: propagate\n"
        "    properties: {name: string, mail: {type: string, survivorship: 'function:longest'}}\n"
        "    match: [{properties: [mail], normalise: {mail: email}}, {properties: [name], propose: true}]\n"
        "mappings:\n  crm.Person:\n    concept: person\n    filter: {kind: private}\n"
        "    properties: {name: {paths: [givenName, familyName], lens: join}, mail: email}\n"
        "  erp.Contact:\n    concept: person\n    constants: {note: x}\n"
        "    properties: {name: {path: name, required: true}, mail: [mail, {path: spare, lens: trim}]}\n"
    )
    forward, backward = documents_of(project)
    assert set(forward.untold) == {
        "the name of the concept `person`",
        "crm.Person, erp.Contact: delete",
        "match rule crm.Person email: normalise",
        "match rule crm.Person givenName, familyName",
        "crm.Person email: survivorship",
        "erp.Contact mail: survivorship",
        "erp.Contact spare: survivorship",
        "crm.Person: filter",
        "crm.Person givenName, familyName",
        "erp.Contact: constants",
        "erp.Contact name",
        "erp.Contact spare: lens",
    }
    assert backward.untold == forward.untold
    assert "erp.Contact spare: lens" in render_document(forward)
    assert [row.source.path for row in forward.rows()] == ["email", "email"]


def test_what_documents_can_say_is_not_listed() -> None:
    text = (
        "pairs:\n  - from: crm.Person\n    to: erp.Contact\n"
        "    create: {forward: always, backward: {rule: linked, connected: [Firm], merge_existing: true}}\n"
        "    match: [[[email, mail]], [[givenName, first], [familyName, last]]]\n"
        "    rows:\n      - [email, mail]\n      - {from: mobile, to: tel, direction: forward}\n"
        "      - {from: phone, to: tel, first_of: true}\n      - {from: age, to: price, type: decimal(2)}\n"
        "      - {from: {path: emails.value, when: {emails.kind: work}}, to: note, direction: backward}\n"
    )
    told = documents_of(loaded(text))
    assert [each.untold for each in told] == [(), ()]
    again, _ = imported(*(read_document(render_document(each), each.file) for each in told))
    assert describe(again) == describe(loaded(text)).replace("Project shop", "Project crm-erp")


def test_m9_a_pair_that_is_told_from_its_other_end_is_told() -> None:
    """Documents turn a pair to the direction of their others; what is told does not depend on the side."""
    text = (
        "pairs:\n  - {from: crm.Company, to: erp.Firm, rows: []}\n"
        "  - {from: erp.Contact, to: crm.Person, create: {forward: {condition: A buyer}}, rows: []}\n"
    )
    told = documents_of(loaded(text))
    assert len(told) == 2
    assert [each.untold for each in told] == [(), ()]


def test_priorities_and_what_is_switched_off_are_listed() -> None:
    text = (
        "pairs:\n  - {from: crm.Person, to: erp.Contact, rows: [[email, mail]]}\n"
        "  - {from: crm.Company, to: erp.Firm, enabled: false, rows: [[name, title]]}\n"
    )
    (document,) = documents_of(loaded(text))
    assert document.untold == ("the pair crm.Company - erp.Firm, which is switched off",)


@pytest.mark.parametrize(
    ("pairs", "what", "remedy"),
    [
        (
            ["from: crm.Person, to: erp.Contact", "from: erp.Contact, to: crm.Person"],
            "erp.Contact and crm.Person are a pair already (pair 1)",
            "Put its rows there.",
        ),
        (
            ["from: crm.Person, to: erp.Contact, concept: a", "from: crm.Company, to: erp.Firm, concept: a"],
            "The concept `a` is named by pairs that share no entity type",
            "Give it another name.",
        ),
        (
            ["from: crm.Person, to: crm.Person"],
            "The pair ties crm.Person to itself",
            "set `enabled: false`.",
        ),
    ],
)
def test_pairs_that_contradict_each_other(pairs: list[str], what: str, remedy: str) -> None:
    (fault,) = faults_of("pairs:\n" + "".join(f"  - {{{pair}, rows: []}}\n" for pair in pairs))
    assert fault.line == len(pairs) + 1
    assert what in fault.what
    assert remedy in fault.remedy


def test_m9_a_fallback_flows_from_itself_alone() -> None:
    text = (
        "pairs:\n  - from: crm.Person\n    to: erp.Contact\n    rows:\n"
        "      - {from: mobile, to: tel, direction: forward}\n      - {from: phone, to: tel, first_of: true}\n"
    )
    assert roles(loaded(text)) == {
        "crm.Person mobile | phone": "only read",
        "erp.Contact tel": "only written",
    }


def test_a_backslash_in_a_cell_is_a_letter_within_a_literal_and_a_mark_outside() -> None:
    row = Row(Cell(r"a\b"), Cell("c\\"))
    document = Document("Crm", "Erp", (Section(*ENDS, rows=(row,)),))
    written = render_document(document)
    assert r"``a\b``" in written
    assert "- c\\\\\n" in written
    assert list(read_document(written, "x.rst").rows()) == [row]
    (again,) = blocks_in_markdown(markdown_of([document]))[-1:]
    assert again.rows[-1][1][:2] == (r"a\b", "c\\")
