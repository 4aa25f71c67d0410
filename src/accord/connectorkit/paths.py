"""Places in a payload by dotted path: "company.id"; in answers also through lists: "errors[].field"."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from accord.core.values import MISSING, Raw

__all__ = ["copied", "drop_at", "get_at", "getter", "leaves", "put_at", "steps", "values_at"]


def getter(path: str) -> Callable[[Mapping[str, Any]], Raw]:
    """A fast reader of one path: the value there, or MISSING. The empty path is the payload itself."""
    if not path:
        return lambda payload: payload
    *parents, leaf = steps(path)
    if not parents:
        return lambda payload: payload.get(path, MISSING)

    def read(payload: Mapping[str, Any]) -> Raw:
        node: Any = payload
        for name in parents:
            node = node.get(name)
            if not isinstance(node, Mapping):
                return MISSING
        return node.get(leaf, MISSING)

    return read


def steps(path: str) -> list[str]:
    """Names on the way; from a name that begins with @ on it is one, as OData's annotations are: @odata.etag."""
    if "@" not in path:
        return path.split(".") if path else []
    head, _, last = path.partition("@")
    return [*(name for name in head.split(".") if name), f"@{last}"]


def get_at(payload: Any, path: str) -> Raw:
    """Value at a dotted path, or MISSING."""
    node = payload
    for name in steps(path):
        if not isinstance(node, Mapping) or name not in node:
            return MISSING
        node = node[name]
    return node


def put_at(body: dict[str, Any], path: str, value: Any) -> None:
    """Put a value at a dotted path, making the objects on the way; what is no object on the way is replaced."""
    *parents, leaf = steps(path)
    node = body
    for name in parents:
        child = node.get(name)
        if not isinstance(child, dict):
            child = node[name] = {}
        node = child
    node[leaf] = value


def drop_at(body: dict[str, Any], path: str) -> None:
    """Take the value at a dotted path away, if there is one."""
    *parents, leaf = steps(path)
    node: Any = body
    for name in parents:
        node = node.get(name) if isinstance(node, dict) else None
    if isinstance(node, dict):
        node.pop(leaf, None)


def values_at(answer: Any, path: str) -> list[Any]:
    """All values at a path in which "[]" after a name means: in each element of this list. Nulls are left out."""
    nodes = [answer]
    for name in steps(path):
        bare = name.removesuffix("[]")
        if bare:
            nodes = [n[bare] for n in nodes if isinstance(n, Mapping) and bare in n]
        if name.endswith("[]"):
            nodes = [e for n in nodes if isinstance(n, list) for e in n]
    return [n for n in nodes if n is not None]


def copied(node: Any) -> Any:
    """A copy of JSON data that shares nothing with it."""
    if isinstance(node, dict):
        return {name: copied(value) if type(value) in (dict, list) else value for name, value in node.items()}
    if isinstance(node, list):
        return [copied(value) if type(value) in (dict, list) else value for value in node]
    return node


def leaves(
    body: Mapping[str, Any], known: Callable[[str], bool], prefix: str = ""
) -> Iterator[tuple[str, Any]]:
    """(path, value) of a body, descending into objects until a path is `known` or a value is no object."""
    for name, value in body.items():
        path = f"{prefix}{name}"
        if isinstance(value, Mapping) and value and not known(path):
            yield from leaves(value, known, f"{path}.")
        else:
            yield path, value
