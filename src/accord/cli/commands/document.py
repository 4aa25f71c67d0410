"""`accord document`: the dataflow documents of a project."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from accord.cli.context import Session, pass_session
from accord.cli.document_changes import about_the_project, both_ways_in, tell_changes, tell_unread
from accord.cli.findings import all_option
from accord.core.errors import AccordError
from accord.core.wording import known
from accord.dataflow import documents_of
from accord.dataflow.changes import changes, within
from accord.dataflow.document import Document
from accord.dataflow.formats import FORMATS, sheaves_of
from accord.dataflow.names import display_name
from accord.project import Project
from accord.qa.keeping import last_results

__all__ = ["document"]


@click.command
@click.option(
    "--format", "kind", type=click.Choice(list(FORMATS)), default="rst", help="Format; default: rst."
)
@click.option("--pair", "pairs", metavar="A-B", multiple=True, help="Only what is between these two systems.")
@click.option("--hub", is_flag=True, help="One file of all systems.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Folder to write to; what is there of these names is written over. Default: the terminal.",
)
@click.option(
    "--diff",
    "older",
    type=click.Path(path_type=Path, exists=True),
    metavar="OLD",
    help="Write nothing; say what changed since this file or folder of documents was written.",
)
@click.option("--date", "generated", default="", help="Date to print as written, YYYY-MM-DD HH:MM:SS.")
@all_option
@pass_session
def document(
    session: Session,
    kind: str,
    pairs: Sequence[str],
    hub: bool,
    out: Path | None,
    older: Path | None,
    generated: str,
    full: bool,
) -> None:
    """Write the project's dataflow documents: every pair in prose, with its property table. `accord import` reads them
    back (not html and pdf, which are for people): same pairs, rows, match and creation rules. What such a document has
    no words for (lenses, filters, priorities ...) is listed in it.

    \b
        accord document
        accord document --format md --out docs/
        accord document --hub --pair crm-erp
        accord document --hub --format html --out docs/
        accord document --diff docs/last-year.xlsx
    """
    project = session.project()
    if older is not None:
        _tell_since(session, project, pairs, older, full=full)
        return
    form = FORMATS[kind]
    documents = _between(project, documents_of(project, generated=generated), pairs)
    keys = {display_name(key, system.title): key for key, system in project.config.systems.items()}
    last = last_results(project.store, out or Path())
    sheaves = [
        replace(each, keys=keys, results=last)
        for each in sheaves_of(documents, project=project.name, hub=hub, both_ways=form.both_ways)
    ]
    files = {f"{each.stem}{form.suffixes[0]}": form.write(each) for each in sheaves}
    if out is None and not form.text:
        raise AccordError(f"{form.what} can not be shown here", remedy="Say where to write it: --out DIR.")
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for name, raw in files.items():
            (out / name).write_bytes(raw)
            session.say(f"Wrote {out / name}")
        for gap in dict.fromkeys(gap for each in documents for gap in each.untold):
            session.say(f"Not told: {gap}")
    if session.json:
        session.data({name: raw.decode() if form.text else str(out) for name, raw in files.items()})
    elif out is None:
        for raw in files.values():
            click.echo(raw.decode(), nl=False)


def _tell_since(session: Session, project: Project, pairs: Sequence[str], older: Path, *, full: bool) -> None:
    """What changed since documents were written."""
    before = about_the_project(project, [older])
    now = _between(project, documents_of(project), pairs)
    both_ways = both_ways_in([older])
    if pairs:
        before = within(before, now, both_ways=True)
    found = changes(before, within(now, before, both_ways=both_ways))
    if session.json:
        session.data({"changes": [each.data() for each in found]})
        return
    tell_unread(session, before, full=full)
    tell_changes(session, found, f"Nothing changed since {older} was written.")


def _between(project: Project, documents: Sequence[Document], pairs: Sequence[str]) -> list[Document]:
    """The documents between any two systems that are asked for; all of them where none is."""
    names = {key: display_name(key, system.title) for key, system in project.config.systems.items()}
    there = {
        f"{one}-{other}": {names[one], names[other]} for one in names for other in names
    }  # either order will do
    for pair in pairs:
        if not any({each.source, each.target} == there.get(pair) for each in documents):
            keys = {name: key for key, name in names.items()}
            told = known(f"{keys[each.source]}-{keys[each.target]}" for each in documents)
            raise AccordError(f"nothing flows between {pair}", remedy=f"Documents there are of: {told}.")
    wanted = [there[pair] for pair in pairs]
    return [each for each in documents if not pairs or {each.source, each.target} in wanted]
