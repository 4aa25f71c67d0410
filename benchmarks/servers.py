"""The two servers that are measured against: `floor/server.py` under uvicorn, one process each."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

__all__ = ["FLOOR", "PORTS", "get", "post", "running"]

FLOOR = Path(__file__).parent / "floor"
PORTS = (52361, 52362)


@contextmanager
def running(scratch: Path) -> Iterator[tuple[int, int]]:
    """Process ids of the two servers while they run."""
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        "server:app",
        "--log-level",
        "warning",
        "--no-access-log",
        "--port",
    ]
    environment = {**os.environ, "BENCH_DIR": str(scratch)}
    processes = [subprocess.Popen([*command, str(port)], cwd=FLOOR, env=environment) for port in PORTS]
    try:
        for port in PORTS:
            _await(port)
        first, second = (process.pid for process in processes)
        yield first, second
    finally:
        for process in processes:
            process.terminate()
            process.wait(10)


def _await(port: int) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 0.5).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit(f"nothing listens on port {port}; is another benchmark running?")


def post(port: int, path: str) -> None:
    """Tell a server to reset or edit its records."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", method="POST")
    with urllib.request.urlopen(request, timeout=300) as answer:
        answer.read()


def get(port: int, path: str) -> Any:
    """What a server answers, from JSON."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=300) as answer:
        return json.loads(answer.read())
