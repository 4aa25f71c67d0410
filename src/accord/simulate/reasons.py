"""Why two faults, or a fault and a rule, never meet in the worlds that are played."""

from typing import Final

__all__ = ["REASONS", "why_never"]

REASONS: Final[dict[tuple[str, str], str]] = {}
"""By names in alphabetical order, or by fault and rule; "*" stands for all others."""


def why_never(one: str, other: str) -> str:
    """The reason, or ""."""
    for pair in ((one, other), (other, one), (one, "*"), (other, "*")):
        if pair in REASONS:
            return REASONS[pair]
    return ""
