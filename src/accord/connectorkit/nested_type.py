"""One entity type whose records stand inside those of another: where its lines are, and what a parent shows of them."""

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any, Final
from urllib.parse import unquote

import msgspec

from accord.connectorkit.http.addresses import quoted
from accord.connectorkit.manifest import EntityType, Manifest
from accord.connectorkit.observe import Observer
from accord.connectorkit.paths import get_at
from accord.core.observation import Observation
from accord.core.values import MISSING

__all__ = ["NestedType", "split_id", "version_of"]

_encode: Final = msgspec.json.Encoder(order="deterministic").encode


class NestedType:
    """See the module. Ids of lines are "PARENT/LINE", each as it stands in an address."""

    def __init__(self, manifest: Manifest, name: str, system: str) -> None:
        self.it = it = manifest.types[name]
        if it.inside is None:
            raise ValueError(f"{name} stands by itself")
        self.name, self.property = f"{system}.{name}", it.inside.property
        self.parent: EntityType = manifest.types[it.inside.type]
        self.parent_mapping = f"{system}.{it.inside.type}"
        listing = self.parent.listing
        self.is_left_out = listing.partial or it.path in listing.omits
        """Listings of parents leave the list out."""
        self._observer = Observer(it)

    def lines(self, payload: Mapping[str, Any]) -> list[Any]:
        """The list in a parent's payload; one that is not there is empty."""
        found = get_at(payload, self.it.path)
        return found if isinstance(found, list) else []

    def own_id(self, line: Any) -> str | None:
        """Id of a line within its parent; None: it has none."""
        return self._observer.id_of(line) if isinstance(line, Mapping) else None

    def id_of(self, parent_id: str, own: str) -> str:
        """Id of a line."""
        return f"{quoted(parent_id)}/{quoted(own)}"

    def record(self, mapping: str, parent: Observation, line: Mapping[str, Any], own: str) -> Observation:
        """What a parent shows of a line."""
        seen = self._observer.observe(mapping, line, parent.how, parent.asked_us, offset_us=parent.offset_us)
        seen.id, seen.version = self.id_of(parent.id, own), version_of(line)
        if seen.modified_us is None:
            seen.modified_us = parent.modified_us
        if seen.payload is not None and parent.payload is not None:
            raw = get_at(parent.payload, self.parent.id.property)
            seen.payload = {**seen.payload, self.property: parent.id if raw is MISSING else raw}
        return seen


def version_of(line: Any) -> str:
    """A line's version: the same content has the same one."""
    return blake2b(_encode(line), digest_size=12).hexdigest()


def split_id(record_id: str) -> tuple[str, str]:
    """(parent's id, own id) in the id of a line; the second is "" in what is none."""
    head, _, tail = record_id.partition("/")
    return unquote(head), unquote(tail)
