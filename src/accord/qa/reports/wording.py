"""Words and names that all reports share."""

import re
from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from accord.core.wording import counted
from accord.qa.checklist import Direction
from accord.qa.results import Check, Done, Report

__all__ = ["anchor_of", "failing_step", "flows", "grouped", "sum_line", "took"]

_ARROWS: Final[dict[Direction, str]] = {"forward": "→", "backward": "←", "both": "↔"}
_SLUG: Final = re.compile(r"[^a-z0-9]+")


def anchor_of(pair: str, row: str, direction: str) -> str:
    """The name of a line in the HTML report: the same for the same line in every report, and no other line's."""
    digest = sha256(f"{pair} | {row} | {direction}".encode()).hexdigest()[:8]
    return f"{_SLUG.sub('-', f'{row} {direction}'.lower()).strip('-')[:60]}-{digest}"


def flows(pair: str, direction: Direction) -> str:
    """The pair with an arrow in the direction of the line: "crm.Contacts → erp.Contact"."""
    return pair.replace(" - ", f" {_ARROWS[direction]} ", 1)


def failing_step(check: Check) -> Done | None:
    """The first step that was not as expected."""
    return next((step for step in check.steps if not step.passed), None)


def took(seconds: float) -> str:
    """A time as people read it."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    return f"{seconds:.1f} s" if seconds < 100 else f"{seconds / 60:.1f} min"


def sum_line(report: Report) -> str:
    """ "120 lines: 100 passed, 2 failed, 18 not checked" """
    passed, failed, left = report.count("passed"), report.count("failed"), report.count("not_checked")
    return (
        f"{counted(len(report.checks), 'line')}: {passed:,} passed, {failed:,} failed, {left:,} not checked"
    )


def grouped(checks: Sequence[Check]) -> dict[str, list[Check]]:
    """Checks by their reason, in the order in which reasons come first."""
    found: dict[str, list[Check]] = {}
    for check in checks:
        found.setdefault(check.why, []).append(check)
    return found
