"""`accord qa`: the documents as a checklist that is performed."""

import asyncio
import signal
from collections.abc import Callable, Coroutine, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from accord.cli import exits
from accord.cli.context import Session, pass_session
from accord.cli.plan_files import writable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accord.project import Project
    from accord.qa.checklist import Checklist
    from accord.qa.performing import Progress, Tell
    from accord.qa.results import Report

__all__ = ["qa"]

_HERE = Path("-")


def _file(name: str, what: str) -> Callable[[Any], Any]:
    return click.option(
        name, f"{name[2:]}_file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help=what
    )


@click.command
@click.option(
    "--pair",
    "pairs",
    metavar="A-B",
    multiple=True,
    help="Only these: two systems, or two entity types; may be repeated.",
)
@click.option("--list", "list_", is_flag=True, help="Show the checklist; nothing is performed.")
@click.option(
    "--json",
    "json_file",
    is_flag=False,
    flag_value="-",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    metavar="[FILE]",
    help="Write the report as JSON to a file; without one to stdout.",
)
@_file("--junit", "Write the report as JUnit XML, for CI servers.")
@_file("--html", "Write the report as one HTML page.")
@pass_session
def qa(
    session: Session,
    pairs: tuple[str, ...],
    list_: bool,
    json_file: Path | None,
    junit_file: Path | None,
    html_file: Path | None,
) -> int:
    """Derive the checklist of the project's documents, perform it through the systems' own APIs, and say of every line
    whether it is so: who is created where and who is not, every match alternative, every row in every direction with
    typical, empty, long and odd values, edits on both sides, deletes, an idle cycle.

    It is performed against sandboxes that are made for it: no system is called, nothing of the project changes. What
    is expected are literals of the checklist, never values that the project's own lenses made. A line that can not be
    checked says why, and does not count as passed.

    Ends with 6 when a line is not so. The last report of all pairs is kept in .accord/qa/.

    \b
        accord qa
        accord qa --pair crm.Contacts-erp.Contact --html qa.html
        accord qa --list
        accord qa --junit build/qa.xml --json build/qa.json
    """
    if json_file == _HERE:
        session.json, json_file = True, None
    for file in (json_file, junit_file, html_file):
        if file is not None:
            writable(file)
    from accord.cli.qa_pairs import only_pairs
    from accord.cli.show_qa import show_checklist, show_report
    from accord.qa.deriving import derive

    project = session.project()
    checklist = only_pairs(derive(project), pairs)
    if list_:
        if session.json:
            session.data(_listed(checklist))
        show_checklist(session, checklist)
        return exits.DONE
    report = _performed(session, project, checklist)
    page = _keep(session, project, report, whole=not pairs)
    _write(session, report, json_file, junit_file, html_file)
    if session.json:
        session.data(report.data())
    show_report(session, report)
    if page is not None:
        session.say(f"All of it, line by line: {_from_here(page)}")
    return _code(session, report)


def _from_here(file: Path) -> Path:
    return file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file


def _code(session: Session, report: "Report") -> int:
    if report.interrupted:
        return exits.TERMINATED if session.terminated else exits.INTERRUPTED
    if report.count("failed"):
        return exits.RED
    return exits.DONE if report.count("passed") and not report.left else exits.PARTLY


def _listed(checklist: "Checklist") -> dict[str, Any]:
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


def _performed(session: Session, project: "Project", checklist: "Checklist") -> "Report":
    from accord.qa.performing import run_on_sandbox

    session.log_requests()
    with _progress(session, len(checklist.lines)) as tell:
        return _run(session, run_on_sandbox(project, checklist, tell=tell))


def _run(session: Session, performing: "Coroutine[Any, Any, Report]") -> "Report":
    """Ctrl-C and SIGTERM end it early: the report then tells what was seen by then. A second one does not wait."""

    async def main() -> "Report":
        task = asyncio.ensure_future(performing)
        loop = asyncio.get_running_loop()

        def stop(number: int) -> None:
            session.terminated = number == signal.SIGTERM
            session.warn("stopping; probes are removed first. Ctrl-C again does not wait.")
            for each in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(each)
            task.cancel()

        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop, number)
        return await task

    try:
        return asyncio.run(main())
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None


@contextmanager
def _progress(session: Session, lines: int) -> "Iterator[Tell]":
    """A bar on the terminal; nothing where nobody looks."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress as Bar, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    if session.quiet or session.json or session.verbose or not console.is_terminal:
        yield lambda _: None
        return
    columns = (TextColumn("{task.description:<24}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task("making sandboxes", total=lines)

        def tell(told: "Progress") -> None:
            bar.update(
                task, completed=told.done, total=told.of, description=f"round {told.round}, {told.doing}"
            )

        yield tell


def _keep(session: Session, project: "Project", report: "Report", *, whole: bool) -> Path | None:
    """Keep the report where it is of everything: a part does not take the place of the whole."""
    from accord.qa.keeping import keep_report, qa_folder

    if not whole or report.interrupted:
        return None
    try:
        return keep_report(project.store, report)
    except OSError as error:
        session.warn(f"the report is not kept in {qa_folder(project.store)}: {error.strerror or error}")
        return None


def _write(session: Session, report: "Report", *files: Path | None) -> None:
    from accord.qa.reports import html_report, junit_report

    texts: Sequence[Callable[[], str]] = (
        lambda: session.text(report.data()),
        lambda: junit_report(report),
        lambda: html_report(report),
    )
    for file, text in zip(files, texts, strict=True):
        if file is not None:
            file.write_text(text(), encoding="utf-8")
