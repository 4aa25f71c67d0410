"""The same work done by Accord: the real connector, the real store, the real cycle.

argv: N [CASE ...], "link" or "copy", by default both; environment: BENCH_DIR, SERVER_PIDS. Prints a JSON line for each
figure, with the floor's names.
"""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from accord.project import load_project
from accord.runtime.hub import Hub
from accord.runtime.steps.configure import apply_configuration
from accord.runtime.steps.cycle import Cycle, run_cycle
from accord.wiring import open_hub
from benchmarks.meters import cpu_s, family_cpu_s, own_cpu_s, peak_mib, reset_peak
from benchmarks.servers import PORTS, get, post
from benchmarks.store_servers import made_project

PIDS = [int(pid) for pid in os.environ["SERVER_PIDS"].split(",")]
STORE_PIDS = [int(pid) for pid in os.environ.get("STORE_PIDS", "").split(",") if pid]


async def measured(n: int, what: str, act: Callable[[], Awaitable[int]], wanted: int) -> None:
    """Time one case; what it changed is checked."""
    reset_peak()
    servers, calls, stored = [cpu_s(pid) for pid in PIDS], count_calls(), store_s()
    own, began = own_cpu_s(), time.perf_counter()
    changes = await act()
    seconds, own = time.perf_counter() - began, own_cpu_s() - own
    figures: dict[str, Any] = {"N": n, "what": what, "s": seconds, "cpu": own, "changes": changes}
    figures |= {"rss": peak_mib(os.getpid()), "calls": count_calls() - calls}
    figures |= {"store_cpu": store_s() - stored}
    figures |= {"servers_cpu": [cpu_s(pid) - before for pid, before in zip(PIDS, servers, strict=True)]}
    if changes != wanted:
        raise SystemExit(f"{what}: {changes} changes instead of {wanted}")
    if wanted and (differing := count_differences()):
        raise SystemExit(f"{what}: {differing} people differ between the systems afterwards")
    print(json.dumps(figures), flush=True)


def store_s() -> float:
    """CPU seconds of the store's own processes so far; SQLite has none."""
    return sum(map(family_cpu_s, STORE_PIDS))


def count_calls() -> int:
    """Calls that both servers have answered, their own chores left out."""
    return sum(sum(get(port, "/_calls").values()) for port in PORTS)


def count_differences() -> int:
    """People whom the servers do not show alike."""
    command = [sys.executable, "-m", "benchmarks.differences"]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def written(cycle: Cycle) -> int:
    """Writes that were confirmed."""
    return cycle.shared.outcomes.get("done", 0)


async def link(hub: Hub, n: int) -> None:
    """Both sides hold the same people; then 1 % is edited on each side; and nothing is to be done."""

    async def first() -> int:
        return (await run_cycle(hub, approved={"*"})).linked

    async def cycle() -> int:
        return written(await run_cycle(hub, approved={"*"}))

    await measured(n, "link", first, 2 * n)
    for _ in range(3):
        await measured(n, "noop", cycle, 0)
    one = n // 100
    post(PORTS[0], f"/_edit?lo=0&n={one}")
    post(PORTS[1], f"/_edit?lo={n // 2}&n={one}")
    await measured(n, "incr", cycle, 2 * one)
    await cycle()  # our own writes are read back once, and are no news
    for _ in range(3):
        await measured(n, "noop", cycle, 0)


async def copy(hub: Hub, n: int) -> None:
    """One side is empty: everybody is created there, after it was looked at once more (W13)."""

    async def both() -> int:
        await run_cycle(hub, approved={"*"})
        return written(await run_cycle(hub, approved={"*"}))

    await measured(n, "copy", both, n)


CASES = {"link": (link, True), "copy": (copy, False)}
"""What is run by each, and whether the second system holds everybody too."""


async def main(n: int, cases: Sequence[str]) -> None:
    """Each case in a fresh project folder."""
    folder = Path(os.environ["BENCH_DIR"]) / "accord"
    for act, both in map(CASES.__getitem__, cases):
        post(PORTS[0], f"/_reset?n={n}&side=crm")
        post(PORTS[1], f"/_reset?n={n if both else 0}&side=erp")
        shutil.rmtree(folder, ignore_errors=True)
        made_project(folder, PORTS)
        async with open_hub(load_project(folder)) as hub:
            await apply_configuration(hub)
            await act(hub, n)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2:] or list(CASES)))
