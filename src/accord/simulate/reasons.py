"""Why two faults, or a fault and a rule, never meet in the worlds that are played."""

from collections.abc import Iterable
from typing import Final

from accord.simulate.faults import FAULTS, PASSING
from accord.testing.world.matrix import Matrix
from accord.testing.world.weather import CHANCES

__all__ = ["REASONS", "all_faults", "overruled", "why_never"]

KNOWN: Final = {"normalises" if f.name == "recases" else f.name for f in (*FAULTS, *PASSING)} | set(CHANCES)
DRIFTS: Final = ("hides", "nulls", "retypes")
ALONE: Final = ("another", "expires", "forbids", "swallows", *DRIFTS)
"""Faults of projects that the built-in worlds do not have."""
STRICT: Final = ("clock_offset_s", "duplicates", "interfere", "lag_s", "late_pages")

_EXACT: Final = (
    "both manifests of the example say that an equal version is equal content, so that what an account is shown "
    "otherwise for a while is not looked at (S7); unit tests play it"
)
_ALONE: Final = (
    "the fault is played in worlds of projects alone, where nobody decides in Accord, and the example has neither sets "
    "nor filters, groups nor facets"
)
_TOKENS: Final = "the built-in worlds have no tokens that could end"
_COMPUTES: Final = (
    "one built-in system alone computes, and the fault is played in worlds of projects alone (S6)"
)
_STRICT: Final = "whose edit was the latest is known in strict worlds alone, in which nothing fails"

REASONS: Final[dict[tuple[str, str], str]] = {
    **{(fault, "M3"): _STRICT for fault in sorted({*KNOWN, "computes"} - set(STRICT))},
    **{(fault, rule): _ALONE for fault in ALONE for rule in ("G3", "L6", "L9", "M2", "M5", "M8", "S2")},
    **{("computes", fault): _COMPUTES for fault in ALONE},
    ("computes", "C5"): _TOKENS,
    **{(drift, "*"): _EXACT for drift in DRIFTS},
}
"""By fault and rule, or by two faults; "*" stands for all others."""


def all_faults(struck: Iterable[str]) -> list[str]:
    """Faults that have a row in the matrix: those that are known, and those that struck."""
    return sorted({*KNOWN, *struck})


def why_never(one: str, other: str) -> str:
    """The reason, or ""."""
    for pair in ((one, other), (other, one), (one, "*"), (other, "*")):
        if pair in REASONS:
            return REASONS[pair]
    return ""


def overruled(matrix: Matrix) -> list[str]:
    """Cells that are filled, and bear a reason why they never are."""
    met = [pair for cells in (matrix.pairs, matrix.under) for pair, n in cells.items() if n]
    return [f"{one} x {other}" for one, other in sorted(met) if why_never(one, other)]
