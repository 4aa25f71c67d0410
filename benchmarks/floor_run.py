"""Run the floor as it is, and note beside each of its figures what the servers had to do for it.

argv: N REPS; environment: BENCH_DIR, SERVER_PIDS. The floor's own servers can not bind, for ours are there already.
"""

import asyncio
import json
import os
import sys
from collections.abc import Coroutine
from typing import Any

from benchmarks.meters import cpu_s
from benchmarks.servers import FLOOR

PIDS = [int(pid) for pid in os.environ["SERVER_PIDS"].split(",")]


def main() -> None:
    """Execute the floor's source with two of its names wrapped; prints a JSON line for each figure."""
    sys.path.insert(0, str(FLOOR))
    scope: dict[str, Any] = {"__name__": "floor", "__file__": str(FLOOR / "floor_sync.py")}
    mark: list[list[float]] = [[]]
    run = asyncio.run

    def servers_s() -> list[float]:
        return [cpu_s(pid) for pid in PIDS]

    def wrapped(coroutine: Coroutine[Any, Any, Any]) -> Any:
        post = scope["post"]

        async def marked_post(*args: Any) -> None:
            await post(*args)
            mark[0] = servers_s()

        def rec(_name: str, **figures: Any) -> None:
            spent = [now - before for now, before in zip(servers_s(), mark[0], strict=True)]
            print(json.dumps({**figures, "servers_cpu": spent}), flush=True)
            mark[0] = servers_s()

        scope["post"], scope["rec"] = marked_post, rec
        return run(coroutine)

    asyncio.run = wrapped  # type: ignore[assignment]
    exec(compile((FLOOR / "floor_sync.py").read_text(), "floor_sync.py", "exec"), scope)


if __name__ == "__main__":
    main()
