"""`accord qa`: the documents as a checklist that is performed."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from accord.cli import exits
from accord.cli.context import Session, pass_session
from accord.cli.plan_files import writable

if TYPE_CHECKING:
    from accord.project import Project
    from accord.qa.checklist import Checklist
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
@click.option(
    "--agreed",
    type=click.Path(path_type=Path, exists=True),
    metavar="FILE|DIR",
    multiple=True,
    help="Check what these documents say, in the place of the project's own; may be repeated.",
)
@click.option("--list", "list_", is_flag=True, help="Show the checklist; nothing is performed.")
@click.option(
    "--against",
    type=click.Choice(["sandbox", "live"]),
    default="sandbox",
    show_default=True,
    help="Sandboxes made for it, or the project's own systems.",
)
@click.option("--yes", is_flag=True, help="With live: do it. Without, it shows what it would create.")
@click.option("--side-effects", is_flag=True, help="With live: mails, invoices and the like may be set off.")
@click.option("--leave", is_flag=True, help="With live: what can not be deleted may stay there.")
@click.option("--clean", is_flag=True, help="Remove what a live run left when it was killed.")
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
    /,
    pairs: tuple[str, ...],
    agreed: tuple[Path, ...],
    against: Literal["sandbox", "live"],
    json_file: Path | None,
    junit_file: Path | None,
    html_file: Path | None,
    **flags: bool,
) -> int:
    """Derive the checklist of the project's documents, perform it through the systems' own APIs, and say of every line
    whether it is so: who is created where and who is not, every match alternative, every row in every direction with
    typical, empty, long and odd values, edits on both sides, deletes, an idle cycle.

    It is performed against sandboxes that are made for it: no system is called, nothing of the project changes. With
    `--against live` it is performed on the project's own systems: records are created there, marked, and removed
    again, also when it is interrupted; no record of anybody else is touched. What is expected are literals of the
    checklist, never values that the project's own lenses made. A line that can not be checked says why, and does not
    count as passed.

    The checklist is that of the project's own documents; `--agreed` takes those that were agreed on, so that what the
    project does otherwise turns red. Ends with 6 when a line is not so. The last report of all pairs is kept in
    .accord/qa/.

    \b
        accord qa
        accord qa --pair crm.Contacts-erp.Contact --html qa.html
        accord qa --agreed signed/        what was signed, line by line
        accord qa --list
        accord qa --junit build/qa.xml --json build/qa.json
        accord qa --against live          what it would create, and where
        accord qa --against live --yes
        accord qa --clean                 after a live run that was killed
    """
    _check_usage(against, flags)
    if json_file == _HERE:
        session.json, json_file = True, None
    files = (json_file, junit_file, html_file)
    _check_files(files)
    project = session.project()
    if flags["clean"]:
        return _clean(session, project)
    checklist = _checklist(project, pairs, agreed, against)
    if flags["list_"]:
        return _list(session, checklist)
    if not any(line.scripts for line in checklist.lines):
        against = "sandbox"  # nothing is to be done: the report says why, line by line
    if against == "live" and not _announced(session, project, checklist, flags):
        return exits.WAITS
    report = _performed(session, project, checklist, flags if against == "live" else None)
    page = None if pairs or agreed or report.interrupted else _keep(session, project, report)
    _write(report, files, session.text(report.data()))
    return _told(session, report, page, leave=flags["leave"])


def _check_usage(against: str, flags: dict[str, bool]) -> None:
    if against != "live":
        for name in ("yes", "side_effects", "leave"):
            if flags[name]:
                raise click.UsageError(f"--{name.replace('_', '-')} is for --against live.")
    if flags["clean"] and (flags["list_"] or against == "live"):
        raise click.UsageError("--clean: give it alone.")


def _check_files(files: Sequence[Path | None]) -> None:
    """Raises AccordError, UsageError: one can not be written, or would be written over by another."""
    named = [file for file in files if file is not None]
    for file in named:
        writable(file)
    if len({file.resolve() for file in named}) < len(named):
        raise click.UsageError("--json, --junit and --html: give each a file of its own.")


def _checklist(project: "Project", pairs: Sequence[str], agreed: Sequence[Path], against: str) -> "Checklist":
    from accord.cli.document_files import read_documents
    from accord.qa.deriving import derive, derive_from
    from accord.qa.performing import fresh_mark

    mark = fresh_mark() if against == "live" else "qa"
    if agreed:
        return derive_from(read_documents(agreed), project, mark=mark, named=pairs)
    return derive(project, mark=mark, named=pairs)


def _list(session: Session, checklist: "Checklist") -> int:
    from accord.cli.show_qa import checklist_data, show_checklist

    if session.json:
        session.data(checklist_data(checklist))
    show_checklist(session, checklist)
    return exits.DONE


def _announced(session: Session, project: "Project", checklist: "Checklist", flags: dict[str, bool]) -> bool:
    """Show what would be created; whether somebody said that it may. Raises StopFlow: not without a further flag."""
    from accord.cli.show_qa import show_preview
    from accord.qa.performing import preview

    told = preview(checklist, project)
    if session.json and not flags["yes"]:
        session.data(told.data())
    show_preview(session, told)
    told.refuse(side_effects=flags["side_effects"], leave=flags["leave"])
    if not flags["yes"]:
        more = "".join(f" --{n.replace('_', '-')}" for n in ("side_effects", "leave") if flags[n])
        session.hint(
            f"Nothing was done. To do it, say the same with --yes: accord qa --against live{more} --yes"
        )
    return flags["yes"]


def _performed(
    session: Session, project: "Project", checklist: "Checklist", live: dict[str, bool] | None
) -> "Report":
    from accord.cli.qa_running import progress_bar, run_to_its_end
    from accord.qa.performing import run_live, run_on_sandbox

    with progress_bar(session, len(checklist.lines)) as tell:
        if live is None:
            return run_to_its_end(session, run_on_sandbox(project, checklist, tell=tell))
        allowed = {name: live[name] for name in ("side_effects", "leave")}
        return run_to_its_end(session, run_live(project, checklist, tell=tell, **allowed))


def _told(session: Session, report: "Report", page: Path | None, *, leave: bool) -> int:
    from accord.cli.show_qa import show_report

    if session.json:
        session.data(report.data())
    show_report(session, report)
    if report.left and not leave:
        session.hint("What was left is removed by: accord qa --clean")
    if page is not None:
        session.say(f"All of it, line by line: {_from_here(page)}")
    if report.interrupted:
        return exits.TERMINATED if session.terminated else exits.INTERRUPTED
    if report.count("failed"):
        return exits.RED
    return exits.DONE if report.count("passed") and (leave or not report.left) else exits.PARTLY


def _keep(session: Session, project: "Project", report: "Report") -> Path | None:
    """Keep the report where it is of everything: a part does not take the place of the whole."""
    from accord.qa.keeping import keep_report, qa_folder

    try:
        return keep_report(project.store, report)
    except OSError as error:
        session.warn(f"the report is not kept in {qa_folder(project.store)}: {error.strerror or error}")
        return None


def _from_here(file: Path) -> Path:
    return file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file


def _write(report: "Report", files: Sequence[Path | None], data: str) -> None:
    from accord.qa.reports import html_report, junit_report

    texts: Sequence[Callable[[], str]] = (
        lambda: data,
        lambda: junit_report(report),
        lambda: html_report(report),
    )
    for file, text in zip(files, texts, strict=True):
        if file is not None:
            file.write_text(text(), encoding="utf-8")


def _clean(session: Session, project: "Project") -> int:
    from accord.cli.qa_running import run_to_its_end
    from accord.cli.show_qa import show_cleaned
    from accord.qa.performing import clean

    cleaned = run_to_its_end(session, clean(project))
    if session.json:
        session.data({"removed": cleaned.removed, "left": list(cleaned.left)})
    show_cleaned(session, cleaned)
    return exits.PARTLY if cleaned.left else exits.DONE
