"""Files as systems."""

from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import PurePath

from accord.connectorkit.kind import Kind, Place
from accord.connectorkit.manifest import EntityType, Manifest
from accord.connectorkit.manifest_faults import Problem
from accord.connectors.files.options import Exchange, FileOptions, FilesOptions
from accord.ports.connector import Connector

__all__ = ["KIND"]

SUFFIXES = (".csv", ".tsv", ".txt", ".jsonl", ".ndjson", ".xlsx")
IMPORTED = (".csv", ".tsv", ".txt", ".jsonl", ".ndjson")


def _make(place: Place) -> Connector:
    from accord.connectors.files.connector import FilesConnector

    return FilesConnector(place)


def _check_url(url: str) -> str:
    if "://" in url:
        raise ValueError("is no folder; write its path, relative to the project's folder")
    return url


def _check(manifest: Manifest) -> Iterator[Problem]:
    for name, it in manifest.types.items():
        path = PurePath(it.path)
        if path.suffix.lower() not in SUFFIXES:
            what = f"{name}: {it.path} is of no format that can be read"
            yield Problem(("types", name, "path"), what, f"Name a file that ends with {', '.join(SUFFIXES)}")
        if path.is_absolute() or ".." in path.parts:
            yield Problem(
                ("types", name, "path"), f"{name}: the file lies outside the folder", "Name one inside it"
            )
        if exchange := FileOptions.model_validate(it.options).exchange:
            yield from _exchange_faults(name, it, exchange)


def _exchange_faults(name: str, it: EntityType, exchange: Exchange) -> Iterator[Problem]:
    at = ("types", name, "options", "exchange")
    imports = PurePath(exchange.imports)
    if imports.suffix.lower() not in IMPORTED or exchange.imports.count("*") != 1:
        what = f"{name}: imports can not be written to {exchange.imports}"
        yield Problem((*at, "imports"), what, "Name a .csv or .jsonl file with one * in its name")
    inside = [PurePath(told) for told in (exchange.imports, exchange.full, exchange.archive) if told]
    if any(path.is_absolute() or ".." in path.parts for path in inside):
        yield Problem(at, f"{name}: a part of the exchange lies outside the folder", "Name one inside it")
    if fnmatch(exchange.imports, it.path) or (exchange.full and fnmatch(exchange.imports, exchange.full)):
        yield Problem((*at, "imports"), f"{name}: imports would be read as exports", "Use another folder")
    if it.our_id is None and it.operation("create") is not None:
        what = f"{name}: what an import created can not be recognised in an export"
        yield Problem(
            ("types", name, "our_id"), what, "Name a column that the program keeps, or allow no creates"
        )
    if not it.side_effects:
        what = f"{name}: an import can not be taken back, as `accord qa --against live` would have to"
        yield Problem(("types", name), what, "Say side_effects: [import], so that it asks first")
    if it.lag_s <= 0:
        what = f"{name}: an import shows only in a later export"
        yield Problem(("types", name, "lag_s"), what, "Say how many seconds later at most")


KIND = Kind(
    name="files",
    title="Files",
    make=_make,
    options=FilesOptions,
    type_options=FileOptions,
    check_url=_check_url,
    check=_check,
)
