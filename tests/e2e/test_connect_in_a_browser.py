"""`accord connect` as a person meets it: the program, a system's page in a real browser, and the sync that follows."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.request import urlopen

import pytest
import yaml
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import open_browser
from tests.e2e.shop import PAIRS, Sandbox, manifest
from tests.waiting import until

LOGIN = {
    "kind": "oauth2_code",
    "authorize_url": "https://crm.example/login/authorize",
    "token_url": "https://crm.example/login/token",
    "client_id": "env:CRM_CLIENT_ID",
    "client_secret": "env:CRM_CLIENT_SECRET",
    "scopes": ["contacts"],
}
ENVIRONMENT = {
    **os.environ,
    "CRM_CLIENT_ID": "hub",
    "CRM_CLIENT_SECRET": "a client secret",
    "ALERT_URL": "json://127.0.0.1:9/nobody",
    "PYTHONUNBUFFERED": "1",
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as opened:
        yield opened


class Hub:
    """A project whose CRM wants a person to log in."""

    def __init__(self, folder: Path, crm: Sandbox, erp: Sandbox) -> None:
        self.folder, self.crm, self.erp = folder, crm, erp
        self.configure()

    def configure(self, **auth: str) -> None:
        """Write accord.yaml."""
        folder, crm, erp = self.folder, self.crm, self.erp
        urls = {name: f"{crm.url}/login/{name}" for name in ("authorize", "token")}
        told = {"authorize_url": urls["authorize"], "token_url": urls["token"], **auth}
        systems = {
            "crm": {"connector": "./crm.yaml", "priority": 2, "url": crm.url, "auth": told},
            "erp": {"connector": "./erp.yaml", "priority": 1, "url": erp.url},
        }
        top = {"version": 1, "name": "shop", "alerts": {"to": ["env:ALERT_URL"]}, "systems": systems}
        head = yaml.safe_dump(top, sort_keys=False)
        (folder / "accord.yaml").write_text(head + PAIRS, encoding="utf-8")

    def accord(self, *args: str, code: int = 0) -> str:
        """What the program says."""
        command = [sys.executable, "-m", "accord", "-C", str(self.folder), *args]
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=60, env=ENVIRONMENT, check=False
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    def connect(self, *args: str) -> subprocess.Popen[str]:
        """The program as it waits for the person."""
        command = [
            sys.executable,
            "-m",
            "accord",
            "-C",
            str(self.folder),
            "--json",
            "connect",
            "crm",
            "--no-browser",
        ]
        return subprocess.Popen(
            [*command, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT
        )


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    for name in ("crm", "erp"):
        more: dict[str, Any] = {"auth": LOGIN} if name == "crm" else {}
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump({**manifest(name), **more}), encoding="utf-8")
    options = ("--secret", "a client secret", "--user", "hub", "--refresh-s", "864000", "--rotate-refresh")
    crm, erp = Sandbox(tmp_path / "crm.yaml", *options), Sandbox(tmp_path / "erp.yaml")
    yield Hub(tmp_path, crm, erp)
    crm.stop()
    erp.stop()


def waiting(process: "subprocess.Popen[str]") -> str:
    """The address that the program prints."""
    assert process.stdout is not None
    return str(json.loads(process.stdout.readline())["url"])


def test_a_person_allows_it_and_the_sync_goes_on(hub: Hub, browser: Browser) -> None:
    hub.crm.add("Company", name="Acme")
    page: Page = browser.new_page()
    with hub.connect() as process:
        page.goto(waiting(process))
        expect(page.get_by_role("heading", name="crm")).to_be_visible()
        page.get_by_role("button", name="Refuse").click()
        expect(page.get_by_role("heading", name="crm is not connected")).to_be_visible()
        out, err = process.communicate(timeout=20)
        assert process.returncode == 1
        assert "it was not allowed" in json.loads(out)["error"]["message"]
        assert "accord" in err
    with hub.connect() as process:
        page.goto(waiting(process))
        page.get_by_role("button", name="Allow").click()
        expect(page.get_by_role("heading", name="crm is connected")).to_be_visible()
        out, _ = process.communicate(timeout=20)
        assert process.returncode == 0
        assert json.loads(out)["state"] == "connected"
    page.close()
    hub.accord("sync", "--yes")
    assert hub.erp.values("Company", "name") == ["Acme"]


@contextmanager
def told() -> Iterator[tuple[str, list[str]]]:
    """The URL of a chat, and what is written there."""
    came: list[str] = []

    class Chat(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            came.extend(line for line in message["message"].splitlines() if line.startswith("- "))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Chat) as server:
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"json://127.0.0.1:{server.server_address[1]}/chat", came
        server.shutdown()


def test_the_service_asks_for_a_login_takes_the_answer_and_goes_on(hub: Hub, browser: Browser) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    hub.configure(redirect_url=f"http://127.0.0.1:{port}/oauth/callback")
    hub.crm.add("Company", name="Acme")
    page = browser.new_page()
    hub.accord("sync", "--yes", code=5)
    command = [sys.executable, "-m", "accord", "-C", str(hub.folder), "--json", "serve", "--port", str(port)]
    with told() as (chat, came):
        options = {"stdout": subprocess.PIPE, "env": {**ENVIRONMENT, "ALERT_URL": chat}}
        with subprocess.Popen([*command, "--every", "0.3"], **options) as service:
            assert service.stdout is not None
            url = json.loads(service.stdout.readline())["url"]
            until(lambda: came)
            with urlopen(f"{url}/metrics", timeout=5) as answer:
                assert b'accord_login_asked{system="crm"} 1.0' in answer.read()
            assert came == ["- crm: nobody has allowed Accord to act for them yet: accord connect crm"]
            assert "--elsewhere" in hub.accord("connect", "crm", "--no-browser", code=1)
            with hub.connect("--elsewhere") as process:
                page.goto(waiting(process))
                page.get_by_role("button", name="Allow").click()
                expect(page.get_by_role("heading", name="crm is connected")).to_be_visible()
                process.communicate(timeout=20)
                assert process.returncode == 0
            until(lambda: hub.erp.values("Company", "name") == ["Acme"])
            until(lambda: came[1:] == ["- crm is connected."])
            service.send_signal(signal.SIGTERM)
            assert service.wait(20) == 143
    page.close()
