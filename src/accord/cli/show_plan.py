"""A plan as people read it."""

from accord.cli.context import Session
from accord.cli.show_pauses import pause_text
from accord.cli.show_reviews import reviews_text
from accord.cli.show_sync import alarm_text, show_unread
from accord.cli.tables import print_counts
from accord.cli.times import shown
from accord.core.wording import counted
from accord.runtime.runs.plan import Plan

__all__ = ["show_plan"]

_COLUMNS = ("entity type", "read", "linked", "held", "creates", "updates", "deletes")


def show_plan(session: Session, plan: Plan, *, full: bool = False) -> None:
    """Print counts per entity type, what would be lost, what waits for a person, and with `full` every write."""
    if session.quiet:
        return
    counts = (plan.records, plan.linked, plan.held, plan.creates, plan.updates, plan.deletes)
    keys = sorted({*plan.records, *plan.linked, *plan.creates, *plan.updates, *plan.deletes})
    rows = [(key, *(f"{part.get(key, 0):,}" for part in counts)) for key in keys]
    print_counts(session.out, f"Plan for {plan.project}", _COLUMNS, rows)
    show_unread(session, plan.errors)
    _pauses(session, plan)
    for key, count in sorted(plan.pulled.items()):
        session.say(
            f"Pulled in {key}: {count:,} of the creates, for something synchronised there refers to them"
        )
    for name, count in plan.not_carried.items():
        session.say(f"Not carried {name}: {count:,}, for no record there will stand for what is referred to")
    _losses(session, plan)
    if plan.calls:
        calls = ", ".join(f"{count:,} to {system}" for system, count in sorted(plan.calls.items()))
        session.say(f"Calls that write: about {calls}")
    for system, spent in sorted(plan.budgets.items()):
        count = plan.run_calls.get(system, 0)
        told = (
            f"{system}: about {count:,} calls in all; {spent.left:,} of {spent.per_day:,} are left for today"
        )
        more = count - spent.left
        days = -(-more // spent.per_day)
        session.say(f"{told}; the rest takes {counted(days, 'day')} more" if more > 0 else told)
    if text := reviews_text(plan.reviews):
        session.say(text)
    if plan.questions:
        differ = counted(plan.questions, "value differs", "values differ")
        session.hint(
            f"Undecided: {differ}, and nothing says which one stays: a `priority`, or a person, by accord conflicts"
        )
    for alarm in plan.alarms:
        session.say(f"GUARD {alarm_text(alarm)}; confirming this plan approves it")
    if full:
        for write in plan.writes:
            which = f"{write.mapping}/{write.id}" if write.id else f"{write.mapping} for {write.golden}"
            session.say(f"{write.kind} {which}: {', '.join(write.properties)}")
    if plan.empty:
        session.say("The plan is not complete." if plan.errors else "Nothing to write.")


def _pauses(session: Session, plan: Plan) -> None:
    """Each pause once, with the mappings where nothing is planned because of it."""
    for pause in dict.fromkeys(plan.paused.values()):
        keys = ", ".join(key for key, each in plan.paused.items() if each == pause)
        session.hint(pause_text(pause))
        session.hint(f"    Nothing is planned for {keys}. Go on with: accord resume {pause.scope}")


def _losses(session: Session, plan: Plan) -> None:
    for title, counts in (("Overwrites", plan.overwrites), ("Blankings", plan.blanks)):
        for name, count in counts.items():
            session.say(f"{title} {name}: {count:,}")
            for sample in plan.samples:
                if sample.property == name:
                    session.say(f"    {sample.record}: {shown(sample.now)} -> {shown(sample.then)}")
