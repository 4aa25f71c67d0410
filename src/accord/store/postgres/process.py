"""Which process on which machine this is, so that the lease of one that died here can be taken over at once."""

import os
import secrets
import socket
import time
from pathlib import Path
from typing import Final

__all__ = ["Me", "now_s"]

_CLOCK: Final = (
    getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC) if hasattr(time, "CLOCK_MONOTONIC") else None
)


def now_s() -> float:
    """Seconds of a clock that never goes back and goes on while the machine sleeps, where there is one."""
    return time.monotonic() if _CLOCK is None else time.clock_gettime(_CLOCK)


class Me:
    """This process: `holder` for people, `process` to find out whether it lives, `session` to tell its connections."""

    def __init__(self) -> None:
        pid = os.getpid()
        self.holder = f"process {pid} on {socket.gethostname()}"
        self.session = f"accord {secrets.token_hex(8)}"
        born = _born(pid)
        self._machine = _machine()
        self.process = f"{self._machine}/{pid}/{born}" if self._machine and born else ""

    def is_dead(self, process: str) -> bool:
        """Whether a process is known to have ended: it ran on this machine, and does so no more."""
        machine, _, rest = process.partition("/")
        pid, _, born = rest.partition("/")
        return bool(machine) and machine == self._machine and pid.isdigit() and _born(int(pid)) != born


def _machine() -> str:
    """This boot of this machine, as far as its processes can be seen from here; empty where nobody can tell."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        return f"{boot}:{os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return ""


def _born(pid: int) -> str:
    """When a process began, in ticks since the machine did; empty: there is none, or it has ended."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
    except OSError:
        return ""
    fields = text.rpartition(")")[2].split()
    return "" if fields[0] in "ZX" else fields[19]
