"""The only place where parts meet: a project's folder becomes a hub with its store and its systems."""

import asyncio
import gc
import os
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from accord.alerting import Alerts, Senders, missing
from accord.connecting import Logins, code_auth, connection
from accord.connecting.server_box import ServerBox
from accord.connectorkit.manifest import Manifest
from accord.connectorkit.manifest_auth import Auth, AuthorizationCode, RefreshToken
from accord.connectorkit.secrets import read_secret
from accord.connectors.rest import FileTokens, RestConnector, SecretKeys
from accord.connectors.rest.auth import auth_of
from accord.connectors.rest.connector import http_transport
from accord.connectors.rest.tokens import KeptTokens
from accord.core.errors import AccordError, ConfigError, Fault, StaleLease, StopFlow
from accord.ports.budget import Budget, Rhythm
from accord.ports.clock import Clock
from accord.ports.connection import STANDS, Connection
from accord.ports.store import Store
from accord.project import Project
from accord.project_store import keep_erasures, open_project_store, restore_project_store
from accord.runtime.budget import DailyBudget
from accord.runtime.crash_points import At, crash_at, nowhere
from accord.runtime.guards import GuardLimits
from accord.runtime.hub import Hub, Keep, Progress
from accord.runtime.people.backup import Restored
from accord.runtime.rhythm import SharedRhythm
from accord.scale import Worker
from accord.store import AnyStore

if TYPE_CHECKING:
    from accord.store.postgres import PostgresStore

__all__ = [
    "SystemClock",
    "alerts_of",
    "connect",
    "connections_of",
    "guard_limits",
    "hook_notes",
    "hook_secret",
    "logins_of",
    "manifest_of",
    "missing_secrets",
    "missing_ways",
    "open_hub",
    "restore_store",
    "secrets_of",
    "tells",
    "tokens_of",
    "unconnected",
    "worker_of",
]


class SystemClock:
    """The machine's clock, which never goes back: set back, it goes on at its pace until the time has caught up.

    `wall_ns` tells the time, and can be set; `passed_ns` what has passed since some moment, and can not.
    """

    def __init__(
        self, wall_ns: Callable[[], int] = time.time_ns, passed_ns: Callable[[], int] = time.monotonic_ns
    ) -> None:
        self._wall_ns, self._passed_ns = wall_ns, passed_ns
        self._last_us, self._passed_us = 0, passed_ns() // 1000

    def now_us(self) -> int:
        """Microseconds UTC since 1970."""
        passed_us = self._passed_ns() // 1000
        self._last_us = max(self._last_us + passed_us - self._passed_us, self._wall_ns() // 1000)
        self._passed_us = passed_us
        return self._last_us

    def go_on_after(self, us: int) -> None:
        """Never tell a time before this one: another process has told it."""
        self._last_us = max(self.now_us(), us)

    async def sleep(self, seconds: float) -> None:
        """Come back after a while."""
        await asyncio.sleep(seconds)


def budgets_of(project: Project, clock: Clock) -> dict[str, DailyBudget]:
    """Budgets of the systems that may only be called so often a day (W11)."""
    per_day = {
        name: system.rate.per_day or project.manifests[name].rate.per_day
        for name, system in project.config.systems.items()
        if system.enabled
    }
    return {name: DailyBudget(name, most, clock) for name, most in per_day.items() if most is not None}


def connect(
    project: Project,
    clock: Clock,
    budgets: Mapping[str, Budget] | None = None,
    another: Callable[[str], None] = lambda _system: None,
    tokens: KeptTokens | None = None,
    rhythms: Mapping[str, Rhythm] | None = None,
) -> Mapping[str, RestConnector]:
    """Connectors of the systems of a project that are enabled, by name. Nothing is called yet.

    `another` is told when a person has logged in anew to a system, as somebody else perhaps (K6).
    Raises ConfigError: settings do not fit, all of them listed.
    """
    kept, secrets = tokens or tokens_of(project), secrets_of(project)
    connectors: dict[str, RestConnector] = {}
    faults: list[Fault] = []
    for name, system in project.config.systems.items():
        if not system.enabled:
            continue
        try:
            connectors[name] = RestConnector(
                manifest_of(project, name),
                system=name,
                clock=clock,
                secrets=secrets,
                base_url=system.url or "",
                auth=system.auth,
                tokens=kept,
                budget=(budgets or {}).get(name),
                rhythm=(rhythms or {}).get(name),
                another=partial(another, name),
            )
        except ConfigError as error:
            faults += error.faults
    if faults:
        raise ConfigError(faults)
    return connectors


def secrets_of(project: Project) -> Callable[[str], str]:
    """Reads what a reference names; files are of the project's folder. It raises ConfigError: there is none."""
    return lambda reference: read_secret(reference, os.environ, project.folder)


def tokens_of(project: Project, *, readonly: bool = False) -> KeptTokens:
    """Where the tokens of a project's systems are kept, sealed: beside its store, or on its server (C5)."""
    told, folder = project.config.tokens, project.store.parent / "tokens"
    keys = SecretKeys([told.key, *told.old_keys], secrets_of(project)) if told.key is not None else None
    files = FileTokens(folder, keys=keys)
    if project.server is None:
        return files
    options = {"readonly": True} if readonly else {"conduct": False}
    box = ServerBox(lambda: cast("PostgresStore", open_project_store(project, **options)), files.box)
    return KeptTokens(box, files.seal)


@asynccontextmanager
async def logins_of(project: Project, hub: Hub | None = None) -> AsyncIterator[Logins]:
    """Logins of persons in a project's systems; whoever hears a browser's answer gives it to these. `hub` is one at
    work, if there is one."""
    transport, tokens = http_transport(), tokens_of(project)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(transport.close)
        if isinstance(tokens.box, ServerBox):
            if hub is not None:
                tokens.box.use(cast("PostgresStore", hub.store))
            await stack.enter_async_context(tokens.box.opened())
        yield Logins(
            _code_auths(project),
            tokens=tokens,
            secrets=secrets_of(project),
            send=transport.send,
            clock=SystemClock() if hub is None else hub.clock,
        )


async def connections_of(
    project: Project, clock: Clock, tokens: KeptTokens | None = None
) -> list[Connection]:
    """How the connections stand that persons allowed; no system is asked. `tokens` are those of a hub."""
    auths = _auths(project)
    names = [name for name, auth in sorted(auths.items()) if code_auth(auth) is not None]
    if not names:
        return []
    kept = tokens or tokens_of(project, readonly=True)
    found = [(name, await connection(name, kept, clock.now_us())) for name in names]
    told = {name for name in names if _has_refresh_token(auths[name], secrets_of(project))}
    return [it for name, it in found if it.state != "none" or name not in told]


def _has_refresh_token(auth: Auth, secrets: Callable[[str], str]) -> bool:
    """Nobody needs to log in: a refresh token is told."""
    if not isinstance(auth, RefreshToken):
        return False
    try:
        return bool(secrets(auth.refresh_token))
    except ConfigError:
        return False


def alerts_of(project: Project) -> Alerts:
    """Tells people of what waits for them, as the project says."""
    told = project.config.alerts
    return Alerts(told, Senders(told.to, secrets_of(project)))


def unconnected(project: Project) -> list[Fault]:
    """The systems that a person has to allow Accord to act for them in, before anything can be read there."""
    try:
        found = asyncio.run(connections_of(project, SystemClock()))
    except StopFlow:
        return []  # whoever opens the store is told what is wrong with it
    return [
        Fault(f"systems.{it.system}", 0, STANDS[it.state], f"Connect it: {it.command}")
        for it in found
        if it.state != "connected"
    ]


def _code_auths(project: Project) -> dict[str, AuthorizationCode]:
    """The systems that a person may log in to in a browser, and how. Raises ConfigError: settings do not fit."""
    auths = {name: code_auth(auth) for name, auth in _auths(project).items()}
    return {name: auth for name, auth in auths.items() if auth is not None}


def _auths(project: Project) -> dict[str, Auth]:
    return {
        name: auth_of(project.manifests[name].auth, system.auth, name)
        for name, system in project.config.systems.items()
        if system.enabled
    }


def manifest_of(project: Project, name: str) -> Manifest:
    """The manifest of a system with what the project says otherwise: its rate, the secret of its webhooks."""
    manifest, system = project.manifests[name], project.config.systems[name]
    changes: dict[str, object] = {}
    if rate := system.rate.model_dump(exclude_none=True):
        changes["rate"] = manifest.rate.model_copy(update=rate)
    hooks = manifest.webhooks
    if hooks is not None and system.webhooks.secret is not None:
        changes["webhooks"] = hooks.model_copy(update={"secret": system.webhooks.secret})
    return manifest.model_copy(update=changes) if changes else manifest


def tells(project: Project, name: str) -> bool:
    """A system of the project tells of changes by itself, and may."""
    system = project.config.systems.get(name)
    able = system is not None and system.enabled and system.webhooks.enabled
    return able and project.manifests[name].webhooks is not None


def hook_secret(project: Project, name: str) -> str:
    """The secret that a system and the project know; "": none is named. Raises ConfigError: there is none."""
    hooks = manifest_of(project, name).webhooks
    if hooks is None or hooks.secret is None:
        return ""
    try:
        return secrets_of(project)(hooks.secret)
    except ConfigError as error:
        place = f"systems.{name}.webhooks.secret"
        faults = [Fault(place, 0, f"{fault.file}: {fault.what}", fault.remedy) for fault in error.faults]
        raise ConfigError(faults) from None


def hook_notes(project: Project, public_url: str) -> list[Fault]:
    """What people should know of the systems that are to tell of changes: secrets that are not there, what a person has
    to enter, whose webhooks nobody checks, and who could read them."""
    notes: list[Fault] = []
    parts = urlsplit(public_url)
    if parts.scheme != "https" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        what = "webhooks come here in clear: whoever is on the way can read them and send them again"
        notes.append(
            Fault("serve.url", 0, what, "Put a proxy with TLS before the service, and write https://")
        )
    for name in project.config.systems:
        hooks = manifest_of(project, name).webhooks
        if hooks is None or not tells(project, name):
            continue
        place = f"systems.{name}.webhooks"
        try:
            hook_secret(project, name)
        except ConfigError as error:
            notes += error.faults
        if hooks.subscriptions is None:
            what = f"{name} tells of changes only where a person enters our address there"
            notes.append(Fault(place, 0, what, f"Enter {public_url.rstrip('/')}/hooks/{name}"))
        if hooks.verify.kind == "none":
            what = (
                f"NOBODY CHECKS who sends webhooks of {name}: whoever knows the address can let it be listed"
            )
            notes.append(
                Fault(place, 0, what, "Say webhooks: false, or put the service where nobody else comes")
            )
    return notes


def missing_secrets(connectors: Mapping[str, RestConnector]) -> list[Fault]:
    """What is wrong with the secrets that calls will need."""
    faults = (fault for connector in connectors.values() for fault in connector.missing_secrets())
    return list(dict.fromkeys(faults))


def missing_ways(project: Project) -> list[Fault]:
    """What is wrong with the ways to tell people; nothing is sent."""
    return missing(Senders(project.config.alerts.to, secrets_of(project)))


def guard_limits(project: Project) -> GuardLimits:
    """When a person is asked first, as the project says (G1)."""
    return GuardLimits(**project.config.guards.model_dump())


@asynccontextmanager
async def open_hub(
    project: Project,
    *,
    readonly: bool = False,
    offline: bool = False,
    wait_s: float = 0.0,
    tell: Progress | None = None,
    worker: bool = False,
) -> AsyncIterator[Hub]:
    """The hub of a project: its store is opened (and made), its systems are connected when first asked.

    `readonly` connects nothing and changes nothing, and may be used while another process works on the project; else
    that is waited for, up to `wait_s` seconds (C3). `offline` connects nothing.
    `tell` is told how far long work has come. A `worker` is one of several processes of a project whose state is on a
    server; it waits for nobody, and writes nothing before it may (`worker_of`).
    Raises StopFlow: the store can not be opened; ConfigError: the systems can not be connected.
    """
    # Rows come by the thousand and are in no cycles: the default looks far too often.
    gc.set_threshold(100_000, 50, 100)
    clock = SystemClock()
    at = nowhere if readonly else crash_at(os.environ)
    budgets = budgets_of(project, clock)
    known: set[str] = set()
    tokens = tokens_of(project)
    opened: list[AnyStore] = []
    worker = worker and project.server is not None
    rhythms = _rhythms(project, clock, opened) if worker else {}
    connectors: Mapping[str, RestConnector] = {}
    if not readonly and not offline:
        connectors = connect(project, clock, budgets, known.discard, tokens, rhythms)
    if faults := missing_secrets(connectors):
        raise ConfigError(faults)
    options = {"conduct": False} if worker else {}
    store = open_project_store(
        project, readonly=readonly, wait_s=wait_s, on_commit=_around_commits(at), **options
    )
    opened.append(store)
    try:
        clock.go_on_after(await _last_told_us(store))
        await _share_store(store, {} if readonly else budgets, tokens, worker=worker)
        yield Hub(
            model=project.model,
            store=store,
            connectors=connectors,
            clock=clock,
            guards=guard_limits(project),
            keep=Keep(**project.config.keep.model_dump()),
            budgets=budgets,
            known=known,
            connections=partial(connections_of, project, clock, tokens),
            tell=tell or (lambda _what, _count: None),
            at=at,
        )
        if not readonly:
            await keep_erasures(store, project.store)
    finally:
        await _close(connectors, budgets, store if worker else None)
        await store.close()


async def _share_store(
    store: AnyStore, budgets: Mapping[str, DailyBudget], tokens: KeptTokens, *, worker: bool
) -> None:
    """Let budgets and tokens be kept in the store, where they are; a worker has a lease of its own for that."""
    if isinstance(tokens.box, ServerBox):
        tokens.box.use(cast("PostgresStore", store))
    kept: Store = store
    if worker:
        board = cast("PostgresStore", store).pieces
        await board.begin()
        kept = board.mine
    for budget in budgets.values():
        budget.store = kept


async def _close(
    connectors: Mapping[str, RestConnector], budgets: Mapping[str, DailyBudget], worked: "AnyStore | None"
) -> None:
    """Let go of connections; calls that were reserved and not made are left to others."""
    for connector in connectors.values():
        await connector.close()
    for budget in budgets.values():
        with suppress(StaleLease):  # a worker that was not heard of for too long
            await budget.give_back()
    if worked is not None:
        with suppress(AccordError):  # the server is away: this worker is not counted any more after a while
            await cast("PostgresStore", worked).pieces.end()


def _rhythms(project: Project, clock: Clock, opened: Sequence[AnyStore]) -> dict[str, Rhythm]:
    """Calls per second that all workers of a project share, by system; the store is there when the first is made."""
    per_second = {
        name: manifest_of(project, name).rate.per_second
        for name, system in project.config.systems.items()
        if system.enabled
    }

    async def reserve(system: str, calls: int, per_second: float) -> float:
        return await cast("PostgresStore", opened[0]).pieces.reserve(system, calls, per_second)

    return {
        name: SharedRhythm(name, most, clock, reserve)
        for name, most in per_second.items()
        if most is not None
    }


def worker_of(hub: Hub, tell: Callable[[str], None] = lambda _role: None) -> Worker:
    """The worker that a hub belongs to, which was opened for one."""
    connectors = [each for each in hub.connectors.values() if isinstance(each, RestConnector)]

    def divide(workers: int) -> None:
        for connector in connectors:
            connector.divide(workers)

    return Worker(
        cast("PostgresStore", hub.store),
        most=min((connector.concurrent for connector in connectors), default=1),
        divide=divide,
        go_on_after=hub.clock.go_on_after if isinstance(hub.clock, SystemClock) else lambda _us: None,
        tell=tell,
    )


async def _last_told_us(store: AnyStore) -> int:
    """The latest time of the hub's clock that a store tells of: what was asked, sent or confirmed then is not newer
    than what happens now, even if the machine's clock was set back meanwhile (C1, M3)."""
    async with store.transaction(dry=True) as tx:
        runs, events = await tx.runs(1), await tx.history(limit=1)
    told = [us for run in runs for us in (run["began_us"], run["ended_us"]) if us is not None]
    return max([*told, *(event.at_us for event in events)], default=0)


def _around_commits(at: At) -> Callable[[str], None] | None:
    return None if at is nowhere else lambda moment: at(f"{moment}-commit")


async def restore_store(
    project: Project, file: Path, *, over: bool = False, plan: bool = False, wait_s: float = 0.0
) -> Restored:
    """Put a backup in the place of the project's store, erase again what was erased since, and make it fit to go on.

    With `plan` nothing is changed. Raises StopFlow: the file is no backup of this project; the store there is newer,
    and `over` was not given; or another process works with it.
    """
    return await restore_project_store(project, file, SystemClock(), over=over, plan=plan, wait_s=wait_s)
