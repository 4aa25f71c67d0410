"""The thin part of HTTP that connectors need: one request, one answer, and how a request may fail."""

from collections.abc import Mapping
from typing import Protocol

from msgspec import Struct, field

__all__ = ["NoAnswer", "NotSent", "Request", "Response", "TooLarge", "Transport"]


class Request(Struct, kw_only=True):
    """A request as it is sent. `url` is whole and encoded; `timeout_s` is from sending to the last byte."""

    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    timeout_s: float = 30.0

    def __repr__(self) -> str:
        return f"Request({self.method} …)"  # never a secret or a value in a log or a traceback (P2)


class Response(Struct, kw_only=True):
    """An answer, read to its end. Headers are looked up by the names ETag, Date, Link, Location, Retry-After."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""

    def __repr__(self) -> str:
        return f"Response({self.status} …)"


class NotSent(Exception):
    """The request never left: no connection could be made. Why is its text."""


class NoAnswer(Exception):
    """The request was sent, or may have been, and no whole answer came: time-out, or the connection broke."""


class TooLarge(Exception):
    """The answer is longer than the limit."""


class Transport(Protocol):
    """Carries requests to one system."""

    async def send(self, request: Request) -> Response:
        """The answer, whatever its status. Sends once, follows no redirect. Raises NotSent, NoAnswer, TooLarge."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
