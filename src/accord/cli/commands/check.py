"""`accord check`: what is wrong, what is missing, and what the configuration amounts to."""

import click

from accord.cli.context import Session, pass_session
from accord.project import check_project, describe, description_data

__all__ = ["check"]


@click.command()
@pass_session
def check(session: Session) -> None:
    """Read the whole configuration and say what is wrong or worth knowing, with file and line.

    Faults end with exit code 3, all of them listed at once. Then it prints who is read and who is written, property by
    property. No system is called.
    """
    project = session.project()
    notes = check_project(project)
    if session.json:
        session.data({"notes": [note._asdict() for note in notes], **description_data(project)})
        return
    session.say(describe(project).rstrip())
    session.say()
    for note in notes:
        session.say(f"note: {note}")
    session.say(f"{project.name}: no fault, {len(notes)} note(s)." if notes else f"{project.name}: no fault.")
