"""A worker in a process of its own: `python -m tests.workers.program FOLDER URL LEASE_S EVERY_S [WORKERS]`.

It prints lines of JSON: what it is, and what it has done.
"""

import asyncio
import json
import logging
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from accord.project import load_project
from accord.runtime.clock import SystemClock
from accord.runtime.hub import Hub
from accord.runtime.runs.sync import sync
from accord.scale import Worker
from accord.store.postgres import PostgresStore
from accord.wiring import connect, guard_limits


def say(**what: Any) -> None:
    """One line for whoever started this."""
    print(json.dumps({**what, "at_s": time.time()}), flush=True)  # noqa: T201 - what the program says


async def main(folder: Path, url: str, lease_s: float, every_s: float) -> None:
    """Work until told to stop."""
    project, clock = load_project(folder), SystemClock()
    connectors = connect(project, clock)
    store = PostgresStore(url, conduct=False, lease_s=lease_s)
    hub = Hub(
        model=project.model,
        store=store,
        connectors=connectors,
        clock=clock,
        guards=guard_limits(project),
    )

    def divide(workers: int) -> None:
        for connector in connectors.values():
            connector.divide(workers)

    worker = Worker(
        store,
        most=min(connector.concurrent for connector in connectors.values()),
        divide=divide,
        go_on_after=clock.go_on_after,
        tell=lambda role: say(role=role),
    )

    async def conduct(mine: Hub) -> None:
        while True:
            began_s = time.monotonic()
            synced = await sync(mine, confirmed=True, again=True)
            if not synced.idle:
                team = {f"{kind} {where}": n for (kind, where), n in worker.gathered.items()}
                say(run=synced.run, s=time.monotonic() - began_s, team=team, **synced.summary())
            say(idle=synced.idle, workers=worker.workers)
            async with mine.store.idle():
                await asyncio.sleep(every_s)

    task = asyncio.current_task()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    try:
        await worker.run(hub, conduct)
    finally:
        here = {kind: n for (kind, where), n in worker.gathered.items() if where == "here"}
        say(hand=dict(worker.performed), conductor=here)
        for connector in connectors.values():
            await connector.close()
        await store.pieces.end()
        await store.close()


if __name__ == "__main__":
    logging.getLogger("accord.requests").setLevel(logging.DEBUG)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    with suppress(asyncio.CancelledError):
        asyncio.run(main(Path(sys.argv[1]), sys.argv[2], float(sys.argv[3]), float(sys.argv[4])))
