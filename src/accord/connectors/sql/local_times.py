"""Times in columns that tell no zone: what clocks on the wall of one show, which may show an hour twice."""

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

__all__ = ["earliest", "on_the_wall"]

_LONGEST: Final = timedelta(hours=3)
"""So far clocks are put back at most."""


def on_the_wall(moment: datetime, zone: str) -> datetime:
    """An aware moment without its zone, as clocks of `zone` show it; of UTC where none is named."""
    return moment.astimezone(_zone(zone)).replace(tzinfo=None)


def earliest(moment: str, zone: str) -> str:
    """The earliest time that clocks show at a moment or later, which they show as `moment` (ISO 8601, "T" or a space
    between): the time itself, but where they are put back soon. With a zone of its own it is that."""
    told = datetime.fromisoformat(moment)
    if not zone or zone == "UTC" or told.tzinfo is not None or told.year < 1900 or len(moment) < 11:
        return moment
    here = told.replace(tzinfo=_zone(zone))
    before = here.utcoffset() or timedelta()
    later = (here.astimezone(UTC) + _LONGEST).astimezone(here.tzinfo).utcoffset() or timedelta()
    back = max(before - later, timedelta())
    if not back:
        return moment
    return (told - back).isoformat(
        moment[10], "milliseconds" if "." in moment and len(moment) < 24 else "auto"
    )


def _zone(name: str) -> tzinfo:
    return ZoneInfo(name) if name else UTC
