"""The two servers that are measured against: `floor/server.py` under uvicorn, one process each; or `lean_server.py`."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

__all__ = ["FLOOR", "HELD", "LEAN", "PORTS", "free_ports", "get", "post", "running"]

FLOOR = Path(__file__).parent / "floor"
PORTS = tuple(int(port) for port in os.environ.get("BENCH_PORTS", "52361,52362").split(","))
"""Those of the floor, which names them itself, unless the environment names others."""
HELD = (FLOOR, "server:app")
LEAN = (FLOOR.parent.parent, "benchmarks.lean_server:app")
"""Folder and name of what uvicorn serves: records held in memory, or computed when they are asked for."""


@contextmanager
def running(
    scratch: Path, served: tuple[Path, str] = HELD, ports: Sequence[int] = PORTS
) -> Iterator[tuple[int, int]]:
    """Process ids of the two servers while they run; `served` is HELD or LEAN."""
    if any(map(_listens, ports)):
        raise SystemExit(f"something listens on one of the ports {ports}; is another benchmark running?")
    folder, app = served
    command = [sys.executable, "-m", "uvicorn", app, "--log-level", "warning", "--no-access-log", "--port"]
    environment = {**os.environ, "BENCH_DIR": str(scratch)}
    processes = [subprocess.Popen([*command, str(port)], cwd=folder, env=environment) for port in ports]
    try:
        for port in ports:
            _await(port)
        first, second = (process.pid for process in processes)
        yield first, second
    finally:
        for process in processes:
            process.terminate()
            process.wait(10)


def free_ports() -> tuple[int, int]:
    """Two ports on which nothing listens."""
    with closing(socket.socket()) as first, closing(socket.socket()) as second:
        for each in (first, second):
            each.bind(("127.0.0.1", 0))
        return first.getsockname()[1], second.getsockname()[1]


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 0.5).close()
    except OSError:
        return False
    return True


def _await(port: int) -> None:
    end = time.monotonic() + 30
    while not _listens(port):
        if time.monotonic() > end:
            raise SystemExit(f"nothing listens on port {port}")
        time.sleep(0.05)


def post(port: int, path: str) -> None:
    """Tell a server to reset or edit its records."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", method="POST")
    with urllib.request.urlopen(request, timeout=300) as answer:
        answer.read()


def get(port: int, path: str) -> Any:
    """What a server answers, from JSON."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=300) as answer:
        return json.loads(answer.read())
