"""What a schema can not say: the parts of a manifest must fit together."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from accord.connectorkit.filters import is_filter
from accord.connectorkit.hook_check import check_hooks
from accord.connectorkit.manifest import EntityType, Manifest
from accord.connectorkit.manifest_faults import Place, Problem
from accord.connectorkit.manifest_kind import check_kind
from accord.connectorkit.manifest_parts import Operation

__all__ = ["check_manifest"]


def check_manifest(manifest: Manifest) -> list[Problem]:
    """All that does not fit; empty when the manifest can be used."""
    problems = check_kind(manifest) + check_hooks(manifest)
    parts = [_references, _successor, _zones, _reading, _writing, _archive, _finding]
    if manifest.kind == "rest":
        parts.append(_over_http)
    for name, it in manifest.types.items():
        at: Place = ("types", name)
        for find in parts if it.inside is None else [_inside, _references, _zones, _archive]:
            problems += (Problem((*at, *p.place), f"{name}: {p.what}", p.remedy) for p in find(it, manifest))
    return problems


def _successor(it: EntityType, manifest: Manifest) -> Iterator[Problem]:
    if it.successor_type and it.successor_type not in manifest.types:
        what = f"there is no entity type {it.successor_type}, which its records are to become (L11)"
        yield Problem(("successor_type",), what, f"Write one of {', '.join(sorted(manifest.types))}")
    if it.successor_type and not it.successor:
        what = "nothing tells which record of that type one has become (L11)"
        yield Problem(("successor_type",), what, "Write `successor`, the path of its id, too")


_OWN: Final = frozenset(
    {
        "archive", "assumed", "computes", "created", "creator", "description", "id", "inside", "modified", "operations",
        "our_id", "path", "properties", "side_effects", "sweep_s", "update",
    }
)  # fmt: skip
"""Settings of an entity type that is inside another: all others follow from that one."""


def _inside(it: EntityType, manifest: Manifest) -> Iterator[Problem]:
    if it.inside is None:
        return
    parent = manifest.types.get(it.inside.type)
    others = sorted(name for name, other in manifest.types.items() if other.inside is None)
    if parent is None or parent.inside is not None:
        why = "is not here" if parent is None else "is inside another one itself"
        yield Problem(("inside", "type"), f"{it.inside.type} {why}", f"Write one of {', '.join(others)}")
    told = it.properties.get(it.inside.property)
    if told is None or told.reference != it.inside.type or not (told.create_only or told.read_only):
        what = f"{it.inside.property} tells which {it.inside.type} a record is inside of"
        right = f"{{reference: {it.inside.type}, create_only: true}}"
        yield Problem(("inside", "property"), what, f"Add it to properties as {right}")
    if parent is not None and it.path in parent.properties:
        what = f"{it.path} of {it.inside.type} is a property, and a list of records"
        yield Problem(("path",), what, "Remove it there: only one can be")
    if it.update != "patch":
        yield Problem(("update",), "a record inside another is changed in its place", "Say patch, or nothing")
    if it.id.parts:
        yield Problem(("id", "parts"), "its id is its parent's and its own", "Name one property")
    for setting in sorted(it.model_fields_set - _OWN):
        yield Problem((setting,), f"{setting} follows from {it.inside.type}", "Remove it here")


def _references(it: EntityType, manifest: Manifest) -> Iterator[Problem]:
    for path, spec in it.properties.items():
        if spec.reference and spec.reference not in manifest.types:
            close = get_close_matches(spec.reference, manifest.types, 1) or sorted(manifest.types)
            what = f"{path} refers to an entity type that is not here"
            yield Problem(("properties", path, "reference"), what, f"Write one of {', '.join(close)}")
        if spec.required and spec.read_only:
            yield Problem(("properties", path), f"{path} is required and read_only", "Only one can be")
    for index, path in enumerate(it.computes):
        if path not in it.properties:
            yield Problem(("computes", index), f"{path} is no property here", "Name a property, or remove it")
    for index, word in enumerate(it.side_effects):
        if not word.strip():
            yield Problem(
                ("side_effects", index), "a side effect has no name", "Write mail, invoice, webhook"
            )


def _zones(it: EntityType, _: Manifest) -> Iterator[Problem]:
    zones: list[tuple[Place, str]] = [
        (("properties", path, "zone"), spec.zone) for path, spec in it.properties.items() if spec.zone
    ]
    zones += [
        ((n, "zone"), t.zone) for n, t in (("modified", it.modified), ("created", it.created)) if t and t.zone
    ]
    for place, zone in zones:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError):
            yield Problem(place, "the zone is not known", "Write a name such as Europe/Oslo or UTC")


def _reading(it: EntityType, _: Manifest) -> Iterator[Problem]:
    if it.operation("read") is None:
        yield Problem(("operations", "read"), "records can not be read", "Every entity type needs it")
    if it.changes and it.changes.format == "version" and not (it.version and it.version.order == "ordered"):
        yield Problem(
            ("changes", "format"), "the filter needs ordered versions", "Say version.order: ordered"
        )
    by_time = it.changes and it.changes.format not in ("version", "token")
    if it.changes and by_time and not it.modified and not it.changes.property:
        yield Problem(
            ("changes",), "the property of the filter is not named", "Add modified, or changes.property"
        )
    if it.tombstones and not it.changes:
        yield Problem(
            ("tombstones",), "deletes are told where changes are, and there is no filter", "Add changes"
        )
    if it.replies.create == "id" and it.absent.reply == "null":
        yield Problem(
            ("absent", "reply"), "a reply that holds the id alone says nothing of the rest", "Say silent"
        )
    for way in ("listing", "feed"):
        if (it.listing.partial or it.listing.omits) and getattr(it.absent, way) == "null":
            yield Problem(("absent", way), "what a listing leaves out is not null for it (S3)", "Say silent")


def _over_http(it: EntityType, _: Manifest) -> Iterator[Problem]:
    """What REST needs to be told; other kinds know it by themselves."""
    if it.version and not it.version.etag and not it.version.property:
        yield Problem(("version",), "the version stands nowhere", "Say etag: true, or name a property")
    if it.changes and not it.changes.parameter:
        yield Problem(("changes", "parameter"), "no parameter carries the filter", "Name it")
    filters = [
        (("changes", "parameter"), it.changes.parameter if it.changes else ""),
        (("search", "our_id"), it.search.our_id if it.search else ""),
        (("search", "created_since"), it.search.created_since if it.search else ""),
    ]
    for place, text in filters:
        if text and not is_filter(text):
            yield Problem(
                place, "the filter has no place for its value", "Write NAME, or NAME=TEXT with one {}"
            )
    if "{id}" not in (it.operations.one or "{id}"):
        yield Problem(("operations", "one"), "the path does not name the record", "Put {id} where it stands")
    if it.changes and it.changes.format == "token":
        yield Problem(("changes", "format"), "REST knows no tokens of changes", "Write another format")
    if it.tombstones and bool(it.tombstones.property) == bool(it.tombstones.path):
        yield Problem(
            ("tombstones",), "deletes are told by a flag or by an endpoint", "Name property or path"
        )


def _writing(it: EntityType, _: Manifest) -> Iterator[Problem]:
    if it.conditional and not it.version:
        yield Problem(
            ("conditional",), "there is no version that a write could name", "Add version, or remove it"
        )
    if it.errors.denied and not it.errors.code:
        yield Problem(("errors", "denied"), "nothing tells the code of a refusal", "Add errors.code")
    for kind in ("read", "update", "delete"):
        found = getattr(it.operations, kind)
        if isinstance(found, Operation) and found.path and "{id}" not in found.path:
            yield Problem(
                ("operations", kind, "path"), "the path does not name the record", "Put {id} where it stands"
            )


def _archive(it: EntityType, _: Manifest) -> Iterator[Problem]:
    if it.archive is None:
        return
    if it.archive.property not in it.properties:
        yield Problem(
            ("archive", "property"), "the flag of the archive is no property here", "Add it to properties"
        )
    if it.archive.value == it.archive.otherwise:
        yield Problem(
            ("archive", "otherwise"),
            "both values of the flag are the same",
            "Say what stands there otherwise",
        )


def _finding(it: EntityType, _: Manifest) -> Iterator[Problem]:
    search = it.search
    if search is None:
        return
    if not (search.our_id or search.created_since or search.changes):
        yield Problem(
            ("search",), "no way to search is named", "Name our_id, created_since or changes, or remove it"
        )
    if search.our_id and not it.our_id:
        yield Problem(("search", "our_id"), "no property carries our id", "Add our_id")
    if search.changes and not (it.changes and it.created):
        yield Problem(("search", "changes"), "needs the filter for changes and created", "Add both")
    elif search.changes and it.changes and it.changes.format == "version":
        yield Problem(
            ("search", "changes"), "a filter that counts versions knows no time", "Name another way to search"
        )
