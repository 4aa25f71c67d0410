"""`accord history`: what happened to a record, or in a run."""

import click

from accord.cli.context import Session, pass_session
from accord.cli.hub import run
from accord.cli.times import clock, shown
from accord.core.state import Event
from accord.runtime.explain import history as history_of

__all__ = ["history"]


@click.command
@click.argument("target", required=False, default="")
@click.option(
    "--run", "run_number", type=int, metavar="N", help="Only what run N did; `accord status` lists runs."
)
@click.option(
    "--limit", type=click.IntRange(1), default=200, show_default=True, help="So many of the newest lines."
)
@pass_session
def history(session: Session, target: str, run_number: int | None, limit: int) -> None:
    """List what happened, oldest first: to a record (TARGET: system.Type/id), to a golden record (its id), in a run, or
    all of it. Values that lost or were replaced are shown. No system is called.

    \b
        accord history crm.Contacts/42
        accord history --run 7 --json
    """
    events = run(session, lambda hub: history_of(hub, target, run=run_number, limit=limit), readonly=True)
    if session.json:
        session.data(events)
        return
    for event in events:
        session.say(_line(event))
    if not events:
        session.say("Nothing has happened there.")


def _line(event: Event) -> str:
    where = f"{event.record} {event.property}".strip() or event.golden
    value = f": {shown(event.value)}" if event.has_value else ""
    before = f" (before: {shown(event.before)})" if event.before is not None else ""
    rule = f" [{event.rule}]" if event.rule else ""
    return f"{clock(event.at_us)}  run {event.run}  {event.kind:<14} {where}{value}{before}{rule}"
