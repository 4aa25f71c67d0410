"""Work that the store undid, for another worker did something else with the same rows, is begun anew."""

import asyncio
from collections.abc import Awaitable, Callable
from random import random
from typing import Final, TypeVar

from accord.core.errors import Undone

__all__ = ["begun_anew"]

T = TypeVar("T")

TRIES: Final = 20
_PAUSE_S: Final = 0.02


async def begun_anew(act: Callable[[], Awaitable[T]], tries: int = TRIES) -> T:
    """What `act` comes to, once it is not undone. It derives all it does from the store, each time.

    Raises Undone: so often was it in vain.
    """
    for tried in range(1, tries):
        try:
            return await act()
        except Undone:  # two that met do not meet again
            await asyncio.sleep(_PAUSE_S * min(tried, 10) * random())
    return await act()
