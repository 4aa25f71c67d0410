"""`accord history`: what happened to a record, or in a run."""

from collections.abc import Iterator

import click

from accord.cli.context import Session, pass_session
from accord.cli.hub import run
from accord.cli.times import clock, shown
from accord.core.state import Event
from accord.runtime.books.explain import history as history_of

__all__ = ["history"]


@click.command
@click.argument("target", required=False, default="")
@click.option(
    "--run", "run_number", type=int, metavar="N", help="Only what run N did; `accord status` lists runs."
)
@click.option(
    "--limit", type=click.IntRange(1), default=200, show_default=True, help="So many of the newest events."
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
        for line in _lines(event):
            session.say(line)
    if not events:
        session.say("Nothing has happened there.")


def _lines(event: Event) -> Iterator[str]:
    """What happened, on one line; of a create each property's value on a line of its own below it."""
    parts = event.value if isinstance(event.value, dict) and not event.property else None
    where = f"{event.record} {event.property}".strip() or event.golden
    value = f": {shown(event.value)}" if event.has_value and parts is None else ""
    before = f" (before: {shown(event.before)})" if event.before is not None else ""
    rule = f" [{event.rule}]" if event.rule else ""
    yield f"{clock(event.at_us)}  run {event.run}  {event.kind:<14} {where}{value}{before}{rule}"
    for name, part in (parts or {}).items():
        yield f"      {name} = {shown(part)}"
