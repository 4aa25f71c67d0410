"""What workers share beside the state: sealed tokens, one row each, refreshed by one worker at a time (C5).

They are no part of a transaction of the hub: a token that a system has given must be kept whatever becomes of the run.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from psycopg import RawCursor

from accord.core.errors import RetryLater, StaleLease
from accord.ports.leases import Lease
from accord.store.postgres import sql
from accord.store.postgres.database import Connection
from accord.store.postgres.store import PostgresStore

__all__ = ["PostgresBox"]

_LEASE_S: Final = 15.0
"""A worker that is not heard of for so long gets no token any more."""
_PAUSE_S: Final = 0.05
_WAIT_S: Final = 60.0
"""Longer than a call to a token endpoint may take."""


class PostgresBox:
    """Bytes by name in the table `token` of a store, whichever right to write that was opened with.

    Who is alone holds a lease, so that the next one need not wait for a worker that was stopped or cut off; what that
    one then wants to keep late is refused.
    """

    def __init__(self, store: PostgresStore, *, wait_s: float = _WAIT_S, lease_s: float = _LEASE_S) -> None:
        self.store, self._wait_s, self._lease_s = store, wait_s, lease_s
        self._alone: dict[str, Lease] = {}

    async def get(self, name: str) -> bytes | None:
        """What was kept last, by whichever worker, or None."""
        return await self.store.aside(_get, name)

    async def put(self, name: str, kept: bytes | None) -> None:
        """Keep bytes; None: nothing any more. Raises RetryLater: another worker has taken over meanwhile."""
        try:
            await self.store.aside(_put, name, kept, self._alone.get(name))
        except StaleLease:
            raise RetryLater(f"{name}: another worker gets tokens now", after_s=1.0) from None

    @asynccontextmanager
    async def alone(self, name: str) -> AsyncIterator[None]:
        """While in it no other worker is in it under that name. Raises RetryLater: it waited too long."""
        last_s = time.monotonic() + self._wait_s
        while (held := await self.store.hold(f"token:{name}", self._lease_s)) is None:
            if time.monotonic() >= last_s:
                raise RetryLater(
                    f"{name}: another worker is getting a token, and does not come to an end",
                    after_s=10.0,
                    remedy="Look which other process works with this project",
                )
            await asyncio.sleep(_PAUSE_S)
        self._alone[name] = held.lease
        try:
            yield
        finally:
            del self._alone[name]
            await self.store.let_go(held)


def _get(db: Connection, name: str) -> bytes | None:
    row = RawCursor(db).execute(sql.SEALED.encode(), [name]).fetchone()
    return None if row is None else bytes(row[0])


def _put(db: Connection, name: str, kept: bytes | None, fence: Lease | None) -> None:
    cursor = RawCursor(db)
    if fence is not None:
        cursor.execute(sql.FENCE.encode(), fence)
    if kept is None:
        cursor.execute(sql.DROP_SEALED.encode(), [name])
    else:
        cursor.execute(sql.SAVE_SEALED.encode(), [name, kept])
