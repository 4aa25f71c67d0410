"""A checklist on systems that others work with, in processes of their own: nothing but its probes is touched, and none
of them is left, however the run ends."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time

import pytest
import yaml

from accord.core.errors import StopFlow
from accord.project import load_project
from accord.qa.deriving import derive
from accord.qa.performing import clean, fresh_mark, preview, run_live
from accord.qa.performing.journal import journal_of, read_journal
from tests.e2e.shop import Shop, manifest

DRIVER = """\
import asyncio, signal, sys
from pathlib import Path
from accord.project import load_project
from accord.qa.deriving import derive
from accord.qa.performing import fresh_mark, run_live

async def main():
    task = asyncio.ensure_future(run_live(project, derive(project, mark=fresh_mark())))
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, task.cancel)
    report = await task
    print(report.interrupted, len(report.left), report.count("failed"), flush=True)

project = load_project(Path(sys.argv[1]))
asyncio.run(main())
"""
FOREIGN = [
    {"name": "Acme", "city": "Oslo", "note": "qa", "size": 3},
    {"name": "Berg", "city": None, "note": "qa1-0001", "size": None},
]


@pytest.fixture
def shop(tmp_path):
    with Shop(tmp_path) as made:
        for system in (made.crm, made.erp):
            system.add_many("Company", FOREIGN)
            system.add_many("Person", [{"name": "Kari", "email": "kari@acme.example", "company": None}])
        yield made


def state(shop):
    return {
        (name, kind): sorted(system.records(kind), key=lambda row: row["id"])
        for name, system in (("crm", shop.crm), ("erp", shop.erp))
        for kind in ("Company", "Person")
    }


def begin(shop):
    project = load_project(shop.folder)
    return project, derive(project, mark=fresh_mark())


def test_a_live_run_passes_and_leaves_everything_as_it_was(shop):
    before = state(shop)
    project, checklist = begin(shop)
    report = asyncio.run(run_live(project, checklist))
    assert [(c.row, c.why) for c in report.checks if c.outcome == "failed"] == []
    assert (report.against, report.interrupted, report.left) == ("live", False, ())
    assert report.count("passed") > 20
    assert state(shop) == before, "payloads and versions of what others made"
    assert not journal_of(project).exists()
    assert not project.store.exists(), "the project's own store is only locked"


def test_a_preview_counts_what_is_created_and_names_every_system(shop):
    project, checklist = begin(shop)
    told = preview(checklist, project)
    assert told.systems == {"crm": shop.crm.url, "erp": shop.proxy.url}
    assert [it.name for it in told.types] == ["crm.Company", "crm.Person", "erp.Company", "erp.Person"]
    assert all(it.entered and it.flowing for it in told.types)
    assert told.records == sum(each["entered"] + each["flowing"] for each in told.data()["types"])
    asyncio.run(run_live(project, checklist))
    made = shop.crm.add("Company", name="after") - len(FOREIGN)  # ids are counted by the system
    about = sum(it.entered + it.flowing for it in told.types if it.name == "crm.Company")
    assert about * 0.8 <= made <= about * 1.2 + 3


@pytest.mark.parametrize(
    ("settings", "remedy", "allowed"),
    [
        ({"side_effects": ["mail", "invoice"]}, "--side-effects", {"side_effects": True}),
        ({"operations": {"delete": False}}, "--leave", {"leave": True}),
    ],
)
def test_what_can_not_be_taken_back_is_refused_unless_it_is_said(shop, settings, remedy, allowed):
    system = manifest("erp")
    system["types"]["Company"].update(settings)
    (shop.folder / "erp.yaml").write_text(yaml.safe_dump(system), encoding="utf-8")
    project, checklist = begin(shop)
    calls = shop.crm.calls(), shop.erp.calls()
    with pytest.raises(StopFlow) as refused:
        asyncio.run(run_live(project, checklist))
    assert "erp.Company" in refused.value.message
    assert remedy in refused.value.remedy
    assert (shop.crm.calls(), shop.erp.calls()) == calls
    first = tuple(line for line in checklist.lines if line.kind == "creation" and "Company" in line.pair)
    report = asyncio.run(run_live(project, type(checklist)(checklist.mark, first), **allowed))
    assert report.count("failed") == 0
    lasting = [row for row in shop.erp.records("Company") if checklist.mark in str(row)]
    assert bool(lasting) == bool(report.left) == ("leave" in allowed)
    assert not journal_of(project).exists(), "what may stay is not to be removed"


def test_another_process_at_work_and_probes_of_an_earlier_run_stop_a_run(shop):
    project, checklist = begin(shop)
    path = journal_of(project)
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"made": [["crm.Company", "999"]], "answered": []}) + "\n")
    with pytest.raises(StopFlow, match="cut off") as stopped:
        asyncio.run(run_live(project, checklist))
    assert "accord qa --clean" in stopped.value.remedy
    told = asyncio.run(clean(project))
    assert (told.removed, told.left) == (1, ())
    assert not path.exists()
    assert asyncio.run(clean(project)).removed == 0


def test_a_system_that_is_down_stops_a_run_before_anything_is_entered(shop):
    before = shop.crm.records("Company")
    shop.configure(erp_url="http://127.0.0.1:9")
    project, checklist = begin(shop)
    with pytest.raises(StopFlow, match=r"erp\.Company can not be read, so nothing was created"):
        asyncio.run(run_live(project, checklist))
    assert shop.crm.records("Company") == before
    assert not journal_of(project).exists()


def driver(shop):
    return subprocess.Popen(
        [sys.executable, "-c", DRIVER, str(shop.folder)], stdout=subprocess.PIPE, text=True
    )


@pytest.mark.parametrize("writes", [3, 60])
def test_a_run_that_is_interrupted_removes_its_probes(shop, writes):
    before = state(shop)
    shop.proxy.delay_s = 0.01
    with driver(shop) as run:
        shop.wait_for_writes(writes)
        run.send_signal(signal.SIGINT)
        out, _ = run.communicate(timeout=60)
    assert out.split() == ["True", "0", "0"]
    assert state(shop) == before
    assert not journal_of(load_project(shop.folder)).exists()


@pytest.mark.parametrize("writes", [2, 25, 70])
def test_what_a_killed_run_left_is_removed_by_its_journal(shop, writes):
    before = state(shop)
    shop.proxy.delay_s = 0.01
    with driver(shop) as run:
        shop.wait_for_writes(writes)
        os.kill(run.pid, signal.SIGKILL)
    time.sleep(0.1)  # what was under way lands
    assert state(shop) != before
    project = load_project(shop.folder)
    assert not read_journal(journal_of(project)).empty
    told = asyncio.run(clean(project))
    assert told.removed > 0
    assert told.left == ()
    assert state(shop) == before
    assert not journal_of(project).exists()


def test_a_create_without_an_answer_is_found_and_removed(shop):
    before = state(shop)
    lost = [0]

    def spoil(method, path):
        if method == "POST" and lost[0] < 4:
            lost[0] += 1
            return (500, b"{}") if lost[0] % 2 else None
        return None

    shop.proxy.spoil = spoil
    project, checklist = begin(shop)
    report = asyncio.run(run_live(project, checklist))
    assert report.left == ()
    assert state(shop) == before
