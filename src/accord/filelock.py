"""A lock between processes on an open file; the system takes it away when its holder ends, however it does (C3, C5)."""

import os
import sys

__all__ = ["try_lock"]

if sys.platform == "win32":
    import msvcrt

    def try_lock(file: int) -> bool:
        """Lock a file that is open; False while another one has it. Closing the file lets go of it."""
        os.lseek(file, 1 << 20, os.SEEK_SET)  # far behind what may stand in it, which others may read
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def try_lock(file: int) -> bool:
        """Lock a file that is open; False while another one has it. Closing the file lets go of it."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
