"""A checklist under way: how far it has come, and how it is stopped."""

import asyncio
import signal
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress as Bar, TextColumn, TimeElapsedColumn

from accord.cli.context import Session
from accord.qa.performing import Progress, Tell

__all__ = ["progress_bar", "run_to_its_end"]

T = TypeVar("T")


def run_to_its_end(session: Session, performing: Coroutine[Any, Any, T]) -> T:
    """What comes of it. Ctrl-C and SIGTERM end it early, and it answers with what it saw by then; a second one does not
    wait for that. Raises KeyboardInterrupt: it had nothing to answer.
    """
    session.log_requests()

    async def main() -> T:
        task = asyncio.ensure_future(performing)
        loop = asyncio.get_running_loop()

        def stop(number: int) -> None:
            if not task.cancelling():
                session.warn("stopping; probes are removed first. Ctrl-C again does not wait.")
            session.terminated = number == signal.SIGTERM
            task.cancel()

        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop, number)
        return await task

    try:
        return asyncio.run(main())
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None


@contextmanager
def progress_bar(session: Session, lines: int) -> Iterator[Tell]:
    """A bar on the terminal; nothing where nobody looks."""
    console = Console(stderr=True)
    if session.quiet or session.json or session.verbose or not console.is_terminal:
        yield lambda _: None
        return
    columns = (TextColumn("{task.description:<24}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task("beginning", total=lines)

        def tell(told: Progress) -> None:
            bar.update(
                task, completed=told.done, total=told.of, description=f"round {told.round}, {told.doing}"
            )

        yield tell
