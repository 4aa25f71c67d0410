"""The ways to read the values of a property: as text, number, date, instant, phone … each with the lens it would take.

A reading applies where nearly all values of a property have its form. Readings of one kind of two properties can be
compared: their canonical values are equal where both systems say the same.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping as ReadOnly, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any, Final

from accord.core.lens import build_lens
from accord.core.lens.phone import e164
from accord.core.matching.normalisers import alphanumeric, text as folded_text
from accord.core.model import NoReferences
from accord.core.types import nfc
from accord.core.values import Raw
from accord.suggesting.field import Field

__all__ = ["KINDS", "Reading", "readings_of"]

KINDS: Final = (
    "text", "boolean", "number", "instant", "date", "time", "email", "phone", "folded", "set", "letters", "reference"
)  # fmt: skip
"""In the order of preference where two of them agree alike: the one that converts the least comes first."""

_MOST: Final = 0.95
"""Share of the values that must have the form."""
_LEAST: Final = 3
_FIRST: Final = 12
_LOOKED_AT: Final = 400
_DATES: Final = ("%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y%m%d", "%d-%m-%Y", "%Y/%m/%d", "%m-%d-%Y", "%-d.%-m.%Y",
                 "%-d/%-m/%Y", "%-m/%-d/%Y", "%d%m%Y")  # fmt: skip
_ISO: Final = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}.*)?", re.ASCII)
_ZONES: Final = ("UTC", "Europe/Oslo", "Europe/London", "America/New_York")
_NUMBER_FORMS: Final[tuple[ReadOnly[str, str], ...]] = (
    {}, {"mark": ","}, {"mark": ",", "group": " "}, {"mark": ",", "group": "."}, {"group": ","},
    {"mark": ",", "group": "\u00a0"}, {"group": "'"},
)  # fmt: skip
_PHONE: Final = re.compile(r"[+(0-9][0-9 ().\-/\u00a0]{5,24}")
_TRUTHS: Final = (("n", "j"), ("nej", "ja"), ("nein", "ja"), ("nee", "ja"), ("non", "oui"), ("no", "si"), ("no", "sí"),
                  ("ei", "kyllä"), ("inactive", "active"), ("inaktiv", "aktiv"))  # fmt: skip
"""Words for false and true that the lens does not know by itself."""
_SEPARATORS: Final = (";", ",", "|")
_REFS: Final = NoReferences()
_EPOCHS: Final = {"epoch_s": (5e8, 4e9), "epoch_ms": (5e11, 4e12)}
"""Counts since 1970 are taken for times between 1985 and 2096."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Canonical values in the order of the sample (None: blank, or not of the form), and the lens that reads so.

    `lens` None: the cast to the property's type reads so by itself. `form` tells readings of one kind apart.
    """

    kind: str
    values: Sequence[Hashable]
    lens: Any = None
    form: str = ""
    scale: int = 0


def readings_of(field: Field, regions: Sequence[str] = (), zones: Sequence[str] = ()) -> list[Reading]:
    """All ways in which the values of a property can be read; none where too few are known.

    `regions` are countries that phone numbers without a code may be of; `zones` those that local times may be in.
    """
    if len(field.filled) < _LEAST:
        return []
    return [reading for make in _MAKERS for reading in make(field, regions, zones)]


def _read(
    field: Field, kind: str, one: Callable[[Raw], Hashable], *, least: float = _MOST, **more: Any
) -> Iterator[Reading]:
    """The reading by a function that gives None for what is not of the form; none where too many are not."""
    first, some = field.filled[:_FIRST], field.filled[:_LOOKED_AT]
    for at, part in ((least / 2, first), (least, some)):  # most forms are no form of it at all
        if sum(one(field.values[n]) is not None for n in part) < at * len(part):
            return
    values = [None if value is None else one(value) for value in field.values]
    yield Reading(kind, values, **more)


def _text(raw: Raw) -> str | None:
    if isinstance(raw, str):
        return nfc(raw.strip())
    if isinstance(raw, bool):
        return None
    return json.dumps(raw) if isinstance(raw, int | float) else None


def _texts(field: Field, _: Sequence[str], __: Sequence[str]) -> Iterator[Reading]:
    if field.spec.type in ("boolean", "float", "decimal"):
        return
    yield from _read(field, "text", _text)
    if any(isinstance(field.values[at], str) for at in field.filled):
        yield from _read(field, "folded", lambda raw: folded_text(_text(raw)), least=0.8)
        yield from _read(field, "letters", _letters, least=0.8)


def _letters(raw: Raw) -> str | None:
    found = alphanumeric(_text(raw))
    return None if found is None or len(found) < 4 else found.removeprefix("NO").removesuffix("MVA")


def _booleans(field: Field, _: Sequence[str], __: Sequence[str]) -> Iterator[Reading]:
    for words in _TRUTHS:
        spec = {"name": "boolean", "raw": [_as_written(field, word) for word in words]}
        if None not in spec["raw"]:
            yield from _by_lens(field, "boolean", spec, "boolean")
            return
    for found in _by_lens(field, "boolean", None, "boolean"):
        pair = [_usual(field, found.values, truth) for truth in (False, True)]
        plain = field.spec.type == "boolean" or None in pair
        yield Reading("boolean", found.values, None if plain else {"name": "boolean", "raw": pair})


def _as_written(field: Field, word: str) -> str | None:
    """The word as it stands in the values, in their case; None where it does not."""
    some = (field.values[at] for at in field.filled[:_LOOKED_AT])
    return next((raw for raw in some if isinstance(raw, str) and raw.strip().casefold() == word), None)


def _usual(field: Field, values: Sequence[Hashable], truth: bool) -> Raw:
    """How a truth value is mostly written; None where it never is."""
    found = Counter(field.values[at] for at in field.filled if values[at] is truth)
    return found.most_common(1)[0][0] if found else None


def _numbers(field: Field, _: Sequence[str], __: Sequence[str]) -> Iterator[Reading]:
    kinds = {type(field.values[at]) for at in field.filled}
    if kinds <= {int, float}:
        yield from _read(field, "number", lambda raw: _decimal(raw).normalize(), scale=_scale(field))
        return
    if kinds != {str}:
        return
    for form in _NUMBER_FORMS:
        mark, group = form.get("mark", "."), form.get("group", "")

        def one(raw: Raw, mark: str = mark, group: str = group) -> Decimal | None:
            return _plain_number(raw, mark, group)

        found = list(_read(field, "number", one, lens={"raw": "text", **form}, form=f"{mark}{group}"))
        if found:
            yield Reading("number", found[0].values, found[0].lens, found[0].form, _scale_of(found[0].values))
            return


def _plain_number(raw: Raw, mark: str, group: str) -> Decimal | None:
    text = raw.strip() if isinstance(raw, str) else ""
    if group:
        whole, _, rest = text.partition(mark)
        parts = whole.lstrip("-").split(group)
        if len(parts) > 1 and any(len(part) != 3 for part in parts[1:]):
            return None
        text = whole.replace(group, "") + (mark + rest if rest else "")
    if not re.fullmatch(rf"-?\d+(?:{re.escape(mark)}\d+)?", text, re.ASCII) or re.match(r"-?0\d", text):
        return None
    return _decimal(text.replace(mark, ".")).normalize()


def _decimal(raw: Any) -> Decimal:
    try:
        return Decimal(str(raw))
    except InvalidOperation:
        return Decimal(0)


def _scale(field: Field) -> int:
    if field.spec.scale is not None:
        return field.spec.scale
    return _scale_of(_decimal(field.values[at]) for at in field.filled)


def _scale_of(numbers: Iterable[Any]) -> int:
    exponents = [n.normalize().as_tuple().exponent for n in numbers if isinstance(n, Decimal)]
    return min(max((-e for e in exponents if isinstance(e, int)), default=0), 6) if exponents else 0


def _dates(field: Field, _: Sequence[str], __: Sequence[str]) -> Iterator[Reading]:
    if _mostly(field, lambda raw: isinstance(raw, str) and _ISO.fullmatch(raw.strip())):
        yield from _by_lens(field, "date", None, "date")
        return
    for form in _DATES:
        yield from _by_lens(field, "date", {"name": "date", "format": form}, "date", form)
    for form, (low, high) in _EPOCHS.items():
        if _mostly(field, partial(_between, low=low, high=high)):
            yield from _by_lens(field, "date", {"name": "date", "format": form}, "date", form)


def _instants(field: Field, _: Sequence[str], zones: Sequence[str]) -> Iterator[Reading]:
    for form, (low, high) in _EPOCHS.items():
        if _mostly(field, partial(_between, low=low, high=high)):
            yield from _by_lens(field, "instant", {"name": "datetime", "format": form}, "datetime", form)
    if not _mostly(field, lambda raw: isinstance(raw, str) and _ISO.fullmatch(raw.strip()) and len(raw) > 10):
        return
    if _mostly(field, lambda raw: bool(re.search(r"(Z|[+-]\d\d:?\d\d)$", str(raw).strip()[10:]))):
        lens = None if field.spec.type == "datetime" else "datetime"
        yield from _by_lens(field, "instant", lens, "datetime")
        return
    for zone in [field.spec.zone] if field.spec.zone else dict.fromkeys((*zones, *_ZONES)):
        given = field.spec.type == "datetime" and bool(field.spec.zone)
        spec = {"name": "datetime", "zone": zone}
        for found in _by_lens(field, "instant", spec, "datetime", zone):
            yield Reading("instant", found.values, None if given else spec, zone)


def _times(field: Field, _: Sequence[str], __: Sequence[str]) -> Iterator[Reading]:
    if _mostly(field, lambda raw: isinstance(raw, str) and re.fullmatch(r"\d\d:\d\d(:\d\d)?", raw.strip())):
        yield from _by_lens(field, "time", None, "time")


def _emails(field: Field, _: Sequence[str], __: Sequence[str]) -> Iterator[Reading]:
    if _mostly(field, lambda raw: isinstance(raw, str) and "@" in raw):
        yield from _by_lens(field, "email", {"name": "email", "local": "lower"}, "string")


def _phones(field: Field, regions: Sequence[str], __: Sequence[str]) -> Iterator[Reading]:
    if not _mostly(field, lambda raw: isinstance(raw, str) and _PHONE.fullmatch(raw.strip()), 0.9):
        return
    if _mostly(field, lambda raw: isinstance(raw, str) and re.fullmatch(r"[0-9-]{1,11}", raw.strip()), 0.9):
        regions = regions[:1]  # it may as well be a number of another kind
    for region in regions or ("",):

        def one(raw: Raw, region: str = region) -> str | None:
            return e164(_text(raw) or "", region)

        yield from _read(field, "phone", one, least=0.9, lens=f"phone({region})", form=region)


def _sets(field: Field, _: Sequence[str], __: Sequence[str]) -> Iterator[Reading]:
    if field.spec.type == "list":
        yield from _read(field, "set", _elements)
        return
    for separator in _SEPARATORS:
        texts = [raw for raw in (field.values[at] for at in field.filled) if isinstance(raw, str)]
        if sum(separator in text for text in texts) < max(2, 0.3 * len(texts)):
            continue

        def one(raw: Raw, separator: str = separator) -> Hashable:
            return _elements([part.strip() for part in str(raw).split(separator) if part.strip()])

        yield from _read(field, "set", one, lens={"name": "split", "separator": separator}, form=separator)


def _elements(raw: Raw) -> Hashable:
    if not isinstance(raw, list) or not all(isinstance(each, str) for each in raw):
        return None
    return frozenset(raw)


def _by_lens(field: Field, kind: str, spec: Any, type_name: str, form: str = "") -> Iterator[Reading]:
    lens = build_lens(spec, type_name)

    def one(raw: Raw) -> Hashable:
        try:
            value = lens.get(raw, _REFS)
        except ValueError:
            return None
        return value if isinstance(value, str | bool) else None

    yield from _read(field, kind, one, lens=spec, form=form)


def _mostly(field: Field, test: Callable[[Raw], object], least: float = _MOST) -> bool:
    some = field.filled[:_LOOKED_AT]
    return sum(bool(test(field.values[at])) for at in some) >= least * len(some)


def _between(raw: Raw, low: float, high: float) -> bool:
    if isinstance(raw, str) and raw.isdecimal():
        raw = int(raw)
    return isinstance(raw, int | float) and not isinstance(raw, bool) and low <= raw <= high


_MAKERS: Final = (_texts, _booleans, _numbers, _instants, _dates, _times, _emails, _phones, _sets)
