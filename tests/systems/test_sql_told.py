"""The example of databases, with a PostgreSQL that tells of changes: by notices at once, and by its log."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from accord.connectors.sql.statements import notify_statements
from tests.e2e.test_serve import Served
from tests.postgres import Server, open_server
from tests.systems.scenario import SECRETS, Scenario
from tests.systems.test_sql_example import EXAMPLE, POSTGRES, Clerks
from tests.waiting import until

LOG = {"log": {"slot": "accord_erp_customers", "publication": "accord"}}


@pytest.fixture
def told(tmp_path: Path) -> Iterator[tuple[Scenario, Server]]:
    """The example's project, whose ERP is in a server of its own that tells of changes."""
    with open_server({"wal_level": "logical"}) as server:
        server.run("ALTER ROLE accord REPLICATION")
        people = Clerks(server.url(), f"{POSTGRES} CREATE PUBLICATION accord FOR TABLE customers;")
        with people.engine.begin() as db:
            for statement in notify_statements("accord", ["customers"]):
                db.exec_driver_sql(statement)
        with Scenario(
            example=EXAMPLE,
            folder=tmp_path,
            system="erp",
            name="Customers",
            url=server.url(),
            people=people,
            body=lambda n: {
                "first_name": f"Given {n}",
                "last_name": f"Text {n}",
                "email": f"p{n}@example.com",
            },
            key="email",
            text="last_name",
        ) as scenario:
            changed(scenario.folder / "erp.yaml", tells)
            yield scenario, server
        people.engine.dispose()


def changed(file: Path, change: Callable[[Any], None]) -> None:
    told = yaml.safe_load(file.read_text("utf-8"))
    change(told)
    file.write_text(yaml.safe_dump(told, sort_keys=False), "utf-8")


def tells(manifest: Any) -> None:
    manifest["base_url"], manifest["options"] = "postgresql://localhost/erp", {"notify": "accord"}
    it = manifest["types"]["Customers"]
    it |= {"changes": {"format": "token"}, "tombstones": {}, "options": LOG}


def test_the_example_lives_through_it_with_the_log(told: tuple[Scenario, Server]) -> None:
    scenario, _ = told
    scenario.play()


def test_s9_under_serve_an_edit_is_on_the_other_side_at_once_also_after_the_server_was_gone(
    told: tuple[Scenario, Server],
) -> None:
    """The schedule is of no help: it reads once an hour."""
    scenario, server = told
    scenario.first_sync()
    changed(scenario.folder / "accord.yaml", lambda project: project.update(schedule="1h"))
    assert scenario.accord("sync", "--yes").code == 0
    command = [
        sys.executable,
        "-m",
        "accord",
        "-C",
        str(scenario.folder),
        "serve",
        "--json",
        "--log",
        "json",
        "--port",
        "0",
    ]
    log = scenario.folder / "log"
    with (
        log.open("w", encoding="utf-8") as err,
        subprocess.Popen(
            command, env={**os.environ, **SECRETS}, stdout=subprocess.PIPE, stderr=err, text=True
        ) as process,
    ):
        it = Served(process, log)
        try:
            until(lambda: len(it.events("listening")) == 1)
            time.sleep(2)  # what is asked for when it begins has been read
            scenario._edit(1, "Theirs at once")
            until(lambda: "Theirs at once" in scenario.ours().values())
            server.crash()
            time.sleep(1)
            server.start()
            scenario.people.engine.dispose()  # type: ignore[attr-defined]
            scenario._edit(2, "Theirs meanwhile")
            until(lambda: "Theirs meanwhile" in scenario.ours().values())
            time.sleep(2)
            scenario.people.person_delete("Customers", scenario._ids()[scenario._key(3)])
            until(lambda: "Text 3" not in scenario.ours().values())
        finally:
            assert it.stop() == 143
