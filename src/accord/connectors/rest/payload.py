"""Payloads to and from bytes: msgspec where it can, else the standard library (lone surrogates, a BOM)."""

import json
from typing import Any, Final, NoReturn

import msgspec

__all__ = ["NotJson", "decoded", "encoded"]

_decode: Final = msgspec.json.Decoder().decode
_encode: Final = msgspec.json.Encoder().encode


class NotJson(ValueError):
    """A body is no JSON. The message holds nothing of it."""


def decoded(body: bytes) -> Any:
    """The value that a body holds; None for no body. Raises NotJson."""
    if not body:
        return None
    try:
        return _decode(body)
    except (msgspec.DecodeError, RecursionError):
        return _decoded_slowly(body)


def _decoded_slowly(body: bytes) -> Any:
    try:
        text = body.decode("utf-8-sig")
        return json.loads(text, parse_constant=_refuse) if text.strip() else None
    except (ValueError, RecursionError):
        raise NotJson("the body is no JSON") from None


def _refuse(_: str) -> NoReturn:
    raise ValueError("no number")


def encoded(value: Any) -> bytes:
    """JSON of plain data."""
    try:
        return _encode(value)
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":")).encode()
