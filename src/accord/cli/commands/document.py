"""`accord document`: the dataflow documents of a project."""

from pathlib import Path

import click

from accord.cli.context import Session, pass_session
from accord.dataflow import documents_of, render_document

__all__ = ["document"]


@click.command
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Folder to write to; what is there of these names is written over. Default: the terminal.",
)
@click.option("--date", "generated", default="", help="Date to print as generated, YYYY-MM-DD HH:MM:SS.")
@pass_session
def document(session: Session, out: Path | None, generated: str) -> None:
    """Write the project's dataflow documents (reStructuredText): one for each two systems and direction, with
    every pair in prose and its property table. `accord import` reads them back: same pairs, rows, match and creation
    rules. What such a document has no words for (lenses, filters, priorities ...) is named in its introduction.

    \b
        accord document
        accord document --out docs/
    """
    documents = documents_of(session.project(), generated=generated)
    texts = {each.file: render_document(each) for each in documents}
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (out / name).write_text(text, encoding="utf-8")
            session.say(f"Wrote {out / name}")
        for gap in dict.fromkeys(gap for each in documents for gap in each.untold):
            session.say(f"Not told: {gap}")
    if session.json:
        session.data(texts)
    elif out is None:
        for text in texts.values():
            click.echo(text, nl=False)
