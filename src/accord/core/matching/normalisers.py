"""Normalisers: the comparable text of a canonical value, by the kind of thing that it identifies (L2).

A normaliser gives None when the value identifies nothing: null, MISSING, blank, not of its kind, or on the
non-identifying list (info@..., 000..., 999...). Normalising twice changes nothing. Equality of values is never this
one: a corrected capital is a change, and a match.
"""

import re
from collections.abc import Callable
from typing import Final
from unicodedata import category, normalize

from accord.core.lens.phone import e164
from accord.core.matching.placeholders import (
    PLACEHOLDER_DATES,
    PLACEHOLDER_WORDS,
    SHARED_MAILBOXES,
    is_filler,
)
from accord.core.types import nfc
from accord.core.values import Value

__all__ = [
    "alphanumeric",
    "date",
    "digits",
    "email",
    "exact",
    "phone",
    "prefix",
    "sorted_tokens",
    "sound",
    "text",
]

_NOT_ALPHANUMERIC: Final = re.compile(r"[\W_]+")
_NOT_DIGITS: Final = re.compile(r"[^0-9]+")
_SOUNDS: Final = str.maketrans("BFPVCGJKQSXZDTLMNR", "111122222222334556")


def exact(value: Value) -> str | None:
    """The text as it is; a number or truth value in its JSON text."""
    if isinstance(value, str):
        return value if value.strip() else None
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else None


def text(value: Value) -> str | None:
    """Compatible forms unified (NFKC), case folded, one space between words; placeholders ("n/a") identify nothing."""
    whole = exact(value)
    if whole is None:
        return None
    folded = " ".join(_folded(whole).split())
    return None if not folded or folded in PLACEHOLDER_WORDS else folded


def email(value: Value) -> str | None:
    """An address in folded case; None for shared mailboxes and for what is no address."""
    if not isinstance(value, str):
        return None
    address = value.strip().lower() if value.isascii() else _folded(value).strip()
    mailbox, _, domain = address.rpartition("@")
    if not mailbox or not domain or " " in address or mailbox in SHARED_MAILBOXES:
        return None
    return address


def phone(region: str = "") -> Callable[[Value], str | None]:
    """Maker: a number in E.164 without extension; one without country code is of `region`, or identifies nothing."""

    def normalised(value: Value) -> str | None:
        whole = exact(value)
        number = None if whole is None else e164(whole.strip(), region)
        if number is None:
            return None
        number = number.partition(";")[0]
        return None if is_filler(number[-8:]) else number

    return normalised


def alphanumeric(value: Value) -> str | None:
    """Letters in upper case and digits alone, for organisation numbers, SKUs, own ids: "974 760-673" is "974760673"."""
    whole = exact(value)
    if whole is None:
        return None
    kept = _NOT_ALPHANUMERIC.sub("", _folded(whole)).upper()
    return None if not kept or is_filler(kept) else kept


def digits(value: Value) -> str | None:
    """Digits alone ("NO 974 760 673 MVA" is "974760673"); fewer than three identify nothing."""
    whole = exact(value)
    kept = "" if whole is None else _NOT_DIGITS.sub("", normalize("NFKC", whole))
    return None if len(kept) < 3 or is_filler(kept) else kept


def date(value: Value) -> str | None:
    """The date of a date or datetime; None for those that systems put in place of none."""
    if not isinstance(value, str):
        return None
    day = value[:10]
    return None if len(day) < 10 or day in PLACEHOLDER_DATES else day


def prefix(length: int) -> Callable[[Value], str | None]:
    """Maker: the first characters of the normalised text, `prefix(1)` an initial; None where there are fewer."""

    def normalised(value: Value) -> str | None:
        whole = text(value)
        return None if whole is None or len(whole) < length else whole[:length].rstrip()

    return normalised


def sorted_tokens(value: Value) -> str | None:
    """The words of the normalised text, without punctuation, in sorted order: "Berg, Anne" is "anne berg"."""
    whole = text(value)
    tokens = [] if whole is None else _NOT_ALPHANUMERIC.sub(" ", whole).split()
    return " ".join(sorted(tokens)) or None


def sound(value: Value) -> str | None:
    """Soundex of the first word, with accents left out: "Meier" and "Meyer" are "M600". For proposals (L7)."""
    whole = text(value)
    if whole is None:
        return None
    plain = "".join(c for c in normalize("NFD", whole.split()[0].upper()) if "A" <= c <= "Z")
    if not plain:
        return None
    code, last = plain[0], plain[0].translate(_SOUNDS)
    for letter in plain[1:]:
        number = letter.translate(_SOUNDS)
        if number.isdigit() and number != last:
            code += number
        if letter not in "HW":  # they do not part equal sounds
            last = number
    return f"{code:0<4.4}"


def _folded(whole: str) -> str:
    """NFKC and folded case, to the point where doing it again changes nothing."""
    if whole.isascii():
        return whole.lower()
    folded = normalize("NFKC", normalize("NFKC", normalize("NFD", nfc(whole)).casefold()).casefold())
    return "".join(c for c in folded if category(c) != "Cf")  # marks that nobody sees
