"""What a webhook hints at (S9): who sent it is checked, ids and entity types are taken, all else is left.

Pure: no clock, no I/O. Nothing of what was sent stands in a refusal (P2).
"""

import hashlib
import hmac
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from msgspec import DecodeError, Struct, json

from accord.connectorkit.hook_signature import header_value, needs_secret, same, stale, unknown
from accord.connectorkit.manifest import Manifest
from accord.connectorkit.manifest_hooks import (
    BodyHandshake,
    BodyVerify,
    NoVerify,
    QueryHandshake,
    QueryVerify,
    Value,
    Webhooks,
)
from accord.connectorkit.observe import bare_etag, canonical_id
from accord.connectorkit.paths import get_at, put_at, values_at
from accord.core.values import MISSING

__all__ = ["FOR", "Delivery", "Handshake", "Hint", "Hints", "Refusal", "Replays", "hints_of"]

FOR: Final = "for"
"""Parameter of our address that tells what a subscription is for: an entity type, or a topic."""

_LONGEST: Final = 1024
"""Characters of an id, of a word, or of a challenge that goes back; Graph's challenges have some 200."""
_GREATEST: Final = 10**40
_REMEMBERED: Final = 50_000


class Delivery(Struct, frozen=True, kw_only=True):
    """What came in. `url` is the address as the system was given it, with its query; header names in any case."""

    body: bytes
    headers: Mapping[str, str] = {}
    url: str = ""
    method: str = "POST"


class Hint(Struct, frozen=True):
    """Something happened to a record, or, without an id, to some of the entity type. `event`: its id, or "".

    `version` is what the record has become, as far as it is told: whoever has seen that knows all.
    """

    entity_type: str
    id: str = ""
    event: str = ""
    version: str = ""


class Hints(Struct, frozen=True):
    """What was hinted at, each once, in order; and of how many events nothing of ours was told."""

    hints: tuple[Hint, ...] = ()
    others: int = 0


class Handshake(Struct, frozen=True):
    """The system wanted to know whether the address is ours: this is the answer. Send it with `nosniff`."""

    body: bytes
    content_type: str = "text/plain; charset=utf-8"
    status: int = 200


class Refusal(Struct, frozen=True):
    """Not taken, and why."""

    status: int
    why: str


class _Wrong(Exception):
    """A refusal on its way out."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.refusal = Refusal(status, why)


def hints_of(manifest: Manifest, delivery: Delivery, secret: str, now_us: int) -> Hints | Handshake | Refusal:
    """What a webhook of a system hints at. Whatever comes in, it does not raise.

    Refused: 404 where the manifest has none, 413 too long, 401 of somebody else, or sent too long ago, 400 what can not
    be read, 405 another method, 503 no secret is set.
    """
    hooks = manifest.webhooks
    if hooks is None:
        return Refusal(404, "the system tells of nothing by itself")
    try:
        return _taken(manifest, hooks, delivery, secret, now_us)
    except _Wrong as wrong:
        return wrong.refusal


def _taken(
    manifest: Manifest, hooks: Webhooks, delivery: Delivery, secret: str, now_us: int
) -> Hints | Handshake:
    if len(delivery.body) > hooks.most_bytes:
        raise _Wrong(413, "the body is too long")
    if not secret and needs_secret(hooks):
        raise _Wrong(503, "no secret is set here")
    query = _query(delivery.url)
    if isinstance(hooks.handshake, QueryHandshake) and hooks.handshake.parameter in query:
        return _asked(hooks.handshake, hooks, query, secret)
    if delivery.method != "POST":
        raise _Wrong(405, "only POST is taken")
    headers = {name.lower(): text for name, text in delivery.headers.items()}
    echo = isinstance(hooks.handshake, BodyHandshake) and not hooks.handshake.signs
    body = _read(hooks, delivery.body) if echo else None
    if echo and (shaken := _shaken(hooks, body, secret)):
        return shaken  # who asks for its own word back learns nothing
    if why := unknown(hooks, secret, delivery.body, headers, delivery.method, delivery.url, query):
        raise _Wrong(401, why)
    body = body if echo else _read(hooks, delivery.body)
    at = hooks.timestamp
    told = (header_value(headers, at) if at.header else get_at(body, at.path)) if at else None
    if why := stale(hooks, told, now_us):
        raise _Wrong(401, why)
    if shaken := _shaken(hooks, body, secret):
        return shaken
    return _hints(manifest, hooks, list(_events(hooks, body, secret)), headers, query)


def _query(url: str) -> dict[str, str]:
    try:
        return dict(parse_qsl(urlsplit(url).query, keep_blank_values=True, max_num_fields=100))
    except ValueError:
        raise _Wrong(400, "the address can not be read") from None


def _asked(shake: QueryHandshake, hooks: Webhooks, query: Mapping[str, str], secret: str) -> Handshake:
    name = shake.token or (hooks.verify.parameter if isinstance(hooks.verify, QueryVerify) else "")
    if name and not same(query.get(name, ""), secret):
        raise _Wrong(401, "the token of the challenge is missing or wrong")
    return Handshake(_challenge(query[shake.parameter]).encode("utf-8", "replace"))


def _shaken(hooks: Webhooks, body: Any, secret: str) -> Handshake | None:
    """The answer to a challenge in the body; None: there is none."""
    shake = hooks.handshake
    if not isinstance(shake, BodyHandshake):
        return None
    found = get_at(body, shake.path)
    if not isinstance(found, str):
        return None
    text = _challenge(found)
    if not shake.answer and not shake.signs:
        return Handshake(text.encode("utf-8", "replace"))
    answer: dict[str, Any] = {}
    if shake.answer:
        put_at(answer, shake.answer, text)
    if shake.signs:
        digest = hmac.new(
            secret.encode("utf-8", "surrogateescape"), text.encode("utf-8", "replace"), hashlib.sha256
        )
        put_at(answer, shake.signs, digest.hexdigest())
    return Handshake(json.encode(answer), "application/json")


def _challenge(text: str) -> str:
    if len(text) > _LONGEST:
        raise _Wrong(400, "the challenge is too long")
    return text


def _read(hooks: Webhooks, body: bytes) -> Any:
    try:
        if hooks.events.format == "form":
            return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=10_000))
        return json.decode(body)
    except (DecodeError, ValueError, RecursionError):
        raise _Wrong(400, f"the body is no {'form' if hooks.events.format == 'form' else 'JSON'}") from None


def _events(hooks: Webhooks, body: Any, secret: str) -> Iterator[Mapping[str, Any]]:
    """The events in a body, each of them sent by who knows the secret, where that stands there."""
    found = get_at(body, hooks.events.items)
    for event in found if isinstance(found, list) else [found]:
        if not isinstance(event, Mapping):
            raise _Wrong(400, "an event is missing, or no object")
        if isinstance(hooks.verify, BodyVerify):
            sent = get_at(event, hooks.verify.path)
            if not isinstance(sent, str) or not same(sent, secret):
                raise _Wrong(401, "the secret is missing or wrong")
        yield event


def _hints(
    manifest: Manifest,
    hooks: Webhooks,
    events: list[Mapping[str, Any]],
    headers: Mapping[str, str],
    query: Mapping[str, str],
) -> Hints:
    found: dict[Hint, None] = {}
    others = 0
    names = tuple(manifest.types)
    at = hooks.events.type
    about = query.get(FOR) or ("" if len(names) > 1 else names[0])
    for event in events:
        name = hooks.entity_type(_text(event, at, headers) if at else about, names)
        if name is None:
            others += 1
            continue
        told = values_at(event, hooks.events.id) if hooks.events.id else []
        if isinstance(hooks.verify, NoVerify):
            told = []  # anybody could make us ask for anything, one call each
        ids = [canonical_id(raw, manifest.types[name].id) for raw in told if _is_id(raw)]
        event_id = _text(event, hooks.events.event, headers)
        version = bare_etag(_text(event, hooks.events.version, headers)) if len(ids) == 1 else ""
        found.update(dict.fromkeys(Hint(name, id_, event_id, version) for id_ in ids or [""]))
    return Hints(tuple(found), others)


def _text(event: Mapping[str, Any], at: Value | None, headers: Mapping[str, str]) -> str:
    if at is None or at.header:
        return header_value(headers, at)[:_LONGEST]
    raw = get_at(event, at.path)
    return "" if raw is MISSING or not _is_id(raw) else str(raw)


def _is_id(raw: Any) -> bool:
    """It is text or a whole number, of a decent length."""
    if isinstance(raw, bool):
        return False
    if isinstance(raw, int):
        return abs(raw) <= _GREATEST
    return isinstance(raw, str) and 0 < len(raw) <= _LONGEST


class Replays:
    """Remembers which events of a system came, for as long as what is older is refused anyway.

    An event without an id of its own is always new: that two changes look alike says nothing. At most `at_most` are
    remembered, the latest ones: one that is forgotten costs a call, and changes nothing (S9).
    """

    def __init__(self, window_s: float, at_most: int = _REMEMBERED) -> None:
        self._window_us, self._at_most = round(2 * window_s * 1e6), at_most
        self._known: OrderedDict[Hint, int] = OrderedDict()

    def fresh(self, hints: Hints, now_us: int) -> Hints:
        """What did not come before."""
        self._forget(now_us)
        return Hints(tuple(it for it in hints.hints if not it.event or it not in self._known), hints.others)

    def keep(self, hints: Hints, now_us: int) -> None:
        """These are taken care of: the next of their kind are replays."""
        for it in hints.hints:
            if it.event and it not in self._known:
                self._known[it] = now_us
        while len(self._known) > self._at_most:
            self._known.popitem(last=False)

    def _forget(self, now_us: int) -> None:
        while self._known and next(iter(self._known.values())) < now_us - self._window_us:
            self._known.popitem(last=False)
