"""Phone numbers in E.164."""

import re
from functools import lru_cache
from typing import ClassVar, Final, Literal

import phonenumbers
from phonenumbers import PhoneNumberFormat

from accord.core.lens.base import Conversion, text_of
from accord.core.types import nfc
from accord.core.values import Raw, Value

__all__ = ["Phone", "e164", "is_region"]

_NUMBER: Final = re.compile(
    r"\+?[0-9 ().\-\u00a0\u202f]+(?:\s*(?:;ext=|ext\.?|x)\s*[0-9]{1,7})?", re.IGNORECASE
)
_EXTENSION: Final = ";ext="
_FORMATS: Final = {
    "e164": PhoneNumberFormat.E164,
    "international": PhoneNumberFormat.INTERNATIONAL,
    "national": PhoneNumberFormat.NATIONAL,
}


class Phone(Conversion, frozen=True, kw_only=True):
    """A phone number in E.164, `+4791234567` or `+4791234567;ext=12`; without country code it is one of `region`.

    What is no possible number of one line (a name, two numbers, too few digits) is kept, trimmed: nothing is lost.
    New values are written as `write` says: "e164", "international" or "national".
    """

    name: ClassVar[str] = "phone"
    region: str = ""
    write: Literal["e164", "international", "national"] = "e164"

    def __post_init__(self) -> None:
        if self.region and not is_region(self.region):
            raise ValueError(f"no region {self.region!r}; name a country by two letters, such as NO")

    def decode(self, raw: Raw) -> Value:
        """The number in E.164, or the trimmed text."""
        text = nfc(text_of(raw)).strip()
        return e164(text, self.region) or text

    def encode(self, value: Value, old: Raw) -> Raw:
        """The number as it is written there; in E.164 where that form would be read as another number."""
        if self.write == "e164" or e164(value, "") != value:
            return value
        written = phonenumbers.format_number(phonenumbers.parse(value), _FORMATS[self.write])
        return written if e164(written, self.region) == value else value


def is_region(region: str) -> bool:
    """Whether the two letters name a country with phone numbers."""
    return region in phonenumbers.SUPPORTED_REGIONS


@lru_cache(maxsize=16_384)
def e164(text: str, region: str) -> str | None:
    """The number in E.164, with its extension as `;ext=`; None where text is not one possible number.

    Possible is told by length, not by the ranges in use, so that an update of their list changes no value.
    """
    if not _NUMBER.fullmatch(text):
        return None  # the library would take a number out of any text, and drop the rest
    try:
        number = phonenumbers.parse(text, region or None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    extension = f"{_EXTENSION}{number.extension}" if number.extension else ""
    number.extension = None
    return phonenumbers.format_number(number, PhoneNumberFormat.E164) + extension
