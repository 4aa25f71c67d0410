"""`make bench`: all benchmarks of the hub one after the other, or one of them by name, with its arguments.

make bench                                 all, as they are by default
make bench ARGS='size 10000 --stores sqlite'
make bench ARGS='--document docs/explanation/performance.md'   all that write tables write them into the page
"""

import subprocess
import sys
from collections.abc import Sequence
from typing import Final

PARTS: Final = {
    "compared": "beside a sync written by hand, with a store in SQLite and in PostgreSQL",
    "size": "as the records grow",
    "latency": "from an edit to the other side, told by webhook",
}
TABLES: Final = ("compared", "size")
"""Parts that write a table into a page."""


def main(arguments: Sequence[str]) -> None:
    """Run them; the first that fails ends it."""
    if arguments and arguments[0] in PARTS:
        todo = {arguments[0]: arguments[1:]}
    elif not arguments or arguments[0] == "--document":
        todo = {name: arguments if name in TABLES else () for name in PARTS}
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
