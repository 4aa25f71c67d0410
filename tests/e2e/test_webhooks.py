"""Two sandboxes that tell of changes and a service between them, each a process of its own (S9, C1, W9)."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.request import urlopen

import aiohttp
import pytest

from accord.connectorkit.manifest_load import load_manifest
from accord.project.load import CONNECTORS
from accord.testing.system_model.telling import Event, told
from tests.e2e.shop import Result, call, run_here
from tests.waiting import until

SECRETS = {
    "CRMOFFICE_CLIENT_ID": "me",
    "CRMOFFICE_CLIENT_SECRET": "sandbox",
    "CRMOFFICE_REFRESH_TOKEN": "sandbox",
    "CRMOFFICE_WEBHOOK_SECRET": "what both know",
    "CUSTOMERP_API_KEY": "sandbox",
    "CUSTOMERP_WEBHOOK_SECRET": "what these two know",
}
PROJECT = """\
version: 1
name: shop
schedule: {schedule}
systems:
  crm: {{connector: crmoffice, priority: 2, url: "{crm}/", auth: {{token_url: "{crm}/_token"}}{more_crm}}}
  erp: {{connector: customerp, priority: 1, url: "{erp}/api/v1"{more_erp}}}
pairs:
  - from: crm.Contacts
    to: erp.Contact
    create: {{forward: always, backward: always}}
    match: [[[email, email]]]
    rows:
      - [givenName, firstName]
      - [familyName, lastName]
      - [email, email]
"""
CRM = load_manifest(CONNECTORS / "crmoffice" / "manifest.yaml")


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


class Stage:
    """Two systems, a project, and a service that may be ended and begun again."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder, self._stack = folder, stack
        self._files = {name: folder / f"{name}.db" for name in ("crm", "erp")}
        self.ports = {name: free_port() for name in ("crm", "erp", "hub")}
        self.urls = {name: f"http://127.0.0.1:{port}" for name, port in self.ports.items()}
        self.systems = {name: self.system(name) for name in ("crm", "erp")}
        self.schedule("1h")
        people = [{"givenName": f"G{n}", "familyName": "F", "email": f"p{n}@x.example"} for n in range(20)]
        call("POST", f"{self.urls['crm']}/_sandbox/records/Contacts", people)
        assert self.accord("-q", "sync", "--yes").code == 0

    def run(self, *args: str, **options: Any) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", *args]
        env = {**os.environ, **SECRETS}
        started = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env, **options)
        self._stack.callback(started.stdout.close if started.stdout else int)
        self._stack.callback(started.wait, 10)
        self._stack.callback(started.kill)
        return started

    def system(self, name: str) -> subprocess.Popen[str]:
        manifest = CONNECTORS / {"crm": "crmoffice", "erp": "customerp"}[name] / "manifest.yaml"
        port, file = str(self.ports[name]), str(self._files[name])
        started = self.run("accord.sandbox", str(manifest), "--port", port, "--file", file)
        assert started.stdout
        assert started.stdout.readline()
        return started

    def accord(self, *args: str) -> Result:
        """Call the program on the project, in this process, which is quick."""
        with patch.dict(os.environ, SECRETS):
            return run_here("-C", str(self.folder), *args)

    def schedule(self, text: str, **more: str) -> None:
        told = {f"more_{name}": more.get(name, "") for name in ("crm", "erp")}
        config = PROJECT.format(schedule=text, crm=self.urls["crm"], erp=self.urls["erp"], **told)
        (self.folder / "accord.yaml").write_text(config, encoding="utf-8")

    @contextmanager
    def served(self, *options: str) -> Iterator[subprocess.Popen[str]]:
        with (self.folder / "log").open("a", encoding="utf-8") as log:
            port = str(self.ports["hub"])
            told = ("serve", "--json", "--log", "json", "--port", port, "--public-url", self.urls["hub"])
            process = self.run("accord", "-C", str(self.folder), *told, *options, stderr=log)
            assert process.stdout
            assert process.stdout.readline(), (self.folder / "log").read_text("utf-8")
            try:
                yield process
            finally:
                process.send_signal(signal.SIGKILL)
                process.wait(10)

    def log(self) -> str:
        return (self.folder / "log").read_text("utf-8")

    def noted(self, name: str) -> list[dict[str, Any]]:
        """Subscriptions that a system has noted."""
        found: list[dict[str, Any]] = call("GET", f"{self.urls[name]}/_sandbox/hooks")["subscriptions"]
        return found

    def stand(self) -> bool:
        """Both have one, and it was proved."""
        return all([it["proved"] for it in self.noted(name)] == [True] for name in ("crm", "erp"))

    def names(self, name: str, kind: str, path: str) -> set[str]:
        rows = call("GET", f"{self.urls[name]}/_sandbox/records/{kind}?limit=1000")["items"]
        return {row[path] for row in rows}

    def edit(self, record_id: str, text: str) -> None:
        url = f"{self.urls['crm']}/_sandbox/records/Contacts/{record_id}"
        call("PATCH", url, {"givenName": text})

    def arrives(self, text: str) -> None:
        """Wait until the ERP has it."""
        until(lambda: text in self.names("erp", "Contact", "firstName"))

    def calls(self) -> int:
        return sum(call("GET", f"{self.urls[name]}/_sandbox/calls")["total"] for name in ("crm", "erp"))

    def quiet(self) -> None:
        """Nobody calls anybody any more."""
        calls = [self.calls()]
        while len(calls) < 4 or len(set(calls[-4:])) > 1:
            time.sleep(0.3)
            calls.append(self.calls())

    def flood(self, sent: list[tuple[dict[str, str], bytes]]) -> list[int]:
        """Statuses that webhooks are answered with."""
        url = self.noted("crm")[0]["url"]

        async def run() -> list[int]:
            async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=20)) as http:

                async def one(headers: dict[str, str], body: bytes) -> int:
                    async with http.post(url, data=body, headers=headers) as answer:
                        return answer.status

                return await asyncio.gather(*(one(*each) for each in sent))

        return asyncio.run(run())

    def signed(self, record_id: str, number: str, secret: str = "") -> tuple[dict[str, str], bytes]:
        """A webhook as the CRM sends it."""
        event = Event(entity_type="Contacts", id=record_id, number=number)
        secret = secret or SECRETS["CRMOFFICE_WEBHOOK_SECRET"]
        made = told(CRM, [event], secret, "", time.time_ns() // 1000)
        return made.headers, made.body


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with ExitStack() as stack:
        yield Stage(tmp_path_factory.mktemp("shop"), stack)


def test_s9_an_edit_arrives_by_webhook_and_a_flood_of_forged_ones_changes_nothing(stage: Stage) -> None:
    with stage.served():
        until(stage.stand)
        stage.edit("c1", "Told")
        stage.arrives("Told")
        time.sleep(
            1.2
        )  # what happened before it was told of changes is listed, and once more for crmoffice's lag
        stage.quiet()
        before = stage.calls()
        stage.edit("c1", "Told once more")
        stage.arrives("Told once more")  # the schedule says: every hour
        stage.quiet()
        assert stage.calls() - before == 2, "read there, written here: our own write is news to nobody"

        before = stage.calls()
        forged = [stage.signed("c2", f"x{n}", secret=f"guess {n}") for n in range(1000)]
        assert set(stage.flood(forged)) == {401}
        stage.quiet()
        assert stage.calls() == before, "nobody was asked for anything"

        once = stage.signed("c2", "x")
        assert set(stage.flood([once] * 1000)) == {202}
        stage.quiet()
        assert stage.calls() - before == 1, "one record was read once"

        assert set(stage.flood([stage.signed("c2", f"y{n}") for n in range(1000)])) == {202}
        stage.quiet()
        assert stage.calls() - before < 150, "many of one record are one, for as long as it is being read"
        stage.edit("c1", "Told again")
        stage.arrives("Told again")
        with urlopen(f"{stage.urls['hub']}/metrics", timeout=5) as answer:
            figures = answer.read().decode().splitlines()
        assert {'accord_subscriptions{system="crm"} 1.0', 'accord_subscriptions{system="erp"} 1.0'} <= set(
            figures
        )
        assert 'accord_webhooks_total{outcome="refused",system="crm"} 1000.0' in figures
        assert not any(word in stage.log() for word in ("Told", "guess", "both know", "two know"))


def test_s9_what_no_webhook_tells_is_found_by_reading(stage: Stage) -> None:
    door = f"{stage.urls['crm']}/_sandbox/quirks"
    call("PATCH", door, {"add": ["*.drops_hints=1"]})
    try:
        with stage.served("--every", "0.5"):
            until(stage.stand)
            stage.edit("c3", "Lost")
            stage.arrives("Lost")
    finally:
        call("PATCH", door, {"add": ["*.drops_hints=0"]})


def test_c1_after_a_crash_and_while_a_system_is_down_there_is_one_subscription_and_no_orphan(
    stage: Stage,
) -> None:
    """The services of the tests before this one were killed."""
    assert stage.stand(), "a service that is killed says nothing to anybody"
    before = stage.noted("crm")
    stage.systems["erp"].kill()
    stage.systems["erp"].wait()
    with stage.served():
        until(lambda: "NOT READ erp" in stage.log())
        assert stage.noted("crm") == before
    stage.systems["erp"] = stage.system("erp")
    listed = stage.accord("hooks", "--json", "--public-url", stage.urls["hub"]).data
    assert [[it["state"] for it in each["subscriptions"]] for each in listed] == [["right"], ["right"]]
    assert stage.accord("hooks", "--forget", "crm").code == 0
    assert stage.noted("crm") == []
    stage.schedule("1h", crm=", webhooks: false", erp=", webhooks: false")
    with stage.served():
        until(lambda: not stage.noted("erp"))
    listed = stage.accord("hooks", "--json").data
    assert [(each["tells"], each["subscriptions"]) for each in listed] == [(False, []), (False, [])]
