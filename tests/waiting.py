"""Waiting for what other processes and threads do."""

import time
from collections.abc import Callable
from typing import Final

__all__ = ["PATIENCE_S", "until"]

PATIENCE_S: Final = 60.0
"""What does not come by then does not come. It costs nothing where it comes, so a machine may be slow."""


def until(
    true: Callable[[], object], why: Callable[[], object] = lambda: "", within_s: float = PATIENCE_S
) -> None:
    """Wait until it is true. Raises AssertionError: it does not become so; `why` says what is there instead."""
    last_s = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < last_s, why()
        time.sleep(0.02)
