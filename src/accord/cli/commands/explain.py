"""`accord explain`: why a value is here, and why something is not there."""

import click

from accord.cli.context import Session, pass_session
from accord.cli.hub import run
from accord.cli.show_chases import chase_remedy, chase_text
from accord.cli.show_towards import show_toward
from accord.cli.times import clock, shown
from accord.core.wording import counted
from accord.runtime.books.explain import Explained, ReviewState, ValueState, explain as explain_it

__all__ = ["explain"]

_LINES = 10
_HOW = {"first_link": "at a first link", "edit": "edited there", "picked": "picked"}
_REMEDIES = {
    "cluster": "Merge or correct them in their system; a review whose reason is gone closes itself.",
    "veto": "Correct the property that differs, if they are the same; else nothing is to be done.",
    "merge": "Merge them in their system, if they are the same.",
    "propose": "Correct what should be equal, if they are the same.",
    "restore": "Once their values tell which of them are the same, it closes itself.",
    "create": "Look in the system whether the record was made; if so, it is linked as soon as it can be told.",
}


@click.command
@click.argument("target")
@click.argument("property_", metavar="[PROPERTY]", default="")
@click.option("--in", "place", default="", metavar="SYSTEM|TYPE", help="Only why it is, or is not, there.")
@pass_session
def explain(session: Session, target: str, property_: str, place: str) -> None:
    """Tell all about a record (TARGET: system.Type/id), a golden record (its id), or one PROPERTY of it.

    For every value: where it comes from and since when, what each system shows, who lost. For every system: whether
    there is a record; if not, why; what is pending or held. A record in review names the others, the rule and the
    reason. Values are shown; no system is called.

    \b
        accord explain crm.Contacts/42 --in erp   why is it not in the ERP, and what would make it flow?
        accord explain crm.Contacts/42            all about it
        accord explain crm.Contacts/42 phone      where does this number come from?
    """
    told = run(session, lambda hub: explain_it(hub, target, property_, place=place), readonly=True)
    if session.json:
        session.data(told)
        return
    project = session.project() if any(why.setting for toward in told.towards for why in toward.why) else None
    if not place:
        _show(session, told)
        if property_:
            return
        session.say()
    elif told.record:
        session.say(f"{told.record}: {told.state}")
    for toward in told.towards:
        show_toward(session, toward, project)


def _show(session: Session, told: Explained) -> None:
    if told.record:
        session.say(f"{told.record}: {told.state}")
    for review in told.reviews:
        _show_review(session, review)
    if not told.golden:
        return
    session.say(f"golden record {told.golden} ({told.concept}, {told.life})")
    for event in told.linked:
        why = f" by rule {event.rule}" if event.rule else ""
        session.say(f"  {clock(event.at_us)}  {event.kind} {event.record}{why}")
    if told.pruned_us is not None:
        session.say(f"  (what happened before {clock(told.pruned_us)} is not kept any more)")
    for record in told.records:
        session.say(f"  {record.record}: {record.life}")
        for pending in record.pending:
            session.say(f"      to be written, {pending}")
        for hold in record.holds:
            session.say(f"      not written, {hold}")
    for chase in told.chases:
        session.say(f"  {chase_text(chase)}")
        session.hint(f"      {chase_remedy(chase)}")
    for value in told.values:
        _show_value(session, value)


def _show_review(session: Session, review: ReviewState) -> None:
    by = f" by {review.rule}" if review.rule else ""
    session.say(f"  review {review.id} ({review.kind}{by}), since {clock(review.since_us)}: {review.reason}")
    for other in review.others:
        session.say(f"      with {other}")
    if review.kind in _REMEDIES:
        session.hint(f"      {_REMEDIES[review.kind]} Or decide: accord review {review.id}")


def _show_value(session: Session, value: ValueState) -> None:
    session.say()
    origin = f"from {value.origin}, {clock(value.since_us)}" if value.origin else "nobody has said"
    how = f", {_HOW.get(value.how, value.how)}" if value.how else ""
    rule = f", rule {value.rule}" if value.rule else ""
    session.say(f"  {value.property} = {shown(value.value)}   ({origin}{how}{rule})")
    if value.question:
        session.say(f"      a person has to decide: {value.question}")
    for record, raw in sorted(value.shown.items()):
        why = value.unreadable.get(record, "")
        session.say(f"      {record} shows {shown(raw)}" + (f", which says nothing: {why}" if why else ""))
    if len(value.history) > _LINES:
        older = len(value.history) - _LINES
        session.say(f"      {counted(older, 'older line')}: --json shows all")
    for event in value.history[-_LINES:]:
        before = f" (before: {shown(event.before)})" if event.before is not None else ""
        session.say(f"      {clock(event.at_us)}  {event.kind} {event.record}: {shown(event.value)}{before}")
