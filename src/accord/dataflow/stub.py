"""Drafts manifests for systems that no connector knows, from what documents tell of them; a person completes them.

What documents can not tell (how records are listed, what bears a version) is assumed, and marked so: a sandbox plays
it, a sync reads only what changed, and `accord check` lists what is to be compared with the real system.
"""

from collections.abc import Iterable, Iterator, Mapping as ReadOnly
from typing import Any, Final

from accord.connectorkit.manifest_parts import IdSpec
from accord.core.lens import Element, conditional_place
from accord.core.types import value_type
from accord.core.wording import known
from accord.dataflow.document import Cell
from accord.dataflow.merge import DraftPair
from accord.dataflow.names import unique_keys
from accord.dataflow.row_types import told_types
from accord.project.yaml_text import flow, quoted

__all__ = ["stub_data", "stub_text"]

_TYPES: Final = frozenset(
    {"string", "integer", "float", "boolean", "date", "datetime", "time", "object", "list"}
)
_MODIFIED: Final = ("modifiedAt", "changedAt", "lastChangeAt")
_DELETED: Final = ("deleted", "isDeleted", "isGone")
_ASSUMED: Final = "no document tells it; compare it with the real system"


def stub_data(
    system: str, pairs: Iterable[DraftPair], types: ReadOnly[tuple[str, str], str] | None = None
) -> dict[str, Any]:
    """A manifest of the system as plain data: the entity types, and properties with nested paths and types.

    `types` are those of `told_types`, where many manifests are drafted from the same pairs.
    """
    pairs = list(pairs)
    told = told_types(pairs) if types is None else types
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for key, cell in _cells(pairs):
        owner, _, name = key.partition("#")[0].partition(".")
        if owner == system:
            properties = found.setdefault(name, {})
            if cell is not None and cell.path:
                _add(properties, cell, told.get((key.partition("#")[0], cell.path), ""))
    for properties in found.values():
        _nest(properties)
    named = unique_keys(sorted(found), _path)
    return {
        "name": system,
        "base_url": "https://example.invalid/",
        "defaults": _defaults({path.partition(".")[0] for each in found.values() for path in each}),
        "types": {name: {"path": named[name], **_entity(found[name])} for name in named},
    }


def _cells(pairs: Iterable[DraftPair]) -> Iterator[tuple[str, Cell | None]]:
    """Every end of every pair by its key, and the cells that name properties of it."""
    for pair in pairs:
        for key, side in ((pair.source, 0), (pair.target, 1)):
            yield key, None
            for draft in pair.rows:
                yield key, (draft.row.source, draft.row.target)[side]
            for alternative, _ in pair.alternatives:
                yield from ((key, Cell(each[side])) for each in alternative.combinations)


def _defaults(taken: set[str]) -> dict[str, Any]:
    """What is assumed of every entity type; times and flags have names that no document uses."""
    used = {each.lower() for each in taken}
    modified, deleted = (
        next(
            (name for name in (*names, *(f"{names[0]}{n}" for n in range(2, 9))) if name.lower() not in used),
            names[0],
        )
        for names in (_MODIFIED, _DELETED)
    )
    return {
        "page": {"style": "offset", "items": "items", "assumed": _ASSUMED},
        "modified": {"property": modified, "assumed": _ASSUMED},
        "changes": {
            "parameter": "modifiedSince",
            "format": "iso",
            "assumed": "else every read is a full one",
        },
        "version": {
            "etag": True,
            "order": "opaque",
            "exact": True,
            "assumed": "else two edits could meet unseen",
        },
        "conditional": "If-Match",
        "tombstones": {"property": deleted, "assumed": "else deletes are looked for once a day"},
        "update": "patch",
        "lag_s": 1,
        "confirm_s": 2,
    }


def _entity(properties: ReadOnly[str, dict[str, Any]]) -> dict[str, Any]:
    """An entity type; its ids do not stand in a property that documents fill."""
    name = usual = IdSpec().property
    while any(path.partition(".")[0] == name for path in properties):
        name = f"_{name}"
    return {**({} if name == usual else {"id": name}), "properties": dict(properties)}


def _add(properties: dict[str, dict[str, Any]], cell: Cell, word: str) -> None:
    """The cell's path and those of its conditions; a list that these select from is a list.

    Where they do not say on what each is, the row is left out: they select nothing.
    """
    conditions = {each.path: each.value for each in cell.conditions if each.path}
    is_clear = len(conditions) == len(cell.conditions)
    if is_clear and (around := _list_of(cell.path, conditions)):
        properties[around] = {"type": "list"}
    else:
        for path in conditions:
            properties.setdefault(path, {})
    if not properties.get(cell.path):
        properties[cell.path] = _declared(word)


def _list_of(path: str, conditions: ReadOnly[str, str]) -> str:
    """The list that conditions select from, or ""; a path that is none is left to the loader."""
    try:
        place = conditional_place(path, conditions) if conditions else None
    except ValueError:
        return ""
    return place.list_path if isinstance(place, Element) else ""


def _nest(properties: dict[str, dict[str, Any]]) -> None:
    """What stands inside a list is not listed on its own; what has properties inside is no property itself: a system
    that took it whole would lose what stands beside one of them."""
    for path in sorted(properties):
        names = path.split(".")
        outer = [".".join(names[:end]) for end in range(1, len(names))]
        if any(properties.get(each, {}).get("type") == "list" for each in outer):
            del properties[path]
            continue
        for each in outer:
            properties.pop(each, None)


def _declared(word: str) -> dict[str, Any]:
    """Type of a property in a manifest; what a document can not tell is text."""
    try:
        found = value_type(word)
    except ValueError:
        return {}
    if found.kind == "decimal":
        return {"type": "decimal", "scale": found.scale}
    if found.kind == "enum":
        return {"enum": list(found.members)}
    if found.kind == "set":
        return {"type": "list"}
    return {"type": found.kind} if found.kind in _TYPES - {"string"} else {}


def _path(name: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in name.lower()).strip("-") or "records"


def stub_text(data: ReadOnly[str, Any], title: str, files: Iterable[str]) -> str:
    """The manifest as commented YAML."""
    lines = [
        f"# Drafted from {known(files)}: what those documents tell of {title}.",
        "# Complete base_url, auth and paths, and compare what is assumed; `accord check` tells what is missing.",
        f"name: {data['name']}",
        f"title: {quoted(title)}",
        f"base_url: {data['base_url']}  # to be completed",
        '# auth: {kind: bearer, token: "env:NAME"}',
        "defaults:",
        *(f"  {key}: {flow(value)}" for key, value in data["defaults"].items()),
        "types:",
    ]
    for name, entity in data["types"].items():
        lines += [f"  {quoted(name)}:", f"    path: {quoted(entity['path'])}"]
        lines += [f"    id: {entity['id']}  # `id` is filled by documents"] if "id" in entity else []
        lines += ["    properties:" + ("" if entity["properties"] else " {}")]
        for path, said in sorted(entity["properties"].items()):
            lines.append(f"      {quoted(path)}: {flow(said)}")
    return "\n".join(lines) + "\n"
