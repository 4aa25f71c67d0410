"""SAP CAP, an OData v4 service that nobody here wrote: an ERP over SQLite, as tests/servers/cap/srv/erp.cds has it."""

import base64
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Self
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

from accord.testing.connector_contract import Entered
from tests.servers import npm

__all__ = ["PASSWORD", "USER", "CapServer", "Clerks", "installed"]

MODEL: Final = Path(__file__).parent / "cap"
USER, PASSWORD = "accord", "let-accord-in"
PERSON: Final = ("carol", "let-carol-in")
PATIENCE_S: Final = 30.0


def installed() -> tuple[Path, Path]:
    """(folder, node): CAP and the Node that it wants."""
    folder = npm.installed(MODEL, _put)
    machine = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64"}.get(
        platform.machine().lower(), platform.machine()
    )
    node = folder / "node_modules" / f"node-{sys.platform}-{machine}" / "bin" / "node"
    return folder, node if node.exists() else Path(shutil.which("node") or "node")


def _put(folder: Path) -> None:
    for name in ("srv", "server.js"):  # the model may have changed meanwhile
        target = folder / name
        if (MODEL / name).is_dir():
            shutil.copytree(MODEL / name, target, dirs_exist_ok=True)
        else:
            shutil.copy(MODEL / name, target)


class CapServer:
    """One server on a free port of the loopback interface, with an empty database in memory."""

    def __init__(self, limit: int = 100) -> None:
        folder, node = installed()
        self._log = Path(folder) / f"log-{os.getpid()}-{time.monotonic_ns()}"
        environment = {
            **os.environ,
            "NO_COLOR": "1",
            "PORT": "0",
            "CDS_CONFIG": json.dumps({"query": {"limit": {"max": limit}}}),
        }
        command = [str(node), "--no-warnings", "node_modules/@sap/cds/bin/serve.js", "all", "--in-memory"]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        self.url = f"http://127.0.0.1:{self._port()}/odata/v4/erp"

    def _port(self) -> int:
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until and self._process.poll() is None:
            if found := re.search(r"ready on port (\d+)", self._log.read_text(errors="replace")):
                return int(found[1])
            time.sleep(0.05)
        self.stop()
        raise RuntimeError(f"SAP CAP did not start:\n{self._log.read_text(errors='replace')[-2000:]}")

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

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """What it answers somebody who is not Accord; None for no content. Raises HTTPError."""
        word = base64.b64encode(":".join(PERSON).encode()).decode()
        request = Request(
            f"{self.url}/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "Authorization": f"Basic {word}", **headers},
        )
        with urlopen(request, timeout=PATIENCE_S) as answer:
            told = answer.read()
        return json.loads(told) if told else None

    def metadata(self) -> bytes:
        """What $metadata answers."""
        word = base64.b64encode(":".join(PERSON).encode()).decode()
        request = Request(f"{self.url}/$metadata", headers={"Authorization": f"Basic {word}"})
        with urlopen(request, timeout=PATIENCE_S) as answer:
            return bytes(answer.read())

    def all(self, name: str) -> list[dict[str, Any]]:
        """All records of an entity set, page by page."""
        rows: list[dict[str, Any]] = []
        path: str | None = name
        while path:
            page = self.call("GET", path)
            rows += page["value"]
            path = page.get("@odata.nextLink")
        return rows

    def empty(self) -> None:
        """Nothing is there any more."""
        for name in ("Lines", "Orders", "Contacts", "Customers", "Items"):
            rows = self.all(name)
            for start in range(0, len(rows), 100):
                self.call(
                    "POST",
                    "$batch",
                    {
                        "requests": [
                            {
                                "id": str(n),
                                "method": "DELETE",
                                "url": f"{name}({key(name, row)})",
                                "headers": {"if-match": "*"},
                            }
                            for n, row in enumerate(rows[start : start + 100])
                        ]
                    },
                )


def key(name: str, row: Mapping[str, Any]) -> str:
    """How a record's key stands between parentheses."""
    return literal(row["sku"]) if name == "Items" else str(row.get("ID", row.get("id")))


def literal(text: str) -> str:
    """A text as OData writes it in addresses."""
    return "'" + quote(text.replace("'", "''"), safe="") + "'"


class Clerks:
    """People who work in it over its own door, with another account than Accord's."""

    def __init__(self, server: CapServer) -> None:
        self.server = server

    def person_create(self, name: str, body: Mapping[str, Any]) -> Entered:
        """See `People`."""
        row = self.server.call("POST", name, dict(body))
        return Entered(str(row["sku"] if name == "Items" else row["ID"]))

    def person_edit(self, name: str, record_id: str, changes: Mapping[str, Any]) -> None:
        """See `People`."""
        self.server.call("PATCH", self._place(name, record_id), dict(changes), **{"If-Match": "*"})

    def person_delete(self, name: str, record_id: str) -> None:
        """See `People`."""
        try:
            self.server.call("DELETE", self._place(name, record_id), **{"If-Match": "*"})
        except HTTPError as error:
            if error.code != 404:
                raise

    def tables(self) -> dict[str, dict[str, dict[str, Any]]]:
        """See `People`."""
        names = ("Customers", "Contacts", "Items", "Orders")
        return {
            name: {str(r["sku"] if name == "Items" else r["ID"]): r for r in self.server.all(name)}
            for name in names
        }

    @staticmethod
    def _place(name: str, record_id: str) -> str:
        return f"{name}({literal(record_id) if name == 'Items' else record_id})"
