"""Any system as one over REST: so it is played where only its manifest is there, by sandbox, simulation, checklist."""

from typing import Final

from accord.connectorkit.manifest import EntityType, Manifest
from accord.connectorkit.manifest_auth import NoAuth
from accord.connectorkit.manifest_page import CursorPages
from accord.connectorkit.manifest_parts import Changes, TimeSpec, Tombstones, Version

__all__ = ["as_played"]

_BASE_URL: Final = "http://played.example"
_PAGE: Final = CursorPages(style="cursor", size=500, items="items", next="next")
_MODIFIED: Final = TimeSpec(property="_modified")


def as_played(manifest: Manifest) -> Manifest:
    """A manifest of REST with the same entity types and properties, that promises the same; of REST it is the same one,
    but for records inside others, which stand by themselves.

    What the core is told of it, its declarations, are those of the manifest itself.
    """
    is_rest = manifest.kind == "rest"
    if is_rest and not any(it.inside for it in manifest.types.values()):
        return manifest
    types = {
        name: it if is_rest and it.inside is None else _played(f"type-{number}", manifest.by_itself(name))
        for number, (name, it) in enumerate(manifest.types.items())
    }
    if is_rest:
        return manifest.model_copy(update={"types": types})
    over_http = {"auth": NoAuth(), "headers": {}, "identity": None, "webhooks": None}
    return manifest.model_copy(
        update={"kind": "rest", "base_url": _BASE_URL, "options": {}, "types": types, **over_http}
    )


def _played(path: str, it: EntityType) -> EntityType:
    """Changes are asked for by time where the system has a way of its own to tell them."""
    played: dict[str, object] = {"path": path, "page": _PAGE, "options": {}}
    if it.changes is not None and it.changes.format != "version":
        played["modified"] = it.modified or _MODIFIED
        played["changes"] = Changes(parameter="since", format="iso")
    elif it.changes is not None:
        played["changes"] = it.changes.model_copy(update={"parameter": "since"})
    if it.version is not None and not it.version.property:
        played["version"] = Version(
            property="_version",
            etag=True,
            order=it.version.order,
            exact=it.version.exact,
            recurs=it.version.recurs,
        )
    if it.conditional:
        played["conditional"] = "If-Match"
    if it.tombstones is not None:
        played["tombstones"] = Tombstones(property=it.tombstones.property or "_deleted")
    return it.model_copy(update=played)
