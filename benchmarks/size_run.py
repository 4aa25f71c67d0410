"""What one process of the hub does at a size: `size_run PHASE N`, in an environment as that of `accord_run`.

Phases: "link" links N pairs that both systems hold, in a folder that is new; "work" opens what "link" left and runs on:
idle runs, runs with so many changes, a full reading. A JSON line for each figure. What is measured is the whole `sync`,
with its line in the store, its guards and its retention.
"""

import asyncio
import json
import os
import shutil
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from accord.project import load_project
from accord.runtime.hub import Hub
from accord.runtime.runs.sync import Synced, sync
from accord.runtime.steps.cycle import run_cycle
from accord.wiring import open_hub
from benchmarks.meters import cpu_s, family_cpu_s, family_mib, own_cpu_s, peak_mib, reset_peak
from benchmarks.servers import PORTS, get, post
from benchmarks.store_servers import made_project

PIDS = [int(pid) for pid in os.environ["SERVER_PIDS"].split(",")]
STORE_PIDS = [int(pid) for pid in os.environ.get("STORE_PIDS", "").split(",") if pid]
CHANGES = ((1, 5), (100, 3), (1000, 2))
"""So many changes a run, and how often."""


class Meter:
    """Seconds, CPU, calls and peak memory of what is done inside."""

    def __init__(self, n: int) -> None:
        self.n = n

    async def measure(self, what: str, act: Callable[[], Awaitable[int]], wanted: int) -> None:
        """Time one case; what it changed is checked."""
        reset_peak()
        servers, calls, stored = _servers_s(), _calls(), _store_s()
        own, began = own_cpu_s(), time.perf_counter()
        done = await act()
        s, own = time.perf_counter() - began, own_cpu_s() - own
        if done != wanted:
            raise SystemExit(f"{what}: {done} changes instead of {wanted}")
        figures: dict[str, Any] = {"n": self.n, "what": what, "s": s, "cpu": own, "changes": done}
        figures |= {"calls": _calls() - calls, "rss": peak_mib(os.getpid())}
        figures |= {"servers_cpu": _servers_s() - servers, "store_cpu": _store_s() - stored}
        figures |= {"store_mib": sum(map(family_mib, STORE_PIDS))}
        print(json.dumps(figures), flush=True)


def _servers_s() -> float:
    return sum(map(cpu_s, PIDS))


def _store_s() -> float:
    return sum(map(family_cpu_s, STORE_PIDS))


def _calls() -> int:
    return sum(sum(get(port, "/_calls").values()) for port in PORTS)


@asynccontextmanager
async def _hub(folder: Path) -> AsyncIterator[Hub]:
    async with open_hub(load_project(folder)) as hub:
        yield hub


def _written(synced: Synced) -> int:
    if synced.ended != "done" or synced.errors:
        raise SystemExit(f"a run {synced.ended}: {synced.reason} {synced.errors}")
    return synced.outcomes().get("done", 0)


async def link(folder: Path, n: int) -> None:
    """All is read and linked: nothing is to be written, for both systems show the same people."""
    meter = Meter(n)

    async def first() -> int:
        return sum(cycle.linked for cycle in (await sync(hub, confirmed=True)).cycles)

    async with _hub(folder) as hub:
        await meter.measure("link", first, 2 * n)


async def work(folder: Path, n: int) -> None:
    """What an ordinary day brings."""
    meter = Meter(n)
    async with _hub(folder) as hub:

        async def run() -> int:
            return _written(await sync(hub, again=True))

        await meter.measure("first run of a process", run, 0)
        for _ in range(7):
            await meter.measure("idle", run, 0)
        lo = 0
        for changes, times in CHANGES:
            if changes * 10 > n:
                continue
            for turn in range(times):
                post(PORTS[turn % 2], f"/_edit?lo={lo}&n={changes}&step={n // changes - 1}")
                lo += 1
                await meter.measure(f"{changes:,} edit{'s' * (changes > 1)}", run, changes)
        await meter.measure("idle again", run, 0)

        async def full() -> int:
            return (await run_cycle(hub, approved={"*": 0}, full=True)).linked

        await meter.measure("full reading", full, 0)


async def main(phase: str, n: int) -> None:
    """One phase in the folder that the environment names."""
    folder = Path(os.environ["BENCH_DIR"]) / "accord"
    if phase == "link":
        post(PORTS[0], f"/_reset?n={n}&side=crm")
        post(PORTS[1], f"/_reset?n={n}&side=erp")
        shutil.rmtree(folder, ignore_errors=True)
        made_project(folder, PORTS)
    await {"link": link, "work": work}[phase](folder, n)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
