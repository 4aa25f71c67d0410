"""Where a project's state is kept: the path of a file, or a schema of a database on a PostgreSQL server."""

import re
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

from accord.project.schema_store import StoreConfig
from accord.project.source import Faults

__all__ = ["StoreServer", "schema_for", "store_place", "with_schema"]

_ADVICE: Final = "Write the path of a file, e.g. .accord/state.db, or postgresql://user@host/database."
_SCHEMES: Final = ("postgresql", "postgres")
_BESIDE: Final = ".accord/state.db"
"""Beside this path is kept what belongs to a project and is no state, wherever its state is: tokens, reports."""


class StoreServer(NamedTuple):
    """A schema on a server: its address, without a password, and the reference to that."""

    url: str
    password: str | None = None


def schema_for(project: str) -> str:
    """The schema of a project: its name, in letters that need no quotes."""
    return f"accord_{re.sub(r'[^a-z0-9]+', '_', project.lower()).strip('_')}"[:63]


def store_place(
    folder: Path, project: str, written: StoreConfig, faults: Faults
) -> tuple[Path, StoreServer | None]:
    """The path of the state, and the server where it is kept on one; then the path is only that of what stands beside.

    What is written is not repeated: a URL may hold a password (P2).
    """
    if written.password is None and written.url.partition("://")[0] not in _SCHEMES:
        return _path(folder, written.url, faults), None
    return (folder / _BESIDE).resolve(), _server(project, written.url, written.password, faults)


def _path(folder: Path, written: str, faults: Faults) -> Path:
    place = folder
    if ":" in written.partition("/")[0]:
        faults.add(("store",), "`store` is a URL, or a kind of store that is not known", _ADVICE)
        return place
    try:
        place = (folder / written).resolve()
        if place.is_dir():
            faults.add(("store",), "`store` is a folder", _ADVICE)
    except (OSError, RuntimeError, ValueError):  # the system takes no such name, or links lead in a circle
        faults.add(("store",), "`store` is no path of a file", _ADVICE)
    return place


def _server(project: str, written: str, password: str | None, faults: Faults) -> StoreServer | None:
    try:
        parts = urlsplit(written)
        has_password = parts.password is not None or "password" in dict(parse_qsl(parts.query))
        port = parts.port
    except ValueError:  # a bracket without its other half, a port that is no number
        faults.add(("store",), "`store` is no address of a server", _ADVICE)
        return None
    if parts.scheme not in _SCHEMES or port == 0:
        faults.add(("store",), "`store` is no address of a PostgreSQL server", _ADVICE)
        return None
    if has_password:
        faults.add(
            ("store",),
            "`store` holds a password",
            "Write store: {url: postgresql://user@host/database, password: env:NAME}, or use ~/.pgpass.",
        )
        return None
    return StoreServer(with_schema(written, project), password)


def with_schema(url: str, project: str) -> str:
    """The URL of a server with the schema of a project, where it names none itself."""
    parts = urlsplit(url)
    asked = parse_qsl(parts.query, keep_blank_values=True)
    if "schema" not in dict(asked):
        asked.append(("schema", schema_for(project)))
    return f"{parts.scheme}://{parts.netloc}{parts.path}?{urlencode(asked)}"
