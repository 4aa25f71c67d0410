"""`accord alerts`: who is told when something waits for a person, and of what they were told."""

import asyncio
from collections.abc import Sequence
from typing import Any

import click

from accord.alerting import Ledger, Sender, Senders, load_ledger
from accord.cli import exits
from accord.cli.context import Session, pass_session
from accord.cli.hub import run
from accord.cli.times import clock
from accord.project import Project
from accord.project.systems import secrets_of
from accord.project_store import has_store
from accord.runtime.hub import Hub

__all__ = ["alerts"]


@click.command
@click.option("--test", is_flag=True, help="Send a message on every way, and say where it got to.")
@pass_session
def alerts(session: Session, *, test: bool) -> int:
    """Show on which ways people are told (`alerts` in accord.yaml), and of what they were told that is not over. The
    service tells them: accord serve.

    \b
        accord alerts
        accord alerts --test        does it get there?
    """
    project = session.project()
    if not project.config.alerts.to:
        session.say("Nobody is told: `alerts` in accord.yaml has no `to`. See how-to/be-alerted")
        if session.json:
            session.data({"to": [], "told": []})
        return exits.DONE
    return _test(session, project) if test else _show(session, project)


def _test(session: Session, project: Project) -> int:
    senders = Senders(project.config.alerts.to, secrets_of(project))()
    sent = asyncio.run(_send(senders, project.name))
    if session.json:
        session.data({"sent": sent})
    for name, good in sent.items():
        session.say(f"{name}: sent, look whether it is there" if good else f"{name}: it could not be sent")
    return exits.DONE if all(sent.values()) else exits.FAILED


async def _send(senders: Sequence[Sender], project: str) -> dict[str, bool]:
    text = "This is a test: somebody typed accord alerts --test. Nothing has to be done."
    return {each.name: await each.send(f"Accord {project}: a test", text, over=True) for each in senders}


def _show(session: Session, project: Project) -> int:
    ledger = run(session, _ledger, readonly=True) if has_store(project) else Ledger()
    told = sorted((it for it in ledger.told.values() if it.told_us is not None), key=lambda it: it.since_us)
    if session.json:
        lines: list[dict[str, Any]] = [
            {"text": it.text, "since_us": it.since_us, "told_us": it.told_us} for it in told
        ]
        session.data({"to": project.config.alerts.to, "told": lines})
        return exits.DONE
    session.say(f"Told on: {', '.join(project.config.alerts.to)}")
    for it in told:
        session.hint(f"since {clock(it.since_us)}: {it.text}")
    if not told:
        session.say("Nothing that was told stands.")
    return exits.DONE


async def _ledger(hub: Hub) -> Ledger:
    async with hub.store.transaction(dry=True) as tx:
        return await load_ledger(tx)
