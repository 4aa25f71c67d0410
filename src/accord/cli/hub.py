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


def run(
    session: Session,
    act: Callable[[Hub], Awaitable[T]],
    *,
    readonly: bool = False,
    offline: bool = False,
    wait_s: float = 5.0,
) -> T:
    """The answer of `act` on the hub of the project; `offline`: it calls no system, so that no secret is needed.

    Another process that works on the project is waited for, up to `wait_s` seconds (C3).

    Ctrl-C and SIGTERM end it between two steps: what was committed is kept, writes under way are waited for a while. A
    second one does not wait; the next run finds out what became of them.
    """
    session.log_requests()

    async def main() -> T:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - asyncio.run made it
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, _stop, session, task, number)
        opened = open_hub(
            session.project(), readonly=readonly, offline=offline, wait_s=wait_s, tell=session.progress()
        )
        async with opened as hub:
            return await act(hub)

    try:
        return asyncio.run(main())
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None
    finally:
        session.end_progress()


def _stop(session: Session, task: "asyncio.Task[object]", number: int) -> None:
    session.terminated = number == signal.SIGTERM
    if not task.cancelling():
        session.warn("stopping; calls under way are waited for. Ctrl-C again does not wait.")
    task.cancel()
