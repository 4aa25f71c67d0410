"""`accord sync`: do it."""

from math import isfinite
from pathlib import Path

import click

from accord.cli import exits
from accord.cli.context import Session, pass_session
from accord.cli.hub import run
from accord.cli.plan_files import read_plan
from accord.cli.show_plan import show_plan
from accord.cli.show_sync import show_sync
from accord.core.errors import AccordError
from accord.runtime.guards import ALARMS
from accord.runtime.hub import Hub
from accord.runtime.runs.sync import Synced, sync as sync_once
from accord.runtime.runs.watch import watch as watch_on

__all__ = ["sync"]


@click.command
@click.option(
    "--plan",
    "plan_file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="Do just what this plan lists, and name what moved since.",
)
@click.option("--yes", is_flag=True, help="Confirm the plan of a new configuration, and all guards, unseen.")
@click.option(
    "--approve",
    multiple=True,
    metavar="ALARM",
    help="Approve what a guard stopped, by the name that it printed.",
)
@click.option("--watch", is_flag=True, help="Go on: sync again and again until interrupted.")
@click.option(
    "--every",
    "every_s",
    type=click.FloatRange(min=0.1),
    default=10.0,
    show_default=True,
    metavar="SECONDS",
    help="Time between two runs, with --watch.",
)
@pass_session
def sync(
    session: Session, plan_file: Path | None, yes: bool, approve: tuple[str, ...], watch: bool, every_s: float
) -> int:
    """Bring all systems in sync, until nothing is left that can be done now.

    A new or changed configuration is carried out only after its plan was confirmed; without that nothing is written
    and the exit code is 4. A guard stops writes that would destroy much: the rest is written, the code is 4 too. It
    may be killed at any moment: the next run goes on, and creates nothing twice.

    \b
        accord plan --out plan.json && accord sync --plan plan.json
        accord sync                                        once the configuration is confirmed
        accord sync --approve crm.Contacts:delete=12       after a guard asked
        accord sync --watch --every 30                     until Ctrl-C; then the code is 130
    """
    if not isfinite(every_s):
        raise click.UsageError("--every: give a number of seconds.")
    plan = read_plan(plan_file) if plan_file is not None else None
    if plan is not None and yes:
        raise click.UsageError("--plan and --yes: give one of them; a plan is its own confirmation.")

    async def act(hub: Hub) -> Synced:
        _known_alarms(hub, approve)
        if not watch:
            return await sync_once(hub, plan=plan, confirmed=yes, approved=approve)
        return await watch_on(
            hub,
            lambda s: _tell(session, s, line=True),
            every_s=every_s,
            plan=plan,
            confirmed=yes,
            approved=approve,
        )

    synced = run(session, act)
    _tell(session, synced, line=watch)
    if synced.ended == "waits":
        return exits.WAITS
    return exits.PARTLY if synced.partly else exits.DONE


def _tell(session: Session, synced: Synced, *, line: bool) -> None:
    session.end_progress()
    if session.json:
        session.data({"run": synced.run, **synced.summary(), "plan": synced.plan}, line=line)
        return
    show_sync(session, synced)
    if synced.plan is not None and synced.ended == "waits":
        show_plan(session, synced.plan)
        session.hint(
            "Nothing was written. Confirm with: accord plan --out plan.json && accord sync --plan plan.json"
        )


def _known_alarms(hub: Hub, approved: tuple[str, ...]) -> None:
    """Raises AccordError: something is approved that no guard can have printed."""
    for key in approved:
        name, _, count = key.partition("=")
        mapping, _, what = name.partition(":")
        known = mapping in hub.model.mappings and what.partition(":")[0] in ALARMS
        if key != "*" and not (known and (not count or count.isdecimal())):
            raise AccordError(
                f"no guard asks for {key}",
                remedy="Give the name as it was printed, e.g. crm.Contacts:delete=12 or crm.Contacts:blank:email=40.",
            )
