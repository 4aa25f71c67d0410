"""Rows and match alternatives are written where they belong, in every layout; comments and all else stay."""

from pathlib import Path

import pytest

from accord.core.errors import AccordError, ConfigError
from accord.project import load_project
from accord.project.write_rows import Addition, add_to_pairs, save_changes

HEAD = """\
version: 1
name: shop
systems:
  crm: {connector: crmoffice}
  erp: {connector: customerp}
"""
ROW = ("rows", ["familyName", "lastName"])
MATCH = ("match", [["email", "email"]])
ENDS = "from: crm.Contacts\n    to: erp.Contact"


def written(folder: Path, text: str, *additions: Addition, pair: int = 0) -> str:
    (folder / "accord.yaml").write_bytes((HEAD + text).encode())
    changes = add_to_pairs(load_project(folder), {pair: list(additions)})
    save_changes(changes)
    rows = load_project(folder).config.pairs[pair].rows
    assert [row.source.path for row in rows][-1:] == ["familyName"] or ROW not in additions
    return (folder / "accord.yaml").read_bytes().decode().removeprefix(HEAD)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("rows: []", "rows:\n      - [familyName, lastName]"),
        ("rows: [] # none yet", "rows: # none yet\n      - [familyName, lastName]"),
        ("rows:", "rows:\n      - [familyName, lastName]"),
        ("rows: ~", "rows:\n      - [familyName, lastName]"),
        (
            "rows:\n      - [email, email] # yes\n      # more?\n",
            "rows:\n      - [email, email] # yes\n      - [familyName, lastName]\n      # more?\n",
        ),
        (
            "rows:\n    - from: email\n      to: email\n    # end",
            "rows:\n    - from: email\n      to: email\n    - [familyName, lastName]\n    # end",
        ),
        ("rows: [[email, email]]", "rows: [[email, email], [familyName, lastName]]"),
        (
            "rows: [\n      [email, email],\n    ]",
            "rows: [\n      [email, email], [familyName, lastName],\n    ]",
        ),
        ("rows: [\n    ]", "rows: [\n    [familyName, lastName]]"),
    ],
)
def test_rows_stand_at_the_end_of_their_list(tmp_path: Path, before: str, after: str) -> None:
    text = f"# mine\npairs:\n  # first\n  - {ENDS}\n    {before}\n  # the end\n"
    assert written(tmp_path, text, ROW) == text.replace(before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{from: crm.Contacts, to: erp.Contact, rows: []}", "rows: [[familyName, lastName]]}"),
        (
            "{from: crm.Contacts, to: erp.Contact, rows: [[email, email]]}",
            "[email, email], [familyName, lastName]]}",
        ),
        ("{rows: , from: crm.Contacts, to: erp.Contact}", "{rows: [[familyName, lastName]] , from"),
    ],
)
def test_a_pair_in_one_line_stays_one(tmp_path: Path, before: str, after: str) -> None:
    found = written(tmp_path, f"pairs:\n  - {before}\n", ROW)
    assert after in found
    assert len(found.splitlines()) == 2


def test_a_first_match_alternative_stands_before_the_rows_and_their_comment(tmp_path: Path) -> None:
    text = f"pairs:\n  - {ENDS}\n    # rows:\n    rows: []\n"
    assert written(tmp_path, text, MATCH, ROW) == (
        f"pairs:\n  - {ENDS}\n    match:\n      - [[email, email]]\n"
        "    # rows:\n    rows:\n      - [familyName, lastName]\n"
    )
    text = "pairs:\n  - rows: []\n    from: crm.Contacts\n    to: erp.Contact\n"
    assert written(tmp_path, text, MATCH).endswith("to: erp.Contact\n    match:\n      - [[email, email]]\n")
    text = "pairs: [{from: crm.Contacts, to: erp.Contact, rows: []}]\n"
    assert "to: erp.Contact, match: [[[email, email]]], rows: []" in written(tmp_path, text, MATCH)


def test_line_ends_and_a_missing_last_one_are_kept(tmp_path: Path) -> None:
    text = f"pairs:\r\n  - {ENDS}\r\n    rows:".replace("\n    ", "\r\n    ").replace("\r\r", "\r")
    found = written(tmp_path, text, ROW)
    assert found == f"{text}\r\n      - [familyName, lastName]\r\n"


def test_a_pair_of_an_included_file_is_written_there(tmp_path: Path) -> None:
    (tmp_path / "more.yaml").write_text(
        "pairs:\n  - from: crm.Companies\n    to: erp.Product\n    rows: []\n"
        f"  - {ENDS}\n    rows:\n      - [email, email]\n"
    )
    main = "include: [more.yaml]\npairs:\n  - {from: crm.Activities, to: erp.Project, rows: []}\n"
    (tmp_path / "accord.yaml").write_text(HEAD + main)
    project = load_project(tmp_path)
    changes = add_to_pairs(
        project, {2: [ROW], 0: [("rows", ["subject", "name"])], 1: [("rows", ["name", "name"])]}
    )
    save_changes(changes)
    assert [change.shown for change in changes] == ["accord.yaml", "more.yaml"]
    assert (tmp_path / "accord.yaml").read_text() == HEAD + main.replace(
        "rows: []", "rows: [[subject, name]]"
    )
    assert (tmp_path / "more.yaml").read_text().endswith("- [email, email]\n      - [familyName, lastName]\n")
    assert "to: erp.Product\n    rows:\n      - [name, name]\n" in (tmp_path / "more.yaml").read_text()


def test_what_would_not_load_is_not_written(tmp_path: Path) -> None:
    text = f"pairs:\n  - {ENDS}\n    rows: []\n"
    with pytest.raises(ConfigError, match="nonsense"):
        written(tmp_path, text, ("rows", ["nonsense", "lastName"]))
    assert (tmp_path / "accord.yaml").read_text() == HEAD + text


def test_rows_that_two_pairs_share_are_not_touched(tmp_path: Path) -> None:
    text = (
        f"pairs:\n  - {ENDS}\n    rows: &r\n      - [email, email]\n"
        "  - from: crm.Companies\n    to: erp.Contact\n    rows: *r\n    enabled: false\n"
    )
    with pytest.raises(AccordError, match="can not be added"):
        written(tmp_path, text, ROW)
    assert (tmp_path / "accord.yaml").read_text() == HEAD + text


def test_a_file_that_was_changed_meanwhile_is_left(tmp_path: Path) -> None:
    (tmp_path / "accord.yaml").write_text(HEAD + f"pairs:\n  - {ENDS}\n    rows: []\n")
    changes = add_to_pairs(load_project(tmp_path), {0: [ROW]})
    (tmp_path / "accord.yaml").write_text("mine")
    with pytest.raises(AccordError, match="changed meanwhile"):
        save_changes(changes)
    assert (tmp_path / "accord.yaml").read_text() == "mine"
