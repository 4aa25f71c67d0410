"""Lenses one after the other."""

from typing import ClassVar

from msgspec import Struct

from accord.core.lens.base import BuiltLens, said_by
from accord.core.model import References
from accord.core.values import MISSING, Raw, Value

__all__ = ["Chain"]


class Chain(BuiltLens, Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`get` goes through the lenses from the raw to the value, `put` back; a chain of lawful lenses is lawful."""

    name: ClassVar[str] = "chain"
    lenses: tuple[BuiltLens, ...]

    @property
    def is_lossy(self) -> bool:
        """One of the lenses is."""
        return any(lens.is_lossy for lens in self.lenses)

    def get(self, raw: Raw, refs: References) -> Value:
        """What the last lens says of what the others say."""
        for lens in self.lenses:
            raw = lens.get(raw, refs)
        return raw

    def put(self, value: Value, old: Raw, refs: References) -> Raw:
        """What the first lens writes of what the others write; each sees the old that its place in the chain has."""
        if value is MISSING:
            return old
        olds = [old]
        for lens in self.lenses[:-1]:
            olds.append(said_by(olds[-1], lens, refs))
        for lens, there in zip(reversed(self.lenses), reversed(olds), strict=True):
            value = lens.put(value, there, refs)
            if value is MISSING:  # it can not be written yet, whatever the others would make of nothing
                return MISSING
        return value
