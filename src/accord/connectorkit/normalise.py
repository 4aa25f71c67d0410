"""Normalisations that systems apply to what they are sent, by name: "trim", "max_length(40)", "scale(2)" (S5)."""

import re
from collections.abc import Callable, Iterable
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Final, TypeAlias

__all__ = ["NORMALISERS", "Normaliser", "normaliser"]

Normaliser: TypeAlias = Callable[[Any], Any]
"""From a raw value to what the system makes of it. A value it is not meant for comes back as it is."""

_CALL: Final = re.compile(r"([a-z_]+)(?:\((-?\d+)\))?")


def _text(change: Callable[[str], str]) -> Normaliser:
    return lambda raw: change(raw) if isinstance(raw, str) else raw


def _cut(length: int) -> Normaliser:
    return _text(lambda text: text[:length])


def _scale(digits: int, rounding: str = ROUND_HALF_UP) -> Normaliser:
    step = Decimal(1).scaleb(-digits)

    def rounded(raw: Any) -> Any:
        if isinstance(raw, bool) or not isinstance(raw, int | float | str):
            return raw
        try:
            number = Decimal(str(raw)).quantize(step, rounding=rounding)
        except InvalidOperation:
            return raw
        if isinstance(raw, str):
            return str(number)
        return int(number) if isinstance(raw, int) or digits <= 0 else float(number)

    return rounded


_PLAIN: Final[dict[str, Normaliser]] = {
    "trim": _text(str.strip),
    "collapse": _text(lambda text: " ".join(text.split())),
    "lower": _text(str.lower),
    "upper": _text(str.upper),
    "title": _text(str.title),
    "digits": _text(lambda text: re.sub(r"\D", "", text)),
    "blank_null": lambda raw: None if isinstance(raw, str) and not raw.strip() else raw,
}
_COUNTED: Final[dict[str, Callable[[int], Normaliser]]] = {
    "max_length": _cut,
    "scale": _scale,
    "scale_even": lambda digits: _scale(digits, ROUND_HALF_EVEN),
}

NORMALISERS: Final = (*_PLAIN, *(f"{name}(n)" for name in _COUNTED))
"""The names that are known, those with a number as "name(n)"."""


def _one(spec: str) -> Normaliser:
    found = _CALL.fullmatch(spec.replace(" ", ""))
    name, number = found.groups() if found else (spec, None)
    if number is None and name in _PLAIN:
        return _PLAIN[name]
    if number is not None and name in _COUNTED:
        return _COUNTED[name](int(number))
    raise ValueError(f"unknown normalisation; known are {', '.join(NORMALISERS)}")


def normaliser(specs: Iterable[str]) -> Normaliser | None:
    """The normalisations one after the other, as one function; None for none. Raises ValueError: one is unknown."""
    steps = [_one(spec) for spec in specs]
    if not steps:
        return None

    def normalise(raw: Any) -> Any:
        for step in steps:
            raw = step(raw)
        return raw

    return normalise
