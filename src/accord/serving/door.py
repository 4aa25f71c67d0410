"""HTTP of a service: its health, its readiness, hints from systems; each answered at once."""

from os import strerror
from types import TracebackType
from typing import Any, Final, Protocol, Self

from aiohttp import web

import accord
from accord.connecting import Logins
from accord.connecting.page import HEADERS
from accord.core.errors import StopFlow
from accord.project import Project
from accord.serving.hooks import Hooks
from accord.serving.metrics import CONTENT_TYPE, Metrics
from accord.serving.readiness import Readiness
from accord.serving.subscriptions import Subscriptions

__all__ = ["Door"]

_PLAIN: Final = """\
Accord keeps the records of business systems in sync. This is the service of the project {name}.

/healthz        it is alive
/readyz         it does its work
/metrics        figures for Prometheus
/hooks/SYSTEM   systems tell here what has changed

Nothing else is here: people use the command line (accord status, accord review, accord conflicts).
"""


class House(Protocol):
    """What the door opens to."""

    project: Project
    hooks: Hooks
    subscriptions: Subscriptions | None
    logins: Logins | None
    metrics: Metrics
    readiness: Readiness


class Door:
    """A server on a port, from entering the context to leaving it. Raises StopFlow: the port can not be had."""

    def __init__(self, house: House, host: str, port: int) -> None:
        self.url = ""
        self._house, self._host, self._port = house, host, port
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.add_routes(
            [
                web.get("/", self._about),
                web.get("/healthz", self._health),
                web.get("/readyz", self._ready),
                web.route("*", "/hooks/{system}", self._hook),
                web.get("/oauth/callback", self._come_back),
                web.get("/metrics", self._metrics),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._port).start()
        except OSError as error:
            await self._runner.cleanup()
            why = strerror(error.errno) if error.errno and error.errno > 0 else error.strerror or str(error)
            raise StopFlow(
                f"the service can not listen on {self._host} port {self._port} ({why})",
                remedy="Name another --port or --host, or stop what listens there.",
            ) from None
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _about(self, _: web.Request) -> web.Response:
        return web.Response(text=_PLAIN.format(name=self._house.project.name))

    async def _health(self, _: web.Request) -> web.Response:
        return _answer(*self._house.readiness.health())

    async def _ready(self, _: web.Request) -> web.Response:
        return _answer(*self._house.readiness.ready())

    async def _metrics(self, _: web.Request) -> web.Response:
        house = self._house
        house.metrics.stand(
            ready=house.readiness.ready()[0],
            conducts=house.readiness.conducts,
            hooks=house.hooks.counts,
            subscriptions=house.subscriptions.counts() if house.subscriptions else {},
        )
        return web.Response(body=house.metrics.text(), headers={"Content-Type": CONTENT_TYPE})

    async def _come_back(self, asked: web.Request) -> web.Response:
        """A person comes back who allowed Accord to act for them, or did not."""
        if self._house.logins is None:
            return web.Response(text="The service is not ready yet: load this page again.", status=503)
        said = await self._house.logins.answer(dict(asked.query))
        return web.Response(status=said.status, body=said.html.encode(), headers=HEADERS)

    async def _hook(self, asked: web.Request) -> web.Response:
        return await self._house.hooks.take(asked)


def _answer(good: bool, told: dict[str, Any]) -> web.Response:
    return web.json_response({**told, "version": accord.__version__}, status=200 if good else 503)
