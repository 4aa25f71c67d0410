"""`accord conflicts`: what only a person can decide, and the decision."""

from typing import get_args

import click

from accord.cli import exits
from accord.cli.context import Session, pass_session
from accord.cli.hub import run
from accord.cli.person import person_name
from accord.cli.times import clock, shown
from accord.core.errors import AccordError
from accord.core.wording import counted
from accord.runtime.hub import Hub
from accord.runtime.people.conflicts import (
    Conflict,
    Ruling,
    Side,
    choose as choose_it,
    conflict as one_of,
    conflicts as all_of,
    pick as pick_it,
    typed,
)

__all__ = ["conflicts"]

_WAIT_S = 30.0
_ENOUGH = 4
"""So many characters of an id are enough to look."""


@click.command
@click.argument("id_", metavar="[ID]", default="")
@click.option(
    "--pick", metavar="SYSTEM|RECORD", help="Take what this record says, or the only one of a system."
)
@click.option("--value", metavar="VALUE", help="Take another value; JSON where the property is no text.")
@click.option(
    "--choose",
    type=click.Choice(get_args(Ruling)),
    help="Of a delete against an edit: what becomes of the record.",
)
@click.option(
    "--rule", metavar="RULE", help="Make a rule of it in accord.yaml: latest, priority, function:NAME."
)
@pass_session
def conflicts(
    session: Session, id_: str, pick: str | None, value: str | None, choose: Ruling | None, rule: str | None
) -> int:
    """List what waits for a person, values side by side; or decide one, by its ID.

    The ID ends in a mark of what was shown: when the values have moved since, the decision is refused, and you look
    again. A decision is carried out by the next run. `--rule` writes who wins into accord.yaml, for all conflicts of
    that property, and shows the difference; the next plan asks to confirm it. No system is called.

    \b
        accord conflicts
        accord conflicts 3f9a1c-77be02 --pick crm
        accord conflicts 3f9a1c-77be02 --value "+47 22 33 44 55"
        accord conflicts 3f9a1c-77be02 --rule latest
        accord conflicts 90ab12-5c6d7e --choose recreate
    """
    given = [
        name
        for name, it in (("pick", pick), ("value", value), ("choose", choose), ("rule", rule))
        if it is not None
    ]
    if len(given) > 1:
        raise click.UsageError(f"--{given[0]} and --{given[1]}: give one of them.")
    if given and not id_:
        raise click.UsageError(f"--{given[0]}: name the conflict; `accord conflicts` lists them.")
    if not given:
        found = run(session, lambda hub: _look(hub, id_), readonly=True, offline=True)
        return _tell(session, found, one=bool(id_))
    if rule is not None:
        return _make_rule(session, id_, rule)
    by = person_name()

    async def act(hub: Hub) -> Conflict:
        if choose is not None:
            return await choose_it(hub, id_, choose, by=by)
        if pick is not None:
            return await pick_it(hub, id_, record=pick, by=by)
        return await pick_it(hub, id_, value=typed(hub, await one_of(hub, id_), value or ""), by=by)

    decided = run(session, act, wait_s=_WAIT_S, offline=True)
    if session.json:
        session.data({"decided": decided, "as": choose or pick or value, "by": by})
    else:
        session.say(f"Decided: {_what(decided)}.")
        session.hint("The next sync does it: accord sync")
    return exits.DONE


async def _look(hub: Hub, id_: str) -> list[Conflict]:
    every = await all_of(hub)
    found = [each for each in every if each.id.startswith(id_)] if len(id_) >= _ENOUGH or not id_ else []
    return found or ([await one_of(hub, id_)] if id_ else [])


def _tell(session: Session, found: list[Conflict], *, one: bool) -> int:
    if session.json:
        session.data(found)
        return exits.DONE
    for each in found:
        _show(session, each)
    if not one:
        session.say(f"{counted(len(found), 'conflict')} open.")
    return exits.DONE


def _show(session: Session, each: Conflict) -> None:
    session.say(f"{each.id}  {_what(each)}, golden record {each.golden}")
    session.say(f"    {each.reason}")
    for side in each.sides:
        session.say(f"    {side.record}: {_side(side, each)}")
    if each.kind == "delete":
        ways = "--choose recreate (make it again there) | delete (everywhere) | leave"
    else:
        rule = " | --rule latest" if each.cause != "undo" else ""
        ways = f"--pick SYSTEM | --value VALUE{rule}"
    session.hint(f"    Decide: accord conflicts {each.id} {ways}")


def _what(each: Conflict) -> str:
    if each.kind == "delete":
        (gone,) = [side.record for side in each.sides if side.standing == "deleted"][:1]
        return f"{gone} was deleted and edited elsewhere ({each.rule})"
    return f"{each.concept}.{each.property} ({each.rule})"


def _side(side: Side, each: Conflict) -> str:
    if each.kind == "delete":
        return "deleted" if side.standing == "deleted" else "stays"
    parts = [shown(side.value), f"  {_STANDINGS[side.standing]}"]
    if side.since_us:
        parts.append(f", since {clock(side.since_us)}")
    if side.base:
        parts.append(f", on top of {side.base} of {clock(side.base_us)}")
    rules = [name for name, record in each.wins.items() if record == side.record]
    if rules:
        parts.append(f"  [{' and '.join(rules)} would take it]")
    return "".join(parts)


_STANDINGS = {
    "golden": "the golden value now",
    "competes": "competes",
    "differs": "differs",
    "put back": "put back by undo",
    "deleted": "deleted",
}


def _make_rule(session: Session, id_: str, rule: str) -> int:
    from accord.project.write_rule import change_rule, save_rule

    found = run(session, lambda hub: one_of(hub, id_), readonly=True, offline=True)
    if found.kind != "values" or found.cause == "undo":
        raise AccordError(
            f"no rule decides conflict {id_}: it was made by a person",
            remedy="Give --pick, --value or --choose.",
        )
    project = session.project()
    first = found.cause == "first_link"
    change = change_rule(project, found.concept, found.property, rule, first_link=first)
    save_rule(project, change)
    if session.json:
        session.data({"file": str(change.file), "diff": change.diff})
        return exits.DONE
    session.say(change.diff or "It is the rule already.")
    session.say()
    session.hint("Confirm it with: accord plan --out plan.json && accord sync --plan plan.json")
    return exits.DONE
