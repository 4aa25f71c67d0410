"""PostGraphile, a GraphQL server over PostgreSQL that nobody here wrote: its schema is that of the tables."""

import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Final, Self

from tests.postgres import PASSWORD, Server
from tests.servers import npm

__all__ = ["PostGraphile"]

MODEL: Final = Path(__file__).parent / "postgraphile"
_START_S: Final = 60


class PostGraphile:
    """A server on a free port of the loopback interface, over the tables that a database has when it starts."""

    def __init__(self, database: Server) -> None:
        folder = npm.installed(MODEL)
        self._log = Path(tempfile.mkdtemp(prefix="accord-postgraphile-")) / "log"
        port = _free_port()
        command = [
            folder / "node_modules" / ".bin" / "postgraphile",
            "-c", f"postgres://accord:{PASSWORD}@127.0.0.1:{database.port}/accord", "-s", "public",
            "-n", "127.0.0.1", "-p", str(port), "--append-plugins", "postgraphile-plugin-connection-filter",
            "--extended-errors", "errcode,detail", "--disable-graphiql", "--retry-on-init-fail",
        ]  # fmt: skip
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env={**os.environ, "NO_COLOR": "1", "NODE_ENV": "development"},
            )  # fmt: skip
        self.url = f"http://127.0.0.1:{port}/graphql"
        until = time.monotonic() + _START_S
        while not re.search(r"GraphQL API:", said := self._log.read_text(errors="replace")):
            if time.monotonic() > until or self._process.poll() is not None:
                self.stop()
                raise RuntimeError(f"PostGraphile did not start:\n{said[-2000:]}")
            time.sleep(0.05)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End its process."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(10)
        shutil.rmtree(self._log.parent, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
