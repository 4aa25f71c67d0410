"""The service: runs by schedule and by hint under the configuration that was confirmed, and HTTP beside them."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from functools import partial

from msgspec import Struct

from accord.connecting import Logins
from accord.connecting.credentials import logins_of
from accord.core.errors import AccordError, ConfigError
from accord.project import Project
from accord.project.webhooks import hook_notes
from accord.runtime.clock import SystemClock
from accord.runtime.hub import Hub
from accord.runtime.runs.sync import Synced
from accord.serving.agenda import Hinted
from accord.serving.changes import stamp_of
from accord.serving.conductor import Conductor
from accord.serving.door import Door
from accord.serving.helping import ROLES, Helping, told_by_others
from accord.serving.hooks import Hooks
from accord.serving.listening import listened
from accord.serving.metrics import Metrics, look_at_books
from accord.serving.readiness import Readiness
from accord.serving.subscribing import addresses, read_types, subscribing, telling_systems
from accord.serving.subscriptions import Subscriptions, note_given
from accord.serving.telling import Tell
from accord.wiring import alerts_of, open_hub, worker_of

__all__ = ["Options", "Service"]

_WAIT_S = 5.0
"""So long another process is waited for that works with the project when the service begins."""
_LONGEST_S = 30.0
"""So long it waits at most before it begins anew."""
_BOOKS_S = 15.0
_SHARE = 100.0
"""What waits is counted so often at most, and in a hundredth of the time."""


class Options(Struct, frozen=True, kw_only=True):
    """How a service works. `every_s`: time between two reads, in the place of the project's own."""

    host: str = "127.0.0.1"
    port: int = 8790
    every_s: float | None = None
    url: str = ""
    """Where it is seen from outside, behind a proxy, in the place of the project's own."""


class Service:
    """Runs of one project. `load` reads its folder anew; `listens` is told the URL when work begins."""

    def __init__(
        self,
        load: Callable[[], Project],
        options: Options,
        listens: Callable[[str], None] = lambda _url: None,
    ) -> None:
        self.project = load()
        self.hinted, self.readiness, self.metrics, self.tell = Hinted(), Readiness(), Metrics(), Tell()
        self.logins: Logins | None = None
        self._alerts = alerts_of(self.project)
        self._load, self._options, self._listens = load, options, listens
        self.hooks = self._hooks_of(self.project)
        self.subscriptions: Subscriptions | None = None
        self._watched = self.project
        """What the files said when they were read last."""
        self._stamp = self._seen = stamp_of(self._watched)
        self._books_s = 0.0

    async def run(self) -> None:
        """Work until the task is cancelled.

        Raises AccordError: nobody can listen there, the store can not be opened, the systems can not be connected.
        """
        async with Door(self, self._options.host, self._options.port) as door:
            before: Project | None = None
            begun, failed = False, 0
            while True:
                try:
                    opened = open_hub(self.project, wait_s=_WAIT_S, tell=self._beat, worker=True)
                    async with opened as hub, logins_of(self.project, hub) as self.logins:
                        if not begun:
                            self._listens(door.url)
                        elif not failed:
                            self.tell("taken over", "the configuration is taken over as its files are now")
                        self._alerts = alerts_of(self.project)
                        begun, failed = True, 0
                        before, self.project = self.project, await self._work(hub)
                        self.hooks = self._hooks_of(self.project)
                except ConfigError as error:
                    if before is None or before is self.project:
                        raise
                    self.tell.fault(
                        "changed", "accord.yaml has changed, and the service goes on as it was", error
                    )
                    self.project = before
                except AccordError as error:  # the server of the state is away, say
                    if not begun:
                        raise
                    failed += 1
                    await self._pause(error, min(_LONGEST_S, 2.0 ** (failed - 1)))

    async def _pause(self, error: AccordError, wait_s: float) -> None:
        self.readiness.failed(error.message)
        self.metrics.stopped(error.code)
        self.tell.fault("failed", f"the work was stopped, and is begun anew in {wait_s:g} s", error)
        await asyncio.sleep(wait_s)
        self.readiness.beat()

    def changed(self) -> Project | None:
        """See `Office`."""
        before, self._seen = self._seen, stamp_of(self._watched)
        if self._seen == self._stamp or self._seen != before:  # it may be written just now
            return None
        self._stamp = self._seen
        try:
            fresh = self._load()
        except ConfigError as error:
            self.tell.fault("changed", "accord.yaml has changed, and the service goes on as it was", error)
            return None
        self._watched, self._stamp = fresh, stamp_of(fresh)
        self._seen = self._stamp
        return fresh

    async def after_run(self, hub: Hub, synced: Synced, seconds: float) -> None:
        """See `Office`."""
        self.metrics.ran(synced, seconds)
        began_s = time.monotonic()
        if began_s >= self._books_s:
            self.metrics.wait(await look_at_books(hub))
            took_s = time.monotonic() - began_s
            self._books_s = began_s + max(_BOOKS_S, _SHARE * took_s)
        untold = {} if self.subscriptions is None else self.subscriptions.errors()
        await self._alerts.after_run(hub, synced, untold)

    async def after_error(self, hub: Hub, error: AccordError) -> None:
        """See `Office`."""
        self.metrics.stopped(error.code)
        await self._alerts.after_error(hub, error)

    async def _work(self, hub: Hub) -> Project:
        """Until another project is to be worked with: alone where the state is in a file; else as one of several."""
        if self.project.server is None:
            return await self._conduct(hub)
        self.readiness.conducts = False
        helping = Helping(self, hub)
        worker = worker_of(hub, lambda role: self.tell("worker", ROLES[role]))
        return await worker.run(hub, self._conduct, helping.look, helping.beside)

    def look_again(self) -> None:
        """The files have changed, and nobody has been told."""
        self._stamp = ()

    async def _conduct(self, hub: Hub) -> Project:
        """Runs, and systems that tell of changes meanwhile, until another project is to be worked with."""
        project = self.project
        ears = listened(hub.connectors, partial(read_types, project), self.hinted, self.tell)
        async with self._subscribed(hub), told_by_others(hub, self.hinted), ears:
            return await Conductor(self, hub, self.project, self._options.every_s).work()

    @asynccontextmanager
    async def _subscribed(self, hub: Hub) -> AsyncIterator[None]:
        """Inside the systems that can are asked to tell of changes."""
        project, url = self.project, self._url(self.project)
        if not url:
            if names := ", ".join(telling_systems(project)):
                self.tell(
                    "webhooks",
                    f"{names}: changes are found by reading. To be told of them by the systems, set "
                    "serve: {url: https://…} in accord.yaml, or --public-url",
                )
            yield
            return
        for note in hook_notes(project, url):
            self.tell("webhooks", str(note), level=logging.WARNING)
        able = subscribing(project, hub.connectors)
        bases = {name: base for name, base in addresses(project, url).items() if name in able}
        given = await note_given(hub.store, bases)
        for name in given.keys() - project.config.systems.keys():
            text = f"{name} has left the configuration: remove there what calls {given[name][0]}, if it still does"
            self.tell("webhooks", text, level=logging.WARNING)
        asked = {name: it for name, it in able.items() if name in given}
        self.subscriptions = Subscriptions(
            asked,
            given,
            hub.clock,
            self.tell,
            may=hub.known.__contains__,
            made=lambda name: self._list_all(name, asked[name].entity_types),
        )
        try:
            async with self.subscriptions.kept():
                yield
        finally:
            self.subscriptions = None

    def _list_all(self, system: str, entity_types: Iterable[str]) -> None:
        """What happened there before it began to tell is found by a listing."""
        for name in entity_types:
            self.hinted.take(f"{system}.{name}")

    def _url(self, project: Project) -> str:
        """Where the service is seen from outside."""
        return self._options.url or project.config.serve.url or ""

    def _hooks_of(self, project: Project) -> Hooks:
        return Hooks(
            project, self.hinted, self.tell, now_us=SystemClock().now_us, url=self._url(project).rstrip("/")
        )

    def _beat(self, _what: str, _count: int) -> None:
        self.readiness.beat()
