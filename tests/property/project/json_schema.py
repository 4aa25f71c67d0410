"""As much of JSON Schema as `accord schema` uses; an unknown keyword is an error, so that none is passed over."""

import re
from typing import Any

__all__ = ["accepts"]

TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
    "array": list,
    "object": dict,
}
SILENT = {"$schema", "$defs", "title", "description", "default"}


def accepts(schema: dict[str, Any], data: Any) -> bool:
    """Whether the schema takes the data."""
    return _accepts(schema, data, schema)


def _accepts(schema: Any, data: Any, root: dict[str, Any]) -> bool:
    if isinstance(schema, bool):
        return schema
    return all(_keyword(key, value, data, schema, root) for key, value in schema.items())


def _keyword(key: str, value: Any, data: Any, schema: dict[str, Any], root: dict[str, Any]) -> bool:  # noqa: C901, PLR0911, PLR0912
    match key:
        case "$ref":
            target: Any = root
            for name in value.removeprefix("#/").split("/"):
                target = target[name]
            return _accepts(target, data, root)
        case "type":
            return any(_is(name, data) for name in (value if isinstance(value, list) else [value]))
        case "const":
            return _same(value, data)
        case "enum":
            return any(_same(each, data) for each in value)
        case "anyOf":
            return any(_accepts(each, data, root) for each in value)
        case "oneOf":
            return sum(_accepts(each, data, root) for each in value) == 1
        case "not":
            return not _accepts(value, data, root)
        case "required":
            return not isinstance(data, dict) or all(name in data for name in value)
        case "properties":
            return not isinstance(data, dict) or all(
                _accepts(each, data[name], root) for name, each in value.items() if name in data
            )
        case "patternProperties":
            return not isinstance(data, dict) or all(
                _accepts(each, inside, root)
                for pattern, each in value.items()
                for name, inside in data.items()
                if re.search(pattern, name)
            )
        case "additionalProperties":
            patterns = schema.get("patternProperties", {})
            known = schema.get("properties", {})
            return not isinstance(data, dict) or all(
                _accepts(value, inside, root)
                for name, inside in data.items()
                if name not in known and not any(re.search(pattern, name) for pattern in patterns)
            )
        case "propertyNames":
            return not isinstance(data, dict) or all(_accepts(value, name, root) for name in data)
        case "minProperties":
            return not isinstance(data, dict) or len(data) >= value
        case "maxProperties":
            return not isinstance(data, dict) or len(data) <= value
        case "items":
            return not isinstance(data, list) or all(_accepts(value, each, root) for each in data)
        case "prefixItems":
            return not isinstance(data, list) or all(
                _accepts(each, part, root) for each, part in zip(value, data, strict=False)
            )
        case "minItems":
            return not isinstance(data, list) or len(data) >= value
        case "maxItems":
            return not isinstance(data, list) or len(data) <= value
        case "uniqueItems":
            return not isinstance(data, list) or len({repr(each) for each in data}) == len(data)
        case "minLength":
            return not isinstance(data, str) or len(data) >= value
        case "pattern":
            return not isinstance(data, str) or re.search(value, data) is not None
        case "minimum":
            return not _is("number", data) or data >= value
        case "maximum":
            return not _is("number", data) or data <= value
        case "exclusiveMinimum":
            return not _is("number", data) or data > value
    assert key in SILENT, f"the test does not know the keyword {key}"
    return True


def _is(name: str, data: Any) -> bool:
    return isinstance(data, TYPES[name]) and (name == "boolean" or not isinstance(data, bool))


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)
