"""`accord hooks`: who tells of changes by itself, and the subscriptions for it."""

import asyncio
from typing import TYPE_CHECKING

import click

from accord.cli import exits
from accord.cli.context import Session, pass_session
from accord.cli.times import clock
from accord.cli.urls import public_url_of
from accord.core.wording import counted

if TYPE_CHECKING:
    from accord.serving.looking import Noted, Told

__all__ = ["hooks"]

_STATES = {
    "right": "",
    "missing": "MISSING: accord serve makes it",
    "surplus": "OLD, or there twice: accord serve removes it",
}


@click.command
@click.option("--forget", metavar="SYSTEM", help="Remove the subscriptions that were made for this project.")
@click.option(
    "--public-url",
    metavar="URL",
    default="",
    callback=public_url_of,
    help="In the place of serve.url in accord.yaml.",
)
@pass_session
def hooks(session: Session, forget: str | None, public_url: str) -> int:
    """List which systems tell of changes by themselves (webhooks), where, and what they have noted of it. Each
    system is asked; nothing is changed. `accord serve` makes, renews and removes subscriptions by itself.

    --forget removes those of a system, under earlier addresses too: before it leaves the configuration. A service that
    runs makes them anew, unless accord.yaml says `webhooks: false` for the system.

    \b
        accord hooks
        accord hooks --forget crm
    """
    from accord.runtime.clock import SystemClock
    from accord.serving.looking import forgotten, looked

    session.log_requests()
    project = session.project()
    url = public_url or project.config.serve.url or ""
    if forget:
        count = asyncio.run(forgotten(project, SystemClock(), forget, url))
        if session.json:
            session.data({"system": forget, "removed": count})
        else:
            session.say(f"{forget}: {counted(count, 'subscription')} removed.")
        return exits.DONE
    told = asyncio.run(looked(project, SystemClock(), url))
    if session.json:
        session.data(told)
    else:
        _show(session, told)
    return exits.PARTLY if any(it.error for it in told) else exits.DONE


def _show(session: Session, told: "list[Told]") -> None:
    if not told:
        session.say("No system tells of changes by itself: no manifest says how.")
    for it in told:
        checked = f"checked by {it.verify}" if it.verify != "none" else "NOBODY CHECKS who sends it"
        if not it.tells:
            session.say(f"{it.system}: webhooks are off")
        elif not it.address:
            session.hint(f"{it.system}: not told where; set `serve: {{url: https://…}}` in accord.yaml")
            continue
        else:
            session.say(f"{it.system}: tells at {it.address} ({checked})")
        if it.by_hand:
            session.say("    a person enters this address in the system")
        if it.error:
            session.hint(f"    NOT ASKED: {it.error}")
        for each in it.subscriptions:
            session.hint(f"    {_line(each)}")


def _line(it: "Noted") -> str:
    until = f"until {clock(it.until_us)}" if it.until_us else "for ever" if it.state == "right" else ""
    return "  ".join(part for part in (it.about, it.id, until, _STATES[it.state]) if part)
