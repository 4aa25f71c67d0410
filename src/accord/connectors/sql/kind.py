"""SQL databases as systems."""

import re
from typing import Final

from accord.connectorkit import Connector, Kind, Place
from accord.connectors.sql.options import SqlOptions, TableOptions

__all__ = ["KIND"]

_URL: Final = re.compile(r"(postgresql|postgres|mysql|mariadb|sqlite)(\+\w+)?://(?P<who>[^/@]*@)?.*")


def _make(place: Place) -> Connector:
    from accord.connectors.sql.connector import SqlConnector  # SQLAlchemy loads slowly

    return SqlConnector(place)


def _check_url(url: str) -> str:
    found = _URL.fullmatch(url)
    if found is None:
        raise ValueError(
            "is no address of a database; write postgresql://HOST/DATABASE, mysql://… or sqlite:///FILE"
        )
    if ":" in (found["who"] or ""):
        raise ValueError("holds a password; write `auth` instead, which names secrets by reference")
    return url


KIND = Kind(
    name="sql",
    title="SQL",
    make=_make,
    options=SqlOptions,
    type_options=TableOptions,
    check_url=_check_url,
)
