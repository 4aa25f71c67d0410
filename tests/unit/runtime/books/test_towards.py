"""Why is this record not in the ERP, and what would make it flow (G4): each state names its remedy."""

import pytest

from accord.core.errors import AccordError
from accord.core.standing import STATES
from accord.runtime.books.explain import explain
from accord.runtime.books.towards import _REMEDIES
from accord.runtime.people.pause import pause
from accord.runtime.steps.configure import apply_configuration
from accord.runtime.steps.cycle import read_all
from tests.unit.runtime.office import PROJECT, Office

LINKED = PROJECT.replace(
    "create: {forward: always, backward: always}", "create: {forward: linked, backward: linked}"
)


def there(office, record, place="erp"):
    """The one place that a record is asked about."""
    (toward,) = office.run(explain(office.hub, record, place=place)).towards
    return toward


def in_sync(text=PROJECT, **erp):
    office = Office(text, **erp)
    acme = office.crm.add("Company", name="Acme", city="Oslo")
    office.crm.add("Person", name="Ada", email="a@x.no", company=int(acme))
    office.sync()
    return office


def test_g4_every_state_but_in_sync_has_a_remedy():
    assert set(_REMEDIES) == set(STATES) - {"in sync"}


def test_g4_in_sync_names_the_record_that_is_there():
    toward = there(in_sync(), "crm.Person/1")
    assert (toward.state, toward.there, toward.why) == ("in sync", ["erp.Person/1"], [])


def test_g4_what_is_in_review_names_the_review():
    office = in_sync()
    office.crm.add("Person", name="Eva", email="e@x.no")
    office.crm.add("Person", name="Eve", email="e@x.no")
    office.sync()
    toward = there(office, "crm.Person/2")
    (review,) = office.run(explain(office.hub, "crm.Person/2")).reviews
    assert (toward.state, toward.why[0].remedy) == ("review", f"Decide: accord review {review.id}")


def test_g4_a_refused_write_names_its_dead_letter():
    office = in_sync()
    office.erp.model.quirks["Company"].ignores = ("city",)
    office.crm.edit("Company", "1", city="Molde")
    office.sync()
    toward = there(office, "crm.Company/1", "erp.Company")
    assert (toward.state, toward.why[0].property) == ("failed", "city")
    assert "Correct city in crm.Company/1" in toward.why[0].remedy
    assert "accord retry" in toward.why[0].remedy
    assert toward.why[0].setting == ("erp.Company", "city")


def test_g4_where_nothing_is_created_the_place_in_the_configuration_is_named():
    office = in_sync(LINKED)
    toward = there(office, "crm.Company/1")
    assert toward.state == "excluded"
    assert toward.why[0].setting == ("erp.Company", "")
    assert "creates" in toward.why[0].remedy


def test_g4_what_was_deleted_there_says_how_it_comes_back():
    office = in_sync()
    office.erp.delete("Person", "1")
    office.sync()
    toward = there(office, "crm.Person/1")
    assert toward.state == "tombstoned"
    assert "erp.Person/1" in toward.why[0].remedy
    assert "accord undo" in toward.why[0].remedy


def test_g4_what_waits_for_another_record_names_it():
    office = Office(
        PROJECT.replace("{forward: always, backward: always}", "{forward: linked, backward: linked}", 1)
    )
    acme = office.crm.add("Company", name="Acme")
    office.crm.add("Person", name="Ada", email="a@x.no", company=int(acme))
    office.sync()
    toward = there(office, "crm.Person/1")
    assert (toward.state, toward.why[0].property) == ("excluded", "company")
    assert "crm.Person/1 refers to" in toward.why[0].remedy


def test_g4_a_paused_place_is_frozen_and_says_how_to_resume():
    office = in_sync()
    office.run(pause(office.hub, "erp", why="closing"))
    office.crm.edit("Company", "1", city="Molde")
    office.sync()
    toward = there(office, "crm.Company/1")
    assert toward.state == "frozen"
    assert "closing" in toward.why[0].reason
    assert toward.why[0].remedy.startswith("accord resume")


def test_g4_a_golden_record_is_asked_about_by_its_id():
    office = in_sync()
    golden = office.run(explain(office.hub, "crm.Person/1")).golden
    towards = office.run(explain(office.hub, golden)).towards
    assert {toward.target for toward in towards} == {"crm.Person", "erp.Person"}


@pytest.mark.parametrize("target", ["crm.Person/1", "golden"])
def test_g4_a_place_that_is_none_is_answered_with_those_that_are(target):
    office = in_sync()
    if target == "golden":
        target = office.run(explain(office.hub, "crm.Person/1")).golden
    with pytest.raises(AccordError, match=r"erp\.Person"):
        office.run(explain(office.hub, target, place="erp.Persn"))


def test_g4_an_unlinked_record_waits_everywhere():
    office = Office()
    office.crm.add("Person", name="Ada", email="a@x.no")
    office.plan()
    office.run(apply_configuration(office.hub))
    office.run(read_all(office.hub))
    toward = there(office, "crm.Person/1")
    assert (toward.state, toward.why[0].remedy[:9]) == ("waiting", "By itself")
