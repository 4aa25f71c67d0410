"""Erasing: what is erased is nowhere, is not read in again, and is told (P1)."""

import pytest

from accord.core.errors import AccordError
from accord.core.standing import STATES
from accord.runtime.books.audit import audit
from accord.runtime.books.explain import explain
from accord.runtime.books.status import status
from accord.runtime.people.erase import erase, plan_erasing
from accord.runtime.steps.cycle import run_cycle
from accord.store import SqliteStore
from tests.unit.runtime.office import PROJECT, Office

SECRET = "Zebedee-Quux"
MAIL = "zebedee@quux.example"


def office_of(tmp_path, text=PROJECT, **erp):
    store = SqliteStore(tmp_path / "state.db", inline=True)
    office = Office(text, store, **erp)
    acme = office.crm.add("Company", name="Acme", city="Oslo")
    office.crm.add("Person", name=SECRET, email=MAIL, company=int(acme))
    office.sync()
    office.crm.add("Person", name="Bo", email="bo@x.no", company=int(acme))
    office.sync()
    return office


def bytes_of(tmp_path):
    return b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())


def holds(tmp_path, *texts):
    """Which of some texts stand in any file of the store."""
    content = bytes_of(tmp_path)
    return [text for text in texts if text.encode() in content]


def test_p1_no_byte_of_an_erased_value_is_left_in_any_file(tmp_path):
    office = office_of(tmp_path)
    office.crm.edit("Person", "1", name=f"{SECRET} II")
    office.sync()
    office.erp.edit("Person", "1", name=f"{SECRET} III")
    office.crm.edit("Person", "1", name=f"{SECRET} IV")
    office.sync()
    assert holds(tmp_path, SECRET, MAIL) == [SECRET, MAIL]
    told = office.run(erase(office.hub, "crm.Person/1"))
    assert (told.done, told.records) == (True, ["crm.Person/1", "erp.Person/1"])
    assert told.events > 4
    assert holds(tmp_path, SECRET, MAIL) == []
    assert "Bo" in bytes_of(tmp_path).decode("latin-1")


def test_p1_it_is_not_read_in_again_and_is_counted_as_excluded(tmp_path):
    office = office_of(tmp_path)
    office.run(erase(office.hub, "crm.Person/1"))
    office.crm.edit("Person", "1", name=f"{SECRET} V")
    office.sync()
    office.clock.advance(90_000)
    office.sync()  # a sweep shows everything
    assert holds(tmp_path, SECRET, MAIL) == []
    assert [row["name"] for row in office.erp.records("Person")] == [SECRET, "Bo"]
    books = office.run(status(office.hub, named=STATES)).books
    flow = next(f for f in books.flows if f.mapping == "crm.Person")
    assert (flow.records, flow.states) == (2, {"in sync": 1, "excluded": 1})
    assert books.adds_up
    assert [u.reason for u in books.units if u.state == "excluded" and u.target == "erp.Person"] == ["erased"]
    with pytest.raises(AccordError, match="was erased"):
        office.run(explain(office.hub, "crm.Person/1"))


def test_p1_a_plan_of_it_tells_what_goes_and_changes_nothing(tmp_path):
    office = office_of(tmp_path)
    told = office.run(plan_erasing(office.hub, "erp.Person/1", everywhere=True))
    assert told.deletes == told.records == ["crm.Person/1", "erp.Person/1"]
    assert not told.done
    assert holds(tmp_path, SECRET) == [SECRET]
    assert office.sync().idle


def test_p1_a_record_in_review_is_erased_alone_and_the_others_are_matched_anew(tmp_path):
    office = office_of(tmp_path)
    office.crm.add("Person", name="Ada", email=f"other-{MAIL}")
    office.crm.add("Person", name=SECRET, email=f"other-{MAIL}")
    office.sync()
    assert sum(office.run(status(office.hub)).reviews.values()) == 1
    told = office.run(erase(office.hub, "crm.Person/4"))
    assert (told.golden, told.records, len(told.reviews)) == ("", ["crm.Person/4"], 1)
    office.sync()
    assert office.run(status(office.hub)).reviews == {}
    assert "Ada" in office.erp.values("Person", "name")


def test_p1_a_dead_letter_of_it_goes_too(tmp_path):
    office = office_of(tmp_path)
    office.erp.model.quirks["Person"].ignores = ("name",)
    office.crm.edit("Person", "1", name=f"{SECRET} VI")
    assert office.sync().refused == 1
    office.run(erase(office.hub, "crm.Person/1"))
    assert office.run(status(office.hub)).dead_letters == []
    assert holds(tmp_path, SECRET, MAIL) == []


def test_p1_what_referred_to_it_stays_as_it_is(tmp_path):
    office = office_of(tmp_path)
    writes = len(office.erp.records("Company"))
    told = office.run(erase(office.hub, "crm.Company/1"))
    assert told.referred == 2
    run = office.sync()
    assert not any(cycle.shared.sent for cycle in run.cycles)
    assert len(office.erp.records("Company")) == writes
    assert {row["company"] for row in office.erp.records("Person")} == {1}


def test_p1_everywhere_deletes_in_the_systems_first(tmp_path):
    office = office_of(tmp_path)
    told = office.run(erase(office.hub, "crm.Person/1", everywhere=True))
    assert (told.done, told.left) == (True, {})
    assert [row["name"] for row in office.crm.records("Person")] == ["Bo"]
    assert [row["name"] for row in office.erp.records("Person")] == ["Bo"]
    assert holds(tmp_path, SECRET, MAIL) == []


def test_p1_everywhere_goes_on_with_the_next_run_where_a_system_is_down(tmp_path):
    office = office_of(tmp_path)
    office.erp.down = True
    told = office.run(erase(office.hub, "crm.Person/1", everywhere=True))
    assert not told.done
    assert "erp.Person/1" in told.left
    assert office.run(status(office.hub)).erasing == [told.golden]
    assert holds(tmp_path, SECRET) == [SECRET]
    office.erp.down = False
    office.sync()
    assert [row["name"] for row in office.erp.records("Person")] == ["Bo"]
    assert holds(tmp_path, SECRET, MAIL) == []


def test_p1_history_keeps_facts_without_names_or_values(tmp_path):
    office = office_of(tmp_path)
    golden = office.run(explain(office.hub, "crm.Person/1")).golden
    office.run(erase(office.hub, "crm.Person/1"))

    async def lines():
        async with office.store.transaction(dry=True) as tx:
            return await tx.history()

    events = office.run(lines())
    erased = [e for e in events if "erased-" in e.golden]
    assert {e.kind for e in erased} >= {"linked", "created"}
    assert all(e.value is None and e.stamp is None for e in erased)
    assert golden not in {e.golden for e in events}
    assert not {"crm.Person/1", "erp.Person/1"} & {e.record for e in events}


def test_p1_not_while_a_write_of_it_is_of_unknown_outcome(tmp_path):
    office = office_of(tmp_path)
    office.erp.model.quirks["Person"].lost_after = 1.0
    office.crm.edit("Person", "1", name="Ada")
    office.run(run_cycle(office.hub, approved={"*": 0}))
    with pytest.raises(AccordError, match=r"is not known.*Run accord sync"):
        office.run(erase(office.hub, "crm.Person/1"))


def test_p1_a_record_that_is_not_there_is_told(tmp_path):
    office = office_of(tmp_path)
    with pytest.raises(AccordError, match="was never seen"):
        office.run(erase(office.hub, "crm.Person/99"))


def test_p1_an_id_of_it_is_in_no_small_value_of_the_hub(tmp_path):
    office = office_of(tmp_path)
    office.run(audit(office.hub, sample=4))

    async def look():
        async with office.store.transaction(dry=True) as tx:
            return (await tx.meta("audit"))["places"]

    before = office.run(look())
    office.run(erase(office.hub, f"crm.Person/{before['crm.Person']}"))
    after = office.run(look())
    assert set(before) - set(after) == {"crm.Person", "erp.Person"}
    assert office.run(audit(office.hub, sample=4)).errors == {}


def test_p1_c1_what_was_erased_by_a_process_that_was_killed_is_wiped_out_by_the_next_run(tmp_path):
    office = office_of(tmp_path)
    compact, office.store.compact = office.store.compact, killed
    with pytest.raises(KeyboardInterrupt):
        office.run(erase(office.hub, "crm.Person/1"))
    assert holds(tmp_path, SECRET, MAIL) != []
    office.store.compact = compact
    office.sync()
    assert holds(tmp_path, SECRET, MAIL) == []


async def killed():
    raise KeyboardInterrupt
