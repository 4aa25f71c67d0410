"""HTTP without sockets: the real connector on the face of a played system, in virtual time."""

import asyncio
from collections.abc import Callable
from random import Random
from typing import Final, Protocol
from urllib.parse import urlsplit

from msgspec import Struct

from accord.connectorkit.http.transport import NoAnswer, Request, Response
from accord.ports.clock import Clock
from accord.sandbox.messages import Request as Asked, Response as Answered

__all__ = ["FaceTransport", "Handles", "Latency"]

_PATIENCE: Final = (0.0, 0.1, 1.0)
"""A caller who hears nothing learns it at once (the connection broke), after a while, or when its patience ends."""


class Handles(Protocol):
    """A face, or a whole sandbox."""

    def handle(self, request: Asked) -> Answered:
        """The response to a request."""
        ...


class Latency(Struct, frozen=True, kw_only=True):
    """How long calls take, in seconds of the played clock: evenly between two bounds."""

    least_s: float = 0.0
    most_s: float = 0.0

    def draw_s(self, random: Random) -> float:
        """Seconds that one call takes; draws nothing where calls take none."""
        return random.uniform(self.least_s, self.most_s) if self.most_s > 0 else self.least_s


class FaceTransport:
    """A `Transport` on the face of a sandbox: the bytes that would go over the network, and none of the network.

    `clock` is the hub's, which is the only one that anything here waits by. What the face marks as lost is `NoAnswer`
    to the caller, who has waited for it: not at all where the connection broke, else for a drawn part of the
    request's time-out. A write that is to land late may thus land while the caller believes that it failed, or long
    after.
    """

    def __init__(
        self,
        face: Handles,
        clock: Clock,
        *,
        random: Random | None = None,
        latency: Latency | None = None,
    ) -> None:
        self._face, self._clock = face, clock
        self._random, self._latency = random or Random(0), latency or Latency()
        self.look: Callable[[Request], None] | None = None
        """Called with each request before it comes in."""
        self.watch: Callable[[Request, int], None] | None = None
        """Called with each request and the status that came back, 0: none."""
        self.closed = 0

    async def send(self, request: Request) -> Response:
        """See `Transport`."""
        latency_s = self._latency.draw_s(self._random)
        await self._pass(latency_s / 2)  # there, and back
        await asyncio.sleep(0)  # others that are under way come in between
        if self.look is not None:
            self.look(request)
        answer = self._face.handle(_asked(request))
        await asyncio.sleep(0)
        if self.watch is not None:
            self.watch(request, 0 if answer.lost else answer.status)
        if answer.lost:
            await self._pass(self._silence_s(answer, request.timeout_s))
            raise NoAnswer("nothing came back")
        await self._pass(latency_s / 2)
        return Response(status=answer.status, headers=answer.headers, body=answer.body)

    async def close(self) -> None:
        """See `Transport`."""
        self.closed += 1

    async def _pass(self, seconds: float) -> None:
        if seconds > 0:
            await self._clock.sleep(seconds)

    def _silence_s(self, answer: Answered, timeout_s: float) -> float:
        return 0.0 if answer.lost == "cut" else timeout_s * self._random.choice(_PATIENCE)


def _asked(request: Request) -> Asked:
    where = urlsplit(request.url)
    return Asked(
        method=request.method,
        path=where.path,
        query=where.query,
        headers={name.lower(): value for name, value in request.headers.items()},
        body=request.body or b"",
        origin=f"{where.scheme}://{where.netloc}",
    )
