"""Leases in a table: one clock, the server's, and tokens that only grow."""

from collections.abc import Collection
from typing import Final

from psycopg import errors

from accord.ports.leases import Lease, Tenure
from accord.store.postgres.arrays import Numbers, Texts
from accord.store.postgres.database import Connection
from accord.store.postgres.process import Me

__all__ = ["release", "renew", "take", "tenures"]

_PATIENCE_S: Final = 1.0
"""How long taking over waits for a transaction of the holder before it, before the holder's connections are closed."""

_STANDING: Final = b"SELECT token, process, until <= clock_timestamp() FROM lease WHERE name = %s"
_TAKE: Final = b"""
    INSERT INTO lease AS l (name, token, holder, process, session, since, until)
    VALUES (%s, 1, %s, %s, %s, clock_timestamp(), clock_timestamp() + make_interval(secs => %s))
    ON CONFLICT (name) DO UPDATE SET token = l.token + 1, holder = excluded.holder, process = excluded.process,
        session = excluded.session, since = excluded.since, until = excluded.until
    WHERE l.token = %s RETURNING token"""
_RENEW: Final = b"""
    UPDATE lease l SET until = clock_timestamp() + make_interval(secs => %s)
    FROM unnest(%s::text[], %s::bigint[]) w(name, token) WHERE l.name = w.name AND l.token = w.token
    RETURNING l.name, l.token"""
_RELEASE: Final = b"UPDATE lease SET until = clock_timestamp() WHERE name = %s AND token = %s"
_TENURES: Final = b"""
    SELECT name, token, holder, (extract(epoch FROM since) * 1000000)::bigint,
        (extract(epoch FROM until) * 1000000)::bigint, until <= clock_timestamp()
    FROM lease WHERE starts_with(name, %s) ORDER BY name"""
_CLOSE: Final = b"""
    SELECT pg_terminate_backend(a.pid) FROM lease l JOIN pg_stat_activity a ON a.application_name = l.session
    WHERE l.name = %s AND l.token = %s AND a.datname = current_database() AND a.usename = current_user"""


def take(db: Connection, me: Me, name: str, for_s: float) -> Lease | None:
    """The lease, with a new token; None where somebody else holds it.

    Free is what nobody has had, what was released, what has run out, and what a process held that died on this machine.
    Taking it over waits for a transaction under way; one that does not end, of a process that was stopped in the midst
    of it, is ended with its connection.
    """
    rows = db.execute(_STANDING, [name]).fetchall()
    token, process, over = rows[0] if rows else (0, "", True)
    if not over and not me.is_dead(process):
        return None
    for _ in range(2):
        try:
            with db.transaction():
                db.execute(f"SET LOCAL lock_timeout = '{_PATIENCE_S}s'".encode())
                asked = [name, me.holder, me.process, me.session, for_s, token]
                taken = db.execute(_TAKE, asked).fetchone()
                return None if taken is None else Lease(name, taken[0])
        except errors.UniqueViolation:  # of the other key: two who were the first to ask, at one instant
            return None
        except errors.LockNotAvailable:
            db.execute(_CLOSE, [name, token])
    return None


def renew(db: Connection, leases: Collection[Lease], for_s: float) -> frozenset[Lease]:
    """Those that nobody has taken over; they go on for so long from now."""
    names, tokens = Texts(each.name for each in leases), Numbers(each.token for each in leases)
    return frozenset(Lease(*row) for row in db.execute(_RENEW, [for_s, names, tokens]))


def release(db: Connection, lease: Lease) -> None:
    """End a lease now; one that was taken over is left alone."""
    db.execute(_RELEASE, [lease.name, lease.token])


def tenures(db: Connection, prefix: str) -> list[Tenure]:
    """All leases whose names begin so, in order of name."""
    return [Tenure(*row) for row in db.execute(_TENURES, [prefix])]
