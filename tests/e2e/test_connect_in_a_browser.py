"""`accord connect` as a person meets it: the program, a system's page in a real browser, and the sync that follows."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
import yaml
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import open_browser
from tests.e2e.shop import PAIRS, Sandbox, manifest

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
    "PYTHONUNBUFFERED": "1",
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as opened:
        yield opened


class Hub:
    """A project whose CRM wants a person to log in."""

    def __init__(self, folder: Path, crm: Sandbox, erp: Sandbox) -> None:
        self.folder, self.crm = folder, crm
        urls = {name: f"{crm.url}/login/{name}" for name in ("authorize", "token")}
        told = {"authorize_url": urls["authorize"], "token_url": urls["token"]}
        systems = {
            "crm": {"connector": "./crm.yaml", "priority": 2, "url": crm.url, "auth": told},
            "erp": {"connector": "./erp.yaml", "priority": 1, "url": erp.url},
        }
        head = yaml.safe_dump({"version": 1, "name": "shop", "systems": systems}, sort_keys=False)
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
    said = hub.accord("sync", "--yes", code=5)
    assert f"Let a person do so: accord -C {hub.folder} connect crm" in said
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
    assert "crm: connected (until" in hub.accord("connect")
    revoked = Request(f"{hub.crm.url}/_sandbox/tokens?refresh=true", method="DELETE")
    with urlopen(revoked, timeout=10):
        pass
    assert f"accord -C {hub.folder} connect crm" in hub.accord("sync", code=5)
    assert "crm: it has ended, or was taken back" in hub.accord("status")
