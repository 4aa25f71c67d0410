"""`accord backup`, `accord restore`: a copy of the state, and the way back."""

import asyncio
import shlex
from pathlib import Path

import click

from accord.cli import exits
from accord.cli.context import Session, pass_session
from accord.cli.hub import run
from accord.cli.times import clock
from accord.core.wording import counted
from accord.runtime.hub import Hub
from accord.runtime.people.backup import KEEP_IT, Facts, facts_of
from accord.wiring import restore_store

__all__ = ["backup", "restore"]

_WAIT_S = 30.0
_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command
@click.argument("file", type=_FILE)
@pass_session
def backup(session: Session, file: Path) -> None:
    """Copy the state into FILE, which appears when it is whole: everything that is committed at one moment, also while
    a sync is running. It holds the values of records: keep it as safe as the systems themselves.

    \b
        accord backup backups/state-$(date +%F).db
    """

    async def act(hub: Hub) -> Facts:
        await hub.store.copy_to(str(file))
        return await facts_of(hub.store)

    facts = run(session, act, readonly=True)
    if session.json:
        session.data({"file": str(file), "facts": facts})
    else:
        session.say(f"{file}: {_told(facts)}")
        session.hint(f"To go back to it: accord restore {shlex.quote(str(file))}")


@click.command
@click.argument("file", type=_FILE)
@click.option(
    "--over", is_flag=True, help="Also over a store that is newer: what it knows more is forgotten."
)
@click.option("--plan", is_flag=True, help="Only tell what would be restored.")
@pass_session
def restore(session: Session, file: Path, *, over: bool, plan: bool) -> int:
    """Put the backup FILE in the place of the state. A store that is newer is left alone, unless --over is given.

    Then, before anything is written to a system: what was erased since the backup is erased again; every write under
    way counts as one of unknown outcome; what changed since is read again. The first cycle of the next sync deletes
    nothing, and links what was made since, instead of making it again. Look at `accord plan` before that sync.

    \b
        accord restore backups/state-2026-05-31.db --plan
        accord restore backups/state-2026-05-31.db && accord plan
    """
    project = session.project()
    restored = asyncio.run(restore_store(project, file, over=over, plan=plan, wait_s=_WAIT_S))
    if session.json:
        session.data(restored)
        return exits.DONE
    session.say(f"{'Would restore' if plan else 'Restored'}: {_told(restored.facts)}")
    if restored.replaced is not None:
        session.say(f"{'It would take' if plan else 'It took'} the place of: {_told(restored.replaced)}")
    if restored.newer:
        session.hint(f"Refused without --over: {restored.newer}. {KEEP_IT}")
    if restored.erased:
        session.say(f"{counted(restored.erased, 'record')} that were erased since are erased again.")
    if not plan:
        session.hint("The next sync reads again what changed since. Look first: accord plan")
    return exits.DONE


def _told(facts: Facts) -> str:
    until = f"run {facts.run} of {clock(facts.began_us)}" if facts.run else "no run yet"
    parts = [until, counted(facts.records, "record"), counted(facts.golden, "golden record")]
    if facts.writes:
        parts.append(counted(facts.writes, "write of unknown outcome", "writes of unknown outcome"))
    return ", ".join(parts)
