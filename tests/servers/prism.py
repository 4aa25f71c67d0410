"""Prism, which makes a server of an OpenAPI document and refuses what does not fit it; nobody here wrote it."""

import os
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Final, Self

from tests.servers import npm

__all__ = ["DOCUMENTS", "Prism"]

DOCUMENTS: Final = Path(__file__).parent / "prism"
_START_S: Final = 60


class Prism:
    """A server on a free port of the loopback interface."""

    def __init__(self, document: Path) -> None:
        folder = npm.installed(DOCUMENTS)
        self._log = Path(tempfile.mkdtemp(prefix="accord-prism-")) / "log"
        command = [folder / "node_modules" / ".bin" / "prism", "mock", "-h", "127.0.0.1", "-p", "0", document]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env={**os.environ, "NO_COLOR": "1"}
            )
        self.url = f"http://127.0.0.1:{self._port()}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def violations(self) -> list[str]:
        """What of all requests until now does not fit the document."""
        return re.findall(r"Violation: (.*)", self._said())

    def stop(self) -> None:
        """End its process."""
        if self._process.poll() is None:
            self._process.terminate()
            self._process.wait(10)
        shutil.rmtree(self._log.parent, ignore_errors=True)

    def _port(self) -> int:
        until = time.monotonic() + _START_S
        while time.monotonic() < until and self._process.poll() is None:
            if found := re.search(r"listening on http://127\.0\.0\.1:(\d+)", self._said()):
                return int(found[1])
            time.sleep(0.05)
        said = self._said()
        self.stop()
        raise RuntimeError(f"Prism did not start:\n{said[-2000:]}")

    def _said(self) -> str:
        return re.sub(r"\x1b\[[0-9;]*m", "", self._log.read_text(errors="replace"))
