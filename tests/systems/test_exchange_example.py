"""The example of exports and imports: CRMOffice's sandbox and a program, a process, that knows nothing of Accord."""

import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from accord.testing.connector_contract import Entered
from tests.servers import dropping_erp
from tests.systems.scenario import Scenario

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "exchange"


class Clerks:
    """People who work in the program: in its own tables."""

    def __init__(self, folder: Path, content: str) -> None:
        self.folder, self.content = folder, content
        folder.mkdir()
        self.base = dropping_erp.opened(folder)

    def start(self) -> None:
        """Let the program run."""
        command = [sys.executable, dropping_erp.__file__, str(self.folder), self.content]
        self.process: Any = subprocess.Popen(command)

    def kill(self) -> None:
        """The machine fails."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def person_create(self, name: str, body: Mapping[str, Any]) -> Entered:
        """See `People`."""
        return Entered(str(dropping_erp.create(self.base, dict(body))))

    def person_edit(self, name: str, record_id: str, changes: Mapping[str, Any]) -> None:
        """See `People`."""
        dropping_erp.edit(self.base, record_id, dict(changes))

    def person_delete(self, name: str, record_id: str) -> None:
        """See `People`."""
        dropping_erp.delete(self.base, record_id)

    def tables(self) -> dict[str, dict[str, dict[str, Any]]]:
        """See `People`."""
        quoted = ", ".join(f'"{name}"' for name in dropping_erp.FIELDS)
        rows = self.base.execute(f"select no, {quoted} from customers").fetchall()
        return {"Customers": {str(row[0]): dict(zip(dropping_erp.COLUMNS, row, strict=True)) for row in rows}}


def _read_changes(file: Path) -> None:
    manifest = yaml.safe_load(file.read_text(encoding="utf-8"))
    customers = manifest["types"]["Customers"]
    more = {"content": "changes", "full": customers["path"], "deleted": "gone", "deleted_words": ["x"]}
    customers["options"]["exchange"] |= more
    customers["path"] = "exports/changes-*.csv"
    file.write_text(yaml.safe_dump(manifest, sort_keys=False), encoding="utf-8")


@contextmanager
def living(tmp_path: Path, content: str = "full") -> Iterator[tuple[Scenario, Clerks]]:
    people = Clerks(tmp_path / "erp", content)
    people.start()
    try:
        with Scenario(
            example=EXAMPLE,
            folder=tmp_path,
            system="erp",
            name="Customers",
            url=str(tmp_path / "erp"),
            people=people,
            body=lambda n: {
                "First name": f"Given {n}",
                "Last name": f"Text {n}",
                "Email": f"p{n}@example.com",
            },
            key="Email",
            text="Last name",
        ) as scenario:
            if content == "changes":
                _read_changes(scenario.folder / "erp.yaml")
            yield scenario, people
    finally:
        people.kill()


def test_the_example_lives_through_it(tmp_path: Path) -> None:
    with living(tmp_path) as (scenario, _):
        scenario.first_sync()
        scenario.edits_each_way()
        scenario.a_conflict()
        scenario.a_delete()
        scenario.crashes()
        scenario.the_checklist_in_sandboxes()


@pytest.mark.parametrize("content", ["full", "changes"])
def test_w3_w10_nothing_is_lost_or_doubled_by_a_program_that_is_killed_again_and_again(
    tmp_path: Path, content: str
) -> None:
    chance = random.Random(6)
    with living(tmp_path, content) as (scenario, people):
        scenario.first_sync()
        people.person_delete("Customers", scenario._ids()["p1@example.com"])
        scenario._server.delete("Contacts", scenario._crm_ids()["p4@example.com"])
        scenario.comes_to({"Text 2", "Text 3", "Text 5"})
        for turn in range(6):
            scenario._enter(100 + turn)
            scenario._enter_in_crm(200 + turn)
            scenario._edit(2 + turn % 2, f"Theirs {turn}")
            scenario._edit_in_crm(5, f"Ours {turn}")
            for _ in range(3):
                time.sleep(chance.random() * 0.3)
                people.kill()
                scenario.accord("sync", "--yes")
                people.start()
        numbers = {2, 3, 5, *range(100, 106), *range(200, 206)}
        keys = {f"p{number}@example.com" for number in numbers}
        scenario.until(lambda: scenario.theirs() == scenario.ours())
        assert scenario.theirs().keys() == keys
        assert scenario.theirs()["p5@example.com"] == "Ours 5"
        assert scenario.theirs()["p3@example.com"] == "Theirs 5"
        scenario.is_idle()


def test_w3_an_import_that_nobody_takes_is_not_made_a_second_time(tmp_path: Path) -> None:
    with living(tmp_path) as (scenario, people):
        scenario.first_sync()
        people.kill()
        scenario._enter_in_crm(50)
        for _ in range(4):
            scenario.accord("sync", "--yes")
            time.sleep(1.2)
        assert len(list((tmp_path / "erp" / "imports").iterdir())) == 1
        people.start()
        scenario.until(lambda: "p50@example.com" in scenario.theirs())
        scenario.until(lambda: scenario.theirs() == scenario.ours())


def test_g1_an_export_that_lost_most_of_its_rows_asks_a_person(tmp_path: Path) -> None:
    with living(tmp_path) as (scenario, people):
        for number in range(1, 31):
            scenario._enter(number)
        scenario.until(lambda: len(scenario.ours()) == 30)
        people.kill()
        time.sleep(0.3)
        newest = max((tmp_path / "erp" / "exports").glob("customers-*.csv"))
        lines = newest.read_bytes().splitlines(keepends=True)
        newest.with_name(f"customers-{time.time_ns()}.csv").write_bytes(b"".join(lines[:11]))
        time.sleep(0.3)
        synced = scenario.accord("sync")
        assert synced.code != 0
        assert len(scenario.ours()) == 30


def test_w9_an_import_that_the_program_refuses_is_a_dead_letter(tmp_path: Path) -> None:
    with living(tmp_path) as (scenario, _):
        scenario.first_sync()
        scenario._edit_in_crm(3, "refused here")
        scenario.until(lambda: "1 write is refused" in scenario.accord("sync").out)
        assert scenario.theirs()["p3@example.com"] == "Text 3"
        assert scenario.ours()["p3@example.com"] == "refused here"
