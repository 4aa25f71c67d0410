"""An entity type compiled for playing: what it checks, what it makes of values, what it stamps."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from accord.connectorkit.manifest import EntityType
from accord.connectorkit.manifest_parts import PropertySpec
from accord.connectorkit.normalise import normaliser
from accord.connectorkit.paths import leaves, steps
from accord.connectorkit.times import time_writer
from accord.testing.system_model.answers import Complaint

__all__ = ["Shape"]


class Shape:
    """What one entity type knows of its properties.

    `stamped` are the paths that the system alone writes: id, version, times, creator, flags. `unique` are the indexed
    paths that are unique, `indexed` those with an index. `given` is the path of the id where it is a property that
    whoever creates a record fills in, as an article's number; else "". `lists` are those of records inside a record,
    each with their shape.
    """

    def __init__(self, it: EntityType, lists: Mapping[str, "Shape"] | None = None) -> None:
        self.it, self.lists = it, lists or {}
        self.specs = dict(it.properties)
        if it.our_id and it.our_id.property not in self.specs:
            self.specs[it.our_id.property] = PropertySpec(unique=it.our_id.unique)
        own = it.properties.get(it.id.property)
        self.given = it.id.property if own is not None and not own.read_only else ""
        self.stamped = frozenset(_stamped(it)) - {self.given}
        self.unique = tuple(p for p, s in self.specs.items() if s.unique and p not in self.stamped)
        if it.our_id and it.our_id.unique and it.our_id.property not in self.unique:
            self.unique += (it.our_id.property,)
        self.indexed = (*self.unique, it.our_id.property) if it.our_id else self.unique
        self.required = tuple(p for p, s in self.specs.items() if s.required)
        self.defaults = {p: s.default for p, s in self.specs.items() if s.default is not None}
        self._normalise = {p: n for p, s in self.specs.items() if (n := normaliser(s.normalises)) is not None}
        self._parents = frozenset(_parents((*self.specs, *self.stamped)))
        self.modified = (
            time_writer(it.modified.format, it.modified.zone, it.modified.resolution) if it.modified else None
        )
        self.created = (
            time_writer(it.created.format, it.created.zone, it.created.resolution) if it.created else None
        )

    def known(self, path: str) -> bool:
        """It is a property, stamped or not."""
        return path in self.specs or path in self.stamped

    def changes(self, body: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        """(path, value) of what a body sets; null for an object is null for each property in it."""
        for path, value in leaves(body, self.known):
            if path in self._parents and not self.known(path):
                if value is None:
                    yield from ((p, None) for p in self.specs if p.startswith(f"{path}."))
            else:
                yield path, value

    def complaints(self, path: str, value: Any) -> Iterator[Complaint]:
        """All that is wrong with a value, by itself; in a list of records, with those."""
        if fault := self.complaint(path, value):
            yield fault
        inner = self.lists.get(path)
        if inner is None or not isinstance(value, list):
            return
        for index, item in enumerate(value):
            told = dict(inner.changes(item)) if isinstance(item, dict) else {}
            for name, each in told.items():
                if name in inner.specs and (fault := inner.complaint(name, each)):
                    yield Complaint(fault.message, f"{path}[{index}].{name}")

    def normalised(self, path: str, value: Any) -> Any:
        """What the system is declared to make of a value."""
        change = self._normalise.get(path)
        return change(value) if change else value

    def complaint(self, path: str, value: Any) -> Complaint | None:
        """What is wrong with a value, by itself."""
        spec = self.specs.get(path)
        if spec is None:
            return Complaint("there is no such property", path)
        if value is None:
            return None
        if not _TYPES[spec.type](value):
            return Complaint(f"must be of type {spec.type}", path)
        if spec.max_length is not None and isinstance(value, str) and len(value) > spec.max_length:
            return Complaint(f"is longer than {spec.max_length} characters", path)
        if spec.enum and value not in spec.enum:
            return Complaint(f"must be one of {', '.join(map(str, spec.enum))}", path)
        return None


def _stamped(it: EntityType) -> Iterator[str]:
    if not it.id.parts:
        yield it.id.property
    if it.version and it.version.property:
        yield it.version.property
    for spec in (it.modified, it.created):
        if spec:
            yield spec.property
    if it.tombstones and it.tombstones.property:
        yield it.tombstones.property
    yield from filter(None, (it.creator, it.successor))


def _parents(paths: tuple[str, ...]) -> Iterator[str]:
    for path in paths:
        names = steps(path)
        yield from (".".join(names[:end]) for end in range(1, len(names)))


def _reads(parse: Callable[[str], object]) -> Callable[[Any], bool]:
    def test(value: Any) -> bool:
        try:
            parse(value)
        except (ValueError, TypeError, InvalidOperation):
            return False
        return isinstance(value, str)

    return test


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_TYPES: dict[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "decimal": lambda value: _is_number(value) or _reads(Decimal)(value),
    "float": _is_number,
    "boolean": lambda value: isinstance(value, bool),
    "date": _reads(date.fromisoformat),
    "datetime": _reads(datetime.fromisoformat),
    "time": _reads(time.fromisoformat),
    "object": lambda value: isinstance(value, dict),
    "list": lambda value: isinstance(value, list),
}
