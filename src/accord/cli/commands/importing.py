"""`accord import`: dataflow documents become a project."""

from collections.abc import Sequence
from pathlib import Path

import click

from accord.cli.context import Session, pass_session
from accord.core.errors import AccordError
from accord.dataflow import ImportReport, project_from_documents, read_document

__all__ = ["import_"]


@click.command("import")
@click.argument("sources", type=click.Path(path_type=Path, exists=True), nargs=-1, required=True)
@click.option(
    "--into", type=click.Path(path_type=Path), help="Folder of the new project; default: the project's."
)
@click.option("--name", default="", help="Name of the project; default: the names of its systems.")
@pass_session
def import_(session: Session, sources: Sequence[Path], into: Path | None, name: str) -> None:
    """Make a project of dataflow documents (reStructuredText files, or folders of them).

    Nothing in a document is dropped in silence: what could not be read or had to be decided is listed with file and
    line. Nothing that exists is overwritten.
    """
    documents = [read_document(_text(file), str(file)) for file in _files(sources)]
    draft = project_from_documents(documents, name=name)
    place = into or session.folder
    existing = [path for path in draft.files if (place / path).exists()]
    if existing:
        raise AccordError(
            f"{place / existing[0]} exists already", remedy="Import into another folder with --into DIR."
        )
    for path, text in draft.files.items():
        file = place / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    if session.json:
        session.data({**draft.report.data(), "created": sorted(draft.files)})
        return
    _tell(session, draft.report, place, sorted(draft.files))


def _files(sources: Sequence[Path]) -> list[Path]:
    files = [f for s in sources for f in (sorted(s.rglob("*.rst")) if s.is_dir() else [s])]
    if not files:
        raise AccordError(
            "there is no document there", remedy="Name .rst files, or a folder that holds some."
        )
    return files


def _text(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise AccordError(f"{file} is not UTF-8 (byte {error.start})", remedy="Save it as UTF-8.") from None


def _tell(session: Session, report: ImportReport, place: Path, created: Sequence[str]) -> None:
    session.say(
        f"Read {report.files} document(s): {report.systems} systems, {report.pairs} pairs, "
        f"{report.properties} properties, {report.match_alternatives} match alternatives."
    )
    for unread in report.unread:
        session.say(f"Not read: {unread.file}:{unread.line}: {unread.text} ({unread.why})")
    for decision in report.decided:
        session.say(f"Decided: {decision.file}:{decision.line}: {decision.what} ({decision.chosen})")
    for path in created:
        session.say(f"Made {place / path}")
    session.say(f"Next: accord -C {place} check")
