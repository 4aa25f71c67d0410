"""Lenses of few values: truth, enumerations, value maps, constants, and what a system writes for null."""

from functools import cached_property
from typing import Any, ClassVar, Final, Literal

import msgspec
from msgspec import Struct

from accord.core.lens.base import BuiltLens, Conversion, is_same, refusal, said_by, text_of
from accord.core.model import References
from accord.core.types import nfc
from accord.core.values import MISSING, Raw, Value

__all__ = ["Boolean", "Constant", "Enum", "Map", "Nulls"]

_WORDS: Final = ("false", "true")
_TRUTHS: Final = (
    (False, True),
    (0, 1),
    _WORDS,
    ("0", "1"),
    ("no", "yes"),
    ("n", "y"),
    ("nei", "ja"),
    ("off", "on"),
    ("f", "t"),
)


class Boolean(Conversion, frozen=True, kw_only=True):
    """Cast to `boolean`, from true and false, 1 and 0, and the usual words in any case.

    `raw` is the pair that the system has for false and true, such as ["N", "Y"]; it is read besides the usual ones. A
    new value is written as one of that pair, else of the pair that stands there, else as true or false; as these
    words, where `raw` is "text".
    """

    name: ClassVar[str] = "boolean"
    raw: tuple[Any, Any] | Literal["text"] | None = None

    def decode(self, raw: Raw) -> Value:
        """The truth value."""
        for pair in (self.raw, *_TRUTHS) if isinstance(self.raw, tuple) else _TRUTHS:
            for truth in (False, True):
                if _is_word(pair[truth], raw):
                    return truth
        raise refusal("a truth value", raw)

    def encode(self, value: Value, old: Raw) -> Raw:
        """The one of the pair."""
        if isinstance(self.raw, tuple):
            return self.raw[value]
        usual = _WORDS if self.raw == "text" else _TRUTHS[0]
        if old is MISSING or old is None:
            return usual[value]
        pair = next((pair for pair in _TRUTHS if any(_is_word(truth, old) for truth in pair)), usual)
        word = pair[value]
        if not isinstance(word, str) or not isinstance(old, str):
            return word
        return word.upper() if old.strip().isupper() else word.title() if old.strip().istitle() else word


class Enum(Conversion, frozen=True, kw_only=True):
    """Cast to `enum(...)`: a text that is one of `members`. A map before it translates a system's own words."""

    name: ClassVar[str] = "enum"
    members: tuple[str, ...]

    def decode(self, raw: Raw) -> Value:
        """The member."""
        text = nfc(text_of(raw)).strip()
        if text not in self.members:
            raise ValueError(f"not one of {', '.join(self.members)}: text of {len(text)} characters")
        return text

    def encode(self, value: Value, old: Raw) -> Raw:
        """The member, if it is one."""
        return self.decode(value)


class Map(Conversion, frozen=True, kw_only=True, dict=True):
    """Translates a system's values by `pairs`: an object of values by raw, or a list of (raw, value).

    A table with two raws for one value must be declared `lossy`: the first of them is written, though one that stands
    there is left. `otherwise` says what becomes of others: "refuse" them, or "keep" them as they are.
    """

    name: ClassVar[str] = "map"
    pairs: tuple[tuple[Any, Any], ...] | dict[str | int, Any]
    otherwise: str = "refuse"
    lossy: bool = False

    def __post_init__(self) -> None:
        if self.otherwise not in ("refuse", "keep"):
            raise ValueError('otherwise is "refuse" or "keep"')
        raws, values = ([_text(pair[side]) for pair in self._pairs] for side in (0, 1))
        if None in (each for pair in self._pairs for each in pair):
            raise ValueError("a map has no nulls; name them with the lens nulls")
        if len(set(raws)) < len(raws):
            raise ValueError("a raw stands in the map twice")
        if len(set(values)) < len(values) and not self.lossy:
            raise ValueError("two raws have one value; if that is meant, declare lossy: true")

    @property
    def is_lossy(self) -> bool:
        """As declared."""
        return self.lossy

    def decode(self, raw: Raw) -> Value:
        """The value of the pair."""
        found = self._values.get(_text(raw), MISSING)
        if found is not MISSING:
            return found
        if self.otherwise == "refuse":
            raise refusal("one of the map's raws", raw)
        return raw

    def encode(self, value: Value, old: Raw) -> Raw:
        """The raw of the first pair with the value."""
        found = self._raws.get(_text(value), MISSING)
        if found is not MISSING:
            return found
        if self.otherwise == "refuse" or _text(value) in self._values:
            raise refusal("one of the map's values", value)
        return value

    @property
    def _pairs(self) -> tuple[tuple[Any, Any], ...]:
        return tuple(self.pairs.items()) if isinstance(self.pairs, dict) else self.pairs

    @cached_property
    def _values(self) -> dict[bytes, Any]:
        return {_text(raw): value for raw, value in self._pairs}

    @cached_property
    def _raws(self) -> dict[bytes, Any]:
        return {_text(value): raw for raw, value in reversed(self._pairs)}


class Constant(BuiltLens, Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every record has `value`, whatever stands there, which is left; no other value can be told."""

    name: ClassVar[str] = "constant"
    value: Any

    def get(self, raw: Raw, refs: References) -> Value:
        """The constant."""
        return self.value

    def put(self, value: Value, old: Raw, refs: References) -> Raw:
        """Old, or MISSING where nothing stands."""
        if value is MISSING or is_same(self.value, value):
            return old
        raise refusal("the constant", value)


class Nulls(BuiltLens, Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a system has for null (S3): `values` are sentinels such as "0000-00-00"; `write` is what null becomes."""

    name: ClassVar[str] = "nulls"
    values: tuple[Any, ...] = ()
    write: Any = None

    def get(self, raw: Raw, refs: References) -> Value:
        """Null for null and for what stands for it."""
        if raw is MISSING or raw is None:
            return raw
        text = raw.strip() if isinstance(raw, str) else raw
        return None if any(_is_word(null, text) for null in (*self.values, self.write)) else raw

    def put(self, value: Value, old: Raw, refs: References) -> Raw:
        """Value, or the system's own null; a value that would be read as null is refused."""
        if value is MISSING or said_by(old, self, refs) == value:
            return old
        if value is None:
            return self.write
        if self.get(value, refs) is None:
            raise refusal("a value that does not stand for null", value)
        return value


def _is_word(known: Any, raw: Raw) -> bool:
    """Equal, text in any case."""
    if isinstance(known, str) and isinstance(raw, str):
        return known.casefold() == raw.strip().casefold()
    return is_same(known, raw)


def _text(data: Any) -> bytes:
    """JSON text as a key: it tells 1, "1" and true apart."""
    return msgspec.json.encode(data, order="sorted")
