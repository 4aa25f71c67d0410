"""Names of systems and entity types: as documents spell them, and as a project's configuration does."""

import re
from collections.abc import Iterable

__all__ = ["display_name", "entity_key", "system_keys"]


def system_keys(names: Iterable[str]) -> dict[str, str]:
    """A key for every system name, `wix_com` for "Wix.com"; names that differ in case alone share one."""
    keys: dict[str, str] = {}
    by_lower: dict[str, str] = {}
    for name in names:
        lower = name.strip().lower()
        if lower not in by_lower:
            by_lower[lower] = _free(_key(name), set(by_lower.values()))
        keys[name] = by_lower[lower]
    return keys


def _key(name: str) -> str:
    plain = re.sub(r"[^a-z0-9]+", "_", name.strip().lower()).strip("_")
    if not plain:
        return "unnamed"
    return plain if plain[0].isalpha() else f"system_{plain}"


def _free(wanted: str, taken: set[str]) -> str:
    number, name = 2, wanted
    while name in taken:
        name, number = f"{wanted}_{number}", number + 1
    return name


def display_name(key: str, title: str | None = None) -> str:
    """The system's name in documents: its title, else its key with a capital, as long as that leads back to the key."""
    if title:
        return title
    name = key[:1].upper() + key[1:]
    return name if _key(name) == key else key


def entity_key(system: str, name: str, facet: str) -> str:
    """Key of an entity type, or of its facet, in a project: "crm.Customer#human"."""
    plain = (name or "Unnamed").replace("#", "_")
    return f"{system}.{plain}" + (f"#{facet.replace('#', '_')}" if facet else "")
