"""Value types by name, each with one canonical spelling in plain JSON data (ADR 0002).

| name | canonical spelling |
| --- | --- |
| `string` | text in NFC; blank text is null (S3) |
| `integer` | int; never a bool |
| `decimal(2)` | digits with exactly 2 decimals, `"-12.50"`; never `"-0.00"` |
| `float` | float; finite, never -0.0 |
| `boolean` | bool |
| `date` | `"YYYY-MM-DD"` |
| `datetime`, `datetime(s)`, `datetime(ms)`, `datetime(us)` | `"YYYY-MM-DDTHH:MM:SS[.fff]Z"`, in UTC |
| `time` | `"HH:MM:SS"` |
| `enum(a|b|c)` | one of the texts |
| `reference` | golden id, a text |
| `list(type)` | list; the empty one is null (S3) |
| `set(type)` | sorted list without nulls and repeats, of a scalar type; the empty one is null (S3) |
| `list(object by key)` | list of objects, each with another text or number under `key`, in order of it (M5) |
| `object` | dict, with sorted keys at every depth |
| `group(name: type, …)` | dict of all its names; null where all of them are. Made of `groups` alone (M8) |

A type takes values *of* it and nothing else: text that looks like a number is for a lens to read.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache
from typing import Any, Final
from unicodedata import normalize

from msgspec import Struct

from accord.core.values import Value

__all__ = ["KNOWN_TYPES", "ValueType", "decimal_digits", "nfc", "utc_text", "value_type"]

KNOWN_TYPES: Final = (
    "string, integer, decimal(scale), float, boolean, date, datetime, datetime(s|ms|us), time, enum(a|b|c), "
    "reference, list(type), list(object by key), set(type), object"
)

_EXACT_FLOATS: Final = 2**53  # beyond it a float does not tell which integer was meant
_MAX_DIGITS: Final = 1_000
_MAX_SCALE: Final = 100
_DECIMALS: Final = Context(prec=3 * _MAX_DIGITS, rounding=ROUND_HALF_UP)
_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME: Final = re.compile(r"[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?")
_RESOLUTIONS: Final = {"s": "seconds", "ms": "milliseconds", "us": "microseconds"}


class ValueType(Struct, frozen=True, kw_only=True):
    """A value type: its full name, its kind (the name without argument), and the maker of its canonical spelling.

    `canonical(x)` gives null for null; its laws: `canonical(canonical(x)) == canonical(x)`, and two values of the
    type are equal exactly if their canonical spellings are. Raises ValueError, without the value in its message (P2),
    when x is not of the type.
    """

    name: str
    kind: str
    canonical: Callable[[Any], Value]
    scale: int = 0
    resolution: str = ""
    members: tuple[str, ...] = ()
    element: "ValueType | None" = None
    key: str = ""
    """Of `list(object by key)`: the name under which its elements are told apart."""
    parts: tuple[tuple[str, "ValueType"], ...] = ()
    """Of a group: its properties by name, each with its type (M8)."""

    @property
    def by_element(self) -> bool:
        """It merges element by element (M5)."""
        return self.kind in ("set", "keyed")

    def key_of(self, element: Value) -> str:
        """What tells an element of a set, or of a list by key, from the others; as text, so that all of them sort."""
        return repr(element[self.key] if self.key else element)

    def __reduce__(self) -> tuple[Callable[[str], "ValueType"], tuple[str]]:
        return value_type, (self.name,)

    @property
    def is_scalar(self) -> bool:
        """Its values hold no other values."""
        return self.kind not in ("list", "keyed", "set", "object", "group")


@cache
def value_type(name: str) -> ValueType:
    """The value type of a name such as `decimal(2)`; always the same object for the same name.

    Raises: ValueError when there is no such type, listing those that there are.
    """
    kind, bracket, rest = name.strip().partition("(")
    argument = rest.removesuffix(")")
    if kind in _PLAIN and not bracket:
        return ValueType(name=kind, kind=kind, canonical=_PLAIN[kind])
    if kind in _MAKERS and (not bracket or rest.endswith(")")):
        return _MAKERS[kind](argument)
    raise ValueError(f"no value type {name!r}; known: {KNOWN_TYPES}")


def nfc(text: str) -> str:
    """The text in NFC. Raises ValueError where it bears half a surrogate pair, which no store and no JSON can hold."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:  # its message would bear the text (P2)
        raise ValueError("not a text: half a surrogate pair") from None
    return normalize("NFC", text)


def decimal_digits(number: str | float | Decimal, scale: int) -> str:
    """Digits of a number with exactly `scale` decimals, rounded half away from zero.

    A float counts as its shortest digits, those of the JSON text it came from, never as its binary fraction.
    Raises: ValueError when it is no finite number, or one of more than 1,000 digits.
    """
    text = number if isinstance(number, str) else str(number)
    if len(text) > 2 * _MAX_DIGITS or not _NUMBER.fullmatch(text):
        raise _refusal("decimal", number)
    exact = Decimal(text)
    if exact.adjusted() >= _MAX_DIGITS:
        raise _refusal("decimal", number)
    rounded = exact.quantize(_unit(scale), context=_DECIMALS)
    return f"{rounded or abs(rounded):f}"


@cache
def _unit(scale: int) -> Decimal:
    return Decimal(1).scaleb(-scale)


def utc_text(instant: datetime, resolution: str) -> str:
    """Canonical spelling of an aware time; what is finer than the resolution is cut off, so no time moves forward.

    Raises: ValueError when the instant has no year between 1 and 9999 in UTC.
    """
    try:
        naive = (instant if instant.tzinfo is UTC else instant.astimezone(UTC)).replace(tzinfo=None)
    except OverflowError:
        raise ValueError("datetime: outside the years 1 to 9999 in UTC") from None
    return naive.isoformat(timespec=_RESOLUTIONS[resolution]) + "Z"


def _refusal(expected: str, value: object) -> ValueError:
    length = f" of {len(value)} characters" if isinstance(value, str) else ""
    return ValueError(f"not a value of type {expected}: {type(value).__name__}{length}")


def _string(value: Any) -> str | None:
    if type(value) is str:
        if value.isascii():  # ASCII is in NFC
            return value if value and not value.isspace() else None
        return None if value.isspace() else nfc(value)
    if value is None:
        return None
    raise _refusal("string", value)


def _integer(value: Any) -> int | None:
    if value is None or type(value) is int:
        return value
    if type(value) is float and value.is_integer() and abs(value) <= _EXACT_FLOATS:
        return int(value)  # 1.0 is how some systems write 1
    raise _refusal("integer", value)


def _float(value: Any) -> float | None:
    if value is None:
        return None
    if type(value) in (int, float):
        try:
            number = float(value)
        except OverflowError:
            raise _refusal("float", value) from None
        if number - number == 0.0:  # neither infinite nor NaN
            return number + 0.0  # -0.0 becomes 0.0
    raise _refusal("float", value)


def _boolean(value: Any) -> bool | None:
    if value is None or type(value) is bool:
        return value
    raise _refusal("boolean", value)


def _date(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError:
            pass
    raise _refusal("date", value)


def _time(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, str) and _TIME.fullmatch(value):
        try:
            return time.fromisoformat(value).isoformat("seconds")
        except ValueError:
            pass
    raise _refusal("time", value)


def _reference(value: Any) -> str | None:
    if value is None or (isinstance(value, str) and value):
        return value
    raise _refusal("reference", value)


def _object(value: Any) -> dict[str, Any] | None:
    if value is None:
        return None
    if isinstance(value, dict):
        return {nfc(key): _plain(value[key]) for key in sorted(value, key=nfc)}
    raise _refusal("object", value)


def _plain(value: Any) -> Any:
    """JSON data in one spelling: NFC, sorted keys, and 1.0 as 1, for JSON does not tell them apart."""
    if isinstance(value, str):
        return nfc(value)
    if isinstance(value, dict):
        return _object(value)
    if isinstance(value, list):
        return [_plain(element) for element in value]
    if type(value) is float:
        return int(value) if value.is_integer() else _float(value)
    if value is None or isinstance(value, int):
        return value
    raise _refusal("object", value)


def _decimal_type(argument: str) -> ValueType:
    if not argument.isdecimal() or int(argument) > _MAX_SCALE:
        raise ValueError(f"decimal needs a number of decimals up to {_MAX_SCALE}, such as decimal(2)")
    scale = int(argument)

    def canonical(value: Any) -> str | None:
        if value is None:
            return None
        if type(value) in (str, int, float, Decimal):
            return decimal_digits(value, scale)
        raise _refusal("decimal", value)

    return ValueType(name=f"decimal({scale})", kind="decimal", canonical=canonical, scale=scale)


def _datetime_type(argument: str) -> ValueType:
    resolution = argument or "s"
    if resolution not in _RESOLUTIONS:
        raise ValueError(f"datetime has no resolution {argument!r}; known: s, ms, us")

    def canonical(value: Any) -> str | None:
        if value is None:
            return None
        try:
            instant = datetime.fromisoformat(value)
        except (TypeError, ValueError):
            raise _refusal("datetime", value) from None
        if instant.tzinfo is None:
            raise ValueError("a datetime without zone: name the zone in the lens")
        return utc_text(instant, resolution)

    return ValueType(
        name=f"datetime({resolution})", kind="datetime", canonical=canonical, resolution=resolution
    )


def _enum_type(argument: str) -> ValueType:
    members = tuple(normalize("NFC", member.strip()) for member in argument.split("|"))
    if not all(members) or len(set(members)) < len(members):
        raise ValueError("enum needs its members, each once, such as enum(open|closed)")

    def canonical(value: Any) -> str | None:
        text = _string(value)
        if text is None or text in members:
            return text
        raise ValueError(f"not one of {', '.join(members)}: text of {len(text)} characters")

    return ValueType(name=f"enum({'|'.join(members)})", kind="enum", canonical=canonical, members=members)


def _list_type(argument: str) -> ValueType:
    name, by, key = argument.partition(" by ")
    if by and name.strip() == "object" and key.strip():
        return _keyed_type(key.strip())
    element = value_type(argument)

    def canonical(value: Any) -> list[Value] | None:
        if value is None:
            return None
        if isinstance(value, list):
            return [element.canonical(each) for each in value] or None
        raise _refusal("list", value)

    return ValueType(name=f"list({element.name})", kind="list", canonical=canonical, element=element)


def _keyed_type(key: str) -> ValueType:
    def canonical(value: Any) -> list[Value] | None:
        if value is None:
            return None
        if not isinstance(value, list):
            raise _refusal("list", value)
        by_key: dict[str, Value] = {}
        for each in map(_object, value):
            told = (each or {}).get(key)
            if type(told) not in (str, int) or told == "":
                raise ValueError(f"an element of the list has no text or number under {key}")
            by_key[repr(told)] = each
        if len(by_key) < len(value):
            raise ValueError(f"two elements of the list are alike under {key}")
        return [by_key[told] for told in sorted(by_key)] or None

    return ValueType(
        name=f"list(object by {key})",
        kind="keyed",
        canonical=canonical,
        element=value_type("object"),
        key=key,
    )


def _set_type(argument: str) -> ValueType:
    element = value_type(argument)
    if not element.is_scalar:
        raise ValueError(f"set({argument}): the elements of a set are scalars; use list({argument})")

    def canonical(value: Any) -> list[Value] | None:
        if value is None:
            return None
        if isinstance(value, list):
            return sorted({element.canonical(each) for each in value} - {None}) or None
        raise _refusal("set", value)

    return ValueType(name=f"set({element.name})", kind="set", canonical=canonical, element=element)


def _group_type(argument: str) -> ValueType:
    pairs = [part.partition(":") for part in re.split(r",(?![^()]*\))", argument)]
    members = {name.strip(): value_type(kind.strip()) for name, _, kind in pairs}

    def canonical(value: Any) -> dict[str, Value] | None:
        if value is None:
            return None
        if not isinstance(value, dict) or value.keys() != members.keys():
            raise ValueError(f"not an object of {', '.join(members)}")
        made = {name: of.canonical(value[name]) for name, of in members.items()}
        return made if any(each is not None for each in made.values()) else None

    name = ", ".join(f"{name}: {of.name}" for name, of in members.items())
    return ValueType(name=f"group({name})", kind="group", canonical=canonical, parts=tuple(members.items()))


_PLAIN: Final[dict[str, Callable[[Any], Value]]] = {
    "string": _string,
    "integer": _integer,
    "float": _float,
    "boolean": _boolean,
    "date": _date,
    "time": _time,
    "reference": _reference,
    "object": _object,
}
_MAKERS: Final[dict[str, Callable[[str], ValueType]]] = {
    "decimal": _decimal_type,
    "datetime": _datetime_type,
    "enum": _enum_type,
    "group": _group_type,
    "list": _list_type,
    "set": _set_type,
}
