"""Which record is which: ids that come again, keys that change, records that a filter leaves out (S2, S10, L3, L4)."""

import pytest

from accord.core.state import Review, Seen
from tests.unit.runtime.office import PROJECT, Office

FILTERED = PROJECT.replace("  - from: crm.Company\n", "  - from: {type: crm.Company, filter: {city: Oslo}}\n")
IN_PART = {
    "listing": {"partial": True, "omits": ["name"]},
    "absent": dict.fromkeys(("listing", "feed", "fetch", "reply"), "silent"),
}
BY_NAME_OR_CITY = PROJECT.replace("match: [[[name, name]]]", "match: [[[name, name]], [[city, city]]]")


def test_s10_a_new_record_under_the_id_of_another_one_is_not_its_edit() -> None:
    """Seen, fetched and settled in one cycle: the old golden record keeps its values, the new one gets its own."""
    office = Office()
    before = office.crm.model.snapshot()
    first = office.crm.add("Company", name="Acme", city="Oslo")
    office.sync()
    office.clock.advance(100)
    office.crm.model.restore(before)
    assert office.crm.add("Company", name="Beta") == first
    office.crm.edit("Company", first, name="Beta2")
    office.sync()
    assert office.erp.values("Company", "name") == ["Acme", "Beta2"]
    assert office.crm.values("Company", "name") == ["Beta2"]
    office.crm.edit("Company", first, name="Gamma")
    office.sync()
    assert office.erp.values("Company", "name") == ["Acme", "Gamma"]
    assert office.sync().summary()["sent"] == {}


@pytest.mark.parametrize("name", ["Other", None])
def test_l3_g4_a_record_in_review_whose_key_changed_is_matched_anew(name: str | None) -> None:
    office = Office()
    first = office.crm.add("Company", name="Acme", city="Oslo")
    office.crm.add("Company", name="Acme", city="Moss")
    office.erp.add("Company", name="Acme", city="Bodø")
    office.sync()
    assert [row.golden for row in rows(office)] == [None, None]
    office.crm.edit("Company", first, name=name)
    office.sync()
    assert not reviews(office)
    assert [row.held for row in rows(office)] == ["", ""]
    assert office.erp.values("Company", "name") == sorted(["Acme", str(name)])


def test_l4_a_review_of_a_weaker_rule_does_not_keep_a_stronger_one_from_linking() -> None:
    office = Office(BY_NAME_OR_CITY)
    office.crm.add("Company", name="Acme", city="Oslo")
    office.crm.add("Company", name="Beta", city="Oslo")
    office.erp.add("Company", name="Gamma", city="Oslo")
    office.sync()
    assert [(review.rule, len(review.members)) for review in reviews(office)] == [("city", 3)]
    office.erp.add("Company", name="Acme", city="Bergen")
    office.sync()
    acme, beta = rows(office)
    gamma, new = rows(office, "erp.Company")
    assert acme.golden == new.golden is not None
    assert beta.golden is gamma.golden is None
    assert [(review.rule, review.goldens) for review in reviews(office)] == [("city", [acme.golden])]


def test_s10_the_link_of_a_merged_record_moves_to_the_winner_and_reviews_of_it_are_looked_at_again() -> None:
    office = Office(successor="into")
    office.crm.add("Company", name="Acme", city="Oslo")
    office.sync()
    loser = str(office.erp.records("Company")[0]["id"])
    winner, other = (office.erp.add("Company", name="Beta", city=city) for city in ("Moss", "Bodø"))
    office.sync()
    assert [review.kind for review in reviews(office)] == ["cluster"]
    assert office.erp.model.person_merge("Company", loser, winner).ok
    office.sync()
    linked = {row.id: row.golden for row in rows(office, "erp.Company")}
    assert linked[winner] == rows(office)[0].golden
    assert office.crm.values("Company", "name") == ["Beta"]
    assert [review.kind for review in reviews(office)] == ["cluster"]  # one is linked there
    assert linked[other] is None
    office.erp.edit("Company", other, name="Gamma")
    office.sync()
    assert not reviews(office)
    assert office.crm.values("Company", "name") == ["Beta", "Gamma"]
    assert office.sync().summary()["sent"] == {}


def test_s10_two_linked_records_that_were_merged_are_proposed_to_be_joined() -> None:
    office = Office(successor="into")
    for name in ("Acme", "Beta"):
        office.crm.add("Company", name=name)
    office.sync()
    loser, winner = (str(row["id"]) for row in office.erp.records("Company"))
    assert office.erp.model.person_merge("Company", loser, winner).ok
    office.sync()
    assert [(review.kind, len(review.goldens)) for review in reviews(office)] == [("merge", 2)]
    assert office.crm.values("Company", "name") == ["Acme", "Beta"]


def test_s3_a_match_rule_on_what_a_listing_lacks_makes_it_be_fetched_before_anything_is_linked() -> None:
    office = Office(**IN_PART)
    office.crm.add("Company", name="Acme", city="Oslo")
    office.erp.add("Company", name="Acme", city="Oslo")
    office.sync()
    assert office.erp.values("Company", "name") == office.crm.values("Company", "name") == ["Acme"]
    assert [row.golden for row in rows(office)] == [row.golden for row in rows(office, "erp.Company")]


def test_s3_s2_a_filter_on_what_a_listing_lacks_is_asked_of_what_was_fetched() -> None:
    office = Office(
        PROJECT.replace(
            "    to: erp.Company\n", "    to: {type: erp.Company, filter: {name: [Acme, Beta]}}\n"
        ),
        **IN_PART,
    )
    for name in ("Acme", "Beta", "Gamma"):
        office.erp.add("Company", name=name, city="Oslo")
    office.sync()
    assert office.crm.values("Company", "name") == ["Acme", "Beta"]
    office.erp.edit("Company", "1", city="Moss")
    office.sync()
    assert office.crm.values("Company", "city") == ["Moss", "Oslo"]
    office.erp.edit("Company", "3", name="Beta")
    office.sync()
    assert len(reviews(office)) == 1
    office.erp.edit("Company", "3", name="Delta")
    office.sync()
    assert [bool(row.excluded) for row in rows(office, "erp.Company")] == [False, False, True]
    assert (reviews(office), office.sync().summary()["sent"]) == ([], {})


def test_s2_w13_nothing_is_created_beside_a_record_that_the_filter_leaves_out() -> None:
    office = Office(FILTERED)
    left_out = office.crm.add("Company", name="Acme", city="Bergen")
    office.erp.add("Company", name="Acme", city="Bergen")
    office.sync()
    assert office.crm.values("Company", "name") == ["Acme"]
    assert [row.excluded for row in rows(office)] == ["filtered out by city"]
    office.crm.edit("Company", left_out, city="Oslo")
    office.sync()
    assert office.crm.values("Company", "name") == ["Acme"]
    assert {row.golden for row in rows(office)} == {row.golden for row in rows(office, "erp.Company")}


def test_s2_it_is_created_once_the_record_that_was_left_out_bears_another_key() -> None:
    office = Office(FILTERED)
    left_out = office.crm.add("Company", name="Acme", city="Bergen")
    office.erp.add("Company", name="Acme", city="Oslo")
    office.sync()
    office.crm.edit("Company", left_out, name="Beta")
    office.sync()
    assert office.crm.values("Company", "name") == ["Acme", "Beta"]
    assert office.erp.values("Company", "name") == ["Acme"]


def rows(office: Office, mapping: str = "crm.Company") -> list[Seen]:
    async def read() -> list[Seen]:
        async with office.store.transaction(dry=True) as tx:
            return await tx.scan_seen(mapping, "", 100)

    return office.run(read())


def reviews(office: Office) -> list[Review]:
    async def read() -> list[Review]:
        async with office.store.transaction(dry=True) as tx:
            return await tx.reviews()

    return office.run(read())
