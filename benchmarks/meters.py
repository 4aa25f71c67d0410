"""CPU and memory of processes, as the operating system accounts them."""

import os
import time
from pathlib import Path

__all__ = ["cpu_s", "family_cpu_s", "family_mib", "own_cpu_s", "peak_mib", "reset_peak"]

TICKS = os.sysconf("SC_CLK_TCK")


def cpu_s(pid: int) -> float:
    """User and system seconds of a live process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def family_cpu_s(pid: int) -> float:
    """User and system seconds of a live process and its children so far, of those that have ended too."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    ended = sum(map(int, fields[13:15])) / TICKS
    return cpu_s(pid) + ended + sum(cpu_s(child) for child in _children(pid))


def family_mib(pid: int) -> float:
    """Memory of a live process and its children in MiB; what they share counts once."""
    kib = 0
    for each in (pid, *_children(pid)):
        for line in Path(f"/proc/{each}/smaps_rollup").read_text().splitlines():
            kib += int(line.split()[1]) if line.startswith("Pss:") else 0
    return kib / 1024


def _children(pid: int) -> list[int]:
    return list(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))


def own_cpu_s() -> float:
    """User and system seconds of this process, all of its threads."""
    return time.process_time()


def peak_mib(pid: int) -> float:
    """Peak resident memory of a live process in MiB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0.0


def reset_peak() -> None:
    """Begin to look for the peak of this process anew, where the kernel lets one."""
    Path("/proc/self/clear_refs").write_text("5")
