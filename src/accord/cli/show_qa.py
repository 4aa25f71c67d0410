"""A checklist, and what came of it, as people read them in a terminal."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from accord.cli.context import Session
from accord.cli.tables import print_counts
from accord.core.wording import counted
from accord.qa.checklist import Checklist, Line
from accord.qa.performing import Cleaned, Preview
from accord.qa.reports import failing_step, flows, grouped, sum_line, took
from accord.qa.results import Check, Report

__all__ = ["checklist_data", "show_checklist", "show_cleaned", "show_preview", "show_report"]

_FAILED = 20
_NAMED = 3
_REASONS = 15


def show_checklist(session: Session, checklist: Checklist) -> None:
    """Print every line: in which direction, how many steps, or why it can not be checked."""
    for pair, of in groupby(checklist.lines, key=lambda line: line.pair):
        lines = list(of)
        wide = max(len(line.row) for line in lines)
        session.say(pair, "bold")
        for line in lines:
            session.say(f"    {line.row:<{wide}}  {line.direction:<8}  {_promise(line)}")
        session.say()
    checked = sum(bool(line.scripts) for line in checklist.lines)
    session.say(
        f"{counted(len(checklist.lines), 'line')}: {checked:,} to be checked, "
        f"{len(checklist.lines) - checked:,} that can not be."
    )


def _promise(line: Line) -> str:
    if not line.scripts:
        return f"not checked: {line.why_not}"
    return ", ".join(step.what for step in line.scripts[0].steps)


def checklist_data(checklist: Checklist) -> dict[str, Any]:
    """JSON data."""
    lines = [
        {
            "document": line.document,
            "pair": line.pair,
            "row": line.row,
            "kind": line.kind,
            "direction": line.direction,
            "steps": [step.what for script in line.scripts[:1] for step in script.steps],
            "why_not": line.why_not,
        }
        for line in checklist.lines
    ]
    return {"rows": len(lines), "lines": lines}


def show_preview(session: Session, preview: Preview) -> None:
    """Print which systems are reached, and how many records are made where."""
    records, systems = counted(preview.records, "record"), counted(len(preview.systems), "system")
    session.say(f"About {records} are created in {systems}, each marked in its texts, and removed again:")
    for system, address in preview.systems.items():
        session.say(f"    {system} at {address}")
    rows = [(it.name, f"{it.entered:,}", f"{it.flowing:,}") for it in preview.types]
    if not session.quiet and not session.json:
        print_counts(session.out, "Records", ("entity type", "entered", "made by the flow"), rows)
    for it in preview.types:
        if it.side_effects:
            session.say(f"{it.name} sets off: {', '.join(it.side_effects)}", "bold red")
        if it.lasts:
            session.say(f"{it.name}: records can not be deleted through the API", "bold red")


def show_cleaned(session: Session, cleaned: Cleaned) -> None:
    """Print what was removed, and what could not be."""
    removed = f"Removed {counted(cleaned.removed, 'probe')} of an earlier run."
    session.say(removed if cleaned.removed or cleaned.left else "Nothing of an earlier run is left.")
    for record in cleaned.left:
        session.say(f"LEFT {record}: it could not be removed", "bold red")


def show_report(session: Session, report: Report) -> None:
    """Print what is red, first of all; what could not be checked, by reason; counts by pair, which add up."""
    failed = [check for check in report.checks if check.outcome == "failed"]
    for check in failed[:_FAILED]:
        _show_failed(session, check)
    if len(failed) > _FAILED:
        session.say(f"and {len(failed) - _FAILED:,} more that failed: the report has all")
    _show_unchecked(session, [check for check in report.checks if check.outcome == "not_checked"])
    if not session.quiet and not session.json and report.checks:
        _show_counts(session, report)
    for record in report.left:
        session.say(f"LEFT {record}: made by this checklist, and could not be removed", "bold red")
    ended = "Interrupted after" if report.interrupted else "Done in"
    style = "bold red" if failed else "bold green" if report.count("passed") else "bold"
    session.say(f"{sum_line(report)}. {ended} {took(report.seconds)}.", style)


def _show_failed(session: Session, check: Check) -> None:
    session.say(f"FAILED {flows(check.pair, check.direction)}: {check.row}", "bold red")
    step = failing_step(check)
    if step is not None:
        session.say(f"    did:      {step.did}")
    if check.why:
        session.say(f"    {check.why}")
    elif step is not None:
        session.say(f"    expected: {step.expected}")
        session.say(f"    seen:     {step.seen}")
    if step is not None and step.records:
        session.say(f"    records:  {', '.join(step.records)}")


def _show_unchecked(session: Session, checks: Sequence[Check]) -> None:
    reasons = grouped(checks)
    if reasons:
        session.say(f"Not checked: {counted(len(checks), 'line')}", "bold")
    for why, of in list(reasons.items())[:_REASONS]:
        names = "; ".join(f"{flows(c.pair, c.direction)}: {c.row}" for c in of[:_NAMED])
        more = f"; and {len(of) - _NAMED:,} more" if len(of) > _NAMED else ""
        session.say(f"    {why or 'no reason is told'} ({counted(len(of), 'line')})")
        session.say(f"        {names}{more}")
    if len(reasons) > _REASONS:
        session.say(f"    and {counted(len(reasons) - _REASONS, 'more reason')}: the report has all")


def _show_counts(session: Session, report: Report) -> None:
    pairs: dict[str, list[Check]] = {}
    for check in report.checks:
        pairs.setdefault(check.pair, []).append(check)
    rows = [
        (pair, f"{len(of):,}", *(f"{sum(c.outcome == o for c in of):,}" for o in _OUTCOMES))
        for pair, of in pairs.items()
    ]
    print_counts(session.out, f"QA of {report.project}", ("pair", "lines", *_HEADS), rows, always=5)


_OUTCOMES = ("passed", "failed", "not_checked")
_HEADS = ("passed", "failed", "not checked")
