"""Sends what a sandbox has to tell: at once, again while nobody takes it, one call at a time per subscription (S9)."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from secrets import token_urlsafe
from typing import Any, Final
from urllib.parse import urlencode

import aiohttp
from msgspec import json
from yarl import URL

from accord.connectorkit.hook_signature import mark
from accord.connectorkit.manifest import Manifest
from accord.connectorkit.manifest_hooks import QueryHandshake, Stamp
from accord.connectorkit.paths import get_at, put_at
from accord.connectorkit.times import time_writer
from accord.sandbox.hooks import Hooks, Noted
from accord.testing.system_model.telling import Sent, told

__all__ = ["Teller"]

_TRIES: Final = 8
_LONGEST_S: Final = 60.0
_TIMEOUT: Final = aiohttp.ClientTimeout(total=10)
_MOST_BYTES: Final = 65_536


class Teller:
    """From `start` to `stop` each change is told to whoever subscribed. After a call that is not answered with 2xx the
    next try comes `retry_s` later, then twice that, and so on; the eighth is the last."""

    def __init__(self, manifest: Manifest, hooks: Hooks, clock: Callable[[], int], retry_s: float) -> None:
        self._manifest, self._hooks, self._clock, self._retry_s = manifest, hooks, clock, retry_s
        self._running: dict[str, asyncio.Task[None]] = {}
        self._session: aiohttp.ClientSession | None = None

    def start(self) -> None:
        """Needs a running event loop."""
        self._hooks.notify = self._wake
        for it in self._hooks.standing():
            if not it.proved:
                self._wake(it)

    async def stop(self) -> None:
        """Let go; what was not told is forgotten."""
        self._hooks.notify = None
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def _wake(self, it: Noted) -> None:
        running = self._running.get(it.id)
        if running is None or running.done():
            self._running[it.id] = asyncio.get_running_loop().create_task(self._work(it))

    async def _work(self, it: Noted) -> None:
        if not it.proved:
            known = await self._tried(lambda: self._challenge(it))
            self._hooks.proved(it, known=known)
        while (wait_us := self._hooks.waits_us(it)) is not None:
            if wait_us:
                await asyncio.sleep(min(wait_us / 1e6, 0.05))
                continue
            events = self._hooks.next_of(it)
            if events:
                done = await self._tried(
                    lambda: self._post(it, told(self._manifest, events, it.secret, it.url, self._clock()))  # noqa: B023
                )
                self._hooks.told["sent" if done else "given up"] += len(events)

    async def _tried(self, call: Callable[[], Any]) -> bool:
        """A call was taken, sooner or later."""
        for attempt in range(_TRIES):
            with suppress(aiohttp.ClientError, TimeoutError, OSError, ValueError):
                if await call():
                    return True
            self._hooks.told["failed"] += 1
            if attempt + 1 < _TRIES:
                await asyncio.sleep(min(self._retry_s * 2**attempt, _LONGEST_S))
        return False

    async def _post(self, it: Noted, sent: Sent) -> bool:
        status, _, _ = await self._call("POST", it.url, sent)
        return 200 <= status < 300

    async def _challenge(self, it: Noted) -> bool:
        """The address gives a challenge back."""
        hooks, text = self._manifest.webhooks, token_urlsafe(24)
        shake = hooks.handshake if hooks else None
        if hooks is None or shake is None:
            return True
        if isinstance(shake, QueryHandshake):
            query = {shake.parameter: text, **({shake.token: it.secret} if shake.token else {})}
            url = f"{it.url}{'&' if '?' in it.url else '?'}{urlencode(query)}"
            status, answer, _ = await self._call("GET", url, Sent({}, b""))
            return status == 200 and answer == text.encode()
        body: dict[str, Any] = {}
        put_at(body, shake.path, text)
        headers = _stamped(hooks.timestamp, self._clock(), body)
        raw = json.encode(body)
        mark(hooks, it.secret, raw, headers, "POST", it.url)
        status, answer, kind = await self._call("POST", it.url, Sent(headers, raw))
        if status != 200:
            return False
        given = get_at(json.decode(answer), shake.answer) if kind == "application/json" else answer.decode()
        return bool(given == text)

    async def _call(self, method: str, url: str, sent: Sent) -> tuple[int, bytes, str]:
        """Status, body and type of an answer."""
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=_TIMEOUT, cookie_jar=aiohttp.DummyCookieJar())
        async with self._session.request(
            method,
            URL(url, encoded=True),
            data=sent.body or None,
            headers=sent.headers,
            allow_redirects=False,
        ) as answer:
            return answer.status, await answer.content.read(_MOST_BYTES), answer.content_type


def _stamped(at: Stamp | None, now_us: int, body: dict[str, Any]) -> dict[str, str]:
    """Headers with the time of sending; or the body has it."""
    if at is None:
        return {}
    value = time_writer(at.format, "", "s" if at.format == "epoch_s" else "ms")(now_us)
    if at.header:
        return {at.header.lower(): f"{at.prefix}{value}"}
    put_at(body, at.path, value)
    return {}
