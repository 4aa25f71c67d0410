"""Play a world again and tell its story: what people and the hub did, what was reached, which promises broke.

python -m accord.testing.world SEED [--steps N] [--store memory|sqlite] [--shapes] [--lose-state]
"""

import argparse
import sys
from importlib import import_module

from accord.ports.store import Store
from accord.testing.world.play import STEPS, play
from accord.testing.world.shapes import shaped
from accord.testing.world.story import tell

__all__ = ["main"]


def _store(kind: str) -> Store:
    """A fresh store. The stores stand above this package, so they are named and not imported."""
    stores = import_module("accord.store")
    made: Store = stores.MemoryStore() if kind == "memory" else stores.SqliteStore(":memory:", inline=True)
    return made


def main() -> int:
    """Exit status 1 when a promise broke."""
    parser = argparse.ArgumentParser(prog="python -m accord.testing.world", description=__doc__)
    parser.add_argument("seed", type=int)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--store", choices=("memory", "sqlite"), default="memory")
    parser.add_argument("--shapes", action="store_true", help="with groups or facets (M8, L9)")
    parser.add_argument("--lose-state", action="store_true", help="the hub loses its state in the end (G7)")
    given = parser.parse_args()
    second = _store(given.store) if given.lose_state else None
    weather = shaped(given.seed) if given.shapes else None
    outcome = play(given.seed, _store(given.store), given.steps, second=second, weather=weather)
    sys.stdout.write(tell(outcome, full=True) + "\n")
    return 1 if outcome.verdict.broken else 0


if __name__ == "__main__":
    sys.exit(main())
