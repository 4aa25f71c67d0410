"""What somebody reads of a report in a terminal: red first, then what was not checked and why, sums that add up."""

from io import StringIO

from rich.console import Console

from accord.cli.context import Session
from accord.cli.show_qa import show_report
from tests.unit.qa.reports import check, report


def shown(made, **options) -> str:
    out = StringIO()
    show_report(Session(out=Console(file=out, width=110, soft_wrap=True, **options)), made)
    return out.getvalue()


def test_what_is_red_comes_first_with_what_was_expected_and_seen():
    lines = shown(
        report(check("a - a"), check("b - b", "failed"), check("c - c", "not_checked", why="no"))
    ).splitlines()
    assert lines[0] == "FAILED crm.Contacts → erp.Contact: b - b"
    assert [line.split(":")[0].strip() for line in lines[1:5]] == ["did", "expected", "seen", "records"]
    assert lines[5] == "Not checked: 1 line"
    assert lines[-1] == "3 lines: 1 passed, 1 failed, 1 not checked. Done in 3.5 s."


def test_a_reason_of_its_own_is_told_once():
    text = shown(report(check("b - b", "failed", why="step typical: expected x; seen y")))
    assert "step typical: expected x; seen y" in text
    assert "expected:" not in text


def test_what_was_not_checked_is_told_by_reason():
    closed = [check(f"r{n} - r{n}", "not_checked", why="it is read-only") for n in range(5)]
    text = shown(report(*closed, check("x", "not_checked", why="no literal")))
    assert "it is read-only (5 lines)" in text
    assert "r2 - r2; and 2 more" in text
    assert text.count("it is read-only") == 1
    assert "no literal (1 line)" in text


def test_long_lists_are_cut_and_counted():
    red = [check(f"r{n}", "failed") for n in range(23)]
    grey = [check(f"n{n}", "not_checked", why=f"why {n}") for n in range(17)]
    text = shown(report(*red, *grey))
    assert text.count("FAILED ") == 20
    assert "and 3 more that failed" in text
    assert "and 2 more reasons" in text
    assert "40 lines: 0 passed, 23 failed, 17 not checked" in text


def test_what_was_left_and_an_interruption_are_told():
    text = shown(report(left=("erp.Contact/7",), interrupted=True))
    assert "LEFT erp.Contact/7" in text
    assert "Interrupted after 3.5 s." in text


def test_what_a_system_says_does_not_steer_the_terminal():
    text = shown(
        report(check("b", "failed", why="seen \x1b[2J[red]")), force_terminal=True, color_system=None
    )
    assert "\\x1b[2J[red]" in text


def test_brackets_and_controls_in_names_are_shown_as_they_are():
    text = shown(report(check("a - a", pair="crm.X[/b] - erp.Y[red]\x1b[31m")))
    assert "crm.X[/b] - erp.Y[red]\\x1b[31m" in text
