"""A changed configuration on a store in a file: what changed is read and merged anew, the rest stays (K2, K3)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from accord.core.errors import StopFlow
from accord.store import SqliteStore
from tests.unit.runtime.office import PROJECT, Office

BY_CITY = PROJECT.replace("match: [[[name, name]]]", "match: [[[city, city]]]")
WITHOUT_CITY = PROJECT.replace("      - [city, city]\n", "")
ONLY_OSLO = PROJECT.replace(
    "  - from: crm.Company\n", "  - from: {type: crm.Company, filter: {city: Oslo}}\n"
)
ONE_WAY = PROJECT.replace("      - [city, city]\n", "      - {from: city, to: city, direction: forward}\n")
NUMBERS = PROJECT.replace("[city, city]", "[city, city, integer]")
WITHOUT_ERP = PROJECT.replace("erp.yaml, priority: 1}", "erp.yaml, priority: 1, enabled: false}")
NAMED = PROJECT.replace("    to: erp.Company\n", "    to: erp.Company\n    concept: firm\n")
WITHOUT_COMPANIES = PROJECT.replace(
    PROJECT[PROJECT.index("  - from: crm.Company") : PROJECT.index("  - from: crm.Person")], ""
).replace("      - [company, company]\n", "")
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


def test_k2_s2_another_filter_is_asked_about_every_record(office: Office) -> None:
    office.configure(ONLY_OSLO)
    office.crm.add("Company", name="Acme", city="Oslo")
    office.crm.add("Company", name="Beta", city="Bergen")
    office.sync()
    assert office.erp.values("Company", "name") == ["Acme"]
    office.configure(PROJECT)
    assert office.plan().creates == {"erp.Company": 1}
    office.sync()
    assert office.erp.values("Company", "name") == ["Acme", "Beta"]
    office.configure(ONLY_OSLO)
    office.crm.edit("Company", "2", city="Moss")
    office.sync()
    assert office.erp.values("Company", "city") == ["Moss", "Oslo"]  # what is linked stays linked (S10)


@pytest.mark.parametrize(
    "text", [PROJECT, ONE_WAY.replace("direction: forward", "direction: forward, enforce: true")]
)
def test_k2_w14_a_property_that_is_read_back_or_enforced_from_now_on_has_no_base(
    office: Office, text: str
) -> None:
    office.configure(ONE_WAY)
    office.crm.add("Company", name="Acme", city="Oslo")
    office.sync()
    office.erp.edit("Company", "1", city="Moss")
    assert office.sync().summary()["sent"] == {}
    office.configure(text)
    plan = office.plan()
    assert plan.overwrites == {"erp.Company city": 1}
    office.sync(plan=plan)
    assert (office.crm.values("Company", "city"), office.erp.values("Company", "city")) == (
        ["Oslo"],
        ["Oslo"],
    )


def test_k2_golden_values_of_another_type_are_made_anew(office: Office) -> None:
    office.crm.add("Company", name="Acme", city="007")
    office.sync()
    office.configure(NUMBERS)
    plan = office.plan()
    assert not plan.overwrites
    office.sync(plan=plan)
    assert [golden.value[1] for golden in office.run(_goldens(office))] == [7]


def test_k2_nothing_is_decided_or_written_before_all_were_read_again(office: Office) -> None:
    """A new row, and the ERP can not be read: its value is neither overlooked nor overwritten."""
    office.configure(WITHOUT_CITY.replace("priority: 1", "priority: 3"))
    office.crm.add("Company", name="Acme", city="Oslo")
    office.sync()
    office.erp.edit("Company", "1", city="Bergen")
    office.configure(PROJECT.replace("priority: 1", "priority: 3"))
    office.erp.down = True
    office.sync()
    assert (office.crm.values("Company", "city"), office.erp.values("Company", "city")) == (
        ["Oslo"],
        ["Bergen"],
    )
    office.erp.down = False
    office.sync()
    assert (office.crm.values("Company", "city"), office.erp.values("Company", "city")) == (
        ["Bergen"],
        ["Bergen"],
    )


def test_m6_k4_a_system_that_comes_back_has_no_base(office: Office) -> None:
    """While it was away the others went on: what they have stays, and its own is an overwrite that the plan counts."""
    office.crm.add("Company", name="Acme", city="Oslo")
    office.sync()
    office.configure(WITHOUT_ERP)
    office.crm.edit("Company", "1", city="Bergen")
    office.sync()
    office.clock.advance(10)
    office.erp.edit("Company", "1", city="Narvik")
    office.configure(PROJECT)
    plan = office.plan()
    assert plan.overwrites == {"erp.Company city": 1}
    office.sync(plan=plan)
    assert (office.crm.values("Company", "city"), office.erp.values("Company", "city")) == (
        ["Bergen"],
        ["Bergen"],
    )


def test_k4_a_concept_that_comes_back_has_the_shadows_it_had(office: Office) -> None:
    """Nobody went on meanwhile, so what changed in its records since is an edit (M1)."""
    office.crm.add("Company", name="Acme", city="Oslo")
    office.sync()
    office.run(_mark_all(office))
    office.configure(WITHOUT_COMPANIES)
    office.sync()
    office.erp.edit("Company", "1", city="Narvik")
    office.configure(PROJECT)
    office.sync()
    assert office.crm.values("Company", "city") == ["Narvik"]


def test_k4_a_concept_that_goes_by_another_name_keeps_its_links(office: Office) -> None:
    office.crm.add("Company", name="Acme", city="Oslo")
    office.crm.add("Company", name="Acme", city="Moss")  # nothing would match them anew
    office.erp.add("Company", name="Acme", city="Bodø")
    office.crm.add("Company", name="Beta", city="Oslo")
    office.sync()
    office.erp.edit("Company", "2", name="Gamma")
    office.configure(NAMED)
    office.sync()
    assert office.crm.values("Company", "name") == ["Acme", "Acme", "Gamma"]
    assert office.erp.values("Company", "name") == ["Acme", "Gamma"]
    assert [review.concept for review in office.run(_reviews(office))] == ["firm"]


def test_k4_a_mapping_that_leaves_its_concept_alone_is_refused(office: Office) -> None:
    office.crm.add("Company", name="Acme", city="Oslo")
    office.sync()
    moved = NAMED.replace("to: erp.Company", "to: erp.Person").replace("      - [city, city]\n", "")
    others = "  - {from: erp.Company, to: crm.Person, concept: company, rows: [[name, name]]}\n"
    office.configure(moved[: moved.index("  - from: crm.Person")] + others)
    with pytest.raises(StopFlow, match="facet"):
        office.sync()


def test_k3_who_was_held_by_a_rule_that_is_gone_is_matched_anew(office: Office) -> None:
    for city in ("Oslo", "Moss"):
        office.crm.add("Company", name="Acme", city=city)
        office.erp.add("Company", name="Acme", city=city)
    office.sync()
    assert len(office.run(_reviews(office))) == 1
    office.configure(BY_CITY)
    office.sync()
    assert not office.run(_reviews(office))
    assert office.run(_census(office))["crm.Company"]["linked"] == 2


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


async def _mark_all(office: Office):
    """As when writes were withheld."""
    async with office.store.transaction() as tx:
        for mark in ("settle", "share", "wait"):
            await tx.mark(mark, [golden.id for golden in await tx.scan_golden("company", "", 100)])


async def _goldens(office: Office):
    async with office.store.transaction(dry=True) as tx:
        return await tx.scan_golden("company", "", 100)


async def _reviews(office: Office):
    async with office.store.transaction(dry=True) as tx:
        return await tx.reviews()
