"""A project on real servers: two sandboxes as processes of their own, a proxy that slows and spoils, and the program.

with Shop(tmp_path) as shop:
    shop.crm.add("Company", name="Acme")
    assert shop.accord("sync", "--yes").code == 0
"""

import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple, Self
from urllib.error import HTTPError
from urllib.parse import urljoin
from urllib.request import Request, urlopen

import yaml

from accord.cli import main
from accord.connectorkit.manifest import Manifest
from accord.connectorkit.manifest_load import load_manifest
from tests.waiting import until

__all__ = ["PAIRS", "Proxy", "Result", "Sandbox", "Shop", "manifest", "run_here"]

_ALIKE: dict[str, Any] = {
    "id": {"property": "id", "type": "integer"},
    "version": {"property": "rev", "etag": True, "order": "ordered", "exact": True},
    "conditional": "If-Match",
    "modified": {"property": "changed", "resolution": "us"},
    "created": "made",
    "update": "patch",
    "page": {"style": "cursor", "size": 50, "next": "next", "items": "items"},
    "changes": {"parameter": "since", "format": "iso"},
    "tombstones": {"property": "deleted"},
    "absent": dict.fromkeys(("listing", "feed", "fetch", "reply"), None),
    "errors": {"message": "errors[].message", "property": "errors[].field"},
    "idempotency": {"valid_s": 3600},
    "confirm_s": 0.1,
    "max_request_s": 5,
}
PAIRS = """\
pairs:
  - from: crm.Company
    to: erp.Company
    delete: propagate
    create: {forward: always, backward: always}
    match: [[[name, name]]]
    rows:
      - [name, name]
      - [city, city]
      - {from: note, to: note, direction: forward}
  - from: crm.Person
    to: erp.Person
    create: {forward: always, backward: always}
    match: [[[email, email]]]
    rows:
      - [name, name]
      - [email, email]
      - [phone, phone]
      - [company, company]
"""


def manifest(name: str) -> dict[str, Any]:
    """A system with companies, and the people of these."""
    company = {"name": {"max_length": 12}, "city": {}, "note": {}, "size": {"type": "integer"}}
    person = {"name": {}, "email": {}, "phone": {}, "company": {"type": "integer", "reference": "Company"}}
    return {
        "name": name,
        "base_url": "http://127.0.0.1:9",
        "types": {
            "Company": {**_ALIKE, "path": "companies", "properties": company},
            "Person": {**_ALIKE, "path": "people", "properties": person},
        },
    }


class Result(NamedTuple):
    """How a call of the program ended."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """What it answered as JSON."""
        return json.loads(self.out)


def run_here(*args: str) -> Result:
    """Run the program in this process, which is quick."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            main(list(args))
        except SystemExit as ending:
            return Result(int(ending.code or 0), out.getvalue(), err.getvalue())
    raise AssertionError("the program does not end by itself")


def call(method: str, url: str, body: Any = None) -> Any:
    """The answer of a server, as JSON."""
    data = None if body is None else json.dumps(body).encode()
    request = Request(url, data, {"Content-Type": "application/json"}, method=method)
    with urlopen(request, timeout=10) as answer:
        text = answer.read()
    return json.loads(text) if text else None


class Sandbox:
    """One system in a process of its own."""

    def __init__(self, file: Path, *options: str) -> None:
        command = [sys.executable, "-m", "accord.sandbox", str(file), *options]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert " at http" in line, line
        self.url = line.split()[-1].rstrip("/")
        self.door = urljoin(self.url, "/_sandbox")
        """Where people come in."""

    def add(self, type_name: str, **body: Any) -> int:
        """Id of a record that a person entered."""
        return int(call("POST", f"{self.door}/records/{type_name}", body)["id"])

    def add_many(self, type_name: str, bodies: list[dict[str, Any]]) -> None:
        """Records that people entered."""
        call("POST", f"{self.door}/records/{type_name}", bodies)

    def edit(self, type_name: str, record_id: int, **changes: Any) -> None:
        """A person's edit."""
        call("PATCH", f"{self.door}/records/{type_name}/{record_id}", changes)

    def delete(self, type_name: str, record_id: int) -> None:
        """A person's delete."""
        call("DELETE", f"{self.door}/records/{type_name}/{record_id}")

    def records(self, type_name: str) -> list[dict[str, Any]]:
        """Records that are there."""
        found: list[dict[str, Any]] = call("GET", f"{self.door}/records/{type_name}?limit=10000")["items"]
        return found

    def values(self, type_name: str, name: str) -> list[Any]:
        """One property of all records, in order."""
        return sorted(row.get(name) or "" for row in self.records(type_name))

    def calls(self) -> int:
        """How often it was called through its own API."""
        return int(call("GET", f"{self.door}/calls")["total"])

    def stop(self) -> None:
        """End the process."""
        self._process.terminate()
        self._process.wait(10)
        if self._process.stdout is not None:
            self._process.stdout.close()


class Proxy:
    """Passes calls on, writes after `delay_s`. `spoil(method, path)` may answer itself: (status, body, headers)."""

    def __init__(self, target: str) -> None:
        self.delay_s = 0.0
        self.writes = 0
        self.spoil: Callable[[str, str], tuple[int, bytes] | None] = lambda _method, _path: None
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1

            def handle_one(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length) if length else None
                proxy.writes += self.command != "GET"
                if self.command != "GET":
                    time.sleep(proxy.delay_s)
                spoiled = proxy.spoil(self.command, self.path)
                status, text, headers = (*spoiled, {}) if spoiled else self.passed_on(body)
                with suppress(OSError):
                    self.send_response(status)
                    for name, value in headers.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(text)))
                    self.end_headers()
                    self.wfile.write(text)
                    self.wfile.flush()

            def passed_on(self, body: bytes | None) -> tuple[int, bytes, dict[str, str]]:
                kept = ("Content-Type", "If-Match", "Idempotency-Key", "Authorization")
                headers = {name: self.headers[name] for name in kept if name in self.headers}
                request = Request(target + self.path, body, headers, method=self.command)
                try:
                    with urlopen(request, timeout=10) as answer:
                        status, text, told = answer.status, answer.read(), answer.headers
                except HTTPError as error:
                    status, text, told = error.code, error.read(), error.headers
                    error.close()
                back = {name: told[name] for name in ("Content-Type", "ETag") if told[name]}
                return status, text, back

            do_GET = do_POST = do_PATCH = do_DELETE = handle_one  # noqa: N815 - the base class names them so

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        """End it."""
        self._server.shutdown()
        self._server.server_close()


class Shop:
    """The project in a folder, its two systems, and a proxy before the ERP."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "shop"
        self.folder.mkdir()
        for name in ("crm", "erp"):
            (self.folder / f"{name}.yaml").write_text(yaml.safe_dump(manifest(name)), encoding="utf-8")
        self.crm, self.erp = (Sandbox(self.folder / f"{name}.yaml") for name in ("crm", "erp"))
        self.proxy = Proxy(self.erp.url)
        self.configure()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def configure(self, pairs: str = PAIRS, *, more: str = "", crm_url: str = "", erp_url: str = "") -> None:
        """Write accord.yaml."""
        text = (
            "version: 1\nname: shop\nsystems:\n"
            f"  crm: {{connector: ./crm.yaml, priority: 2, url: '{crm_url or self.crm.url}'}}\n"
            f"  erp: {{connector: ./erp.yaml, priority: 1, url: '{erp_url or self.proxy.url}'}}\n"
        )
        (self.folder / "accord.yaml").write_text(text + more + pairs, encoding="utf-8")

    def manifests(self) -> dict[str, Manifest]:
        """The manifests of both systems."""
        return {name: load_manifest(self.folder / f"{name}.yaml") for name in ("crm", "erp")}

    def accord(self, *args: str) -> Result:
        """Call the program on the project, in this process."""
        return run_here("-C", str(self.folder), *args)

    @contextmanager
    def process(self, *args: str, **options: Any) -> Iterator[subprocess.Popen[str]]:
        """Call the program on the project, in a process of its own."""
        command = [sys.executable, "-m", "accord", "-C", str(self.folder), *args]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        with subprocess.Popen(command, **{**pipes, **options}) as started:
            try:
                yield started
            finally:
                with suppress(ProcessLookupError):
                    os.kill(started.pid, signal.SIGKILL)

    def wait_for_writes(self, count: int) -> None:
        """Until so many writes have come to the proxy."""
        until(lambda: self.proxy.writes >= count, lambda: f"only {self.proxy.writes} writes")

    def stop(self) -> None:
        """End all servers."""
        for server in (self.proxy, self.crm, self.erp):
            server.stop()
