"""`accord explain`: why a value is here, and why something is not there."""

import click

from accord.cli.context import Session, pass_session
from accord.cli.hub import run
from accord.cli.times import clock, shown
from accord.runtime.explain import Explained, ValueState, explain as explain_it

__all__ = ["explain"]


@click.command()
@click.argument("target")
@click.argument("property_", metavar="[PROPERTY]", default="")
@pass_session
def explain(session: Session, target: str, property_: str) -> None:
    """Tell all about a record (TARGET: system.Type/id, or the id of a golden record), or about one PROPERTY of it.

    For every value: where it comes from and since when, what each system shows, who lost. For every system: whether
    there is a record, and if not, why, and what is pending or held. Values are shown; no system is called.
    """
    told = run(session, lambda hub: explain_it(hub, target, property_), readonly=True)
    if session.json:
        session.data(told)
    else:
        _show(session, told)


def _show(session: Session, told: Explained) -> None:
    if told.record and told.state:
        session.say(f"{told.record}: {told.state}")
    for review in told.reviews:
        session.say(f"in review {review}: a person has to look")
    if not told.golden:
        return
    session.say(f"golden record {told.golden} ({told.concept}, {told.life})")
    for event in told.linked:
        why = f" by rule {event.rule}" if event.rule else ""
        session.say(f"  {clock(event.at_us)}  {event.kind} {event.record}{why}")
    for record in told.records:
        session.say(f"  {record.record}: {record.life}")
        for pending in record.pending:
            session.say(f"      pending {pending}")
        for hold in record.holds:
            session.say(f"      not written, {hold}")
    for value in told.values:
        _show_value(session, value)


def _show_value(session: Session, value: ValueState) -> None:
    session.say()
    origin = f"from {value.origin}, {clock(value.since_us)}" if value.origin else "nobody has said"
    session.say(f"  {value.property} = {shown(value.value)}   ({origin})")
    if value.question:
        session.say(f"      a person has to decide: {value.question}")
    for record, raw in sorted(value.shown.items()):
        session.say(f"      {record} shows {shown(raw)}")
    for event in value.history[-10:]:
        before = f" (before: {shown(event.before)})" if event.before is not None else ""
        session.say(f"      {clock(event.at_us)}  {event.kind} {event.record}: {shown(event.value)}{before}")
