"""Properties of records, as the schemas of an API tell them."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from accord.connectors.openapi.document import Api
from accord.connectors.openapi.resources import Resource

__all__ = ["id_of", "leaves_of", "properties_of", "referring"]

_DEPTH: Final = 3
_FORMATS: Final = {"date": "date", "date-time": "datetime", "time": "time"}
_TYPES: Final = {"integer": "integer", "number": "float", "boolean": "boolean", "string": "string"}
_REFERS: Final = re.compile(r"(?P<name>.+?)(?:_?id|_?Id|ID|\.id)$")


def leaves_of(
    api: Api, schema: Mapping[str, Any], prefix: str = "", depth: int = 0
) -> Iterator[tuple[str, dict[str, Any], str]]:
    """(path, schema, component) of all that is no object, by dotted path; of an object too deep, or without properties
    of its own, the object."""
    for name, told in (schema.get("properties") or {}).items():
        path = f"{prefix}{name}"
        found, component = api.schema(told), api.named(told)[1]
        if found.get("properties") and depth < _DEPTH:
            yield from (
                (inner, spec, each or component)
                for inner, spec, each in leaves_of(api, found, f"{path}.", depth + 1)
            )
        else:
            yield path, found, component


def id_of(api: Api, it: Resource) -> tuple[str, dict[str, Any]] | None:
    """(path, schema) of the id; None: nobody can tell which it is."""
    properties = {name: api.schema(told) for name, told in (it.schema.get("properties") or {}).items()}
    wanted = it.parameter.lower().replace("_", "").replace("-", "")
    for fits in (
        lambda name: name == it.parameter,
        lambda name: name.lower() == "id",
        lambda name: name.lower().replace("_", "") == wanted,
        lambda name: name.lower() in ("uuid", "guid", "key", "number", "_id"),
    ):
        found = [name for name in properties if fits(name)]
        if len(found) == 1 and properties[found[0]].get("type") in ("string", "integer"):
            return found[0], properties[found[0]]
    return None


def properties_of(api: Api, it: Resource, id_path: str, unknown: list[str]) -> dict[str, dict[str, Any]]:
    """Properties by path, as a manifest has them; `unknown` gets what was left out."""
    sent = _sent(api, it.creates, it.wraps)
    changed = _sent(api, it.patches or it.puts, it.wraps)
    required = set(_required(api, it)) if sent else set()
    found: dict[str, dict[str, Any]] = {}
    for path, schema, _ in leaves_of(api, it.schema):
        if path == id_path or schema.get("writeOnly"):
            continue
        spec = _spec(api, path, schema, it.name, unknown)
        if spec is None:
            continue
        if schema.get("readOnly") or ((sent or changed) and path not in sent and path not in changed):
            spec["read_only"] = True
        elif sent and changed and path not in changed:
            spec["create_only"] = True
        if path in required and not spec.get("read_only"):
            spec["required"] = True
        found[path] = spec
    return found


def referring(found: dict[str, dict[str, Any]], targets: Mapping[str, str], name: str) -> None:
    """Mark properties that hold ids of other entity types by their names; `targets` are types of ids by entity type."""
    words = {each.lower(): each for each in targets}
    for path, spec in found.items():
        if spec.get("type", "string") not in ("string", "integer") or "enum" in spec:
            continue
        match = _REFERS.fullmatch(path)
        if match is None:
            continue
        word = re.sub(r"[^a-z0-9]", "", match["name"].rpartition(".")[2].lower())
        target = words.get(word) or words.get(f"{word}s") or words.get(word.removesuffix("s"))
        if target is None and word in ("parent", "manager"):
            target = name
        if target is not None and targets[target] == spec.get("type", "string"):
            spec["reference"] = target
            spec["assumed"] = {"reference": "by its name"}


def _sent(api: Api, operation: dict[str, Any] | None, wraps: str) -> frozenset[str]:
    if operation is None:
        return frozenset()
    return frozenset(
        path for path, schema, _ in leaves_of(api, _body(api, operation, wraps)) if not schema.get("readOnly")
    )


def _required(api: Api, it: Resource) -> Iterator[str]:
    if it.creates is not None:
        yield from _body(api, it.creates, it.wraps).get("required") or []


def _body(api: Api, operation: dict[str, Any], wraps: str) -> dict[str, Any]:
    schema = api.schema(api.body(operation))
    return api.schema((schema.get("properties") or {}).get(wraps)) if wraps else schema


def _spec(
    api: Api, path: str, schema: Mapping[str, Any], name: str, unknown: list[str]
) -> dict[str, Any] | None:
    if any(word in schema for word in ("oneOf", "anyOf")):
        unknown.append(f"{name}.{path}: which of several shapes it has; it was left out")
        return None
    kind = schema.get("type")
    if kind == "array":
        element = api.schema(schema.get("items"))
        if element.get("properties"):
            unknown.append(
                f"{name}.{path}: a list of records; state it as an entity type with `inside`, or leave it"
            )
            return None
        return {"type": "list"}
    if kind == "object":
        return {"type": "object"}
    spec: dict[str, Any] = {}
    made = _FORMATS.get(str(schema.get("format") or ""), _TYPES.get(str(kind or "string"), "string"))
    scale = _scale(schema.get("multipleOf"))
    if scale is not None or schema.get("format") == "decimal":
        made, spec = "decimal", ({} if scale is None else {"scale": scale})
    if made != "string":
        spec = {"type": made, **spec}
    if isinstance(length := schema.get("maxLength"), int) and length > 0:
        spec["max_length"] = length
    choices = [each for each in schema.get("enum") or [] if isinstance(each, str | int)]
    if choices:
        spec["enum"] = choices
    if schema.get("default") is not None and not isinstance(schema["default"], dict | list):
        spec["default"] = schema["default"]
    if words := " ".join(str(schema.get("description") or schema.get("title") or "").split()):
        spec["description"] = words if len(words) <= 120 else f"{words[:117]}..."
    return spec


def _scale(step: Any) -> int | None:
    """Digits after the point of what is a multiple of 0.01."""
    text = f"{step:.10f}".rstrip("0") if isinstance(step, float) else ""
    return len(text.partition(".")[2]) if re.fullmatch(r"0\.0*1", text) else None
