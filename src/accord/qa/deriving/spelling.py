"""How a value stands in a record: by the type in the manifest, and by hand-written tables for lenses.

Nothing here asks a lens. Dates are written by Python's own `strftime`; what no table knows is not checked.
"""

from collections.abc import Callable, Mapping as ReadOnly
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from accord.connectorkit.manifest_parts import PropertySpec
from accord.core.types import ValueType, value_type
from accord.project.specs import LensSteps, lens_name
from accord.qa.deriving.values import STYLES, Domain

__all__ = ["Spelling", "Unknown", "options_of", "python_value", "spelling_of", "stored"]

_FIRST: Final = {
    "boolean": "raw",
    "constant": "value",
    "date": "format",
    "phone": "region",
    "split": "separator",
    "string": "raw",
    "time": "format",
    "truncate": "length",
}
"""The option that stands in brackets after a lens's name."""

_KINDS: Final[ReadOnly[str, str]] = {
    "string": "text",
    "integer": "integer",
    "decimal": "decimal",
    "float": "float",
    "boolean": "boolean",
    "date": "date",
    "datetime": "datetime",
    "time": "time",
    "enum": "enum",
    "object": "object",
}
_NARROWING: Final = ("integer", "boolean", "date", "datetime", "time", "decimal", "float")
"""Types of a manifest that a text of the concept can be read from."""

_IN_TEXT: Final = ("text", "mail", "phone", "enum")


class Unknown(Exception):
    """No table has literals for this; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelling:
    """The values that stand at one end of a row, and how."""

    domain: Domain
    declared: PropertySpec | None
    type: ValueType
    steps: tuple[tuple[str, ReadOnly[str, Any]], ...]
    """Lenses by name with their options, from the record to the concept."""

    def raw(self, value: Any) -> Any:
        """The value as it stands in a record; None for none."""
        if value is None:
            return None
        last = self.steps[-1] if self.steps else ("", {})
        steps = self.steps[:-1] if last[0] == self.type.kind else self.steps
        raw = self._cast(value, last[1] if steps is not self.steps else {})
        for name, options in reversed(steps):
            raw = _written(name, options, raw)
        return raw

    def takes(self, value: Any) -> bool:
        """Whether the value can stand here, as far as the manifest says, and is not cut short by the form."""
        raw, declared = self.raw(value), self.declared
        if isinstance(value, datetime | time) and value.second and "%S" not in self._form("%S"):
            return False
        if declared is None:
            return True
        if declared.max_length is not None and isinstance(raw, str) and len(raw) > declared.max_length:
            return False
        return not declared.enum or raw in declared.enum

    def _form(self, otherwise: str) -> str:
        """The pattern of a date or time; `otherwise` where it has none."""
        patterns = (options.get("format", "") for _, options in self.steps)
        return next((pattern for pattern in patterns if "%" in pattern), otherwise)

    def _cast(self, value: Any, options: ReadOnly[str, Any]) -> Any:
        if isinstance(value, bool):
            return (options.get("raw") or (("false", "true") if self._is_text(options) else (False, True)))[
                value
            ]
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
        text = there == "string" or (self.type.kind == "string" and there not in _NARROWING)
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


def spelling_of(type_name: str, declared: PropertySpec | None, lens: LensSteps) -> Spelling:
    """The spelling at an end of a row. Raises Unknown."""
    kind = value_type(type_name)
    steps = tuple((lens_name(step), options_of(step)) for step in lens)
    domain = _of_type(kind)
    domain = _declared(domain, declared, is_cast=not steps)
    for name, options in reversed(steps):
        domain = _narrowed(domain, name, options)
    return Spelling(domain=domain, declared=declared, type=kind, steps=steps)


def options_of(step: str | dict[str, Any]) -> dict[str, Any]:
    """Options of a lens, those in brackets by their names."""
    if isinstance(step, dict):
        return {key: value for key, value in step.items() if key != "name"}
    name, bracket, rest = step.partition("(")
    argument = rest.rstrip().removesuffix(")").strip()
    if not bracket or not argument:
        return {}
    first = _FIRST.get(name.strip())
    return {first: argument} if first else {"": argument}


def stored(declared: PropertySpec | None, raw: Any) -> Any:
    """What the system makes of a raw value, as its manifest says."""
    for step in () if declared is None or raw is None else declared.normalises:
        name, _, rest = step.replace(" ", "").partition("(")
        count = int(rest.rstrip(")")) if rest else 0
        if name in ("scale", "scale_even") and isinstance(raw, int | float) and not isinstance(raw, bool):
            rounding = "ROUND_HALF_UP" if name == "scale" else "ROUND_HALF_EVEN"
            raw = float(Decimal(str(raw)).quantize(Decimal(1).scaleb(-count), rounding=rounding))
        elif isinstance(raw, str):
            if name == "max_length":
                raw = raw[:count]
            elif name == "blank_null":
                raw = raw if raw.strip() else None
            elif name in STYLES:
                raw = STYLES[name](raw)
    return raw


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


def _of_type(kind: ValueType) -> Domain:
    if kind.kind in ("list", "set"):
        inner = kind.element.kind if kind.element else ""
        if inner != "string":
            raise Unknown(f"the checklist has no literals for {kind.name}")
        return Domain(kind="texts" if kind.kind == "list" else "set")
    if kind.kind not in _KINDS:
        raise Unknown(f"the checklist has no literals for {kind.name}")
    scale = kind.scale if kind.kind == "decimal" else 15
    return Domain(kind=_KINDS[kind.kind], members=kind.members, scale=scale)


def _declared(domain: Domain, declared: PropertySpec | None, *, is_cast: bool) -> Domain:
    if declared is None:
        return domain
    if declared.max_length is not None:
        domain = replace(domain, longest=min(domain.longest, declared.max_length))
    if declared.scale is not None:
        domain = replace(domain, scale=min(domain.scale, declared.scale))
    styles = tuple(step for step in declared.normalises if step in STYLES)
    if "digits" in styles and domain.kind == "text":
        domain = replace(domain, styles=("digits",))
    if declared.enum and is_cast:
        members = tuple(each for each in declared.enum if not domain.members or each in domain.members)
        return replace(domain, kind="enum", members=members)
    if is_cast and declared.type in _NARROWING and domain.kind == "text":
        return replace(domain, kind=declared.type)
    if is_cast and declared.type == "integer" and domain.kind in ("decimal", "float"):
        return replace(domain, kind="integer")
    return domain


def _narrowed(domain: Domain, name: str, options: ReadOnly[str, Any]) -> Domain:
    """The values of a domain that a lens leaves as they are. Raises Unknown."""
    if name in ("trim", "collapse", "lower", "upper"):
        return replace(domain, styles=(*domain.styles, name))
    if name == "map":
        return replace(
            domain, kind="enum", members=tuple(dict.fromkeys(value for _, value in _pairs(options)))
        )
    if name == "enum":
        stated = options.get("members", options.get("")) or domain.members
        members = stated.split("|") if isinstance(stated, str) else stated
        return replace(domain, kind="enum", members=tuple(members))
    if name in _KINDS:
        return replace(domain, kind=_KINDS[name]) if domain.kind == "text" else domain
    narrow = _NARROW.get(name)
    if narrow is None:
        raise Unknown(f"the checklist has no literal for the lens {name}: give `examples` in the row")
    return narrow(domain, options)


_NARROW: Final[ReadOnly[str, Callable[[Domain, ReadOnly[str, Any]], Domain]]] = {
    "truncate": lambda domain, options: replace(domain, longest=min(domain.longest, int(options["length"]))),
    "email": lambda domain, _: replace(domain, kind="mail", styles=(*domain.styles, "lower")),
    "phone": lambda domain, options: replace(domain, kind="phone", region=str(options.get("region", ""))),
    "nulls": lambda domain, _: domain,
    "split": lambda domain, _: domain,
}


def _written(name: str, options: ReadOnly[str, Any], raw: Any) -> Any:
    """What a lens before the cast writes."""
    if name == "map":
        return next((there for there, value in _pairs(options) if value == raw), raw)
    if name == "split":
        return options.get("separator", ";").join(raw)
    if name == "integer" and options.get("raw") == "text":
        return str(raw)
    return raw


def _pairs(options: ReadOnly[str, Any]) -> list[tuple[Any, Any]]:
    pairs = options.get("pairs", {})
    return [(raw, value) for raw, value in (pairs.items() if isinstance(pairs, dict) else pairs)]


def _formed(value: date | time, pattern: str) -> str:
    for directive in ("d", "m"):
        plain = value.strftime(f"%{directive}").lstrip("0") if isinstance(value, date) else ""
        pattern = pattern.replace(f"%-{directive}", plain)
    if isinstance(value, date):  # strftime does not fill up years before 1000 everywhere
        pattern = pattern.replace("%Y", f"{value.year:04d}")
    return value.strftime(pattern)
