"""What SQLite's errors mean to whoever runs the hub."""

import sqlite3
from collections.abc import Callable
from typing import Final, ParamSpec, TypeVar

import msgspec

from accord.core.errors import StopFlow

__all__ = ["damaged", "explained", "stop"]

P = ParamSpec("P")
R = TypeVar("R")

_KEPT: Final = "everything that was committed is kept"
_UNREADABLE: Final = "a row can not be read"
_MEANINGS: Final[dict[int, tuple[str, str]]] = {
    sqlite3.SQLITE_FULL: ("the disk is full", f"Make room and start again; {_KEPT}."),
    sqlite3.SQLITE_READONLY: (
        "the store can not be written",
        "Give this user the right to write the file and its folder, or open the store for writing.",
    ),
    sqlite3.SQLITE_CORRUPT: (
        "the file is damaged",
        "Restore it from a backup; or move it away: a hub without state matches again and deletes nothing (G7).",
    ),
    sqlite3.SQLITE_NOTADB: ("the file is no SQLite database", "Name another file for the store."),
    sqlite3.SQLITE_BUSY: (
        "another process holds the database",
        "Wait for it to end, or stop it. `fuser` on the file tells which it is.",
    ),
    sqlite3.SQLITE_LOCKED: ("another process holds the database", "Wait for it to end, or stop it."),
    sqlite3.SQLITE_IOERR: (
        "the disk reports an error",
        f"Look at the disk and its free space, then start again; {_KEPT}. Network file systems will not do.",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "the file can not be opened",
        "Make the folder, and give this user the right to write it.",
    ),
    sqlite3.SQLITE_PERM: ("access is denied", "Give this user the right to write the file and its folder."),
}


def stop(place: str, what: str, remedy: str) -> StopFlow:
    """The error that ends the run: where, what, and what to do."""
    return StopFlow(f"store {place}: {what}", remedy=remedy)


def explained(place: str, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Result of a function on the database at a place.

    Raises StopFlow where the file, the disk or another process is the cause; a fault of the program passes through.
    """
    try:
        return function(*args, **kwargs)
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", None)
        if str(error).startswith("Could not decode"):  # its message repeats what it found (P2)
            raise damaged(place, _UNREADABLE) from None
        if code is None or code & 0xFF not in _MEANINGS:
            raise
        what, remedy = _MEANINGS[code & 0xFF]
        raise stop(place, what, remedy) from error
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise damaged(place, _UNREADABLE) from None
    except TypeError as error:
        if "bytes-like" not in str(error):  # what msgspec says of a blob that is none
            raise
        raise damaged(place, _UNREADABLE) from None


def damaged(place: str, what: str) -> StopFlow:
    """The error of a file that is not what a store has written."""
    meaning, remedy = _MEANINGS[sqlite3.SQLITE_CORRUPT]
    return stop(place, f"{meaning}: {what}", remedy)
