"""Which values a property is tried with: tables by kind, written by hand.

The values are Python's own (a date is a date); `spelling.py` says how each stands in a record.
"""

from collections.abc import Callable, Iterator, Mapping as ReadOnly
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

from accord.qa.deriving.numbering import Number

__all__ = ["KINDS", "LONGEST", "STYLES", "UNIQUE", "Case", "Domain", "Example", "cases_of", "meet"]

LONGEST: Final = 500
"""Characters of the longest text where neither end limits it."""


@dataclass(frozen=True, slots=True)
class Case:
    """A value to be tried, and what it stands for. `own`: no other probe has it. `odd`: typed as people do."""

    what: str
    value: Any
    own: bool = False
    odd: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """A value that the row itself gives: how it stands at each end, by the mapping's key."""

    raws: ReadOnly[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """Which values both ends of a row take.

    `kind` is a name in `KINDS`; `longest` counts characters; `styles` are the ways in which texts are written
    ("lower"); `members` are all values that there are.
    """

    kind: str
    longest: int = LONGEST
    scale: int = 15
    styles: tuple[str, ...] = ()
    members: tuple[Any, ...] = ()

    def styled(self, text: str) -> str:
        """The text as all styles write it."""
        for style in self.styles:
            text = STYLES[style](text)
        return text

    def bears(self, token: str) -> bool:
        """Whether the values can hold a token."""
        if self.kind not in ("text", "mail", "texts", "set") or "digits" in self.styles or self.members:
            return False
        return self.longest >= len(token) + (len("@example.org") if self.kind == "mail" else 0)


STYLES: Final[ReadOnly[str, Callable[[str], str]]] = {
    "trim": str.strip,
    "collapse": lambda text: " ".join(text.split()),
    "lower": str.lower,
    "upper": str.upper,
    "title": str.title,
    "digits": lambda text: "".join(each for each in text if each.isdigit()),
}


def _text(domain: Domain, number: Number) -> Iterator[Case]:
    token, room = number.token, domain.longest
    if room < len(token):
        code = number.code[-room:]
        yield Case("typical", domain.styled(code), own=room >= len(number.code))
        yield Case("another", domain.styled(code[::-1]))
        return
    typical = f"{token} Fjord"
    told = [
        ("typical", typical if room >= len(typical) else token),
        ("unicode", f"{token} Ærlig Ωμέγα 漢字 😀"),
        ("signs", f"{token} \"a\" & 'b' <c>; 100 % \\d"),
        ("mixed case", f"{token} McIntyre d'Or"),
        ("leading zeros", f"00{number.value:06d}"),
        ("longest", (token + " " + "abcdefghij" * (room // 10 + 1))[:room]),
    ]
    for what, text in told:
        yield Case(what, domain.styled(text), own=True)


def _mail(domain: Domain, number: Number) -> Iterator[Case]:
    for what, address in (
        ("typical", f"{number.token}@example.org"),
        ("plus and dots", f"{number.token}+a.b@mail.example.org"),
        ("long", f"{number.token}.{'abcdefghij' * 4}@{'example.' * 8}org"),
    ):
        yield Case(what, domain.styled(address), own=True)


def _digits(_: Domain, number: Number) -> Iterator[Case]:
    yield Case("typical", f"8{number.value:08d}", own=True)
    yield Case("leading zeros", f"00{number.value:07d}", own=True)


def _integer(_: Domain, number: Number) -> Iterator[Case]:
    yield Case("typical", 1_000_000 + number.value, own=True)
    yield Case("zero", 0)
    yield Case("negative", -number.value, own=True)
    yield Case("large", 2_147_000_000 + number.value, own=True)
    yield Case("small", 1 + number.value % 9)


def _decimal(domain: Domain, number: Number) -> Iterator[Case]:
    step = Decimal(1).scaleb(-min(domain.scale, 6))
    yield Case("typical", (1000 + number.value + Decimal("0.5")).quantize(step), own=True)
    yield Case("zero", Decimal(0).quantize(step))
    yield Case("negative", -(number.value + Decimal("0.25")).quantize(step), own=True)
    yield Case("smallest step", step)
    yield Case("large", 10_000_000 + number.value + step, own=True)


def _float(_: Domain, number: Number) -> Iterator[Case]:
    yield Case("typical", 1000.5 + number.value, own=True)
    yield Case("zero", 0.0)
    yield Case("negative", -0.25 - number.value, own=True)
    yield Case("small", 0.001)


def _boolean(_: Domain, __: Number) -> Iterator[Case]:
    yield Case("true", True)
    yield Case("false", False)


def _date(_: Domain, number: Number) -> Iterator[Case]:
    yield Case("typical", date(1951, 3, 1) + timedelta(days=number.value % 40_000), own=True)
    yield Case("leap day", date(2024, 2, 29))
    yield Case("last day of a year", date(1999, 12, 31))
    yield Case("long ago", date(1815, 12, 10))


def _datetime(_: Domain, number: Number) -> Iterator[Case]:
    yield Case(
        "typical", datetime(2003, 1, 1, 8, tzinfo=UTC) + timedelta(minutes=97 * number.value), own=True
    )
    yield Case("summer time", datetime(2024, 7, 1, 10, 30, tzinfo=UTC))
    yield Case("late in the evening", datetime(2023, 12, 31, 23, 30, tzinfo=UTC))
    yield Case("clocks just went forward", datetime(2024, 3, 31, 1, 0, tzinfo=UTC))
    yield Case("long ago", datetime(1953, 6, 15, 12, 0, tzinfo=UTC))
    yield Case("to the second", datetime(2024, 9, 10, 15, 43, 21, tzinfo=UTC))


def _time(_: Domain, number: Number) -> Iterator[Case]:
    minutes = 61 + 7 * number.value
    yield Case("typical", time(minutes // 60 % 24, minutes % 60))
    yield Case("midnight", time(0, 0))
    yield Case("last second", time(23, 59, 59))


def _enum(domain: Domain, _: Number) -> Iterator[Case]:
    for member in domain.members:
        yield Case(str(member), member)


def _texts(domain: Domain, number: Number) -> Iterator[Case]:
    token = number.token
    for what, texts in (
        ("two", [f"{token} a", f"{token} b"]),
        ("one goes", [f"{token} b"]),
        ("one comes", [f"{token} b", f"{token} c"]),
        ("unicode", [f"{token} b", f"{token} c", f"{token} å"]),
    ):
        yield Case(what, [domain.styled(text) for text in texts], own=True)


def _object(_: Domain, number: Number) -> Iterator[Case]:
    yield Case("typical", {"note": number.token}, own=True)
    yield Case("nested", {"note": number.token, "inner": {"number": number.value, "on": True}}, own=True)


def _phone(_: Domain, number: Number) -> Iterator[Case]:
    yield Case("typical", f"+4791{number.value % 1_000_000:06d}", own=True)
    yield Case("another country", f"+468{1_000_000 + number.value % 1_000_000}", own=True)
    yield Case("as people write it", f"+4792{number.value % 1_000_000:06d}", own=True, odd=True)


_TABLES: Final[ReadOnly[str, Callable[[Domain, Number], Iterator[Case]]]] = {
    "text": _text,
    "mail": _mail,
    "digits": _digits,
    "phone": _phone,
    "texts": _texts,
    "set": _texts,
    "object": _object,
    "float": _float,
    "decimal": _decimal,
    "integer": _integer,
    "datetime": _datetime,
    "date": _date,
    "time": _time,
    "boolean": _boolean,
    "enum": _enum,
    "example": _enum,
}
KINDS: Final = tuple(_TABLES)
"""Kinds of values."""

UNIQUE: Final = ("integer", "decimal", "float", "date", "datetime", "phone")
"""Kinds whose typical values make a record known, though they bear no mark."""

_HOLDS: Final[ReadOnly[str, tuple[str, ...]]] = {
    "text": tuple(kind for kind in _TABLES if kind not in ("texts", "set", "object")),
    "float": ("decimal", "integer"),
    "decimal": ("integer",),
    "texts": ("set",),
}


def meet(one: Domain, other: Domain) -> Domain | None:
    """The values that are in both; None where there are none."""
    if one.kind != other.kind and one.kind not in _HOLDS.get(other.kind, ()):
        if other.kind not in _HOLDS.get(one.kind, ()):
            return None
        one, other = other, one
    members = one.members
    if one.members and other.members:
        members = tuple(each for each in one.members if each in other.members)
        if not members:
            return None
    return replace(
        one,
        longest=min(one.longest, other.longest),
        scale=min(one.scale, other.scale),
        styles=(*one.styles, *(each for each in other.styles if each not in one.styles)),
        members=members or other.members,
    )


def cases_of(domain: Domain, number: Number) -> list[Case]:
    """All values to be tried, the typical one first; then what people type, where the styles forgive it."""
    if domain.members:
        return list(_enum(domain, number))
    found = list(_TABLES[domain.kind](domain, number))
    if domain.styles and domain.kind in ("text", "mail") and domain.bears(number.token):
        token = f"{number.token}@example.net" if domain.kind == "mail" else f"{number.token} Odd"
        found.append(Case("as people write it", domain.styled(token), own=True, odd=True))
    return found
