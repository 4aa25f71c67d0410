"""Reads and writes at a spot of a payload, without the lenses and places of the product that is looked at."""

import unicodedata
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from accord.connectorkit.manifest import EntityType
from accord.connectorkit.manifest_parts import PropertySpec
from accord.core.values import MISSING
from accord.qa.checklist import Spot

__all__ = ["is_blank", "is_same", "place", "put", "value_at"]

_BLANK: Final[tuple[Any, ...]] = (None, "", [], {})
_NO_SPEC: Final = PropertySpec()


def _names(path: str) -> list[str]:
    return [name.replace("\0", ".") for name in path.replace("\\.", "\0").split(".")] if path else []


def place(spot: Spot) -> tuple[list[str], list[str], list[tuple[list[str], Any]]]:
    """The container that the conditions of a spot choose in, the way on from it, and they themselves from there."""
    path, conditions = _names(spot.path), [(_names(name), value) for name, value in spot.when]
    shared = 0
    while conditions and all(
        len(names) > shared + 1 and names[shared] == path[shared]
        for names in [path, *(c for c, _ in conditions)]
    ):
        shared += 1
    return path[:shared], path[shared:], [(names[shared:], value) for names, value in conditions]


def _walked(node: Any, names: list[str]) -> Any:
    """What stands at the end of names; through a list by its first element."""
    for name in names:
        if isinstance(node, list):
            node = node[0] if node else None
        if node is None:
            return None
        if not isinstance(node, Mapping) or name not in node:
            return MISSING
        node = node[name]
    return node


def _meets(node: Any, conditions: list[tuple[list[str], Any]]) -> bool:
    return all(_is_met(_walked(node, names), value) for names, value in conditions)


def _is_met(raw: Any, wanted: Any) -> bool:
    """A record holds what a condition wants; a text stands for the number or truth value that it spells."""
    if isinstance(wanted, str) and isinstance(raw, bool | int | float):
        return str(raw).casefold() == wanted.casefold()
    return is_same(raw, wanted)


def value_at(payload: Mapping[str, Any], spot: Spot) -> Any:
    """The raw value at a spot; MISSING where there is none."""
    container, way, conditions = place(spot)
    node = _walked(payload, container)
    if conditions and isinstance(node, list):
        node = next((element for element in node if _meets(element, conditions)), None)
    elif conditions and not _meets(node, conditions):
        return MISSING
    return _walked(node, way)


def put(body: dict[str, Any], spot: Spot, value: Any, it: EntityType) -> None:
    """Put a value at a spot, making what is missing on the way; `it` tells what is a list."""
    container, way, conditions = place(spot)
    if conditions and container and _is_list(it, container, _walked(body, container)):
        holder = _element(body, container, conditions)
    else:
        holder = _opened(body, container, it, [])
    for names, wanted in conditions:
        _opened(holder, names[:-1], it, container)[names[-1]] = wanted
    _opened(holder, way[:-1], it, container)[way[-1]] = value


def _is_list(it: EntityType, names: list[str], there: Any) -> bool:
    spec = it.properties.get(".".join(names))
    return isinstance(there, list) or (
        spec is not None and spec.type == "list" and not isinstance(there, dict)
    )


def _opened(node: dict[str, Any], names: list[str], it: EntityType, before: list[str]) -> dict[str, Any]:
    """The object at the end of names, made where it is missing; in a list the first element."""
    for index, name in enumerate(names):
        there = node.get(name)
        if _is_list(it, [*before, *names[: index + 1]], there):
            elements = there if isinstance(there, list) else []
            node[name] = elements
            if not elements or not isinstance(elements[0], dict):
                elements.insert(0, {})
            node = elements[0]
            continue
        if not isinstance(there, dict):
            there = node[name] = {}
        node = there
    return node


def _element(
    body: dict[str, Any], container: list[str], conditions: list[tuple[list[str], Any]]
) -> dict[str, Any]:
    """The element that meets the conditions; a new one at the end where there is none."""
    node = body
    for name in container[:-1]:
        node = node.setdefault(name, {})
    there = node.get(container[-1])
    elements = list(there) if isinstance(there, list) else []
    node[container[-1]] = elements
    found = next((e for e in elements if isinstance(e, dict) and _meets(e, conditions)), None)
    if found is None:
        found = {}
        elements.append(found)
    return found


def is_blank(raw: Any) -> bool:
    """Null, absent, an empty text, list or object."""
    return raw is MISSING or (not isinstance(raw, bool) and raw in _BLANK)


def is_same(raw: Any, wanted: Any, spec: PropertySpec | None = None) -> bool:
    """What a record shows is what the checklist says, by the type that the property has in the manifest."""
    if wanted is None:
        return is_blank(raw)
    if raw is MISSING or raw is None or isinstance(raw, bool) != isinstance(wanted, bool):
        return False
    kind = (spec or _NO_SPEC).type
    if kind in ("decimal", "integer", "float"):
        one, other = _number(raw), _number(wanted)
        if one is not None and other is not None:
            return one == other
    if kind == "datetime" and isinstance(raw, str) and isinstance(wanted, str):
        at = _instant(wanted)
        return raw == wanted or (at is not None and _instant(raw) == at)
    if isinstance(raw, str) and isinstance(wanted, str):
        return unicodedata.normalize("NFC", raw) == unicodedata.normalize("NFC", wanted)
    if isinstance(raw, list) and isinstance(wanted, list):
        return len(raw) == len(wanted) and all(is_same(r, w) for r, w in zip(raw, wanted, strict=True))
    if isinstance(raw, Mapping) and isinstance(wanted, Mapping):
        return all(is_same(raw.get(name, MISSING), wanted.get(name)) for name in {*raw, *wanted})
    return bool(raw == wanted)


def _number(raw: Any) -> Decimal | None:
    try:
        return Decimal(str(raw)) if not isinstance(raw, bool) else None
    except InvalidOperation:
        return None


def _instant(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
