"""`accord history`: what happened to a record, or in a run."""

import click

from accord.cli.context import Session, pass_session
from accord.cli.hub import run
from accord.cli.times import clock, shown
from accord.core.state import Event
from accord.runtime.hub import Hub

__all__ = ["history"]


@click.command()
@click.argument("target", required=False)
@click.option("--run", "run_number", type=int, help="What this run did.")
@click.option(
    "--limit", type=int, default=200, show_default=True, help="At most so many of the newest lines."
)
@pass_session
def history(session: Session, target: str | None, run_number: int | None, limit: int) -> None:
    """List what happened: to a record (system.Type/id), to a golden record, in a run, or all of it; oldest first."""

    async def read(hub: Hub) -> list[Event]:
        async with hub.store.transaction(dry=True) as tx:
            record = target if target and "/" in target else None
            golden = target if target and record is None else None
            return await tx.history(golden=golden, record=record, run=run_number, limit=limit)

    events = run(session, read, readonly=True)
    if session.json:
        session.data(events)
        return
    for event in events:
        where = f"{event.record} {event.property}".strip() or event.golden
        value = f": {shown(event.value)}" if event.has_value else ""
        before = f" (before: {shown(event.before)})" if event.before is not None else ""
        session.say(f"{clock(event.at_us)}  run {event.run}  {event.kind:<14} {where}{value}{before}")
    if not events:
        session.say("Nothing has happened there.")
