"""`accord import`: dataflow documents become a project, or are held against the one that is there."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from accord.cli.commands.writing import new_files
from accord.cli.context import Session, at_folder, pass_session
from accord.cli.document_changes import show_edited
from accord.cli.document_files import beside_documents, read_documents
from accord.cli.exits import DONE
from accord.cli.findings import all_option, tell_findings, tell_read
from accord.core.errors import AccordError
from accord.core.wording import counted
from accord.dataflow import ImportReport, project_from_documents

__all__ = ["import_"]


@click.command("import")
@click.argument("sources", type=click.Path(path_type=Path, exists=True), nargs=-1, required=True)
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Folder of the new project; default: the project's.",
)
@click.option("--name", default="", help="Name of the project; default: the names of its systems.")
@click.option("--apply", is_flag=True, help="In a project: write what was added into its configuration.")
@all_option
@pass_session
def import_(
    session: Session, sources: Sequence[Path], into: Path | None, name: str, apply: bool, full: bool
) -> int:
    """Make one project of dataflow documents: files that `accord document` writes (but html and pdf), or older ones, or
    folders of them, in any number. In a folder that holds a project: say what the documents say otherwise than
    the project's own, such as a spreadsheet that was edited.

    A system that Accord knows by name gets its connector, any other one a manifest to complete. Nothing in a document
    is dropped in silence: what could not be read or had to be decided is listed with file and line, those of one kind
    together. Nothing that exists is overwritten; what --apply adds is reloaded and held against the documents before a
    file is replaced. Exit code 5: not all that the documents say otherwise could be written.

    \b
        accord import crmoffice-customerp.rst --into shop
        accord import docs/flows more.rst --into shop --name shop
        accord import edited.xlsx
        accord import edited.xlsx --apply
    """
    if into is None and not name and (session.folder / "accord.yaml").exists():
        return show_edited(session, sources, apply=apply, full=full)
    if apply:
        raise click.UsageError("--apply is for a folder that holds a project; a new one is made without it.")
    tell = session.progress()
    documents = read_documents(sources, tell)
    draft = project_from_documents(documents, name=name, tell=tell)
    session.end_progress()
    if not draft.report.pairs and not any(each.source or each.target for each in documents):
        read = ", ".join(map(str, sources))
        raise AccordError(
            f"no pair of entity types is described in {read}, so nothing was made",
            remedy="A document is headed `Dataflow: A → B` and has a section `A TYPE → B TYPE` for each pair; a "
            "spreadsheet has the tables that accord document --format xlsx writes.",
        )
    place = into or session.folder
    created = new_files(place, draft.files, "Import into another folder with --into DIR.")
    report = replace(draft.report, unread=(*draft.report.unread, *beside_documents(sources)))
    if session.json:
        session.data({**report.data(), "created": created})
        return DONE
    _tell(session, report, created, full=full)
    session.say(f"Next: accord{at_folder(place)} check")
    return DONE


def _tell(session: Session, report: ImportReport, created: Sequence[str], *, full: bool) -> None:
    session.say(
        f"Read {counted(report.files, 'document')}: {counted(report.systems, 'system')}, "
        f"{counted(report.pairs, 'pair')}, {counted(report.properties, 'property', 'properties')}, "
        f"{counted(report.match_alternatives, 'match alternative')}."
    )
    tell_read(session, report.unread, report.decided, full=full)
    tell_findings(session, created, lambda path: f"Made {path}", lambda _: "" if full else "made")
