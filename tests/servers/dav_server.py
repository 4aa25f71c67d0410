"""Servers of CardDAV and CalDAV that nobody here wrote: installed once into build/, asked over HTTP alone."""

import base64
import fcntl
import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote
from urllib.request import Request, urlopen
from xml.etree import ElementTree as ET

__all__ = ["DavServer", "installed"]

ROOT: Final = Path(__file__).resolve().parents[2]
_START_S: Final = 30
_INSTALL_S: Final = 300
_KINDS: Final = {
    "cards": "<CR:addressbook/></resourcetype>",
    "tasks": '<C:calendar/></resourcetype><C:supported-calendar-component-set><C:comp name="VTODO"/>'
    "</C:supported-calendar-component-set>",
    "events": '<C:calendar/></resourcetype><C:supported-calendar-component-set><C:comp name="VEVENT"/>'
    "</C:supported-calendar-component-set>",
    "both": "<C:calendar/></resourcetype>",
}
_DAV: Final = "{DAV:}"


class DavServer:
    """A server under way, on loopback alone. `url` is the address of the account that owns what is made; `person` is
    somebody else who logs in, where the server knows people."""

    person: tuple[str, str] | None = None

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, _free_port()
        self.url = f"http://127.0.0.1:{self.port}/"
        self._process: subprocess.Popen[bytes] | None = None
        self._made = 0

    def command(self) -> Sequence[str | Path]:
        """What runs it."""
        raise NotImplementedError

    def start(self) -> None:
        """Start, and wait until it answers."""
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        last_s = time.monotonic() + _START_S
        while not self._listens():
            if self._process.poll() is not None or time.monotonic() > last_s:
                raise RuntimeError((self.folder / "log").read_text())
            time.sleep(0.05)

    def stop(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            self._process = None

    def collection(self, kind: str, path: str = "") -> str:
        """Path, below the user's, of a new collection: cards, tasks, events, or both."""
        self._made += 1
        name = path.strip("/") or f"{kind}-{self._made}"
        told = (
            '<mkcol xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:CR="urn:ietf:params:xml:ns:carddav">'
            f"<set><prop><resourcetype><collection/>{_KINDS[kind]}<displayname>{name}</displayname></prop></set></mkcol>"
        )
        self.call("MKCOL", f"{name}/", told.encode())
        return f"{name}/"

    def call(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        who: tuple[str, str] | None = None,
    ) -> tuple[bytes, Mapping[str, str]]:
        """What is answered to a person, below the user's address."""
        told, who = {"Content-Type": "application/xml; charset=utf-8", **(headers or {})}, who or self.person
        if who is not None:
            told["Authorization"] = f"Basic {base64.b64encode(':'.join(who).encode()).decode()}"
        request = Request(f"{self.url}{quote(path)}", body, told, method=method)
        with urlopen(request, timeout=10) as answer:
            return answer.read(), answer.headers

    def put(self, path: str, text: str) -> None:
        """A person's program stores a record."""
        kind = "text/vcard" if path.endswith(".vcf") else "text/calendar"
        self.call("PUT", path, text.encode(), {"Content-Type": f"{kind}; charset=utf-8"})

    def text(self, path: str) -> str:
        """A record as it stands."""
        return self.call("GET", path)[0].decode()

    def names(self, collection: str) -> list[str]:
        """Names of the records of a collection."""
        asked = b'<propfind xmlns="DAV:"><prop><getetag/></prop></propfind>'
        root = ET.fromstring(self.call("PROPFIND", collection, asked, {"Depth": "1"})[0])
        paths = [each.findtext(f"{_DAV}href") or "" for each in root.iter(f"{_DAV}response")]
        return sorted(unquote(path.rpartition("/")[2]) for path in paths if not path.endswith("/"))

    def _listens(self) -> bool:
        with socket.socket() as found:
            return found.connect_ex(("127.0.0.1", self.port)) == 0


def installed(package: str, version: str) -> Path:
    """An environment of its own, for it is a program apart: nothing of it is ever imported here."""
    folder = ROOT / "build" / f"{package}-{version}"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as one:  # let go of when it is closed
        fcntl.flock(one, fcntl.LOCK_EX)
        if not (folder / "installed").exists():
            for command in (
                [sys.executable, "-m", "venv", folder],
                [folder / "bin" / "python", "-m", "pip", "install", "--quiet", f"{package}=={version}"],
            ):
                subprocess.run(command, check=True, timeout=_INSTALL_S, env=_outside())
            (folder / "installed").touch()
    return folder


def _outside() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
