"""Lenses on what holds several values: lists, sets, objects, text that joins a list."""

from typing import Any, ClassVar

from msgspec import Struct

from accord.core.lens.base import BuiltLens, Conversion, is_blank, refusal, said_by, text_of
from accord.core.model import References
from accord.core.types import nfc, value_type
from accord.core.values import MISSING, Raw, Value

__all__ = ["List", "Object", "Set", "Split"]


class List(BuiltLens, Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Cast to `list(...)`, each element by the lens `of`. Where one element says nothing, nor does the list.

    `put` hands each element what stood at its position.
    """

    name: ClassVar[str] = "list"
    of: BuiltLens

    @property
    def is_lossy(self) -> bool:
        """The lens of the elements is."""
        return self.of.is_lossy

    def get(self, raw: Raw, refs: References) -> Value:
        """Values of the elements; null for the empty list and for a blank text (S3)."""
        if raw is None or raw is MISSING or is_blank(raw):
            return MISSING if raw is MISSING else None
        if not isinstance(raw, list):
            raise refusal("a list", raw)
        values = [self.of.get(each, refs) for each in raw]
        return MISSING if MISSING in values else self.collected(values)

    def collected(self, values: list[Value]) -> Value:
        """The canonical list of the elements' values."""
        return values

    def put(self, value: Value, old: Raw, refs: References) -> Raw:
        """Raws of the elements, or MISSING when one of them can not be told yet."""
        if value is MISSING or said_by(old, self, refs) == value:
            return old
        if value is None:
            return None
        olds = self.beside(value, old if isinstance(old, list) else [], refs)
        raws = [self.of.put(each, there, refs) for each, there in olds]
        return MISSING if MISSING in raws else raws

    def beside(self, value: list[Value], old: list[Raw], refs: References) -> list[tuple[Value, Raw]]:
        """Each element in the order in which it is written, with the old raw that it replaces."""
        return [(each, old[i] if i < len(old) else MISSING) for i, each in enumerate(value)]


class Set(List, frozen=True, kw_only=True):
    """Cast to `set(...)`; nulls and repeats in the raw list say nothing.

    `put` leaves the elements that stay as and where they stood, and adds the others after them, in sorted order.
    """

    name: ClassVar[str] = "set"

    def collected(self, values: list[Value]) -> Value:
        """Sorted, without nulls and repeats."""
        return sorted(set(values) - {None}) or None

    def beside(self, value: list[Value], old: list[Raw], refs: References) -> list[tuple[Value, Raw]]:
        """Elements that stand in old, then the new ones."""
        stays = {said_by(raw, self.of, refs): raw for raw in reversed(old)}
        kept = [(each, raw) for each, raw in reversed(stays.items()) if each in value]
        return [*kept, *((each, MISSING) for each in value if each not in stays)]


class Object(Conversion, frozen=True, kw_only=True):
    """Cast to `object`: JSON data as one value, in which neither the order of keys nor 1 against 1.0 tells anything."""

    name: ClassVar[str] = "object"

    def decode(self, raw: Raw) -> Value:
        """The object."""
        return value_type("object").canonical(raw)

    def encode(self, value: Value, old: Raw) -> Raw:
        """The object."""
        return value


class Split(Conversion, frozen=True, kw_only=True):
    """A text that joins a list by a `separator`, "a;b;c". White space around elements and empty ones say nothing."""

    name: ClassVar[str] = "split"
    separator: str = ";"

    def __post_init__(self) -> None:
        if not self.separator:
            raise ValueError("split needs a separator")

    def decode(self, raw: Raw) -> Value:
        """List of texts."""
        return [part.strip() for part in nfc(text_of(raw)).split(self.separator) if part.strip()] or None

    def encode(self, value: Value, old: Raw) -> Raw:
        """The elements joined."""
        elements: list[Any] = [text_of(element) for element in value]
        joined = self.separator.join(elements)
        if self.decode(joined) != elements:
            raise ValueError("an element bears the separator, or nothing but white space")
        return joined
