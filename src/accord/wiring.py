"""The only place where parts meet: a project's folder becomes a hub with its store and its systems."""

import gc
import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from accord.alerting import Alerts, Senders, missing
from accord.connecting.credentials import connections_of, share_tokens, tokens_of
from accord.connectorkit.http.tokens import KeptTokens
from accord.connectorkit.kind import Place, find_kind
from accord.connectorkit.nested import nested, outer
from accord.core.errors import ConfigError, Fault
from accord.ports.abilities import Divided, NeedsSecrets
from accord.ports.budget import Budget, Rhythm
from accord.ports.clock import Clock
from accord.ports.connector import Connector
from accord.project import Project
from accord.project.systems import manifest_of, secrets_of
from accord.project_store import keep_erasures, open_project_store, restore_project_store
from accord.project_store.sharing import budgets_of, last_told_us, leave, rhythms_of, share_budgets
from accord.runtime.clock import SystemClock
from accord.runtime.crash_points import At, crash_at, nowhere
from accord.runtime.guards import GuardLimits
from accord.runtime.hub import Hub, Keep, Progress
from accord.runtime.people.backup import Restored
from accord.scale import Worker
from accord.store import AnyStore

if TYPE_CHECKING:
    from accord.store.postgres import PostgresStore

__all__ = [
    "alerts_of",
    "connect",
    "guard_limits",
    "missing_secrets",
    "missing_ways",
    "open_hub",
    "restore_store",
    "worker_of",
]


def connect(
    project: Project,
    clock: Clock,
    budgets: Mapping[str, Budget] | None = None,
    another: Callable[[str], None] = lambda _system: None,
    tokens: KeptTokens | None = None,
    rhythms: Mapping[str, Rhythm] | None = None,
) -> Mapping[str, Connector]:
    """Connectors of the systems of a project that are enabled, by name. Nothing is called yet.

    `another` is told when a person has logged in anew to a system, as somebody else perhaps (K6).
    Raises ConfigError: settings do not fit, all of them listed.
    """
    kept, secrets = tokens or tokens_of(project), secrets_of(project)
    connectors: dict[str, Connector] = {}
    faults: list[Fault] = []
    for name, system in project.config.systems.items():
        if not system.enabled:
            continue
        try:
            manifest = manifest_of(project, name)
            place = Place(
                system=name,
                manifest=outer(manifest),
                clock=clock,
                secrets=secrets,
                url=system.url or "",
                auth=system.auth,
                folder=project.folder,
                state=project.store.parent / "systems" / name,
                tokens=kept,
                budget=(budgets or {}).get(name),
                rhythm=(rhythms or {}).get(name),
                another=partial(another, name),
            )
            connectors[name] = nested(find_kind(manifest.kind).make(place), manifest, name)
        except ConfigError as error:
            faults += error.faults
    if faults:
        raise ConfigError(faults)
    return connectors


def missing_secrets(connectors: Mapping[str, Connector]) -> list[Fault]:
    """What is wrong with the secrets that calls will need."""
    needy = (each for each in connectors.values() if isinstance(each, NeedsSecrets))
    faults = (fault for connector in needy for fault in connector.missing_secrets())
    return list(dict.fromkeys(faults))


def alerts_of(project: Project) -> Alerts:
    """Tells people of what waits for them, as the project says."""
    told = project.config.alerts
    return Alerts(told, Senders(told.to, secrets_of(project)))


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
    rhythms = rhythms_of(project, clock, opened) if worker else {}
    connectors: Mapping[str, Connector] = {}
    if not readonly and not offline:
        connectors = connect(project, clock, budgets, known.discard, tokens, rhythms)
    if faults := missing_secrets(connectors):
        raise ConfigError(faults)
    worked = {"conduct": False} if worker else {}
    store = open_project_store(project, readonly=readonly, wait_s=wait_s, on_commit=_moments(at), **worked)
    opened.append(store)
    try:
        clock.go_on_after(await last_told_us(store))
        share_tokens(tokens, store)
        await share_budgets(store, {} if readonly else budgets, worker=worker)
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
        await leave(store, connectors, budgets, worker=worker)
        await store.close()


def worker_of(hub: Hub, tell: Callable[[str], None] = lambda _role: None) -> Worker:
    """The worker that a hub belongs to, which was opened for one."""
    connectors = [each for each in hub.connectors.values() if isinstance(each, Divided)]

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


def _moments(at: At) -> Callable[[str], None] | None:
    return None if at is nowhere else lambda moment: at(f"{moment}-commit")


async def restore_store(
    project: Project, file: Path, *, over: bool = False, plan: bool = False, wait_s: float = 0.0
) -> Restored:
    """Put a backup in the place of the project's store, erase again what was erased since, and make it fit to go on.

    With `plan` nothing is changed. Raises StopFlow: the file is no backup of this project; the store there is newer,
    and `over` was not given; or another process works with it.
    """
    return await restore_project_store(project, file, SystemClock(), over=over, plan=plan, wait_s=wait_s)
