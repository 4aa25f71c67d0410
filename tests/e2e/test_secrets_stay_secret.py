"""Secrets are planted everywhere; nothing that the program says or keeps holds one of them (P2)."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request as Asked, urlopen

import pytest
import yaml

from accord.connectorkit.http import FileTokens, Request, Response, SecretKeys, Tokens
from accord.connectorkit.http.sealing import Seal
from tests.e2e.shop import PAIRS, Sandbox, manifest, run_here

PLANTED = {
    "CRM_CLIENT_SECRET": "plant-client-secret",
    "CRM_REFRESH": "plant-client-secret",  # the sandbox takes one secret for all
    "ERP_KEY": "plant-api-key",
    "TOKEN_KEY": "plant-token-key-which-is-long-enough-to-be-one",
    "ALERT_URL": "json://plant-user:plant-password@127.0.0.1:9/plant-path",
}
WORDS = ("plant-", "Bearer a_")
CRM = {
    "kind": "oauth2_refresh_token",
    "token_url": "http://127.0.0.1:9/_token",
    "client_id": "env:CRM_CLIENT_ID",
    "client_secret": "env:CRM_CLIENT_SECRET",
    "refresh_token": "env:CRM_REFRESH",
}
ERP = {"kind": "api_key", "key": "env:ERP_KEY", "place": "query", "name": "key"}


class Outputs:
    """All that was said, and the secrets that must not be in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said: dict[str, str] = {}
        self.tokens: set[str] = set()

    def accord(self, *args: str, code: int = 0) -> Any:
        """Call the program."""
        told = run_here("-C", str(self.folder), *args)
        assert told.code == code, told
        self.said[f"{len(self.said)} {' '.join(args)}"] = told.out + told.err
        self.look_at_tokens()
        return told

    def look_at_tokens(self) -> None:
        """What the system has handed out by now is secret, too."""
        keys = SecretKeys(["env:TOKEN_KEY"], lambda _: PLANTED["TOKEN_KEY"])
        kept = asyncio.run(FileTokens(self.folder / ".accord" / "tokens", keys=keys).load("crm"))
        if kept is not None:
            self.tokens |= {token for token in (kept.access, kept.refresh) if token}

    def check(self) -> None:
        """Nothing of it is anywhere."""
        for file in sorted((self.folder / ".accord").rglob("*")):
            if file.is_file():
                self.said[str(file)] = file.read_bytes().decode("latin-1")
        assert len(self.tokens) >= 4
        for place, text in self.said.items():
            for secret in (*WORDS, *self.tokens):
                assert secret not in text, f"{secret} is in {place}"


@pytest.fixture
def outputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Outputs]:
    for name, auth in (("crm", CRM), ("erp", ERP)):
        text = yaml.safe_dump({**manifest(name), "auth": auth})
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    for name, secret in PLANTED.items():
        monkeypatch.setenv(name, secret)
    monkeypatch.setenv("CRM_CLIENT_ID", "hub")
    crm = Sandbox(
        tmp_path / "crm.yaml", "--secret", PLANTED["CRM_REFRESH"], "--rotate-refresh", "--token-s", "2"
    )
    erp = Sandbox(tmp_path / "erp.yaml", "--secret", PLANTED["ERP_KEY"])
    told = {"token_url": f"{crm.url}/_token"}
    systems = {
        "crm": {"connector": "./crm.yaml", "url": crm.url, "auth": told, "priority": 2},
        "erp": {"connector": "./erp.yaml", "url": erp.url, "priority": 1},
    }
    head = {
        "version": 1,
        "name": "shop",
        "tokens": {"key": "env:TOKEN_KEY"},
        "alerts": {"to": ["env:ALERT_URL"], "down_minutes": 0},
        "systems": systems,
    }
    (tmp_path / "accord.yaml").write_text(yaml.safe_dump(head) + PAIRS, encoding="utf-8")
    crm.add("Company", name="Acme")
    yield Outputs(tmp_path)
    crm.stop()
    erp.stop()


def test_p2_no_output_and_no_file_holds_a_secret(outputs: Outputs, monkeypatch: pytest.MonkeyPatch) -> None:
    log = outputs.folder / "log"
    outputs.accord("--verbose", "--log", str(log), "sync", "--yes")
    for command in ("check", "status", "history", "deadletters", "connect", "alerts"):
        outputs.accord("--json", command)
    outputs.accord("--json", "explain", "crm.Company/1")
    outputs.accord("--verbose", "alerts", "--test", code=1)
    monkeypatch.setenv("ERP_KEY", "plant-wrong-key")
    outputs.accord("--verbose", "--log", str(log), "sync", code=5)
    monkeypatch.setenv("ERP_KEY", PLANTED["ERP_KEY"])
    monkeypatch.setenv("CRM_CLIENT_SECRET", "plant-wrong-secret")
    expire(outputs)
    outputs.accord("--json", "sync", code=5)
    monkeypatch.setenv("CRM_CLIENT_SECRET", "two\nlines of plant-secret")
    outputs.accord("--json", "sync", code=3)
    monkeypatch.setenv("CRM_CLIENT_SECRET", PLANTED["CRM_CLIENT_SECRET"])
    monkeypatch.setenv("TOKEN_KEY", "plant-short")
    outputs.said["short key"] = run_here("-C", str(outputs.folder), "sync").err
    monkeypatch.setenv("TOKEN_KEY", "plant-another-key-which-is-long-enough-to-be-one")
    outputs.said["another key"] = run_here("-C", str(outputs.folder), "sync").out
    assert "sealed with another key" in outputs.said["another key"]
    monkeypatch.setenv("TOKEN_KEY", PLANTED["TOKEN_KEY"])
    serve(outputs)
    outputs.said["log"] = log.read_text("utf-8")
    assert "erp" in outputs.said["log"]
    outputs.check()


def serve(outputs: Outputs) -> None:
    """The service at debug, its figures, and what it tells of an alert that does not get there."""
    command = [sys.executable, "-m", "accord", "-C", str(outputs.folder), "-v", "--json"]
    options = ("serve", "--log", "json", "--port", "0", "--every", "0.2")
    err = outputs.folder / "err"
    environment = {**os.environ, "ERP_KEY": "plant-wrong-key"}
    with (
        err.open("wb") as to,
        subprocess.Popen([*command, *options], stdout=subprocess.PIPE, stderr=to, env=environment) as process,
    ):
        assert process.stdout is not None
        url = json.loads(process.stdout.readline())["url"]
        try:
            for _ in range(100):
                if b"could not be sent" in err.read_bytes():
                    break
                time.sleep(0.1)
            for path in ("/", "/healthz", "/metrics"):
                with urlopen(url + path, timeout=5) as answer:
                    outputs.said[path] = answer.read().decode()
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)
    outputs.look_at_tokens()
    outputs.said["serve"] = err.read_text("utf-8")
    assert "alerts: env:ALERT_URL: it could not be sent" in outputs.said["serve"]
    assert "accord.requests" in outputs.said["serve"]


def crm_url(outputs: Outputs) -> str:
    """Where the CRM is."""
    return str(yaml.safe_load((outputs.folder / "accord.yaml").read_text("utf-8"))["systems"]["crm"]["url"])


def expire(outputs: Outputs) -> None:
    """The CRM's access tokens end."""
    with urlopen(Asked(f"{crm_url(outputs)}/_sandbox/tokens", method="DELETE"), timeout=5):
        pass


def test_p2_no_object_that_a_traceback_may_show_tells_its_secret() -> None:
    seal = Seal(SecretKeys(["env:KEY"], lambda _: "plant-key"))
    shown = [
        Tokens(access="plant-access", refresh="plant-refresh"),
        Request(
            method="GET",
            url="https://x.no/?key=plant",
            headers={"Authorization": "Bearer plant"},
            body=b"plant",
        ),
        Response(status=200, headers={"Set-Cookie": "plant"}, body=b'{"access_token": "plant"}'),
        seal,
    ]
    for each in shown:
        assert "plant" not in repr(each)
