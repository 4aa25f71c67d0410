"""When a record at one end makes one at the other, and when nothing flows at all (W6, W7)."""

from dataclasses import dataclass
from typing import Literal

from accord.qa.deriving.ways import Pair, Side

__all__ = ["EMPTY", "Creates", "creates", "off"]

EMPTY = "its property table is empty, so that nothing is created or kept in sync: `accord suggest` finds rows"
"""Why nothing of a pair without rows can be checked."""

Rule = Literal["always", "condition", "connected", "never"]


@dataclass(frozen=True, slots=True)
class Creates:
    """When a record is created; `why` says why this can not be checked."""

    rule: Rule
    why: str = ""


def creates(pair: Pair, *, forward: bool) -> Creates:
    """Whether records of one end are created at the other."""
    here, there = pair.sides(forward=forward)
    running = there.running
    if (why := off(here, there)) or running is None:
        return Creates("never", why)
    if other := pair.doubled[0 if forward else 1]:
        return Creates("never", f"records of {here.type} are also {other}, and nothing says which are which")
    if (
        running.create == "linked"
        and not running.pulled_by
        and here.mapping.entity.operation("create") is not None
    ):
        return Creates("never")
    if why := _impossible(here, there):
        return Creates("never", why)
    if running.create == "always":
        return Creates("condition" if running.wishes else "always")
    if running.pulled_by:
        return Creates("connected")
    return Creates("never")


def _impossible(here: Side, there: Side) -> str:
    for side in (there, here):
        if side.mapping.entity.operation("create") is None:
            return f"{side.type} can not be created through the API"
    if there.running is not None and there.running.primary:
        return f"records of {there.key} are created by {there.running.primary}"
    return ""


def off(here: Side, there: Side) -> str:
    """Why nothing flows from one side to the other, or ""."""
    for side in (here, there):
        if side.running is None and side.mapping.rows:
            return f"{side.mapping.spec.system} is switched off (`enabled: false`)"
    if any(side.running is None for side in (here, there)):
        return EMPTY
    if there.running is not None and not there.running.shares:
        return f"nothing is written to {there.key}: `share` is off"
    return ""
