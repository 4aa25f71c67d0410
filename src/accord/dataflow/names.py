"""Names of systems and entity types: as documents spell them, and as a project's configuration does."""

import re
from collections.abc import Callable, Iterable
from itertools import count
from typing import Final

__all__ = ["display_name", "entity_key", "is_unnamed", "system_keys", "unique_keys"]

_UNNAMED: Final = "unnamed"


def system_keys(names: Iterable[str]) -> dict[str, str]:
    """A key for every system name, `wix_com` for "Wix.com"; names that differ in case alone share one."""
    spelled = list(names)
    keys = unique_keys(dict.fromkeys(name.strip().lower() for name in spelled), _key)
    return {name: keys[name.strip().lower()] for name in spelled}


def unique_keys(names: Iterable[str], key: Callable[[str], str]) -> dict[str, str]:
    """A key for every name, with a number where two names have the same one."""
    keys: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        plain = key(name)
        tries = (plain if number == 1 else f"{plain}_{number}" for number in count(1))
        keys[name] = next(each for each in tries if each not in taken)
        taken.add(keys[name])
    return keys


def _key(name: str) -> str:
    plain = re.sub(r"[^a-z0-9]+", "_", name.strip().lower()).strip("_")
    if not plain:
        return _UNNAMED
    return plain if plain[0].isalpha() else f"system_{plain}"


def display_name(key: str, title: str | None = None) -> str:
    """The system's name in documents: its title, else its key with a capital, as long as that leads back to the key."""
    if title:
        return title
    name = key[:1].upper() + key[1:]
    return name if _key(name) == key else key


def is_unnamed(key: str, title: str | None = None) -> bool:
    """Whether a system has its key for want of a name in the documents."""
    return not title and re.fullmatch(rf"{_UNNAMED}(_\d+)?", key) is not None


def entity_key(system: str, name: str, facet: str) -> str:
    """Key of an entity type, or of its facet, in a project: "crm.Customer#human"."""
    plain = (name or "Unnamed").replace("#", "_")
    return f"{system}.{plain}" + (f"#{facet.replace('#', '_')}" if facet else "")
