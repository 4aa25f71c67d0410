"""`accord suggest` on the seed's project: three empty property tables, two systems that hold the example's records."""

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml

from accord.demo.business import business, crm_contact, erp_contact
from accord.demo.persons import example_folder, read_persons
from accord.project import CONNECTORS, load_project
from tests.e2e.shop import Result, Sandbox, Shop, run_here

PERSONS, SAMPLE = 500, 400
ENDS = [
    ("crmoffice.Activities", "customerp.Project"),
    ("crmoffice.Companies", "customerp.Product"),
    ("crmoffice.Contacts", "customerp.Contact"),
]
SECRETS = {
    "CRMOFFICE_CLIENT_ID": "me",
    "CRMOFFICE_CLIENT_SECRET": "sandbox",
    "CRMOFFICE_REFRESH_TOKEN": "sandbox",
    "CUSTOMERP_API_KEY": "sandbox",
}


def truth() -> set[tuple[str, str, str]]:
    """Rows of the example: where the pair begins, and both paths."""
    pairs = load_project(example_folder()).config.pairs
    return {(pair.source.type, row.source.path, row.target.path) for pair in pairs for row in pair.rows}


def suggested(result: Result, *, least: float = 0.5) -> set[tuple[str, str, str]]:
    rows = [s for s in result.data["suggestions"] if s["what"] == "row" and s["score"] >= least]
    return {(row["from"], *row["left"], *row["right"]) for row in rows}


def text(crm: str, erp: str) -> str:
    pairs = "".join(f"  - from: {a}\n    to: {b}\n    # none yet\n    rows: []\n" for a, b in ENDS)
    return (
        "version: 1\nname: seed\nsystems:\n"
        f"  crmoffice: {{connector: crmoffice, priority: 2, url: '{crm}', auth: {{token_url: '{crm}/_token'}}}}\n"
        f"  customerp: {{connector: customerp, priority: 1, url: '{erp}'}}\npairs:\n{pairs}"
    )


def loaded(name: str, rows: dict[str, list[dict[str, Any]]], folder: Path) -> Sandbox:
    """A sandbox of a built-in connector that holds records."""
    options = []
    for key in (key for key in rows if key.startswith(f"{name}.")):
        file = folder / f"{key}.json"
        file.write_text(json.dumps(rows[key]), encoding="utf-8")
        options += ["--load", f"{key.partition('.')[2]}={file}"]
    return Sandbox(CONNECTORS / name / "manifest.yaml", *options)


@pytest.fixture(scope="module")
def systems(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sandbox, Sandbox]]:
    data = example_folder() / "data" / "febrl4"
    ours, theirs = (read_persons(data / f"dataset4{side}.csv") for side in "ab")
    random = Random(5)
    numbers = random.sample(sorted(ours), PERSONS)
    around = business(random, 80)
    crm, erp = random.sample(numbers, SAMPLE), random.sample(numbers, SAMPLE)
    rows = {
        **around.rows,
        "crmoffice.Contacts": [crm_contact(f"c{n}", ours[n], around.company_of(n)) for n in crm],
        "customerp.Contact": [erp_contact(n + 1, f"K-{n}", theirs[n], around.product_of(n)) for n in erp],
    }
    folder = tmp_path_factory.mktemp("rows")
    both = loaded("crmoffice", rows, folder), loaded("customerp", rows, folder)
    yield both
    for system in both:
        system.stop()


@pytest.fixture
def folder(systems: tuple[Sandbox, Sandbox], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "accord.yaml").write_text(text(*(system.url for system in systems)), encoding="utf-8")
    return tmp_path


def accord(folder: Path, *args: str) -> Result:
    return run_here("-C", str(folder), *args)


def test_the_seed_s_tables_are_filled_as_the_example_has_them(
    folder: Path, systems: tuple[Sandbox, Sandbox]
) -> None:
    shown = accord(folder, "--json", "suggest")
    assert shown.code == 0, shown.err
    assert suggested(shown) == truth()
    assert len(suggested(shown, least=0.9) & truth()) >= 20
    evidence = json.dumps([s["evidence"] for s in shown.data["suggestions"]])
    for row in systems[0].records("Contacts")[:50]:  # P2: no value is told
        assert str(row.get("nationalId", "no number")) not in evidence
        assert str(row.get("familyName", "no name")) not in evidence
    by = {(s["from"], *s["left"]): s for s in shown.data["suggestions"] if s["what"] == "match"}
    assert by["crmoffice.Contacts", "nationalId"]["score"] >= 0.9
    assert by["crmoffice.Companies", "organisationNumber"]["written"]["normalise"] == "number"


def test_what_is_accepted_is_written_loads_and_syncs(folder: Path) -> None:
    written = accord(folder, "--json", "suggest", "--threshold", "0.6", "--write")
    assert written.code == 0, written.err
    project = load_project(folder)
    rows = {(p.source.type, r.source.path, r.target.path) for p in project.config.pairs for r in p.rows}
    assert rows == truth()
    assert (folder / "accord.yaml").read_text("utf-8").count("# none yet") == 3
    plan = accord(folder, "--json", "plan")
    assert plan.code == 0, plan.err
    checked = accord(folder, "--json", "qa")
    assert checked.code == 0, checked.err
    assert checked.data["passed"] >= 70
    contacts = next(
        f
        for f in accord(folder, "suggest", "--pair", "crmoffice.Contacts").out.splitlines()
        if "records" in f
    )
    assert "400 records and 400 were looked at" in contacts


def test_numbers_are_those_that_were_shown(folder: Path) -> None:
    before = (folder / "accord.yaml").read_text("utf-8")
    assert "were shown yet" in accord(folder, "suggest", "--accept", "1").err
    shown = accord(folder, "--json", "suggest", "--no-read").data["suggestions"]
    assert accord(folder, "suggest", "--accept", "1,3").code == 0
    pair = load_project(folder).config.pairs[0]
    assert len(pair.rows) == 2
    assert "accepted already" in accord(folder, "suggest", "--accept", "3").err
    assert "there is no suggestion 999" in accord(folder, "suggest", "--accept", "999").err
    assert accord(folder, "suggest", "--accept", "2").code == 0
    (folder / "accord.yaml").write_text(before, encoding="utf-8")
    assert "configuration changed" in accord(folder, "suggest", "--accept", "4").err
    assert (folder / "accord.yaml").read_text("utf-8") == before
    assert {row["what"] for row in shown} == {"row", "match"}


def test_samples_are_shown_when_they_are_asked_for(folder: Path) -> None:
    shown = accord(folder, "suggest", "--pair", "crmoffice.Contacts-customerp.Contact", "--samples")
    assert "crmoffice.Companies - customerp.Product" not in shown.out
    assert " | " in shown.out
    assert " | " not in accord(folder, "suggest", "--pair", "crmoffice.Contacts").out


def test_names_and_types_alone_need_no_secret_and_no_system(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in SECRETS:
        monkeypatch.delenv(name)
    refused = accord(folder, "suggest")
    assert refused.code == 1
    assert "--no-read" in refused.err
    shown = accord(folder, "--json", "suggest", "--no-read")
    assert shown.code == 0
    assert suggested(shown) == truth()
    assert max(s["score"] for s in shown.data["suggestions"]) < 0.97


def test_a_system_that_can_not_be_read_is_told(folder: Path) -> None:
    file = folder / "accord.yaml"
    lines = file.read_text("utf-8").splitlines()
    broken = [
        line if "customerp:" not in line else "  customerp: {connector: customerp, url: 'http://127.0.0.1:9'}"
        for line in lines
    ]
    file.write_text("\n".join(broken) + "\n", encoding="utf-8")
    shown = accord(folder, "suggest", "--pair", "crmoffice.Companies")
    assert shown.code == 5
    assert "customerp.Product could not be read" in shown.out


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (("--write",), 2, "--write needs a --threshold"),
        (("--accept", "1", "--threshold", "0.9"), 2, "goes with neither"),
        (("--accept", "one"), 2, "write numbers"),
        (("--pair", "nobody"), 1, "there is no pair nobody"),
    ],
)
def test_what_can_not_be_meant_is_told(folder: Path, args: tuple[str, ...], code: int, says: str) -> None:
    result = accord(folder, "suggest", *args)
    assert result.code == code
    assert says in result.err


PEOPLE = [
    ("Ada Berg", "ada"),
    ("Bo Dahl", "bo"),
    ("Cecilie Eng", "cecilie"),
    ("Dina Foss", "dina"),
    ("Emil Gran", "emil"),
]
PARTLY = """\
pairs:
  - from: crm.Company
    to: erp.Company
    rows:
      - [city, city]
  - from: crm.Person
    to: erp.Person
    create: {forward: always}
    match: [[[email, email]]]
    rows:
      - [email, email]
      - [name, name]
"""


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with Shop(tmp_path) as shop:
        shop.configure(PARTLY)
        yield shop


def test_links_of_the_hub_tell_which_records_are_in_both(shop: Shop) -> None:
    for number, (name, mailbox) in enumerate(PEOPLE * 2):
        shop.crm.add("Person", name=name, email=f"{mailbox}{number}@shop.example", phone=f"+4791{number:06}")
    assert shop.accord("sync", "--yes").code == 0
    for row in shop.erp.records("Person"):  # who has moved is known by the link alone
        number = row["email"].partition("@")[0][-1]
        shop.erp.edit(
            "Person", row["id"], phone=f"91 {number:0>2} {number:0>2} 00", email=f"new{number}@home.example"
        )
    for row in shop.crm.records("Person"):
        number = row["email"].partition("@")[0][-1]
        shop.crm.edit("Person", row["id"], phone=f"+4791{number:0>2}{number:0>2}00")
    shown = shop.accord("--json", "suggest", "--pair", "crm.Person")
    assert shown.code == 0, shown.err
    (pair,) = shown.data["pairs"]
    assert (pair["joined"], pair["joined_by"]) == (10, "links")
    (row,) = [each for each in shown.data["suggestions"] if each["left"] == ["phone"]]
    assert row["written"] == {
        "from": {"path": "phone", "lens": "phone(NO)"},
        "to": {"path": "phone", "lens": "phone(NO)"},
    }
    assert "10 of 10 records agree, read as phone numbers" in row["evidence"][0]["words"]
    assert "email" not in {path for each in shown.data["suggestions"] for path in each["left"]}


def test_without_reading_what_a_sync_has_seen_still_counts(shop: Shop) -> None:
    for number, (name, mailbox) in enumerate(PEOPLE * 2):
        shop.crm.add("Person", name=name, email=f"{mailbox}{number}@shop.example")
    assert shop.accord("sync", "--yes").code == 0
    text = (shop.folder / "accord.yaml").read_text("utf-8").replace("    match: [[[email, email]]]\n", "")
    (shop.folder / "accord.yaml").write_text(text, encoding="utf-8")
    calls = shop.crm.calls()
    shown = shop.accord("--json", "suggest", "--pair", "crm.Person-erp.Person", "--no-read")
    assert shown.code == 0, shown.err
    assert shop.crm.calls() == calls
    (match,) = [each for each in shown.data["suggestions"] if each["what"] == "match"]
    assert match["written"] == {"all": [["email", "email"]], "normalise": "email"}
    assert match["evidence"][0]["words"].startswith("finds 10 of the 10 records that are in both")


def test_references_belong_together_where_what_they_point_to_is_a_pair(shop: Shop) -> None:
    shown = shop.accord("suggest", "--pair", "crm.Person", "--no-read")
    hint = shown.out.splitlines()[-1]  # as it was asked
    assert "suggest --pair crm.Person --no-read --threshold 0." in hint, hint
    assert "company - company" in shown.out
    shop.configure(
        PARTLY.replace("  - from: crm.Company\n    to: erp.Company\n    rows:\n      - [city, city]\n", "")
    )
    shown = shop.accord("suggest", "--pair", "crm.Person", "--no-read")
    assert "company - company" not in shown.out
    assert "Nothing for company of crm.Person" in shown.out


def test_properties_that_the_manifest_does_not_name_are_told(shop: Shop) -> None:
    shop.crm.add("Person", name="Ada Berg", email="ada@shop.example")
    file = shop.folder / "crm.yaml"
    drafted = yaml.safe_load(file.read_text("utf-8"))
    drafted["types"]["Person"]["properties"] = {}
    file.write_text(yaml.safe_dump(drafted), encoding="utf-8")
    shop.configure("pairs:\n  - {from: crm.Person, to: erp.Person, rows: []}\n")
    shown = shop.accord("suggest")
    assert shown.code == 0, shown.err
    assert "crm.Person has no properties in its manifest" in shown.out
    assert "more than its manifest names; add what should be kept in sync: email, name" in shown.out
    assert "Ada Berg" not in shown.out
