"""`accord erase`: remove what is known of a person or thing, for good."""

import shlex

import click

from accord.cli import exits
from accord.cli.context import Session, pass_session
from accord.cli.hub import run
from accord.core.wording import counted
from accord.runtime.hub import Hub
from accord.runtime.people.erase import Erasing, erase as erase_it, plan_erasing

__all__ = ["erase"]

_WAIT_S = 30.0


@click.command
@click.argument("target", metavar="RECORD|GOLDEN")
@click.option("--everywhere", is_flag=True, help="Delete its records in their systems first.")
@click.option("--plan", is_flag=True, help="Only tell what would be removed.")
@click.option("--yes", is_flag=True, help="Do it. It can not be undone.")
@pass_session
def erase(session: Session, target: str, *, everywhere: bool, plan: bool, yes: bool) -> int:
    """Remove the values of a golden record (named by its id, or by one of its records: system.Type/id) from everything
    that Accord keeps: all layers, match keys, history, dead letters, reviews, decisions, reports of runs. The store is
    written anew, so that no byte of them is left in its files.

    A keyed hash of each record stays, so that it is not read in again (it counts as *excluded: erased*), also after a
    restore from an older backup. The systems keep their records unless --everywhere deletes them first; what can not be
    deleted at once is deleted, and then erased, by later runs of sync.

    Without --yes it tells what would be removed and ends with code 4; code 5 when records are still to be deleted.

    \b
        accord erase crm.Contacts/42 --plan
        accord erase crm.Contacts/42 --yes
        accord erase crm.Contacts/42 --everywhere --yes
    """
    if plan and yes:
        raise click.UsageError("--plan and --yes: give one of them.")

    async def act(hub: Hub) -> Erasing:
        if yes:
            return await erase_it(hub, target, everywhere=everywhere)
        return await plan_erasing(hub, target, everywhere=everywhere)

    told = run(session, act, readonly=not yes, offline=not everywhere, wait_s=_WAIT_S)
    if session.json:
        session.data(told)
    else:
        _show(session, told, yes=yes)
        if not (yes or plan):
            more = " --everywhere" if everywhere else ""
            session.hint(f"Nothing was removed. To do it: accord erase {shlex.quote(target)}{more} --yes")
    if not yes:
        return exits.DONE if plan else exits.WAITS
    return exits.DONE if told.done else exits.PARTLY


def _show(session: Session, told: Erasing, *, yes: bool) -> None:
    session.say(
        f"{'Erased' if told.done else 'To be erased'}: {told.golden or 'a record without a golden record'}"
    )
    for record in told.records:
        also = ", which is deleted in its system first" if record in told.deletes and not told.done else ""
        session.say(f"  {record}{also}")
    parts = [
        counted(told.events, "line of history", "lines of history"),
        counted(len(told.reviews), "review"),
        counted(told.decisions, "decision"),
    ]
    session.say(f"  with {', '.join(parts)}")
    if told.referred:
        others = counted(told.referred, "other golden record")
        session.say(
            f"  {others} that refer to it keep what stands in their systems; the reference is carried no more"
        )
    for record, why in told.left.items():
        session.say(f"  not deleted yet: {record}: {why}")
    if yes and not told.done:
        session.hint("Nothing was erased yet: accord sync goes on with it, and erases when all are deleted.")
    if told.done:
        session.hint(
            "Backups and plan files of before hold its values still. `accord restore` erases them again; delete plan "
            "files."
        )
