"""JUnit XML as CI servers take it: a suite per pair, a case per line."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from accord.core.wording import visible
from accord.qa.reports.wording import failing_step, sum_line
from accord.qa.results import Check, Done, Report

__all__ = ["junit_report"]


def junit_report(report: Report) -> str:
    """The report as XML. A line that was not checked is skipped, with the reason as message; a failure tells what was
    done, what was expected and what was seen. Sums are those of the report."""
    root = Element("testsuites", {"name": f"accord qa {report.project}", **_counts(report.checks)})
    root.set("time", f"{report.seconds:.3f}")
    began = datetime.fromisoformat(report.began)
    for (_, pair), checks in groupby(report.checks, key=lambda check: (check.document, check.pair)):
        suite = _suite(root, pair, list(checks), report, began)
        began += timedelta(seconds=float(suite.get("time", "0")))
    if report.left or report.interrupted:
        SubElement(_last(root, began), "system-err").text = "\n".join(_troubles(report))
    indent(root)
    return visible(f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n')


def _counts(checks: Sequence[Check]) -> dict[str, str]:
    outcomes = [check.outcome for check in checks]
    return {
        "tests": str(len(outcomes)),
        "failures": str(outcomes.count("failed")),
        "errors": "0",
        "skipped": str(outcomes.count("not_checked")),
    }


def _suite(root: Element, pair: str, checks: list[Check], report: Report, began: datetime) -> Element:
    suite = SubElement(root, "testsuite", {"name": pair, **_counts(checks)})
    suite.set("time", f"{sum(check.seconds for check in checks):.3f}")
    suite.set("timestamp", began.isoformat(timespec="seconds"))
    properties = SubElement(suite, "properties")
    for name, value in (("against", report.against), ("document", checks[0].document)):
        SubElement(properties, "property", {"name": name, "value": value})
    for check in checks:
        case = SubElement(suite, "testcase", {"classname": pair})
        case.set("name", f"{check.row} ({check.direction})")
        case.set("time", f"{check.seconds:.3f}")
        if check.outcome == "not_checked":
            SubElement(case, "skipped", {"message": check.why})
        elif check.outcome == "failed":
            _failure(case, check)
        if check.steps and check.outcome != "failed":
            SubElement(case, "system-out").text = "\n".join(_told(step) for step in check.steps)
    return suite


def _failure(case: Element, check: Check) -> None:
    step = failing_step(check)
    message = check.why or (f"expected {step.expected}; seen {step.seen}" if step else "")
    failure = SubElement(case, "failure", {"message": message, "type": check.kind})
    failure.text = "\n\n".join(_whole(each) for each in check.steps) or None


def _told(step: Done) -> str:
    return f"{'ok ' if step.passed else 'NOT'} {step.what}: {step.did}"


def _whole(step: Done) -> str:
    records = f"\nrecords:  {', '.join(step.records)}" if step.records else ""
    return f"{_told(step)}\nexpected: {step.expected}\nseen:     {step.seen}{records}"


def _last(root: Element, began: datetime) -> Element:
    """The last suite; an empty one where there is none."""
    found = root.find("testsuite[last()]")
    if found is not None:
        return found
    return SubElement(
        root,
        "testsuite",
        {"name": "accord qa", **_counts(()), "timestamp": began.isoformat(timespec="seconds")},
    )


def _troubles(report: Report) -> list[str]:
    told = [f"interrupted: {sum_line(report)}"] if report.interrupted else []
    return [*told, *(f"could not be removed: {record}" for record in report.left)]
