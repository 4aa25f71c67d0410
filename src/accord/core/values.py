"""Values, and what is no value.

A canonical value is plain, immutable-by-convention JSON data in *one* spelling for each type, so that the type's own
equality is `==` and a store needs no codec (ADR 0002). `types.py` makes it; nothing else may.
"""

import zlib
from enum import Enum
from typing import Any, Final, TypeAlias

__all__ = ["MISSING", "Missing", "Raw", "Value", "value_order"]


class Missing(Enum):
    """The type of MISSING, which is no value and says nothing."""

    MISSING = "MISSING"

    def __repr__(self) -> str:
        return "MISSING"

    def __bool__(self) -> bool:
        return False


MISSING: Final = Missing.MISSING

Raw: TypeAlias = Any
"""JSON data as it stands in a system's payload at the places that a mapping reads, or MISSING."""

Value: TypeAlias = Any
"""A canonical value: null, str, int, float, bool, list or dict, or MISSING."""


def value_order(value: Value) -> int:
    """A number that tells two values apart in a tie, the same on every machine; its order means nothing (M3)."""
    return zlib.crc32(repr(value).encode())
