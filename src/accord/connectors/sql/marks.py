"""How far a table was read, so that no row is missed whose transaction commits late (S8).

A row bears the time, or the number, that its transaction knew when it wrote; others see it when that one commits, which
may be much later. So the cursor moves on to a moment only when nobody is left who was writing at that moment:

1. `at` is looked up: the time, or the highest number there is.
2. Then those are listed whose transactions are open. Who is not among them has committed, and is read now; or begins
   later, and writes nothing below `at`.
3. Then rows are read from the last moment on that is safe. Once none of those is left, one more read begins there, and
   the next one at `at`.

PostgreSQL tells everybody which transactions are open (pg_locks, pg_prepared_xacts). SQLite has one writer: who has had
the lock for writing knows that there was none. MariaDB and MySQL tell it to those who have the right PROCESS; else, and
on any other database, `lag_s` of the manifest says for how long a transaction may stay open.
"""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import Column, Connection, String, func, select, text, type_coerce
from sqlalchemy.exc import DBAPIError

from accord.connectors.sql.local_times import on_the_wall

__all__ = ["Cursor", "Mark", "as_written", "open_transactions", "present"]

_POSTGRES: Final = text(
    """SELECT virtualtransaction FROM pg_locks
    WHERE locktype = 'virtualxid' AND granted AND mode = 'ExclusiveLock' AND pid <> pg_backend_pid()
    UNION ALL SELECT 'prepared' FROM pg_prepared_xacts WHERE database = current_database()"""
)
_MYSQL: Final = text(
    "SELECT concat(trx_mysql_thread_id, '@', trx_started) FROM information_schema.innodb_trx "
    "WHERE trx_mysql_thread_id <> connection_id()"
)
_MOST: Final = 32


class Mark(Struct, frozen=True, array_like=True):
    """A moment, and whose transactions were open then."""

    at: str | int
    open: tuple[str, ...]


class Cursor(Struct, kw_only=True):
    """`since`: the last moment that is safe; nothing below it can appear any more. `marks`: later moments that wait."""

    since: str | int | None = None
    marks: tuple[Mark, ...] = ()

    @classmethod
    def read(cls, token: str) -> "Cursor | None":
        """The cursor of a token; None: it is none."""
        try:
            return msgspec.json.decode(token, type=cls) if token else None
        except (msgspec.DecodeError, msgspec.ValidationError):
            return None

    @property
    def token(self) -> str:
        """What is kept of it."""
        return msgspec.json.encode(self).decode()

    def passed(self, now_open: Collection[str] | None) -> "Cursor":
        """The cursor after a read that begins while those are open: marks of whom none is left are safe then. None:
        nobody knows."""
        if now_open is None:
            return Cursor(since=self.marks[-1].at if self.marks else self.since)
        if "prepared" in now_open:
            return self
        since, marks = self.since, list(self.marks)
        while marks and not set(marks[0].open) & set(now_open):
            since = marks.pop(0).at
        return Cursor(since=since, marks=tuple(marks))

    def reached(self, at: str | int, now_open: Collection[str] | None) -> "Cursor":
        """The cursor after a read that began at a moment when those were open."""
        if not now_open and not self.marks:
            return Cursor(since=at)  # who tells nothing (None) has `lag_s` in `at`
        mark = Mark(at, tuple(sorted(now_open or ())))
        return Cursor(since=self.since, marks=(*self.marks[: _MOST - 1], mark))


def present(
    connection: Connection, column: Column[Any], *, by_number: bool, back_s: float, zone: str = ""
) -> str | int:
    """The moment up to which can be read now: the time, less `back_s`, in `zone` where the column tells none; or the
    highest number there is."""
    if by_number:
        return int(connection.execute(select(func.max(column))).scalar() or 0)
    back = timedelta(seconds=back_s)
    if connection.dialect.name == "sqlite":
        return as_written(connection, column, datetime.now(UTC) - back, zone)
    if connection.dialect.name == "postgresql":
        now: datetime = connection.exec_driver_sql("SELECT clock_timestamp()").scalar_one()
    else:
        now = connection.exec_driver_sql("SELECT utc_timestamp(6)").scalar_one().replace(tzinfo=UTC)
    zoned = getattr(column.type, "timezone", False)
    return ((now - back) if zoned else on_the_wall(now - back, zone)).isoformat()


def as_written(connection: Connection, column: Column[Any], moment: datetime, zone: str = "") -> str:
    """A moment as SQLite's texts in a column are written, so that they compare: less what they leave out of it."""
    moment = on_the_wall(moment, zone)
    form = connection.execute(select(func.max(type_coerce(column, String)))).scalar()
    if form is None:
        return moment.date().isoformat()
    spec = "milliseconds" if "." in str(form) else "seconds"
    return moment.isoformat("T" if "T" in str(form) else " ", spec)


def open_transactions(connection: Connection) -> set[str] | None:
    """Whose transactions are open but ours; None where nobody tells."""
    name = connection.dialect.name
    if name == "postgresql":
        return set(connection.execute(_POSTGRES).scalars())
    if name == "sqlite":
        return set()  # the read that comes next has waited for the lock of who writes
    try:
        return set(connection.execute(_MYSQL).scalars())
    except DBAPIError:
        return None
