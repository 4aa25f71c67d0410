"""One page that holds everything: totals, filters, each line with what was done, expected and seen."""

from collections.abc import Iterator
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Final

from accord.core.wording import counted
from accord.dataflow.web_page import web_page
from accord.qa.reports.wording import anchor_of, flows, sum_line, took
from accord.qa.results import Check, Done, Outcome, Report

__all__ = ["html_report"]

_HERE: Final = Path(__file__).parent
_WORDS: Final[dict[Outcome, str]] = {"failed": "failed", "passed": "passed", "not_checked": "not checked"}
_SIGNS: Final[dict[Outcome, str]] = {"failed": "✗", "passed": "✓", "not_checked": "○"}


def html_report(report: Report) -> str:
    """The report as one HTML page without anything from elsewhere; `anchor_of` names each line in it."""
    title = f"QA of {report.project}"
    return web_page(title, _body(report), style=_HERE / "report.css", script=_HERE / "report.js")


def _when(report: Report) -> str:
    where = "sandboxes on one machine" if report.against == "sandbox" else "the live systems"
    return f"Performed against {where}, {report.began[:19].replace('T', ' ')} UTC, in {took(report.seconds)}."


def _body(report: Report) -> Iterator[str]:
    yield f"<p>{escape(_when(report))}</p></header>"
    yield "<main>"
    if report.interrupted:
        yield '<p class="warning">Interrupted: what was not performed by then counts as not checked.</p>'
    if report.left:
        left = "".join(f"<li>{escape(record)}</li>" for record in report.left)
        what = counted(len(report.left), "record")
        yield f'<div class="warning"><p>{what} of this checklist could not be removed:</p><ul>{left}</ul></div>'
    yield from _filters(report)
    yield f"<p>{escape(sum_line(report))}.</p>"
    for document, checks in groupby(report.checks, key=lambda check: check.document):
        yield f"<section>\n<h2>{escape(document)}</h2>"
        for pair, of in groupby(checks, key=lambda check: check.pair):
            yield from _pair(pair, list(of))
        yield "</section>"
    yield "</main>"


def _filters(report: Report) -> Iterator[str]:
    yield '<form class="filters"><fieldset><legend>Show</legend>'
    yield '<label><input type="radio" name="show" id="show-all" value="" checked> all '
    yield f"<b>{len(report.checks):,}</b></label>"
    for outcome, words in _WORDS.items():
        yield (
            f'<label class="{outcome}"><input type="radio" name="show" value="{outcome}"> '
            f"{_SIGNS[outcome]} {words} <b>{report.count(outcome):,}</b></label>"
        )
    yield '</fieldset><label>Search <input type="search" id="find" autocomplete="off"></label></form>'


def _pair(pair: str, checks: list[Check]) -> Iterator[str]:
    counts = ", ".join(
        f"{count:,} {words}"
        for outcome, words in _WORDS.items()
        if (count := sum(check.outcome == outcome for check in checks))
    )
    yield f'<section class="pair"><h3>{escape(pair)} <small>{counts}</small></h3>'
    for check in checks:
        yield from _check(check)
    yield "</section>"


def _check(check: Check) -> Iterator[str]:
    name = anchor_of(check.pair, check.row, check.direction)
    opened = " open" if check.outcome == "failed" else ""
    yield f'<details class="{check.outcome}" id="{name}"{opened}>'
    why = f'<span class="why">{escape(check.why)}</span>' if check.why else ""
    time = took(check.seconds) if check.steps else ""
    yield (
        f'<summary><span class="sign" aria-hidden="true">{_SIGNS[check.outcome]}</span>'
        f'<span class="row">{escape(check.row)}</span>'
        f'<span class="flow">{escape(flows(check.pair, check.direction))}</span>'
        f'<span class="outcome">{_WORDS[check.outcome]}</span>{why}<span class="time">{time}</span></summary>'
    )
    if check.steps:
        yield "<table><thead><tr><th>step<th>done<th>expected<th>seen<th>time</tr></thead><tbody>"
        yield from map(_step, check.steps)
        yield "</tbody></table>"
    else:
        yield '<p class="nothing">Nothing was done.</p>'
    yield f'<p class="link"><a href="#{name}">Link to this line</a></p></details>'


def _step(step: Done) -> str:
    records = f'<div class="records">{escape(", ".join(step.records))}</div>' if step.records else ""
    kind = "passed" if step.passed else "failed"
    sign = _SIGNS["passed" if step.passed else "failed"]
    return (
        f'<tr class="{kind}"><td>{sign} {escape(step.what)}<td>{escape(step.did)}{records}'
        f"<td>{escape(step.expected)}<td>{escape(step.seen)}<td>{took(step.seconds)}</tr>"
    )
