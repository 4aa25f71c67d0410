"""A PostgreSQL server of the tests' own: the system's binaries, a folder for the time being, nothing left behind."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Final

import psycopg
import pytest

__all__ = ["DURABLE", "Server", "open_server", "server"]

_INSTALL: Final = (
    ("apt-get", ("install", "--yes", "--no-install-recommends", "postgresql")),
    ("dnf", ("install", "--assumeyes", "postgresql-server")),
    ("apk", ("add", "postgresql")),
    ("zypper", ("--non-interactive", "install", "postgresql-server")),
)
_INSTALL_S: Final = 300
_START_S: Final = 30
PASSWORD: Final = "pass-of-the-tests"
_SETTINGS: Final = {
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "max_connections": "60",
    "deadlock_timeout": "100ms",
    "autovacuum_naptime": "5s",
    "log_min_messages": "fatal",
}

DURABLE: Final = {"fsync": "on", "full_page_writes": "on"}
"""As a server is by default, for what is measured."""


class Server:
    """A server under way. Whoever comes through the socket is trusted, through TCP a password is asked for."""

    def __init__(self, folder: Path, binaries: Path, settings: Mapping[str, str]) -> None:
        self.folder, self.binaries = folder, binaries
        self._settings = _SETTINGS | dict(settings)
        self.port = _free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self._schemas = 0

    def url(self, schema: str = "", *, database: str = "accord", user: str = "accord") -> str:
        """Address through the socket."""
        asked = f"&schema={schema}" if schema else ""
        return f"postgresql://{user}@/{database}?host={self.folder}&port={self.port}{asked}"

    def new_schema(self) -> str:
        """A name that no schema has yet."""
        self._schemas += 1
        return f"test_{self._schemas}"

    def tcp(self, schema: str = "", *, user: str = "accord", password: str = PASSWORD) -> str:
        """Address through TCP, with a password."""
        asked = f"?schema={schema}" if schema else ""
        return f"postgresql://{user}:{password}@127.0.0.1:{self.port}/accord{asked}"

    def start(self) -> None:
        """Start, and wait until it answers."""
        settings = self._settings | {
            "port": str(self.port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": str(self.folder),
        }
        command = [str(self.binaries / "postgres"), "-D", str(self.folder / "data")]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **_unprivileged()
            )
        last_s = time.monotonic() + _START_S
        while True:
            try:
                psycopg.connect(self.url(database="postgres", user="postgres")).close()
                return
            except psycopg.OperationalError:
                if self.process.poll() is not None or time.monotonic() > last_s:
                    raise RuntimeError((self.folder / "log").read_text()) from None
                time.sleep(0.02)

    def stop(self) -> None:
        """Stop at once, whoever is connected."""
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(timeout=_START_S)
            self.process = None

    def crash(self) -> None:
        """End at once, as if it were killed; what was committed is found again when it starts."""
        if self.process is not None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(timeout=_START_S)
            self.process = None

    def run(self, *statements: str, database: str = "accord") -> list[tuple[object, ...]]:
        """Rows of the last statement, run as the owner of the server."""
        with psycopg.connect(self.url(database=database, user="postgres"), autocommit=True) as db:
            for statement in statements:
                cursor = db.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []


@contextmanager
def open_server(settings: Mapping[str, str] = MappingProxyType({})) -> Iterator[Server]:
    """A server with a role and a database `accord`. Skips, and says why, where there are no binaries."""
    binaries = _found() or _installed()
    folder = Path(tempfile.mkdtemp(prefix="accord-pg-", dir="/tmp"))  # the path of a socket may not be long
    try:
        folder.chmod(0o755)
        who = _unprivileged()
        if who:
            shutil.chown(folder, who["user"], who["group"])
        subprocess.run(
            [
                str(binaries / "initdb"), "--pgdata", str(folder / "data"), "--encoding", "UTF8", "--locale", "C",
                "--username", "postgres", "--auth-local", "trust", "--auth-host", "scram-sha-256", "--no-sync",
            ],
            check=True, capture_output=True, cwd=folder, **who,
        )  # fmt: skip
        server = Server(folder, binaries, settings)
        server.start()
        try:
            server.run(f"CREATE ROLE accord LOGIN PASSWORD '{PASSWORD}'", database="postgres")
            server.run("CREATE DATABASE accord OWNER accord", database="postgres")
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """One server for all tests of this process."""
    with open_server() as opened:
        yield opened


def _unprivileged() -> dict[str, str]:
    """The server refuses to run as root."""
    return {"user": "nobody", "group": "nogroup"} if os.geteuid() == 0 else {}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _found() -> Path | None:
    """The folder of the newest server's binaries."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    folders += [Path(found).resolve().parent for name in ("postgres",) if (found := shutil.which(name))]
    whole = [path for path in folders if (path / "postgres").exists() and (path / "initdb").exists()]
    return whole[-1] if whole else None


def _installed() -> Path:
    """Binaries by the system's package manager."""
    why = "there is no package manager that is known"
    for name, args in _INSTALL:
        if manager := shutil.which(name):
            why = _install([manager, *args])
            break
    return _found() or pytest.skip(f"there is no PostgreSQL on this machine: {why}")


def _install(command: list[str]) -> str:
    """Runs the package manager; why it did not do."""
    if os.geteuid() != 0:
        command = ["sudo", "-n", *command]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_INSTALL_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{' '.join(command)}: {error}"
    return f"{' '.join(command)}: {done.stderr.strip()[-300:] or done.returncode}"
