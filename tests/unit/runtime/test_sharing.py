"""What is sent, and what of it is remembered, on two systems in memory."""

from accord.core.values import MISSING
from tests.unit.runtime.office import PROJECT, Office

WITH_PARENTS = PROJECT.replace("[city, city]", "[city, city]\n      - [parent, parent]")


def test_w5_creates_that_wait_for_each_other_are_made_without_and_completed():
    office = Office(WITH_PARENTS)
    ada = office.crm.add("Company", name="A")
    bob = office.crm.add("Company", name="B", parent=int(ada))
    office.crm.edit("Company", ada, parent=int(bob))
    assert office.sync().ended == "done"
    made = {row["name"]: row for row in office.erp.records("Company")}
    assert made["A"]["parent"] == made["B"]["id"]
    assert made["B"]["parent"] == made["A"]["id"]
    assert office.sync().summary()["sent"] == {}


def test_w5_a_record_waits_for_the_one_it_refers_to():
    office = Office()
    company = office.crm.add("Company", name="Acme")
    office.crm.add("Person", name="Ada", email="a@x.no", company=int(company))
    assert office.sync().summary()["sent"] == {"create erp.Company": 1, "create erp.Person": 1}
    assert office.erp.records("Person")[0]["company"] == office.erp.records("Company")[0]["id"]


def test_m4_the_history_of_a_written_reference_names_the_golden_record():
    office = Office()
    first, other = office.crm.add("Company", name="Acme"), office.crm.add("Company", name="Beta")
    person = office.crm.add("Person", name="Ada", email="a@x.no", company=int(first))
    office.sync()
    office.crm.edit("Person", person, company=int(other))
    office.sync()

    async def written():
        async with office.store.transaction(dry=True) as tx:
            return [e for e in await tx.history() if e.kind == "updated" and e.property == "company"]

    (event,) = office.run(written())
    assert event.value is not MISSING
    assert event.value != event.before
    assert str(event.value).startswith("company:")
