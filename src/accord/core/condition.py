"""Conditions on golden values: for which golden records something holds (W6)."""

from collections.abc import Sequence

from msgspec import Struct

from accord.core.values import Value

__all__ = ["Wish"]


class Wish(Struct, frozen=True, kw_only=True):
    """What a condition wants of a golden property: one of `values`, or none of them where it is `negated`; where
    `present` is said, only whether there is a value at all. Values are canonical."""

    column: int
    name: str
    values: tuple[Value, ...] = ()
    negated: bool = False
    present: bool | None = None
    member: str = ""
    """The member of a group that is meant (M8)."""

    def is_met(self, values: Sequence[Value]) -> bool:
        """True for a golden record that has these values."""
        value = values[self.column]
        if self.member and isinstance(value, dict):
            value = value.get(self.member)
        if self.present is not None:
            return (value is not None) == self.present
        return any(_same(value, wanted) for wanted in self.values) != self.negated


def _same(value: Value, wanted: Value) -> bool:
    return bool(value == wanted) and isinstance(value, bool) == isinstance(wanted, bool)
