"""Drafters: `accord connect WORD TARGET` writes what a system tells of itself into files to begin with.

One that comes with Accord is found by its folder, `accord/connectors/WORD/draft.py`; any other by the entry point WORD
of the group `accord.drafters`. Either way it is the object `DRAFTER`, and its module imports nothing that loads slowly.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import yaml
from msgspec import Struct

__all__ = ["GROUP", "Asked", "Draft", "Drafter", "drafters", "find_drafter", "manifest_yaml"]

GROUP: Final = "accord.drafters"
_HERE: Final = "accord.connectors"
_OF_THE_KIT: Final = {"new": "accord.connectorkit.package"}
_WIDTH: Final = 110


class Asked(Struct, frozen=True, kw_only=True):
    """What a person asked for: `target` is what they named (an address, a file, a folder), `name` what the system is
    to be called, "" where that is left to the drafter; `folder` is where relative paths begin; `flags` those of the
    drafter that were given, with their values. `secrets` reads a reference such as env:NAME (or raises
    ConfigError).
    """

    target: str
    name: str
    folder: Path
    flags: Mapping[str, str]
    secrets: Callable[[str], str]


class Draft(Struct, frozen=True, kw_only=True):
    """What was found.

    `manifest` is a whole one, as plain data, whose name the file gets; `head` are lines of comment above it. `unknown`
    are sentences on what could not be known, `says` lines for the person, as they are (statements for a database, say).
    `files` are other files by relative path, `then` what to do next besides what follows from a manifest.
    """

    manifest: Mapping[str, Any] | None = None
    head: Sequence[str] = ()
    unknown: Sequence[str] = ()
    says: Sequence[str] = ()
    files: Mapping[str, str] = {}
    then: Sequence[str] = ()


class Drafter(Struct, frozen=True, kw_only=True):
    """One way to draft: `word` is what people type, `target` what stands for its argument in help (URL, FILE), `flags`
    are its own options with a line of help each; all of them take a value. `make` raises AccordError, ConfigError: it
    can not be read.
    """

    word: str
    title: str
    target: str
    make: Callable[[Asked], Draft]
    flags: Mapping[str, str] = {}


@cache
def find_drafter(word: str) -> Drafter | None:
    """The drafter of a word; None: there is none."""
    if word in _built_in():
        found: Drafter = import_module(f"{_built_in()[word]}.draft").DRAFTER
        return found
    points = entry_points(group=GROUP, name=word)
    try:
        loaded = next(iter(points)).load() if points else None
    except (ImportError, AttributeError):  # of another version: it is as if it were not there
        return None
    return loaded if isinstance(loaded, Drafter) else None


def drafters() -> list[Drafter]:
    """All that are installed, in order of their words."""
    words = sorted({*_built_in(), *(point.name for point in entry_points(group=GROUP))})
    return [found for word in words if (found := find_drafter(word)) is not None]


@cache
def _built_in() -> Mapping[str, str]:
    """Packages by word."""
    spec = find_spec(_HERE)
    folders = [Path(place) for place in (spec.submodule_search_locations or ())] if spec else []
    words = (found.parent.name for folder in folders for found in folder.glob("*/draft.py"))
    return {**_OF_THE_KIT, **{word: f"{_HERE}.{word}" for word in words}}


class _Flow(dict[str, Any]):
    """Written on one line."""


class _Dumper(yaml.SafeDumper):
    """Repeats what is there twice, so that people may edit each."""

    def ignore_aliases(self, data: Any) -> bool:
        """All."""
        return True


def _flow(dumper: yaml.SafeDumper, data: _Flow) -> yaml.Node:
    return dumper.represent_mapping("tag:yaml.org,2002:map", data, flow_style=True)


_Dumper.add_representer(_Flow, _flow)


def manifest_yaml(manifest: Mapping[str, Any], head: Iterable[str] = ()) -> str:
    """The text of a manifest file: settings in the order given, each property on a line of its own."""
    data = {**manifest, "types": {name: _shown(it) for name, it in manifest["types"].items()}}
    comment = "".join(f"# {line}".rstrip() + "\n" for line in head)
    top = {name: value for name, value in data.items() if name != "types"}
    parts = [comment + _dumped(top), "types:\n"]
    parts += [_indented(_dumped({name: it})) for name, it in data["types"].items()]
    return "\n".join(parts[:1]) + "\n" + parts[1] + "\n".join(parts[2:])


def _shown(it: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: {path: _Flow(spec or {}) for path, spec in value.items()}
        if name == "properties"
        else (_Flow(value) if isinstance(value, Mapping) and name != "options" else value)
        for name, value in it.items()
    }


def _dumped(data: Any) -> str:
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, width=_WIDTH, allow_unicode=True)


def _indented(text: str) -> str:
    return "".join(f"  {line}" if line.strip() else line for line in text.splitlines(keepends=True))
