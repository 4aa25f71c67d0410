"""Requests and responses as plain values: what the face of a sandbox takes and gives, over HTTP or in memory."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from typing import Any, Final, Literal, TypeAlias
from urllib.parse import parse_qsl

from msgspec import Struct, json

__all__ = ["Handler", "Request", "Response", "decode", "http_date", "plain", "respond"]

Loss: TypeAlias = Literal["", "silence", "cut"]
"""What the caller hears instead of the response: nothing until it gives up, or the connection breaking at once."""

_JSON: Final = "application/json"
_encode: Final = json.Encoder().encode
_decode: Final = json.Decoder().decode


class Request(Struct, frozen=True, kw_only=True):
    """A request. `path` is as it was sent (percent-encoded) and has no query; `query` is text after "?".

    `headers` are asked for by lower-case names. `origin` ("http://127.0.0.1:8080") begins links to pages; without it
    they are relative. `local`: the caller is on this machine, and came by a name of this machine.
    """

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = {}
    body: bytes = b""
    origin: str = ""
    local: bool = True

    def parameters(self) -> dict[str, str]:
        """The query, decoded; of a repeated parameter the last one."""
        return dict(parse_qsl(self.query, keep_blank_values=True)) if self.query else {}


class Response(Struct, kw_only=True):
    """A response. Where `lost` is set the caller must not get it."""

    status: int
    headers: dict[str, str]
    body: bytes = b""
    lost: Loss = ""


Handler: TypeAlias = Callable[[Request, str], Response]
"""Answers a request about a record (its id, else "")."""


def respond(status: int, body: Any, headers: dict[str, str] | None = None, lost: Loss = "") -> Response:
    """A response with a JSON body; None: without one."""
    headers = {} if headers is None else headers
    if body is None:
        return Response(status=status, headers=headers, lost=lost)
    headers["Content-Type"] = _JSON
    return Response(status=status, headers=headers, body=_encode(body), lost=lost)


def plain(status: int, message: str, headers: dict[str, str] | None = None) -> Response:
    """A refusal that no manifest words."""
    return respond(status, {"message": message}, headers)


def decode(body: bytes) -> Any:
    """A parsed JSON body. Raises ValueError (msgspec's): it is none."""
    return _decode(body)


@lru_cache(maxsize=64)
def http_date(second: int) -> str:
    """A time in seconds since 1970 as the Date header writes it (RFC 9110, 5.6.7)."""
    return format_datetime(datetime.fromtimestamp(second, UTC), usegmt=True)
