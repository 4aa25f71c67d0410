"""Which lens reads a payload's type as a concept's type, where the configuration names none."""

from typing import Any, Final

from accord.connectorkit.manifest_parts import PropertySpec
from accord.core.types import value_type

__all__ = ["cast_spec", "clash", "declared_type"]

_NUMBERS: Final = frozenset({"integer", "decimal", "float"})
_FREE: Final = frozenset({"object", "list"})
"""Payload types of which a manifest does not say what is inside."""

_TEXT_CASTS: Final = _NUMBERS | {"boolean", "date", "time", "enum", "reference", "string"}
"""Types that text stands for in one way only. A datetime is none: its zone must be named."""


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
