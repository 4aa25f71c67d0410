"""Transactions one after the other: a lock that tells a deadlock of a task with itself."""

import asyncio
from types import TracebackType

__all__ = ["Turns"]


class Turns:
    """Lets one holder in at a time, first come, first served; works on in another event loop once all have left.

    Raises RuntimeError where a task that is inside enters again: it would wait for itself for ever.
    """

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._holder: object = None
        self._present = 0

    @property
    def taken(self) -> bool:
        """Somebody is inside."""
        return self._lock.locked()

    async def __aenter__(self) -> None:
        me = _current_task()
        if self._lock.locked() and me is not None and me is self._holder:
            raise RuntimeError("a transaction was begun inside another one of the same task")
        if not self._present:
            self._lock = asyncio.Lock()  # a lock that somebody waited for belongs to that event loop
        self._present += 1
        try:
            await self._lock.acquire()
        except BaseException:
            self._present -= 1
            raise
        self._holder = me

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._holder = None
        self._present -= 1
        self._lock.release()


def _current_task() -> object:
    try:
        return asyncio.current_task()
    except RuntimeError:  # driven without a loop
        return None
