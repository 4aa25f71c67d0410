"""Values of content lines as plain data of a property's type, and back."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from accord.connectorkit.manifest_parts import PropertySpec
from accord.connectors.dav.lines import Line

__all__ = ["ended", "escaped", "holds_several", "joined", "put", "put_text", "shown", "split", "unescaped"]

_DATE: Final = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:T.*)?")
_TIME: Final = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)T(\d\d):?(\d\d):?(\d\d)(?:\.\d+)?(Z|[+-]\d\d(?::?\d\d)?)?")
_NUMBER: Final = re.compile(r"-?\d+")
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""Letters that may stand in no line, nor in the XML that carries it: they are left out."""
_NO_TEXT: Final = frozenset({"URL", "RRULE", "GEO", "IMPP", "SOURCE", "PHOTO", "LOGO"})
"""Lines whose values know no escapes."""
_LISTS: Final = frozenset({"CATEGORIES", "NICKNAME", "RESOURCES"})
"""Lines that hold several values with commas between them; of others each holds one."""
_DURATION: Final = re.compile(r"\+?P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_SCHEMES: Final = ("tel:", "mailto:")


def escaped(text: str) -> str:
    """A text as it stands in a line."""
    text = _CONTROLS.sub("", text).replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;")
    return re.sub(r"\r\n|\r|\n", r"\\n", text)


def unescaped(text: str) -> str:
    """The text that stands in a line."""
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], text)


def split(value: str, between: str = ";") -> list[str]:
    """Parts of a structured value, each as it stands."""
    parts = [""]
    for step in re.findall(r"\\.|.", value, re.DOTALL):
        if step == between:
            parts.append("")
        else:
            parts[-1] += step
    return parts


def joined(fields: Sequence[str]) -> str:
    """A structured value; "" where nothing is in it."""
    return ";".join(fields) if any(fields) else ""


def shown(line: Line, spec: PropertySpec) -> Any:
    """What a line says, as the payload has it; a value that is not of the type as it stands."""
    value = line.value.strip()
    if spec.type == "list":
        parts = split(line.value, ",") if holds_several(line.name) else [line.value]
        return [text for part in parts if (text := _bare(part).strip())]
    if spec.type == "date":
        found = _DATE.fullmatch(value)
        return "-".join(found.groups()) if found else value
    if spec.type == "datetime":
        return _time(line, value)
    if spec.type == "integer" and _NUMBER.fullmatch(value):
        return int(value)
    if spec.type == "boolean":
        return value.upper() == "TRUE"
    if line.name in _NO_TEXT:
        return line.value
    return _bare(line.value)


def holds_several(name: str) -> bool:
    """One line of this name holds several values."""
    return name in _LISTS


def ended(start: Line, duration: Line) -> str | None:
    """When what begins so and lasts so long is over; None: it is not told so that it could be read."""
    found = _DURATION.fullmatch(duration.value.strip())
    begun = _time(start, start.value.strip())
    try:
        at = datetime.fromisoformat(begun)
    except ValueError:
        return None
    if found is None:
        return None
    weeks, days, hours, minutes, seconds = (int(each or 0) for each in found.groups())
    zone = _zone(start.param("TZID"))
    if zone is not None and "T" in begun:
        at = at.astimezone(zone)
    at += timedelta(weeks=weeks, days=days)
    lasts = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    if "T" not in begun:
        return at.date().isoformat()
    if at.tzinfo is not None:
        at = (at.astimezone(UTC) + lasts).astimezone(at.tzinfo)
    else:
        at += lasts
    return at.isoformat()


def _bare(value: str) -> str:
    """The text that stands in a value, without a scheme."""
    text = unescaped(value)
    scheme = next((each for each in _SCHEMES if text.lower().startswith(each)), "")
    return text[len(scheme) :]


def _time(line: Line, value: str) -> str:
    """With its offset, where the line tells one."""
    found = _TIME.fullmatch(value)
    if found is None:
        day = _DATE.fullmatch(value)
        return "-".join(day.groups()) if day else value
    year, month, day_, hour, minute, second, zone = found.groups()
    plain = f"{year}-{month}-{day_}T{hour}:{minute}:{second}"
    known = _zone(line.param("TZID"))
    if zone or known is None:
        return plain + (zone or "")
    try:
        return datetime.fromisoformat(plain).replace(tzinfo=known).isoformat()
    except ValueError:
        return plain


def put(line: Line, value: Any, spec: PropertySpec, *, compact: bool) -> None:
    """Let a line say something else. `compact`: dates without hyphens, as iCalendar and vCard 4 want them."""
    if spec.type == "list":
        line.set(",".join(escaped(str(each)) for each in value))
    elif spec.type == "date":
        line.set(str(value).replace("-", "") if compact else str(value))
    elif spec.type == "datetime":
        _put_time(line, str(value))
    elif spec.type == "boolean":
        line.set("TRUE" if value else "FALSE")
    else:
        put_text(line, str(value))


def put_text(line: Line, text: str) -> None:
    """Let a line say a text; a scheme that it has stays."""
    if line.name in _NO_TEXT:
        line.set(_CONTROLS.sub("", re.sub(r"[\r\n]+", " ", text)))
    else:
        scheme = next((each for each in _SCHEMES if line.value.lower().startswith(each)), "")
        line.set(scheme + escaped(text))


def _put_time(line: Line, value: str) -> None:
    """In the zone that the line has, else in UTC; a day alone is one. A time without an offset is of the line's zone,
    also where nobody here knows it."""
    if _DATE.fullmatch(value) and "T" not in value:
        line.set(value.replace("-", ""), VALUE="DATE", TZID="")
        return
    at = datetime.fromisoformat(value)
    if at.tzinfo is None:
        line.set(f"{at:%Y%m%dT%H%M%S}", VALUE="")
        return
    zone = _zone(line.param("TZID"))
    local = at.astimezone(zone)
    if zone is not None and local.utcoffset() == local.replace(fold=0).utcoffset():
        line.set(f"{local:%Y%m%dT%H%M%S}", VALUE="")
    else:  # an hour that comes twice is the first one in a zone
        line.set(f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}", VALUE="", TZID="")


def _zone(name: str) -> ZoneInfo | None:
    """The zone of a name, also where a program put its own name before it."""
    for each in (name, "/".join(name.split("/")[-2:])):
        try:
            if each:
                return ZoneInfo(each)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
    return None
