"""Files as systems."""

from collections.abc import Iterator
from pathlib import PurePath

from accord.connectorkit.kind import Kind, Place
from accord.connectorkit.manifest import Manifest
from accord.connectorkit.manifest_faults import Problem
from accord.connectors.files.options import FileOptions, FilesOptions
from accord.ports.connector import Connector

__all__ = ["KIND"]

SUFFIXES = (".csv", ".tsv", ".txt", ".jsonl", ".ndjson", ".xlsx")


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


KIND = Kind(
    name="files",
    title="Files",
    make=_make,
    options=FilesOptions,
    type_options=FileOptions,
    check_url=_check_url,
    check=_check,
)
