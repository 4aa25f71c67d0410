"""`accord sync`: do it."""

import asyncio
from pathlib import Path

import click
import msgspec

from accord.cli import exits
from accord.cli.context import Session, pass_session
from accord.cli.hub import run
from accord.cli.show_plan import show_plan
from accord.core.errors import AccordError
from accord.runtime.hub import Hub
from accord.runtime.plan import Plan
from accord.runtime.sync import Synced, sync as sync_once

__all__ = ["sync"]


@click.command()
@click.option(
    "--plan", "plan_file", type=click.Path(path_type=Path, exists=True), help="Do just what this plan lists."
)
@click.option("--yes", is_flag=True, help="Confirm the plan of a new configuration, and all guards, unseen.")
@click.option(
    "--approve", multiple=True, metavar="ALARM", help="Approve a guard's list, by the name that it printed."
)
@click.option("--watch", is_flag=True, help="Go on: sync again and again until interrupted.")
@click.option(
    "--every", "every_s", type=float, default=10.0, show_default=True, help="Seconds between, with --watch."
)
@pass_session
def sync(
    session: Session, plan_file: Path | None, yes: bool, approve: tuple[str, ...], watch: bool, every_s: float
) -> int:
    """Bring all systems in sync, until nothing is left that can be done now.

    A new or changed configuration is done only after its plan was confirmed: `accord plan --out p.json`, then
    `accord sync --plan p.json`. A guard stops writes that would destroy much; the rest is written, and the exit code
    is 4. It may be killed at any moment: the next run goes on.
    """
    plan = _read_plan(plan_file) if plan_file is not None else None

    async def act(hub: Hub) -> Synced:
        while True:
            synced = await sync_once(
                hub, plan=plan, confirmed=yes, approved=approve, progress=session.progress()
            )
            if not watch or synced.ended == "waits":
                return synced
            _tell(session, synced, brief=True)
            await asyncio.sleep(every_s)

    synced = run(session, act)
    _tell(session, synced, brief=False)
    return _exit_code(synced)


def _read_plan(file: Path) -> Plan:
    try:
        return msgspec.json.decode(file.read_bytes(), type=Plan)
    except msgspec.DecodeError as error:
        raise AccordError(
            f"{file} is no plan: {error}", remedy=f"Make it anew: accord plan --out {file}"
        ) from None


def _tell(session: Session, synced: Synced, *, brief: bool) -> None:
    session.end_progress()
    summary = synced.summary()
    if session.json:
        session.data({"run": synced.run, **summary})
        return
    sent = ", ".join(f"{count:,} {what}" for what, count in summary["sent"].items()) or "nothing to write"
    if brief and not summary["sent"] and not summary["errors"]:
        return
    session.say(f"Run {synced.run}: linked {summary['linked']:,} records; {sent}.")
    if summary["moved"]:
        session.say(
            f"{summary['moved']:,} write(s) were not in the plan, or have moved since; the next run takes them."
        )
    for mapping, error in summary["errors"].items():
        session.say(f"NOT READ {mapping}: {error}")
    for alarm in synced.cycles[-1].alarms if synced.cycles else ():
        name = f" of {alarm.name}" if alarm.name else ""
        session.say(f"GUARD {alarm.mapping}: {alarm.count:,} of {alarm.of:,}: {alarm.what}{name}.")
        session.say(f"    Look: accord plan --full. Then: accord sync --approve '{alarm.key}'")
    if synced.plan is not None:
        show_plan(session, synced.plan)
        session.say(
            "Confirm with: accord plan --out plan.json && accord sync --plan plan.json (or accord sync --yes)"
        )
    if synced.reason:
        session.say(f"{synced.ended}: {synced.reason}")


def _exit_code(synced: Synced) -> int:
    if synced.ended == "waits":
        return exits.WAITS
    errors = synced.cycles and synced.cycles[-1].summary()["errors"]
    return exits.PARTLY if errors or synced.ended == "unfinished" else exits.DONE
