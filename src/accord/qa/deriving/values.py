"""Which values a property is tried with: tables by kind, written by hand.

The values are Python's own (a date is a date); `spelling.py` says how each stands in a record.
"""

from collections.abc import Callable, Iterator, Mapping as ReadOnly
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

from accord.qa.deriving.numbering import Number

__all__ = ["KINDS", "LONGEST", "Case", "Domain", "cases_of", "meet", "typical_of"]

LONGEST: Final = 500
"""Characters of the longest text where neither end limits it."""


@dataclass(frozen=True, slots=True)
class Case:
    """A value to be tried, and what it stands for."""

    what: str
    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """Which values both ends of a row take.

    `kind` is a name in `KINDS`; `longest` counts characters; `styles` are the ways in which texts are written
    ("lower"); `members` are all values that there are; `region` is that of phone numbers without a country's code.
    """

    kind: str
    longest: int = LONGEST
    scale: int = 15
    styles: tuple[str, ...] = ()
    members: tuple[Any, ...] = ()
    region: str = ""
    pairs: tuple[tuple[Any, Any], ...] = ()

    def styled(self, text: str) -> str:
        """The text as all styles write it."""
        for style in self.styles:
            text = STYLES[style](text)
        return text

    def bears(self, token: str) -> bool:
        """Whether the values can hold a token."""
        if self.kind not in ("text", "mail", "texts", "set") or "digits" in self.styles:
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
        yield Case("typical", domain.styled(code))
        yield Case("further", domain.styled(code[::-1]))
        return
    told = [
        ("typical", f"{token} Fjord"),
        ("unicode", f"{token} Ærlig Ωμέγα 漢字 😀"),
        ("signs", f"{token} \"a\" & 'b' <c>; 100 % \\d"),
        ("mixed case", f"{token} McIntyre d'Or"),
        ("leading zeros", f"00{number.value:06d}"),
        ("longest", (token + " " + "abcdefghij" * (room // 10 + 1))[:room]),
    ]
    if room < len(told[0][1]):
        told[0] = ("typical", token)
    for what, text in told:
        yield Case(what, domain.styled(text))


def _mail(_: Domain, number: Number) -> Iterator[Case]:
    yield Case("typical", f"{number.token}@example.org")
    yield Case("plus and dots", f"{number.token}+a.b@mail.example.org")


def _integer(_: Domain, number: Number) -> Iterator[Case]:
    yield Case("typical", 1_000_000 + number.value)
    yield Case("zero", 0)
    yield Case("negative", -number.value)
    yield Case("large", 2_147_000_000 + number.value)


def _decimal(domain: Domain, number: Number) -> Iterator[Case]:
    step = Decimal(1).scaleb(-min(domain.scale, 6))
    yield Case("typical", (1000 + number.value + Decimal("0.5")).quantize(step))
    yield Case("zero", Decimal(0).quantize(step))
    yield Case("negative", -(number.value + Decimal("0.25")).quantize(step))
    yield Case("smallest step", step)
    yield Case("large", 1_000_000 + number.value + step)


def _float(_: Domain, number: Number) -> Iterator[Case]:
    yield Case("typical", 1000.5 + number.value)
    yield Case("zero", 0.0)
    yield Case("negative", -0.25 - number.value)
    yield Case("small", 0.001)


def _boolean(_: Domain, __: Number) -> Iterator[Case]:
    yield Case("true", True)
    yield Case("false", False)


def _date(_: Domain, number: Number) -> Iterator[Case]:
    yield Case("typical", date(1951, 3, 1) + timedelta(days=number.value))
    yield Case("leap day", date(2024, 2, 29))
    yield Case("last day of a year", date(1999, 12, 31))
    yield Case("long ago", date(1815, 12, 10))


def _datetime(_: Domain, number: Number) -> Iterator[Case]:
    yield Case("typical", datetime(2003, 1, 1, 8, tzinfo=UTC) + timedelta(minutes=97 * number.value))
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
        ("unicode", [f"{token} b", f"{token} c", f"{token} Å"]),
    ):
        yield Case(what, [domain.styled(text) for text in texts])


def _object(_: Domain, number: Number) -> Iterator[Case]:
    yield Case("typical", {"note": number.token})
    yield Case("nested", {"note": number.token, "inner": {"number": number.value, "on": True}})


def _phone(_: Domain, number: Number) -> Iterator[Case]:
    yield Case("typical", f"+4791{number.value % 1_000_000:06d}")
    yield Case("another country", f"+468{1_000_000 + number.value % 1_000_000}")


_TABLES: Final[ReadOnly[str, Callable[[Domain, Number], Iterator[Case]]]] = {
    "text": _text,
    "mail": _mail,
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
}
KINDS: Final = tuple(_TABLES)
"""Kinds of values, the wider ones before those that they hold."""

_HOLDS: Final[ReadOnly[str, tuple[str, ...]]] = {
    "text": tuple(kind for kind in _TABLES if kind not in ("texts", "set", "object")),
    "float": ("decimal", "integer"),
    "decimal": ("integer",),
    "texts": ("set",),
}


def meet(one: Domain, other: Domain) -> Domain | None:
    """The values that are in both; None where there are none."""
    if one.kind not in (other.kind, *_HOLDS.get(other.kind, ())):
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
        region=one.region or other.region,
    )


def cases_of(domain: Domain, number: Number) -> list[Case]:
    """All values to be tried, the typical one first."""
    if domain.members:
        return list(_enum(domain, number))
    return list(_TABLES[domain.kind](domain, number))


def typical_of(domain: Domain, number: Number) -> Any:
    """The first of them."""
    return cases_of(domain, number)[0].value
