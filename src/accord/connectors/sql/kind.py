"""SQL databases as systems."""

import re
from collections.abc import Iterator
from typing import Final

from pydantic import ValidationError

from accord.connectorkit import Connector, Kind, Manifest, Place, Problem
from accord.connectors.sql.options import SqlOptions, TableOptions

__all__ = ["KIND"]

_URL: Final = re.compile(r"(postgresql|postgres|mysql|mariadb|sqlite)(\+\w+)?://(?P<who>[^/@]*@)?.*")


def _make(place: Place) -> Connector:
    from accord.connectors.sql.connector import SqlConnector, TellingSqlConnector  # SQLAlchemy loads slowly

    return TellingSqlConnector(place) if place.manifest.options.get("notify") else SqlConnector(place)


def _check_url(url: str) -> str:
    found = _URL.fullmatch(url)
    if found is None:
        raise ValueError(
            "is no address of a database; write postgresql://HOST/DATABASE, mysql://… or sqlite:///FILE"
        )
    if ":" in (found["who"] or ""):
        raise ValueError("holds a password; write `auth` instead, which names secrets by reference")
    return url


def _check(manifest: Manifest) -> Iterator[Problem]:
    postgres = manifest.base_url.startswith("postgres")
    if manifest.options.get("notify") and not postgres:
        yield Problem(("options", "notify"), "options: notify is of PostgreSQL alone", "Remove it")
    slots: dict[str, str] = {}
    for name, it in manifest.types.items():
        token = it.changes is not None and it.changes.format == "token"
        try:
            told = TableOptions.model_validate(it.options).log
        except ValidationError:
            continue  # which is told elsewhere
        at = ("types", name, "options", "log")
        if told is None:
            if token:
                what = f"{name}: changes are told by tokens where the log of PostgreSQL is read"
                yield Problem(
                    ("types", name, "changes"), what, "Write options: {log: {slot: …, publication: …}}"
                )
            continue
        if not postgres:
            yield Problem(at, f"{name}: the log can be read of PostgreSQL alone", "Remove it")
        if not token or it.tombstones is None:
            what = f"{name}: the log tells changes and deletes"
            yield Problem(at, what, "Write changes: {format: token} and tombstones: {}")
        if other := slots.get(told.slot):
            yield Problem(at, f"{name}: slot {told.slot} is that of {other}", "Name another one")
        slots[told.slot] = name


KIND = Kind(
    name="sql",
    title="SQL",
    make=_make,
    options=SqlOptions,
    type_options=TableOptions,
    check_url=_check_url,
    check=_check,
)
