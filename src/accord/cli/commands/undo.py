"""`accord undo`: put back what was written."""

import click

from accord.cli import exits
from accord.cli.context import Session, pass_session
from accord.cli.hub import run
from accord.cli.person import person_name
from accord.cli.times import shown
from accord.core.wording import counted
from accord.runtime.people.undo import Restore, UndoPlan, plan_undo, undo as undo_it

__all__ = ["undo"]

_LINES = 20
_WAIT_S = 30.0


@click.command
@click.argument("target", metavar="RUN|RECORD|GOLDEN")
@click.argument("property_", metavar="[PROPERTY]", default="")
@click.option(
    "--plan", "only_plan", is_flag=True, help="Only show what would be put back, and what can not be."
)
@click.option(
    "--everywhere", is_flag=True, help="Put the old value back where it came from too: no question is left."
)
@pass_session
def undo(session: Session, target: str, property_: str, *, only_plan: bool, everywhere: bool) -> int:
    """Undo what was written: in a RUN (its number), or last to a record (system.Type/id), to a golden record (its id),
    or to one PROPERTY of these.

    A value is put back where it is still the one that was written; the rest is listed with the reason. The property is
    then a conflict between what was put back and what its origin says, held until a person picks (`accord conflicts`);
    with --everywhere the old value wins at once. A record that was created is deleted, under the guards; one that was
    deleted is created again from what was kept of it. The next sync does it. No system is called.

    \b
        accord undo 12 --plan
        accord undo 12
        accord undo erp.Contact/17 phone --everywhere
    """
    if only_plan:
        plan = run(
            session,
            lambda hub: plan_undo(hub, target, property_, everywhere=everywhere),
            readonly=True,
            offline=True,
        )
    else:
        by = person_name()
        plan = run(
            session,
            lambda hub: undo_it(hub, target, property_, everywhere=everywhere, by=by),
            wait_s=_WAIT_S,
            offline=True,
        )
    if session.json:
        session.data(plan)
    else:
        _show(session, plan, only_plan=only_plan)
    return exits.DONE if plan.restores else exits.PARTLY


def _show(session: Session, plan: UndoPlan, *, only_plan: bool) -> None:
    verb = "Would be undone" if only_plan else "Undone"
    session.say(f"{verb}: {counted(len(plan.restores), 'write')}")
    for restore in plan.restores[:_LINES]:
        session.say(f"    {_line(restore)}")
    if len(plan.restores) > _LINES:
        session.say(f"    and {len(plan.restores) - _LINES} more: --json shows all")
    if plan.cannot:
        session.say(f"Left as it is: {len(plan.cannot)}")
    for left in plan.cannot[:_LINES]:
        session.say(f"    {left.record} {left.property}".rstrip() + f": {left.reason}")
    if len(plan.cannot) > _LINES:
        session.say(f"    and {len(plan.cannot) - _LINES} more: --json shows all")
    if plan.restores and not only_plan:
        session.hint("The next sync does it: accord sync")
        if any(restore.what == "value" for restore in plan.restores) and not plan.everywhere:
            session.hint("Until a person picks, both values stand: accord conflicts")


def _line(restore: Restore) -> str:
    if restore.what == "delete":
        return f"{restore.record}: deleted, for it was created"
    if restore.what == "create":
        note = f"; {restore.note}" if restore.note else ""
        return f"{restore.record}: created again, under a new id{note}"
    return f"{restore.record} {restore.property}: {shown(restore.now)} -> {shown(restore.back)}"
