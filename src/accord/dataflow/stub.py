"""Drafts manifests for systems that no connector knows, from what documents tell of them; a person completes them."""

from collections.abc import Iterable, Mapping as ReadOnly
from typing import Any

from accord.connectorkit.manifest_parts import IdSpec
from accord.core.types import value_type
from accord.core.wording import known
from accord.dataflow.document import Cell
from accord.dataflow.merge import DraftPair
from accord.dataflow.names import unique_keys
from accord.project.yaml_text import quoted

__all__ = ["stub_data", "stub_text"]

_TYPES = frozenset({"string", "integer", "float", "boolean", "date", "datetime", "time", "object", "list"})


def stub_data(system: str, pairs: Iterable[DraftPair]) -> dict[str, Any]:
    """A manifest of the system as plain data: the entity types, and properties with nested paths and types."""
    types: dict[str, dict[str, dict[str, Any]]] = {}
    for pair in pairs:
        for key, side in ((pair.source, 0), (pair.target, 1)):
            if key.partition(".")[0] != system:
                continue
            properties = types.setdefault(key.partition("#")[0].partition(".")[2], {})
            for draft in pair.rows:
                _add(properties, (draft.row.source, draft.row.target)[side], draft.row.type)
            for alternative in pair.alternatives:
                for combination in alternative.combinations:
                    _add(properties, Cell(combination[side]), "")
    for properties in types.values():
        _nest(properties)
    return {
        "name": system,
        "base_url": "https://example.invalid/",
        "types": {
            name: {"path": path, **_id(types[name]), "update": "patch", "properties": types[name]}
            for name, path in unique_keys(sorted(types), _path).items()
        },
    }


def _id(properties: ReadOnly[str, Any]) -> dict[str, str]:
    """Where ids stand: not in a property that documents fill."""
    name = usual = IdSpec().property
    while any(path.partition(".")[0] == name for path in properties):
        name = f"_{name}"
    return {} if name == usual else {"id": name}


def _add(properties: dict[str, dict[str, Any]], cell: Cell, type_name: str) -> None:
    """The cell's path and those of its conditions; a list that a condition selects from is a list."""
    if not cell.path:
        return
    paths = [each.path for each in cell.conditions if each.path]
    for path in paths:
        shared = _shared(cell.path, path)
        if shared:
            properties[shared] = {"type": "list"}
            return
    for path in paths:
        properties.setdefault(path, {})
    said = _declared(type_name)
    if not properties.get(cell.path):
        properties[cell.path] = said


def _nest(properties: dict[str, dict[str, Any]]) -> None:
    """What stands inside a list is not listed on its own; what has properties inside is an object."""
    for path in sorted(properties):
        names = path.split(".")
        outer = [".".join(names[:end]) for end in range(1, len(names))]
        if any(properties.get(each, {}).get("type") == "list" for each in outer):
            del properties[path]
            continue
        for each in outer:
            if each in properties:
                properties[each] = {"type": "object"}


def _declared(type_name: str) -> dict[str, Any]:
    """Type of a property in a manifest; what a document can not tell is text."""
    try:
        found = value_type(type_name)
    except ValueError:
        return {}
    if found.kind == "decimal":
        return {"type": "decimal", "scale": found.scale}
    if found.kind == "enum":
        return {"enum": list(found.members)}
    if found.kind == "set":
        return {"type": "list"}
    return {"type": found.kind} if found.kind in _TYPES - {"string"} else {}


def _shared(path: str, other: str) -> str:
    """Leading names that both paths have in common, at least one left to each."""
    ours, theirs = path.split("."), other.split(".")
    length = 0
    while length < min(len(ours), len(theirs)) - 1 and ours[length] == theirs[length]:
        length += 1
    return ".".join(ours[:length])


def _path(name: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in name.lower()).strip("-") or "records"


def stub_text(data: ReadOnly[str, Any], title: str, files: Iterable[str]) -> str:
    """The manifest as commented YAML."""
    lines = [
        f"# Drafted from {known(files)}: what those documents tell of {title}.",
        "# Complete base_url, auth and paths, and say how changes are read; `accord check` tells what is missing.",
        f"name: {data['name']}",
        f"title: {quoted(title)}",
        f"base_url: {data['base_url']}  # to be completed",
        "types:",
    ]
    for name, entity in data["types"].items():
        lines += [
            f"  {quoted(name)}:",
            f"    path: {quoted(entity['path'])}",
            *([f"    id: {entity['id']}  # `id` is filled by documents"] if "id" in entity else []),
            f"    update: {entity['update']}",
        ]
        lines += ["    properties:" + ("" if entity["properties"] else " {}")]
        for path, said in sorted(entity["properties"].items()):
            inside = ", ".join(f"{key}: {_flow(value)}" for key, value in said.items())
            lines.append(f"      {quoted(path)}: {{{inside}}}")
    return "\n".join(lines) + "\n"


def _flow(value: Any) -> str:
    return f"[{', '.join(map(quoted, value))}]" if isinstance(value, list) else quoted(value)
