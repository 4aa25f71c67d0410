"""What is asked for of a record: the properties of its entity type, as a selection."""

from typing import Any

from accord.connectorkit.manifest import EntityType
from accord.connectorkit.paths import put_at

__all__ = ["selection"]


def selection(it: EntityType) -> str:
    """The properties that are declared, and those that tell ids, versions and times: { id name company { id } }."""
    specs = (it.version, it.modified, it.created, it.our_id, it.tombstones, it.archive)
    paths = [
        it.id.property,
        *it.properties,
        *(spec.property for spec in specs if spec is not None and spec.property),
    ]
    tree: dict[str, Any] = {}
    for path in dict.fromkeys(filter(None, (*paths, it.creator, it.successor))):
        put_at(tree, path, None)
    return _written(tree)


def _written(tree: dict[str, Any]) -> str:
    parts = (f"{name} {_written(inner)}" if inner else name for name, inner in tree.items())
    return f"{{ {' '.join(parts)} }}"
