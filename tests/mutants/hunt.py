"""Play worlds one after the other until one breaks a promise: what is done with each mutant, in its own process.

    python -m tests.mutants.hunt --worlds 300 [--first 0]

Prints one line of JSON, with seconds of processor time. A world that raises, or that does not end in time, is
broken too. Every fourth one loses the state of its hub in the end (G7).
"""

import argparse
import json
import signal
import sys
import time
from types import FrameType

from accord.store import MemoryStore
from accord.testing.world import play, seldom_collected

__all__ = ["broken_promises", "hunt"]

TOO_LONG_S = 20


class _TooLong(BaseException):
    """A world does not end."""


def _alarm(_signal: int, _frame: FrameType | None) -> None:
    raise _TooLong


def broken_promises(seed: int) -> list[str]:
    """Promises that the world of a seed breaks; one that raises or does not end breaks them too."""
    signal.alarm(TOO_LONG_S)
    try:
        second = MemoryStore() if seed % 4 == 0 else None
        return play(seed, MemoryStore(), second=second).verdict.broken
    except _TooLong:
        return [f"hangs: no end within {TOO_LONG_S} s"]
    except Exception as error:
        return [f"raises: {type(error).__name__}: {error}"]
    finally:
        signal.alarm(0)


def hunt(first: int, worlds: int) -> dict[str, object]:
    """The first world that fails, with its broken promises, and how many were played."""
    began = time.process_time()
    with seldom_collected():
        for count, seed in enumerate(range(first, first + worlds), 1):
            if broken := broken_promises(seed):
                return {"seed": seed, "broken": broken, "worlds": count, "s": time.process_time() - began}
    return {"seed": None, "broken": [], "worlds": worlds, "s": time.process_time() - began}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--worlds", type=int, default=300)
    given = parser.parse_args()
    signal.signal(signal.SIGALRM, _alarm)
    sys.stdout.write(json.dumps(hunt(given.first, given.worlds)) + "\n")
