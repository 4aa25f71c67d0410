"""Two `accord serve` on one store, people at work all the while, and whatever may happen to processes (C1, C3)."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import Any, Final, Self

import pytest

from accord.cli import exits
from tests.e2e.shop import call
from tests.postgres import DURABLE, Server, open_server
from tests.waiting import until
from tests.workers.firm import Firm

PEOPLE: Final = 150
EDIT_S: Final = 0.02
"""Between two edits."""
TAKEOVER_S: Final = 10.0
"""The time of a service's lease."""


GUARDS: Final = "guards: {changed_share: 1, changed_least: 100000, confirm_above: 100000}\n"
"""Here people change everything all the time, which is what guards ask about elsewhere (G1)."""


class Service:
    """`accord serve` in a process of its own."""

    def __init__(self, folder: Path, name: str) -> None:
        self._log = folder / f"{name}.log"
        command = [
            sys.executable,
            "-m",
            "accord",
            "-C",
            str(folder),
            "serve",
            "--every",
            "0.3",
            "--port",
            "0",
        ]
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "--json", "--log", "json"], stdout=log, stderr=log, env={**os.environ}
            )

    def told(self, event: str) -> list[dict[str, Any]]:
        """Events of a name in its log, so far."""
        lines = self._log.read_text("utf-8").splitlines()
        told = [json.loads(line) for line in lines if line.startswith("{")]
        return [line for line in told if line.get("event") == event]

    def log(self) -> str:
        """The end of its log."""
        return self._log.read_text("utf-8")[-4000:]

    def end(self) -> int:
        """Let it end, however it stands; its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()


class Busy:
    """People who enter and edit records in both systems all the time; what they wrote last is known.

    A record is edited in one system alone, so that no two edits of a value meet: each has to arrive, or a later
    one of it.
    """

    def __init__(self, firm: Firm) -> None:
        self._firm, self._random = firm, Random(5)
        self.phones: dict[str, str] = {}
        self.edits = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._failed: list[BaseException] = []
        self._ids = {
            system: {row["email"]: str(row["id"]) for row in firm.systems[system].records("Person")}
            for system in ("crm", "erp")
        }

    def _work(self) -> None:
        try:
            while not self._stop.wait(EDIT_S):
                number = self._random.randrange(PEOPLE)
                system, email = ("crm", "erp")[number % 2], f"p{number}@x"
                self.edits += 1
                self._edit(system, email, f"{number}-{self.edits}")
                if self.edits % 10 == 0:
                    new = PEOPLE + self.edits
                    self._firm.enter(system, range(new, new + 1))
                    self.phones[f"p{new}@x"] = str(new)
        except BaseException as error:  # told to the test
            self._failed.append(error)

    def _edit(self, system: str, email: str, phone: str) -> None:
        url = self._firm.systems[system].url
        call("PATCH", f"{url}/_sandbox/records/Person", {self._ids[system][email]: {"phone": phone}})
        self.phones[email] = phone

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(20)
        assert not self._failed, self._failed


@pytest.fixture
def server() -> Iterator[Server]:
    """A server that these tests may crash."""
    with open_server(DURABLE) as opened:
        yield opened


def test_c1_c3_two_services_lose_and_double_nothing_whatever_happens_to_them(
    tmp_path: Path, server: Server
) -> None:
    with ExitStack() as stack:
        firm = stack.enter_context(Firm(tmp_path, latency_s=0.01))
        folder = firm.folder
        with (folder / "accord.yaml").open("a", encoding="utf-8") as file:
            file.write(f'store: "{server.url(server.new_schema())}"\n{GUARDS}')
        firm.enter("crm", range(PEOPLE))
        firm.enter("erp", range(PEOPLE))

        def start(name: str) -> Service:
            service = Service(folder, name)
            stack.callback(service.end)
            return service

        def all_arrived(names: dict[str, str]) -> bool:
            crm, erp = firm.people("crm"), firm.people("erp")
            return crm == erp and {email: phone for email, _, phone in crm} == names

        one, two = start("one"), start("two")

        def logs() -> str:
            return f"{one.log()}\n---\n{two.log()}"

        first = {f"p{n}@x": str(n) for n in range(PEOPLE)}
        until(lambda: one.told("run") or two.told("run"), logs)
        with Busy(firm) as busy:
            busy.phones.update(first)
            until(lambda: busy.edits > 60, logs)
            one.process.send_signal(signal.SIGKILL)
            one.process.wait()
            until(lambda: busy.edits > 120, logs)
            one = start("three")
            until(lambda: one.told("worker"), logs)
            until(lambda: busy.edits > 180, logs)
            two.process.send_signal(signal.SIGSTOP)
            time.sleep(TAKEOVER_S + 2)
            two.process.send_signal(signal.SIGCONT)
            edits = busy.edits
            until(lambda: busy.edits > edits + 60, logs)
            server.crash()
            time.sleep(1)
            server.start()
            edits = busy.edits
            until(lambda: busy.edits > edits + 60, logs)
        wanted = dict(busy.phones)
        until(lambda: all_arrived(wanted), logs)
        for system in ("crm", "erp"):
            emails = Counter(email for email, _, _ in firm.people(system).elements())
            assert emails == Counter(dict.fromkeys(wanted, 1))
        sys.stdout.write(
            f"{busy.edits} edits, {len(wanted)} people; {firm.calls('crm')['calls']} {firm.calls('erp')['calls']}\n"
        )
        assert two.end() == exits.TERMINATED, two.log()
