"""Which line of a record a property is: NAME, NAME;TYPE=work, NAME;TYPE!=cell, and a field of it: NAME/FIELD."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from accord.connectorkit.manifest_parts import PropertySpec
from accord.connectors.dav.lines import Component, Line, made_line
from accord.connectors.dav.values import (
    ended,
    escaped,
    holds_several,
    joined,
    put,
    put_text,
    shown,
    split,
    unescaped,
)

__all__ = ["USUAL", "Selector", "selector_of", "selector_of_path"]

_FORM: Final = re.compile(
    r"(?P<name>[A-Za-z0-9-]+)(?P<types>(?:;TYPE!?=[A-Za-z0-9-]+)*)(?:/(?P<field>[A-Za-z0-9]+))?"
)
_FIELDS: Final = {
    "N": ("family", "given", "additional", "prefix", "suffix"),
    "ADR": ("box", "extended", "street", "city", "region", "postcode", "country"),
    "ORG": ("name", "unit", "team"),
}
_ENDS: Final = frozenset({"DTEND", "DUE"})
_WIDTHS: Final = {"N": 5, "ADR": 7}
_ADDRESS: Final = {each: f"/{each}" for each in ("street", "city", "region", "postcode", "country")}
USUAL: Final[Mapping[str, Mapping[str, str]]] = {
    "contacts": {
        "uid": "UID",
        "formatted": "FN",
        **{f"name.{each}": f"N/{each}" for each in _FIELDS["N"]},
        "nickname": "NICKNAME",
        "organisation": "ORG/name",
        "department": "ORG/unit",
        "title": "TITLE",
        "role": "ROLE",
        "email": "EMAIL",
        "email_work": "EMAIL;TYPE=work",
        "email_home": "EMAIL;TYPE=home",
        "phone": "TEL;TYPE!=cell;TYPE!=fax;TYPE!=pager",
        "phone_work": "TEL;TYPE=work;TYPE!=cell;TYPE!=fax;TYPE!=pager",
        "phone_home": "TEL;TYPE=home;TYPE!=cell;TYPE!=fax;TYPE!=pager",
        "mobile": "TEL;TYPE=cell",
        "fax": "TEL;TYPE=fax",
        **{f"address.{each}": f"ADR{field}" for each, field in _ADDRESS.items()},
        **{f"address_work.{each}": f"ADR;TYPE=work{field}" for each, field in _ADDRESS.items()},
        **{f"address_home.{each}": f"ADR;TYPE=home{field}" for each, field in _ADDRESS.items()},
        "birthday": "BDAY",
        "url": "URL",
        "note": "NOTE",
        "categories": "CATEGORIES",
        "revised": "REV",
    },
    "tasks": {
        "uid": "UID",
        "summary": "SUMMARY",
        "description": "DESCRIPTION",
        "status": "STATUS",
        "percent": "PERCENT-COMPLETE",
        "priority": "PRIORITY",
        "start": "DTSTART",
        "due": "DUE",
        "completed": "COMPLETED",
        "categories": "CATEGORIES",
        "location": "LOCATION",
        "url": "URL",
        "parent": "RELATED-TO",
        "repeats": "RRULE",
        "created": "CREATED",
        "revised": "LAST-MODIFIED",
    },
    "events": {
        "uid": "UID",
        "summary": "SUMMARY",
        "description": "DESCRIPTION",
        "status": "STATUS",
        "start": "DTSTART",
        "end": "DTEND",
        "location": "LOCATION",
        "organizer": "ORGANIZER",
        "attendees": "ATTENDEE",
        "categories": "CATEGORIES",
        "url": "URL",
        "repeats": "RRULE",
        "busy": "TRANSP",
        "created": "CREATED",
        "revised": "LAST-MODIFIED",
    },
}
"""Where the usual properties stand, by what is held and by path."""


class Selector(Struct, frozen=True, kw_only=True):
    """One line of a record, or a field of it; `has` and `has_not` are values of TYPE, `field` counts from 0."""

    name: str
    has: tuple[str, ...] = ()
    has_not: tuple[str, ...] = ()
    field: int | None = None

    def read(self, record: Component, spec: PropertySpec) -> Any:
        """What a record shows; None: nothing."""
        if spec.type == "list" and self.field is None:
            told = [each for line in self._lines(record) for each in shown(line, spec)]
            return told or None
        line = self._line(record)
        if line is None:
            return self._computed(record)
        if self.field is None:
            value = shown(line, spec)
            return None if value == "" else value
        fields = split(line.value)
        return (unescaped(fields[self.field]) or None) if self.field < len(fields) else None

    def write(self, record: Component, spec: PropertySpec, value: Any, *, compact: bool) -> None:
        """Let a record show something else; None or "" takes it out. What it shows already is not touched."""
        if value in ("", []):
            value = None
        if value == self.read(record, spec):
            return
        if self.name in _ENDS:
            for lasting in record.lines("DURATION"):  # beside an end it may not stand
                record.drop(lasting)
        if spec.type == "list" and self.field is None:
            self._write_all(record, spec, value or [], compact=compact)
        elif (line := self._line(record)) is not None:
            self._write_line(record, line, spec, value, compact=compact)
        elif value is not None:
            record.add(line := made_line(self.name, "", self.has))
            self._write_line(record, line, spec, value, compact=compact)

    def _write_line(
        self, record: Component, line: Line, spec: PropertySpec, value: Any, *, compact: bool
    ) -> None:
        if self.field is not None:
            fields = split(line.value)
            fields += [""] * (max(self.field + 1, _WIDTHS.get(self.name, 0)) - len(fields))
            fields[self.field] = "" if value is None else escaped(str(value))
            line.set(joined(fields))
        elif value is not None:
            put(line, value, spec, compact=compact)
        if value is None and (self.field is None or (not line.value and self.name != "N")):
            record.drop(line)

    def _write_all(
        self, record: Component, spec: PropertySpec, values: Sequence[Any], *, compact: bool
    ) -> None:
        """All lines of a list: one line, or one for each value."""
        if not holds_several(self.name):
            self._write_each(record, spec, values)
            return
        lines = self._lines(record)
        for other in lines[1:]:
            record.drop(other)
        if not lines:
            lines = [made_line(self.name, "", self.has)]
            record.add(lines[0])
        self._write_line(record, lines[0], spec, values or None, compact=compact)

    def _write_each(self, record: Component, spec: PropertySpec, values: Sequence[Any]) -> None:
        """A line for each value, in order; a line that says one of them already stays, with its label."""
        left, wanted = self._lines(record), list[Line]()
        for value in values:
            at = next((i for i, line in enumerate(left) if shown(line, spec) == [value]), None)
            line = made_line(self.name, "", self.has) if at is None else left.pop(at)
            if at is None:
                put_text(line, str(value))
            wanted.append(line)
        for line in left:
            record.drop(line)
        record.children = [it for it in record.children if not any(it is line for line in wanted)]
        for line in wanted:
            record.add(line)

    def _computed(self, record: Component) -> str | None:
        """The end of what tells how long it lasts instead."""
        begun, lasting = record.lines("DTSTART"), record.lines("DURATION")
        return ended(begun[0], lasting[0]) if self.name in _ENDS and begun and lasting else None

    def _lines(self, record: Component) -> list[Line]:
        return [
            line
            for line in record.lines(self.name)
            if line.types().issuperset(self.has) and line.types().isdisjoint(self.has_not)
        ]

    def _line(self, record: Component) -> Line | None:
        """The preferred one, else the first."""
        found = self._lines(record)
        return min(found, key=_preference, default=None)


def _preference(line: Line) -> int:
    told = line.param("PREF")
    if told.isdecimal():
        return int(told)
    return 0 if "pref" in line.types() else 101


def selector_of(text: str) -> Selector:
    """The selector that a text says. Raises ValueError: what; remedy."""
    found = _FORM.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} names no line; write NAME, NAME/FIELD, NAME;TYPE=work or NAME;TYPE!=cell")
    name, told = found["name"].upper(), found["types"].lower().split(";")[1:]
    number: int | None = None
    if (field := found["field"]) is not None:
        known = _FIELDS.get(name, ())
        if not (field.isdecimal() and field != "0") and field not in known:
            raise ValueError(f"{name} has no field {field}; write {', '.join(known) or 'its number, from 1'}")
        number = int(field) - 1 if field.isdecimal() else known.index(field)
    return Selector(
        name=name,
        has=tuple(each.partition("=")[2] for each in told if "!=" not in each),
        has_not=tuple(each.partition("!=")[2] for each in told if "!=" in each),
        field=number,
    )


def selector_of_path(holds: str, path: str, lines: Mapping[str, str]) -> Selector:
    """The selector of a property. Raises ValueError: what; remedy."""
    told = lines.get(path) or USUAL[holds].get(path)
    if told is None:
        raise ValueError(
            f"{path} is none of the usual properties of {holds}; say in options.lines where it stands"
        )
    return selector_of(told)
