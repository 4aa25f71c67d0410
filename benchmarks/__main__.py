"""`make bench`: all benchmarks of the hub one after the other, or one of them by name, with its arguments.

make bench                                 all, in about ten minutes: smaller sizes than those of the documentation
make bench ARGS='size 10000 --stores sqlite'
make bench ARGS='compared --document docs/explanation/performance.md'     with 50,000 too: a quarter of an hour
make bench ARGS='size 10000 100000 1000000 --document docs/explanation/sizing.md'              half an hour
"""

import subprocess
import sys
from collections.abc import Sequence
from typing import Final

PARTS: Final = {
    "compared": "beside a sync written by hand, with a store in SQLite and in PostgreSQL",
    "size": "as the records grow",
    "workers": "one worker and two, on systems that answer after 50 ms",
    "connectors": "connectors with real systems of their kinds",
    "latency": "from an edit to the other side, told by webhook",
}
SHORT: Final = {"compared": ("10000",)}
"""With what a part is run where all are."""


def main(arguments: Sequence[str]) -> None:
    """Run them; the first that fails ends it."""
    if arguments and arguments[0] in PARTS:
        todo = {arguments[0]: arguments[1:]}
    elif not arguments:
        todo = {name: SHORT.get(name, ()) for name in PARTS}
    else:
        raise SystemExit(f"{__doc__}\n" + "\n".join(f"{name:<10} {what}" for name, what in PARTS.items()))
    for name, more in todo.items():
        print(f"== {name}: {PARTS[name]}", flush=True)
        if code := subprocess.run(
            [sys.executable, "-m", f"benchmarks.{name}", *more], check=False
        ).returncode:
            raise SystemExit(code)


if __name__ == "__main__":
    main(sys.argv[1:])
