"""Writes over HTTP: each is sent once, and every ending is an outcome (W2, W3, W9)."""

from typing import Any, Final

from msgspec.structs import replace

from accord.connectorkit.http.calls import Caller
from accord.connectorkit.http.payload import NotJson, decoded, encoded
from accord.connectorkit.http.retry import retry_after_s
from accord.connectorkit.http.transport import NoAnswer, NotSent, Request, Response, TooLarge
from accord.connectorkit.outcome import Reply, is_success, outcome_of
from accord.connectorkit.paths import get_at, put_at
from accord.connectorkit.refusal import plain_text
from accord.connectorkit.single import sent_body
from accord.connectors.rest.endpoint import Endpoint, Target
from accord.core.errors import AccordError, RetryLater
from accord.core.observation import Outcome
from accord.core.values import MISSING
from accord.ports.connector import Write

__all__ = ["Writer"]

_DOWN_S: Final = 10.0
_LOCKED_S: Final = 60.0
_JSON: Final = {"Content-Type": "application/json"}


class Writer:
    """Sends the writes to one entity type."""

    def __init__(self, at: Endpoint, caller: Caller) -> None:
        self._at, self._caller = at, caller
        self._targets = {"create": at.create, "update": at.update, "delete": at.delete}

    async def write(self, write: Write) -> Outcome:
        """How the write ended."""
        target = self._targets.get(write.kind)
        if target is None:
            return Outcome(kind="refused", message=f"{self._at.name} knows no {write.kind}")
        if (paused_s := self._caller.pace.paused_s()) > self._caller.patience_s:
            return Outcome(kind="later", message="the system asked to be left alone", after_s=paused_s)
        try:
            response, asked_us = await self._caller.once(
                self._request(write, target), target.template, write.id or ""
            )
        except NotSent as error:
            return Outcome(kind="later", message=str(error), after_s=_DOWN_S)
        except (NoAnswer, TooLarge) as error:
            return Outcome(kind="unknown", message=str(error))
        except AccordError as error:  # no token is to be had: nothing was sent
            after_s = error.after_s if isinstance(error, RetryLater) else _LOCKED_S
            return Outcome(kind="later", message=str(error), after_s=after_s)
        return self._ended(write, response, asked_us)

    def _request(self, write: Write, target: Target) -> Request:
        it = self._at.it
        request = Request(method=target.method, url=target.url(write.id or ""), timeout_s=it.max_request_s)
        if write.kind != "delete":
            request.headers = dict(_JSON)
            request.body = encoded(sent_body(it, write.kind, write.body, write.key))
        request.headers.update(self._at.headers(write))
        return request

    def _ended(self, write: Write, response: Response, asked_us: int) -> Outcome:
        if 300 <= response.status < 400:
            return _redirected(response)
        reply = Reply(
            status=response.status,
            etag=response.headers.get("ETag") or "",
            retry_after_s=retry_after_s(response, self._caller.clock),
            asked_us=asked_us,
            offset_us=self._caller.offset.us,
        )
        if response.status in (429, 503):
            self._caller.told_to_wait(response)
        try:
            body = decoded(response.body)
        except NotJson as error:
            if 200 <= response.status < 300 and self._needs_body(write):
                return Outcome(kind="unknown", message=f"the answer is no JSON ({error})")
            body = None if response.status < 400 else plain_text(response.body)
        if write.kind == "create" and "Location" in response.headers:
            body = self._located(body, reply, response.headers["Location"])
        return outcome_of(
            self._at.it, self._at.observer, write.mapping, write.kind, replace(reply, body=body)
        )

    def _needs_body(self, write: Write) -> bool:
        it = self._at.it
        said = {"create": it.replies.create, "update": it.replies.update}.get(write.kind, "none")
        return bool(it.success.path) or said != "none"

    def _located(self, body: Any, reply: Reply, location: str) -> Any:
        """Where the answer to a create holds no record, the id is the last step of its Location header."""
        it = self._at.it
        shown = get_at(body, it.record) if body is not None else MISSING
        named = isinstance(shown, dict) and self._at.observer.id_of(shown) is not None
        found = self._at.read.id_in(location)
        if named or not found or it.id.parts or not is_success(it, replace(reply, body=body)):
            return body
        record: dict[str, Any] = {}
        put_at(record, it.id.property, found)
        if not it.record:
            return record
        outer: dict[str, Any] = {}
        put_at(outer, it.record, record)
        return outer


def _redirected(response: Response) -> Outcome:
    """A redirected write is not sent on. 307 and 308 say that it was not taken; of the others nobody can tell."""
    message = f"the system redirects writes (status {response.status}); correct its url"
    if response.status in (307, 308):
        return Outcome(kind="later", message=message, after_s=_LOCKED_S)
    return Outcome(kind="unknown", message=message)
