"""An OpenAPI document: what its references lead to, and its schemas as one object each."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from posixpath import dirname, normpath
from typing import Any, Final
from urllib.parse import unquote, urljoin

from accord.connectorkit.yaml_lines import read_yaml
from accord.core.errors import ConfigError, StopFlow

__all__ = ["Api", "read_api"]

_DEPTH: Final = 20
_METHODS: Final = ("get", "post", "put", "patch", "delete")


class Api:
    """A document of OpenAPI 3.0 or 3.1. `place` is where it stands: a path or URL, from which references are relative.
    `fetch` gives the text of another document that one refers to, or raises StopFlow."""

    def __init__(self, root: Mapping[str, Any], place: str, fetch: Callable[[str], bytes]) -> None:
        self.root, self.place, self._fetch = root, place, fetch
        self._others: dict[str, Any] = {"": root}

    def resolve(self, node: Any) -> dict[str, Any]:
        """What a node is, its references followed; {} where it is no object. Raises StopFlow: one leads nowhere."""
        return self.named(node)[0]

    def named(self, node: Any) -> tuple[dict[str, Any], str]:
        """See `resolve`; and the last step of the last reference, "" where there was none."""
        name = ""
        for _ in range(_DEPTH):
            if not isinstance(node, dict):
                return {}, name
            ref = node.get("$ref")
            if not isinstance(ref, str):
                return node, name
            beside = {key: value for key, value in node.items() if key != "$ref"}
            node = self._at(ref)
            name = unquote(ref.rpartition("/")[2]).replace("~1", "/").replace("~0", "~")
            if beside and isinstance(node, dict) and "$ref" not in node:
                node = {**node, **beside}
        raise StopFlow(f"the reference to {name} leads in a circle", remedy="Correct it in the document")

    def schema(self, node: Any, depth: int = 0) -> dict[str, Any]:
        """A schema with all that it is made of put together: what allOf names, and null left out of oneOf and anyOf."""
        found = dict(self.resolve(node))
        if depth > _DEPTH:
            return {}
        for word in ("oneOf", "anyOf"):
            real = [each for each in found.get(word) or [] if self.resolve(each).get("type") != "null"]
            if len(real) == 1:
                found = {
                    **{key: value for key, value in found.items() if key != word},
                    **self.schema(real[0], depth + 1),
                }
        merged: dict[str, Any] = {key: value for key, value in found.items() if key != "allOf"}
        for part in found.get("allOf") or []:
            other = self.schema(part, depth + 1)
            properties = {**other.get("properties", {}), **merged.get("properties", {})}
            required = [*other.get("required", []), *merged.get("required", [])]
            merged = {**other, **merged}
            if properties:
                merged |= {"properties": properties, "type": "object"}
            if required:
                merged["required"] = list(dict.fromkeys(required))
        if isinstance(kinds := merged.get("type"), list):  # of 3.1, with null among them
            merged["type"] = next((kind for kind in kinds if kind != "null"), "string")
        if "type" not in merged and "properties" in merged:
            merged["type"] = "object"
        return merged

    def paths(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """(path, what can be done there) in their order."""
        for path, item in (self.root.get("paths") or {}).items():
            yield str(path), self.resolve(item)

    def operations(self, item: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        """Operations of a path by method, each with the path's parameters."""
        shared = item.get("parameters") or []
        found = {}
        for method in _METHODS:
            if isinstance(item.get(method), dict):
                operation = dict(item[method])
                operation["parameters"] = [
                    self.resolve(each) for each in (*shared, *(operation.get("parameters") or []))
                ]
                found[method] = operation
        return found

    def body(self, operation: Mapping[str, Any]) -> dict[str, Any]:
        """Schema of what an operation takes; {}: nothing, or no JSON."""
        return self._json(self.resolve(operation.get("requestBody")))

    def reply(self, operation: Mapping[str, Any], *codes: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Schema and headers of the answer by the first of some statuses that an operation has; ({}, {})."""
        responses = operation.get("responses") or {}
        for code in codes:
            told = responses.get(code, responses.get(int(code)) if code.isdecimal() else None)
            if told is not None:
                response = self.resolve(told)
                return self._json(response), response.get("headers") or {}
        return {}, {}

    def _json(self, holder: Mapping[str, Any]) -> dict[str, Any]:
        content = holder.get("content") or {}
        for kind, told in content.items():
            if "json" in str(kind).lower() and isinstance(told, dict):
                return dict(told.get("schema") or {})
        return {}

    def _at(self, ref: str) -> Any:
        """What a reference leads to."""
        file, _, pointer = ref.partition("#")
        node = self._document(file)
        for step in filter(None, pointer.split("/")):
            name = unquote(step).replace("~1", "/").replace("~0", "~")
            if isinstance(node, Mapping) and name in node:
                node = node[name]
            elif isinstance(node, Sequence) and name.isdecimal() and int(name) < len(node):
                node = node[int(name)]
            else:
                raise StopFlow(f"the reference {ref} leads nowhere", remedy="Correct it in the document")
        return node

    def _document(self, file: str) -> Any:
        """The document of a name relative to the first one, with references that are relative to that, too."""
        if file not in self._others:
            place = file if "://" in file else _beside(self.place, file)
            read = read_yaml(self._fetch(place), place)
            if read.faults:
                raise ConfigError(read.faults)
            self._others[file] = _seen_from_first(read.data, file)
        return self._others[file]


def read_api(text: bytes, place: str, fetch: Callable[[str], bytes]) -> Api:
    """The document in a text. Raises ConfigError: it is no YAML or JSON; StopFlow: it is no OpenAPI."""
    read = read_yaml(text, place)
    if read.faults:
        raise ConfigError(read.faults)
    root = read.data
    version = str(root.get("openapi") or "") if isinstance(root, dict) else ""
    if isinstance(root, dict) and "swagger" in root:
        raise StopFlow(
            f"{place} is a document of Swagger {root['swagger']}",
            remedy="Convert it to OpenAPI 3 first: npx swagger2openapi FILE, or editor.swagger.io",
        )
    if not version.startswith("3."):
        raise StopFlow(f"{place} is no OpenAPI document", remedy="Name a file that begins with openapi: 3.…")
    return Api(root, place, fetch)


def _beside(place: str, file: str) -> str:
    if "://" in place:
        return urljoin(place, file)
    folder = place.replace("\\", "/").rpartition("/")[0]
    return f"{folder}/{file}" if folder else file


def _seen_from_first(node: Any, file: str) -> Any:
    """A part of another document: its references as they would stand in the first one."""
    if isinstance(node, list):
        return [_seen_from_first(each, file) for each in node]
    if not isinstance(node, dict):
        return node
    made = {name: _seen_from_first(each, file) for name, each in node.items()}
    ref = node.get("$ref")
    if isinstance(ref, str) and "://" not in ref:
        other, _, pointer = ref.partition("#")
        target = normpath(f"{dirname(file) or '.'}/{other}") if other else file
        made["$ref"] = f"{target}#{pointer}"
    return made
