"""`accord document`: the dataflow documents of a project."""

from pathlib import Path

import click

from accord.cli.context import Session, pass_session
from accord.dataflow import documents_of, render_document

__all__ = ["document"]


@click.command()
@click.option("--out", type=click.Path(path_type=Path), help="Folder to write to; default: the terminal.")
@click.option("--date", "generated", default="", help="Date to print as generated, YYYY-MM-DD HH:MM:SS.")
@pass_session
def document(session: Session, out: Path | None, generated: str) -> None:
    """Write the project's dataflow documents (reStructuredText), one for each pair of systems and direction.

    `accord import` reads them back: same pairs, rows, match and creation rules.
    """
    documents = documents_of(session.project(), generated=generated)
    texts = {each.file: render_document(each) for each in documents}
    if session.json:
        session.data(texts)
        return
    for name, text in texts.items():
        if out is None:
            session.out.print(text, markup=False, end="")
            continue
        out.mkdir(parents=True, exist_ok=True)
        (out / name).write_text(text, encoding="utf-8")
        session.say(f"Wrote {out / name}")
