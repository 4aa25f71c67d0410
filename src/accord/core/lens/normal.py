"""Declared normalisations: what a system is known to make of a value that is written to it (S5).

Functions from canonical to canonical, by name: `trim`, `collapse`, `lower`, `upper`, `title`, `max_length(40)`,
`scale(2)`, `resolution(s)`; several follow one another. Null and MISSING stay what they are, text that becomes blank is
null, and the elements of lists and sets are normalised one by one.
"""

from collections.abc import Callable, Sequence
from typing import Final

from msgspec import Struct

from accord.core.types import decimal_digits, nfc, value_type
from accord.core.values import MISSING, Value

__all__ = ["Normalisation", "normalisation"]


class Normalisation(Struct, frozen=True):
    """A composition of named steps; call it with a canonical value, of a type where one is named."""

    steps: tuple[str, ...]
    type_name: str = ""

    @property
    def fingerprint(self) -> str:
        """The steps, in order."""
        return " | ".join(self.steps)

    def __call__(self, value: Value) -> Value:
        """What the system makes of value, in the canonical spelling of its type."""
        if value is None or value is MISSING:
            return value
        changed = [self._changed(each) for each in value] if isinstance(value, list) else self._changed(value)
        if self.type_name:
            return value_type(self.type_name).canonical(changed)
        return value_type("string").canonical(changed) if isinstance(changed, str) else changed

    def _changed(self, value: Value) -> Value:
        for step in self.steps:
            value = _step(step)(value)
        return value


def normalisation(spec: str | Sequence[str], value_type_name: str = "") -> Normalisation:
    """The normalisation of a name, of names joined by "|", or of a list of names, first to last.

    Properties that are sets need their value type named, for a changed set is sorted anew and loses its repeats.
    Raises: ValueError when a name is not known, listing those that are.
    """
    parts = spec.split("|") if isinstance(spec, str) else spec
    steps = tuple(part.strip() for part in parts)
    for step in steps:
        _step(step)
    return Normalisation(steps, value_type(value_type_name).name if value_type_name else "")


def _step(text: str) -> Callable[[Value], Value]:
    found = _STEPS.get(text)
    if found is not None:
        return found
    name, _, argument = text.partition("(")
    make = _MAKERS.get(name)
    if make is None or not argument.endswith(")"):
        known = ", ".join([*_STEPS, "max_length(n)", "scale(n)", "resolution(s|ms)"])
        raise ValueError(f"no normalisation {text!r}; known: {known}")
    return make(argument[:-1])


def _on_text(change: Callable[[str], str]) -> Callable[[Value], Value]:
    return lambda value: nfc(change(value)) if isinstance(value, str) else value


def _max_length(argument: str) -> Callable[[Value], Value]:
    length = _number(argument, "max_length")
    return _on_text(lambda text: text[:length])


def _scale(argument: str) -> Callable[[Value], Value]:
    scale = _number(argument, "scale")

    def rounded(value: Value) -> Value:
        if isinstance(value, float):
            return float(decimal_digits(value, scale))
        if not isinstance(value, str):
            return value
        kept = len(value.partition(".")[2])  # the property's own scale, in which the value stays spelled
        return decimal_digits(decimal_digits(value, min(scale, kept)), kept)

    return rounded


def _resolution(argument: str) -> Callable[[Value], Value]:
    if argument not in ("s", "ms"):
        raise ValueError(f"no resolution {argument!r}; known: s, ms")
    digits = 3 if argument == "ms" else 0

    def cut(value: Value) -> Value:
        whole, point, fraction = value.removesuffix("Z").partition(".")
        return f"{whole}{point}{fraction[:digits].ljust(len(fraction), '0')}Z"

    return cut


def _number(argument: str, name: str) -> int:
    if not argument.isdecimal():
        raise ValueError(f"{name} needs a whole number, such as {name}(2)")
    return int(argument)


_STEPS: Final[dict[str, Callable[[Value], Value]]] = {
    "trim": _on_text(str.strip),
    "collapse": _on_text(lambda text: " ".join(text.split())),
    "lower": _on_text(str.lower),
    "upper": _on_text(str.upper),
    "title": _on_text(str.title),
}
_MAKERS: Final[dict[str, Callable[[str], Callable[[Value], Value]]]] = {
    "max_length": _max_length,
    "scale": _scale,
    "resolution": _resolution,
}
