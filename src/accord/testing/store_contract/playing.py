"""Tests of coroutine methods, without a plugin of pytest."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from accord.ports.store import Store

__all__ = ["in_store"]

Scenario: TypeAlias = Callable[[Any, Store], Awaitable[None]]


def in_store(scenario: Scenario) -> Callable[[Any], None]:
    """A test of a coroutine method that is given an empty store."""

    def test(self: Any) -> None:
        async def play() -> None:
            store = self.make()
            try:
                await scenario(self, store)
            finally:
                await store.close()

        asyncio.run(play())

    test.__name__ = getattr(scenario, "__name__", "test")
    test.__doc__ = scenario.__doc__
    return test
