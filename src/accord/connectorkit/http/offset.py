"""How far a system's clock is ahead of ours, as its Date headers tell (M3)."""

from email.utils import parsedate_to_datetime
from typing import Final

__all__ = ["PRECISION_US", "Offset"]

PRECISION_US: Final = 1_500_000
"""A Date tells whole seconds and was written at some moment of the call: an offset up to this is none."""
_SECOND_US: Final = 1_000_000


class Offset:
    """The offset lies in every interval that an answer allows; their common part is kept, and begun anew once there is
    none, for then a clock was set."""

    def __init__(self) -> None:
        self.us = 0
        self.is_known = False
        self._low = self._high = 0
        self._last = ""

    def saw(self, date: str, asked_us: int, got_us: int) -> None:
        """An answer with this Date header came to a request asked at one time and answered by another of our clock."""
        if date == self._last:
            return
        self._last = date
        try:
            at_us = round(parsedate_to_datetime(date).timestamp()) * _SECOND_US
        except (ValueError, TypeError, OverflowError):
            return
        low, high = at_us - got_us, at_us + _SECOND_US - asked_us
        if self.is_known and max(low, self._low) <= min(high, self._high):
            low, high = max(low, self._low), min(high, self._high)
        self._low, self._high, self.is_known = low, high, True
        middle = (low + high) // 2
        self.us = 0 if abs(middle) <= PRECISION_US else middle
