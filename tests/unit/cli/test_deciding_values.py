"""`accord conflicts` and `accord undo` as they are typed: what is shown, what is refused, what is written (M2, G3)."""

from pathlib import Path

import pytest

from accord.store import SqliteStore
from tests.e2e.shop import run_here
from tests.unit.runtime.office import Office, System

TEXT = """\
version: 1
name: office
store: state.db
systems:
  crm: {connector: ./crm.yaml, priority: 2}
  erp: {connector: ./erp.yaml, priority: 1}
pairs:
  - from: crm.Company
    to: erp.Company
    create: {forward: always, backward: always}
    match: [[[name, name]]]
    rows:
      - [name, name]
      # who knows where they live
      - {from: city, to: city, survivorship: ask}
"""


def manifest(system: System) -> str:
    return system.manifest.model_dump_json(exclude_defaults=True)


def office_in(folder: Path, text: str = TEXT) -> Office:
    """An office whose project and state are in a folder; the CRM and the ERP disagree on a city."""
    office = Office(text, store=SqliteStore(folder / "state.db"))
    (folder / "accord.yaml").write_text(text, encoding="utf-8")
    for system in (office.crm, office.erp):
        (folder / f"{system.manifest.name}.yaml").write_text(manifest(system), encoding="utf-8")
    here = office.crm.add("Company", name="Acme", city="Oslo")
    office.sync()
    (row,) = office.erp.records("Company")
    office.crm.edit("Company", here, city="Rome")
    office.clock.advance(1)
    office.erp.edit("Company", str(row["id"]), city="Bonn")
    office.sync()
    office.run(office.store.close())
    return office


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    office_in(tmp_path)
    return tmp_path


def listed(folder: Path) -> list:
    return run_here("conflicts", "-C", str(folder), "--json").data


def test_m2_conflicts_shows_sides_and_takes_a_pick(folder: Path) -> None:
    shown = run_here("conflicts", "-C", str(folder))
    assert "Rome" in shown.out
    assert "Bonn" in shown.out
    (found,) = listed(folder)
    assert f"{found['id']} --pick SYSTEM" in shown.out
    one = run_here("conflicts", "-C", str(folder), found["id"])
    assert one.out + "1 conflict open.\n" == shown.out
    part, _, _ = found["id"].partition("-")
    assert run_here("conflicts", "-C", str(folder), part).out == one.out
    assert "names the whole id" in run_here("conflicts", "-C", str(folder), part, "--pick", "crm").err
    picked = run_here("conflicts", "-C", str(folder), found["id"], "--pick", "crm", "--json")
    assert (picked.code, picked.data["as"]) == (0, "crm")
    assert listed(folder) == []
    assert run_here("conflicts", "-C", str(folder)).out == "0 conflicts open.\n"
    again = run_here("conflicts", "-C", str(folder), found["id"], "--value", "Kyiv", "--json")
    assert (again.code, again.data["error"]["code"]) == (1, "stale-decision")


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (("--pick", "crm", "--value", "x"), 2, "give one of them"),
        (("--pick", "shop"), 1, "Name one of crm.Company/"),
        (("--choose", "leave"), 1, "Give --pick or --value"),
        (("--rule", "newest"), 1, "Known: ask, function:all_true"),
    ],
)
def test_m2_a_decision_that_can_not_be_is_refused(
    folder: Path, args: tuple[str, ...], code: int, says: str
) -> None:
    (found,) = listed(folder)
    refused = run_here("conflicts", "-C", str(folder), found["id"], *args)
    assert (refused.code, says in refused.err) == (code, True)
    assert len(listed(folder)) == 1
    assert run_here("conflicts", "-C", str(folder), "--pick", "crm").code == 2


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("- {from: city, to: city, survivorship: ask}", "- {from: city, to: city, survivorship: latest}"),
        (
            "- {from: city, survivorship: ask, to: city}  # x",
            "- {from: city, survivorship: latest, to: city}  # x",
        ),
        (
            "- from: city\n        to: city\n        survivorship: ask # so far",
            "- from: city\n        to: city\n        survivorship: latest # so far",
        ),
    ],
)
def test_m2_a_rule_is_written_where_the_property_stands(tmp_path: Path, before: str, after: str) -> None:
    text = TEXT.replace("- {from: city, to: city, survivorship: ask}", before)
    office_in(tmp_path, text)
    (found,) = listed(tmp_path)
    made = run_here("conflicts", "-C", str(tmp_path), found["id"], "--rule", "latest")
    assert made.code == 0
    assert "+++ accord.yaml (new)" in made.out
    assert (tmp_path / "accord.yaml").read_text("utf-8") == text.replace(before, after)


def test_m2_a_short_row_becomes_a_long_one(tmp_path: Path) -> None:
    text = TEXT.replace("- {from: city, to: city, survivorship: ask}", "- [city, city]").replace(
        "    rows:\n", "    survivorship: ask\n    rows:\n"
    )
    office_in(tmp_path, text)
    (found,) = listed(tmp_path)
    assert run_here("conflicts", "-C", str(tmp_path), found["id"], "--rule", "priority").code == 0
    assert "- {from: city, to: city, survivorship: priority}" in (tmp_path / "accord.yaml").read_text("utf-8")


def test_g3_undo_shows_a_plan_and_does_it(folder: Path) -> None:
    """The first run created the company in the ERP, and somebody has edited it there since."""
    plan = run_here("undo", "-C", str(folder), "1", "--plan")
    assert (plan.code, "it was edited there since" in plan.out) == (5, True)
    (found,) = listed(folder)
    erp = next(side["record"] for side in found["sides"] if side["record"].startswith("erp"))
    assert "Undone: 0 writes" in run_here("undo", "-C", str(folder), erp).out
    unknown = run_here("undo", "-C", str(folder), "77")
    assert (unknown.code, "there was no run 77" in unknown.err) == (1, True)
    wrong = run_here("undo", "-C", str(folder), erp, "town")
    assert (wrong.code, "has no property town" in wrong.err) == (1, True)


@pytest.mark.parametrize("length", ["99999999d", "1²s", "1.s", "0s"])
def test_a_pause_of_a_length_that_no_clock_can_tell_is_refused(folder: Path, length: str) -> None:
    paused = run_here("pause", "-C", str(folder), "erp", "--for", length)
    assert (paused.code, "hundred years" in paused.err or "no length of time" in paused.err) == (2, True)
    assert run_here("pause", "-C", str(folder), "--json").data == []


def test_l6_links_of_a_file_that_is_no_text_are_refused_by_line(folder: Path) -> None:
    file = folder / "links.jsonl"
    file.write_bytes(b"\xc5\xff\x00")
    taken = run_here("links", "-C", str(folder), "import", str(file))
    assert (taken.code, f"{file}:1: this is no line of an export of links" in taken.err) == (1, True)


def test_an_argument_that_is_no_utf_8_is_told(folder: Path) -> None:
    asked = run_here("explain", "-C", str(folder), "crm.Company/\udcff")
    assert (asked.code, "an argument is no UTF-8 text" in asked.err) == (1, True)


def test_l6_an_export_that_fails_leaves_an_older_file_as_it_is(tmp_path: Path) -> None:
    office_in(tmp_path)
    file = tmp_path / "links.jsonl"
    file.write_text("older")
    (tmp_path / "state.db").unlink()
    assert run_here("links", "-C", str(tmp_path), "export", str(file)).code == 1
    assert file.read_text() == "older"


def test_g4_status_counts_the_conflicts_that_are_listed(tmp_path: Path) -> None:
    """Values, and a record that was deleted in one system while it was edited in the other."""
    office = office_in(tmp_path, TEXT.replace("    match:", "    delete: propagate\n    match:"))
    office.store = office.hub.store = SqliteStore(tmp_path / "state.db")
    here = office.crm.add("Company", name="Bolt", city="Oslo")
    office.sync()
    (there,) = [row for row in office.erp.records("Company") if row["name"] == "Bolt"]
    office.crm.delete("Company", here)
    office.erp.edit("Company", str(there["id"]), name="Bolts")
    for _ in range(3):
        office.clock.advance(100_000)
        office.sync()
    office.run(office.store.close())
    assert sorted(each["kind"] for each in listed(tmp_path)) == ["delete", "values"]
    told = run_here("status", "-C", str(tmp_path), "--json").data
    assert told["conflicts"] == told["books"]["conflicts"] == 2
