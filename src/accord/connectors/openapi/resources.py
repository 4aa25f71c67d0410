"""Finds what an API keeps: collections with the addresses of their records, and what can be done with these."""

import re
from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from accord.connectors.openapi.document import Api

__all__ = ["Resource", "resources"]

_LAST: Final = re.compile(r"(?P<head>.*)/\{(?P<name>[^{}]+)\}/?")
_ITEMS: Final = ("items", "data", "results", "records", "value", "content", "entries", "rows")


class Resource(Struct, kw_only=True):
    """One collection. `items` and `record` are where the list, and one record, stand in answers; `wraps` where a record
    stands in what is sent. `one` is the path of a record, `parameter` its hole. Operations by what they do."""

    name: str
    path: str
    one: str
    parameter: str
    items: str
    record: str
    wraps: str
    schema: dict[str, Any]
    component: str
    listed: dict[str, Any]
    reads: dict[str, Any]
    creates: dict[str, Any] | None
    patches: dict[str, Any] | None
    puts: dict[str, Any] | None
    deletes: dict[str, Any] | None
    listing: dict[str, Any]
    """Schema of the whole answer to the listing."""


def resources(api: Api, unknown: list[str]) -> list[Resource]:
    """All that can be kept in sync, in order; `unknown` gets a sentence for each collection that can not."""
    items = dict(api.paths())
    ones: dict[str, tuple[str, str]] = {}
    for path in items:
        if found := _LAST.fullmatch(path):
            ones.setdefault(found["head"].rstrip("/"), (path, found["name"]))
    found_: list[Resource] = []
    for path, item in items.items():
        operations = api.operations(item)
        if "get" not in operations or _LAST.fullmatch(path):
            continue
        answer, _ = api.reply(operations["get"], "200", "2XX", "default")
        whole = api.schema(answer)
        place = _list_in(api, whole)
        if place is None:
            continue
        if "{" in path:
            unknown.append(
                f"{path}: in whose records it is; write it out in `path`, once for each, or leave it"
            )
            continue
        if path.rstrip("/") not in ones:
            unknown.append(f"{path}: how one of its records is read; it was left out")
            continue
        one, parameter = ones[path.rstrip("/")]
        single = api.operations(items[one])
        if "get" not in single:
            unknown.append(f"{path}: how one of its records is read; it was left out")
            continue
        found_.append(_resource(api, path, place, (one, parameter), operations, single, whole))
    _name_apart(found_)
    return found_


def _resource(
    api: Api,
    path: str,
    place: tuple[str, Any],
    one: tuple[str, str],
    operations: Mapping[str, dict[str, Any]],
    single: Mapping[str, dict[str, Any]],
    whole: dict[str, Any],
) -> Resource:
    items, listed = place
    _, component = api.named(listed)
    answer, _ = api.reply(single["get"], "200", "2XX", "default")
    record, shown = _unwrapped(api, answer, component)
    schema = api.schema(shown) if shown else api.schema(listed)
    short = api.schema(listed)
    schema = {**schema, "properties": {**short.get("properties", {}), **schema.get("properties", {})}}
    wraps = ""
    if "post" in operations:
        wraps, _ = _unwrapped(api, api.body(operations["post"]), component)
    return Resource(
        name=component or _title(path),
        path=path,
        one=one[0],
        parameter=one[1],
        items=items,
        record=record,
        wraps=wraps,
        schema=schema,
        component=component,
        listed=operations["get"],
        reads=single["get"],
        creates=operations.get("post"),
        patches=single.get("patch"),
        puts=single.get("put"),
        deletes=single.get("delete"),
        listing=whole,
    )


def _list_in(api: Api, whole: Mapping[str, Any], prefix: str = "", depth: int = 0) -> tuple[str, Any] | None:
    """(path, schema of an element) of the list of records in an answer; None: there is none, or nobody can tell."""
    if whole.get("type") == "array":
        element = api.schema(whole.get("items"))
        return (prefix, whole.get("items")) if element.get("properties") else None
    if depth > 2:
        return None
    found: list[tuple[str, Any]] = []
    for name, told in (whole.get("properties") or {}).items():
        inner = api.schema(told)
        if inner.get("type") in ("array", "object"):
            deeper = _list_in(api, inner, f"{prefix}.{name}".lstrip("."), depth + 1)
            if deeper is not None:
                found.append(deeper)
    usual = [each for each in found if each[0].rpartition(".")[2] in _ITEMS]
    chosen = usual or found
    return chosen[0] if len(chosen) == 1 or usual else None


def _unwrapped(api: Api, schema: Any, component: str) -> tuple[str, Any]:
    """(name, schema) of the record in an object that holds nothing else of weight; ("", the schema) where it is one."""
    whole, name = api.schema(schema), api.named(schema)[1]
    properties = whole.get("properties") or {}
    if not properties or (name and name == component):
        return "", schema
    inner = [(key, told) for key, told in properties.items() if api.schema(told).get("type") == "object"]
    same = [(key, told) for key, told in inner if component and api.named(told)[1] == component]
    if len(same) == 1 and len(properties) <= 3:
        return same[0]
    if len(properties) == 1 and len(inner) == 1:
        return inner[0]
    return "", schema


def _title(path: str) -> str:
    last = [part for part in path.split("/") if part][-1:] or ["Record"]
    word = "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", last[0]) if part)
    return word or "Record"


def _name_apart(found: list[Resource]) -> None:
    """Two collections of one schema are named after their paths."""
    for name in {it.name for it in found}:
        same = [it for it in found if it.name == name]
        for it in same if len(same) > 1 else ():
            it.name = "".join(_title(part) for part in it.path.split("/") if part and "{" not in part)
    for it in found:
        it.name = re.sub(r"[^A-Za-z0-9_]+", "", it.name) or "Record"
