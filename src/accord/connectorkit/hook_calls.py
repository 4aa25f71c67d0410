"""Calls about subscriptions: templates filled and read, and the addresses that we want a system to call. Pure."""

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from accord.connectorkit.hooks import FOR
from accord.connectorkit.manifest import Manifest
from accord.connectorkit.manifest_hooks import HookCall, QueryVerify

__all__ = ["callbacks", "filled", "holes_in", "is_below", "is_same"]

_HOLE: Final = re.compile(r"\{([a-z]+)\}")
_STATE: Final = "v"
"""Parameter of our address that changes with the secret and with what is subscribed to: what bears another is old."""


def callbacks(
    manifest: Manifest, base: str, entity_types: Iterable[str], secret: str
) -> dict[str, tuple[str, ...]]:
    """Addresses below `base` that the system is to call, each with its topics: one per subscription.

    The same settings give the same addresses, on any machine and after any crash; the listing of subscriptions alone
    tells which are ours, and which of them are right.
    """
    hooks = manifest.webhooks
    if hooks is None or hooks.subscriptions is None:
        return {}
    told = hooks.subscriptions
    topics = {name: told.words(name) for name in sorted(entity_types) if name in manifest.types}
    wanted: dict[str, tuple[str, ...]]
    if told.per == "all":
        wanted = {"": tuple(word for words in topics.values() for word in words)} if topics else {}
    elif told.per == "type":
        wanted = topics
    else:
        wanted = {word: (word,) for words in topics.values() for word in words}
    made: dict[str, tuple[str, ...]] = {}
    for name, words in wanted.items():
        query = {FOR: name} if name else {}
        query[_STATE] = _state(told.create, words, secret)
        if isinstance(hooks.verify, QueryVerify):
            query[hooks.verify.parameter] = secret
        made[f"{base}?{urlencode(query)}"] = words
    return made


def is_below(url: str, base: str) -> bool:
    """An address is one of those that `callbacks` gives for a base, now or with other settings."""
    return _spelt(url)[:2] == _spelt(base)[:2]


def is_same(url: str, other: str) -> bool:
    """Two addresses lead to the same place, however a system writes them."""
    return _spelt(url) == _spelt(other)


def _spelt(url: str) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return url, "", ()
    origin = f"{parts.scheme}://{parts.netloc}".lower()
    return origin, parts.path.rstrip("/"), tuple(sorted(parse_qsl(parts.query, keep_blank_values=True)))


def filled(template: Any, holes: Mapping[str, Any]) -> Any:
    """A template with its holes filled; a text that is one hole becomes the value itself. Unknown holes stay."""
    if isinstance(template, dict):
        return {name: filled(each, holes) for name, each in template.items()}
    if isinstance(template, list):
        return [filled(each, holes) for each in template]
    if not isinstance(template, str):
        return template
    if (whole := _HOLE.fullmatch(template)) and whole[1] in holes:
        value = holes[whole[1]]
        return list(value) if isinstance(value, tuple) else value
    return _HOLE.sub(lambda hole: str(holes.get(hole[1], hole[0])), template)


def holes_in(template: Any, body: Any) -> dict[str, Any]:
    """What stands in a body where a template has holes: the reverse of `filled`, as far as it can be told."""
    found: dict[str, Any] = {}
    if isinstance(template, dict) and isinstance(body, Mapping):
        for name, each in template.items():
            found |= holes_in(each, body.get(name))
    elif isinstance(template, list) and isinstance(body, list):
        for each, there in zip(template, body, strict=False):
            found |= holes_in(each, there)
    elif isinstance(template, str):
        parts = _HOLE.split(template)
        if len(parts) == 3 and not (parts[0] or parts[2]):
            return {} if body is None else {parts[1]: body}
        if len(parts) > 1 and isinstance(body, str):
            pattern = "".join("(.*)" if n % 2 else re.escape(part) for n, part in enumerate(parts))
            if match := re.fullmatch(pattern, body, re.DOTALL):
                found |= dict(zip(parts[1::2], match.groups(), strict=True))
    return found


def _state(call: HookCall, words: tuple[str, ...], secret: str) -> str:
    told = repr((call.method, call.path, call.body, words))
    return hmac.new(secret.encode("utf-8", "surrogatepass"), told.encode(), hashlib.sha256).hexdigest()[:8]
