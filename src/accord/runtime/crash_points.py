"""Moments at which the process may be told to die, so that tests meet each of them and not only those of chance (C1).

Nothing here is reached unless the environment names a moment; `Hub.at` does nothing then.
"""

import os
import signal
from collections.abc import Callable, Mapping
from typing import Final

from accord.core.errors import ConfigError, Fault

__all__ = ["POINTS", "VARIABLE", "At", "crash_at", "nowhere"]

At = Callable[[str], None]
"""Called with the name of the moment that has come."""

VARIABLE: Final = "ACCORD_CRASH_AT"
"""POINT:N, the N-th time that the moment comes."""

POINTS: Final = {
    "before-commit": "right before any transaction of the store is committed",
    "after-commit": "right after any transaction of the store was committed",
    "page": "a page was taken in, the cursor has not moved",
    "fetched": "a system has answered for records asked for by id, nothing of it is stored",
    "linked": "links are made in a transaction that is not committed",
    "settled": "golden records are settled in a transaction that is not committed",
    "frozen": "writes are frozen and committed, no call was made",
    "sent": "all calls of a batch have been answered, no answer is stored",
    "confirmed": "the answers of a batch are stored and committed",
    "repeated": "a create of unknown outcome was repeated and answered, the answer is not stored",
    "found": "the record that a create of unknown outcome made was found, it is not linked",
    "configured": "a changed configuration is applied in a transaction that is not committed",
    "cycle": "a cycle has ended",
    "end": "a run is over, its end is not stored",
}
"""What has just happened at each moment."""


def nowhere(_point: str) -> None:
    """The process lives on."""


def crash_at(environ: Mapping[str, str]) -> At:
    """What kills this process, as SIGKILL does, at the moment that the environment names.

    Raises ConfigError: there is no such moment.
    """
    told = environ.get(VARIABLE, "")
    if not told:
        return nowhere
    point, _, number = told.partition(":")
    if point not in POINTS or not (number or "1").isdecimal():
        remedy = f"Write POINT:N with one of {', '.join(POINTS)}, or take the variable away"
        raise ConfigError(
            [Fault("the environment", 0, f"{VARIABLE} names no moment of a run: {told}", remedy)]
        )
    left = int(number or "1")

    def at(reached: str) -> None:
        nonlocal left
        if reached == point:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return at
