"""Cast to `datetime`: instants, told in a system's own form and zone."""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, ClassVar, Final, Literal
from zoneinfo import ZoneInfo

from accord.core.lens.base import Conversion, refusal
from accord.core.lens.dates import EPOCH_UNITS
from accord.core.lens.pattern import EPOCH, epoch_micros, pattern
from accord.core.types import utc_text
from accord.core.values import Raw, Value

__all__ = ["Datetime"]

_ISO: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"(?:(?P<between>[T ])[0-9]{2}:[0-9]{2}(?P<seconds>:[0-9]{2})?(?:\.(?P<fraction>[0-9]{1,6}))?)?"
    r"(?P<offset>Z|[+-][0-9]{2}(?P<colon>:?)[0-9]{2})?"
)
_PLAIN: Final = {"between": "T", "seconds": ":00", "fraction": "", "offset": None, "colon": ":"}


class Datetime(Conversion, frozen=True, kw_only=True):
    """Cast to `datetime(resolution)`: an instant in UTC.

    `format` is "iso", a pattern (`%d.%m.%Y %H:%M`), or "epoch_s" and "epoch_ms". A raw without offset is local time in
    `zone`; without a named zone it is a fault. A local time that summer time skips is read as if the clock had not been
    moved (02:30 is 03:30 of summer time); one that comes twice is read as the first.

    `put` keeps the form that stands there: its offset or local time, the "T", the digits of its seconds. A value that
    the form can not tell (the second of two equal local times, seconds where it has none) is refused; with `lossy` it
    is written as near as can be.
    """

    name: ClassVar[str] = "datetime"
    resolution: Literal["s", "ms", "us"] = "s"
    format: str = "iso"
    zone: str = ""
    lossy: bool = False

    def __post_init__(self) -> None:
        if self.zone:
            _zone(self.zone)
        if self.format in ("iso", *EPOCH_UNITS):
            return
        directives = pattern(self.format).directives
        if not {"Y", "m", "d"} <= directives:
            raise ValueError(f"format {self.format!r} lacks %Y, %m or %d")
        if not self.zone and "z" not in directives:
            raise ValueError(f"format {self.format!r} has no offset: name the zone, such as Europe/Oslo")

    @property
    def is_lossy(self) -> bool:
        """As declared."""
        return self.lossy

    def decode(self, raw: Raw) -> Value:
        """The instant."""
        return utc_text(self._instant(raw), self.resolution)

    def encode(self, value: Value, old: Raw) -> Raw:
        """The instant in the form of old."""
        instant = datetime.fromisoformat(value)
        try:
            raw = self._spelled(instant, old)
        except OverflowError:
            raise refusal("an instant between the years 1 and 9999 of the zone", value) from None
        if not self.lossy and self.decode(raw) != value:
            raise ValueError(
                "an instant that form or zone can not tell; to write it as near as can be, say lossy: true"
            )
        return raw

    def _instant(self, raw: Raw) -> datetime:
        if self.format in EPOCH_UNITS:
            try:
                return EPOCH + timedelta(microseconds=epoch_micros(raw, EPOCH_UNITS[self.format]))
            except OverflowError:
                raise refusal("an instant between the years 1 and 9999", raw) from None
        moment = _iso(raw) if self.format == "iso" else pattern(self.format).read(raw)
        if moment.tzinfo is not None:
            return moment
        if not self.zone:
            raise ValueError("a datetime without zone; name the zone in the lens, such as zone: Europe/Oslo")
        return moment.replace(tzinfo=_zone(self.zone), fold=0)

    def _spelled(self, instant: datetime, old: Raw) -> Raw:
        if self.format in EPOCH_UNITS:
            count = (instant - EPOCH) // EPOCH_UNITS[self.format]
            return str(count) if isinstance(old, str) else count
        if self.format != "iso":
            return pattern(self.format).write(instant.astimezone(_zone(self.zone) if self.zone else UTC))
        match = _ISO.fullmatch(old.strip()) if isinstance(old, str) else None
        return self._iso_text(instant, match.groupdict() if match else _PLAIN)

    def _iso_text(self, instant: datetime, form: dict[str, Any]) -> str:
        local = instant.astimezone(self._zone_of(form))
        if form["offset"] and local.strftime("%z")[5:]:  # an offset with seconds, before there were zones
            local = instant.astimezone(UTC)
        if not form["between"] and local.timetz().replace(tzinfo=None) == datetime.min.time():
            return local.date().isoformat()
        digits = len(form["fraction"] or "")
        fraction = f"{local.microsecond:06}"
        fraction = fraction[: max(digits, len(fraction.rstrip("0")))]
        clock = f"{local:%H:%M:%S}" if form["seconds"] or local.second or fraction else f"{local:%H:%M}"
        return (
            f"{local.date().isoformat()}{form['between'] or 'T'}{clock}"
            f"{'.' if fraction else ''}{fraction}{self._offset(local, form)}"
        )

    def _zone_of(self, form: dict[str, Any]) -> tzinfo:
        """Zone in which the text is written."""
        offset = form["offset"]
        if offset == "Z" or (not offset and not self.zone):
            return UTC
        return _zone(self.zone) if self.zone else _iso(f"2000-01-01T00:00{offset}").tzinfo or UTC

    def _offset(self, local: datetime, form: dict[str, Any]) -> str:
        if not form["offset"] and self.zone:
            return ""
        if local.tzinfo is UTC and form["offset"] in (None, "Z"):
            return "Z"
        colon = form["colon"] or ""
        return f"{local:%z}"[:3] + colon + f"{local:%z}"[3:]


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):  # a folder of the list, a path out of it, no such zone
        raise ValueError(f"no zone {name!r}; name one of the IANA list, such as Europe/Oslo") from None


def _iso(raw: Raw) -> datetime:
    try:
        return datetime.fromisoformat(raw.strip())
    except (AttributeError, ValueError):
        raise refusal("a datetime of the form YYYY-MM-DDTHH:MM:SSZ", raw) from None
