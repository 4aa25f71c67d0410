"""How the configuration's types and values stand in payloads, where it names no lens."""

import json
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from accord.connectorkit.manifest_parts import PropertySpec
from accord.core.types import value_type
from accord.core.wording import known
from accord.project.schema_parts import Scalar

__all__ = ["cast_spec", "clash", "condition_value", "declared_type"]

_NUMBERS: Final = frozenset({"integer", "decimal", "float"})
_FREE: Final = frozenset({"object", "list"})
"""Payload types of which a manifest does not say what is inside."""

_TEXT_CASTS: Final = _NUMBERS | {"boolean", "date", "time", "enum", "reference", "string"}
"""Types that text stands for in one way only. A datetime is none: its zone must be named."""

_JSON_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "boolean": (bool,),
    "integer": (int,),
    "float": (int, float),
}
"""Payload types that have a form of their own in JSON."""

_READERS: Final[dict[str, Callable[[str], object]]] = {
    "decimal": Decimal,
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
    "time": time.fromisoformat,
}
"""Payload types that stand as text, and what reads it."""


def declared_type(declared: PropertySpec) -> str:
    """Value type that a manifest's property has by itself. Raises ValueError: the manifest does not say enough."""
    if declared.reference:
        return "reference"
    if declared.enum and all(isinstance(each, str) and "|" not in each for each in declared.enum):
        return f"enum({'|'.join(map(str, declared.enum))})"
    if declared.type == "decimal":
        if declared.scale is None:
            raise ValueError("the manifest does not say how many decimals it has; write it: decimal(2)")
        return f"decimal({declared.scale})"
    if declared.type == "list":
        raise ValueError("the manifest does not say of what it is a list; write it: list(string)")
    return declared.type


def clash(type_name: str, declared: PropertySpec) -> str:
    """Why a payload's type can not stand for a value type without a lens, or ""."""
    kind, there = value_type(type_name).kind, declared.type
    if there in _FREE or kind == there or (kind in ("list", "keyed", "set") and there == "list"):
        return ""
    if there == "string":
        if kind == "datetime":
            return "is text, and nothing names the zone of its times"
        return "" if kind in _TEXT_CASTS else f"is text, not {kind}"
    if kind in _NUMBERS and there in _NUMBERS:
        return ""
    if kind in ("string", "reference", "enum") and there == "integer":
        return ""
    if kind == "date" and there == "datetime":
        return ""
    return f"is of type {there}, which is no {kind}"


def cast_spec(type_name: str, declared: PropertySpec | None) -> dict[str, Any] | None:
    """Options of the cast to a value type that a manifest's property suggests; None: the cast alone will do."""
    if declared is None:
        return None
    kind, there = value_type(type_name).kind, declared.type
    if there == "string" and (kind in _NUMBERS or kind == "boolean"):
        return {"name": kind, "raw": "text"}
    if there == "integer" and kind in ("string", "reference"):
        return {"name": kind, "raw": "number"}
    if kind == "datetime" and there == "datetime" and declared.zone:
        return {"name": kind, "zone": declared.zone}
    if kind == "date" and there == "datetime":
        return {"name": kind, "tail": "T00:00:00Z"}
    return None


def condition_value(path: str, declared: PropertySpec | None, value: Scalar) -> Scalar:
    """What a condition asks for at a path, as payloads have it: documents have text for all, and "" for blank.

    Raises ValueError: no such value can stand there, so nothing would meet it; "; advice" follows.
    """
    if value is None or value == "":
        return None
    if declared is None or declared.type in _FREE:
        return value
    try:
        found = _as_declared(declared.type, value)
    except (ValueError, InvalidOperation):
        advice = "write it in quotes" if declared.type == "string" else "correct the value, or the type"
        raise ValueError(f"the condition on {path} asks for what is no {declared.type}; {advice}") from None
    if declared.enum and found not in declared.enum:
        allowed = known(map(str, declared.enum))
        raise ValueError(f"the condition on {path} asks for a value that is never there; there are {allowed}")
    return found


def _as_declared(kind: str, value: Scalar) -> Scalar:
    """Raises ValueError, InvalidOperation: it is of another type."""
    if kind in _JSON_TYPES:
        found = json.loads(value.lower()) if isinstance(value, str) else value
        if type(found) not in _JSON_TYPES[kind]:
            raise ValueError
        return found
    if isinstance(value, bool) or (kind != "decimal" and not isinstance(value, str)):
        raise ValueError
    _READERS.get(kind, str)(str(value))
    return value
