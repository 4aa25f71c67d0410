"""What is sent, and what of it is remembered, on two systems in memory."""

from collections.abc import Sequence

from msgspec.structs import replace

from accord.core.observation import Observation
from accord.core.values import MISSING
from accord.runtime.steps.cycle import run_cycle
from accord.testing.model_connector import ModelConnector
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


class Trailing(ModelConnector):
    """Fetches go to a replica: what they showed once they show until it has caught up."""

    trails = False

    async def fetch(self, mapping: str, ids: Sequence[str]) -> list[Observation]:
        found = await super().fetch(mapping, ids)
        if self.trails:
            return [replace(self.shown[each.id], asked_us=each.asked_us) for each in found]
        self.shown = {each.id: each for each in found}
        return found


def test_w1_s7_a_body_is_never_made_of_what_was_read_from_a_replica_that_trails() -> None:
    """Where a write replaces, all that it does not change comes from the read before it."""
    office = Office(update="replace", lag_s=5)
    connector = Trailing(office.erp.model, office.erp.manifest, office.clock.now_us)
    office.hub.connectors["erp"] = connector  # type: ignore[index]
    company = office.crm.add("Company", name="Acme", city="Oslo")
    office.sync()
    office.clock.advance(60)
    office.crm.edit("Company", company, city="Moss")
    office.run(run_cycle(office.hub))
    made = office.erp.records("Company")[0]["id"]
    office.erp.edit("Company", str(made), parent=made)  # nothing that is mapped
    connector.trails = True
    office.crm.edit("Company", company, city="Narvik")
    office.run(run_cycle(office.hub))
    assert office.erp.records("Company")[0].get("parent") == made
    connector.trails = False
    office.clock.advance(60)
    office.sync()
    assert [office.erp.records("Company")[0][name] for name in ("city", "parent")] == ["Narvik", made]


def test_w5_a_reference_to_what_a_person_deleted_there_is_not_carried_and_waits_for_nothing() -> None:
    office = Office()
    company = office.crm.add("Company", name="Acme")
    office.sync()
    made = str(office.erp.records("Company")[0]["id"])
    office.erp.delete("Company", made)
    office.sync()
    office.crm.add("Person", name="Ada", email="a@x.no", company=int(company))
    assert office.sync().summary()["sent"] == {"create erp.Person": 1}
    assert office.erp.records("Person")[0].get("company") is None
    assert office.run(marks(office)) == {"settle": [], "share": [], "wait": []}
    assert office.erp.model.person_restore("Company", made).ok
    office.sync()
    assert str(office.erp.records("Person")[0]["company"]) == made


def test_w5_a_reference_to_what_is_dead_is_not_carried() -> None:
    """It was deleted before it ever was made there."""
    office = Office()
    company = office.crm.add("Company", name="Acme")
    office.crm.add("Person", name="Ada", email="a@x.no", company=int(company))
    for _ in range(2):
        office.run(run_cycle(office.hub, may=lambda _: False))
    assert office.erp.records("Person") == []
    office.crm.delete("Company", company)
    office.sync()
    assert office.erp.values("Person", "name") == ["Ada"]
    assert office.run(marks(office)) == {"settle": [], "share": [], "wait": []}


async def marks(office: Office) -> dict[str, list[str]]:
    async with office.store.transaction(dry=True) as tx:
        return {mark: await tx.marked(mark, "", 100) for mark in ("settle", "share", "wait")}


def test_c4_who_waits_for_a_create_that_can_not_be_sent_is_not_looked_at_in_each_cycle() -> None:
    office = Office()
    company = office.crm.add("Company", name="Acme")
    office.crm.add("Person", name="Ada", email="a@x.no", company=int(company))
    for _ in range(3):
        office.run(run_cycle(office.hub, may=lambda due: due.mapping != "erp.Company"))
    assert office.run(marks(office))["wait"] == []
    office.run(run_cycle(office.hub))
    assert office.erp.records("Person")[0]["company"] == office.erp.records("Company")[0]["id"]


def test_w5_a_ring_that_closes_late_is_found() -> None:
    """One of its members waits already, and nobody looks at it any more."""
    office = Office(WITH_PARENTS)
    top = office.crm.add("Company", name="Top")
    low = office.crm.add("Company", name="Low", parent=int(top))
    for _ in range(3):
        office.run(run_cycle(office.hub, may=lambda _: False))
    office.crm.edit("Company", top, parent=int(low))
    office.sync()
    made = {row["name"]: row for row in office.erp.records("Company")}
    assert (made["Top"]["parent"], made["Low"]["parent"]) == (made["Low"]["id"], made["Top"]["id"])


def test_w5_a_reference_follows_when_another_record_takes_the_place_of_a_deleted_one() -> None:
    office = Office()
    company = office.crm.add("Company", name="Acme")
    office.crm.add("Person", name="Ada", email="a@x.no", company=int(company))
    office.sync()
    office.erp.delete("Company", str(office.erp.records("Company")[0]["id"]))
    office.sync()
    assert office.sync().summary()["sent"] == {}
    new = office.erp.add("Company", name="Acme")
    assert office.sync().summary()["sent"] == {"update erp.Person": 1}
    assert str(office.erp.records("Person")[0]["company"]) == new
    assert office.sync().summary()["sent"] == {}


def test_m3_the_stamp_of_a_write_without_a_reply_dates_no_edit() -> None:
    """Somebody edits the ERP right before our write lands there, which stamps its own time on the record; then the CRM
    is edited, before that time too: the CRM has the latest edit."""
    office = Office(replies={"update": "none"}, conditional=None)
    company = office.crm.add("Company", name="Acme", city="Oslo")
    office.sync()
    office.clock.advance(10)
    office.crm.edit("Company", company, name="Beta")
    edited = []

    def interfere(op: str, _type: str, _id: str | None) -> None:
        if op == "update" and not edited:
            edited.append(op)
            office.erp.model.person_edit("Company", "1", {"city": "Moss"})
            office.clock.advance(1)
            office.crm.edit("Company", company, city="Narvik")
            office.clock.advance(1)

    office.erp.model.before_call = interfere
    office.sync()
    assert [row["city"] for row in (*office.erp.records("Company"), *office.crm.records("Company"))] == [
        "Narvik"
    ] * 2
