"""Systems for the contract of connectors: played in memory, behind HTTP without sockets, behind real servers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from accord.connectorkit.hooks import Delivery
from accord.connectorkit.manifest import Manifest
from accord.connectorkit.manifest_load import load_manifest, manifest_from
from accord.connectors.rest import RestConnector
from accord.ports.subscriber import Subscriber
from accord.project.load import CONNECTORS
from accord.sandbox import Sandbox, SandboxServer, Setup
from accord.simulate.transport import FaceTransport
from accord.testing.connector_contract import HookRig, PlayedClock, Rig
from accord.testing.model_connector import ModelConnector
from accord.testing.system_model import SystemModel

PERSON: dict[str, Any] = {
    "path": "/people",
    "properties": {
        "name": {"required": True, "max_length": 40},
        "note": {},
        "spare": {},
        "total": {"type": "decimal", "read_only": True},
    },
    "version": {"property": "rev", "order": "ordered", "exact": True},
    "conditional": "If-Match",
    "modified": "changed",
    "created": "made",
    "update": "patch",
    "page": {"style": "cursor", "size": 3, "next": "next", "items": "items"},
    "changes": {"parameter": "since", "format": "iso"},
    "errors": {"message": "errors[].detail", "property": "errors[].field"},
    "max_request_s": 0.4,
}


def manifest_with(**person: Any) -> Manifest:
    """A manifest of people; None takes a setting away."""
    spec = {name: value for name, value in {**PERSON, **person}.items() if value is not None}
    return manifest_from({"name": "played", "base_url": "http://played.test/api", "types": {"Person": spec}})


def builtin(name: str, entity_type: str) -> Manifest:
    """A built-in manifest with the one entity type (and what it refers to), in small pages and with little patience."""
    manifest = load_manifest(CONNECTORS / name / "manifest.yaml")
    it = manifest.types[entity_type]
    small = it.model_copy(update={"page": it.page.model_copy(update={"size": 3}), "max_request_s": 0.4})
    return manifest.model_copy(update={"types": {**manifest.types, entity_type: small}})


def rest(manifest: Manifest, clock: PlayedClock, **settings: Any) -> RestConnector:
    """A connector that knows the sandbox's secret."""
    return RestConnector(manifest, system="mine", clock=clock, secrets=lambda _: "sandbox", **settings)


@asynccontextmanager
async def modelled(manifest: Manifest, entity_type: str) -> AsyncIterator[Rig]:
    clock = PlayedClock()
    model = SystemModel(manifest, clock=clock.now_us)
    yield _rig(ModelConnector(model, clock=clock.now_us), manifest, entity_type, model, clock)


@asynccontextmanager
async def in_memory(manifest: Manifest, entity_type: str) -> AsyncIterator[Rig]:
    clock = PlayedClock()
    sandbox = Sandbox(manifest, clock=clock.now_us)
    connector = rest(manifest, clock, transport=FaceTransport(sandbox.face, clock))
    yield _rig(connector, manifest, entity_type, sandbox.model, clock)


@asynccontextmanager
async def served(manifest: Manifest, entity_type: str) -> AsyncIterator[Rig]:
    """A real server on a free port of the loopback interface, in this event loop; its clock is played."""
    clock = PlayedClock()
    setup = Setup(hang_s=1, hook_retry_s=0.01)
    async with SandboxServer(manifest, setup, clock=clock.now_us) as server:
        token_url = getattr(manifest.auth, "token_url", "")
        auth = {"token_url": f"{server.root}{urlsplit(token_url).path}"} if token_url else {}
        connector = rest(manifest, clock, base_url=server.url, auth=auth)
        try:
            rig = _rig(connector, manifest, entity_type, server.model, clock)
            if connector.hooks is None:
                yield rig
                return
            async with receiving(manifest, connector.hooks, clock) as hooks:
                rig.hooks, rig.told = hooks, server.sandbox.hooks.release
                yield rig
        finally:
            await connector.close()


@asynccontextmanager
async def receiving(manifest: Manifest, subscriber: Subscriber, clock: PlayedClock) -> AsyncIterator[HookRig]:
    """A real server for webhooks on a free port, which answers as the hub does."""
    hooks = HookRig(manifest=manifest, subscriber=subscriber, base="", secret="sandbox", now_us=clock.now_us)

    async def take(asked: web.BaseRequest) -> web.StreamResponse:
        url = f"{hooks.base.partition('/hooks')[0]}{asked.raw_path}"
        sent = Delivery(method=asked.method, url=url, headers=asked.headers, body=await asked.read())
        status, body, kind = hooks.took(sent)
        return web.Response(status=status, body=body, headers={"Content-Type": kind})

    runner = web.ServerRunner(web.Server(take))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    hooks.base = f"http://127.0.0.1:{runner.addresses[0][1]}/hooks/mine"
    try:
        yield hooks
    finally:
        await runner.cleanup()


def _rig(
    connector: Any, manifest: Manifest, entity_type: str, people: SystemModel, clock: PlayedClock
) -> Rig:
    return Rig(
        connector=connector,
        mapping=f"mine.{entity_type}",
        it=manifest.types[entity_type],
        people=people,
        clock=clock,
    )
