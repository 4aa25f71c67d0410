"""Who sent a webhook, and when: the manifest's check, in constant time; and the same from the sender's side.

Nothing of what was sent, and nothing of a secret, stands in what is told (P2).
"""

import hashlib
import hmac
import re
from base64 import b64decode, b64encode
from binascii import Error as Undecodable
from collections.abc import Callable, Mapping
from typing import Final

from accord.connectorkit.manifest_hooks import (
    BasicVerify,
    HeaderVerify,
    HmacVerify,
    NoVerify,
    QueryHandshake,
    QueryVerify,
    Value,
    Webhooks,
)
from accord.connectorkit.times import time_reader

__all__ = [
    "header_value",
    "key_of",
    "mark",
    "needs_secret",
    "same",
    "signature",
    "signed_bytes",
    "stale",
    "unknown",
]

_HOLES: Final = re.compile(r"\{(body|timestamp|event|url|method)\}")
_US: Final = 1_000_000


def needs_secret(hooks: Webhooks) -> bool:
    """Without a secret nothing of it can be taken."""
    shake = hooks.handshake
    tokened = (shake.token if isinstance(shake, QueryHandshake) else shake.signs) if shake else ""
    return bool(tokened) or not isinstance(hooks.verify, NoVerify)


def same(sent: str, wanted: str) -> bool:
    """Equal, in a time that tells nothing of where they differ."""
    return hmac.compare_digest(_raw(sent), _raw(wanted))


def header_values(headers: Mapping[str, str], header: str, separator: str, prefix: str) -> list[str]:
    """All values in a header, less their prefix; headers are by lower-case names."""
    text = headers.get(header.lower(), "")
    parts = [part.strip() for part in text.split(separator)] if separator else [text.strip()]
    return [part[len(prefix) :] for part in parts if part.startswith(prefix) and len(part) > len(prefix)]


def header_value(headers: Mapping[str, str], at: Value | None) -> str:
    """The first value in a header, or ""."""
    if at is None or not at.header:
        return ""
    return next(iter(header_values(headers, at.header, at.separator, at.prefix)), "")


def key_of(verify: HmacVerify, secret: str) -> bytes | None:
    """The key that a secret holds; None: it does not."""
    text = secret.removeprefix(verify.key_prefix)
    try:
        if verify.key == "base64":
            return b64decode(text, validate=True)
        return bytes.fromhex(text) if verify.key == "hex" else _raw(text)
    except (ValueError, Undecodable):
        return None


def signed_bytes(hooks: Webhooks, body: bytes, headers: Mapping[str, str], method: str, url: str) -> bytes:
    """What is hashed."""
    if not isinstance(hooks.verify, HmacVerify):
        return body
    told: dict[str, Callable[[], bytes]] = {
        "body": lambda: body,
        "timestamp": lambda: _raw(header_value(headers, hooks.timestamp)),
        "event": lambda: _raw(header_value(headers, hooks.events.event)),
        "url": lambda: _raw(url),
        "method": lambda: _raw(method),
    }
    parts = _HOLES.split(hooks.verify.signed)
    return b"".join(told[part]() if index % 2 else _raw(part) for index, part in enumerate(parts))


def signature(verify: HmacVerify, key: bytes, signed: bytes) -> str:
    """The keyed hash, as it is written, less its prefix."""
    digest = hmac.new(key, signed, getattr(hashlib, verify.algorithm))
    return digest.hexdigest() if verify.encoding == "hex" else b64encode(digest.digest()).decode()


def mark(hooks: Webhooks, secret: str, body: bytes, headers: dict[str, str], method: str, url: str) -> None:
    """Put what tells the sender into headers (lower-case names). The timestamp and the event's id stand there already.

    Raises ValueError: the secret holds no key.
    """
    verify = hooks.verify
    if isinstance(verify, HmacVerify):
        key = key_of(verify, secret)
        if key is None:
            raise ValueError("the secret holds no key")
        text = verify.prefix + signature(verify, key, signed_bytes(hooks, body, headers, method, url))
        name = verify.header.lower()
        headers[name] = f"{headers[name]}{verify.separator}{text}" if headers.get(name) else text
    elif isinstance(verify, HeaderVerify):
        headers[verify.header.lower()] = verify.prefix + secret
    elif isinstance(verify, BasicVerify):
        headers["authorization"] = "Basic " + b64encode(_raw(f"{verify.user}:{secret}")).decode()


def unknown(
    hooks: Webhooks,
    secret: str,
    body: bytes,
    headers: Mapping[str, str],
    method: str,
    url: str,
    query: Mapping[str, str],
) -> str:
    """Why nobody knows who sent it; "": it is the system, or nothing tells before the body is read."""
    verify = hooks.verify
    if isinstance(verify, HmacVerify):
        key = key_of(verify, secret)
        if not key:
            return "the secret holds no key"
        wanted = signature(verify, key, signed_bytes(hooks, body, headers, method, url))
        sent = header_values(headers, verify.header, verify.separator, verify.prefix)
        fits = [same(each.lower() if verify.encoding == "hex" else each, wanted) for each in sent]
        return "" if any(fits) else "the signature is missing or wrong"
    if isinstance(verify, HeaderVerify):
        sent = header_values(headers, verify.header, "", verify.prefix)
        return "" if any(same(each, secret) for each in sent) else "the secret is missing or wrong"
    if isinstance(verify, BasicVerify):
        scheme, _, text = headers.get("authorization", "").partition(" ")
        wanted = b64encode(_raw(f"{verify.user}:{secret}")).decode()
        known = same(text.strip(), wanted) and scheme.lower() == "basic"
        return "" if known else "user or password is missing or wrong"
    if isinstance(verify, QueryVerify):
        known = same(query.get(verify.parameter, ""), secret)
        return "" if known else "the secret is missing or wrong"
    return ""


def stale(hooks: Webhooks, told: object, now_us: int) -> str:
    """Why a timestamp does not do; "": it does, or none is wanted."""
    if hooks.timestamp is None:
        return ""
    sent_us = time_reader(hooks.timestamp.format)(told)
    if sent_us is None:
        return "the time when it was sent is missing or none"
    return "it was sent too long ago, or is ahead" if abs(now_us - sent_us) > hooks.window_s * _US else ""


def _raw(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
