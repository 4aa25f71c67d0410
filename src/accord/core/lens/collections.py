"""Lenses on what holds several values: lists, sets, objects, text that joins a list."""

from typing import Any, ClassVar

from msgspec import Struct

from accord.core.lens.base import BuiltLens, Conversion, is_blank, refusal, said_by, text_of
from accord.core.model import References
from accord.core.types import nfc, value_type
from accord.core.values import MISSING, Raw, Value

__all__ = ["Elements", "Keyed", "List", "Object", "Set", "Split"]


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


class Keyed(List, frozen=True, kw_only=True):
    """Cast to `list(object by key)`: objects that are told apart by what stands under `key`; their order says nothing.

    `put` leaves the elements that stay where they stood, and adds the others after them.
    """

    name: ClassVar[str] = "keyed"
    key: str

    def collected(self, values: list[Value]) -> Value:
        """In the order of their keys. Raises ValueError: one has no key, or two have one."""
        return value_type(f"list(object by {self.key})").canonical(values)

    def beside(self, value: list[Value], old: list[Raw], refs: References) -> list[tuple[Value, Raw]]:
        """Elements whose key stands in old, in its order, then the new ones."""
        by_key = {each[self.key]: each for each in value}
        said = [(said_by(raw, self.of, refs), raw) for raw in old]
        olds = {
            each[self.key]: raw
            for each, raw in said
            if isinstance(each, dict) and _is_key(each.get(self.key))
        }
        kept = [(by_key[key], raw) for key, raw in olds.items() if key in by_key]
        return [*kept, *((each, MISSING) for key, each in by_key.items() if key not in olds)]


class Elements(BuiltLens, Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A list of as many elements as there are places: one, or one for each of several paths (M5).

    `put` leaves the elements that stay where they stand, gives the places of the others to the first of those that do
    not stand there yet, and leaves out what finds no place; so it is lossy.
    """

    name: ClassVar[str] = "elements"
    parts: tuple[str, ...] = ()

    @property
    def is_lossy(self) -> bool:
        """What finds no place is not told."""
        return True

    def get(self, raw: Raw, refs: References) -> Value:
        """List of what stands at the places, without nulls; null where nothing does."""
        if raw is MISSING:
            return MISSING
        raws = self._raws(raw)
        return (
            MISSING
            if MISSING in raws
            else [each for each in raws if each is not None and not is_blank(each)] or None
        )

    def put(self, value: Value, old: Raw, refs: References) -> Raw:
        """What stands at the places, with what is gone replaced."""
        if value is MISSING or said_by(old, self, refs) == value:
            return old
        wanted = list(value or ())
        there = [each if each in wanted else None for each in self._raws(old)]
        new = iter([each for each in wanted if each not in there])
        raws = [each if each is not None else next(new, None) for each in there]
        return dict(zip(self.parts, raws, strict=True)) if len(self.parts) > 1 else raws[0]

    def _raws(self, raw: Raw) -> list[Raw]:
        if len(self.parts) < 2:
            return [raw]
        return [raw.get(part, MISSING) if isinstance(raw, dict) else raw for part in self.parts]


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


def _is_key(told: Value) -> bool:
    """What may tell an element from the others."""
    return type(told) in (str, int)
