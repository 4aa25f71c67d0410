"""Put another file in the place of a store, under its lock."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from accord.store.sqlite.faults import damaged, explained, stop
from accord.store.sqlite.lock import FileLock

__all__ = ["begin_copy", "check_whole", "discard", "locked", "put_in_place"]


@contextmanager
def locked(path: Path, *, wait_s: float = 0.0) -> Iterator[None]:
    """Nobody else writes the store meanwhile. Raises StopFlow: another process works with it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path, wait_s=wait_s)
    try:
        yield
    finally:
        lock.release()


def begin_copy(source: Path, path: Path) -> Path:
    """A copy of a file beside a store, which can take its place. Raises StopFlow: it can not be made."""
    partial = path.with_name(f"{path.name}-restoring")
    discard(partial)
    try:
        os.close(os.open(partial, os.O_RDWR | os.O_CREAT, 0o600))
        shutil.copyfile(source, partial)
    except OSError as error:
        discard(partial)
        raise stop(
            str(source), f"it can not be copied ({error.strerror})", "Make room, or name another file."
        ) from error
    return partial


def check_whole(path: Path) -> None:
    """Raises StopFlow: a copy is empty, or damaged anywhere: it may not replace what can be read."""
    if not path.stat().st_size:
        raise damaged(str(path), "it is empty")
    if explained(str(path), _fault, path) != "ok":
        raise damaged(str(path), "its pages do not fit together")


def _fault(path: Path) -> str:
    with closing(sqlite3.connect(path)) as database:
        (found,) = database.execute("PRAGMA integrity_check(1)").fetchone()
        return str(found)


def put_in_place(partial: Path, path: Path) -> None:
    """Let a closed copy stand for the store at path; the log of the old one goes with it."""
    for end in ("-wal", "-shm"):
        with suppress(FileNotFoundError):
            path.with_name(path.name + end).unlink()
    os.replace(partial, path)


def discard(path: Path) -> None:
    """Remove a copy with all that belongs to it."""
    for end in ("", "-wal", "-shm", "-lock"):
        with suppress(FileNotFoundError):
            path.with_name(path.name + end).unlink()
