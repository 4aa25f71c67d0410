"""A changed configuration on a store in a file: what changed is read and merged anew, the rest stays (K2, K3)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from accord.store import SqliteStore
from tests.unit.runtime.office import PROJECT, Office

BY_CITY = PROJECT.replace("match: [[[name, name]]]", "match: [[[city, city]]]")
WITHOUT_CITY = PROJECT.replace("      - [city, city]\n", "")
UPPER_CITY = PROJECT.replace(
    "      - [city, city]\n", "      - {from: city, to: {path: city, lens: upper}}\n"
)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    store = SqliteStore(tmp_path / "state.db", inline=True)
    made = Office(store=store)
    yield made
    made.run(store.close())


def test_k3_a_changed_match_rule_is_indexed_anew_and_unlinks_nothing(office: Office) -> None:
    office.crm.add("Company", name="Acme", city="Oslo")
    office.erp.add("Company", name="Acme", city="Oslo")
    office.sync()
    office.crm.add("Company", name="Acme Inc", city="Bergen")
    office.configure(PROJECT.replace("create: {forward: always", "create: {forward: linked", 1))
    office.sync()
    office.configure(BY_CITY.replace("forward: always", "forward: linked", 1))
    office.erp.add("Company", name="Acme AS", city="Bergen")
    assert office.sync().summary()["linked"] >= 1
    assert len(office.erp.records("Company")) == 2  # found by its city, not created
    census = office.run(_census(office))
    assert census["crm.Company"]["linked"] == census["erp.Company"]["linked"] == 2


def test_k3_what_a_new_rule_finds_between_linked_records_goes_to_review(office: Office) -> None:
    office.crm.add("Company", name="Acme", city="Oslo")
    office.crm.add("Company", name="Beta", city="Oslo")
    office.sync()
    office.configure(BY_CITY)
    office.sync()
    reviews = office.run(_reviews(office))
    assert [review.kind for review in reviews] == ["merge"]
    assert len(office.erp.records("Company")) == 2  # nothing was unlinked, nothing created


def test_k2_a_new_row_has_no_base_and_is_merged_as_at_a_first_link(office: Office) -> None:
    office.configure(WITHOUT_CITY)
    office.crm.add("Company", name="Acme", city="Oslo")
    office.sync()
    office.erp.edit("Company", "1", city="Bergen")
    office.crm.add("Company", name="Beta")
    office.sync()
    office.erp.edit("Company", "2", city="Narvik")
    office.configure(PROJECT)
    plan = office.plan()
    assert plan.overwrites == {"erp.Company city": 1}  # the CRM has the higher priority (M6)
    office.sync(plan=plan)
    assert office.erp.values("Company", "city") == ["Narvik", "Oslo"]
    assert office.crm.values("Company", "city") == ["Narvik", "Oslo"]
    assert office.sync().summary()["sent"] == {}


def test_k2_another_lens_is_read_anew(office: Office) -> None:
    office.crm.add("Company", name="Acme", city="Oslo")
    office.sync()
    office.configure(UPPER_CITY)
    office.sync()
    assert office.crm.values("Company", "city") == ["Oslo"]
    assert office.sync().summary()["sent"] == {}


def test_k4_a_row_that_leaves_blanks_nothing(office: Office) -> None:
    office.crm.add("Company", name="Acme", city="Oslo")
    office.sync()
    office.configure(WITHOUT_CITY)
    office.crm.edit("Company", "1", city="Bergen")
    office.sync()
    assert office.erp.values("Company", "city") == ["Oslo"]
    assert office.crm.values("Company", "city") == ["Bergen"]


def test_k1_a_changed_configuration_waits_for_its_plan(office: Office) -> None:
    office.configure(WITHOUT_CITY)
    office.crm.add("Company", name="Acme", city="Oslo")
    office.sync()
    office.configure(PROJECT)
    run = office.sync(confirmed=False)
    assert run.ended == "waits"
    assert run.plan is not None
    assert run.plan.updates == {"erp.Company": 1}
    assert office.erp.values("Company", "city") == ["None"]
    office.configure(WITHOUT_CITY)
    assert office.sync(confirmed=False).ended == "done"  # the old one is still the confirmed one


async def _census(office: Office):
    async with office.store.transaction(dry=True) as tx:
        return await tx.census()


async def _reviews(office: Office):
    async with office.store.transaction(dry=True) as tx:
        return await tx.reviews()
