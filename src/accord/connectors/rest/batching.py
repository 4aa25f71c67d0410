"""Several writes in one call, where the manifest declares an endpoint for that (W12)."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from msgspec.structs import replace

from accord.connectorkit.http.addresses import joined
from accord.connectorkit.http.calls import Caller
from accord.connectorkit.http.payload import NotJson, decoded, encoded
from accord.connectorkit.http.retry import retry_after_s
from accord.connectorkit.http.transport import NoAnswer, NotSent, Request, Response, TooLarge
from accord.connectorkit.manifest_parts import Batch
from accord.connectorkit.observe import name_of
from accord.connectorkit.outcome import Reply, message_of, outcome_of
from accord.connectors.rest.batch_forms import form_of
from accord.connectors.rest.endpoint import Endpoint
from accord.core.errors import AccordError, RetryLater
from accord.core.observation import Outcome
from accord.ports.connector import Write

__all__ = ["Batcher", "batches"]

_DOWN_S: Final = 10.0
_LOCKED_S: Final = 60.0


class Batcher:
    """Sends writes to one entity type together; each has an outcome of its own."""

    def __init__(self, at: Endpoint, caller: Caller, batch: Batch, base_url: str) -> None:
        self._at, self._caller, self.batch = at, caller, batch
        self._form = form_of(at, batch, base_url)
        self._can = {"create": at.create, "update": at.update, "delete": at.delete}
        self._url = joined(base_url, batch.path)

    def takes(self, write: Write) -> bool:
        """A write that names a version is compared first where no header can name it, and goes alone (W2)."""
        it = self._at.it
        compared = write.version is not None and it.version is not None and not it.conditional
        return write.kind in self.batch.kinds and self._can.get(write.kind) is not None and not compared

    async def write(self, writes: Sequence[Write]) -> list[Outcome] | None:
        """How each write ended; None: the call as a whole was refused, nothing was applied, and each goes alone."""
        if (paused_s := self._caller.pace.paused_s()) > self._caller.patience_s:
            return self._all(writes, "later", "the system asked to be left alone", paused_s)
        request = Request(method="POST", url=self._url, timeout_s=self._at.it.max_request_s)
        request.headers = {"Content-Type": "application/json", **self._form.headers}
        request.body = encoded(self._form.sent(writes))
        ids = f"{len(writes)} writes"
        try:
            response, asked_us = await self._caller.once(request, self.batch.path, ids)
        except NotSent as error:
            return self._all(writes, "later", str(error), _DOWN_S)
        except (NoAnswer, TooLarge) as error:
            return self._all(writes, "unknown", str(error))
        except AccordError as error:  # no token is to be had: nothing was sent
            after_s = error.after_s if isinstance(error, RetryLater) else _LOCKED_S
            return self._all(writes, "later", str(error), after_s)
        return self._ended(writes, response, asked_us)

    def _ended(self, writes: Sequence[Write], response: Response, asked_us: int) -> list[Outcome] | None:
        """An answer that does not tell of each write tells of none (W3)."""
        wait_s = retry_after_s(response, self._caller.clock)
        if response.status in (429, 503):
            self._caller.told_to_wait(response)
        if response.status == 429:
            return self._all(writes, "later", "too many calls", 1.0 if wait_s is None else wait_s)
        try:
            body = decoded(response.body)
        except NotJson:
            body = None
        if 400 <= response.status < 500 and response.status != 408:
            return None
        if 200 <= response.status < 300:
            replies = self._form.replies(body, writes)
            if replies is not None:
                if self._form.is_undone(replies):
                    return None
                return [self._outcome(w, r, asked_us) for w, r in zip(writes, replies, strict=True)]
        whole = Reply(status=response.status, body=body)
        return self._all(writes, "unknown", message_of(self._at.it, whole), wait_s or 0.0)

    def _outcome(self, write: Write, reply: Reply | None, asked_us: int) -> Outcome:
        if reply is None:
            return Outcome(kind="unknown", message="the answer does not tell how it ended")
        at, offset_us = self._at, self._caller.offset.us
        told = replace(reply, asked_us=asked_us, offset_us=offset_us)
        return outcome_of(at.it, at.observer, write.mapping, write.kind, told)

    def _all(self, writes: Sequence[Write], kind: Any, message: str, after_s: float = 0.0) -> list[Outcome]:
        return [Outcome(kind=kind, message=message, after_s=after_s) for _ in writes]


def batches(writes: Sequence[Write], batchers: Mapping[str, Batcher]) -> list[list[Write]]:
    """Writes that go out together, by entity type and no more than it takes; all others alone."""
    parts: list[list[Write]] = []
    open_parts: dict[str, list[Write]] = {}
    for write in writes:
        name = name_of(write.mapping)
        batcher = batchers.get(name)
        if batcher is None or not batcher.takes(write):
            parts.append([write])
            continue
        part = open_parts.get(name)
        if part is None or len(part) >= batcher.batch.at_most:
            part = open_parts[name] = []
            parts.append(part)
        part.append(write)
    return parts
