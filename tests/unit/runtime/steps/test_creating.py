"""What is created where, on two systems in memory (W5, W6, W7, W12, K5)."""

import pytest

from tests.unit.runtime.creating import project
from tests.unit.runtime.office import Office


def names(office, kind="Company"):
    return office.erp.values(kind, "name")


# connected and conditions: rule W6


def test_w6_connected_pulls_in_what_is_referred_to_and_nothing_else():
    office = Office(project(companies="connected"))
    acme = office.crm.add("Company", name="Acme")
    office.crm.add("Company", name="Idle")
    office.crm.add("Person", name="Ada", email="ada@x.io", company=int(acme))
    office.sync()
    assert (names(office), names(office, "Person")) == (["Acme"], ["Ada"])
    assert [row["company"] for row in office.erp.records("Person")] == [
        row["id"] for row in office.erp.records("Company")
    ]


def test_w6_connected_pulls_in_a_chain():
    office = Office(project(companies="connected"))
    holding = office.crm.add("Company", name="Holding")
    acme = office.crm.add("Company", name="Acme", parent=int(holding))
    office.crm.add("Person", name="Ada", email="ada@x.io", company=int(acme))
    plan = office.plan()
    assert (plan.creates, plan.pulled) == ({"erp.Person": 1, "erp.Company": 2}, {"erp.Company": 2})
    office.sync()
    assert names(office) == ["Acme", "Holding"]


def test_w6_what_is_referred_to_later_is_pulled_in_later():
    office = Office(project(companies="connected"))
    acme = office.crm.add("Company", name="Acme")
    ada = office.crm.add("Person", name="Ada", email="ada@x.io")
    office.sync()
    assert (names(office), names(office, "Person")) == ([], ["Ada"])
    office.crm.edit("Person", ada, company=int(acme))
    office.sync()
    assert names(office) == ["Acme"]


def test_w6_only_what_is_synchronised_there_pulls():
    office = Office(project(companies="connected", people="linked"))
    acme = office.crm.add("Company", name="Acme")
    office.crm.add("Person", name="Ada", email="ada@x.io", company=int(acme))
    office.sync()
    assert names(office) == []
    office.erp.add("Person", name="Ada", email="ada@x.io")
    office.sync()
    assert names(office) == ["Acme"]


def test_w6_what_connected_pulls_in_is_capped_per_run():
    office = Office(project(companies="connected", guards="{connect_at_most: 2}"))
    for number in range(5):
        acme = office.crm.add("Company", name=f"Acme {number}")
        office.crm.add("Person", name=f"Ada {number}", email=f"ada{number}@x.io", company=int(acme))
    plan = office.plan()
    assert plan.pulled == {"erp.Company": 2}
    found = []
    for _ in range(4):
        synced = office.sync()
        found.append(len(names(office)))
    assert found == [2, 4, 5, 5]
    assert synced.ended == "done"
    assert len(names(office, "Person")) == 5


def test_w6_the_run_says_that_the_cap_left_some():
    office = Office(project(companies="connected", guards="{connect_at_most: 0}"))
    acme = office.crm.add("Company", name="Acme")
    office.crm.add("Person", name="Ada", email="ada@x.io", company=int(acme))
    synced = office.sync()
    assert (synced.ended, "1 of erp.Company" in synced.reason) == ("unfinished", True)


def test_w6_a_condition_decides_who_is_created_and_not_who_is_kept_in_sync():
    office = Office(project(companies="{when: {city: [Oslo, Bergen]}}"))
    acme = office.crm.add("Company", name="Acme", city="Oslo")
    office.crm.add("Company", name="Other", city="Rome")
    office.sync()
    assert names(office) == ["Acme"]
    office.crm.edit("Company", acme, city="Rome", name="Acme 2")
    office.sync()
    assert names(office) == ["Acme 2"]


@pytest.mark.parametrize("kind", ["listed", "shuffled"])
def test_w6_plan_is_effect_with_connected(kind):
    office = Office(project(companies="connected"))
    acme = office.crm.add("Company", name="Acme")
    office.crm.add("Person", name="Ada", email="ada@x.io", company=int(acme))
    if kind == "shuffled":
        office.crm.add("Company", name="Zoo")
    plan = office.plan()
    synced = office.sync(plan=plan)
    assert (synced.moved, names(office)) == ([], ["Acme"])


# switches: rules W7 and K5


def test_w7_off_beats_connected_and_the_reference_is_not_carried():
    office = Office(project(companies="connected", crm=", full_sync: false"))
    acme = office.crm.add("Company", name="Acme")
    old = office.crm.add("Person", name="Old", email="old@x.io")
    office.sync()
    assert names(office, "Person") == []
    office.crm.add("Person", name="Ada", email="ada@x.io", company=int(acme))
    assert office.plan().not_carried == {"erp.Person company": 1}
    office.sync()
    assert (names(office), names(office, "Person")) == ([], ["Ada"])
    office.erp.add("Person", name="Old", email="old@x.io")
    office.sync()
    office.crm.edit("Person", old, name="Older")
    office.sync()
    assert names(office, "Person") == ["Ada", "Older"]


def test_w7_pull_old_pulls_in_old_records():
    office = Office(project(companies="{rule: connected, pull: old}", crm=", full_sync: false"))
    acme = office.crm.add("Company", name="Acme")
    office.sync()
    office.crm.add("Person", name="Ada", email="ada@x.io", company=int(acme))
    office.sync()
    assert (names(office), names(office, "Person")) == (["Acme"], ["Ada"])


def test_w7_k5_what_share_kept_back_is_written_once_it_is_on_again():
    office = Office(project(erp=", share: false"))
    acme = office.crm.add("Company", name="Acme")
    office.sync()
    assert names(office) == []
    office.erp.add("Company", name="Beta")
    office.sync()
    assert office.crm.values("Company", "name") == ["Acme", "Beta"]
    office.crm.edit("Company", acme, city="Oslo")
    assert not office.sync().outcomes()
    office.configure(project())
    assert office.sync(confirmed=False).ended == "waits"
    office.sync()
    assert names(office) == ["Acme", "Beta"]
    assert {row["name"]: row.get("city") for row in office.erp.records("Company")}["Acme"] == "Oslo"


@pytest.mark.parametrize("switch", ["share", "enabled"])
def test_k5_what_is_switched_on_again_passes_g1(switch):
    """Many creates at once are asked about as in a first sync, though records were created there before."""
    office = Office(project())
    office.crm.add("Company", name="First")
    office.sync()
    office.configure(project(erp=f", {switch}: false"))
    office.sync()
    for number in range(120):
        office.crm.add("Company", name=f"Acme {number}")
    office.sync()
    office.configure(project())
    plan = office.plan()
    assert [alarm.key for alarm in plan.alarms] == ["erp.Company:create"]


# values at rest: rule W12


def test_w12_half_typed_values_are_not_written():
    office = Office(project(crm=", settle_s: 600"))
    acme = office.crm.add("Company", name="Acme")
    office.sync()
    for name in ("B", "Be", "Beta"):
        office.crm.edit("Company", acme, name=name)
        office.sync()
        assert names(office) == ["Acme"]
        office.clock.advance(300)
    office.clock.advance(600)
    synced = office.sync()
    assert (names(office), synced.outcomes()) == (["Beta"], {"done": 1})


def test_w12_a_create_and_a_delete_of_one_record_fold_to_nothing():
    office = Office(project(erp=", share: false"))
    acme = office.crm.add("Company", name="Acme")
    office.sync()
    office.crm.delete("Company", acme)
    office.configure(project())
    assert office.plan().empty
    assert not office.sync().outcomes()
    assert names(office) == []


def test_k1_w12_the_plan_of_a_new_configuration_shows_what_would_rest():
    office = Office(project(crm=", settle_s: 600"))
    acme = office.crm.add("Company", name="Acme")
    office.sync()
    office.crm.edit("Company", acme, name="Beta")
    office.configure(project(crm=", settle_s: 500"))
    assert office.plan().updates == {"erp.Company": 1}
    assert office.sync(confirmed=False).ended == "waits"
