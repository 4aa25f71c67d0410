"""Lenses on text: the cast, white space, case, length, e-mail addresses.

Those that normalise do it at `get`; `put` writes the value as it is, and leaves a raw that says it already.
"""

from typing import ClassVar, Literal

from accord.core.lens.base import Conversion, is_blank, refusal, text_of
from accord.core.model import References
from accord.core.types import nfc
from accord.core.values import Raw, Value

__all__ = ["Collapse", "Email", "Lower", "String", "Trim", "Truncate", "Upper"]


class String(Conversion, frozen=True, kw_only=True):
    """Cast to `string`; numbers and truth values become their JSON text.

    `raw`: whether new values are written as "text" or as a "number"; else as what stands there. As a number only digits
    that survive it are told.
    """

    name: ClassVar[str] = "string"
    raw: Literal["", "text", "number"] = ""

    def get(self, raw: Raw, refs: References) -> Value:
        """The text in NFC; plain ASCII takes the short way."""
        if type(raw) is str and raw.isascii():
            return raw if raw and not raw.isspace() else None
        return Conversion.get(self, raw, refs)

    def decode(self, raw: Raw) -> Value:
        """Text of a text, number or truth value."""
        if isinstance(raw, bool):
            return "true" if raw else "false"
        if isinstance(raw, float):
            return str(int(raw)) if raw.is_integer() else str(raw)
        return nfc(text_of(raw))

    def encode(self, value: Value, old: Raw) -> Raw:
        """The text, or the number that it is."""
        wants_number = self.raw == "number" or (not self.raw and type(old) is int)
        if (
            wants_number
            and value.isascii()
            and value.removeprefix("-").isdigit()
            and str(int(value)) == value
        ):
            return int(value)
        if self.raw == "number":
            raise refusal("the digits of a whole number", value)
        return value


class Trim(Conversion, frozen=True, kw_only=True):
    """White space around the text says nothing."""

    name: ClassVar[str] = "trim"

    def decode(self, raw: Raw) -> Value:
        """The text without white space around it."""
        return text_of(raw).strip()

    def encode(self, value: Value, old: Raw) -> Raw:
        """The value as it is."""
        return value


class Collapse(Trim, frozen=True, kw_only=True):
    """White space around the text says nothing, and any white space inside it is one space."""

    name: ClassVar[str] = "collapse"

    def decode(self, raw: Raw) -> Value:
        """The words of the text with one space between."""
        return " ".join(text_of(raw).split())


class Lower(Trim, frozen=True, kw_only=True):
    """The text in lower case."""

    name: ClassVar[str] = "lower"

    def decode(self, raw: Raw) -> Value:
        """The text in lower case."""
        return nfc(text_of(raw)).lower()


class Upper(Trim, frozen=True, kw_only=True):
    """The text in upper case."""

    name: ClassVar[str] = "upper"

    def decode(self, raw: Raw) -> Value:
        """The text in upper case."""
        return nfc(text_of(raw)).upper()


class Email(Trim, frozen=True, kw_only=True):
    """An e-mail address: trimmed, its domain in lower case; its local part too where `local` is "lower".

    What is no address is kept, trimmed.
    """

    name: ClassVar[str] = "email"
    local: Literal["keep", "lower"] = "keep"

    def decode(self, raw: Raw) -> Value:
        """The address."""
        local, at, domain = nfc(text_of(raw)).strip().rpartition("@")
        return (local.lower() if self.local == "lower" else local) + at + (domain.lower() if at else domain)


class Truncate(Conversion, frozen=True, kw_only=True):
    """New values are cut to `length` characters, white space at the cut included. Lossy: the rest is not written."""

    name: ClassVar[str] = "truncate"
    length: int

    def __post_init__(self) -> None:
        if self.length < 1:
            raise ValueError("truncate needs a length of 1 or more")

    @property
    def is_lossy(self) -> bool:
        """Always."""
        return True

    def decode(self, raw: Raw) -> Value:
        """The text as it stands."""
        return text_of(raw)

    def encode(self, value: Value, old: Raw) -> Raw:
        """What fits; old, where it is just that."""
        text: str = value[: self.length]
        cut = text.rstrip() if len(value) > self.length else text
        return None if is_blank(cut) else old if old == cut else cut
