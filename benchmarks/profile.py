"""Where Accord's time goes in the benchmark, by part of the program: `python -m benchmarks.profile [N [CASE]]`.

A sampling profiler (py-spy) looks at the thread that holds the interpreter, 500 times a second. A sample counts for the
room of the innermost frame that is Accord's own, so the library code that it calls counts with it.
"""

import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from benchmarks.servers import running

ROOT = Path(__file__).resolve().parent.parent
ROOMS = {
    "reads, writes and their HTTP": ("accord/connectors", "accord/connectorkit"),
    "rows to blobs and back": ("accord/store/rows.py", "accord/store/values.py"),
    "statements of the store": ("accord/store",),
    "intake": ("accord/core/intake",),
    "linking": ("accord/core/link.py", "accord/runtime/steps/linking.py"),
    "settling": (
        "accord/core/merging",
        "accord/core/settle.py",
        "accord/core/confirm.py",
        "accord/core/work.py",
    ),
    "writes that are due": ("accord/core/due",),
    "lenses and match keys": ("accord/core/lens", "accord/core/matching", "accord/core/types.py"),
    "the rest of the cycle": ("accord/runtime",),
}


def room(stack: list[str]) -> str:
    """Room of a stack, outermost frame first; "the event loop" where none of its frames is Accord's."""
    for frame in reversed(stack):
        for name, places in ROOMS.items():
            if any(place in frame for place in places):
                return name
    return "the event loop"


def sampled(arguments: Sequence[str]) -> list[tuple[list[str], int]]:
    """Stacks of one run of `accord_run`, and how often each was seen."""
    with tempfile.TemporaryDirectory(prefix="accord-profile-") as scratch, running(Path(scratch)) as pids:
        out = Path(scratch) / "stacks"
        environment = {**os.environ, "BENCH_DIR": scratch, "SERVER_PIDS": ",".join(map(str, pids))}
        spy = ["record", "--gil", "--rate", "500", "--format", "raw", "--output", str(out), "--"]
        command = [str(Path(sys.executable).parent / "py-spy"), *spy]
        command += [sys.executable, "-m", "benchmarks.accord_run", *arguments]
        done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
        if not out.exists():
            raise SystemExit(f"py-spy recorded nothing:\n{done.stderr[-2000:]}")
        lines = [line.rpartition(" ") for line in out.read_text().splitlines()]
    return [(stack.split(";"), int(count)) for stack, _, count in lines]


def main(arguments: Sequence[str]) -> None:
    """Print the share of each room, and the costliest functions."""
    rooms: Counter[str] = Counter()
    functions: Counter[str] = Counter()
    for stack, count in sampled(arguments):
        if not any("run_forever" in frame or "_worker" in frame for frame in stack):
            continue  # imports and set-up
        rooms[room(stack)] += count
        functions.update({frame.rpartition(":")[0]: count for frame in stack if "accord/" in frame})
    total = rooms.total()
    print(f"{' '.join(arguments)}: {total / 500:.1f} s of the interpreter")
    for name, count in rooms.most_common():
        print(f"  {count / total:6.1%}  {name}")
    print("Functions, with all that they call:")
    for name, count in functions.most_common(25):
        print(f"  {count / total:6.1%}  {name})")


if __name__ == "__main__":
    main(sys.argv[1:] or ["10000"])
