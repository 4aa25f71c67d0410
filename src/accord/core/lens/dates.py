"""Casts to `date` and `time`. No zone ever shifts a date."""

import re
from datetime import date, datetime, time, timedelta
from typing import ClassVar, Final

from accord.core.lens.base import Conversion, refusal
from accord.core.lens.pattern import EPOCH, epoch_micros, pattern
from accord.core.types import value_type
from accord.core.values import Raw, Value

__all__ = ["EPOCH_UNITS", "Date", "Time"]

EPOCH_UNITS: Final = {"epoch_s": timedelta(seconds=1), "epoch_ms": timedelta(milliseconds=1)}
_DATE_AND_TAIL: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})((?:[T ].*)?)")
_canonical: Final = value_type("date").canonical
_DAY: Final = timedelta(days=1)


class Date(Conversion, frozen=True, kw_only=True):
    """Cast to `date`, from a date or from the date in a datetime as it is written there, whatever its zone.

    `format` is "iso", a pattern (`%d.%m.%Y`), or "epoch_s" and "epoch_ms": counts since 1970, whose dates are those in
    UTC. `put` keeps the time of day and the offset that stand there; `tail` is what a new date has after it, such as
    "T00:00:00Z".
    """

    name: ClassVar[str] = "date"
    format: str = "iso"
    tail: str = ""

    def __post_init__(self) -> None:
        if (
            self.format not in ("iso", *EPOCH_UNITS)
            and not {"Y", "m", "d"} <= pattern(self.format).directives
        ):
            raise ValueError(f"format {self.format!r} lacks %Y, %m or %d")
        if self.tail and (self.format != "iso" or not _is_tail(self.tail)):
            raise ValueError("tail is a time after an iso date, such as T00:00:00Z")

    def decode(self, raw: Raw) -> Value:
        """The date."""
        if self.format in EPOCH_UNITS:
            return _epoch_date(raw, EPOCH_UNITS[self.format])
        if self.format != "iso":
            return pattern(self.format).read(raw).date().isoformat()
        match = _DATE_AND_TAIL.fullmatch(raw.strip()) if isinstance(raw, str) else None
        if match is None or (match[2] and not _is_tail(match[2])):
            raise refusal("a date of the form YYYY-MM-DD", raw)
        return _canonical(match[1])

    def encode(self, value: Value, old: Raw) -> Raw:
        """The date with the old time of day."""
        if self.format in EPOCH_UNITS:
            return self._epoch(value, old)
        if self.format != "iso":
            there = pattern(self.format).read(old) if self._is_read(old) else datetime.min  # noqa: DTZ901 - a time of day
            return pattern(self.format).write(datetime.combine(date.fromisoformat(value), there.timetz()))
        match = _DATE_AND_TAIL.fullmatch(old.strip()) if self._is_read(old) else None
        return value + (match[2] if match else self.tail)

    def _is_read(self, old: Raw) -> bool:
        try:
            return isinstance(old, str | int | float) and self.decode(old) is not None
        except ValueError:
            return False

    def _epoch(self, value: str, old: Raw) -> Raw:
        unit = EPOCH_UNITS[self.format]
        of_day = epoch_micros(old, unit) % (_DAY // timedelta(microseconds=1)) if self._is_read(old) else 0
        midnight = datetime.fromisoformat(f"{value}T00:00:00Z") - EPOCH
        count = (midnight + timedelta(microseconds=of_day)) // unit
        return str(count) if isinstance(old, str) else count


class Time(Conversion, frozen=True, kw_only=True):
    """Cast to `time`, a time of day, from "HH:MM[:SS]" or a pattern. What is finer than a second is cut off.

    `put` keeps "HH:MM" where that stands and the seconds are 0.
    """

    name: ClassVar[str] = "time"
    format: str = "iso"

    def __post_init__(self) -> None:
        if self.format != "iso" and "H" not in pattern(self.format).directives:
            raise ValueError(f"format {self.format!r} lacks %H")

    def decode(self, raw: Raw) -> Value:
        """The time of day."""
        if self.format != "iso":
            return pattern(self.format).read(raw).time().isoformat("seconds")
        return value_type("time").canonical(raw.strip() if isinstance(raw, str) else raw)

    def encode(self, value: Value, old: Raw) -> Raw:
        """The time of day, if the form can tell it."""
        moment = time.fromisoformat(value)
        if self.format == "iso":
            return (
                value[:5] if isinstance(old, str) and len(old.strip()) == 5 and not moment.second else value
            )
        raw = pattern(self.format).write(datetime.combine(EPOCH, moment))
        if self.decode(raw) != value:
            raise ValueError(f"a time that is finer than {self.format} can tell")
        return raw


def _is_tail(tail: str) -> bool:
    try:
        return bool(datetime.fromisoformat(f"2000-01-01{tail}"))
    except ValueError:
        return False


def _epoch_date(raw: Raw, unit: timedelta) -> str:
    try:
        return (EPOCH + timedelta(microseconds=epoch_micros(raw, unit))).date().isoformat()
    except OverflowError:
        raise refusal("a date between the years 1 and 9999", raw) from None
