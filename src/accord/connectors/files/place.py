"""Files in a folder that others write to: read when they rest, replaced whole or not at all."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkstemp
from typing import Final

from msgspec import Struct

from accord.filelock import try_lock

__all__ = ["BusyError", "Stamp", "locked", "newest", "put_whole", "rests_in_s", "stamp_of"]

_TRIES: Final = 50
_PAUSE_S: Final = 0.1


class BusyError(Exception):
    """Another process works with the file."""


class Stamp(Struct, frozen=True):
    """What tells that a file is another one: its name, when it was changed (nanoseconds), size, place on the disk."""

    name: str
    changed_ns: int
    size: int
    inode: int

    def __str__(self) -> str:
        return f"{self.changed_ns}:{self.size}:{self.inode}:{self.name}"


def stamp_of(path: Path) -> Stamp:
    """The stamp of a file. Raises OSError: there is none."""
    found = path.stat()
    return Stamp(path.name, found.st_mtime_ns, found.st_size, found.st_ino)


def newest(folder: Path, pattern: str) -> Path | None:
    """The file of a pattern that was changed last; of several the last one by name. None: there is none."""
    found = [path for path in folder.glob(pattern) if path.is_file()]
    return max(found, key=lambda path: (path.stat().st_mtime_ns, path.name), default=None)


def rests_in_s(stamp: Stamp, rest_s: float) -> float:
    """In how many seconds a file has rested for long enough, if nobody goes on writing it."""
    return max(0.0, rest_s - (time.time_ns() - stamp.changed_ns) / 1e9)


def put_whole(path: Path, data: bytes, expected: Stamp | None) -> None:
    """Put a file in the place of another one, or of none; it is there wholly, whatever happens, or not at all.

    Raises BusyError: what is there is not what was `expected`; OSError: nothing was changed.
    """
    target = path.resolve()  # a link stays one
    handle, scratch = mkstemp(prefix=f".{path.name}.", suffix=".part", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if expected is not None:
            Path(scratch).chmod(path.stat().st_mode & 0o777)
            if stamp_of(path) != expected:
                raise BusyError("somebody else changed it meanwhile")
            os.replace(scratch, target)
        else:
            Path(scratch).chmod(0o666 & ~_umask())
            os.link(scratch, path)  # never over a file
            Path(scratch).unlink()
    except BaseException:
        with suppress(OSError):
            Path(scratch).unlink()
        raise
    _sync_folder(target.parent)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Let no other process of Accord write the file that a lock stands for. Raises BusyError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        for _ in range(_TRIES):
            if try_lock(file.fileno()):
                break
            time.sleep(_PAUSE_S)
        else:
            raise BusyError("another process of Accord writes it")
        yield


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def _sync_folder(folder: Path) -> None:
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
