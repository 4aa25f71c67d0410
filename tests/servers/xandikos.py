"""Xandikos, another CardDAV and CalDAV server that nobody here wrote: its records are in git, no people are known."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.servers.dav_server import DavServer, installed

__all__ = ["XandikosServer", "xandikos"]

VERSION: Final = "0.4.10"


class XandikosServer(DavServer):
    """The account is /accord/."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.url = f"{self.url}accord/"

    def command(self) -> Sequence[str | Path]:
        """See `DavServer`."""
        python = installed("xandikos", VERSION) / "bin" / "python"
        return [
            python, "-m", "xandikos", "serve",
            "--directory", self.folder / "data", "--state-dir", self.folder / "state",
            "--current-user-principal", "/accord/", "--defaults", "--no-detect-systemd",
            "--listen-address", "127.0.0.1", "--port", str(self.port),
        ]  # fmt: skip


@contextmanager
def xandikos() -> Iterator[XandikosServer]:
    """A server with an address book and a calendar in which nothing is."""
    with tempfile.TemporaryDirectory() as folder:
        server = XandikosServer(Path(folder))
        server.start()
        try:
            yield server
        finally:
            server.stop()
