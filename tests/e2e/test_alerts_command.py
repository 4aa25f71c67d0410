"""`accord alerts`: who is told, and whether it gets there."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import yaml

from tests.e2e.shop import PAIRS, manifest, run_here


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("crm", "erp"):
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump(manifest(name)), encoding="utf-8")
    write(tmp_path, [])
    return tmp_path


def write(folder: Path, to: list[str]) -> None:
    systems = {name: {"connector": f"./{name}.yaml"} for name in ("crm", "erp")}
    head = yaml.safe_dump({"version": 1, "name": "shop", "alerts": {"to": to}, "systems": systems})
    (folder / "accord.yaml").write_text(head + PAIRS, encoding="utf-8")


@pytest.fixture
def chat() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    came: list[dict[str, Any]] = []

    class Chat(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            came.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Chat) as server:
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"json://127.0.0.1:{server.server_address[1]}/chat", came
        server.shutdown()


def test_a_test_goes_every_way_and_says_where_it_got_to(
    project: Path, chat: tuple[str, list[dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, came = chat
    monkeypatch.setenv("CHAT", url)
    monkeypatch.setenv("GONE", "json://127.0.0.1:9/plant-path")
    write(project, ["env:CHAT", "env:GONE"])
    told = run_here("-C", str(project), "alerts", "--test")
    assert told.code == 1
    assert told.out.splitlines() == [
        "env:CHAT: sent, look whether it is there",
        "env:GONE: it could not be sent",
    ]
    assert [each["title"] for each in came] == ["Accord shop: a test"]
    assert "plant-path" not in told.out + told.err
    said = run_here("-C", str(project), "alerts")
    assert (said.code, said.out) == (0, "Told on: env:CHAT, env:GONE\nNothing that was told stands.\n")
    assert run_here("-C", str(project), "--json", "alerts").data == {
        "to": ["env:CHAT", "env:GONE"],
        "told": [],
    }


def test_ways_that_are_not_there_are_faults(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WRONG", "plant, which is no URL")
    write(project, ["env:NOBODY", "env:WRONG"])
    told = run_here("-C", str(project), "alerts", "--test")
    assert told.code == 3
    assert "env:NOBODY: the environment variable is not set" in told.err
    assert "env:WRONG: Apprise knows no such URL" in told.err
    assert "plant" not in told.err
    notes = run_here("-C", str(project), "check").out
    assert "note: alerts.to: env:NOBODY: the environment variable is not set" in notes


def test_who_tells_nobody_is_told_how(project: Path) -> None:
    told = run_here("-C", str(project), "alerts", "--test")
    assert (told.code, told.out[:15]) == (0, "Nobody is told:")
    assert run_here("-C", str(project), "--json", "alerts").data == {"to": [], "told": []}
