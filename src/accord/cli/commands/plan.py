"""`accord plan`: what a sync would do, before it does anything."""

from pathlib import Path

import click
import msgspec

from accord.cli import exits
from accord.cli.context import Session, pass_session
from accord.cli.hub import run
from accord.cli.show_plan import show_plan
from accord.runtime.plan import make_plan

__all__ = ["plan"]


@click.command()
@click.option(
    "--out", type=click.Path(path_type=Path), help="Keep the plan in a file, for `accord sync --plan`."
)
@click.option("--full", is_flag=True, help="List every write, not only the counts.")
@pass_session
def plan(session: Session, out: Path | None, full: bool) -> int:
    """Read the systems and show exactly what a sync would do now: links, creates, updates, deletes, overwrites with
    samples, calls per system, and what a person has to look at. Nothing is written anywhere.

    Exit code 5 when a system could not be read: the plan is then not complete.
    """
    made = run(session, lambda hub: make_plan(hub, progress=session.progress()))
    if out is not None:
        out.write_bytes(msgspec.json.format(msgspec.json.encode(made), indent=1))
    if session.json:
        session.data(made)
    else:
        show_plan(session, made, full=full)
        if out is not None:
            session.say(f"Kept in {out}. To do just this: accord -C {session.folder} sync --plan {out}")
    return exits.PARTLY if made.errors else exits.DONE
