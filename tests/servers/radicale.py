"""Radicale, a CardDAV and CalDAV server that nobody here wrote."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.servers.dav_server import DavServer, installed

__all__ = ["PASSWORD", "USER", "RadicaleServer", "radicale"]

VERSION: Final = "3.9.0"
USER, PASSWORD = "accord", "let-accord-in"
PERSON: Final = ("carol", "let-carol-in")
_CONFIG: Final = """\
[server]
hosts = 127.0.0.1:{port}
[auth]
type = htpasswd
htpasswd_filename = {folder}/users
htpasswd_encryption = plain
delay = 0
[storage]
filesystem_folder = {folder}/collections
[rights]
type = authenticated
[logging]
level = warning
"""


class RadicaleServer(DavServer):
    """The user `accord` owns what is made; carol works in it."""

    person = PERSON

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.url = f"{self.url}{USER}/"
        users = f"{USER}:{PASSWORD}\n{':'.join(PERSON)}\n"
        (folder / "users").write_text(users, encoding="utf-8")
        (folder / "config").write_text(_CONFIG.format(port=self.port, folder=folder), encoding="utf-8")

    def command(self) -> Sequence[str | Path]:
        """See `DavServer`."""
        python = installed("radicale", VERSION) / "bin" / "python"
        return [python, "-m", "radicale", "--config", self.folder / "config"]

    def start(self) -> None:
        """See `DavServer`."""
        super().start()
        self.call("PROPFIND", "", headers={"Depth": "0"}, who=(USER, PASSWORD))  # makes the user's home


@contextmanager
def radicale() -> Iterator[RadicaleServer]:
    """A server with nothing in it."""
    with tempfile.TemporaryDirectory() as folder:
        server = RadicaleServer(Path(folder))
        server.start()
        try:
            yield server
        finally:
            server.stop()
