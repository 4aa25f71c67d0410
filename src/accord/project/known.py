"""What a manifest says of an entity type, asked by path: is it known, of which type, may it be written."""

from collections.abc import Iterable, Mapping as ReadOnly

from accord.connectorkit.manifest import EntityType, Manifest
from accord.connectorkit.manifest_parts import PropertySpec
from accord.project.specs import split_key

__all__ = ["known_paths", "known_property", "known_type", "list_around", "near_paths"]

_READ_ONLY_TIME = PropertySpec(type="datetime", read_only=True)
_READ_ONLY_TEXT = PropertySpec(read_only=True)
_ANYTHING = PropertySpec(type="object")


def known_type(manifests: ReadOnly[str, Manifest], key: str) -> EntityType | None:
    """The entity type of a mapping's key ("crm.Contacts#human"), or None: no manifest has it."""
    system, kind, _ = split_key(key)
    return manifests[system].types.get(kind) if system in manifests else None


def known_property(entity: EntityType, path: str) -> PropertySpec | None:
    """What the manifest declares of a path, or None: it does not know it.

    What stands inside a property of type object or list is known, with no more said of it than `object`. Id, times and
    version are known, and read-only, also where they are not among the properties.
    """
    if path in entity.properties:
        return entity.properties[path]
    if path in (stamped := _stamped(entity)):
        return stamped[path]
    names = path.split(".")
    for end in range(len(names) - 1, 0, -1):
        outer = entity.properties.get(".".join(names[:end]))
        if outer is not None and outer.type in ("object", "list"):
            return _ANYTHING
    if any(other.startswith(f"{path}.") for other in entity.properties):
        return _ANYTHING
    return None


def list_around(entity: EntityType, path: str) -> str:
    """The declared list that a path leads into, or ""."""
    names = path.split(".")
    outer = (".".join(names[:end]) for end in range(1, len(names)))
    return next(
        (each for each in outer if each in entity.properties and entity.properties[each].type == "list"), ""
    )


def known_paths(entity: EntityType) -> list[str]:
    """All paths that the manifest names."""
    return sorted({*entity.properties, *_stamped(entity)})


def near_paths(path: str, entity: EntityType) -> Iterable[str]:
    """Paths to choose from instead of an unknown one: those that end alike first."""
    leaf = path.rpartition(".")[2].lower()
    alike = [known for known in known_paths(entity) if known.rpartition(".")[2].lower() == leaf]
    return alike or known_paths(entity)


def _stamped(entity: EntityType) -> ReadOnly[str, PropertySpec]:
    """Properties that the system sets itself: id, version, times."""
    found = {} if entity.id.parts else {entity.id.property: PropertySpec(type=entity.id.type, read_only=True)}
    for time in (entity.modified, entity.created):
        if time is not None:
            found[time.property] = _READ_ONLY_TIME
    if entity.version is not None and entity.version.property:
        found[entity.version.property] = _READ_ONLY_TEXT
    return found
