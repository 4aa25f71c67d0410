"""Writes to a collection: what was just read with properties changed, under its ETag; records that are new under
addresses that follow from their keys (W1, W2, W3)."""

from collections.abc import Sequence
from typing import Final
from uuid import uuid4

from msgspec import Struct

from accord.connectorkit.http.retry import retry_after_s
from accord.connectorkit.http.transport import NoAnswer, NotSent, Request, Response, TooLarge
from accord.connectorkit.http.workers import each
from accord.connectorkit.refusal import plain_text
from accord.connectors.dav.lines import BadTextError
from accord.connectors.dav.multistatus import preconditions
from accord.connectors.dav.records import OtherKindError
from accord.connectors.dav.texts import Text, Texts
from accord.core.errors import AccordError, RetryLater, StopEntityType
from accord.core.observation import Outcome
from accord.ports.connector import Write

__all__ = ["Writer"]

_DOWN_S: Final = 10.0
_LOCKED_S: Final = 60.0


class _Put(Struct, kw_only=True):
    """A write and how it ended. Of a text that was put: its name and UID, and what was answered."""

    write: Write
    outcome: Outcome
    name: str = ""
    uid: str = ""
    text: str = ""
    status: int = 0
    etag: str = ""

    @property
    def is_there_already(self) -> bool:
        """A create that was not made, for there is a record of this name."""
        return self.write.kind == "create" and self.status == 412


class Writer:
    """Sends the writes to one collection."""

    def __init__(self, at: Texts) -> None:
        self._at, self._caller = at, at.caller
        self._suffix, kind = (".vcf", "text/vcard") if at.holds_cards else (".ics", "text/calendar")
        self._type = {"Content-Type": f"{kind}; charset=utf-8"}

    async def write(self, writes: Sequence[Write]) -> list[Outcome]:
        """How each write ended. What is there is read in one call before, and what was made of it in one after."""
        there = [write.id for write in writes if write.id and write.kind == "update"]
        try:
            texts = await self._at.get(there)
        except (RetryLater, StopEntityType) as error:
            after_s = error.after_s if isinstance(error, RetryLater) else _LOCKED_S
            return [Outcome(kind="later", message=error.message, after_s=after_s) for _ in writes]

        async def one(write: Write) -> _Put:
            try:
                return await self._one(write, texts)
            except (BadTextError, OtherKindError) as error:
                told = Outcome(kind="refused", message=f"the record can not be read: {error}")
                return _Put(write=write, outcome=told)

        ended = await each(writes, one, self._caller.pace.concurrent)
        await self._tell(ended)
        return [it.outcome for it in ended]

    async def _one(self, write: Write, texts: dict[str, Text]) -> "_Put":
        if write.kind == "delete":
            answer, outcome = await self._sent("DELETE", write.id or "", None, _if(write.version))
            return _Put(write=write, outcome=self._ended(write, answer, outcome))
        now_us = self._caller.clock.now_us()
        if write.kind == "create":
            uid = write.key or str(uuid4())
            name, condition = f"{uid}{self._suffix}", {"If-None-Match": "*"}
            body = self._at.records.made(uid, write.body or {}, now_us)
        else:
            there = texts.get(write.id or "")
            if there is None:
                return _Put(write=write, outcome=Outcome(kind="missing"))
            if there.trouble:
                later = Outcome(kind="later", message=there.trouble, after_s=_LOCKED_S)
                return _Put(write=write, outcome=later)
            if write.version is not None and there.etag != write.version:
                moved = Outcome(kind="moved", message="the record has another version")
                return _Put(write=write, outcome=moved)
            uid, name, condition = "", there.name, _if(there.etag)
            body = self._at.records.changed(there.text, write.body or {}, now_us)
        answer, outcome = await self._sent("PUT", name, body, condition)
        put = _Put(write=write, outcome=self._ended(write, answer, outcome), name=name, uid=uid, text=body)
        if answer is not None:
            put.status, put.etag = answer.status, answer.headers.get("ETag") or ""
            put.name = self._at.name_at(answer.headers.get("Location") or "") or name
        return put

    async def _sent(
        self, method: str, name: str, body: str | None, headers: dict[str, str]
    ) -> tuple[Response | None, Outcome | None]:
        """The answer, or how it ended without one."""
        request = Request(
            method=method, url=self._at.address(name), headers=headers, timeout_s=self._at.it.max_request_s
        )
        if body is not None:
            request.headers |= self._type
            request.body = body.encode("utf-8", "replace")
        if (paused_s := self._caller.pace.paused_s()) > self._caller.patience_s:
            return None, Outcome(kind="later", message="the system asked to be left alone", after_s=paused_s)
        try:
            response, _ = await self._caller.once(request, f"{self._at.it.path}/{{id}}", name)
        except NotSent as error:
            return None, Outcome(kind="later", message=str(error), after_s=_DOWN_S)
        except (NoAnswer, TooLarge) as error:
            return None, Outcome(kind="unknown", message=str(error))
        except AccordError as error:  # no token is to be had: nothing was sent
            after_s = error.after_s if isinstance(error, RetryLater) else _LOCKED_S
            return None, Outcome(kind="later", message=str(error), after_s=after_s)
        return response, None

    def _ended(self, write: Write, response: Response | None, outcome: Outcome | None) -> Outcome:
        if response is None:
            return outcome or Outcome(kind="unknown")
        status, why = response.status, preconditions(response.body)
        message = f"status {status}" + (f": {', '.join(why)}" if why else _words(response))
        wait_s = retry_after_s(response, self._caller.clock)
        if status in (429, 503):
            self._caller.told_to_wait(response)
        if status in (200, 201, 204):
            return Outcome(kind="done")
        if status == 412:  # of a create: it was made before, and is looked at (W3)
            return Outcome(kind="unknown" if write.kind == "create" else "moved", message=message)
        if status in self._at.it.gone_status and write.kind != "create":
            return Outcome(kind="missing", message=message)
        if status == 423:  # somebody else is writing to the collection
            return Outcome(kind="later", message=message, after_s=1.0 if wait_s is None else wait_s)
        if status == 429:
            return Outcome(kind="later", message=message, after_s=1.0 if wait_s is None else wait_s)
        if status >= 500 or status == 408:
            return Outcome(kind="unknown", message=message, after_s=wait_s or 0.0)
        return Outcome(kind="refused", message=message, denied=status == 403 and not why)

    async def _tell(self, ended: Sequence["_Put"]) -> None:
        """Put in what stands there now, where nobody else can have been there since: it has the ETag that was answered,
        or says what was sent. A create that was there already, by our UID, was done the first time."""
        wanted = [it for it in ended if it.name and (it.outcome.kind == "done" or it.is_there_already)]
        try:
            texts = await self._at.get([it.name for it in wanted])
        except AccordError:
            return
        for it in wanted:
            text = texts.get(it.name)
            if text is None or text.trouble or (it.is_there_already and self._uid(text) != it.uid):
                continue
            observed = self._at.observed(it.write.mapping, [text], "reply")
            ours = it.is_there_already or text.etag == it.etag or self._says(text, it)
            it.outcome = Outcome(kind="done", observation=observed[0] if observed and ours else None)

    def _says(self, text: Text, put: "_Put") -> bool:
        """The record says what was sent, however it is spelled."""
        payload = self._at.records.payload
        try:
            return payload(put.name, text.text) == payload(put.name, put.text)
        except (BadTextError, OtherKindError):
            return False

    def _uid(self, text: Text) -> str:
        try:
            return self._at.records.uid(text.text)
        except (BadTextError, OtherKindError):
            return ""


def _if(version: str | None) -> dict[str, str]:
    return {} if version is None else {"If-Match": version}


def _words(response: Response) -> str:
    text = plain_text(response.body)
    return f": {text}" if text else ""
