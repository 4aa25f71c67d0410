"""Guards and books where one of them meets another: an audit, an erasure, a restore between two steps (G, K, P, S)."""

import pytest
from msgspec.structs import replace

from accord.core.errors import RetryLater, StopEntityType
from accord.core.observation import Outcome
from accord.runtime.books.audit import audit
from accord.runtime.books.status import status
from accord.runtime.people.decide import Verdict, decide
from accord.runtime.people.erase import erase
from accord.runtime.people.pause import hint, pause, resume
from accord.runtime.steps.cycle import run_cycle
from tests.unit.runtime.office import PROJECT, Office

PROPAGATED = PROJECT.replace(
    "    match: [[[name, name]]]", "    delete: propagate\n    match: [[[name, name]]]"
)


def companies(count, text=PROJECT, **erp):
    office = Office(text, **erp)
    for number in range(count):
        office.crm.add("Company", name=f"Acme {number}", city="Oslo")
    return office


def test_k6_no_audit_reads_a_system_whose_account_was_not_compared():
    office = companies(3)
    for each in (office.crm, office.erp):
        each.connector.account = "ann"
    office.sync()
    office.clock.advance(24 * 3600)
    office.erp.edit("Company", "1", city="Rome")
    office.erp.connector.account = "bob"
    office.restart()
    before = len(office.calls(office.erp))
    run = office.sync()
    assert [(p.scope, p.kind) for p in run.pauses] == [("erp", "identity")]
    assert office.calls(office.erp)[before:] == []
    office.restart()
    office.run(audit(office.hub, sample=None))
    assert office.calls(office.erp)[before:] == []


def test_g2_an_audit_takes_nothing_in_from_a_drifted_schema():
    office = companies(30)
    office.sync()
    office.clock.advance(24 * 3600)
    for record in office.erp.records("Company"):
        office.erp.edit("Company", str(record["id"]), city=None)
    run = office.sync(confirmed=False)
    assert [p.kind for p in run.pauses] == ["drift"]
    assert office.crm.values("Company", "city") == ["Oslo"] * 30
    golden = office.run(goldens(office))
    assert {g.value[1] for g in golden} == {"Oslo"}


async def goldens(office):
    async with office.store.transaction(dry=True) as tx:
        return [g for n in office.hub.model.concepts for g in await tx.scan_golden(n, "", 1000)]


def test_p1_what_refers_to_an_erased_record_asks_for_nothing():
    office = Office()
    acme = office.crm.add("Company", name="Acme")
    office.sync()
    office.run(erase(office.hub, f"crm.Company/{acme}"))
    office.crm.add("Person", name="Ann", email="ann@x.no", company=int(acme))
    office.sync()
    assert office.erp.values("Person", "name") == ["Ann"]
    office.clock.advance(100)
    office.sync()
    run = office.sync()
    assert run.ended == "done", run.reason
    assert run.idle


def test_g1_creates_that_come_to_be_due_while_writes_are_sent_are_asked_about_too():
    """The people wait for their companies, so that none of them was due when the run was judged."""
    office = Office(PROJECT.replace("systems:", "guards: {confirm_above: 5}\nsystems:"))
    office.sync()
    for number in range(2):
        company = office.crm.add("Company", name=f"Acme {number}")
        for each in range(10):
            office.crm.add("Person", name="Ann", email=f"ann{number}{each}@x.no", company=int(company))
    run = office.sync(confirmed=False)
    assert run.ended == "waits"
    assert [(a.mapping, a.what) for a in run.alarms] == [("erp.Person", "create")]
    assert len(office.erp.records("Person")) <= 5
    office.sync(approved=[a.key for a in run.alarms])
    assert len(office.erp.records("Person")) == 20


def test_g2_what_is_read_before_a_write_is_watched_too():
    """Nothing told that the records are other ones, until they were read to be written."""
    office = companies(30, conditional=None)
    office.sync()
    office.erp.model.quirks["Company"].hides = ("city",)
    for record in office.crm.records("Company"):
        office.crm.edit("Company", str(record["id"]), name=f"Beta {record['id']}")
    run = office.sync()
    assert [p.kind for p in run.pauses] == ["drift"]
    assert office.crm.values("Company", "city") == ["Oslo"] * 30


def test_k6_records_of_one_type_that_are_gone_are_no_other_account():
    """Records of another type are what they were."""
    office = companies(8)
    office.crm.add("Person", name="Ann", email="ann@x.no")
    office.crm.add("Person", name="Bo", email="bo@x.no")
    office.sync()
    for number in range(1, 7):
        office.erp.delete("Company", str(number))
    office.restart()
    assert office.sync().pauses == []


def test_k6_a_type_that_refuses_us_does_not_keep_the_others_of_its_system_from_being_read():
    office = companies(2)
    office.sync()
    fetch = office.erp.connector.fetch

    async def refused(mapping, ids):
        if mapping == "erp.Company":
            raise StopEntityType("erp.Company: the account may not read it")
        return await fetch(mapping, ids)

    office.erp.connector.fetch = refused
    office.restart()
    office.erp.add("Person", name="Ann", email="ann@x.no")
    office.sync()
    assert office.crm.values("Person", "name") == ["Ann"]


def unanswered(office):
    """Writes reach the ERP, and nobody is told so."""
    system = office.erp.connector
    write = system.write

    async def silent(writes):
        await write(writes)
        return [Outcome(kind="unknown", message="no answer") for _ in writes]

    system.write = silent
    return lambda: setattr(system, "write", write)


def test_k6_no_create_is_repeated_where_nobody_could_tell_the_account():
    office = companies(1)
    for each in (office.crm, office.erp):
        each.connector.account = "ann"
    office.sync()
    office.crm.add("Company", name="Zeta")
    answered = unanswered(office)
    office.run(run_cycle(office.hub))
    answered()

    async def down():
        raise RetryLater("nothing answers", after_s=1.0)

    identity, office.erp.connector.identity = office.erp.connector.identity, down
    office.restart()
    office.erp.connector.sent = []
    office.sync()
    assert office.erp.connector.sent == []
    office.erp.connector.identity = identity
    office.sync()
    assert office.erp.values("Company", "name") == ["Acme 0", "Zeta"]


def test_p1_everywhere_erases_nothing_of_what_another_one_went_into_meanwhile():
    """The two turned out to be one thing while a system was down: what lives there is not forgotten."""
    text = PROJECT.replace(
        "create: {forward: always, backward: always}", "create: {forward: linked, backward: linked}"
    )
    office = Office(text)
    office.crm.add("Person", name="Ann", email="ann@x.no")
    office.erp.add("Person", name="Anne", email="anne@x.no")
    office.sync()
    office.run(pause(office.hub, "erp"))
    assert not office.run(erase(office.hub, "erp.Person/1", everywhere=True)).done
    office.run(decide(office.hub, [Verdict("crm.Person/1", "erp.Person/1", "same")]))
    office.sync()
    told = office.run(status(office.hub))
    assert {t.mapping: t.linked for t in told.types if t.concept == "person"} == {
        "crm.Person": 1,
        "erp.Person": 1,
    }
    office.run(resume(office.hub, "erp"))
    office.sync()
    assert (office.crm.values("Person", "name"), office.erp.records("Person")) == (["Ann"], [])
    assert office.run(status(office.hub)).golden["person"] >= 1


def test_g1_an_approval_ends_when_the_list_has_grown():
    office = companies(30, PROPAGATED)
    office.sync()
    for number in range(1, 11):
        office.crm.delete("Company", str(number))
    run = office.sync(confirmed=False)
    assert [(a.what, a.count) for a in run.alarms] == [("delete", 10)]
    for number in range(11, 21):
        office.crm.delete("Company", str(number))
    again = office.sync(confirmed=False, approved=[run.alarms[0].key])
    assert [(a.what, a.count) for a in again.alarms] == [("delete", 20)]
    assert len(office.erp.records("Company")) == 30
    office.sync(confirmed=False, approved=[run.alarms[0].key])
    assert len(office.erp.records("Company")) == 10


def test_w8_a_record_that_came_back_beside_another_one_takes_its_place_when_that_one_goes():
    """The thing is still there: nothing is deleted for it, and the record is in sync again (L3)."""
    office = Office(PROPAGATED)
    first = office.crm.add("Company", name="Acme", city="Oslo")
    office.sync()
    office.erp.edit("Company", office.erp.records("Company")[0]["id"], city="Bergen")
    office.crm.delete("Company", first)
    office.sync()
    second = office.crm.add("Company", name="Acme")
    office.sync()
    assert office.crm.model.person_restore("Company", first).ok
    office.sync()
    assert office.crm.values("Company", "city") == ["Bergen", "Oslo"], "a person may look at it"
    office.crm.delete("Company", second)
    office.sync()
    assert office.erp.values("Company", "city") == office.crm.values("Company", "city") == ["Bergen"]
    office.crm.edit("Company", first, city="Narvik")
    office.sync()
    assert office.erp.values("Company", "city") == ["Narvik"]


def test_c4_g4_a_record_that_is_listed_and_not_shown_by_its_id_lets_a_run_end():
    office = companies(3, changes=None, tombstones=None)
    office.sync()
    fetch = office.erp.connector.fetch

    async def forbidden(mapping, ids):
        answers = await fetch(mapping, ids)
        return [replace(o, payload=None, gone="unreadable") if o.id == "2" else o for o in answers]

    office.erp.connector.fetch = forbidden
    office.run(hint(office.hub, "erp.Company", ["2"]))
    office.sync()
    office.clock.advance(100)
    run = office.sync()
    assert len(run.cycles) <= 3
    assert list(run.errors) == ["erp.Company"]
    told = office.run(status(office.hub, named=["unreadable"]))
    assert [unit.record for unit in told.books.units] == ["erp.Company/2"]
    office.erp.connector.fetch = fetch
    assert office.sync().errors == {}
    assert office.run(status(office.hub, named=["unreadable"])).books.units == []


def test_w3_p1_what_a_search_finds_and_was_erased_is_named_nowhere():
    """Somebody renamed what the create made, so that a person is asked; then it was erased."""
    search = {"created_since": "created_since"}
    office = companies(1, idempotency=None, search=search)
    office.sync()
    answered = unanswered(office)
    office.crm.add("Company", name="Zeta")
    office.run(run_cycle(office.hub))
    answered()
    office.clock.advance(1)
    office.erp.edit("Company", "2", name="Other")
    office.sync()
    assert [review.members for review in office.run(reviews(office))] == [["erp.Company/2"]]
    office.run(erase(office.hub, "erp.Company/2"))
    office.clock.advance(1000)
    office.sync()
    assert [review.members for review in office.run(reviews(office))] == [[]]
    assert office.erp.values("Company", "name") == ["Acme 0", "Other"]


async def reviews(office):
    async with office.store.transaction(dry=True) as tx:
        return await tx.reviews()


@pytest.mark.parametrize("reads", [True, False])
def test_w4_a_pause_while_a_write_is_of_unknown_outcome_loses_no_edit(reads):
    office = companies(2)
    office.sync()
    answered = unanswered(office)
    office.crm.edit("Company", "1", city="Rome")
    office.run(run_cycle(office.hub))
    answered()
    office.run(pause(office.hub, "erp", reads=reads))
    office.sync()
    office.crm.edit("Company", "1", city="Paris")
    office.erp.edit("Company", "1", name="Beta")
    office.sync()
    office.run(resume(office.hub, "erp"))
    office.clock.advance(100)
    office.sync()
    assert office.erp.values("Company", "city") == ["Oslo", "Paris"]
    assert office.crm.values("Company", "name") == ["Acme 1", "Beta"]
    assert office.run(status(office.hub)).adds_up


def test_w11_a_budget_that_is_spent_while_a_create_is_repeated_leaves_it_open():
    office = companies(1)
    office.sync()
    answered = unanswered(office)
    office.crm.add("Company", name="Zeta")
    office.run(run_cycle(office.hub))
    answered()
    office.erp.connector.left = 0
    office.sync()
    office.clock.advance(600)
    office.erp.connector.left = 1_000_000
    office.restart()
    office.sync()
    assert office.erp.values("Company", "name") == ["Acme 0", "Zeta"]
    assert sum(each.unknown_writes for each in office.run(status(office.hub)).types) == 0


def test_k6_p2_no_reason_and_no_report_names_the_accounts():
    office = Office()
    for each in (office.crm, office.erp):
        each.connector.account = "ann.lee@example.org"
    office.crm.add("Company", name="Acme", city="Oslo")
    office.sync()
    office.restart()
    office.erp.connector.account = "bob.ray@example.org"
    run = office.sync()
    assert [pause.kind for pause in run.pauses] == ["identity"]
    told = str([run.pauses[0].why, run.summary(), [cycle.summary() for cycle in run.cycles]])
    assert "bo\u2026 (19 characters), not an\u2026 (19 characters)" in told
    assert "example.org" not in told
