"""A MariaDB server of the tests' own: the system's binaries, a folder for the time being, nothing left behind."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pymysql
import pytest

__all__ = ["MariaServer", "mariadb", "open_mariadb"]

_INSTALL: Final = (
    ("apt-get", ("install", "--yes", "--no-install-recommends", "mariadb-server")),
    ("dnf", ("install", "--assumeyes", "mariadb-server")),
    ("apk", ("add", "mariadb", "mariadb-client")),
    ("zypper", ("--non-interactive", "install", "mariadb")),
)
_INSTALL_S: Final = 300
_START_S: Final = 30
PASSWORD: Final = "pass-of-the-tests"


class MariaServer:
    """A server under way, on loopback alone."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, _free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Address of the database, without the password."""
        return f"mysql://127.0.0.1:{self.port}/accord"

    def start(self) -> None:
        """Start, and wait until it answers."""
        command = [
            _program("mariadbd"), "--no-defaults", f"--datadir={self.folder / 'data'}", f"--port={self.port}",
            "--bind-address=127.0.0.1", f"--socket={self.folder / 'socket'}", f"--pid-file={self.folder / 'pid'}",
            "--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=32M", "--skip-log-bin",
            "--lower-case-table-names=0", f"--user={'mysql' if os.geteuid() == 0 else os.environ.get('USER', 'mysql')}",
        ]  # fmt: skip
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        last_s = time.monotonic() + _START_S
        while not self._listens():
            if self._process.poll() is not None or time.monotonic() > last_s:
                raise RuntimeError((self.folder / "log").read_text())
            time.sleep(0.05)

    def _listens(self) -> bool:
        """Asked without its driver, which leaves connections that fail half open."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return True
        except OSError:
            return False

    def stop(self) -> None:
        """Stop it, whoever is connected."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=_START_S)
            self._process = None

    def run(self, *statements: str) -> None:
        """Run statements as the owner of the server."""
        with pymysql.connect(unix_socket=str(self.folder / "socket"), user="root", autocommit=True) as db:
            for statement in statements:
                db.cursor().execute(statement)


@contextmanager
def open_mariadb() -> Iterator[MariaServer]:
    """A server with a user and a database `accord`. Skips, and says why, where there are no binaries."""
    _installed()
    folder = Path(
        tempfile.mkdtemp(prefix="accord-maria-", dir="/tmp")
    )  # the path of a socket may not be long
    try:
        if os.geteuid() == 0:
            folder.chmod(0o755)
            shutil.chown(folder, "mysql")
        subprocess.run(
            [
                _program("mariadb-install-db"), "--no-defaults", f"--datadir={folder / 'data'}", "--skip-test-db",
                "--auth-root-authentication-method=normal", *(["--user=mysql"] if os.geteuid() == 0 else []),
            ],
            check=True, capture_output=True,
        )  # fmt: skip
        server = MariaServer(folder)
        server.start()
        try:
            server.run(
                "CREATE DATABASE accord CHARACTER SET utf8mb4",
                f"CREATE USER accord@'127.0.0.1' IDENTIFIED BY '{PASSWORD}'",
                "GRANT ALL ON accord.* TO accord@'127.0.0.1'",
                "GRANT PROCESS ON *.* TO accord@'127.0.0.1'",
            )
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def mariadb() -> Iterator[MariaServer]:
    """One server for all tests of this process."""
    with open_mariadb() as opened:
        yield opened


def _program(name: str) -> str:
    found = shutil.which(name) or next(
        (p for p in (f"/usr/sbin/{name}", f"/usr/libexec/{name}") if Path(p).exists()), ""
    )
    return found or name


def _installed() -> None:
    if Path(_program("mariadbd")).exists():
        return
    for tool, arguments in _INSTALL:
        if shutil.which(tool) and os.geteuid() == 0:
            done = subprocess.run([tool, *arguments], capture_output=True, timeout=_INSTALL_S, check=False)
            if done.returncode == 0 and Path(_program("mariadbd")).exists():
                return
            pytest.skip(
                f"MariaDB is not here, and {tool} could not install it: {done.stderr.decode()[-200:]}"
            )
    pytest.skip("MariaDB is not here, and nobody may install it: install mariadb-server")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
