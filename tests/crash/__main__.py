"""python -m tests.crash --kills 200 [--seed N]: kill the real program, and tell what became of it.

Exit status 1 when anything was lost, doubled, invented or left different.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from msgspec import json, to_builtins

from tests.crash.killing import kill_often


def main() -> int:
    """Kill, and say how it went."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="accord-crash-") as folder:
        try:
            report = kill_often(given.kills, given.seed, Path(folder))
        except AssertionError as error:
            sys.stdout.write(f"{error}\n")
            return 1
    shown = json.encode(to_builtins(report)).decode() if given.json else "\n".join(report.lines())
    sys.stdout.write(shown + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
