"""The course of one read: cursors of the listing and of the endpoint of deletes, as one token."""

from collections.abc import AsyncIterator

from accord.connectorkit.cursors import Reading, reading
from accord.connectorkit.manifest import EntityType
from accord.core.observation import Observation
from accord.ports.connector import Page

__all__ = ["Course"]


class Course:
    """The cursors of one read: of the listing, and of the endpoint of deletes where there is one; joined by a bar.

    `begun_us` is when the read began, on the system's clock.
    """

    main: Reading
    dead: Reading | None

    def __init__(self, it: EntityType, cursor: str, begun_us: int, *, full: bool) -> None:
        self._it, self._cursor, self._full, self._given = it, cursor, full, cursor
        self.begin(begun_us)

    def begin(self, begun_us: int) -> None:
        """The beginning is known better, and no page was seen yet; filters stay as they are."""
        self._begun_us = begun_us
        listed, _, buried = self._cursor.partition("|")
        self.main = reading(self._it, listed, begun_us, full=self._full)
        apart = self._it.tombstones is not None and bool(self._it.tombstones.path)
        self.dead = reading(self._it, buried, begun_us, full=self._full) if apart else None

    def begin_anew(self) -> None:
        """The cursor has expired: read all."""
        self._cursor, self._full = "", True
        self.begin(self._begun_us)

    async def pages(self, batches: AsyncIterator[list[Observation]]) -> AsyncIterator[Page]:
        """The observations of this read as pages: only the last one bears a new cursor (S8)."""
        held: list[Observation] | None = None
        async for observations in batches:
            if held is not None:
                yield Page(observations=held, cursor=self._given)
            held = observations
        yield Page(observations=held or [], cursor=self.cursor())

    def cursor(self) -> str:
        """Token of the next read."""
        return f"{self.main.cursor()}|{self.dead.cursor()}" if self.dead else self.main.cursor()
