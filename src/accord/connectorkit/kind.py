"""Kinds of systems: a manifest names one, which is the code that reaches its system.

A kind that comes with Accord is found by its folder, `accord/connectors/NAME/kind.py`; any other one by the entry
point NAME of the group `accord.connectors`, in whatever distribution. Either way it is the object `KIND`, and its
module imports nothing that loads slowly: every command that reads a manifest looks at it.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from accord.connectorkit.http.tokens import TokenStore
from accord.connectorkit.manifest import Manifest
from accord.connectorkit.manifest_faults import Problem
from accord.connectorkit.manifest_parts import Part
from accord.ports.budget import Budget, Rhythm
from accord.ports.clock import Clock
from accord.ports.connector import Connector

__all__ = ["GROUP", "BrokenKindError", "Kind", "NoOptions", "Place", "UnknownKindError", "find_kind", "kinds"]

GROUP = "accord.connectors"
_HERE = "accord.connectors"


class Place(Struct, kw_only=True):
    """All that a connector is made of: one system of one project.

    `url` is where it is, if not where its manifest says; `auth` are settings put over the manifest's way to log in,
    and `secrets` reads a reference such as env:NAME when it is first needed (it raises ConfigError). `folder` is the
    project's: relative paths begin there; in `state` a connector may keep what it can make anew. `budget` says how many
    calls are left for today, `rhythm` where several workers share those of a second. `another` is called when a person
    logged in anew meanwhile (K6).
    """

    system: str
    manifest: Manifest
    clock: Clock
    secrets: Callable[[str], str]
    url: str = ""
    auth: Mapping[str, Any] = field(default_factory=dict)
    folder: Path = Path()
    state: Path = Path(".accord")
    tokens: TokenStore | None = None
    budget: Budget | None = None
    rhythm: Rhythm | None = None
    another: Callable[[], None] = lambda: None


class NoOptions(Part):
    """There are none."""


def _fits(_: Manifest) -> Iterable[Problem]:
    return ()


class Kind(Struct, frozen=True, kw_only=True):
    """One way to reach systems.

    `make` gives the connector of a place; it calls nothing yet, and raises ConfigError: the settings do not fit.
    `options` and `type_options` are the schemas of what manifests may say under `options`, on top and in an entity
    type. `takes` are those settings of entity types that are about HTTP and mean something here too. `check_url` gives
    the address itself, or raises ValueError: "what; remedy". `check` finds what a schema can not say.
    """

    name: str
    title: str
    make: Callable[[Place], Connector]
    options: type[Part] = NoOptions
    type_options: type[Part] = NoOptions
    takes: frozenset[str] = frozenset()
    check_url: Callable[[str], str] = str
    check: Callable[[Manifest], Iterable[Problem]] = _fits


class UnknownKindError(Exception):
    """There is no such kind; its text names those that there are."""


class BrokenKindError(UnknownKindError):
    """A kind that is installed can not be used; its text tells why."""


@cache
def find_kind(name: str) -> Kind:
    """The kind of a name. Raises UnknownKindError, BrokenKindError."""
    if name in _built_in():
        found = import_module(f"{_HERE}.{name}.kind").KIND
    else:
        points = entry_points(group=GROUP, name=name)
        if not points:
            raise UnknownKindError(", ".join(kinds()))
        try:
            found = next(iter(points)).load()
        except (ImportError, AttributeError) as error:
            raise BrokenKindError(f"kind {name} is installed, and can not be loaded: {error}") from None
    if not isinstance(found, Kind):
        raise BrokenKindError(f"kind {name} is installed, and is no Kind of this version of Accord")
    return found


def kinds() -> list[str]:
    """Names of all that are installed, in order."""
    return sorted({*_built_in(), *(point.name for point in entry_points(group=GROUP))})


@cache
def _built_in() -> frozenset[str]:
    spec = find_spec(_HERE)
    folders = [Path(place) for place in (spec.submodule_search_locations or ())] if spec else []
    return frozenset(found.parent.name for folder in folders for found in folder.glob("*/kind.py"))
