"""Runs a sandbox until it is told to stop: what the command line calls."""

import asyncio
import signal
from collections.abc import Callable

from accord.connectorkit.manifest import Manifest
from accord.sandbox.door import DOOR
from accord.sandbox.server import SandboxServer
from accord.sandbox.setup import Setup

__all__ = ["run_sandbox"]


def run_sandbox(
    manifest: Manifest, setup: Setup | None = None, tell: Callable[[str], None] | None = None
) -> None:
    """Serve until SIGINT or SIGTERM, then end in order. Once calls are answered `tell` is given a line with the URL
    last, and one with that of the page for people.

    Raises ConfigError (a file to load, or the manifest's paths) and StopFlow (the port, the file of records).
    """
    asyncio.run(_run(manifest, setup or Setup(), tell or _print))


async def _run(manifest: Manifest, setup: Setup, tell: Callable[[str], None]) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    async with SandboxServer(manifest, setup) as server:
        tell(f"{manifest.name} ({_held(server)}) at {server.url}/")
        tell(f"People see and change its records at {server.root}{DOOR}/")
        await stopped.wait()


def _held(server: SandboxServer) -> str:
    counts = {name: server.sandbox.records.count(name) for name in server.sandbox.model.manifest.types}
    return ", ".join(f"{count} {name}" for name, count in counts.items())


def _print(line: str) -> None:
    print(line, flush=True)  # noqa: T201  # what the program says
