"""`accord deadletters`, `accord retry`: writes that a system refused, and how they flow again."""

import click

from accord.cli.context import Session, pass_session
from accord.cli.hub import run
from accord.cli.times import clock
from accord.core.wording import counted
from accord.runtime.books.dead_letters import DeadLetter, dead_letters, one_dead_letter, retry as retry_them
from accord.runtime.hub import Hub

__all__ = ["deadletters", "retry"]

_WAIT_S = 30.0


@click.command
@click.argument("which", metavar="[ID|RECORD|TYPE]", default="")
@pass_session
def deadletters(session: Session, which: str) -> None:
    """List the writes that a system refused or ignored: its own words, the property, where a value comes from and what
    would make it flow. One of them (its ID), those of a record (system.Type/id), of an entity type, or all.

    A dead letter holds only the property it names, or the record where it names none. It is tried again when the
    value, the record or the configuration changes; `accord retry` tries it as it is. No system is called.

    \b
        accord deadletters
        accord deadletters erp.Contact/17
        accord deadletters --json | jq '.[] | {record, property, message}'
    """

    async def act(hub: Hub) -> list[DeadLetter]:
        async with hub.store.transaction(dry=True) as tx:
            return await (one_dead_letter(hub, tx, which) if which else dead_letters(hub, tx))

    letters = run(session, act, readonly=True)
    if session.json:
        session.data(letters)
        return
    for letter in letters:
        of = f" {letter.property}" if letter.property else ""
        session.say(f"{letter.id}  {letter.record}{of}: {letter.kind} {_how(letter)}, {clock(letter.at_us)}")
        session.say(f"    {letter.message}")
        session.hint(f"    {letter.remedy}")
    if not letters:
        session.say("No write is refused.")


def _how(letter: DeadLetter) -> str:
    if letter.denied:
        return "not permitted"
    return "refused, a swap" if letter.swap else "refused"


@click.command
@click.argument("which", nargs=-1, metavar="[ID|RECORD|TYPE]...")
@click.option("--all", "all_", is_flag=True, help="Every dead letter.")
@pass_session
def retry(session: Session, which: tuple[str, ...], *, all_: bool) -> None:
    """Let refused writes be sent again by the next sync, as they are: when the system has changed its mind and nothing
    that Accord can see tells so.

    \b
        accord retry 3f9a1c02
        accord retry erp.Contact/17
        accord retry erp.Contact
        accord retry --all && accord sync
    """
    if bool(which) == all_:
        raise click.UsageError("Name dead letters, records or entity types; or give --all.")
    freed = run(session, lambda hub: retry_them(hub, which), offline=True, wait_s=_WAIT_S)
    if session.json:
        session.data(freed)
        return
    for letter in freed:
        of = f" {letter.property}" if letter.property else ""
        session.say(f"{letter.id}  {letter.record}{of}")
    if freed:
        session.hint(f"{counted(len(freed), 'write')} will be sent again. The next sync does it: accord sync")
    else:
        session.say("No write is refused.")
