"""The books as a person asks for them: status, dead letters and their retry (G4, W9)."""

import pytest

from accord.core.errors import AccordError, StopFlow
from accord.core.standing import STATES
from accord.runtime.books.audit import audit
from accord.runtime.books.dead_letters import dead_letters, one_dead_letter, retry
from accord.runtime.books.explain import explain
from accord.runtime.books.status import status
from accord.runtime.budget import DailyBudget
from tests.unit.runtime.office import PROJECT, Office


def in_sync(text=PROJECT):
    office = Office(text)
    office.crm.add("Company", name="Acme", city="Oslo")
    office.sync()
    return office


def refused():
    office = in_sync()
    office.erp.model.quirks["Company"].ignores = ("city",)
    office.crm.edit("Company", "1", city="Bergen")
    office.sync()
    return office


def letters(office, wanted=""):
    async def look():
        async with office.store.transaction(dry=True) as tx:
            return await (one_dead_letter(office.hub, tx, wanted) if wanted else dead_letters(office.hub, tx))

    return office.run(look())


def told(office, **more):
    return office.run(status(office.hub, **more))


def flow(office, mapping, target):
    return next(f for f in told(office).books.flows if (f.mapping, f.target) == (mapping, target))


def test_g4_status_counts_every_record_towards_every_target():
    office = in_sync()
    office.crm.add("Company", name="Zeta")
    office.crm.add("Company", name="Zeta")
    office.sync()
    here = flow(office, "crm.Company", "erp.Company")
    assert (here.records, here.states) == (3, {"in sync": 1, "review": 2})
    assert told(office).adds_up


def test_g4_the_records_in_a_state_are_listed_with_the_reason():
    office = refused()
    (unit,) = told(office, named=["failed"]).books.units
    assert (unit.record, unit.target, unit.property) == ("crm.Company/1", "erp.Company", "city")
    assert unit.reason
    assert len(told(office, named=STATES, limit=1).books.units) == 1


def test_g4_what_does_not_add_up_is_told():
    """A link that lost its golden record by hand: the store counts it as linked, the golden records do not."""
    office = in_sync()

    async def spoil():
        async with office.store.transaction() as tx:
            row = (await tx.seen("crm.Company", ["1"]))["1"]
            row.golden = "company:nobody"
            await tx.save_seen([row])

    office.run(spoil())
    assert told(office).adds_up is False


def test_g4_under_a_changed_configuration_nothing_is_counted_and_that_is_told():
    office = in_sync()
    office.configure(PROJECT.replace("      - [city, city]\n", ""))
    assert told(office).books is None
    assert "has changed since the last sync" in told(office).uncounted


def test_k4_what_rests_is_counted_apart():
    office = in_sync()
    pairs = PROJECT.index("  - from: crm.Company")
    persons = PROJECT.index("  - from: crm.Person")
    office.configure(PROJECT[:pairs] + PROJECT[persons:].replace("      - [company, company]\n", ""))
    office.sync()
    assert told(office).books.rests == {"crm.Company": 1, "erp.Company": 1}


def test_g8_links_are_proven_equal_by_what_was_read_of_late():
    office = in_sync()
    assert (told(office).books.links, told(office).books.proven) == (2, 2)
    office.clock.advance(25 * 3600)
    assert (told(office).books.links, told(office).books.proven) == (2, 0)


def test_w9_a_dead_letter_names_record_property_words_origin_and_remedy():
    office = refused()
    (letter,) = letters(office)
    assert (letter.record, letter.property, letter.kind) == ("erp.Company/1", "city", "update")
    assert letter.origin == "crm.Company/1"
    assert letter.message
    assert letter.remedy == (
        "Correct city in crm.Company/1, or change how erp.Company city is mapped in accord.yaml. "
        f"Once it takes it: accord retry {letter.id}"
    )
    assert (
        letters(office, letter.id)
        == letters(office, "erp.Company/1")
        == letters(office, "erp.Company")
        == [letter]
    )


def test_w9_retry_sends_a_refused_write_again_and_nothing_else_does():
    office = refused()
    office.erp.model.quirks["Company"].ignores = ()
    assert office.sync().refused == 1
    assert [letter.property for letter in office.run(retry(office.hub, ["erp.Company/1"]))] == ["city"]
    assert office.sync().refused == 0
    assert office.erp.values("Company", "city") == ["Bergen"]


def test_w9_a_retry_that_is_refused_again_is_a_dead_letter_again():
    office = refused()
    office.run(retry(office.hub))
    assert office.sync().refused == 1
    assert [letter.record for letter in letters(office)] == ["erp.Company/1"]


def test_w9_a_letter_that_is_not_there_is_told_with_those_that_are():
    office = refused()
    with pytest.raises(AccordError, match="there is no dead letter 0000"):
        office.run(retry(office.hub, ["0000"]))
    assert len(letters(office)) == 1
    office = in_sync()
    with pytest.raises(AccordError, match="There is none at all"):
        office.run(retry(office.hub, ["0000"]))


@pytest.mark.parametrize("what", ["seen", "link", "golden"])
@pytest.mark.parametrize("act", ["sync", "status", "explain", "audit"])
def test_a_row_with_too_few_values_is_told_to_be_damaged_and_not_traced(what, act):
    """By hand, say: the parts of the row fit one another, and the configuration wants more."""
    office = in_sync()

    async def spoil():
        async with office.store.transaction() as tx:
            row = (await tx.seen("crm.Company", ["1"]))["1"]
            (cluster,) = await tx.clusters([row.golden])
            link = next(link for link in cluster.links if link.mapping == "crm.Company")
            rows = {
                "seen": [cluster.seen["crm.Company", "1"].raw],
                "link": [link.raw, link.base, link.same],
                "golden": [cluster.golden.value, cluster.golden.stamp],
            }
            for values in rows[what]:
                values.pop()
            await tx.save_clusters([cluster])

    office.run(spoil())
    office.crm.edit("Company", "1", city="Molde")
    acts = {
        "sync": office.sync,
        "status": lambda: told(office),
        "explain": lambda: office.run(explain(office.hub, "crm.Company/1")),
        "audit": lambda: office.run(audit(office.hub, sample=None)),
    }
    with pytest.raises(StopFlow, match=r"the store is damaged: the row of .* has 1 values.*Restore a backup"):
        acts[act]()


def test_w11_status_tells_what_is_spent_of_a_daily_budget():
    office = in_sync()
    office.hub.budgets = {"erp": DailyBudget("erp", 100, office.clock)}

    async def spend():
        async with office.store.transaction() as tx:
            await tx.save_meta("calls", {"erp": [office.clock.now_us() // 86_400_000_000, 7]})

    office.run(spend())
    assert told(office).quota["erp"].left == 93
