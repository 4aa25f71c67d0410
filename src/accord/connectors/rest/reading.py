"""Reads over HTTP of one entity type: listings of changes, records by id, searches (S8, S10, W3)."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Final

from accord.connectorkit.course import Course
from accord.connectorkit.cursors import Reading, since_text
from accord.connectorkit.filters import filter_of
from accord.connectorkit.http.calls import Caller
from accord.connectorkit.http.offset import PRECISION_US
from accord.connectorkit.http.payload import NotJson, decoded
from accord.connectorkit.http.workers import each
from accord.connectorkit.observe import How
from accord.connectorkit.outcome import Reply
from accord.connectorkit.paging import walk
from accord.connectorkit.single import fetched, tombstone
from accord.connectorkit.times import time_writer
from accord.connectors.rest.endpoint import Endpoint
from accord.connectors.rest.listing import ExpiredError, Listing
from accord.core.errors import AccordError, RetryLater, StopEntityType
from accord.core.observation import Observation
from accord.ports.connector import Page

__all__ = ["Reader"]

_DOWN: Final = 3
"""So many records that can not be read, before any could be, mean that the system is in trouble and not they."""


class Reader:
    """Reads one entity type."""

    def __init__(self, at: Endpoint, caller: Caller) -> None:
        self._at, self._caller = at, caller
        self._listing = Listing(at, caller)
        error_us = round(at.it.clock_error_s * 1e6)
        self._slack_us = max(0, PRECISION_US - error_us)
        """How much less is known of the system's clock than its manifest says."""
        self._search_us = error_us + self._slack_us

    async def read(self, mapping: str, cursor: str, *, full: bool) -> AsyncIterator[Page]:
        """See `Connector`."""
        begun_us = self._caller.clock.now_us() - self._slack_us
        course = Course(self._at.it, cursor, begun_us + self._caller.offset.us, full=full)
        async for page in course.pages(self._batches(mapping, course, begun_us)):
            yield page

    async def fetch(self, mapping: str, ids: Sequence[str]) -> list[Observation]:
        """See `Connector`. What goes wrong with one record is its own trouble only where another one can be read."""
        readable: list[str] = []
        troubles: list[AccordError] = []

        async def one(record_id: str) -> Observation | None:
            try:
                found = await self._fetched(mapping, record_id)
            except (_NotReadableError, RetryLater) as error:
                troubles.append(error)
                if self._caller.pace.paused_s() or (not readable and len(troubles) >= _DOWN):
                    raise
                return None
            readable.append(record_id)
            return found

        found = await each(ids, one, self._caller.pace.concurrent)
        if troubles and not readable:
            raise troubles[0]
        at_us = self._caller.clock.now_us()
        return [
            answer
            or Observation(mapping=mapping, id=record_id, how="fetch", asked_us=at_us, gone="unreadable")
            for record_id, answer in zip(ids, found, strict=True)
        ]

    async def search(self, mapping: str, key: str, since_us: int) -> list[Observation] | None:
        """See `Connector`."""
        it = self._at.it
        if it.search is None:
            return None
        by_time = bool(it.search.created_since or it.search.changes)
        if it.search.our_id and key:
            found = await self._searched(mapping, filter_of(it.search.our_id).query(key))
            if found or not by_time:
                return found
        if not by_time:
            return None
        if (
            not self._caller.offset.is_known
        ):  # right after a start: a search by times needs the system's clock
            await self._listing.page(self._at.list_url, {}, None, it.page.items)
        from_us = since_us + self._caller.offset.us - self._search_us
        if it.search.created_since:
            text = time_writer(it.search.format, it.created.zone if it.created else "")(from_us)
            return await self._searched(mapping, filter_of(it.search.created_since).query(str(text)))
        changed = Reading(since_text(it)(from_us), "")
        found = [o async for page in self._pages(mapping, changed) for o in page]
        bound_us = from_us - self._caller.offset.us
        return [o for o in found if o.created_us is None or o.created_us >= bound_us]

    # inside

    async def _batches(self, mapping: str, course: Course, begun_us: int) -> AsyncIterator[list[Observation]]:
        """Observations page by page: the listing, then the endpoint of deletes."""
        try:
            async for page in self._pages(mapping, course.main, course, begun_us):
                yield page
        except ExpiredError:
            course.begin_anew()
            async for page in self._pages(mapping, course.main):
                yield page
        if course.dead is not None and course.dead.since:
            async for page in self._pages(mapping, course.dead, buried=True):
                yield page

    async def _pages(
        self,
        mapping: str,
        read: Reading,
        course: Course | None = None,
        begun_us: int = 0,
        *,
        buried: bool = False,
    ) -> AsyncIterator[list[Observation]]:
        """Pages of one listing. The first answer of all tells the system's clock: with `course` it begins by that."""
        at, changes, offset = self._at, self._at.it.changes, self._caller.offset
        query = filter_of(changes.parameter).query(read.since) if changes and read.since else {}
        items = at.it.tombstones.items if buried and at.it.tombstones else at.it.page.items
        how: How = "feed" if read.since else "listing"
        steps, is_first = walk(at.it.page), True
        while not steps.done:
            page = await self._listing.page(
                at.dead_url if buried else at.list_url, query, steps.token, items, since=bool(query)
            )
            if course is not None and is_first:
                course.begin(begun_us + offset.us)
                read = course.main
            is_first = False
            read.saw(page.items)
            seen = self._observed(mapping, page.items, how, page.asked_us, buried=buried)
            yield steps.took(seen, page.following)
        if not steps.sure:
            read.stay()

    async def _searched(self, mapping: str, query: Mapping[str, str]) -> list[Observation]:
        it = self._at.it
        steps = walk(it.page)
        found: list[Observation] = []
        while not steps.done:
            page = await self._listing.page(self._at.list_url, query, steps.token, it.page.items)
            seen = self._observed(mapping, page.items, "search", page.asked_us)
            found += steps.took(seen, page.following)
        return found

    def _observed(
        self,
        mapping: str,
        items: Sequence[Mapping[str, Any]],
        how: How,
        asked_us: int,
        *,
        buried: bool = False,
    ) -> list[Observation]:
        at, offset_us = self._at, self._caller.offset.us
        try:
            if buried:
                return [
                    tombstone(at.it, at.observer, mapping, item, asked_us, offset_us=offset_us)
                    for item in items
                ]
            observe = at.observer.observe
            return [observe(mapping, item, how, asked_us, offset_us=offset_us) for item in items]
        except ValueError:
            raise StopEntityType(
                f"{self._caller.system}.{at.name}: an item of the listing holds no id at {at.it.id.property!r}",
                remedy="Correct id of the entity type in its manifest",
            ) from None

    async def _fetched(self, mapping: str, record_id: str) -> Observation:
        at = self._at
        response, asked_us = await self._caller.get(
            at.read.url(record_id), at.read.template, timeout_s=at.it.max_request_s, ids=record_id
        )
        try:
            body = decoded(response.body)
        except NotJson as error:
            if 200 <= response.status < 300:
                raise _NotReadableError(
                    f"{self._caller.system}.{at.name}/{record_id}: the answer is no JSON ({error})",
                    remedy=f"Check systems.{self._caller.system}.url, and operations.read in the manifest",
                ) from None
            body = None
        reply = Reply(
            status=response.status,
            body=body,
            etag=response.headers.get("ETag") or "",
            asked_us=asked_us,
            offset_us=self._caller.offset.us,
        )
        return fetched(at.it, at.observer, mapping, record_id, reply)


class _NotReadableError(StopEntityType):
    """The answer about one record is none."""
