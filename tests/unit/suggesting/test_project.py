"""Suggestions for a whole project: only what it loads with, and what can not be is named."""

import asyncio
from pathlib import Path

import pytest

from accord.project import Project, load_project
from accord.suggesting.project import Wanted, suggest_for
from accord.suggesting.suggestion import PairSuggestions

HEAD = """\
version: 1
name: three
systems:
  crm: {connector: crmoffice}
  erp: {connector: customerp}
  old: {connector: customerp}
pairs:
"""
PERSONS = """\
  - {from: crm.Contacts, to: erp.Contact, rows: [[givenName, firstName]]}
  - {from: erp.Contact, to: old.Contact, rows: [[firstName, lastName]]}
  - {from: crm.Contacts, to: old.Contact, rows: []}
"""


def project(folder: Path, pairs: str) -> Project:
    (folder / "accord.yaml").write_text(HEAD + pairs, encoding="utf-8")
    return load_project(folder)


def found(of: Project, *pairs: int) -> list[PairSuggestions]:
    return asyncio.run(suggest_for(of, None, Wanted(pairs=pairs or (0,))))


def test_what_an_older_row_would_clash_with_is_named_and_not_suggested(tmp_path: Path) -> None:
    (third,) = found(project(tmp_path, PERSONS), 2)
    rows = {(*row.left, *row.right) for row in third.rows}
    assert ("familyName", "lastName") not in rows or ("givenName", "firstName") not in rows
    assert ("nationalId", "ssn") in rows
    (note,) = [note for note in third.notes if note.startswith("Not suggested: ")]
    assert "crm.Contacts.givenName and crm.Contacts.familyName are both written" in note


def test_rows_that_stand_are_left_alone(tmp_path: Path) -> None:
    (first,) = found(project(tmp_path, PERSONS), 0)
    assert "givenName" not in {path for row in first.rows for path in row.left}
    assert "firstName" not in {path for row in first.rows for path in row.right}


def test_a_pair_with_match_alternatives_gets_no_others(tmp_path: Path) -> None:
    text = "  - {from: crm.Contacts, to: erp.Contact, match: [[[email, email]]], rows: []}\n"
    (pair,) = found(project(tmp_path, text))
    assert not pair.match
    (pair,) = found(project(tmp_path, text.replace("match: [[[email, email]]], ", "")))
    assert pair.match


@pytest.mark.parametrize("constants", ["{email: x@example.org}"])
def test_a_constant_has_no_partner(tmp_path: Path, constants: str) -> None:
    text = f"  - {{from: crm.Contacts, to: {{type: erp.Contact, constants: {constants}}}, rows: []}}\n"
    (pair,) = found(project(tmp_path, text))
    assert "email" not in {path for row in pair.rows for path in row.right}


def test_what_a_system_keeps_for_itself_is_no_property(tmp_path: Path) -> None:
    (pair,) = found(project(tmp_path, "  - {from: erp.Contact, to: old.Contact, rows: []}\n"))
    paths = {path for row in pair.rows for path in row.left} | {*pair.left_over[0]}
    assert not paths & {"id", "externalId", "rowVersion", "changedAt", "createdAt", "createdBy", "isDeleted"}
    assert {row.left for row in pair.rows} == {row.right for row in pair.rows}
