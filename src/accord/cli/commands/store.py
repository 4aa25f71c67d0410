"""`accord store copy`: the state from one store to another."""

import asyncio

import click

from accord.cli.context import Session, pass_session
from accord.core.wording import counted
from accord.project_store import copy_project_store

__all__ = ["store"]

_WAIT_S = 30.0


@click.command
@click.argument("action", type=click.Choice(["copy"]), metavar="copy")
@click.argument("from_", metavar="FROM")
@click.argument("to", metavar="TO")
@click.option("--over", is_flag=True, help="Also over a state that is there: it is replaced.")
@pass_session
def store(session: Session, action: str, from_: str, to: str, *, over: bool) -> None:  # noqa: ARG001 (there is one)
    """Copy the state of the project: all of it, from FROM to TO, each the path of an SQLite file or the address of a
    PostgreSQL database. TO appears when it is whole: every table is read back from there and compared. Nobody works
    with either meanwhile; FROM stays as it is.

    The schema in the database is accord_NAME, after the project, unless ?schema= names another one; the password comes
    from PGPASSWORD or ~/.pgpass, or from where accord.yaml says that it is.

    \b
        accord store copy .accord/state.db postgresql://accord@localhost/accord
        accord store copy postgresql://accord@localhost/accord backups/state.db
    """
    project = session.project()
    try:
        copied = asyncio.run(
            copy_project_store(project, from_, to, over=over, wait_s=_WAIT_S, tell=session.progress())
        )
    finally:
        session.end_progress()
    if session.json:
        session.data({"from": copied.source, "to": copied.target, "rows": copied.rows, "total": copied.total})
        return
    session.say(f"Copied {counted(copied.total, 'row')} to {copied.target}, and found them the same there.")
    if not copied.theirs:
        session.say(f"The project works with it when accord.yaml says so: store: {to}")
