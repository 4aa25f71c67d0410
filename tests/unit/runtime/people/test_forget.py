"""Forget: what left the configuration ends, and on its return it is new (K4)."""

import pytest

from accord.core.errors import AccordError
from accord.runtime.books.status import status
from accord.runtime.people.forget import forget
from tests.unit.runtime.office import PROJECT, Office

PERSONS_ONLY = PROJECT[: PROJECT.index("  - from: crm.Company")] + PROJECT[
    PROJECT.index("  - from: crm.Person") :
].replace("      - [company, company]\n", "")


def rested():
    """Companies were in sync, one of them was deleted by a person, one refuses a write; then they left."""
    office = Office()
    for name in ("Acme", "Zeta", "Delta"):
        office.crm.add("Company", name=name, city="Oslo")
    office.crm.add("Person", name="Ada", email="a@x.no")
    office.sync()
    office.erp.delete("Company", "2")
    office.erp.model.quirks["Company"].ignores = ("city",)
    office.crm.edit("Company", "1", city="Molde")
    office.sync()
    office.configure(PERSONS_ONLY)
    office.sync()
    return office


def told(office):
    return office.run(status(office.hub)).books


def test_k4_forget_ends_links_shadows_tombstones_and_refusals():
    office = rested()
    assert told(office).rests == {"crm.Company": 3, "erp.Company": 3}
    done = office.run(forget(office.hub, "company"))
    assert (done.mappings, done.concepts) == ({"crm.Company": 3, "erp.Company": 3}, ["company"])
    assert (done.golden, done.links, done.tombstones, done.refusals) == (3, 5, 1, 1)
    assert told(office).rests == {}
    assert office.sync().idle
    assert sorted(office.erp.values("Company", "name")) == ["Acme", "Delta"]


def test_k4_what_returns_after_it_was_forgotten_is_new_and_matched():
    office = rested()
    office.run(forget(office.hub, "company"))
    office.erp.model.quirks["Company"].ignores = ()
    office.clock.advance(7200)  # the key of the create of then is not honoured any more (W3)
    office.configure(PROJECT)
    office.sync()
    assert sorted(office.erp.values("Company", "name")) == ["Acme", "Delta", "Zeta"]
    assert office.erp.values("Company", "city") == office.crm.values("Company", "city")


def test_k4_one_entity_type_is_forgotten_and_the_others_of_its_golden_records_stay():
    office = rested()
    done = office.run(forget(office.hub, "erp.Company"))
    assert (list(done.mappings), done.golden) == (["erp.Company"], 0)
    assert told(office).rests == {"crm.Company": 3}
    done = office.run(forget(office.hub, "crm"))
    assert (list(done.mappings), done.golden) == (["crm.Company"], 3)


def test_k4_a_plan_of_it_changes_nothing():
    office = rested()
    assert office.run(forget(office.hub, "company", plan=True)).golden == 3
    assert told(office).rests == {"crm.Company": 3, "erp.Company": 3}


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("crm.Person", r"crm\.Person is in the configuration.*Take it out of accord\.yaml"),
        ("person", r"person is in the configuration"),
        ("crm.Compny", r"Did you mean `crm\.Company`"),
    ],
)
def test_k4_what_is_configured_or_unknown_is_not_forgotten(name, says):
    office = rested()
    with pytest.raises(AccordError, match=says):
        office.run(forget(office.hub, name))


def test_k4_nothing_is_forgotten_before_the_configuration_is_confirmed():
    office = Office()
    office.crm.add("Company", name="Acme")
    office.sync()
    office.configure(PERSONS_ONLY)
    with pytest.raises(AccordError, match="is not confirmed yet"):
        office.run(forget(office.hub, "company"))
    assert [it.seen for it in office.run(status(office.hub)).types] == [0, 0]
