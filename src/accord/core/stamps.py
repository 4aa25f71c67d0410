"""Stamps: the order in which values of one golden property were decided (M1-M3).

A stamp depends on the edit and its base alone, never on when or in which order it was read; so a merge that takes the
greatest stamp gives the same golden record for every order of observations (S7).

Within one instant the tick counts. Those of edits are even, and the odd one after them is that of a decision on several
claims of which these are the newest: it is later than all that competed, and all that is made on it is later than every
decision of that instant, also than those that were taken before other claims were known (M2).
"""

from typing import Final, NamedTuple

__all__ = ["BOTTOM", "Stamp", "decision_stamp", "edit_stamp", "is_side_effect", "side_effect_stamp"]


class Stamp(NamedTuple):
    """When, and by which record, a value was decided; compared field by field."""

    time_us: int
    tick: int
    priority: int
    record: str
    order: int


BOTTOM: Final = Stamp(-1, 0, 0, "", 0)
"""Before everything: the base of what has no base, the stamp of what was never decided."""


def edit_stamp(time_us: int, base: Stamp, priority: int, record: str, order: int) -> Stamp:
    """Stamp of an edit made at `time_us` on top of `base`: always later than its base, whatever the clocks say.

    Times before 1970 count as 1970: systems write the first day of their calendar for "never".
    """
    time_us = max(time_us, 0)
    if time_us > base.time_us:
        return Stamp(time_us, 0, priority, record, order)
    return Stamp(base.time_us, _next_even(base.tick), priority, record, order)


def decision_stamp(newest: Stamp, winner: Stamp) -> Stamp:
    """Stamp of a decision on several claims: later than the newest of them, and no claim's own."""
    return Stamp(newest.time_us, (newest.tick + 1) | 1, winner.priority, winner.record, winner.order)


def side_effect_stamp(base: Stamp, priority: int, record: str, order: int) -> Stamp:
    """Stamp of what a system computed by itself, where nobody decided yet: before all that anybody decides (S6)."""
    return Stamp(BOTTOM.time_us, _next_even(base.tick), priority, record, order)


def is_side_effect(stamp: Stamp) -> bool:
    """True for the stamp of a side effect, and for BOTTOM: nobody has decided anything."""
    return stamp.time_us < 0


def _next_even(tick: int) -> int:
    return (tick | 1) + 1
