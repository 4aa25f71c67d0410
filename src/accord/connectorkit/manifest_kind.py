"""What a manifest says must fit the kind of its system: its address, its options, and nothing that the kind ignores."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from difflib import get_close_matches
from typing import Any, Final

from pydantic import ValidationError

from accord.connectorkit.kind import BrokenKindError, Kind, UnknownKindError, find_kind, kinds
from accord.connectorkit.manifest import Manifest, manifest_json_schema
from accord.connectorkit.manifest_faults import Place, Problem, problem_of
from accord.connectorkit.manifest_parts import Part

__all__ = ["OF_HTTP", "check_kind", "kinds_json_schema"]

OF_HTTP: Final = frozenset(
    {
        "batch",
        "errors",
        "gone_status",
        "idempotency",
        "listing",
        "page",
        "record",
        "replies",
        "success",
        "wraps",
    }
)
"""Settings of an entity type that are about calls over HTTP."""


def check_kind(manifest: Manifest) -> list[Problem]:
    """All that does not fit; empty when the kind can use the manifest."""
    try:
        kind = find_kind(manifest.kind)
    except BrokenKindError as error:
        return [Problem(("kind",), str(error), "Install a version of it that fits this one of Accord")]
    except UnknownKindError as error:
        close = get_close_matches(manifest.kind, kinds(), 1)
        what = f"kind {manifest.kind} is not installed"
        return [Problem(("kind",), what, f"Write {close[0]}" if close else f"Write one of {error}")]
    return [
        *_address(manifest, kind),
        *_options(manifest, kind),
        *_unused(manifest, kind),
        *kind.check(manifest),
    ]


def _address(manifest: Manifest, kind: Kind) -> Iterator[Problem]:
    try:
        kind.check_url(manifest.base_url)
    except ValueError as error:
        what, _, remedy = str(error).partition("; ")
        yield Problem(("base_url",), f"base_url {what}", f"{remedy[:1].upper()}{remedy[1:]}" or "Correct it")


def _options(manifest: Manifest, kind: Kind) -> Iterator[Problem]:
    yield from _wrong(kind.options, manifest.options, ("options",))
    for name, it in manifest.types.items():
        yield from _wrong(kind.type_options, it.options, ("types", name, "options"))


def _wrong(schema: type[Part], told: Mapping[str, Any], place: Place) -> Iterator[Problem]:
    try:
        schema.model_validate(told)
    except ValidationError as error:
        for each in error.errors(include_url=False, include_input=False):
            found = problem_of(each, schema)
            yield Problem((*place, *found.place), f"options: {found.what}", found.remedy)


def _unused(manifest: Manifest, kind: Kind) -> Iterator[Problem]:
    if kind.name == "rest":
        return
    for name, it in manifest.types.items():
        for setting in sorted(it.model_fields_set & OF_HTTP - kind.takes):
            what = f"{name}: {setting} is about HTTP, and means nothing to {kind.title}"
            yield Problem(("types", name, setting), what, "Remove it")


def kinds_json_schema() -> dict[str, Any]:
    """JSON Schema of manifests, which knows the options of each kind that is installed."""
    schema = manifest_json_schema()
    rules = []
    for kind in _usable():
        top, each = (_hoisted(schema, kind, of) for of in (kind.options, kind.type_options))
        types = {"additionalProperties": {"properties": {"options": each}}}
        named = {"properties": {"kind": {"const": kind.name}}}
        told = named if kind.name == "rest" else {**named, "required": ["kind"]}
        rules.append({"if": told, "then": {"properties": {"options": top, "types": types}}})
    return {**schema, "allOf": rules}


def _usable() -> Iterator[Kind]:
    for name in kinds():
        with suppress(BrokenKindError):
            yield find_kind(name)


def _hoisted(schema: dict[str, Any], kind: Kind, options: type[Part]) -> dict[str, Any]:
    """The schema of options, whose parts are put beside those of the manifest."""
    made = options.model_json_schema(ref_template=f"#/$defs/{kind.name}.{{model}}")
    parts = made.pop("$defs", {})
    schema["$defs"].update({f"{kind.name}.{name}": part for name, part in parts.items()})
    return made
