"""Casts to the number types, from JSON numbers and from digits with the marks of a country.

Text is read digit by digit, never through float. Numbers in text may bear a decimal `mark` ("." or ",") and thousands
in a `group` (" ", ".", "," or "'"), three digits each; new values are written without groups. `raw` says whether new
values are written as a "number" or as "text"; else as what stands there, and as a number where nothing does.
"""

import re
from decimal import Decimal as Exact
from functools import cache
from typing import ClassVar, Final, Literal

from accord.core.lens.base import Conversion, refusal
from accord.core.types import decimal_digits, value_type
from accord.core.values import Raw, Value

__all__ = ["Decimal", "Float", "Integer"]

_EXACT_SCALE: Final = 100  # decimals that a whole number in text may have, all of them 0
_EXACT_WHOLE: Final = 2**53  # whole numbers below it are the same as floats
_NOT_DIGITS: Final = re.compile(r"[^0-9+-]")


class _Number(Conversion, frozen=True, kw_only=True):
    """What the number casts share: `digits_of` a raw, and whether new values are text."""

    raw: Literal["", "number", "text"] = ""
    mark: Literal[".", ","] = "."
    group: Literal["", " ", ".", ",", "'"] = ""

    def __post_init__(self) -> None:
        if self.mark == self.group:
            raise ValueError("the decimal mark and the mark of thousands are the same")

    def digits_of(self, raw: Raw) -> Raw:
        """A number as it is, a text with a plain decimal point and no groups."""
        if not isinstance(raw, str):
            return raw
        match = _number_pattern(self.mark, self.group).fullmatch(raw.strip())
        if match is None:
            raise refusal(f"a number with decimal mark {self.mark!r}", raw)
        whole, fraction, exponent = match.groups(default="")
        return _NOT_DIGITS.sub("", whole) + fraction.replace(",", ".") + exponent

    def is_text(self, old: Raw) -> bool:
        """Whether a new value is written as text."""
        return self.raw == "text" or (not self.raw and isinstance(old, str))


class Integer(_Number, frozen=True, kw_only=True):
    """Cast to `integer`. A fraction of zeros is none: 1.0 and "1.0" are 1."""

    name: ClassVar[str] = "integer"

    def decode(self, raw: Raw) -> Value:
        """The whole number."""
        digits = self.digits_of(raw)
        if isinstance(digits, str):
            whole, _, fraction = decimal_digits(digits, _EXACT_SCALE).partition(".")
            if fraction.strip("0"):
                raise refusal("a whole number", raw)
            return int(whole)
        return value_type("integer").canonical(digits)

    def encode(self, value: Value, old: Raw) -> Raw:
        """The number, or its digits."""
        return str(value) if self.is_text(old) else value


class Decimal(_Number, frozen=True, kw_only=True):
    """Cast to `decimal(scale)`; what is finer than the scale is rounded, half away from zero.

    A JSON number is taken by its shortest digits. One that would not come back from a float digit by digit is refused:
    such a system takes text.
    """

    name: ClassVar[str] = "decimal"
    scale: int

    def decode(self, raw: Raw) -> Value:
        """The digits at the scale."""
        digits = self.digits_of(raw)
        if type(digits) not in (str, int, float):
            raise refusal("a number", raw)
        return decimal_digits(digits, self.scale)

    def encode(self, value: Value, old: Raw) -> Raw:
        """The digits with the country's mark, or the number."""
        if self.is_text(old):
            return value.replace(".", self.mark)
        exact = Exact(value)
        if exact == exact.to_integral_value():
            return int(exact)
        number = float(value)
        if Exact(repr(number)) != exact:
            raise ValueError("the digits do not fit into a JSON number; write them as text (raw: text)")
        return number


class Float(_Number, frozen=True, kw_only=True):
    """Cast to `float`. A whole number is written without a fraction: a system of whole numbers takes it, too."""

    name: ClassVar[str] = "float"

    def decode(self, raw: Raw) -> Value:
        """The nearest float."""
        digits = self.digits_of(raw)
        return value_type("float").canonical(float(digits) if isinstance(digits, str) else digits)

    def encode(self, value: Value, old: Raw) -> Raw:
        """The number, or its shortest digits."""
        if self.is_text(old):
            return str(value).replace(".", self.mark)
        return int(value) if value.is_integer() and abs(value) < _EXACT_WHOLE else value


@cache
def _number_pattern(mark: str, group: str) -> re.Pattern[str]:
    """Groups: sign and whole part, mark and fraction, exponent."""
    separator = "[ \u00a0\u202f]" if group == " " else re.escape(group)  # also the spaces that do not break
    grouped = rf"[0-9]{{1,3}}(?:{separator}[0-9]{{3}})+|" if group else ""
    return re.compile(rf"([+-]?(?:{grouped}[0-9]+))({re.escape(mark)}[0-9]*)?([eE][+-]?[0-9]{{1,4}})?")
