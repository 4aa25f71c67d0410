"""Times and values as people read them."""

import json
import time
from datetime import UTC, datetime
from typing import Any

from accord.core.values import MISSING

__all__ = ["ago", "clock", "shown"]

_UNITS = ((86_400, "d"), (3600, "h"), (60, "min"), (1, "s"))


def clock(us: int | None) -> str:
    """A moment in UTC, to the second; "never" for None."""
    if us is None or us <= 0:
        return "never"
    return datetime.fromtimestamp(us / 1_000_000, UTC).strftime("%Y-%m-%d %H:%M:%S")


def ago(us: int | None, now_us: int | None = None) -> str:
    """How long ago a moment was, in its largest unit: "5 min ago"; "never" for None."""
    if us is None or us <= 0:
        return "never"
    passed_s = ((now_us or time.time_ns() // 1000) - us) / 1_000_000
    for size_s, unit in _UNITS:
        if passed_s >= size_s:
            return f"{int(passed_s // size_s)} {unit} ago"
    return "now"


def shown(value: Any) -> str:
    """A value on one line: a plain text as it is, an empty one as a dash, any other as JSON."""
    if value is None:
        return "-"
    if value is MISSING:
        return "(not known)"
    plain = isinstance(value, str) and value.isprintable()
    text = value if plain else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:57]}..."
