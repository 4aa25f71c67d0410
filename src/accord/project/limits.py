"""Limits that a manifest declares, put around a lens: what a system would refuse or change is known beforehand."""

from collections.abc import Callable
from functools import cache

from msgspec import Struct

from accord.connectorkit.manifest_parts import PropertySpec
from accord.connectorkit.normalise import normaliser
from accord.core.lens import BuiltLens
from accord.core.model import NoReferences, References
from accord.core.values import MISSING, Raw, Value

__all__ = ["Limited", "Representation", "limited", "representation"]

_NOBODY = NoReferences()


class Limited(Struct, frozen=True, kw_only=True):
    """A lens whose `put` refuses what is longer, or another word, than the manifest allows (W9)."""

    lens: BuiltLens
    max_length: int | None = None
    enum: tuple[str | int | bool, ...] = ()

    def get(self, raw: Raw, refs: References) -> Value:
        """What the lens reads: a system may hold what it would refuse today."""
        return self.lens.get(raw, refs)

    def put(self, value: Value, old: Raw, refs: References) -> Raw:
        """What the lens writes. Raises ValueError: it is over the limit; the message tells lengths, not values (P2)."""
        raw = self.lens.put(value, old, refs)
        if raw == old or raw is None or raw is MISSING:
            return raw
        if self.max_length is not None and isinstance(raw, str) and len(raw) > self.max_length:
            raise ValueError(f"{len(raw)} characters, at most {self.max_length} are accepted")
        if self.enum and raw not in self.enum:
            raise ValueError(f"not one of the values that are accepted: {', '.join(map(str, self.enum))}")
        return raw


class Representation(Struct, frozen=True, kw_only=True):
    """What a system is declared to make of a canonical value (S5): written, normalised as raw, read again."""

    lens: BuiltLens
    steps: tuple[str, ...]

    def __call__(self, value: Value) -> Value:
        """The value that comes back; the value itself where the lens can not tell it."""
        normalise = _normaliser(self.steps)
        try:
            return self.lens.get(normalise(self.lens.put(value, MISSING, _NOBODY)), _NOBODY)
        except ValueError:
            return value


@cache
def _normaliser(steps: tuple[str, ...]) -> Callable[[Raw], Raw]:
    return normaliser(steps) or (lambda raw: raw)


def limited(lens: BuiltLens, declared: PropertySpec | None) -> BuiltLens | Limited:
    """The lens with the limits of a declaration, or itself where there are none.

    A length that the system is declared to cut to is no limit: what it makes of a value is a representation.
    """
    if declared is None:
        return lens
    cuts = any(step.startswith("max_length") for step in declared.normalises)
    length = None if cuts or declared.type != "string" else declared.max_length
    if length is None and not declared.enum:
        return lens
    return Limited(lens=lens, max_length=length, enum=declared.enum)


def representation(lens: BuiltLens, declared: PropertySpec | None) -> Representation | None:
    """What the declaration says that the system makes of values, or None."""
    if declared is None or not declared.normalises:
        return None
    return Representation(lens=lens, steps=declared.normalises)
