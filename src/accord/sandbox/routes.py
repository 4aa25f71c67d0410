"""Finds who answers a request: paths of a manifest compiled to look-ups."""

import re
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from accord.connectorkit.urls import encoded_path
from accord.core.errors import ConfigError, Fault
from accord.sandbox.messages import Handler

__all__ = ["Found", "Route", "Routes", "base_path", "template"]

_ID: Final = "{id}"


class Route(Struct, frozen=True, kw_only=True):
    """Method and path of a call; "{id}" in the path stands for a record's id. `about` names it in messages."""

    method: str
    path: str
    handler: Handler
    about: str


class Found(Struct, frozen=True):
    """Handlers by method of the path that was asked for, and the id in it."""

    handlers: Mapping[str, Handler]
    record_id: str = ""


def base_path(url: str) -> str:
    """The path of a URL, without a slash at its end: what all paths of a system begin with."""
    return urlsplit(url).path.rstrip("/")


def template(base: str, path: str) -> str:
    """A path below a base as look-ups want it: one slash between them, none at the end, no query."""
    return f"{base}/{encoded_path(path.partition('?')[0].strip('/'))}".rstrip("/") or "/"


class Routes:
    """Compiled routes. Raises ConfigError: two calls have the same method and path, so that nobody could tell them."""

    def __init__(self, routes: Iterable[Route], file: str) -> None:
        self._whole: dict[str, dict[str, Handler]] = {}
        self._last: dict[str, dict[str, Handler]] = {}
        self._inside: dict[str, tuple[re.Pattern[str], bool, dict[str, Handler]]] = {}
        taken: dict[tuple[str, str], str] = {}
        faults: list[Fault] = []
        for route in routes:
            key = (route.method, route.path)
            if other := taken.get(key):
                what = f"{route.about} and {other} are both {route.method} {route.path}"
                faults.append(
                    Fault(file, 1, what, "A sandbox can not tell them apart: give one another path")
                )
            taken[key] = route.about
            self._handlers(route.path)[route.method] = route.handler
        if faults:
            raise ConfigError(faults)

    def _handlers(self, path: str) -> dict[str, Handler]:
        if _ID not in path:
            return self._whole.setdefault(path, {})
        head, _, tail = path.partition(_ID)
        if not tail and head.endswith("/"):
            return self._last.setdefault(head, {})
        pattern = re.compile("([^/]+)".join(map(re.escape, (head, tail))))
        in_quotes = head.endswith("'") and tail.startswith("'")
        return self._inside.setdefault(path, (pattern, in_quotes, {}))[2]

    def find(self, path: str) -> Found | None:
        """Who answers at a path as it was sent (percent-encoded); None: nobody."""
        if len(path) > 1 and path.endswith("/"):
            path = path.rstrip("/") or "/"
        if (handlers := self._whole.get(path)) is not None:
            return Found(handlers)
        at = path.rfind("/") + 1
        if (handlers := self._last.get(path[:at])) is not None and path[at:]:
            return Found(handlers, _decoded(path[at:]))
        for pattern, in_quotes, handlers in self._inside.values():
            if match := pattern.fullmatch(path):
                found = _decoded(match[1])
                return Found(handlers, found.replace("''", "'") if in_quotes else found)
        return None

    def paths(self) -> list[str]:
        """All paths, for a message."""
        return sorted({*self._whole, *(f"{head}{_ID}" for head in self._last), *self._inside})


def _decoded(segment: str) -> str:
    return unquote(segment) if "%" in segment else segment
