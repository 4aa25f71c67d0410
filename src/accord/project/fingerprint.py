"""Fingerprints: texts that change exactly when what they stand for does, the same on every machine (K1, K2)."""

from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from hashlib import blake2b
from typing import Any, Final

import msgspec

__all__ = ["fingerprint", "plain"]

_FORMAT: Final = 1
"""Raised when compiled behaviour changes without a change of configuration, so that a plan is asked for (K1)."""


def fingerprint(*parts: Any) -> str:
    """Sixteen hexadecimal digits of JSON data, structs and dataclasses."""
    data = msgspec.json.encode([_FORMAT, *map(plain, parts)], order="sorted")
    return blake2b(data, digest_size=8).hexdigest()


def plain(part: Any) -> Any:
    """JSON data of a part; places in files (`where`) do not matter."""
    if isinstance(part, str | int | float) or part is None:
        return part
    if is_dataclass(part) and not isinstance(part, type):
        return {
            field.name: plain(getattr(part, field.name)) for field in fields(part) if field.name != "where"
        }
    if isinstance(part, msgspec.Struct):
        return {name: plain(getattr(part, name)) for name in part.__struct_fields__}
    if isinstance(part, dict):
        return {str(key): plain(value) for key, value in part.items()}
    if not isinstance(part, Iterable):
        return part
    return [plain(each) for each in part]
