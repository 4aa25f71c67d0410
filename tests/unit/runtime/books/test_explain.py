"""Why a value is here, and why a record is not there (M7, G4); helpful where a name is wrong."""

import pytest

from accord.core.errors import AccordError
from accord.runtime.books.explain import explain, history
from accord.runtime.books.status import status
from accord.runtime.steps.cycle import settle_all
from tests.unit.runtime.office import PROJECT, Office

LINKED = PROJECT.replace(
    "create: {forward: always, backward: always}", "create: {forward: linked, backward: linked}"
)


def told(office, target, property_=""):
    return office.run(explain(office.hub, target, property_))


def at(explained, record):
    return next(each for each in explained.records if each.record == record)


def in_sync(text=PROJECT):
    office = Office(text)
    acme = office.crm.add("Company", name="Acme", city="Oslo")
    office.crm.add("Person", name="Ada", email="a@x.no", company=int(acme))
    office.sync()
    return office


def test_m7_a_value_names_its_origin_and_who_lost():
    office = Office()
    office.crm.add("Company", name="Acme", city="Oslo")
    office.erp.add("Company", name="Acme", city="Bergen")
    office.sync()
    (value,) = told(office, "erp.Company/1", "city").values
    assert (value.value, value.origin) == ("Oslo", "crm.Company/1")
    assert (value.how, value.rule) == ("first_link", "latest")
    assert value.shown == {"crm.Company/1": "Oslo", "erp.Company/1": "Oslo"}
    assert [(e.kind, e.value) for e in value.history if e.kind == "loser"] == [("loser", "Bergen")]


def test_a_record_in_review_names_the_others_the_rule_and_the_reason():
    office = Office()
    office.crm.add("Person", name="Ada", email="a@x.no")
    office.crm.add("Person", name="Eva", email="a@x.no")
    office.sync()
    explained = told(office, "crm.Person/1")
    assert explained.state.startswith("in review")
    (review,) = explained.reviews
    assert (review.kind, review.rule, review.others) == ("cluster", "email", ["crm.Person/2"])
    assert "several records of one entity type" in review.reason


def test_a_near_match_keeps_a_create_from_being_made_and_is_told():
    near = PROJECT.replace("match: [[[email, email]]]", "match: [{all: [[name, name]], propose: true}]")
    office = Office(near)
    office.crm.add("Person", name="Ada", email="a@x.no")
    office.erp.add("Person", name="Ada", email="other@x.no")
    office.sync()
    explained = told(office, "crm.Person/1")
    assert explained.reviews[0].kind == "propose"
    assert "erp.Person/1" in explained.reviews[0].others
    assert any("review" in hold for hold in at(explained, "erp.Person").holds)


def test_w6_a_place_where_nothing_is_created_says_so():
    office = Office(LINKED)
    office.crm.add("Company", name="Acme")
    office.sync()
    assert at(told(office, "crm.Company/1"), "erp.Company").holds == [
        "excluded: nothing is created there: its create rule is `linked` (W6)"
    ]


def test_w8_a_tombstone_is_told():
    office = in_sync()
    office.erp.delete("Person", "1")
    office.sync()
    assert "a person deleted it there" in at(told(office, "crm.Person/1"), "erp.Person/1").holds[0]


def test_what_waits_for_a_plan_is_pending():
    office = in_sync()
    office.crm.edit("Company", "1", city="Bergen")
    office.plan()
    office.run(settled(office))
    assert at(told(office, "crm.Company/1"), "erp.Company/1").pending == ["update: city"]


async def settled(office):
    await settle_all(office.hub)


@pytest.mark.parametrize(
    ("target", "property_", "says"),
    [
        ("crm.Compny/1", "", "Did you mean `crm.Company`?"),
        ("crm.Company/99", "", "was never seen"),
        ("crm.Company", "", "Name one of its records"),
        ("company:nothing", "", "there is no golden record company:nothing"),
        ("crm.Company/1", "cty", "Did you mean `city`?"),
    ],
)
def test_a_wrong_name_is_answered_with_what_there_is(target, property_, says):
    office = in_sync()
    with pytest.raises(AccordError) as caught:
        told(office, target, property_)
    assert says in str(caught.value)


def test_history_of_a_record_a_run_and_a_run_that_never_was():
    office = in_sync()
    assert {e.kind for e in office.run(history(office.hub, "crm.Company/1"))} == {"linked"}
    assert "created" in {e.kind for e in office.run(history(office.hub, "", run=1))}
    with pytest.raises(AccordError, match=r"there was no run 9\. Runs go from 1 to 1"):
        office.run(history(office.hub, "", run=9))


def test_g4_the_counts_add_up():
    office = in_sync()
    office.crm.add("Person", name="Eva", email="same@x.no")
    office.crm.add("Person", name="Eve", email="same@x.no")
    office.erp.delete("Company", "1")
    office.sync()
    for it in office.run(status(office.hub)).types:
        assert it.seen == it.linked + it.waiting + it.held + it.excluded + it.gone


def test_a_configuration_that_has_changed_since_the_last_sync_is_told():
    """The columns of the state are those of the last sync."""
    office = in_sync()
    changed = PROJECT.replace("      - [city, city]\n", "      - [city, city]\n      - [ours, ours]\n")
    office.configure(changed)
    with pytest.raises(AccordError, match=r"of crm\.Company has changed since the last sync.*accord plan"):
        told(office, "crm.Company/1")
    assert office.run(history(office.hub, "crm.Company/1"))
    office.sync()
    assert told(office, "crm.Company/1", "ours").values
