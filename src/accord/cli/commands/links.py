"""`accord links`: decisions about pairs of records, and links as a file."""

import sys
from io import StringIO
from pathlib import Path
from typing import IO

import click

from accord.cli.context import Session, pass_session
from accord.cli.hub import run
from accord.cli.person import person_name
from accord.cli.show_reviews import decision_text, show_effect
from accord.core.wording import counted
from accord.runtime.hub import Hub
from accord.runtime.people.decide import Verdict, decide, split_verdicts, withdraw
from accord.runtime.people.links import all_decisions, export_links, import_links
from accord.runtime.people.review import Effect, effect_of

__all__ = ["links"]

_WAIT_S = 30.0
_ACTIONS = ("list", "export", "import", "link", "refuse", "split", "withdraw")


@click.command
@click.argument("action", type=click.Choice(_ACTIONS), metavar="ACTION")
@click.argument("names", metavar="[RECORD]... | [FILE]", nargs=-1)
@click.option("--restore", is_flag=True, help="With split: give back what linking had written over (L8).")
@click.option("--plan", "plans", is_flag=True, help="Only tell what would follow, keep nothing.")
@pass_session
def links(session: Session, action: str, names: tuple[str, ...], *, restore: bool, plans: bool) -> None:
    """Decide about records that are in no review; keep links and decisions in a file.

    \b
        accord links link crm.Contacts/3 erp.Contact/7       they are one thing
        accord links refuse crm.Contacts/3 erp.Contact/8     they are not, whatever they share
        accord links split erp.Contact/7 --restore           it is linked, and is another thing than the rest
        accord links withdraw crm.Contacts/3 erp.Contact/8   take the decision about them back
        accord links list                                    all decisions
        accord links export links.jsonl                      golden records and decisions, a line of JSON each
        accord links import links.jsonl                      link by them, here or in another store

    Decisions beat every match rule and hold until they are withdrawn. Nothing is written before the next sync; --plan
    shows what would be.
    """
    if plans and action in ("list", "export"):
        raise click.UsageError(f"--plan: {action} keeps nothing in the store anyhow.")
    if restore and action != "split":
        raise click.UsageError("--restore: only `split` takes it.")
    if names and action == "list":
        raise click.UsageError("list: it takes no names, and lists all decisions.")
    if action in ("export", "import") and len(names) != 1:
        raise click.UsageError(f"{action}: name one file.")
    if action == "list":
        _list(session)
    elif action == "export":
        _export(session, names[0])
    elif action == "import":
        _import(session, names[0], dry=plans)
    else:
        if len(names) < (1 if action == "split" else 2):
            raise click.UsageError(
                f"{action}: name {'a record' if action == 'split' else 'two records or more'}."
            )
        if action == "withdraw" and len(names) != 2:
            raise click.UsageError("withdraw: name the two records of a decision.")
        _decide(session, action, names, restore=restore, plans=plans)


def _decide(session: Session, action: str, names: tuple[str, ...], *, restore: bool, plans: bool) -> None:
    async def act(hub: Hub) -> Effect:
        if action == "withdraw":
            await withdraw(hub, [(names[0], names[1])], by=person_name(), dry=plans)
            return Effect()
        verdicts = await _verdicts(hub, action, names, restore=restore)
        effect = await effect_of(hub, verdicts, by=person_name())
        if not plans:
            await decide(hub, verdicts, by=person_name())
        return effect

    effect = run(session, act, wait_s=_WAIT_S, offline=True)
    if session.json:
        session.data({"action": action, "records": names, "kept": not plans, "effect": effect})
    else:
        show_effect(session, effect, kept=not plans)


async def _verdicts(hub: Hub, action: str, names: tuple[str, ...], *, restore: bool) -> list[Verdict]:
    if action == "split":
        return await split_verdicts(hub, names, restore=restore)
    if action == "link":
        return [Verdict(names[0], name, "same") for name in names[1:]]
    return [Verdict(a, b, "different") for at, a in enumerate(names) for b in names[at + 1 :]]


def _list(session: Session) -> None:
    found = run(session, all_decisions, readonly=True)
    if session.json:
        session.data({"decisions": [each._asdict() for each in found]})
        return
    for each in found:
        session.say(decision_text(each))
    session.say(f"{counted(len(found), 'decision')}.")


def _export(session: Session, name: str) -> None:
    async def act(hub: Hub, out: IO[str]) -> int:
        count = 0
        async for line in export_links(hub):
            out.write(f"{line}\n")
            count += 1
        return count - 1

    if name == "-":
        run(session, lambda hub: act(hub, sys.stdout), readonly=True)
        return
    told = StringIO()  # an export that fails leaves an older file as it is
    count = run(session, lambda hub: act(hub, told), readonly=True)
    Path(name).write_text(told.getvalue(), encoding="utf-8")
    if session.json:
        session.data({"file": name, "lines": count})
    session.say(f"{counted(count, 'golden record or decision', 'golden records and decisions')} in {name}.")


def _import(session: Session, name: str, *, dry: bool) -> None:
    # what is no UTF-8 is no JSON either, and is named with its line
    with Path(name).open(encoding="utf-8", errors="replace") as lines:
        found = run(
            session, lambda hub: import_links(hub, lines, name, dry=dry), wait_s=_WAIT_S, offline=True
        )
    if session.json:
        session.data(
            {"file": name, "kept": not dry, **{n: getattr(found, n) for n in found.__struct_fields__}}
        )
        return
    newer = f"; {counted(found.newer, 'decision')} here are newer and stay" if found.newer else ""
    session.say(
        f"{counted(found.goldens, 'golden record')} of several records and "
        f"{counted(found.decisions, 'decision')}{newer}."
    )
    session.hint("Nothing was kept." if dry else "The next sync links by them: accord sync")
