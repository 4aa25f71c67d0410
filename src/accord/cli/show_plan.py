"""A plan as people read it."""

from rich.table import Table

from accord.cli.context import Session
from accord.cli.times import shown
from accord.runtime.plan import Plan

__all__ = ["show_plan"]


def show_plan(session: Session, plan: Plan, *, full: bool = False) -> None:
    """Print counts per entity type, what would be lost, what waits for a person, and with `full` every write."""
    if session.quiet:
        return
    table = Table(title=f"Plan for {plan.project}", title_justify="left")
    columns = ("entity type", "read", "linked", "in review", "creates", "updates", "deletes")
    for name in columns:
        table.add_column(name, justify="left" if name == "entity type" else "right")
    keys = sorted({*plan.records, *plan.linked, *plan.creates, *plan.updates, *plan.deletes})
    for key in keys:
        counts = (plan.records, plan.linked, plan.held, plan.creates, plan.updates, plan.deletes)
        table.add_row(key, *(f"{part.get(key, 0):,}" for part in counts))
    session.out.print(table)
    for mapping, error in plan.errors.items():
        session.say(f"NOT READ {mapping}: {error}")
    _losses(session, plan)
    for system, calls in sorted(plan.calls.items()):
        session.say(f"Calls to {system}: about {calls:,}")
    for kind, count in sorted(plan.reviews.items()):
        session.say(f"For a person to look at: {count:,} ({kind})")
    if plan.questions:
        session.say(f"Undecided: {plan.questions:,} values differ and no priority of systems is set")
    for alarm in plan.alarms:
        name = f" of {alarm.name}" if alarm.name else ""
        session.say(
            f"GUARD {alarm.mapping}: {alarm.count:,} of {alarm.of:,}: {alarm.what}{name}; confirming approves it"
        )
    if full:
        for write in plan.writes:
            session.say(
                f"{write.kind} {write.mapping}/{write.id or write.golden}: {', '.join(write.properties)}"
            )
    if plan.empty:
        session.say("Nothing to write.")


def _losses(session: Session, plan: Plan) -> None:
    for title, counts in (("Overwrites", plan.overwrites), ("Blankings", plan.blanks)):
        for name, count in counts.items():
            session.say(f"{title} {name}: {count:,}")
            for sample in plan.samples:
                if sample.property == name:
                    session.say(f"    {sample.record}: {shown(sample.now)} -> {shown(sample.then)}")
