"""What a schema can not say of webhooks: their parts must fit together, and nobody may be able to forge one."""

import re
from collections.abc import Iterator
from typing import Any, Final

from accord.connectorkit.hook_signature import needs_secret
from accord.connectorkit.manifest import Manifest
from accord.connectorkit.manifest_faults import Place, Problem
from accord.connectorkit.manifest_hooks import (
    BodyHandshake,
    BodyVerify,
    HmacVerify,
    HookCall,
    NoVerify,
    QueryVerify,
    Subscriptions,
    Value,
    Webhooks,
)

__all__ = ["check_hooks", "holes_of"]

_HOLE: Final = re.compile(r"\{([a-z]+)\}")
_SIGNED: Final = {"body", "timestamp", "event", "url", "method"}
_KNOWN: Final = {"id", "url", "secret", "until", "topic", "topics"}


def check_hooks(manifest: Manifest) -> list[Problem]:
    """All that does not fit in `webhooks`."""
    hooks = manifest.webhooks
    if hooks is None:
        return []
    found = [*_secret(hooks), *_values(hooks), *_signature(hooks), *_types(hooks, manifest)]
    if hooks.subscriptions:
        found += _subscriptions(hooks.subscriptions, manifest)
    return [Problem(("webhooks", *it.place), f"webhooks: {it.what}", it.remedy) for it in found]


def holes_of(template: Any) -> set[str]:
    """Names in braces anywhere in a template."""
    if isinstance(template, dict):
        return {name for each in template.values() for name in holes_of(each)}
    if isinstance(template, list | tuple):
        return {name for each in template for name in holes_of(each)}
    return set(_HOLE.findall(template)) if isinstance(template, str) else set()


def _secret(hooks: Webhooks) -> Iterator[Problem]:
    calls = hooks.subscriptions
    told = calls is not None and any("secret" in _holes(call) for call in (calls.create, calls.renew))
    if hooks.secret is None and (told or needs_secret(hooks)):
        yield Problem(
            ("secret",), "no secret is named", "Write secret: env:NAME, and put a long random text there"
        )
    signs = isinstance(hooks.handshake, BodyHandshake) and hooks.handshake.signs
    if signs and isinstance(hooks.verify, NoVerify | BodyVerify | QueryVerify):
        what = "it would sign what anybody sends"
        yield Problem(
            ("handshake", "signs"), what, "Say how the challenge is signed itself: verify.kind: hmac"
        )


def _values(hooks: Webhooks) -> Iterator[Problem]:
    named: tuple[tuple[Place, Value | None], ...] = (
        (("timestamp",), hooks.timestamp),
        (("events", "type"), hooks.events.type),
        (("events", "event"), hooks.events.event),
        (("events", "version"), hooks.events.version),
    )
    for place, at in named:
        if at is not None and bool(at.header) == bool(at.path):
            yield Problem(place, "a value stands in a header or in the body", "Name header or path")
        if at is not None and at.path and (at.prefix or at.separator):
            yield Problem(place, "prefix and separator are of headers", "Remove them, or name a header")


def _signature(hooks: Webhooks) -> Iterator[Problem]:
    verify, at = hooks.verify, hooks.timestamp
    if not isinstance(verify, HmacVerify):
        return
    holes = holes_of(verify.signed)
    place = ("verify", "signed")
    if unknown := holes - _SIGNED:
        names = ", ".join(f"{{{name}}}" for name in sorted(_SIGNED))
        yield Problem(place, f"there is no {{{min(unknown)}}}", f"Write one of {names}")
    if "body" not in holes:
        yield Problem(place, "the body is not signed: anybody may change it", "Put {body} where it stands")
    if "timestamp" in holes and not (at and at.header):
        yield Problem(place, "the timestamp that is signed stands nowhere", "Add timestamp, with its header")
    if "event" in holes and not (hooks.events.event and hooks.events.event.header):
        yield Problem(
            place, "the event's id that is signed stands nowhere", "Add events.event, with its header"
        )
    if at and at.header and "timestamp" not in holes:
        what = "the timestamp is not signed: anybody may change it"
        yield Problem(("timestamp",), what, "Put {timestamp} into verify.signed, or remove it")


def _types(hooks: Webhooks, manifest: Manifest) -> Iterator[Problem]:
    known = ", ".join(sorted(manifest.types))
    for word, name in hooks.events.types.items():
        if name not in manifest.types:
            yield Problem(
                ("events", "types", word), f"{name} is no entity type here", f"Write one of {known}"
            )
    if hooks.events.types and hooks.events.type is None and not hooks.subscriptions:
        yield Problem(("events", "types"), "no word tells the entity type", "Add events.type")
    told = hooks.events.type or (hooks.subscriptions and hooks.subscriptions.per != "all")
    if not told and len(manifest.types) > 1:
        what = "nothing tells which entity type an event is about"
        yield Problem(("events",), what, "Add events.type, or say subscriptions.per: type")


def _subscriptions(it: Subscriptions, manifest: Manifest) -> Iterator[Problem]:
    at: Place = ("subscriptions",)
    for name in it.topics:
        if name not in manifest.types:
            known = ", ".join(sorted(manifest.types))
            yield Problem((*at, "topics", name), f"{name} is no entity type here", f"Write one of {known}")
    for kind in ("create", "renew", "remove"):
        call = getattr(it, kind)
        if call is None:
            continue
        holes = _holes(call)
        if unknown := holes - _KNOWN:
            names = ", ".join(f"{{{name}}}" for name in sorted(_KNOWN))
            yield Problem((*at, kind), f"there is no {{{min(unknown)}}}", f"Write one of {names}")
        if kind != "create" and "id" not in holes:
            yield Problem((*at, kind), "the call does not name the subscription", "Put {id} where it stands")
        if "until" in holes and it.lasts_s is None:
            yield Problem((*at, "lasts_s"), "it is not said how long one lasts", "Add lasts_s")
        wanted = {"topic": it.per == "topic", "topics": it.per != "topic"}
        for hole, fits in wanted.items():
            if hole in holes and not fits:
                other = "topics" if hole == "topic" else "topic"
                yield Problem((*at, kind), f"{{{hole}}} does not go with per: {it.per}", f"Write {{{other}}}")
    if "url" not in _holes(it.create):
        yield Problem((*at, "create"), "the system is not told whom to call", "Put {url} where it stands")
    if it.renew is not None and it.lasts_s is None:
        yield Problem((*at, "lasts_s"), "it is not said how long one lasts", "Add lasts_s, or remove renew")


def _holes(call: HookCall | None) -> set[str]:
    return holes_of(call.path) | holes_of(call.body) if call else set()
