"""Two real systems that answer after a while, and the project that ties them, for several workers."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import yaml

from tests.e2e.shop import Sandbox, call

__all__ = ["Firm", "Hired"]

ROOT = Path(__file__).resolve().parents[2]
_OWN: dict[str, Any] = {
    "crm": {"idempotency": {"valid_s": 3600}},
    "erp": {"our_id": {"property": "ref", "unique": True}, "search": {"our_id": "ref", "deleted": True}},
}
_PERSON: dict[str, Any] = {"email": {}, "name": {}, "phone": {}}
SYSTEMS = tuple(_OWN)


def _manifest(name: str, rate: dict[str, Any]) -> dict[str, Any]:
    person = {
        "path": "people",
        "properties": _PERSON,
        "id": {"property": "id", "type": "integer"},
        "version": {"property": "rev", "etag": True, "order": "ordered", "exact": True},
        "conditional": "If-Match",
        "modified": {"property": "changed", "resolution": "us"},
        "created": "made",
        "update": "patch",
        "page": {"style": "cursor", "size": 100, "next": "next", "items": "items"},
        "changes": {"parameter": "since", "format": "iso"},
        "absent": dict.fromkeys(("listing", "feed", "fetch", "reply"), "null"),
        "tombstones": {"property": "deleted"},
        "confirm_s": 0.05,
        "max_request_s": 2,
        **_OWN[name],
    }
    return {"name": name, "base_url": "http://127.0.0.1:9", "types": {"Person": person}, "rate": rate}


class Firm:
    """The project in a folder, and its systems, each a process of its own."""

    def __init__(self, folder: Path, *, latency_s: float = 0.05, rate: dict[str, Any] | None = None) -> None:
        self.folder = folder / "firm"
        self.folder.mkdir()
        for name in SYSTEMS:
            text = yaml.safe_dump(_manifest(name, rate or {"concurrent": 8}))
            (self.folder / f"{name}.yaml").write_text(text, encoding="utf-8")
        self.systems = {
            name: Sandbox(self.folder / f"{name}.yaml", "--latency-s", str(latency_s)) for name in SYSTEMS
        }
        text = yaml.safe_dump(self._project())
        (self.folder / "accord.yaml").write_text(text, encoding="utf-8")
        self.workers: list[Hired] = []

    def _project(self) -> dict[str, Any]:
        rows = {name: name for name in _PERSON}
        return {
            "version": 1,
            "name": "firm",
            "systems": {
                name: {"connector": f"./{name}.yaml", "priority": rank, "url": self.systems[name].url}
                for rank, name in enumerate(SYSTEMS)
            },
            "concepts": {
                "person": {
                    "properties": dict.fromkeys(rows, "string"),
                    "match": [["email"]],
                    "delete": "propagate",
                }
            },
            "mappings": {f"{name}.Person": {"concept": "person", "properties": rows} for name in SYSTEMS},
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self.workers:
            worker.end()
        for system in self.systems.values():
            system.stop()

    def hire(self, url: str, *, lease_s: float = 2.0, every_s: float = 0.2) -> "Hired":
        """A worker in a process of its own."""
        worker = Hired(self.folder, url, lease_s, every_s)
        self.workers.append(worker)
        return worker

    def enter(self, system: str, numbers: range) -> None:
        """People enter records."""
        people = [{"email": f"p{n}@x", "name": f"Person {n}", "phone": f"{n}"} for n in numbers]
        self.systems[system].add_many("Person", people)

    def edit(self, system: str, phones: dict[str, str]) -> None:
        """People edit the phones of records, by e-mail."""
        ids = {row["email"]: row["id"] for row in self.systems[system].records("Person")}
        changes = {str(ids[email]): {"phone": phone} for email, phone in phones.items()}
        call("PATCH", f"{self.systems[system].url}/_sandbox/records/Person", changes)

    def people(self, system: str) -> Counter[tuple[str, str, str]]:
        """What a system holds: who is there twice counts twice."""
        rows = self.systems[system].records("Person")
        return Counter((row["email"], row["name"], row["phone"]) for row in rows)

    def in_sync(self) -> bool:
        """Both systems hold the same people."""
        return self.people("crm") == self.people("erp")

    def calls(self, system: str) -> dict[str, Any]:
        """What a system was asked."""
        told: dict[str, Any] = call("GET", f"{self.systems[system].url}/_sandbox/calls")
        return told


class Hired:
    """A worker process, and what it says."""

    def __init__(self, folder: Path, url: str, lease_s: float, every_s: float) -> None:
        command = [
            sys.executable,
            "-m",
            "tests.workers.program",
            str(folder),
            url,
            str(lease_s),
            str(every_s),
        ]
        self.errors = (folder / f"worker-{time.monotonic_ns()}.log").open("w+")
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=self.errors, text=True, env={**os.environ}
        )
        self.said: list[dict[str, Any]] = []
        self._news = threading.Condition()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with self._news:
                self.said.append(json.loads(line))
                self._news.notify_all()
        with self._news:
            self._news.notify_all()

    def until(self, wanted: Callable[[dict[str, Any]], bool], within_s: float = 60.0) -> dict[str, Any]:
        """The first line that is wanted."""
        last_s = time.monotonic() + within_s
        seen = 0
        with self._news:
            while True:
                for line in self.said[seen:]:
                    if wanted(line):
                        return line
                seen = len(self.said)
                left_s = last_s - time.monotonic()
                ended = left_s <= 0 or self._process.poll() is not None
                assert not ended, f"never said: {self.said[-9:]}\n{self.log()}"
                self._news.wait(min(left_s, 0.5))

    def plays(self, role: str, within_s: float = 60.0) -> float:
        """When it became so."""
        return float(self.until(lambda line: line.get("role") == role, within_s)["at_s"])

    def conducts_since_s(self) -> float:
        """When it became the conductor, if that is what it became last; else 0."""
        roles = [line for line in self.said if "role" in line]
        return float(roles[-1]["at_s"]) if roles and roles[-1]["role"] == "conductor" else 0.0

    def pieces(self) -> dict[str, int]:
        """Pieces that were done under its conduct, by kind and place."""
        done: Counter[str] = Counter()
        for line in self.said:
            if "team" in line:
                done = Counter(line["team"])
        return dict(done)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal."""
        self._process.send_signal(number)

    def kill(self) -> float:
        """Kill it; when."""
        self.signal(signal.SIGKILL)
        self._process.wait()
        return time.time()

    def until_end(self) -> dict[str, Any]:
        """What it said last, when it ended."""
        self._thread.join(10)
        return self.said[-1]

    def calls(self) -> int:
        """Calls that write which were answered."""
        text = Path(self.errors.name).read_text(encoding="utf-8")
        return len(re.findall(r"accord\.requests \w+ (?:POST|PATCH|DELETE) ", text))

    def log(self) -> str:
        """What it wrote for people."""
        lines = Path(self.errors.name).read_text(encoding="utf-8").splitlines()
        return "\n".join(line for line in lines if "accord.requests" not in line)

    def end(self) -> None:
        """Let it end, however it stands."""
        if self._process.poll() is None:
            self.signal(signal.SIGCONT)
            self.signal(signal.SIGTERM)
            try:
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._thread.join(5)
        self.errors.close()
        if self._process.stdout is not None:
            self._process.stdout.close()
