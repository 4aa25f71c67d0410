"""`accord serve` as a process beside real servers, and commands of people beside it."""

import json
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
import yaml

from tests.e2e.shop import PAIRS, Shop, manifest
from tests.waiting import until


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with Shop(tmp_path) as it:
        yield it


class Served:
    """A service that runs; its log is read as JSON lines."""

    def __init__(self, process: subprocess.Popen[str], log: Path) -> None:
        self.process, self._log = process, log
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, log.read_text("utf-8")
        self.url = json.loads(line)["url"]

    def events(self, name: str) -> list[dict[str, Any]]:
        """Events of a name, so far."""
        lines = self._log.read_text("utf-8").splitlines()
        told = [json.loads(line) for line in lines if line.startswith("{")]
        return [each for each in told if each["event"] == name]

    def get(self, path: str) -> tuple[int, str]:
        """What it answers."""
        try:
            with urlopen(self.url + path, timeout=5) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def post(self, path: str, body: bytes, **headers: str) -> int:
        """The status that something sent there is answered with."""
        request = Request(self.url + path, body, {k.replace("_", "-"): v for k, v in headers.items()})
        try:
            with urlopen(request, timeout=5) as answer:
                return int(answer.status)
        except HTTPError as error:
            with error:
                return error.code

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """End it."""
        self.process.send_signal(number)
        return self.process.wait(15)


@contextmanager
def served(shop: Shop, *options: str) -> Iterator[Served]:
    log = shop.folder / "log"
    with (
        log.open("w", encoding="utf-8") as err,
        shop.process("serve", "--json", "--log", "json", "--port", "0", *options, stderr=err) as process,
    ):
        yield Served(process, log)


def test_k1_it_waits_for_a_plan_goes_on_when_it_is_confirmed_and_takes_edits(shop: Shop) -> None:
    shop.crm.add("Company", name="Acme", city="Oslo")
    with served(shop, "--every", "0.3") as it:
        until(lambda: it.events("run"))
        assert it.get("/healthz")[0] == 200
        status, text = it.get("/readyz")
        assert (status, "waits to be confirmed" in text) == (503, True)
        assert "accord sync --plan" in it.events("run")[0]["text"]
        assert shop.erp.records("Company") == []
        assert shop.accord("sync", "--yes").code == 0
        shop.crm.edit("Company", 1, city="Bergen")
        until(lambda: shop.erp.values("Company", "city") == ["Bergen"])
        until(lambda: it.get("/readyz")[0] == 200)
        assert "Oslo" not in it._log.read_text("utf-8")  # P2
        assert "Bergen" not in it._log.read_text("utf-8")
        assert "shop" in it.get("/")[1]
        assert it.get("/hooks/crm")[0] == 404
        assert it.stop() == 143
    assert shop.accord("sync", "--json").data["sent"] == {}


def test_c3_what_people_decide_is_followed_at_once_whatever_the_schedule(shop: Shop) -> None:
    shop.configure(more="schedule: 1h\n")
    shop.crm.add("Company", name="Acme", city="Oslo")
    assert shop.accord("sync", "--yes").code == 0
    with served(shop) as it:
        until(lambda: it.get("/readyz")[0] == 200)
        calls = shop.crm.calls()
        shop.crm.edit("Company", 1, city="Bergen")
        assert shop.accord("hint", "crm.Company", "1").code == 0
        until(lambda: shop.erp.values("Company", "city") == ["Bergen"])
        assert shop.crm.calls() == calls + 1  # no listing (C4)
        assert shop.accord("pause", "erp").code == 0
        shop.crm.edit("Company", 1, city="Rome")
        assert shop.accord("hint", "crm.Company").code == 0  # without an id: listed anew
        until(lambda: any(pause["scope"] == "erp" for run in it.events("run") for pause in run["pauses"]))
        assert shop.erp.values("Company", "city") == ["Bergen"]
        assert shop.accord("resume", "erp").code == 0
        until(lambda: shop.erp.values("Company", "city") == ["Rome"])
        assert it.stop(signal.SIGINT) == 130


def test_k1_a_changed_file_is_taken_over_at_once_or_once_it_is_confirmed(shop: Shop) -> None:
    shop.configure(more="schedule: 1h\n")
    shop.crm.add("Company", name="Acme", city="Oslo")
    assert shop.accord("sync", "--yes").code == 0
    with served(shop) as it:
        until(lambda: it.get("/readyz")[0] == 200)
        shop.configure(more="schedule: 0.2s\n")
        until(lambda: it.events("taken over"))
        shop.crm.edit("Company", 1, city="Bergen")
        until(lambda: shop.erp.values("Company", "city") == ["Bergen"])
        shop.configure(more="schedule: often\n")
        until(lambda: it.events("changed"))
        assert "is no length of time" in str(it.events("changed")[0]["faults"])
        shop.configure(PAIRS.replace("      - [city, city]\n", ""), more="schedule: 0.2s\n")
        until(lambda: len(it.events("changed")) == 2)
        shop.crm.edit("Company", 1, city="Rome")
        until(lambda: shop.erp.values("Company", "city") == ["Rome"])  # the old one holds until then
        assert shop.accord("sync", "--yes").code == 0
        until(lambda: len(it.events("taken over")) == 2)
        shop.crm.edit("Company", 1, city="Paris", name="Acme 2")
        until(lambda: shop.erp.values("Company", "name") == ["Acme 2"])
        assert shop.erp.values("Company", "city") == ["Rome"]
        assert it.stop() == 143


def test_c1_told_to_stop_it_waits_for_calls_under_way_but_not_for_ever(shop: Shop) -> None:
    shop.crm.add_many("Company", [{"name": f"C{n}", "city": "Oslo"} for n in range(15)])
    shop.proxy.delay_s = 0.2
    assert shop.accord("sync", "--yes").code == 0
    for n in range(1, 16):
        shop.crm.edit("Company", n, city="Bergen")
    before = shop.proxy.writes
    with served(shop, "--every", "0.2") as it:
        shop.wait_for_writes(before + 3)
        assert it.stop() == 143
    status = shop.accord("status", "--json").data
    assert all(each["unknown_writes"] == 0 for each in status["types"])
    shop.proxy.delay_s = 9.0
    for n in range(1, 16):
        shop.crm.edit("Company", n, city="Rome")
    before = shop.proxy.writes
    with served(shop, "--every", "0.2", "--stop-s", "0.3") as it:
        shop.wait_for_writes(before + 1)
        began_s = time.monotonic()
        assert it.stop() == 143
        assert time.monotonic() - began_s < 8
    shop.proxy.delay_s = 0.0
    shop.accord("sync")
    assert set(shop.erp.values("Company", "city")) == {"Rome"}


def test_s9_a_webhook_is_checked_answered_at_once_and_followed(shop: Shop) -> None:
    hooks = {
        "secret": "file:hook-secret",
        "verify": {"kind": "header", "header": "X-Key"},
        "events": {"id": "id", "type": "what"},
        "most_bytes": 10_000,
    }
    text = yaml.safe_dump({**manifest("crm"), "webhooks": hooks})
    (shop.folder / "crm.yaml").write_text(text, encoding="utf-8")
    (shop.folder / "hook-secret").write_text("s3cret", encoding="utf-8")
    shop.configure(more="schedule: 1h\n")
    shop.crm.add_many("Company", [{"name": f"C{n}", "city": "Oslo"} for n in range(3)])
    assert shop.accord("sync", "--yes").code == 0
    with served(shop) as it:
        until(lambda: it.get("/readyz")[0] == 200)
        calls = shop.crm.calls()
        shop.crm.edit("Company", 1, city="Bergen")
        event = b'{"id": 1, "what": "Company", "city": "Nowhere"}'
        assert it.post("/hooks/crm", event) == 401
        assert it.post("/hooks/crm", event, X_Key="guessed") == 401
        assert it.post("/hooks/crm", b"x" * 10_001, X_Key="s3cret") == 413
        assert it.post("/hooks/crm", b"what?", X_Key="s3cret") == 400
        assert it.post("/hooks/erp", event, X_Key="s3cret") == 404
        assert it.post("/hooks/nobody", event) == 404
        assert it.get("/hooks/crm")[0] == 405
        assert shop.crm.calls() == calls
        assert it.post("/hooks/crm", event, X_Key="s3cret") == 202
        until(lambda: "Bergen" in shop.erp.values("Company", "city"))
        assert "Nowhere" not in shop.erp.values("Company", "city")  # what it says is never true
        assert shop.crm.calls() == calls + 1
        shop.crm.edit("Company", 2, city="Rome")
        assert (
            it.post("/hooks/crm", b'{"what": "Company"}', X_Key="s3cret") == 202
        )  # without an id: a listing
        until(lambda: "Rome" in shop.erp.values("Company", "city"))
        told = 'accord_writes_total{kind="update",outcome="done",system="erp"} 2.0'
        until(lambda: told in it.get("/metrics")[1])
        figures = it.get("/metrics")[1]
        assert 'accord_webhooks_total{outcome="refused",system="crm"} 5.0' in figures
        assert 'accord_webhooks_total{outcome="taken",system="crm"} 2.0' in figures
        assert 'accord_records_linked{type="erp.Company"} 3.0' in figures
        assert "accord_ready 1.0" in figures
        assert "accord_conducts 1.0" in figures
        assert not any(word in figures for word in ("Rome", "Company/1"))
        log = it._log.read_text("utf-8")
        assert len(it.events("hook refused")) == 4  # once for each reason
        assert not any(word in log for word in ("s3cret", "guessed", "what?", "Rome"))
        assert it.stop() == 143


def test_what_keeps_it_from_beginning_is_told(shop: Shop) -> None:
    assert shop.accord("sync", "--yes").code == 0
    with served(shop) as it:
        port = it.url.rpartition(":")[2]
        taken = shop.accord("serve", "--port", port)
        assert taken.code == 1
        assert f"can not listen on 127.0.0.1 port {port} (Address already in use)" in taken.err
        assert "Name another --port" in taken.err
        assert it.stop() == 143
    shop.configure(more="schedule: often\n")
    faulty = shop.accord("serve", "--port", "0")
    assert faulty.code == 3
    assert "accord.yaml:6: `schedule` is no length of time. Write 90s, 5m, 2h or 1d." in faulty.err
