"""Times and values as people read them."""

from datetime import UTC, datetime
from typing import Any

__all__ = ["clock", "shown"]


def clock(us: int | None) -> str:
    """A moment in UTC, to the second; "never" for None."""
    if us is None or us <= 0:
        return "never"
    return datetime.fromtimestamp(us / 1_000_000, UTC).strftime("%Y-%m-%d %H:%M:%S")


def shown(value: Any) -> str:
    """A value on one line; an empty one as a dash."""
    if value is None:
        return "-"
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
