"""The story of a document that business people edit: written, changed in a spreadsheet program, taken over."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from openpyxl import load_workbook

from accord.cli.exits import DONE, PARTLY
from tests.e2e.shop import PAIRS, manifest, run_here

HEAD = """\
# kept as it stands
version: 1
name: shop
systems:
  crm: {connector: ./crm.yaml, priority: 2}
  erp: {connector: ./erp.yaml, priority: 1}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    for name in ("crm", "erp"):
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(manifest(name)), encoding="utf-8")
    (folder / "accord.yaml").write_text(HEAD + PAIRS, encoding="utf-8")
    return folder


def call(project: Path, *args: str, code: int = DONE) -> Any:
    result = run_here("-C", str(project), *args)
    assert result.code == code, result
    return result


def workbook(project: Path, tmp_path: Path) -> Path:
    call(project, "document", "--format", "xlsx", "--out", str(tmp_path))
    return tmp_path / "crm-erp.xlsx"


def edit(file: Path) -> None:
    """As a person would: a row added in both ways, one deleted, a type and a creation rule changed, a remark."""
    book = load_workbook(file)
    rows, records = book["Properties"], book["Records"]
    texts = [[cell.value for cell in row] for row in rows.iter_rows()]
    for number, row in enumerate(texts, start=1):
        if row[2] == "phone":
            deleted = number
            break
    rows.delete_rows(deleted)
    for row in rows.iter_rows(min_row=2):
        if row[2].value == "city" and row[1].value == "Crm Company":
            row[5].value = "integer"
    added = {str(row[0].value): (row[2].value, row[5].value) for row in records.iter_rows(min_row=2)}
    for number, (kind, _) in added.items():
        if kind == "Company":
            rows.append([int(number), None, " size ", None, "size", "integer"])
    for row in records.iter_rows(min_row=2):
        if row[1].value == "Crm" and row[2].value == "Person":
            row[7].value = "Only when linked"
    rows["J1"] = "Remark"
    book.save(file)


def test_a_document_that_was_not_edited_says_the_same(project: Path, tmp_path: Path) -> None:
    file = workbook(project, tmp_path)
    result = call(project, "import", str(file))
    assert "nothing was changed" in result.out
    assert call(project, "import", str(file), "--json").data["changes"] == []


def test_what_was_edited_is_told_and_what_was_added_is_taken_over(project: Path, tmp_path: Path) -> None:
    file = workbook(project, tmp_path)
    edit(file)
    before = (project / "accord.yaml").read_text(encoding="utf-8")
    told = call(project, "import", str(file)).out
    assert "Crm Company → Erp Company\n" in told
    assert "  the row size - size is new\n" in told
    assert "  the row phone - phone is gone\n" in told
    assert '  city - city has the type "integer" instead of "string"\n' in told
    assert "  records are created only when two are linked, instead of always\n" in told
    assert "accord.yaml:24: Crm Person → Erp Person: the row phone - phone is gone (remove the row)" in told
    assert (project / "accord.yaml").read_text(encoding="utf-8") == before
    call(project, "import", str(file), "--apply", code=PARTLY)
    after = (project / "accord.yaml").read_text(encoding="utf-8")
    fresh = [line for line in after.splitlines() if line not in before.splitlines()]
    assert fresh == ["      - [size, size, integer]"]
    again = call(project, "import", str(file), "--json").data
    assert not any("size - size" in each["text"] for each in again["changes"])
    assert again["applicable"] == []
    nothing = call(project, "import", str(file), "--apply", code=PARTLY)
    assert "Nothing is written: all of it is work by hand" in nothing.out + nothing.err


def test_document_diff_says_what_changed_since(project: Path, tmp_path: Path) -> None:
    for kind in ("rst", "md", "csv", "xlsx"):
        call(project, "document", "--format", kind, "--out", str(tmp_path / kind))
    config = project / "accord.yaml"
    text = config.read_text(encoding="utf-8").replace("      - [city, city]\n", "      - [size, size]\n")
    config.write_text(text, encoding="utf-8")
    for kind in ("rst", "md", "csv", "xlsx"):
        found = call(project, "document", "--diff", str(tmp_path / kind), "--json").data["changes"]
        assert [(each["where"], each["text"]) for each in found] == [
            ("Crm Company → Erp Company", "the row size - size is new"),
            ("Crm Company → Erp Company", "the row city - city is gone"),
            ("Erp Company → Crm Company", "the row size - size is new"),
            ("Erp Company → Crm Company", "the row city - city is gone"),
        ]


def test_what_was_applied_wholly_or_says_nothing_new_is_done(project: Path, tmp_path: Path) -> None:
    file = workbook(project, tmp_path)
    call(project, "import", str(file), "--apply")
    book = load_workbook(file)
    for pair in ("1", "3"):
        book["Properties"].append([pair, None, "size", None, "size", "integer"])
    book.save(file)
    call(project, "import", str(file), "--apply")
    assert "[size, size" in (project / "accord.yaml").read_text(encoding="utf-8")


def test_a_document_of_the_hub_is_not_called_as_that_of_a_pair(project: Path, tmp_path: Path) -> None:
    config = project / "accord.yaml"
    config.write_text(re.sub(r"(?m)^name: .*$", "name: crm-erp", config.read_text("utf-8")), encoding="utf-8")
    for options in ((), ("--hub",)):
        call(project, "document", *options, "--out", str(tmp_path / "out"))
    names = {file.name for file in (tmp_path / "out").iterdir()}
    assert names == {"crm-erp.rst", "erp-crm.rst", "crm-erp-hub.rst"}


def test_documents_of_other_systems_are_refused(project: Path, tmp_path: Path) -> None:
    file = tmp_path / "x.md"
    file.write_text("# Dataflow: Crm → Shop\n", encoding="utf-8")
    result = run_here("-C", str(project), "import", str(file))
    assert result.code == 1
    assert "`Shop`, which is no system of this project" in result.err


def test_a_row_that_can_not_run_is_work_by_hand_and_the_others_are_written(
    project: Path, tmp_path: Path
) -> None:
    file = workbook(project, tmp_path)
    book = load_workbook(file)
    for path, other in (("fone", "phone"), ("name", "email")):
        book["Properties"].append(["2", None, path, None, other, ""])
    book["Properties"].append(["1", None, "size", None, "size", "integer"])
    book["Properties"].append(["3", None, "size", None, "size", "integer"])
    book.save(file)
    data = call(project, "import", str(file), "--apply", "--json", code=PARTLY).data
    assert {each.rpartition(": ")[2] for each in data["applicable"]} == {"the row size - size is new"}
    (fone, _) = data["by_hand"]
    assert fone["why"] == "crm.Person has no property `fone`"
    assert "[size, size" in (project / "accord.yaml").read_text(encoding="utf-8")


def test_what_says_nothing_of_systems_is_refused(project: Path) -> None:
    result = run_here("-C", str(project), "import", str(project / "crm.yaml"))
    assert result.code == 1
    assert "does not say what systems it is about" in result.err


def test_what_is_said_one_way_alone_flows_so_and_a_match_alternative_that_is_is_left_to_a_person(
    project: Path, tmp_path: Path
) -> None:
    file = workbook(project, tmp_path)
    book = load_workbook(file)
    book["Properties"].append([1, None, "size", None, "size", None])
    book["Properties"].append([3, None, "note", None, "note", "string"])
    book["Matching"].append([1, None, None, "city and name", "city and name"])
    book.save(file)
    data = call(project, "import", str(file), "--apply", "--json", code=PARTLY).data
    assert len(data["applicable"]) == 2
    (match,) = data["by_hand"]
    assert match["why"] == (
        "it would bring about: Erp Company → Crm Company: "
        "the match alternative city and name - city and name is gone"
    )
    text = (project / "accord.yaml").read_text(encoding="utf-8")
    assert "{from: size, to: size, direction: forward}" in text
    assert "{from: note, to: note, type: string, direction: backward}" in text
