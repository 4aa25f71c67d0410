"""Run a use case of the runtime on the project of a call."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from typing import TypeVar

from accord.cli.context import Session
from accord.runtime.hub import Hub
from accord.wiring import open_hub

__all__ = ["run"]

T = TypeVar("T")


def run(session: Session, act: Callable[[Hub], Awaitable[T]], *, readonly: bool = False) -> T:
    """The answer of `act` on the hub of the project.

    Ctrl-C and SIGTERM end it between two steps: what was committed is kept, and a write under way is found out about
    by the next run.
    """

    async def main() -> T:
        task = asyncio.current_task()
        loop = asyncio.get_running_loop()
        if task is not None:
            loop.add_signal_handler(signal.SIGTERM, task.cancel)
        async with open_hub(session.project(), readonly=readonly) as hub:
            return await act(hub)

    try:
        return asyncio.run(main())
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None
    finally:
        session.end_progress()
