"""Takes what systems tell by webhooks: who sent it is checked, it is queued as hints and answered at once (S9)."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from typing import Final

from aiohttp import web

from accord.connectorkit.hooks import Delivery, Handshake, Refusal, Replays, hints_of
from accord.core.errors import ConfigError
from accord.project import Project
from accord.project.systems import manifest_of
from accord.project.webhooks import hook_secret, tells
from accord.serving.agenda import Hinted
from accord.serving.calm import Calm
from accord.serving.telling import Tell

__all__ = ["Hooks"]

_NOSNIFF: Final = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
_CALM_S: Final = 1.0
"""Between two listings for hints that name no record pass so many seconds,"""
_ANYBODY_S: Final = 15.0
"""and so many, where nobody can tell who sends them."""


class Hooks:
    """Webhooks of a project's systems. `url`: where the service is seen from outside."""

    def __init__(
        self,
        project: Project,
        hinted: Hinted,
        tell: Tell,
        *,
        now_us: Callable[[], int],
        url: str = "",
    ) -> None:
        self.counts: Counter[tuple[str, str]] = Counter()
        """Deliveries by system and outcome: taken, refused, handshake; and hints."""
        self._project, self._hinted, self._tell = project, hinted, tell
        self._now_us, self._url = now_us, url
        self._calm = Calm(hinted.take, time.monotonic, _later)
        self._secrets: dict[str, str] = {}
        self._replays: dict[str, Replays] = {}
        self._refused: dict[tuple[str, str], None] = {}

    async def take(self, asked: web.Request) -> web.Response:
        """The answer to a call of /hooks/SYSTEM."""
        system = asked.match_info["system"]
        manifest = manifest_of(self._project, system) if tells(self._project, system) else None
        hooks = manifest.webhooks if manifest is not None else None
        if manifest is None or hooks is None:
            return web.json_response({"error": "no such system tells of changes here"}, status=404)
        body = await _body(asked, hooks.most_bytes)
        if body is None:
            return self._refuse(system, Refusal(413, "the body is too long"))
        base = self._url or f"{asked.scheme}://{asked.host}"
        delivery = Delivery(body=body, headers=asked.headers, url=base + asked.raw_path, method=asked.method)
        now_us = self._now_us()
        try:
            secret = self._secrets.get(system) or hook_secret(self._project, system)
            self._secrets[system] = secret
        except ConfigError:
            secret = ""
        found = hints_of(manifest, delivery, secret, now_us)
        if isinstance(found, Refusal):
            return self._refuse(system, found)
        if isinstance(found, Handshake):
            self.counts[system, "handshake"] += 1
            headers = {**_NOSNIFF, "Content-Type": found.content_type}
            return web.Response(status=found.status, body=found.body, headers=headers)
        replays = self._replays.setdefault(system, Replays(hooks.window_s))
        fresh = replays.fresh(found, now_us)
        for hint in fresh.hints:
            name = f"{system}.{hint.entity_type}"
            if hint.id:
                self._hinted.take(name, hint.id, hint.version)
            unnamed = [f"{system}.{inner}" for inner in manifest.inside_of(hint.entity_type)]
            for each in unnamed if hint.id else [name, *unnamed]:
                self._calm.take(each, _CALM_S if hooks.verify.kind != "none" else _ANYBODY_S)
        replays.keep(fresh, now_us)
        self.counts[system, "taken"] += 1
        self.counts[system, "hints"] += len(fresh.hints)
        self.counts[system, "repeated"] += len(found.hints) - len(fresh.hints)
        return web.Response(status=hooks.answer, headers=_NOSNIFF)

    def _refuse(self, system: str, refusal: Refusal) -> web.Response:
        """Told once for each reason: whoever knocks again and again fills no log."""
        self.counts[system, "refused"] += 1
        if (system, refusal.why) not in self._refused:
            self._refused[system, refusal.why] = None
            self._tell(
                "hook refused",
                f"a webhook of {system} was refused: {refusal.why} (told once; /metrics counts them)",
                system=system,
                status=refusal.status,
            )
        return web.json_response({"error": refusal.why}, status=refusal.status, headers=_NOSNIFF)


def _later(wait_s: float, call: Callable[[], None]) -> object:
    return asyncio.get_running_loop().call_later(wait_s, call)


async def _body(asked: web.Request, most_bytes: int) -> bytes | None:
    """The body; None: it is too long."""
    if (asked.content_length or 0) > most_bytes:
        return None
    chunks: list[bytes] = []
    size = 0
    while chunk := await asked.content.readany():
        size += len(chunk)
        if size > most_bytes:
            return None
        chunks.append(chunk)
    return b"".join(chunks)
