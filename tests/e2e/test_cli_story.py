"""A project's life through the program alone, on real servers: each command, as a person would use it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from accord.project import load_project
from tests.e2e.shop import PAIRS, Shop, run_here


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with Shop(tmp_path) as made:
        yield made


def test_a_project_from_its_first_check_to_a_conflict(shop: Shop, tmp_path: Path) -> None:
    acme = shop.crm.add("Company", name="Acme", city="Oslo", note="from the CRM")
    shop.crm.add("Person", name="Ada", email="ada@x.no", company=acme)
    shop.erp.add("Person", name="ADA", email="ada@x.no", phone="12")
    assert shop.accord("check").code == 0

    plan_file = tmp_path / "plan.json"
    planned = shop.accord("plan", "--out", str(plan_file), "--full")
    assert planned.code == 0
    assert "create erp.Company" in planned.out
    assert "the sync reads again" in planned.out
    assert shop.erp.records("Company") == []  # nothing was written

    done = shop.accord("sync", "--plan", str(plan_file), "--json")
    assert done.code == 0
    assert done.data["moved"] == []
    assert set(done.data["sent"]) == {"create erp.Company", "update crm.Person", "update erp.Person"}
    (person,) = shop.erp.records("Person")
    assert person["name"] == "Ada"  # the CRM has the higher priority
    assert person["company"] == shop.erp.records("Company")[0]["id"]  # it waited for its company (W5)
    assert shop.crm.records("Person")[0]["phone"] == "12"

    _edits(shop)
    _told(shop)


def _edits(shop: Shop) -> None:
    """One way, both ways, a conflict: the later edit wins; then nothing is left to do."""
    crm, erp = shop.crm.records("Company")[0]["id"], shop.erp.records("Company")[0]["id"]
    shop.erp.edit("Company", erp, note="edited in the ERP")  # one way: neither read nor reverted (W14)
    shop.crm.edit("Company", crm, city="Bergen")
    shop.erp.edit("Company", erp, city="Tromsø")
    assert shop.accord("sync").code == 0
    assert shop.crm.values("Company", "city") == shop.erp.values("Company", "city") == ["Tromsø"]
    assert shop.crm.values("Company", "note") == ["from the CRM"]
    assert shop.erp.values("Company", "note") == ["edited in the ERP"]
    again = shop.accord("sync", "--json")
    assert (again.code, again.data["sent"]) == (0, {})


def _told(shop: Shop) -> None:
    crm = shop.crm.records("Company")[0]["id"]
    status = shop.accord("status", "--json").data
    for it in status["types"]:
        assert it["seen"] == it["linked"] + it["waiting"] + it["held"] + it["excluded"] + it["gone"]
    value = shop.accord("explain", f"crm.Company/{crm}", "city", "--json").data["values"][0]
    assert value["value"] == "Tromsø"
    assert value["origin"].startswith("erp.Company/")
    assert "loser" in {event["kind"] for event in value["history"]}
    assert "Bergen" in shop.accord("explain", f"crm.Company/{crm}", "city").out  # who lost
    _history_of_a_create(shop)
    assert "linked" in shop.accord("history", f"crm.Company/{crm}").out


def _history_of_a_create(shop: Shop) -> None:
    (created,) = [e for e in shop.accord("history", "--run", "1", "--json").data if e["kind"] == "created"]
    lines = shop.accord("history", "--run", "1").out.splitlines()
    at = next(n for n, line in enumerate(lines) if f"created        {created['record']}" in line)
    assert lines[at].endswith(created["record"])
    below = [f"      {name} = {'-' if value is None else value}" for name, value in created["value"].items()]
    assert "name" in created["value"]
    assert lines[at + 1 : at + 1 + len(below)] == below


def test_w8_a_delete_is_propagated_or_ignored_as_the_pair_says(shop: Shop) -> None:
    kept = [shop.crm.add("Company", name=name) for name in ("Acme", "Beta", "Cora")]
    ada = shop.crm.add("Person", name="Ada", email="ada@x.no")
    assert shop.accord("sync", "--yes").code == 0
    shop.crm.delete("Company", kept[0])
    shop.crm.delete("Person", ada)
    assert shop.accord("sync").code == 0
    assert shop.erp.values("Company", "name") == ["Beta", "Cora"]
    assert shop.erp.values("Person", "name") == ["Ada"]  # `delete: ignore`
    assert "a person deleted it there" in shop.accord("explain", "erp.Person/1").out
    assert shop.accord("sync", "--json").data["sent"] == {}


def test_g1_a_guard_asks_and_is_approved_by_name(shop: Shop) -> None:
    shop.configure(more="guards: {least: 1}\n")
    ids = [shop.crm.add("Company", name=f"C{n}") for n in range(4)]
    shop.accord("sync", "--yes")
    for each in ids[:2]:
        shop.crm.delete("Company", each)
    stopped = shop.accord("sync")
    assert stopped.code == 4
    assert " sync --approve 'erp.Company:delete=" in stopped.out
    assert len(shop.erp.records("Company")) == 4
    assert shop.accord("sync", "--approve", "erp.Company:delete").code == 0
    assert len(shop.erp.records("Company")) == 2


def test_k1_nothing_is_written_before_the_plan_is_confirmed(shop: Shop) -> None:
    shop.crm.add("Company", name="Acme")
    asked = shop.accord("sync", "--json")
    assert asked.code == 4
    assert asked.data["plan"]["creates"] == {"erp.Company": 1}
    assert shop.erp.records("Company") == []
    assert "Confirm with: accord -C" in shop.accord("sync").out
    assert shop.accord("sync", "--yes").code == 0
    shop.configure(PAIRS.replace("      - [city, city]\n", "      - [city, city]\n      - [size, size]\n"))
    assert shop.accord("sync").code == 0  # it has no effect, so nobody is asked
    shop.crm.edit("Company", 1, size=7)
    assert shop.accord("sync").code == 0
    assert shop.erp.records("Company")[0]["size"] == 7


def test_g6_what_moved_between_plan_and_sync_is_named(shop: Shop, tmp_path: Path) -> None:
    acme = shop.crm.add("Company", name="Acme", city="Oslo")
    shop.accord("sync", "--yes")
    shop.crm.edit("Company", acme, city="Bergen")
    plan_file = tmp_path / "plan.json"
    shop.accord("plan", "--out", str(plan_file))
    shop.crm.edit("Company", acme, city="Tromsø")
    shop.crm.add("Company", name="Late")
    done = shop.accord("sync", "--plan", str(plan_file))
    assert done.code == 0
    assert "update erp.Company/1 (city): another value than planned" in done.out
    assert "not in the plan" in done.out
    assert shop.erp.values("Company", "city") == ["Oslo"]
    shop.accord("sync")
    assert shop.erp.values("Company", "city") == ["", "Tromsø"]


def test_why_is_this_record_not_in_the_erp(shop: Shop) -> None:
    shop.crm.add("Person", name="Ada", email="same@x.no")
    shop.crm.add("Person", name="Eva", email="same@x.no")
    shop.accord("sync", "--yes")
    told = shop.accord("explain", "crm.Person/1")
    assert told.code == 0
    assert "in review" in told.out
    assert "several records of one entity type" in told.out
    assert "with crm.Person/2" in told.out
    review = shop.accord("explain", "crm.Person/1", "--json").data["reviews"][0]
    assert (review["rule"], review["others"]) == ("email", ["crm.Person/2"])


def test_w9_a_refused_write_is_told_and_ends_in_part(shop: Shop) -> None:
    long = shop.crm.add("Company", name="Acme", city="Oslo")
    shop.accord("sync", "--yes")
    shop.proxy.spoil = lambda method, _: (
        (422, b'{"errors": [{"message": "no such city"}]}') if method == "PATCH" else None
    )
    shop.crm.edit("Company", long, city="Atlantis")
    refused = shop.accord("sync")
    assert refused.code == 5
    assert "1 write is refused or ignored, and why: accord -C" in refused.out
    again = shop.accord("sync")
    assert (again.code, "1 write is refused" in again.out) == (5, True)  # not all is done that was asked for
    assert "no such city" in shop.accord("status").out
    assert "no such city" in shop.accord("explain", f"crm.Company/{long}").out


def test_documents_come_back_as_the_same_project(shop: Shop, tmp_path: Path) -> None:
    out = tmp_path / "docs"
    assert shop.accord("document", "--out", str(out)).code == 0
    files = sorted(out.glob("*.rst"))
    assert files
    again = tmp_path / "again"
    imported = run_here("import", str(out), "--into", str(again), "--json")
    assert imported.code == 0
    assert len(load_project(again, manifests=shop.manifests()).config.pairs) == 2
    assert run_here("import", *map(str, files), "--into", str(again)).code == 1  # nothing is overwritten
    printed = shop.accord("document").out
    assert printed == "".join(file.read_text("utf-8") for file in files)


def test_requests_are_logged_without_values(shop: Shop, tmp_path: Path) -> None:
    shop.crm.add("Company", name="Geheim", city="Oslo")
    log = tmp_path / "requests.log"
    assert shop.accord("sync", "--yes", "--log", str(log)).code == 0
    text = log.read_text("utf-8")
    assert "crm GET companies 200" in text
    assert "erp POST companies 201" in text
    assert "Geheim" not in text


def test_options_stand_before_a_command_or_after_it(shop: Shop) -> None:
    before = run_here("--json", "-C", str(shop.folder), "check")
    after = run_here("check", "--json", "-C", str(shop.folder))
    assert before == after
    assert json.loads(after.out)["project"] == "shop"
    assert run_here("check", "-q", "-C", str(shop.folder)).out == ""
