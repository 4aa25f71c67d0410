"""Findings of one kind stand together, and the first of them are told."""

import pytest

from accord.cli.context import Session
from accord.cli.findings import tell_findings, tell_read
from accord.dataflow.document import Decision, Unread


def unread(count: int) -> list[Unread]:
    found = [Unread(f"doc{n}.rst", n, f"Line {n}", f"no section for `Type{n}`") for n in range(1, count + 1)]
    return [*found[:2], Unread("x.rst", 9, "Hm", "another kind"), *found[2:]]


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [line for line in capsys.readouterr().out.splitlines() if line]


def test_the_first_of_a_kind_are_told_with_their_places_and_how_many_more(capsys):
    chosen = [Decision("a.rst", n, f"the type of Field{n} is open", "string") for n in range(1, 8)]
    tell_read(Session(), unread(300), chosen, full=False)
    told = lines(capsys)
    assert told[:5] == [f"Not read: doc{n}.rst:{n}: Line {n} (no section for `Type{n}`)" for n in range(1, 6)]
    assert told[5] == "  … and 295 more of this kind; --all shows them"
    assert told[6] == "Not read: x.rst:9: Hm (another kind)"
    assert told[7:12] == [f"Decided: a.rst:{n}: the type of Field{n} is open (string)" for n in range(1, 6)]
    assert told[12:] == ["  … and 2 more of this kind; --all shows them"]


def test_all_of_them_are_told_in_their_order_where_that_is_asked_for(capsys):
    found = unread(30)
    tell_read(Session(), found, (), full=True)
    assert lines(capsys) == [f"Not read: {each}" for each in found]


def test_one_more_is_told_rather_than_counted(capsys):
    tell_findings(Session(), ["same"] * 6, str, str)
    assert lines(capsys) == ["same"] * 6
