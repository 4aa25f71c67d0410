"""Subscriptions of a sandbox, and what it has to tell to whom (S9). No sockets, no waiting: `telling.py` sends.

A change is due to be told once it is kept, at least once, in order but for quirks. Subscriptions outlive the process
where records do; what was still to be told does not: a webhook is a hint.
"""

from collections import deque
from collections.abc import Callable, Iterator, MutableMapping
from random import Random
from typing import Any, Final
from urllib.parse import urlsplit

from msgspec import Struct, json

from accord.connectorkit.hook_calls import filled, holes_in
from accord.connectorkit.manifest_hooks import HookCall, Subscriptions
from accord.connectorkit.manifest_page import NumberedPages, OffsetPages
from accord.connectorkit.paths import put_at
from accord.connectorkit.times import time_reader, time_writer
from accord.sandbox.messages import Handler, Request, Response, decode, http_date, plain, respond
from accord.sandbox.routes import Route, template
from accord.testing.system_model import Records, SystemModel
from accord.testing.system_model.telling import Event, at_once

__all__ = ["Hooks", "Noted"]

_MOST_WAITING: Final = 100_000


class Noted(Struct, kw_only=True):
    """A subscription. `until_us` by the system's clock, None: for ever; `proved`: the address is who it says."""

    id: str
    url: str
    topics: tuple[str, ...]
    secret: str
    until_us: int | None = None
    proved: bool = True


class Hooks:
    """`notify` is called with a subscription that something waits for. `told` counts what became of webhooks."""

    def __init__(
        self,
        model: SystemModel,
        records: Records,
        kept: MutableMapping[str, bytes],
        *,
        clock: Callable[[], int],
        secret: str,
        seed: int,
    ) -> None:
        self.notify: Callable[[Noted], None] | None = None
        self.told: dict[str, int] = {"sent": 0, "failed": 0, "given up": 0}
        self._model, self._records, self._kept = model, records, kept
        self._clock, self._secret, self._random = clock, secret, Random(seed)
        self._hooks = model.manifest.webhooks
        self._fresh: list[Event] = []
        self._noted = {key: json.decode(raw, type=Noted) for key, raw in kept.items()}
        self._waiting: dict[str, deque[Event]] = {}
        if self._hooks is not None and self._hooks.subscriptions is not None:
            model.on_change = self._changed

    def routes(self, base: str) -> Iterator[Route]:
        """The calls about subscriptions."""
        told = self._hooks.subscriptions if self._hooks else None
        if told is None:
            return
        made = [("make", told.create, self._create), ("remove", told.remove, self._remove)]
        if told.renew is not None:
            made.append(("renew", told.renew, self._renew))
        for what, call, handler in made:
            path = template(base, call.path)
            about = f"{what} a subscription"
            yield Route(method=call.method, path=path, handler=self._dated(handler), about=about)
        path = template(base, told.list.path)
        yield Route(
            method="GET", path=path, handler=self._dated(self._list), about="the listing of subscriptions"
        )

    def standing(self) -> list[Noted]:
        """Subscriptions that have not ended."""
        now = self._clock()
        for key in [key for key, it in self._noted.items() if it.until_us is not None and it.until_us <= now]:
            self._drop(key)
        return list(self._noted.values())

    def release(self) -> None:
        """What changed is kept: it may be told."""
        if not self._fresh:
            return
        fresh, self._fresh = self._fresh, []
        if self.notify is None or self._hooks is None or self._hooks.subscriptions is None:
            return
        standing = self.standing()
        for event in fresh:
            word = self._hooks.subscriptions.words(event.entity_type)[0]
            for it in standing:
                waiting = self._waiting.setdefault(it.id, deque(maxlen=_MOST_WAITING))
                if word in it.topics:
                    waiting.append(event)
        for it in standing:
            if self._waiting.get(it.id):
                self.notify(it)

    def next_of(self, it: Noted) -> list[Event]:
        """What is to be told next, in one call; what is late goes to the end. Empty: nothing, or not yet."""
        waiting, now = self._waiting.get(it.id), self._clock()
        if not waiting or it.id not in self._noted or self._hooks is None:
            return []
        ready: list[Event] = []
        for _ in range(len(waiting)):
            event = waiting.popleft()
            fits = not ready or event.forged == ready[0].forged
            if event.due_us > now or not fits:
                waiting.append(event)
                continue
            ready.append(event)
            if len(ready) >= at_once(self._hooks):
                break
        return ready

    def waits_us(self, it: Noted) -> int | None:
        """Microseconds until something is to be told; None: nothing is."""
        waiting = self._waiting.get(it.id)
        if not waiting or it.id not in self._noted:
            return None
        return max(0, min(event.due_us for event in waiting) - self._clock())

    def proved(self, it: Noted, *, known: bool) -> None:
        """The address answered a challenge, or did not: then the subscription goes."""
        if not known:
            self._drop(it.id)
        elif it.id in self._noted:
            it.proved = True
            self._save(it)

    # inside

    def _changed(self, name: str, record_id: str) -> None:
        if not self._noted:
            return
        quirks, last = self._model.quirks[name], self._fresh[-1] if self._fresh else None
        if quirks.doubles_hints and last and (last.entity_type, last.id) == (name, record_id):
            self._fresh.append(last)  # told twice: one event
            return
        due_us, forged = 0, False
        if quirks.late_hints and self._random.random() < quirks.late_hints:
            self._model.struck["late_hints"] += 1
            due_us = self._clock() + round(self._random.random() * quirks.late_hints_s * 1e6)
        if quirks.forges_hints and self._random.random() < quirks.forges_hints:
            self._model.struck["forges_hints"] += 1
            forged = True
        number, stored = f"e{self._records.number('event')}", self._records.get(name, record_id)
        version = stored.version if stored is not None else ""
        self._fresh.append(
            Event(
                entity_type=name, id=record_id, number=number, version=version, due_us=due_us, forged=forged
            )
        )

    def _dated(self, handler: Handler) -> Handler:
        """An answer that bears the system's time, as all of its answers do."""

        def answer(request: Request, key: str) -> Response:
            response = handler(request, key)
            response.headers["Date"] = http_date(self._clock() // 1_000_000)
            return response

        return answer

    def _create(self, request: Request, _: str) -> Response:
        told = self._said()
        holes = self._holes(told.create, request)
        if isinstance(holes, Response):
            return holes
        url = holes.get("url")
        if not isinstance(url, str) or not _is_address(url):
            return plain(422, "the address to call is missing, or none")
        topics = holes.get("topics", [holes["topic"]] if "topic" in holes else None)
        known = {word for name in self._model.manifest.types for word in told.words(name)}
        if topics is None:
            topics = sorted(known)
        if not isinstance(topics, list) or not topics or not set(map(str, topics)) <= known:
            return plain(422, f"what can be subscribed to is {', '.join(sorted(known))}")
        secret = holes.get("secret", self._secret)
        if not isinstance(secret, str) or not secret:
            return plain(422, "the secret is missing")
        until_us = self._until(told, holes)
        if until_us == 0:
            return plain(422, f"when it ends is missing, past, or not written as {told.format}")
        it = Noted(
            id=str(self._records.number("hook")),
            url=url,
            topics=tuple(map(str, topics)),
            secret=secret,
            until_us=until_us,
            proved=self._hooks is not None and self._hooks.handshake is None,
        )
        self._noted[it.id] = it
        self._save(it)
        if self.notify is not None and not it.proved:
            self.notify(it)
        return respond(201, self._shown(it))

    def _renew(self, request: Request, key: str) -> Response:
        told = self._said()
        it = self._found(key)
        if it is None or told.renew is None:
            return plain(404, "there is no subscription of this id")
        holes = self._holes(told.renew, request)
        if isinstance(holes, Response):
            return holes
        until_us = self._until(told, holes)
        if until_us == 0:
            return plain(422, f"when it ends is missing, past, or not written as {told.format}")
        it.until_us = until_us
        self._save(it)
        return respond(200, self._shown(it))

    def _remove(self, _: Request, key: str) -> Response:
        if self._found(key) is None:
            return plain(404, "there is no subscription of this id")
        self._drop(key)
        return Response(status=204, headers={})

    def _list(self, request: Request, _: str) -> Response:
        told = self._said()
        items = [self._shown(it) for it in self.standing()]
        page, query = told.list.page, request.parameters()
        if isinstance(page, OffsetPages | NumberedPages):
            text = query.get(page.parameter, "")
            at = int(text) if text.isdecimal() and len(text) < 10 else 0
            start = at if isinstance(page, OffsetPages) else max(0, at - page.first) * page.size
            items = items[start : start + page.size]
        if not page.items:
            return respond(200, items)
        body: dict[str, Any] = {}
        put_at(body, page.items, items)
        return respond(200, body)

    def _said(self) -> Subscriptions:
        if self._hooks is None or self._hooks.subscriptions is None:
            raise LookupError("no subscriptions")
        return self._hooks.subscriptions

    def _found(self, key: str) -> Noted | None:
        return next((it for it in self.standing() if it.id == key), None)

    def _holes(self, call: HookCall, request: Request) -> dict[str, Any] | Response:
        """What a call says in the places of the manifest's template, or why it can not be read."""
        if not call.body:
            return {}
        try:
            return holes_in(call.body, decode(request.body))
        except ValueError:
            return plain(400, "the body is no JSON")

    def _until(self, told: Subscriptions, holes: dict[str, Any]) -> int | None:
        """When it ends: as is asked, but not longer than the manifest says; None: never; 0: what is asked is wrong."""
        if told.lasts_s is None:
            return None
        now = self._clock()
        longest = now + round(told.lasts_s * 1e6)
        if "{until}" not in str((told.create.body, told.renew and told.renew.body)):
            return longest
        asked = time_reader(told.format, "UTC")(holes.get("until"))
        return min(asked, longest) if asked is not None and asked > now else 0

    def _shown(self, it: Noted) -> dict[str, Any]:
        told = self._said()
        until = time_writer(told.format)(it.until_us) if it.until_us is not None else None
        topics: Any = it.topics
        body = filled(
            told.create.body, {"url": it.url, "topics": topics, "topic": it.topics[0], "until": until}
        )
        shown = _less(body)
        put_at(shown, told.list.id, it.id)
        put_at(shown, told.list.url, it.url)
        if told.list.until:
            put_at(shown, told.list.until, until)
        return shown

    def _save(self, it: Noted) -> None:
        self._kept[it.id] = json.encode(it)

    def _drop(self, key: str) -> None:
        self._noted.pop(key, None)
        self._waiting.pop(key, None)
        self._kept.pop(key, None)


def _less(node: dict[str, Any]) -> dict[str, Any]:
    """A body without what was left open in it, such as the secret."""
    return {
        name: _less(each) if isinstance(each, dict) else each
        for name, each in node.items()
        if each != "{secret}"
    }


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
