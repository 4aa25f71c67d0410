"""Let calls that are under way end when the run is told to stop (C1)."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

__all__ = ["finished"]

T = TypeVar("T")

PATIENCE_S: Final = 10.0


async def finished(act: Coroutine[Any, Any, T], patience_s: float = PATIENCE_S) -> T:
    """The answer of `act`; a cancellation is passed on when it has ended, or has had its time, or comes again.

    A write that is cut off is of unknown outcome, and may become a question to a person (W3): better wait a little.
    """
    task = asyncio.ensure_future(act)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        try:
            await asyncio.wait([task], timeout=patience_s)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        raise
