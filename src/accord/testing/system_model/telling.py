"""What a played system sends when it tells of changes: the manifest's webhook, from the sender's side (S9)."""

from collections.abc import Iterable, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from msgspec import Struct, json

from accord.connectorkit.hook_signature import mark
from accord.connectorkit.manifest import Manifest
from accord.connectorkit.manifest_hooks import BodyVerify, Stamp, Value, Webhooks
from accord.connectorkit.paths import put_at
from accord.connectorkit.times import time_writer

__all__ = ["Event", "Sent", "at_once", "told"]

_BATCH: Final = 100


class Event(Struct, frozen=True, kw_only=True):
    """A record changed. `number` is the event's own id; `due_us`: not to be told before."""

    entity_type: str
    id: str
    number: str
    version: str = ""
    due_us: int = 0
    forged: bool = False


class Sent(Struct, frozen=True):
    """A webhook as it goes out; header names are in lower case."""

    headers: dict[str, str]
    body: bytes


def at_once(hooks: Webhooks) -> int:
    """How many events one call holds."""
    events = hooks.events
    by_header = [at.header for at in (events.type, events.event, events.version) if at]
    return _BATCH if hooks.events.items and not any(by_header) else 1


def told(manifest: Manifest, events: Sequence[Event], secret: str, url: str, now_us: int) -> Sent:
    """What is sent to an address about some events, at a time of the system's clock."""
    hooks = manifest.webhooks
    if hooks is None:
        raise ValueError(f"{manifest.name} tells of nothing by itself")
    first = events[0]
    headers: dict[str, str] = {}
    made = [_event(manifest, hooks, it, secret) for it in events]
    body: dict[str, Any] = made[0]
    if hooks.events.items:
        body = {}
        put_at(body, hooks.events.items, made)
    _put(headers, body, hooks.timestamp, _time(hooks.timestamp, now_us))
    for at, text in _values(hooks, first):
        if at is not None and at.header:
            _put(headers, {}, at, text)
    form = hooks.events.format == "form"
    headers["content-type"] = "application/x-www-form-urlencoded" if form else "application/json"
    raw = urlencode(body).encode() if form else json.encode(body)
    mark(hooks, f"not {secret}" if first.forged else secret, raw, headers, "POST", url)
    return Sent(headers, raw)


def _event(manifest: Manifest, hooks: Webhooks, it: Event, secret: str) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if hooks.events.id:
        integer = manifest.types[it.entity_type].id.type == "integer"
        _nest(made, hooks.events.id, int(it.id) if integer else it.id)
    for at, text in _values(hooks, it):
        if at is not None and at.path:
            put_at(made, at.path, text)
    if isinstance(hooks.verify, BodyVerify):
        put_at(made, hooks.verify.path, "forged" if it.forged else secret)
    return made


def _values(hooks: Webhooks, it: Event) -> list[tuple[Value | None, str]]:
    """What is told of an event besides its id, and where."""
    events = hooks.events
    return [(events.type, _word(hooks, it)), (events.event, it.number), (events.version, it.version)]


def _word(hooks: Webhooks, it: Event) -> str:
    """The word that tells an entity type."""
    words: Iterable[str] = (w for w, name in hooks.events.types.items() if name == it.entity_type)
    if (word := next(iter(words), None)) is not None:
        return f"{word[:-1]}updated" if word.endswith("*") else word
    return hooks.subscriptions.words(it.entity_type)[0] if hooks.subscriptions else it.entity_type


def _put(headers: dict[str, str], body: dict[str, Any], at: Value | None, value: Any) -> None:
    if at is None:
        return
    if at.path:
        put_at(body, at.path, value)
        return
    name, text = at.header.lower(), f"{at.prefix}{value}"
    headers[name] = f"{headers[name]}{at.separator}{text}" if headers.get(name) else text


def _time(at: Stamp | None, now_us: int) -> Any:
    return time_writer(at.format, "", "s" if at.format == "epoch_s" else "ms")(now_us) if at else None


def _nest(body: dict[str, Any], path: str, value: Any) -> None:
    """Put a value at a path that may go through lists, each of one element."""
    head, hole, rest = path.partition("[]")
    if not hole:
        put_at(body, path, value)
        return
    element: Any = value
    if rest.startswith("."):
        element = {}
        _nest(element, rest[1:], value)
    put_at(body, head, [element])
