"""What is known of a property of one system: its name, its declaration, and its values in the records of a sample."""

from collections.abc import Iterator, Mapping as ReadOnly, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from accord.connectorkit.manifest import EntityType
from accord.connectorkit.manifest_parts import PropertySpec
from accord.connectorkit.paths import get_at, leaves
from accord.core.values import MISSING, Raw
from accord.suggesting.names import Name, entity_meanings, read_name

__all__ = ["Field", "Sample", "fields_of", "undeclared"]

_LOOKED_AT: Final = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """Records of an entity type as they were read: ids and payloads, in step. Empty: nothing was read."""

    ids: Sequence[str] = ()
    payloads: Sequence[ReadOnly[str, Any]] = ()
    whole: bool = False
    """There are no more records than these."""
    unread: str = ""
    """Why it could not be read."""
    down: bool = False
    """Its system could not be reached at all."""

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, eq=False, slots=True)
class Field:
    """A property with its values in the order of the sample; what is blank there is None."""

    path: str
    spec: PropertySpec
    name: Name
    values: Sequence[Raw] = ()
    filled: Sequence[int] = field(default=())
    """Positions of the records that have a value."""


def fields_of(type_name: str, entity: EntityType, sample: Sample) -> list[Field]:
    """The properties of an entity type that could be synchronised: none that the system or Accord itself keeps."""
    about = entity_meanings(type_name)
    kept = own_paths(entity)
    found = []
    for path, spec in entity.properties.items():
        if path in kept:
            continue
        values = [_value(get_at(payload, path)) for payload in sample.payloads]
        filled = tuple(at for at, value in enumerate(values) if value is not None)
        found.append(Field(path, spec, read_name(path, about, spec.description), values, filled))
    return found


def undeclared(entity: EntityType, sample: Sample) -> list[str]:
    """Paths that records of a sample have, and the manifest does not name."""
    named = own_paths(entity) | entity.properties.keys()
    found = dict.fromkeys(
        path
        for payload in sample.payloads[:_LOOKED_AT]
        for path, value in leaves(payload, named.__contains__)
        if value is not None
    )
    return [path for path in found if path not in named]


def own_paths(entity: EntityType) -> frozenset[str]:
    """Paths of id, times, version, our id and the like: no property of the thing itself."""
    return frozenset(_own_paths(entity))


def _own_paths(entity: EntityType) -> Iterator[str]:
    yield entity.id.property
    for part in (entity.modified, entity.created, entity.our_id, entity.version, entity.tombstones):
        if part is not None and part.property:
            yield part.property
    if entity.archive is not None:
        yield entity.archive.property
    yield from (entity.creator, entity.successor)


def _value(raw: Raw) -> Raw:
    if raw is MISSING or raw is None or raw in ([], {}):
        return None
    return None if isinstance(raw, str) and not raw.strip() else raw
