"""One process at a time writes a store; as many as like read it."""

import os
import time
from pathlib import Path
from typing import Final

from accord.filelock import try_lock
from accord.store.sqlite.faults import stop

__all__ = ["FileLock"]

_PAUSE_S: Final = 0.05


class FileLock:
    """An advisory lock on a file beside the database; the system takes it away when the process ends, however it does.

    The file holds the holder's process id and stays when the lock is let go of.
    """

    def __init__(self, database: Path, *, wait_s: float = 0.0) -> None:
        """Take the lock. Raises StopFlow: somebody has it for longer than `wait_s`, or no right to make the file."""
        path = database.with_name(database.name + "-lock")
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise stop(str(database), "the lock file can not be opened", f"Make {path} writable.") from error
        last_s = time.monotonic() + wait_s
        while not try_lock(self._file):
            if time.monotonic() >= last_s:
                holder = _holder(self._file)
                os.close(self._file)
                raise stop(
                    str(database),
                    f"another process is working with it{holder}",
                    "Wait for it to end, or stop it; `accord status` reads meanwhile.",
                )
            time.sleep(_PAUSE_S)
        os.ftruncate(self._file, 0)
        os.lseek(self._file, 0, os.SEEK_SET)
        os.write(self._file, str(os.getpid()).encode())

    def release(self) -> None:
        """Let go of the lock; once is enough."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def _holder(file: int) -> str:
    os.lseek(file, 0, os.SEEK_SET)
    text = os.read(file, 20).decode("ascii", "replace").strip()
    return f" (process {text})" if text.isdigit() else ""
