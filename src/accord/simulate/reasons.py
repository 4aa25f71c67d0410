"""Why two faults, or a fault and a rule, never meet in the worlds that are played."""

from collections.abc import Iterable
from typing import Final

from accord.simulate.faults import FAULTS, PASSING
from accord.testing.world.weather import CHANCES

__all__ = ["REASONS", "all_faults", "why_never"]

_EXACT: Final = (
    "both manifests of the example say that an equal version is equal content, so that what an account is shown "
    "otherwise for a while is not looked at (S7); unit tests play it"
)
_ALONE: Final = (
    "the fault is played in worlds of projects alone, and the example has neither sets nor filters nor units"
)
_TOKENS: Final = "the built-in worlds have no tokens that could end"

REASONS: Final[dict[tuple[str, str], str]] = {
    **{(name, "*"): _EXACT for name in ("hides", "nulls", "retypes")},
    **{
        (fault.name, rule): _ALONE
        for fault in (*FAULTS, *PASSING)
        for rule in ("M5", "M8", "S2", "L9", "W7", "K1", "K4")
    },
    ("computes", "C5"): _TOKENS,
    (
        "computes",
        "*",
    ): "one built-in system alone computes, and the faults of projects are not played there (S6)",
    ("*", "M3"): "whose edit was the latest is known in strict worlds alone, in which nothing fails",
}
"""By fault and rule, or by two faults; "*" stands for all others."""


def all_faults(struck: Iterable[str]) -> list[str]:
    """Faults that have a row in the matrix: those that are known, and those that struck."""
    known = {"normalises" if fault.name == "recases" else fault.name for fault in (*FAULTS, *PASSING)}
    return sorted({*known, *CHANCES, *struck})


def why_never(one: str, other: str) -> str:
    """The reason, or ""."""
    for pair in ((one, other), (other, one), (one, "*"), (other, "*"), ("*", one), ("*", other)):
        if pair in REASONS:
            return REASONS[pair]
    return ""
