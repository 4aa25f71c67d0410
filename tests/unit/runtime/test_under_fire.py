"""Guards and books where one of them meets another: an audit, an erasure, a restore between two steps (G, K, P, S)."""

from accord.runtime.books.audit import audit
from accord.runtime.people.erase import erase
from tests.unit.runtime.office import PROJECT, Office


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
