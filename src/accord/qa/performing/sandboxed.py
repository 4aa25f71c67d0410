"""The ground for a checklist in one process: a sandbox for each system, over real HTTP, and a clock that jumps."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from accord.connectorkit.http import MemoryTokens, Tokens
from accord.connectorkit.manifest import Manifest, Rate
from accord.connectorkit.manifest_auth import WithTokens
from accord.connectorkit.played import as_played
from accord.connectors.rest import RestConnector
from accord.ports.clock import Clock
from accord.project import Project
from accord.qa.checklist import Checklist
from accord.qa.performing.clocks import JumpingClock
from accord.qa.performing.ground import Ground
from accord.qa.performing.perform import perform
from accord.qa.performing.rounds import Tell
from accord.qa.results import Report
from accord.sandbox.auth import TOKEN_PATH, Access
from accord.sandbox.server import SandboxServer
from accord.sandbox.setup import Setup
from accord.testing.system_model import Quirks

__all__ = ["run_on_sandbox", "sandboxes"]


@asynccontextmanager
async def sandboxes(
    project: Project, *, manifests: Mapping[str, Manifest] | None = None
) -> AsyncIterator[Ground]:
    """Sandboxes of the systems of a project that are enabled, from entering to leaving; they are empty.

    `manifests` by system are what the sandboxes play, where that is not what the project believes of them. Their
    listings trail as these declare; how often a system may be called is not kept to.
    """
    played = {
        name: as_played(manifest)
        for name, manifest in (manifests or project.manifests).items()
        if name in project.config.systems and project.config.systems[name].enabled
    }
    clock = JumpingClock()
    async with AsyncExitStack() as stack:
        connectors: dict[str, RestConnector] = {}
        people: dict[str, RestConnector] = {}
        for name, manifest in played.items():
            quirks = {each: Quirks(lag_s=it.lag_s) for each, it in manifest.types.items()}
            server = SandboxServer(manifest, Setup(quirks=quirks), clock=clock.now_us)
            await stack.enter_async_context(server)
            people[name] = _connector(name, manifest, server, clock)
            stack.push_async_callback(people[name].close)
            connectors[name] = people[name]
            believed = as_played(project.manifests[name])
            if believed != manifest:
                connectors[name] = _connector(name, believed, server, clock)
                stack.push_async_callback(connectors[name].close)
        folder = stack.enter_context(TemporaryDirectory(prefix="accord-qa-"))
        yield Ground(
            against="sandbox",
            manifests=played,
            connectors=connectors,
            people=people,
            clock=clock,
            store=Path(folder),
            jumps=True,
        )


async def run_on_sandbox(
    project: Project,
    checklist: Checklist,
    *,
    manifests: Mapping[str, Manifest] | None = None,
    tell: Tell | None = None,
) -> Report:
    """What comes of a checklist on sandboxes that are made for it; `manifests` as `sandboxes` takes them."""
    async with sandboxes(project, manifests=manifests) as ground:
        return await perform(checklist, project, ground, tell=tell)


def _connector(name: str, manifest: Manifest, server: SandboxServer, clock: Clock) -> RestConnector:
    auth: dict[str, Any] = {}
    if isinstance(server.manifest.auth, WithTokens):
        auth = {"token_url": f"{server.root}{TOKEN_PATH}"}
    at_will = Rate(concurrent=max(manifest.rate.concurrent, 16))
    return RestConnector(
        manifest.model_copy(update={"rate": at_will, "auth": server.manifest.auth}),
        system=name,
        clock=clock,
        secrets=lambda _: Access().secret,
        base_url=server.url,
        auth=auth,
        tokens=MemoryTokens(Tokens(access="", refresh=Access().secret)),
    )
