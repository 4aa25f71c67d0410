"""`accord plan`: what a sync would do, before it does anything."""

import shlex
from pathlib import Path

import click

from accord.cli import exits
from accord.cli.context import Session, pass_session
from accord.cli.hub import run
from accord.cli.plan_files import writable, write_plan
from accord.cli.show_plan import show_plan
from accord.runtime.runs.plan import make_plan

__all__ = ["plan"]


@click.command
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Keep the plan in a file, for `accord sync --plan`. It holds samples of values.",
)
@click.option("--full", is_flag=True, help="List every write, not only the counts.")
@pass_session
def plan(session: Session, out: Path | None, full: bool) -> int:
    """Read the systems and show what a sync would do now: links, creates, updates, deletes, overwrites with samples,
    calls per system, and what a person has to look at. Nothing is written to any system.

    What was read is kept, so that `accord sync --plan` goes on from there; under a configuration that was never
    confirmed nothing is kept, and the sync reads again. Exit code 5 when a system could not be read: the plan is then
    not complete.

    \b
        accord plan --full
        accord plan --out plan.json && accord sync --plan plan.json
    """
    if out is not None:
        writable(out)
    made = run(session, make_plan)
    if out is not None:
        write_plan(made, out)
    if session.json:
        session.data(made)
    else:
        show_plan(session, made, full=full)
    if out is not None:
        session.hint(f"Kept in {out}. To do just this: accord sync --plan {shlex.quote(str(out))}")
        if not made.kept:
            session.say(
                "The configuration is not confirmed yet, so what was read is not kept: the sync reads again."
            )
    return exits.PARTLY if made.errors else exits.DONE
