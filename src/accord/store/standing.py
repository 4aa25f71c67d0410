"""Where a seen record stands: exactly one of five, so that the counts of a census add up (G4)."""

from enum import IntEnum
from typing import Final

from accord.core.state import Seen

__all__ = ["COUNTS", "Standing", "standing"]

COUNTS: Final = ("seen", "linked", "waiting", "held", "excluded", "gone", "creating", "open", "rejected")
"""What a census counts of each mapping: all records, those of each standing, and links by what is under way there."""


class Standing(IntEnum):
    """The first that applies, from the end: a record that is gone and linked counts as gone.

    The numbers are kept in databases and never change.
    """

    WAITING = 0
    EXCLUDED = 1
    HELD = 2
    LINKED = 3
    GONE = 4


def standing(row: Seen) -> Standing:
    """Where a record stands."""
    if row.gone:
        return Standing.GONE
    if row.golden is not None:
        return Standing.LINKED
    if row.held:
        return Standing.HELD
    return Standing.EXCLUDED if row.excluded else Standing.WAITING
