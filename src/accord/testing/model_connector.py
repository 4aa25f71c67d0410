"""A connector straight on a `SystemModel`: what the REST connector does, without HTTP and without waiting."""

from collections.abc import AsyncIterator, Callable, Sequence

from accord.connectorkit.course import Course
from accord.connectorkit.cursors import Reading, since_text
from accord.connectorkit.manifest import Manifest
from accord.connectorkit.observe import How, Observer, name_of
from accord.connectorkit.outcome import Reply, outcome_of
from accord.connectorkit.paging import walk
from accord.connectorkit.single import fetched, sent_body, tombstone
from accord.core.errors import RetryLater, StopEntityType
from accord.core.observation import Observation, Outcome
from accord.ports.connector import Page, Write
from accord.testing.system_model import Answer, ListAnswer, SystemModel

__all__ = ["ModelConnector"]


class ModelConnector:
    """A played system as the hub sees it. `clock` is the hub's, in microseconds UTC.

    Reads that fail are repeated `retries` times, then RetryLater; writes are never repeated. `offset_error_us` is by
    how much the hub is wrong about the system's clock.
    """

    def __init__(
        self,
        model: SystemModel,
        manifest: Manifest | None = None,
        clock: Callable[[], int] = lambda: 0,
        *,
        retries: int = 2,
        offset_error_us: int = 0,
    ) -> None:
        self._model = model
        self._manifest = manifest or model.manifest
        self._clock = clock
        self._retries = retries
        self._error_us = offset_error_us
        self._observers = {name: Observer(it) for name, it in self._manifest.types.items()}

    async def identity(self) -> str:
        """The account, where the manifest says that the system tells it."""
        return self._model.account if self._manifest.identity else ""

    async def close(self) -> None:
        """Nothing to let go of."""

    async def read(self, mapping: str, cursor: str, *, full: bool) -> AsyncIterator[Page]:
        """See `Connector`."""
        course = Course(
            self._manifest.types[name_of(mapping)], cursor, self._model.now_us(name_of(mapping)), full=full
        )
        async for page in course.pages(self._batches(mapping, course)):
            yield page

    async def fetch(self, mapping: str, ids: Sequence[str]) -> list[Observation]:
        """See `Connector`."""
        return [self._fetched(mapping, record_id) for record_id in ids]

    async def search(self, mapping: str, key: str, since_us: int) -> list[Observation] | None:
        """See `Connector`."""
        name = name_of(mapping)
        it = self._manifest.types[name]
        if it.search is None:
            return None
        if it.search.our_id and key:
            found = self._answered(name, lambda: self._model.find(name, key))
            if found.items or not (it.search.created_since or it.search.changes):
                return self._observed(mapping, found, "search")
        if not (it.search.created_since or it.search.changes):
            return None
        since = since_us + self._offset_us(name) - round(it.clock_error_s * 1e6) - 1_000_000
        return await self._created(mapping, since)

    async def write(self, writes: Sequence[Write]) -> list[Outcome]:
        """See `Connector`."""
        return [self._written(write) for write in writes]

    # inside

    async def _batches(self, mapping: str, course: Course) -> AsyncIterator[list[Observation]]:
        """Observations page by page: the listing, then the endpoint of deletes."""
        try:
            async for page in self._pages(mapping, course.main, self._model.list):
                yield page
        except _ExpiredError:
            course.begin_anew()
            async for page in self._pages(mapping, course.main, self._model.list):
                yield page
        if course.dead is not None and course.dead.since:
            async for page in self._pages(mapping, course.dead, self._model.tombstones):
                yield page

    async def _pages(
        self, mapping: str, read: Reading, ask: Callable[..., ListAnswer]
    ) -> AsyncIterator[list[Observation]]:
        name = name_of(mapping)
        it = self._manifest.types[name]
        how: How = "feed" if read.since else "listing"
        buried = ask == self._model.tombstones
        course = walk(it.page)
        while not course.done:
            asked_us = self._clock()
            answer = self._answered(name, lambda: ask(name, read.since, course.token))
            read.saw(answer.items)
            seen = (
                [
                    tombstone(
                        it, self._observers[name], mapping, item, asked_us, offset_us=self._offset_us(name)
                    )
                    for item in answer.items
                ]
                if buried
                else self._observed(mapping, answer, how, asked_us)
            )
            yield course.took(seen, answer.next)
        if not course.sure:
            read.stay()

    async def _created(self, mapping: str, since_us: int) -> list[Observation]:
        """Records created since a time of the system's clock."""
        name = name_of(mapping)
        it = self._manifest.types[name]
        found: list[Observation] = []
        if it.search and it.search.created_since:
            token: str | None = None
            while True:
                answer = self._answered(name, lambda: self._model.created_since(name, since_us, token))  # noqa: B023
                found += self._observed(mapping, answer, "search")
                token = answer.next
                if token is None:
                    return found
        changed = Reading(since_text(it)(since_us), "")
        async for page in self._pages(mapping, changed, self._model.list):
            found += page
        bound = since_us - self._offset_us(name)
        return [o for o in found if o.created_us is None or o.created_us >= bound]

    def _offset_us(self, name: str) -> int:
        """How far the system's clock is ahead, as far as the hub knows."""
        return self._model.now_us(name) - self._clock() + self._error_us

    def _answered(self, name: str, ask: Callable[[], ListAnswer]) -> ListAnswer:
        """The answer to a listing, asked again where that may help."""
        for _ in range(self._retries + 1):
            answer = ask()
            if answer.lost or answer.status >= 500:
                continue
            if answer.status == 429:
                raise RetryLater(f"{name}: too many calls", after_s=answer.retry_after_s or 1.0)
            if answer.status == 410:
                raise _ExpiredError
            if answer.status >= 400:
                raise StopEntityType(f"{name}: the listing was refused with status {answer.status}")
            return answer
        raise RetryLater(f"{name}: the system does not answer", after_s=1.0)

    def _observed(
        self, mapping: str, answer: ListAnswer, how: How, asked_us: int | None = None
    ) -> list[Observation]:
        name = name_of(mapping)
        observer, offset, at = self._observers[name], self._offset_us(name), asked_us
        if at is None:
            at = self._clock()
        return [observer.observe(mapping, item, how, at, offset_us=offset) for item in answer.items]

    def _fetched(self, mapping: str, record_id: str) -> Observation:
        name = name_of(mapping)
        it, observer = self._manifest.types[name], self._observers[name]
        for _ in range(self._retries + 1):
            asked = self._clock()
            answer = self._model.get(name, record_id)
            reply = self._reply(name, answer, asked)
            if answer.lost or answer.status >= 500:
                continue
            if answer.status == 429:
                raise RetryLater(f"{name}: too many calls", after_s=answer.retry_after_s or 1.0)
            return fetched(it, observer, mapping, record_id, reply)
        raise RetryLater(f"{mapping}/{record_id}: the system does not answer", after_s=1.0)

    def _reply(self, name: str, answer: Answer, asked_us: int) -> Reply:
        return Reply(
            status=answer.status,
            body=answer.body,
            etag=answer.etag,
            retry_after_s=answer.retry_after_s,
            asked_us=asked_us,
            offset_us=self._offset_us(name),
        )

    def _written(self, write: Write) -> Outcome:
        name = name_of(write.mapping)
        it, observer = self._manifest.types[name], self._observers[name]
        asked = self._clock()
        if moved := self._compared(write, name):
            return moved
        answer = self._sent(write, name)
        if answer.lost:
            return Outcome(kind="unknown", message="no answer came")
        return outcome_of(it, observer, write.mapping, write.kind, self._reply(name, answer, asked))

    def _sent(self, write: Write, name: str) -> Answer:
        it = self._manifest.types[name]
        body = sent_body(it, write.kind, write.body, write.key)
        if write.kind == "create":
            return self._model.create(name, body, write.key if it.idempotency else "")
        named = it.conditional and write.version is not None
        condition = self._observers[name].condition(write.version or "") if named else ""
        if write.kind == "delete":
            return self._model.delete(name, write.id or "", condition)
        return self._model.update(name, write.id or "", body, condition)

    def _compared(self, write: Write, name: str) -> Outcome | None:
        """Where a write can not name a version: read just before it, and stop when the record moved on (W2)."""
        it = self._manifest.types[name]
        if it.conditional or it.version is None or write.version is None or write.id is None:
            return None
        try:
            seen = self._fetched(write.mapping, write.id)
        except RetryLater as later:
            return Outcome(kind="later", message=later.message, after_s=later.after_s)
        if seen.payload is None or seen.version == write.version:
            return None
        return Outcome(kind="moved", message="the record has another version")


class _ExpiredError(Exception):
    """The filter for changes reaches too far back."""
