"""A run ends when nothing is left that can be done now, or that a short while will tell."""

import pytest

from accord.core.errors import StopEntityType
from accord.core.state import Fetch
from accord.core.work import SECOND_US
from accord.runtime.books.status import status
from accord.runtime.steps.cycle import run_cycle
from accord.testing.system_model.answers import Answer
from tests.unit.runtime.office import Office

SEARCHED = {"idempotency": None, "our_id": {"property": "ours", "unique": True}, "search": {"our_id": "ours"}}


def lose_once(office: Office, operation: str, how: str) -> None:
    """The ERP's next call of a kind is never answered."""
    quirks, lost = office.erp.model.quirks["Company"], []

    def before(op: str, _type: str, _id: str | None) -> None:
        if op == operation:
            lost.append(op)
        setattr(quirks, how, 1.0 if len(lost) == 1 and op == operation else 0.0)

    office.erp.model.before_call = before


def unknown_writes(office: Office) -> int:
    return sum(it.unknown_writes for it in office.run(status(office.hub)).types)


@pytest.mark.parametrize("how", ["lost_before", "lost_after"])
@pytest.mark.parametrize("unlike", [SEARCHED, {}], ids=["searched", "keyed"])
def test_c1_a_run_waits_until_it_can_be_told_what_became_of_a_create(how, unlike):
    office = Office(**unlike)
    office.crm.add("Company", name="Acme")
    lose_once(office, "create", how)
    run = office.sync()
    assert run.outcomes()["unknown"] == 1
    assert (run.ended, unknown_writes(office)) == ("done", 0)
    assert office.erp.values("Company", "name") == ["Acme"]


@pytest.mark.parametrize("how", ["lost_before", "lost_after"])
@pytest.mark.parametrize("unlike", [{"conditional": None}, {}], ids=["unconditional", "conditional"])
def test_c1_a_run_waits_until_it_can_be_told_what_became_of_an_update(how, unlike):
    office = Office(**unlike)
    company = office.crm.add("Company", name="Acme", city="Oslo")
    office.sync()
    office.crm.edit("Company", company, city="Bergen")
    lose_once(office, "update", how)
    run = office.sync(confirmed=False)
    assert run.outcomes()["unknown"] == 1
    assert (run.ended, unknown_writes(office)) == ("done", 0)
    assert office.erp.values("Company", "city") == ["Bergen"]


def test_c1_a_run_waits_for_every_record_that_is_to_be_read_soon_but_for_none_that_is_to_be_read_late():
    office = Office()
    companies = [office.crm.add("Company", name=f"C{n}") for n in range(4)]
    office.sync()
    began_us = office.clock.now_us()

    async def ask():
        async with office.store.transaction() as tx:
            after_s = dict(zip(companies, (10, 20, 30, 3_600), strict=True))
            await tx.ask(
                Fetch("crm.Company", id_, "a test", began_us + s * SECOND_US) for id_, s in after_s.items()
            )

    async def asked():
        async with office.store.transaction(dry=True) as tx:
            return [fetch.id for fetch in await tx.asked("crm.Company", began_us + 4_000 * SECOND_US, 9)]

    office.run(ask())
    assert office.sync(confirmed=False).ended == "done"
    assert office.run(asked()) == companies[3:]
    assert office.clock.now_us() < began_us + 60 * SECOND_US


def test_a_run_whose_writes_take_long_ends_when_they_are_done():
    office = Office()
    office.crm.add("Company", name="Acme")
    office.erp.model.before_call = lambda op, _type, _id: office.clock.advance(90 if op == "create" else 0)
    assert office.sync().ended == "done"


def test_c4_a_run_with_nothing_to_do_reads_each_entity_type_once_and_waits_for_nothing():
    office = Office()
    office.crm.add("Company", name="Acme")
    office.sync()
    office.clock.advance(60)
    before = office.erp.model.calls.copy(), office.clock.now_us()
    run = office.sync(confirmed=False)
    assert (run.ended, len(run.cycles)) == ("done", 1)
    assert office.erp.model.calls - before[0] == {"list": 2}
    assert office.clock.now_us() - before[1] < SECOND_US / 10


def test_w13_a_run_does_not_end_while_a_create_waits_for_its_target_to_be_read():
    office = Office(lag_s=2.0)
    office.sync()
    office.clock.advance(60)
    office.crm.add("Company", name="Acme")
    office.run(run_cycle(office.hub))  # another run was killed after it
    assert office.sync(confirmed=False).ended == "done"
    assert office.erp.values("Company", "name") == ["Acme"]


@pytest.mark.parametrize("way", ["refused", "broken"])
def test_s10_a_record_that_can_not_be_read_now_is_told_and_asked_for_again(way):
    """It was edited at the very moment of our write, and then could not be read: the write waits for that."""
    office = Office()
    company = office.crm.add("Company", name="Acme", city="Oslo")
    office.crm.add("Company", name="Zeta")
    office.sync()
    model = office.erp.model
    get, theirs = model.get, office.erp.records("Company")[0]["id"]

    def no(*_):
        if way == "broken":
            raise StopEntityType("erp.Company: the answer is no JSON")
        return Answer(status=403)

    def meddle(op, _type, _id):
        if op == "update":
            model.before_call = lambda *_: None
            model.get = no
            office.erp.edit("Company", str(theirs), ours="2")

    office.crm.edit("Company", company, city="Bergen")
    model.before_call = meddle
    run = office.sync(confirmed=False)
    assert run.partly
    assert "erp.Company" in run.errors
    model.get = get
    office.clock.advance(600)
    run = office.sync(confirmed=False)
    assert not run.partly
    assert office.erp.values("Company", "city") == ["Bergen", "None"]


def test_w9_a_write_that_is_found_out_to_be_ignored_is_told_until_something_changes():
    """A reply without a body says nothing of it: the record is read a run later."""
    office = Office(replies={"update": "none"}, absent=dict.fromkeys(("listing", "feed", "fetch"), "null"))
    company = office.crm.add("Company", name="Acme", city="Oslo")
    office.sync()
    office.erp.model.quirks["Company"].ignores = ("city",)
    office.crm.edit("Company", company, city="Bergen")
    office.sync()
    office.clock.advance(600)
    run = office.sync()
    assert (run.refused, run.partly, run.outcomes()) == (1, True, {})
    assert run.summary()["refused"] == 1
    office.crm.edit("Company", company, city="Oslo")  # taken back: both are in step without a write
    run = office.sync()
    assert (run.refused, run.partly) == (0, False)


def test_w9_a_refused_write_of_a_record_that_is_gone_is_no_more():
    office = Office()
    company = office.crm.add("Company", name="Acme", city="Oslo")
    office.sync()
    office.erp.model.quirks["Company"].ignores = ("city",)
    office.crm.edit("Company", company, city="Bergen")
    assert office.sync().refused == 1
    office.erp.delete("Company", office.erp.records("Company")[0]["id"])
    run = office.sync()
    assert (run.refused, run.partly) == (0, False)
