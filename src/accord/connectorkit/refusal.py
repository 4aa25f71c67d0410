"""What the answer to a refused call says, where the manifest does not tell where: the shapes that many systems share.

It is in the system's own words, which may hold values: it goes where dead letters go, and into no log (P2, W9).
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from accord.connectorkit.paths import get_at, values_at

__all__ = ["plain_text", "told_by"]

_PATHS: Final = (
    "error.message",  # OData, and many others
    "error.message.value",
    "errors[].message",
    "errors[].detail",
    "errors[]",
    "[].message",
    "message",
    "error_description",
)
_LAST: Final = ("error", "[]")
_MOST_TEXTS: Final = 5
_LONGEST: Final = 300


def told_by(body: Any) -> list[str]:
    """Texts of an answer, a few and none of them long; the first shape that says something counts."""
    for found in _shapes(body):
        if texts := [short for each in found if (short := _short(each))]:
            return texts[:_MOST_TEXTS]
    return []


def plain_text(raw: bytes) -> str | None:
    """The body of an answer that is no JSON, where it is a short text and no page."""
    if len(raw) > 4 * _LONGEST:
        return None
    try:
        text = raw.decode().strip()
    except UnicodeDecodeError:
        return None
    return text if len(text) <= _LONGEST and not text.startswith("<") else None


def _shapes(body: Any) -> Iterator[list[Any]]:
    if isinstance(body, str):
        yield [body]
    for path in _PATHS:
        yield values_at(body, path)
    yield _problem(body)
    yield _by_property(body)
    for path in _LAST:
        yield values_at(body, path)


def _problem(body: Any) -> list[Any]:
    """Title and detail as in RFC 9457, and what it says of single properties."""
    parts = [part for name in ("title", "detail") if isinstance(part := get_at(body, name), str) and part]
    return [": ".join(parts), *_by_property(body)] if parts else []


def _by_property(body: Any) -> list[Any]:
    """{"errors": {"name": ["is too short"]}}"""
    errors = get_at(body, "errors")
    if not isinstance(errors, Mapping):
        return []
    some = [(name, said if isinstance(said, list) else [said]) for name, said in errors.items()]
    return [f"{name}: {each}" for name, said in some for each in said if isinstance(each, str) and each]


def _short(text: Any) -> str:
    if not isinstance(text, str):
        return ""
    words = " ".join(text.split())
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…"
