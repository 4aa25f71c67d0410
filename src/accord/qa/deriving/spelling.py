"""How a value stands in a record: by the type in the manifest, and by hand-written tables for lenses.

Nothing here asks a lens. Dates are written by Python's own `strftime`; what no table knows is not checked.
"""

from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from accord.connectorkit.manifest_parts import PropertySpec
from accord.core.types import ValueType, value_type
from accord.project.specs import LensSteps, lens_name
from accord.qa.checklist import IdOf
from accord.qa.deriving.ranges import Unknown, map_pairs, narrowed, range_of
from accord.qa.deriving.values import STYLES, Domain

__all__ = ["Spelling", "Unknown", "python_value", "spelling_of", "stored"]

_FIRST: Final = {
    "boolean": "raw",
    "constant": "value",
    "date": "format",
    "enum": "members",
    "join": "separator",
    "list": "of",
    "nulls": "values",
    "phone": "region",
    "set": "of",
    "split": "separator",
    "string": "raw",
    "time": "format",
    "truncate": "length",
}
"""The option that stands in brackets after a lens's name."""

_NOT_TEXT: Final = ("integer", "boolean", "date", "datetime", "time", "decimal", "float")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelling:
    """The values that stand at one end of a row, and how."""

    domain: Domain
    declared: PropertySpec | None
    type: ValueType
    steps: tuple[tuple[str, ReadOnly[str, Any]], ...]
    """Lenses by name with their options, from the record to the concept."""
    places: int = 1
    """At so many places the value stands, where a lens makes one of several."""

    def raw(self, value: Any) -> Any:
        """The value as it stands in a record; a list of raws where there are several places."""
        if value is None:
            return self._blank()
        if isinstance(value, IdOf):
            return value
        last = self.steps[-1] if self.steps else ("", {})
        is_cast = last[0] == self.type.kind
        raw = self._cast(value, last[1] if is_cast else {})
        for name, options in reversed(self.steps[:-1] if is_cast else self.steps):
            raw = self._written(name, options, raw)
        return raw

    def typed(self, value: Any) -> Any:
        """The value as people type it, which the lenses forgive; None where they forgive nothing."""
        raw, names = self.raw(value), self._names()
        if not isinstance(raw, str):
            return None
        if "phone" in names:
            return _spaced(raw) if self._option("phone", "region", "") == "NO" else None
        if "lower" in names or "email" in names:
            return (
                f" {raw.upper()} "
                if "trim" in names
                else raw.replace("example", "Example").replace("odd", "Odd")
            )
        if "upper" in names:
            return raw.lower()
        if "collapse" in names:
            return f"  {raw.replace(' ', '   ')} "
        return f"  {raw} " if "trim" in names else None

    def takes(self, value: Any) -> bool:
        """Whether the value can stand here, as far as the manifest says, and is not cut short by the form."""
        raw = self.raw(value)
        if isinstance(value, datetime | time) and value.second and "%S" not in self._form("%S"):
            return False
        if "phone" in self._names() and self._phone_form() != "e164" and not value.startswith("+47"):
            return False
        if self.declared is None or isinstance(raw, list | IdOf):
            return True
        longest = self.declared.max_length
        if longest is not None and isinstance(raw, str) and len(raw) > longest:
            return False
        return not self.declared.enum or raw in self.declared.enum

    @property
    def as_source(self) -> Domain:
        """The values that people enter here: what is cut when it is written does not stand here."""
        cuts = [int(options["length"]) for name, options in self.steps if name == "truncate"]
        return replace(self.domain, longest=min([self.domain.longest, *cuts]))

    def _blank(self) -> Any:
        return self._option("nulls", "write", None) if self.places == 1 else [None] * self.places

    def _names(self) -> list[str]:
        return [name for name, _ in self.steps]

    def _option(self, lens: str, word: str, otherwise: Any) -> Any:
        """An option of the first lens of that name which has it."""
        return next((told[word] for name, told in self.steps if name == lens and word in told), otherwise)

    def _phone_form(self) -> str:
        return str(self._option("phone", "write", "e164"))

    def _form(self, otherwise: str) -> str:
        """The pattern of a date or time; `otherwise` where it has none."""
        patterns = (str(options.get("format", "")) for _, options in self.steps)
        return next((pattern for pattern in patterns if "%" in pattern), otherwise)

    def _cast(self, value: Any, options: ReadOnly[str, Any]) -> Any:
        if isinstance(value, bool):
            pair = ("false", "true") if self._is_text(options) else (False, True)
            stated = options.get("raw")
            return (pair if stated in (None, "text") else stated)[value]
        if isinstance(value, int | Decimal | float):
            return self._number(value, options)
        if isinstance(value, datetime):
            return self._instant(value, options)
        if isinstance(value, date):
            return self._date(value, options)
        if isinstance(value, time):
            pattern = self._form("")
            return _formed(value, pattern) if pattern else value.isoformat("seconds")
        return value

    def _is_text(self, options: ReadOnly[str, Any]) -> bool:
        there = "" if self.declared is None else self.declared.type
        text = there == "string" or (self.type.kind in ("string", "enum") and there not in _NOT_TEXT)
        return options.get("raw") == "text" or (text and options.get("raw") != "number")

    def _number(self, value: Decimal | float, options: ReadOnly[str, Any]) -> Any:
        if not self._is_text(options):
            whole = isinstance(value, Decimal) and value == value.to_integral_value()
            return int(value) if whole else float(value) if isinstance(value, Decimal) else value
        if self.type.kind == "string" and not isinstance(value, int):
            return f"{Decimal(str(value)).normalize():f}"
        digits = f"{value:.{self.type.scale}f}" if isinstance(value, Decimal) else str(value)
        return digits.replace(".", options.get("mark", "."))

    def _instant(self, value: datetime, options: ReadOnly[str, Any]) -> Any:
        pattern = options.get("format", "iso")
        if pattern in ("epoch_s", "epoch_ms"):
            return int(value.timestamp()) * (1000 if pattern == "epoch_ms" else 1)
        zone = options.get("zone") or ("" if self.declared is None or self.steps else self.declared.zone)
        local = value.astimezone(ZoneInfo(zone) if zone else UTC)
        if pattern != "iso":
            return _formed(local, pattern)
        plain = local.replace(tzinfo=None).isoformat("T", "seconds")
        return plain if zone else f"{plain}Z"

    def _date(self, value: date, options: ReadOnly[str, Any]) -> Any:
        pattern = options.get("format", "iso")
        if pattern in ("epoch_s", "epoch_ms"):
            at = datetime(value.year, value.month, value.day, tzinfo=UTC)
            return int(at.timestamp()) * (1000 if pattern == "epoch_ms" else 1)
        if pattern != "iso":
            return _formed(value, pattern)
        is_instant = self.declared is not None and self.declared.type == "datetime"
        return value.isoformat() + options.get("tail", "T00:00:00Z" if is_instant and not self.steps else "")

    def _written(self, name: str, options: ReadOnly[str, Any], raw: Any) -> Any:
        """What a lens before the cast writes."""
        if name == "map":
            return next((there for there, value in map_pairs(options) if value == raw), raw)
        if name == "split":
            return str(options.get("separator", ";")).join(raw)
        if name == "integer" and options.get("raw") == "text":
            return str(raw)
        if name == "phone":
            return self._phone(raw)
        if name == "truncate":
            return raw[: int(options["length"])]
        if name == "join":
            return self._parts(raw, str(options.get("separator", " ")), options.get("rest", "first"))
        return raw

    def _phone(self, raw: str) -> str:
        """Norwegian mobile numbers as they are written there."""
        spaced = _spaced(raw)
        return {"e164": raw, "national": spaced, "international": f"+47 {spaced}"}[self._phone_form()]

    def _parts(self, text: str, separator: str, rest: str) -> list[str | None]:
        """The words of a text by place; the rest is the part that takes what is left over."""
        if rest == "first":
            found: list[str | None] = list(text.rsplit(separator, self.places - 1))
            return [None] * (self.places - len(found)) + found
        found = list(text.split(separator, self.places - 1))
        return found + [None] * (self.places - len(found))


def _spaced(raw: str) -> str:
    """A Norwegian mobile number as people write it."""
    digits = raw.removeprefix("+47")
    return f"{digits[:3]} {digits[3:5]} {digits[5:]}"


def spelling_of(type_name: str, declared: PropertySpec | None, lens: LensSteps, places: int = 1) -> Spelling:
    """The spelling at an end of a row. Raises Unknown."""
    kind = value_type(type_name)
    steps = tuple((lens_name(step), _options_of(step)) for step in lens)
    domain = range_of(kind, declared, is_cast={name for name, _ in steps} <= {"nulls", "first_of"})
    for name, options in reversed(steps):
        domain = narrowed(domain, name, options)
    return Spelling(domain=domain, declared=declared, type=kind, steps=steps, places=places)


def _options_of(step: str | dict[str, Any]) -> dict[str, Any]:
    """Options of a lens, those in brackets by their names."""
    if isinstance(step, dict):
        return {key: value for key, value in step.items() if key != "name"}
    name, bracket, rest = step.partition("(")
    argument = rest.rstrip().removesuffix(")").strip()
    first = _FIRST.get(name.strip())
    return {first: argument} if bracket and first else {}


def stored(declared: PropertySpec | None, raw: Any) -> Any:
    """What the system makes of a raw value, as its manifest says."""
    for step in () if declared is None or raw is None else declared.normalises:
        name, _, rest = step.replace(" ", "").partition("(")
        raw = _normalised(raw, name, int(rest.rstrip(")")) if rest else 0)
    return raw


def _normalised(raw: Any, name: str, count: int) -> Any:
    if name in ("scale", "scale_even") and isinstance(raw, int | float) and not isinstance(raw, bool):
        rounding = ROUND_HALF_UP if name == "scale" else ROUND_HALF_EVEN
        return float(Decimal(str(raw)).quantize(Decimal(1).scaleb(-count), rounding=rounding))
    if not isinstance(raw, str):
        return raw
    if name == "max_length":
        return raw[:count]
    if name == "blank_null":
        return raw if raw.strip() else None
    return STYLES[name](raw) if name in STYLES else raw


def python_value(kind: str, canonical: Any) -> Any:
    """A canonical value, which is plain JSON, as the tables have it."""
    match kind:
        case "decimal":
            return Decimal(canonical)
        case "date":
            return date.fromisoformat(canonical)
        case "datetime":
            return datetime.fromisoformat(canonical)
        case "time":
            return time.fromisoformat(canonical)
    return canonical


def _formed(value: date | time, pattern: str) -> str:
    for directive in ("d", "m"):
        plain = value.strftime(f"%{directive}").lstrip("0") if isinstance(value, date) else ""
        pattern = pattern.replace(f"%-{directive}", plain)
    if isinstance(value, date):  # strftime does not fill up years before 1000 everywhere
        pattern = pattern.replace("%Y", f"{value.year:04d}")
    return value.strftime(pattern)
