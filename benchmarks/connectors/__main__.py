"""What connectors do with real systems of their kind, without a hub.

python -m benchmarks.connectors [NAME ...] [--records N]

A module beside this one for each: `cases()` starts its system, and gives connectors to measure. Prints a line for each
figure; with --document FILE it writes a table between its marks.
"""

import argparse
import asyncio
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Final

from benchmarks.connectors.measure import Figure, measured
from benchmarks.pages import put_table, table

HERE: Final = Path(__file__).parent
NAMES: Final = sorted(
    path.stem for path in HERE.glob("*.py") if path.stem not in ("__init__", "__main__", "measure")
)


async def figures_of(name: str, n: int) -> list[Figure]:
    """Figures of all cases of a connector."""
    found: list[Figure] = []
    async with import_module(f"benchmarks.connectors.{name}").cases() as cases:
        for case in cases:
            for figure in await measured(case, n):
                print(figure, flush=True)
                found.append(figure)
    return found


def rows(figures: Sequence[Figure]) -> list[list[str]]:
    """Rows of the table."""
    return [
        [
            figure.case,
            figure.what,
            f"{figure.records:,}",
            f"{figure.s:.3f}",
            f"{figure.records / figure.s:,.0f}" if figure.records else "",
            f"{figure.calls / figure.records:.3f}"
            if figure.calls and figure.records
            else str(figure.calls or ""),
        ]
        for figure in figures
    ]


def main() -> None:
    """Measure those that are named, or all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.connectors", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--records", type=int, default=2_000)
    parser.add_argument("--document", type=Path)
    told = parser.parse_args()
    if unknown := set(told.names) - set(NAMES):
        parser.error(f"no connector {', '.join(sorted(unknown))}; known are {', '.join(NAMES)}")
    found = [figure for name in told.names or NAMES for figure in asyncio.run(figures_of(name, told.records))]
    if told.document:
        heads = ["connector", "what", "records", "s", "records/s", "calls each"]
        put_table(told.document, "connectors", table(heads, rows(found)))


if __name__ == "__main__":
    main()
