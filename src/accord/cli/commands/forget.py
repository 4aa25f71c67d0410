"""`accord forget`: end what rests since it left the configuration."""

import click

from accord.cli import exits
from accord.cli.context import Session, pass_session
from accord.cli.hub import run
from accord.core.wording import counted
from accord.runtime.people.forget import Forgotten, forget as forget_it

__all__ = ["forget"]

_WAIT_S = 30.0


@click.command
@click.argument("name", metavar="SYSTEM|TYPE|CONCEPT")
@click.option("--plan", is_flag=True, help="Only tell what would be forgotten.")
@click.option("--yes", is_flag=True, help="Do it.")
@pass_session
def forget(session: Session, name: str, *, plan: bool, yes: bool) -> int:
    """End what rests since it left the configuration: links, shadows, tombstones, refusals and decisions of a system,
    an entity type or a concept. Nothing is changed in any system, and history stays. Should it come back to the
    configuration, it is new: matched, and merged as at a first link.

    Without --yes it tells what would be forgotten and ends with code 4. `accord status` lists what rests.

    \b
        accord forget shop --plan
        accord forget shop.Customers --yes
    """
    if plan and yes:
        raise click.UsageError("--plan and --yes: give one of them.")
    told = run(session, lambda hub: forget_it(hub, name, plan=not yes), offline=True, wait_s=_WAIT_S)
    if session.json:
        session.data(told)
    else:
        _show(session, told, yes=yes)
        if not (yes or plan):
            session.hint(f"Nothing was forgotten. To do it: accord forget {name} --yes")
    return exits.DONE if yes or plan else exits.WAITS


def _show(session: Session, told: Forgotten, *, yes: bool) -> None:
    session.say("Forgotten:" if yes else "To be forgotten:")
    for mapping, records in told.mappings.items():
        session.say(f"  {mapping}: {counted(records, 'record')}")
    for concept in told.concepts:
        session.say(f"  the concept {concept}")
    parts = [
        counted(told.links, "link"),
        counted(told.tombstones, "tombstone"),
        counted(told.refusals, "refusal"),
        counted(
            told.golden,
            "golden record without a record elsewhere",
            "golden records without a record elsewhere",
        ),
        counted(told.decisions, "decision"),
        counted(told.reviews, "review"),
    ]
    session.say(f"  with {', '.join(parts)}")
