"""Properties that make sense only together, read and written as one value: a group (M8)."""

from collections.abc import Callable, Mapping as ReadOnly
from typing import Any, ClassVar

from msgspec import Struct

from accord.core.lens.base import BuiltLens
from accord.core.model import Place, References
from accord.core.values import MISSING, Raw, Value

__all__ = ["Flag", "Group", "GroupNormal", "Together"]


class Together:
    """Several places read as one raw: a list of what stands at each; MISSING when nothing stands at any."""

    __slots__ = ("places", "whole")

    def __init__(self, *places: Place) -> None:
        self.places = places
        self.whole = any(place.whole for place in places)

    def __reduce__(self) -> tuple[Any, ...]:
        return Together, self.places

    def __repr__(self) -> str:
        return f"Together{self.places!r}"

    def read(self, payload: ReadOnly[str, Any]) -> Raw:
        """List of raws in the order of the places, with MISSING among them where nothing stands."""
        raws = [place.read(payload) for place in self.places]
        return MISSING if all(raw is MISSING for raw in raws) else raws

    def write(self, body: dict[str, Any], raw: Raw, old: ReadOnly[str, Any] | None) -> None:
        """Put each raw at its place, null at all of them when raw is null; MISSING writes nothing."""
        raws = raw if isinstance(raw, list) else [raw] * len(self.places)
        for place, each in zip(self.places, raws, strict=True):
            if each is not MISSING:
                place.write(body, each, old)

    def paths(self) -> tuple[str, ...]:
        """The paths of all places."""
        return tuple(path for place in self.places for path in place.paths())


class Group(BuiltLens, Struct, frozen=True, kw_only=True):
    """One value of several properties, an object by their names; null where all of them are.

    Where one of them says nothing, nor does the group: it is never half of one record and half of another.
    """

    name: ClassVar[str] = "group"
    names: tuple[str, ...]
    lenses: tuple[BuiltLens, ...]

    @property
    def is_lossy(self) -> bool:
        """One of the lenses is."""
        return any(lens.is_lossy for lens in self.lenses)

    def get(self, raw: Raw, refs: References) -> Value:
        """Object of the members' values."""
        if raw is MISSING or raw is None:
            return raw
        values = [lens.get(each, refs) for lens, each in zip(self.lenses, raw, strict=True)]
        if MISSING in values:
            return MISSING
        return None if values.count(None) == len(values) else dict(zip(self.names, values, strict=True))

    def put(self, value: Value, old: Raw, refs: References) -> Raw:
        """List of the members' raws, each as like the old one as can be."""
        if value is MISSING:
            return old
        olds = old if isinstance(old, list) else [old] * len(self.names)
        values = [None] * len(self.names) if value is None else [value[name] for name in self.names]
        return [lens.put(v, o, refs) for lens, v, o in zip(self.lenses, values, olds, strict=True)]


class GroupNormal(Struct, frozen=True, kw_only=True):
    """What a system is declared to make of a group: what it makes of each of its members (S5)."""

    normals: tuple[tuple[str, Callable[[Value], Value]], ...]

    def __call__(self, value: Value) -> Value:
        """The value that comes back."""
        made = {
            name: value[name] if value[name] is None else normal(value[name]) for name, normal in self.normals
        }
        return {**value, **made}


class Flag(BuiltLens, Struct, frozen=True, kw_only=True):
    """True where one word stands, such as a status that means archived, else false; written as `on` or `off` (W8)."""

    name: ClassVar[str] = "flag"
    on: str | int | bool | None
    off: str | int | bool | None

    def get(self, raw: Raw, refs: References) -> Value:
        """True or false; MISSING for MISSING."""
        return MISSING if raw is MISSING else raw == self.on

    def put(self, value: Value, old: Raw, refs: References) -> Raw:
        """The word for it, or what stands there where it says so."""
        if value is MISSING or value is None or (old is not MISSING and self.get(old, refs) == value):
            return old
        return self.on if value else self.off
