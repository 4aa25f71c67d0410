"""`accord connect`: a person allows Accord to act for them in a system, in a browser; or a system is drafted."""

import asyncio
import os
import sys
import webbrowser
from contextlib import AsyncExitStack, suppress
from difflib import get_close_matches
from pathlib import Path

import click

from accord.cli import exits
from accord.cli.context import Session, pass_session
from accord.cli.drafting import draft, words_text
from accord.cli.lengths import Length
from accord.cli.show_connections import standing_text
from accord.cli.times import clock
from accord.connecting import Login, Logins
from accord.connecting.credentials import connections_of, logins_of
from accord.connecting.receiver import is_here, receiving
from accord.connectorkit.drafting import drafters, find_drafter
from accord.core.errors import AccordError, ConfigError
from accord.ports.connection import Connection
from accord.project import Project
from accord.runtime.clock import SystemClock

__all__ = ["connect"]

_LOOK_S = 0.2


@click.command(context_settings={"ignore_unknown_options": True}, epilog=f"\b\nDrafts:\n{words_text('  ')}")
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="[SYSTEM | WORD TARGET]")
@click.option("--no-browser", is_flag=True, help="Only print the address; you open it.")
@click.option(
    "--elsewhere", is_flag=True, help="Do not listen here: the service takes the answer, at redirect_url."
)
@click.option(
    "--for",
    "for_s",
    type=Length(),
    default="5m",
    show_default=True,
    metavar="TIME",
    help="How long to wait for the answer.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="With WORD: where to write; default: NAME.yaml in the project's folder.",
)
@pass_session
def connect(
    session: Session,
    words: tuple[str, ...],
    for_s: float,
    *,
    no_browser: bool,
    elsewhere: bool,
    out: Path | None,
) -> int:
    """Open the page of a system on which a person allows Accord to act for them, and keep what it answers (OAuth 2,
    authorization code). Without SYSTEM: list the connections. A sync may be running; it goes on with the new one.

    With WORD: draft a new system from what it tells of itself, and write its manifest. Nothing is written over, and
    nothing changes in the system.

    \b
        accord connect crm
        accord connect crm --no-browser      on a machine without one: see how-to/connect-with-oauth
        accord connect                       which are there, and until when?
        accord connect new shelf             draft a connector of your own, with its tests
    """
    system = words[0] if words else ""
    drafter = find_drafter(system) if system else None
    if drafter is not None and not (len(words) == 1 and _is_system(session, system)):
        return draft(session, drafter, words[1:], out)
    if len(words) > 1 or system.startswith("-"):
        raise _no_word(next((word for word in words if word.startswith("-")), system))
    if out is not None:
        raise click.UsageError(f"--out is for what is drafted.\n{words_text()}")
    project = session.project()
    if not system:
        _list(session, asyncio.run(connections_of(project, SystemClock())))
        return exits.DONE
    login = asyncio.run(
        _connect(session, project, system, for_s, browser=not no_browser, elsewhere=elsewhere)
    )
    if login.ended != "connected":
        raise AccordError(login.why.partition(". ")[0], remedy=login.why.partition(". ")[2])
    (made,) = [it for it in asyncio.run(connections_of(project, SystemClock())) if it.system == system]
    if session.json:
        session.data(made, line=True)
        return exits.DONE
    until = f" It lasts until {clock(made.until_us)}." if made.until_us else ""
    session.say(f"{system} is connected.{until}")
    session.hint("The next sync looks first whose account it is: accord sync")
    return exits.DONE


def _is_system(session: Session, name: str) -> bool:
    """The project has a system of this name. A project with faults has none."""
    try:
        return name in session.project().config.systems
    except ConfigError:
        return False


def _no_word(word: str) -> click.UsageError:
    if word.startswith("-"):
        return click.UsageError(f"No such option: {word}")
    close = get_close_matches(word, [it.word for it in drafters()], 1)
    meant = f" Did you mean {close[0]}?" if close else ""
    return click.UsageError(f"{word} is no word for a kind of system.{meant}\n{words_text()}")


async def _connect(
    session: Session, project: Project, system: str, for_s: float, *, browser: bool, elsewhere: bool
) -> Login:
    async with logins_of(project) as logins, AsyncExitStack() as stack:
        if system not in logins.auths:
            raise _unknown(project, logins, system)
        told = logins.auths[system].redirect_url
        here = not elsewhere and (not told or is_here(told))
        if not here and not told:
            raise AccordError(
                f"{system}: no address is known at which the service takes the answer",
                remedy="Set redirect_url under auth of this system: https://HOST/oauth/callback",
            )
        redirect = await stack.enter_async_context(receiving(logins, told)) if here else told
        begun = await logins.begin(system, redirect, for_s)
        try:
            _show(session, system, begun.url, redirect, for_s, here=here)
            if browser and _has_browser():
                with suppress(OSError, webbrowser.Error):
                    await asyncio.to_thread(webbrowser.open, begun.url)
            return await _answered(logins, begun.state, system, for_s)
        finally:
            await logins.forget(begun.state)


async def _answered(logins: Logins, state: str, system: str, for_s: float) -> Login:
    """The login when it has ended. Raises AccordError: nobody answered in time."""
    with suppress(TimeoutError):
        async with asyncio.timeout(for_s):
            while True:
                login = await logins.login(state)
                if login is not None and login.ended in ("connected", "failed"):
                    await asyncio.sleep(_LOOK_S)  # the browser gets its page
                    return login
                await asyncio.sleep(_LOOK_S)
    raise AccordError(
        f"{system}: nobody allowed it within {for_s:g} seconds",
        remedy=f"Type it again when somebody can: accord connect {system} --for 30m",
    )


def _show(session: Session, system: str, url: str, redirect: str, for_s: float, *, here: bool) -> None:
    if session.json:
        session.data({"system": system, "url": url, "redirect": redirect}, line=True)
        return
    session.say(f"Open this page in a browser, and allow Accord to act for you in {system}:")
    session.say()
    session.say(f"    {url}")
    session.say()
    where = "at" if here else "by the service, at"
    session.say(f"The answer is awaited {where} {redirect}, for {for_s:g} seconds.")


def _has_browser() -> bool:
    """One with windows: those for terminals would take this one."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _unknown(project: Project, logins: Logins, system: str) -> AccordError:
    known = ", ".join(sorted(logins.auths)) or "none"
    close = get_close_matches(system, [it.word for it in drafters()], 1)
    if system in project.config.systems:
        what = f"{system} is switched off, or logs in without a person: its auth is not oauth2_code"
    else:
        what = f"there is no system named {system}"
    meant = f". To draft a system: accord connect {close[0]} …" if close else ""
    return AccordError(what, remedy=f"Systems that a person connects: {known}{meant}")


def _list(session: Session, found: list[Connection]) -> None:
    if session.json:
        session.data(found)
        return
    for each in found:
        told = f"{each.system}: {standing_text(each)}"
        session.hint(told if each.state == "connected" else f"{told}: {each.command}")
    if not found:
        session.say("No system is connected by a person.")
