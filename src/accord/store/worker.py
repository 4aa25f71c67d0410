"""Where a store's blocking calls run: on one thread of their own, or in the calling one."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol, TypeVar

__all__ = ["InlineWorker", "ThreadWorker", "Worker"]

R = TypeVar("R")


class Worker(Protocol):
    """Runs calls one after the other."""

    async def call(self, function: Callable[..., R], *args: Any) -> R:
        """Result of function(*args), with its errors."""
        ...

    def close(self) -> None:
        """Let go of the thread, if there is one."""
        ...


class InlineWorker:
    """Runs calls at once, where they are made: no thread, no waiting, one order of events (for the simulation)."""

    async def call(self, function: Callable[..., R], *args: Any) -> R:
        """Result of function(*args)."""
        return function(*args)

    def close(self) -> None:
        """Nothing to let go of."""


class ThreadWorker:
    """Runs calls on one thread of their own, so that the event loop goes on meanwhile."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="accord-store")

    async def call(self, function: Callable[..., R], *args: Any) -> R:
        """Result of function(*args). A call that was begun is waited for also when the task is cancelled."""
        future = asyncio.get_running_loop().run_in_executor(self._executor, function, *args)
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            while not future.done():
                try:
                    await asyncio.wait([future])
                except asyncio.CancelledError:
                    continue
            if not future.cancelled():
                future.exception()
            raise

    def close(self) -> None:
        """Let go of the thread."""
        self._executor.shutdown(wait=True)
