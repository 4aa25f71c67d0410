"""Where a store is: the address of a server and a database, and the schema of the project in it."""

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from accord.core.errors import StopFlow

__all__ = ["SCHEME", "Place", "is_schema", "parse"]

SCHEME: Final = ("postgresql", "postgres")
_SCHEMA: Final = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_DEFAULT: Final = "accord"
_CONNECT_S: Final = 10
_KEEPALIVE: Final = {"keepalives_idle": "10", "keepalives_interval": "5", "keepalives_count": "3"}
"""A machine that was cut off is noticed, and its locks are let go of, within half a minute."""


class Place(NamedTuple):
    """`shown` is what may be told: never a password."""

    conninfo: str
    schema: str
    shown: str

    def __str__(self) -> str:
        return self.shown


def parse(url: str, password: str | None = None) -> Place:
    """The place of a URL "postgresql://user@host:port/database?schema=name", or as libpq takes them besides.

    What neither the URL nor `password` says comes from where libpq looks for it: PGHOST, PGPASSWORD, ~/.pgpass.
    Raises StopFlow: it can not be read.
    """
    parts = urlsplit(url)
    asked = parse_qsl(parts.query, keep_blank_values=True)
    schema = dict(asked).get("schema", _DEFAULT)
    rest = urlencode([pair for pair in asked if pair[0] != "schema"], quote_via=quote)
    if not is_schema(schema):
        raise StopFlow(
            f"store {_without_password(url)}: a project's schema can not be named {schema!r}",
            remedy="Small letters, digits and _ will do: ?schema=accord_sales",
        )
    try:
        told = conninfo_to_dict(urlunsplit(parts._replace(query=rest)))
    except psycopg.ProgrammingError:
        raise StopFlow(
            f"store {_without_password(url)}: this is no address of a PostgreSQL database",
            remedy="Write postgresql://user@host:5432/database; the password comes from PGPASSWORD or ~/.pgpass.",
        ) from None
    given: dict[str, Any] = {
        "connect_timeout": _CONNECT_S,
        "application_name": "accord",
        **_KEEPALIVE,
        **told,
    }
    if password is not None:
        given["password"] = password
    return Place(make_conninfo(**given), schema, _shown(told, schema))


def is_schema(name: str) -> bool:
    """Whether a schema may have the name: it needs no quotes, and the server has none of its own with it."""
    return _SCHEMA.fullmatch(name) is not None and not name.startswith("pg_") and name != "information_schema"


def _shown(told: Mapping[str, object], schema: str) -> str:
    user = f"{told['user']}@" if told.get("user") else ""
    port = f":{told['port']}" if told.get("port") else ""
    return f"postgresql://{user}{told.get('host', '')}{port}/{told.get('dbname', '')}?schema={schema}"


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{user.partition(':')[0]}{at}{host}", query="", fragment=""))
