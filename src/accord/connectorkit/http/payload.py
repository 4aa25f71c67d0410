"""Payloads to and from bytes: msgspec where it can, else the standard library (lone surrogates, a BOM)."""

import json
from typing import Any, Final, NoReturn

import msgspec

__all__ = ["NotJson", "decoded", "encoded"]

_decode: Final = msgspec.json.Decoder().decode
_encode: Final = msgspec.json.Encoder().encode


class NotJson(ValueError):
    """A body is no JSON. The message says why in words, and holds nothing of it (P2)."""


def decoded(body: bytes) -> Any:
    """The value that a body holds; None for no body. Raises NotJson."""
    if not body:
        return None
    try:
        return _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _decoded_slowly(body)


def _decoded_slowly(body: bytes) -> Any:
    try:
        text = body.decode("utf-8-sig")
        return json.loads(text, parse_constant=_refuse) if text.strip() else None
    except (ValueError, RecursionError) as error:
        raise NotJson(_why(body, error)) from None


def _why(body: bytes, error: ValueError | RecursionError) -> str:
    if body.lstrip()[:1] == b"<":
        return "it is HTML or XML"
    if isinstance(error, UnicodeDecodeError):
        return f"it is no UTF-8 from byte {error.start + 1:,} on"
    if isinstance(error, json.JSONDecodeError):
        return f"it breaks at character {error.pos + 1:,} of {len(error.doc):,}"
    if isinstance(error, RecursionError):
        return "it is nested too deep"
    return "a number in it is none, or too long"


def _refuse(_: str) -> NoReturn:
    raise ValueError("no number")


def encoded(value: Any) -> bytes:
    """JSON of plain data."""
    try:
        return _encode(value)
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":")).encode()
