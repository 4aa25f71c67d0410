"""Runs calls with bounded concurrency, results in order."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

__all__ = ["each"]

Item = TypeVar("Item")
Result = TypeVar("Result")


async def each(items: Sequence[Item], act: Callable[[Item], Awaitable[Result]], width: int) -> list[Result]:
    """What `act` gives for each item, at most `width` at a time: workers that share one queue, not a task per item.

    What one raises ends the others.
    """
    results: list[Any] = [None] * len(items)
    todo = iter(enumerate(items))

    async def worker() -> None:
        for index, item in todo:
            results[index] = await act(item)

    if len(items) <= 1 or width <= 1:
        await worker()
        return results
    tasks = [asyncio.ensure_future(worker()) for _ in range(min(width, len(items)))]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return results
