"""Times as systems write them: ISO 8601 or counted since 1970. Inside, times are microseconds UTC since 1970."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

__all__ = ["Resolution", "TimeFormat", "time_reader", "time_writer"]

TimeFormat = Literal["iso", "epoch_s", "epoch_ms"]
Resolution = Literal["us", "ms", "s"]

RESOLUTION_US: Final[dict[str, int]] = {"us": 1, "ms": 1_000, "s": 1_000_000}
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_US: Final = timedelta(microseconds=1)


def time_reader(form: TimeFormat, zone: str = "") -> Callable[[Any], int | None]:
    """A reader of one property's times; None for what is no time, or has no zone where none was named."""
    if form != "iso":
        factor = 1_000_000 if form == "epoch_s" else 1_000
        return lambda raw: _counted(raw, factor)
    where = ZoneInfo(zone) if zone else None
    return lambda raw: _parsed(raw, where)


def _counted(raw: Any, factor: int) -> int | None:
    if isinstance(raw, bool):
        return None
    if isinstance(raw, int):
        return raw * factor
    try:
        return round(float(raw) * factor)
    except (TypeError, ValueError, OverflowError):
        return None


def _parsed(raw: Any, zone: tzinfo | None) -> int | None:
    if not isinstance(raw, str):
        return None
    try:
        at = datetime.fromisoformat(raw)
    except ValueError:
        return None
    if at.tzinfo is None:
        if zone is None:
            return None
        at = at.replace(tzinfo=zone)
    return (at - _EPOCH) // _US


def time_writer(form: TimeFormat, zone: str = "", resolution: Resolution = "us") -> Callable[[int], Any]:
    """A writer of microseconds: rounds down to the resolution; a named zone is written as local time without offset."""
    step = RESOLUTION_US[resolution]
    if form == "epoch_ms":
        return lambda us: us // step * step // 1_000
    if form == "epoch_s":
        return lambda us: us // 1_000_000 if step == 1_000_000 else us // step * step / 1_000_000
    where = ZoneInfo(zone) if zone else None
    spec = {"us": "microseconds", "ms": "milliseconds", "s": "seconds"}[resolution]

    def write(us: int) -> str:
        at = _EPOCH + timedelta(microseconds=us // step * step)
        if where is not None:
            return at.astimezone(where).replace(tzinfo=None).isoformat(timespec=spec)
        return at.replace(tzinfo=None).isoformat(timespec=spec) + "Z"

    return write
