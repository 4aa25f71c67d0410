"""`accord pause`, `accord resume`, `accord hint`: leave a system alone, go on with it, say what to read again."""

from datetime import datetime

import click

from accord.cli.context import Session, pass_session
from accord.cli.hub import run
from accord.cli.lengths import Length
from accord.cli.person import person_name
from accord.cli.show_pauses import pause_text
from accord.cli.times import clock
from accord.core.wording import counted
from accord.runtime.hub import Hub
from accord.runtime.pauses import Pause
from accord.runtime.people.pause import hint as hint_at, pause as pause_it, pauses_of, resume as resume_it
from accord.runtime.people.thaw import thaw_properties
from accord.runtime.steps.restored_system import Keep
from accord.runtime.targets import is_record

__all__ = ["hint", "pause", "resume"]

_WAIT_S = 30.0
"""How long a command waits for a run that is under way."""


class _Moment(click.ParamType[int]):
    """A moment: 2026-05-31, 2026-05-31T18:00 (local time), or with a zone."""

    name = "moment"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        try:
            return round(datetime.fromisoformat(str(value)).astimezone().timestamp() * 1e6)
        except (ValueError, OverflowError):
            self.fail(
                f"{str(value)!r} is no moment; write 2026-05-31 or 2026-05-31T18:00.",
                param,
                ctx,
            )


@click.command
@click.argument("scope", metavar="[SYSTEM|TYPE]", default="")
@click.option(
    "--until", "until_us", type=_Moment(), metavar="TIME", help="It ends by itself then (local time)."
)
@click.option(
    "--for", "for_s", type=Length(), metavar="TIME", help="It ends by itself after 90s, 30m, 2h, 1d."
)
@click.option("--why", default="", metavar="TEXT", help="Shown wherever the pause is.")
@click.option("--unread", is_flag=True, help="Do not read it either: leave it alone altogether.")
@pass_session
def pause(
    session: Session, scope: str, until_us: int | None, for_s: float | None, why: str, *, unread: bool
) -> None:
    """Write nothing to a system, or to one entity type, until it is resumed. It is read meanwhile, and what people edit
    there flows to the others. Without a scope: list what is paused.

    \b
        accord pause erp --for 2h --why "closing the month"
        accord pause crm.Contacts --until 2026-05-31T18:00
        accord pause shop --unread                         it is being moved: no call at all
        accord pause                                       what is paused?
    """
    if until_us is not None and for_s is not None:
        raise click.UsageError("--until and --for: give one of them.")
    if not scope:
        if until_us is not None or for_s is not None or why or unread:
            raise click.UsageError("Name the system or entity type to pause.")
        _list(session, run(session, pauses_of, readonly=True))
        return

    async def act(hub: Hub) -> Pause:
        return await pause_it(
            hub, scope, why=why, until_us=until_us, for_s=for_s, reads=not unread, by=person_name()
        )

    made = run(session, act, wait_s=_WAIT_S, offline=True)
    if session.json:
        session.data(made)
        return
    session.hint(pause_text(made))
    session.hint(f"Go on with: accord resume {made.scope}")


@click.command
@click.argument("scope", metavar="SYSTEM|TYPE|RECORD[:PROPERTY]")
@click.option(
    "--accept", is_flag=True, help="What made a guard pause it is right from now on: another account."
)
@click.option(
    "--keep",
    type=click.Choice(["hub", "system"]),
    help="Of a system that was restored from a backup: write anew what was lost, or take what is there as edits.",
)
@pass_session
def resume(session: Session, scope: str, *, accept: bool, keep: Keep | None) -> None:
    """Go on with a system or an entity type that is paused, whoever paused it: what was held is written by the next
    sync. What a guard paused is looked at anew, and paused again where its reason still stands. A property that is
    frozen, because what is written there is undone again and again (accord status), is written again.

    \b
        accord resume erp
        accord resume crm.Contacts/42:phone    what undid it was found and ended
        accord resume crm --accept         the account was changed on purpose
        accord resume erp --keep hub       it was restored from a backup: write anew what was lost
    """

    if is_record(scope):
        if accept or keep:
            raise click.UsageError("--accept and --keep are for what a guard paused, not for a record.")
        _thaw(session, scope)
        return

    async def act(hub: Hub) -> list[Pause]:
        return await resume_it(hub, scope, accept=accept, keep=keep)

    ended = run(session, act, wait_s=_WAIT_S, offline=True)
    if session.json:
        session.data(ended)
        return
    for each in ended:
        why = each.why.partition(". ")[0]
        session.say(f"{each.scope} goes on (paused since {clock(each.at_us)}: {why}).")
    session.hint("What was held is written by the next sync: accord sync")


@click.command
@click.argument("scope", metavar="SYSTEM|TYPE")
@click.argument("ids", metavar="[ID]...", nargs=-1)
@pass_session
def hint(session: Session, scope: str, ids: tuple[str, ...]) -> None:
    """Say that something may have happened to records: the next sync reads them by their ids, whatever a listing tells.
    Nothing is believed but what is read then. Without ids the whole entity type, or system, is listed anew.

    This is what a webhook calls; one that gets lost does no harm, for every sync reads what has changed.

    \b
        accord hint crm.Contacts 42 43
        accord hint erp                      after an import there
    """

    async def act(hub: Hub) -> int:
        return await hint_at(hub, scope, ids)

    count = run(session, act, wait_s=_WAIT_S, offline=True)
    if session.json:
        session.data({"scope": scope, "ids": list(ids), "reads": count})
    elif ids:
        session.hint(f"{counted(len(ids), 'record')} of {scope} will be read by the next sync: accord sync")
    else:
        session.hint(f"All of {scope} will be listed anew by the next sync: accord sync")


def _thaw(session: Session, target: str) -> None:
    thawed = run(session, lambda hub: thaw_properties(hub, target), wait_s=_WAIT_S, offline=True)
    if session.json:
        session.data(thawed)
        return
    for chase in thawed:
        session.say(f"{chase.name} goes on.")
    session.hint("What was held is written by the next sync: accord sync")


def _list(session: Session, found: list[Pause]) -> None:
    if session.json:
        session.data(found)
        return
    for each in found:
        session.hint(pause_text(each))
    if not found:
        session.say("Nothing is paused.")
