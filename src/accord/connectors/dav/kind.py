"""CardDAV and CalDAV as systems."""

from collections.abc import Iterator

from pydantic import ValidationError

from accord.connectorkit.kind import Kind, Place
from accord.connectorkit.manifest import EntityType, Manifest
from accord.connectorkit.manifest_faults import Problem
from accord.connectorkit.urls import check_base_url
from accord.connectors.dav.options import CollectionOptions
from accord.connectors.dav.selectors import selector_of_path
from accord.ports.connector import Connector

__all__ = ["KIND"]


def _make(place: Place) -> Connector:
    from accord.connectors.dav.connector import DavConnector

    return DavConnector(place)


def _check(manifest: Manifest) -> Iterator[Problem]:
    for name, it in manifest.types.items():
        for place, what, remedy in (*_form(it), *_lines(it)):
            yield Problem(("types", name, *place), f"{name}: {what}", remedy)


def _form(it: EntityType) -> Iterator[tuple[tuple[str, ...], str, str]]:
    if it.id.property != "href" or it.id.parts:
        yield ("id",), "records are told by their address in the collection", "Write id: href"
    if it.update != "patch":
        yield ("update",), "what is not changed stays", "Write update: patch"
    if it.version is None or not it.version.etag or it.version.property:
        yield ("version",), "records have ETags", "Write version: {etag: true, order: opaque, exact: true}"
    if it.changes is not None and it.changes.format != "token":
        yield ("changes",), "changes are told by tokens", "Write changes: {format: token}"


def _lines(it: EntityType) -> Iterator[tuple[tuple[str, ...], str, str]]:
    try:
        told = CollectionOptions.model_validate(it.options)
    except ValidationError:
        return  # it is told where options are checked
    for path in it.properties:
        if path in ("href", "modified"):
            continue
        try:
            selector_of_path(told.holds, path, told.lines)
        except ValueError as error:
            what, _, remedy = str(error).partition("; ")
            yield ("properties", path), what, remedy[:1].upper() + remedy[1:]


KIND = Kind(
    name="dav",
    title="CardDAV and CalDAV",
    make=_make,
    type_options=CollectionOptions,
    takes=frozenset({"idempotency"}),
    check_url=check_base_url,
    check=_check,
)
