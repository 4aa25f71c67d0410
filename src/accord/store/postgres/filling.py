"""A schema that takes a whole state: all of it in one transaction, beside the one that it takes the place of."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Final

import psycopg

from accord.ports.leases import Lease
from accord.store.postgres import sql
from accord.store.postgres.database import connect, exists, lock_number, make
from accord.store.postgres.faults import explained, stop
from accord.store.postgres.place import Place
from accord.store.postgres.tables import PostgresTables

__all__ = ["PostgresSchema", "is_there", "reading"]

_IDLE_S: Final = 3600.0
_SESSION: Final = "accord copy"
_NO_STATE: Final = ("lease", "token")
"""Tables of which what is there stays, whatever state takes the place of the old one."""


class PostgresSchema:
    """The place of a store; whoever fills it, where there is one, conducts it under `lease`."""

    def __init__(self, place: Place, lease: Lease | None) -> None:
        self._place, self._lease = place, lease

    @contextmanager
    def filling(self) -> Iterator[PostgresTables]:
        """Empty tables in a new schema, which takes the place of the old one in the end.
        Leases and tokens stay as they are.

        Raises StopFlow: there is a store meanwhile where none was, or the server refuses; StaleLease: another process
        has taken over.
        """
        place, aside = self._place, f"{self._place.schema[:50]}_incoming"
        with (
            closing(connect(place, readonly=False, idle_s=_IDLE_S, session=_SESSION)) as db,
            _told(place),
            db.transaction(),
        ):
            db.execute(b"SELECT pg_advisory_xact_lock(%s)", [lock_number(place.schema)])
            if exists(db, place) and self._lease is None:
                raise stop(place, "there is a store already", "Name another place, or give --over.")
            db.execute(f"SET LOCAL search_path = {aside}".encode())
            make(db, aside)
            yield PostgresTables(db, aside)
            db.execute(f"SET LOCAL search_path = {place.schema}; SET LOCAL lock_timeout = '8s'".encode())
            if self._lease is not None:
                db.execute(sql.FENCE.replace("$1", "%s").replace("$2", "%s").encode(), list(self._lease))
                for table in _NO_STATE:
                    db.execute(f"INSERT INTO {aside}.{table} TABLE {place.schema}.{table}".encode())
            db.execute(f"DROP SCHEMA IF EXISTS {place.schema} CASCADE".encode())
            db.execute(f"ALTER SCHEMA {aside} RENAME TO {place.schema}".encode())


def is_there(place: Place) -> bool:
    """Whether there is a store. Raises StopFlow: the server can not be reached."""
    with closing(connect(place, readonly=True, idle_s=_IDLE_S, session=_SESSION)) as db:
        return explained(place, exists, db, place)


@contextmanager
def reading(place: Place) -> Iterator[PostgresTables]:
    """The rows of a store, as they are at one moment. Raises StopFlow: it can not be read."""
    with (
        closing(connect(place, readonly=True, idle_s=_IDLE_S, session=_SESSION)) as db,
        _told(place),
        db.transaction(),
    ):
        db.execute(b"SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield PostgresTables(db, place.schema)


@contextmanager
def _told(place: Place) -> Iterator[None]:
    """What the server refuses, explained."""
    try:
        yield
    except psycopg.Error as error:
        caught = error

        def again() -> None:
            raise caught

        explained(place, again)
