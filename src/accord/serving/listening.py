"""Systems that tell of changes over a connection of their own, as a database does: what they tell is a hint (S9)."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from typing import Final

from accord.core.errors import AccordError
from accord.ports.abilities import Telling
from accord.ports.connector import Connector
from accord.runtime.standing import Guarded
from accord.serving.agenda import Hinted
from accord.serving.calm import Calm
from accord.serving.telling import Tell

__all__ = ["listened"]

_CALM_S: Final = 1.0
"""Between two listings for hints that name no record."""
_LONGEST_S: Final = 60.0
"""So long it waits at most before it listens anew."""


@asynccontextmanager
async def listened(
    connectors: Mapping[str, Connector],
    entity_types: Callable[[str], Collection[str]],
    hinted: Hinted,
    tell: Tell,
    *,
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> AsyncIterator[None]:
    """Inside whatever connected systems tell is taken for a hint. `entity_types`: those of a system that are read."""
    inner = {name: it.inner if isinstance(it, Guarded) else it for name, it in connectors.items()}
    ears = [
        _Ear(name, it, entity_types(name), hinted, tell, sleep)
        for name, it in inner.items()
        if isinstance(it, Telling)
    ]
    tasks = [asyncio.ensure_future(ear.listen()) for ear in ears]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class _Ear:
    """Listens to one system, again and again."""

    def __init__(
        self,
        system: str,
        telling: Telling,
        entity_types: Collection[str],
        hinted: Hinted,
        tell: Tell,
        sleep: Callable[[float], Awaitable[object]],
    ) -> None:
        self._system, self._telling, self._types = system, telling, entity_types
        self._hinted, self._tell, self._sleep = hinted, tell, sleep
        self._calm = Calm(hinted.take, time.monotonic, _later)
        self._failed = 0

    async def listen(self) -> None:
        """Until it is cancelled."""
        while True:
            try:
                await self._hear()
                self._fault(AccordError("the connection has ended", remedy="It is made anew"))
            except AccordError as error:
                self._fault(error)
            self._failed += 1
            await self._sleep(min(_LONGEST_S, 2.0 ** min(self._failed - 1, 10)))

    async def _hear(self) -> None:
        begun = False
        async for hints in self._telling.told():
            if not begun:
                begun, self._failed = True, 0
                self._tell("listening", f"{self._system} tells of changes by itself", system=self._system)
                for name in self._types:  # what changed before that nobody told
                    self._hinted.take(f"{self._system}.{name}")
            for hint in hints:
                name = f"{self._system}.{hint.entity_type}"
                if hint.entity_type not in self._types:
                    continue
                if hint.id:
                    self._hinted.take(name, hint.id)
                else:
                    self._calm.take(name, _CALM_S)

    def _fault(self, error: AccordError) -> None:
        """Told once, until it listens again: changes are found by reading meanwhile."""
        if self._failed == 0:
            text = f"{self._system} tells of no changes, which are found by reading meanwhile: {error}"
            self._tell("listening", text, level=logging.WARNING, system=self._system, why=error.message)


def _later(wait_s: float, call: Callable[[], None]) -> object:
    return asyncio.get_running_loop().call_later(wait_s, call)
