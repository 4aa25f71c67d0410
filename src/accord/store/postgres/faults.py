"""What PostgreSQL's errors mean to whoever runs the hub.

What the server says of rows is not repeated: it quotes their values (P2).
"""

from collections.abc import Callable
from typing import Final, ParamSpec, TypeVar

import msgspec
import psycopg

from accord.core.errors import StaleLease, StopFlow, Undone

__all__ = ["damaged", "explained", "stop", "unreachable"]

P = ParamSpec("P")
R = TypeVar("R")

_KEPT: Final = "everything that was committed is kept"
_UNREADABLE: Final = "a row can not be read"
_AGAIN: Final = "It is begun anew; where this comes again and again, start the run again."
_PASSWORD: Final = (
    "the server does not take the password",
    "Set PGPASSWORD, write a line in ~/.pgpass, or name where it is: store: {url: …, password: env:NAME}.",
)
_NO_RIGHT: Final = (
    "this user has no right to do that",
    "Let the owner of the database say: GRANT CONNECT, CREATE ON DATABASE … TO …; the user owns its schemas.",
)
_FULL: Final = (
    "there are too many connections to the server",
    "Raise max_connections, or let other programs close theirs; a process of Accord needs two or three.",
)
_NO_DATABASE: Final = (
    "there is no such database",
    "Make it: createdb --encoding UTF8 --owner … …, or name another one.",
)
_NO_SERVER: Final = (
    "no server answers there",
    "Start PostgreSQL, or correct host and port; a firewall may be in between.",
)
_STARTING: Final = ("the server is starting or stopping", "Try again in a moment.")
_DAMAGED: Final = (
    "the database is damaged",
    "Restore it from a backup; or name another schema: a hub without state matches again and deletes nothing (G7).",
)
_MEANINGS: Final[dict[str, tuple[str, str]]] = {
    "28P01": _PASSWORD,
    "28000": (
        "the server does not let this user in",
        "Correct the user, or the lines of pg_hba.conf on the server.",
    ),
    "3D000": _NO_DATABASE,
    "42501": _NO_RIGHT,
    "53100": ("the disk of the server is full", f"Make room and start again; {_KEPT}."),
    "53200": ("the server has no memory left", "Raise max_locks_per_transaction, or give it more memory."),
    "53300": _FULL,
    "25006": (
        "the store can not be written",
        "Name the primary server, not a copy of it, or open the store for writing.",
    ),
    "57P03": _STARTING,
    "58030": ("the disk of the server reports an error", f"Look at the server's disk and log; {_KEPT}."),
    "22021": (
        "a text holds the character NUL, which PostgreSQL does not keep",
        "Correct it in the system that it comes from, or keep the state in SQLite.",
    ),
    "55P03": ("another process holds the database", "Wait for it to end, or stop it."),
    "XX001": _DAMAGED,
    "XX002": _DAMAGED,
}
_MISSING: Final = {"42P01": "a table", "42703": "a column", "42883": "a function", "3F000": "the schema"}
_UNDONE: Final = {
    "40P01": "two pieces of work waited for each other, and this one gave way",
    "40001": "another piece of work changed the same rows",
    "57014": "a statement was cancelled",
    "25P03": "it was left alone for too long",
    "AC002": "a value that was read here was changed by another piece of work meanwhile",
    "25P02": "an earlier statement failed",
}
_TOLD: Final = (
    ("password", _PASSWORD),
    ("pg_hba.conf", _MEANINGS["28000"]),
    ("role ", _MEANINGS["28000"]),
    ("the database system is ", _STARTING),
    ("database ", _NO_DATABASE),
    ("too many", _FULL),
)
"""While connecting there is no code, only the text of the client."""
_NOBODY: Final = ("refused", "timeout", "timed out", "No such file", "resolve host", "unreachable")


def stop(place: object, what: str, remedy: str) -> StopFlow:
    """The error that ends the run: where, what, and what to do."""
    return StopFlow(f"store {place}: {what}", remedy=remedy)


def damaged(place: object, what: str) -> StopFlow:
    """The error of a schema that is not what a store has written."""
    meaning, remedy = _DAMAGED
    return stop(place, f"{meaning}: {what}", remedy)


def explained(place: object, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Result of a function on the database at a place.

    Raises StopFlow, Undone or StaleLease where the server, its disk or another process is the cause; a fault of the
    program passes through, without what it was about.
    """
    try:
        return function(*args, **kwargs)
    except psycopg.Error as error:
        raise _meaning(place, error) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise damaged(place, _UNREADABLE) from None


def _meaning(place: object, error: psycopg.Error) -> Exception:
    code = error.sqlstate
    if code == "AC001":
        return StaleLease(
            f"store {place}: another process has taken over",
            remedy="It goes on there; nothing is to be done here.",
        )
    if code in _UNDONE:
        return Undone(f"store {place}: {_UNDONE[code]}; nothing of it was kept", remedy=_AGAIN)
    if code in _MEANINGS:
        return stop(place, *_MEANINGS[code])
    if code in _MISSING:
        return damaged(place, f"{_MISSING[code]} is not there")
    if isinstance(error, psycopg.OperationalError) or code is None:
        return Undone(
            f"store {place}: the connection to the server was lost; nothing of this piece of work was kept",
            remedy="It is begun anew as soon as the server answers.",
        )
    where = f" ({error.diag.table_name})" if error.diag.table_name else ""
    return RuntimeError(f"PostgreSQL refused a statement{where}: {code} {type(error).__name__}")


def unreachable(place: object, error: psycopg.Error) -> StopFlow:
    """The error of a connection that can not be made."""
    text = str(error).strip()
    told = text.partition("FATAL:")[2]
    for part, (what, remedy) in _TOLD:
        if part in told:
            return stop(place, what, remedy)
    if any(part in text for part in _NOBODY):
        return stop(place, *_NO_SERVER)
    return stop(place, f"it can not be reached ({text.splitlines()[-1].strip()})", _NO_SERVER[1])
