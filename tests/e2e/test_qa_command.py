"""`accord qa` as a person or a CI server runs it, on sandboxes that it makes itself."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

from tests.e2e.shop import PAIRS, Result, manifest, run_here
from tests.waiting import until


class Project:
    """A project in a folder; nothing is called, so that its URLs lead nowhere."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("crm", "erp"):
            self.manifest(name, manifest(name))
        self.configure(PAIRS)

    def manifest(self, name: str, content: dict[str, Any]) -> None:
        (self.folder / f"{name}.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")

    def configure(self, pairs: str) -> None:
        systems = "systems:\n  crm: {connector: ./crm.yaml, priority: 2}\n  erp: {connector: ./erp.yaml, priority: 1}\n"
        (self.folder / "accord.yaml").write_text(
            f"version: 1\nname: shop\n{systems}{pairs}", encoding="utf-8"
        )

    def accord(self, *args: str) -> Result:
        return run_here("-C", str(self.folder), *args)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    folder = tmp_path / "shop"
    folder.mkdir()
    return Project(folder)


def test_all_that_can_be_checked_is_so_and_the_totals_add_up(project: Project, tmp_path: Path) -> None:
    files = {kind: tmp_path / f"qa.{kind}" for kind in ("json", "junit", "html")}
    done = project.accord("qa", *(part for kind, file in files.items() for part in (f"--{kind}", str(file))))
    report = json.loads(files["json"].read_text("utf-8"))
    assert done.code == 0, done.out + done.err
    assert done.err == ""
    assert report["failed"] == 0
    assert report["rows"] == report["passed"] + report["not_checked"] == len(report["checks"])
    assert report["passed"] > 10
    assert all(check["why"] for check in report["checks"] if check["outcome"] == "not_checked")
    last = done.out.splitlines()[-2]
    assert last.startswith(f"{report['rows']} lines: {report['passed']} passed, 0 failed, ")
    root = ElementTree.parse(files["junit"]).getroot()
    assert (root.get("tests"), root.get("failures")) == (str(report["rows"]), "0")
    assert files["html"].read_text("utf-8").count("<details") == report["rows"]
    kept = project.folder / ".accord" / "qa"
    assert json.loads((kept / "last.json").read_bytes()) == report
    assert not (project.folder / ".accord" / "state.db").exists()  # the hub's own state is left alone


def test_one_pair_alone_answered_to_a_machine(project: Project) -> None:
    done = project.accord("qa", "--pair", "Company-crm.company", "--json")
    assert done.code == 0, done.out + done.err
    assert {check["pair"] for check in done.data["checks"]} == {"crm.Company - erp.Company"}
    assert not (project.folder / ".accord" / "qa").exists()  # a part is not kept as the last report
    assert project.accord("--json", "qa", "--pair", "erp-crm", "--list").data["rows"] > done.data["rows"]


def test_the_list_tells_every_line_and_performs_nothing(project: Project) -> None:
    done = project.accord("qa", "--list")
    assert done.code == 0
    listed = project.accord("qa", "--list", "--json").data
    assert f"{listed['rows']} lines: " in done.out
    row = next(
        line for line in listed["lines"] if (line["row"], line["direction"]) == ("city - city", "forward")
    )
    assert {"typical", "unicode", "longest", "cleared"} <= set(row["steps"])
    assert any(line.split()[:4] == ["city", "-", "city", "forward"] for line in done.out.splitlines())


def test_what_is_wrong_is_said_before_anything_is_performed(project: Project, tmp_path: Path) -> None:
    unknown = project.accord("qa", "--pair", "crm-books")
    assert unknown.code == 1
    assert "no pair is called crm-books" in unknown.err
    assert "crm.Company - erp.Company" in unknown.err
    nowhere = project.accord("qa", "--junit", str(tmp_path / "nowhere" / "qa.xml"))
    assert (nowhere.code, "there is no folder" in nowhere.err) == (1, True)
    assert nowhere.err.count("nowhere") == 1


def test_what_was_agreed_and_is_not_carried_out_is_red(project: Project, tmp_path: Path) -> None:
    agreed = tmp_path / "agreed"
    assert project.accord("document", "--out", str(agreed)).code == 0
    project.configure(PAIRS.replace("      - [city, city]\n", "").replace("forward}", "backward}"))
    assert project.accord("qa").code == 0  # what it does itself it does rightly
    done = project.accord("qa", "--agreed", str(agreed), "--html", str(tmp_path / "qa.html"))
    assert done.code == 6, done.out + done.err
    red = [line for line in done.out.splitlines() if line.startswith("FAILED ")]
    assert {"city - city", "note - note"} <= {line.partition(": ")[2] for line in red}
    assert all("Company" in line for line in red)
    assert red[0] == done.out.splitlines()[0]
    assert (tmp_path / "qa.html").read_text("utf-8").count('class="failed" id=') == len(red)
    kept = json.loads((project.folder / ".accord" / "qa" / "last.json").read_bytes())
    assert kept["failed"] == 0  # the last report is that of the project's own documents
    assert "nowhere" in project.accord("qa", "--agreed", str(tmp_path / "nowhere")).err


def test_some_of_the_documents_demand_nothing_that_only_the_others_say(
    project: Project, tmp_path: Path
) -> None:
    """Here a record of one pair makes one that another pair links, and rows go one way."""
    agreed = tmp_path / "agreed"
    project.accord("document", "--out", str(agreed))
    files = sorted(agreed.iterdir())
    whole = project.accord("qa", "--list", "--json").data["rows"]
    assert len(files) > 1
    for file in files:
        done = project.accord("qa", "--agreed", str(file), "--json")
        assert done.code == 0, done.out + done.err
        assert done.data["failed"] == 0 < done.data["passed"] <= whole


def test_a_project_in_which_nothing_can_be_checked_is_not_green(project: Project) -> None:
    project.configure(
        "pairs:\n"
        "  - {from: crm.Company, to: erp.Company, match: [[[name, name]]], rows: [[name, name]], enabled: false}\n"
        "  - {from: crm.Person, to: erp.Person, create: {forward: linked, backward: linked}, rows: []}\n"
    )
    done = project.accord("qa")
    assert done.code == 5, done.out + done.err
    assert "Not checked:" in done.out


def test_an_interrupted_run_tells_what_was_seen_by_then(project: Project, tmp_path: Path) -> None:
    """Enough pairs that it is still under way when the first calls were made."""
    names = [f"Type{n}" for n in range(25)]
    for system in ("crm", "erp"):
        made = manifest(system)
        made["types"] = {name: {**made["types"]["Company"], "path": name.lower()} for name in names}
        project.manifest(system, made)
    rows = "create: {forward: always, backward: always}, rows: [[name, name], [city, city]]"
    project.configure("pairs:\n" + "".join(f"  - {{from: crm.{n}, to: erp.{n}, {rows}}}\n" for n in names))
    log = tmp_path / "calls.log"
    command = [sys.executable, "-m", "accord", "-C", str(project.folder), "--log", str(log), "qa", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as it:
        until(lambda: it.poll() is not None or (log.exists() and log.read_text().count("POST") >= 20))
        os.kill(it.pid, signal.SIGINT)
        out, err = it.communicate(timeout=30)
    report = json.loads(out)
    assert (it.returncode, report["interrupted"]) == (130, True)
    assert err.strip() == "accord: stopping; probes are removed first. Ctrl-C again does not wait."
    assert report["rows"] == report["passed"] + report["failed"] + report["not_checked"] > 100
    assert report["failed"] == 0
    assert any("interrupted" in check["why"] for check in report["checks"])
    assert not (project.folder / ".accord" / "qa").exists()


def test_reports_are_not_written_over_one_another(project: Project, tmp_path: Path) -> None:
    one = str(tmp_path / "qa.out")
    done = project.accord("qa", "--json", one, "--junit", one)
    assert (done.code, "give each a file of its own" in done.err) == (2, True)
    assert not Path(one).exists()
