"""What systems have noted of ours: for the command that lists and removes subscriptions."""

from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

from msgspec import Struct

from accord.connectorkit.hooks import FOR
from accord.core.errors import AccordError, StopFlow
from accord.ports.clock import Clock
from accord.ports.subscriber import Subscription
from accord.project import Project
from accord.project.systems import manifest_of
from accord.project.webhooks import tells
from accord.project_store import has_store, open_project_store
from accord.serving.subscribing import addresses, subscribing
from accord.serving.subscriptions import Subscriptions, ever_given
from accord.serving.telling import Tell
from accord.wiring import connect

__all__ = ["Noted", "Told", "forgotten", "looked"]


class Noted(Struct, frozen=True, kw_only=True):
    """A subscription. `state`: right; missing; or surplus, under an earlier address or secret, or there twice."""

    about: str
    state: str
    id: str = ""
    until_us: int | None = None


class Told(Struct, frozen=True, kw_only=True):
    """How a system tells of changes. `tells`: it may; `by_hand`: a person enters the address there; `error`: why it
    could not be asked."""

    system: str
    tells: bool
    address: str
    verify: str
    by_hand: bool
    subscriptions: list[Noted] = []
    error: str = ""


async def looked(project: Project, clock: Clock, public_url: str) -> list[Told]:
    """What each system has noted. Nothing is changed. Raises ConfigError: secrets are not there."""
    connectors = connect(project, clock)
    try:
        asked = subscribing(project, connectors)
        given = await _given(project, public_url)
        here = Subscriptions(asked, given, clock, Tell())
        names = [name for name in project.config.systems if tells(project, name) or name in asked]
        return [await _told(project, name, name in asked, here, given) for name in names]
    finally:
        for connector in connectors.values():
            await connector.close()


async def forgotten(project: Project, clock: Clock, system: str, public_url: str) -> int:
    """How many subscriptions of a system were removed. Raises StopFlow: it has none that a program makes."""
    connectors = connect(project, clock)
    try:
        asked = subscribing(project, connectors)
        if system not in asked:
            known = ", ".join(sorted(asked)) or "none"
            remedy = f"Systems whose subscriptions are made by the program: {known}"
            raise StopFlow(f"{system} has no subscriptions that could be removed", remedy=remedy)
        given = await _given(project, public_url)
        if not given[system]:
            raise StopFlow(
                f"{system} was never given an address to call",
                remedy="Name it with --public-url, if another installation gave it",
            )
        return await Subscriptions(asked, given, clock, Tell()).forget(system)
    finally:
        for connector in connectors.values():
            await connector.close()


async def _given(project: Project, public_url: str) -> dict[str, list[str]]:
    """Addresses that each system was ever given, the present one first."""
    known: dict[str, list[str]] = {}
    if has_store(project):
        store = open_project_store(project, readonly=True)
        try:
            known = await ever_given(store)
        finally:
            await store.close()
    now = addresses(project, public_url)
    return {
        name: list(dict.fromkeys([*([now[name]] if name in now else []), *known.get(name, [])]))
        for name in project.config.systems
    }


async def _told(
    project: Project, name: str, by_program: bool, here: Subscriptions, given: Mapping[str, list[str]]
) -> Told:
    hooks = manifest_of(project, name).webhooks
    found: list[Noted] = []
    error = ""
    if by_program and given[name]:
        try:
            look = await here.look(name)
        except AccordError as trouble:
            error = str(trouble)
        else:
            found = [_noted(url, "right", it) for url, it in look.right.items()]
            found += [_noted(url, "missing") for url in look.missing]
            found += [_noted(it.url, "surplus", it) for it in look.surplus]
    return Told(
        system=name,
        tells=tells(project, name),
        address=given[name][0] if given[name] else "",
        verify=hooks.verify.kind if hooks else "",
        by_hand=not by_program,
        subscriptions=found,
        error=error,
    )


def _noted(url: str, state: str, it: Subscription | None = None) -> Noted:
    """The address is not shown: it may hold the secret."""
    about = parse_qs(urlsplit(url).query).get(FOR, ["all"])[0]
    if it is None:
        return Noted(about=about, state=state)
    return Noted(about=about, state=state, id=it.id, until_us=it.until_us)
