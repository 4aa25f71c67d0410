"""A plan says what a run does, all of it; `sync --plan` does just that and names what moved (G6)."""

import pytest

from accord.runtime.runs.plan import PlannedWrite
from accord.runtime.steps.cycle import run_cycle
from tests.unit.runtime.office import PROJECT, Office

WITH_PARENTS = PROJECT.replace("[city, city]", "[city, city]\n      - [parent, parent]")


def counted(plan):
    return {
        (kind, mapping): n
        for kind in ("creates", "updates", "deletes")
        for mapping, n in getattr(plan, kind).items()
    }


def filled(text=PROJECT):
    office = Office(text)
    acme = office.crm.add("Company", name="Acme", city="Oslo")
    office.crm.add("Person", name="Ada", email="a@x.no", company=int(acme))
    office.erp.add("Person", name="Bob", email="b@x.no")
    return office


def test_g6_a_plan_counts_what_waits_for_its_own_creates():
    plan = filled().plan()
    assert counted(plan) == {
        ("creates", "erp.Company"): 1,
        ("creates", "erp.Person"): 1,
        ("creates", "crm.Person"): 1,
    }


def test_m6_a_plan_counts_the_values_that_nothing_decides():
    office = Office(PROJECT.replace(", priority: 2", "").replace(", priority: 1", ""))
    for system, city in ((office.crm, "Oslo"), (office.erp, "Bergen")):
        system.add("Company", name="Acme", city=city)
    plan = office.plan()
    assert plan.questions == 1
    assert plan.writes == []


def test_g6_a_run_of_a_plan_writes_just_what_it_lists():
    office = filled()
    plan = office.plan()
    summary = office.sync(plan=plan).summary()
    assert summary["sent"] == {"create crm.Person": 1, "create erp.Company": 1, "create erp.Person": 1}
    assert summary["moved"] == []
    assert office.sync(confirmed=False).summary()["sent"] == {}


@pytest.mark.parametrize("system", ["crm", "erp"])
def test_g6_w13_a_plan_lists_the_create_of_what_was_entered_since_the_last_run(system):
    office = filled()
    office.sync()
    getattr(office, system).add("Company", name="New")
    plan = office.plan()
    other = "crm" if system == "erp" else "erp"
    assert counted(plan) == {("creates", f"{other}.Company"): 1}
    assert office.sync(plan=plan).summary()["sent"] == {f"create {other}.Company": 1}


def test_g6_an_edit_after_the_plan_is_named_and_left_to_the_next_run():
    office = filled()
    office.sync()
    company = office.crm.records("Company")[0]["id"]
    office.crm.edit("Company", company, city="Bergen")
    plan = office.plan()
    assert [write.properties for write in plan.writes] == [["city"]]
    office.crm.edit("Company", company, city="Tromsø")
    office.crm.add("Company", name="Late")
    run = office.sync(plan=plan)
    assert run.summary()["sent"] == {}
    assert {(m.kind, m.mapping, m.why) for m in run.moved} == {
        ("update", "erp.Company", "another value than planned"),
        ("create", "erp.Company", "not in the plan"),
    }
    office.sync(confirmed=False)
    assert office.erp.values("Company", "city") == ["None", "Tromsø"]


def test_g6_what_is_not_due_any_more_is_named():
    office = filled()
    office.sync()
    company = office.crm.records("Company")[0]["id"]
    office.crm.edit("Company", company, city="Bergen")
    plan = office.plan()
    office.crm.edit("Company", company, city="Oslo")
    run = office.sync(plan=plan)
    assert [(m.why, m.properties) for m in run.moved] == [("not due any more", ["city"])]


def test_g6_what_an_earlier_run_of_the_plan_had_done_is_counted_apart():
    office = filled()
    office.sync()
    company = office.crm.records("Company")[0]["id"]
    office.crm.edit("Company", company, city="Bergen")
    office.crm.add("Company", name="Late", city="Oslo")
    plan = office.plan()
    first, again = office.sync(plan=plan), office.sync(plan=plan)
    assert (first.moved, first.done_before) == ([], 0)
    assert (again.moved, again.done_before) == ([], 2)
    assert again.summary()["done_before"] == 2
    office.crm.edit("Company", company, city="Oslo")
    office.sync(confirmed=False)
    moved = office.sync(plan=plan)
    assert [(m.kind, m.why) for m in moved.moved] == [("update", "not due any more")]
    assert moved.done_before == 1


def test_g6_a_write_that_its_system_spelled_in_its_own_way_was_done():
    office = filled()
    office.sync()
    office.erp.model.quirks["Company"].recases = {"city": "upper"}
    office.crm.edit("Company", office.crm.records("Company")[0]["id"], city="Bergen")
    plan = office.plan()
    office.sync(plan=plan)
    assert office.erp.values("Company", "city") == ["BERGEN"]
    again = office.sync(plan=plan)
    assert (again.moved, again.done_before) == ([], 1)


def test_g6_a_delete_and_a_reference_that_were_done_are_counted_apart():
    text = WITH_PARENTS.replace("    to: erp.Company\n", "    to: erp.Company\n    delete: propagate\n")
    office = Office(text)
    first, other, third = (int(office.crm.add("Company", name=name)) for name in "ABC")
    office.sync()
    office.crm.edit("Company", str(first), parent=other)
    office.crm.delete("Company", str(third))
    plan = office.plan()
    assert sorted(write.kind for write in plan.writes) == ["delete", "update"]
    office.sync(plan=plan)
    again = office.sync(plan=plan)
    assert (again.moved, again.done_before) == ([], 2)


def test_g6_a_write_that_its_system_ignored_was_not_done():
    office = filled()
    office.sync()
    office.erp.model.quirks["Company"].ignores = ("city",)
    office.crm.edit("Company", office.crm.records("Company")[0]["id"], city="Bergen")
    plan = office.plan()
    office.sync(plan=plan)
    assert office.erp.values("Company", "city") == ["Oslo"]
    again = office.sync(plan=plan)
    assert ([m.why for m in again.moved], again.done_before) == (["not due any more"], 0)


def test_g6_a_record_that_a_person_made_meanwhile_was_not_done_by_the_plan():
    office = filled()
    office.sync()
    office.crm.add("Company", name="Late", city="Oslo")
    plan = office.plan()
    office.erp.add("Company", name="Late", city="Oslo")
    run = office.sync(plan=plan)
    assert [(m.kind, m.why) for m in run.moved] == [("create", "not due any more")]
    assert run.done_before == 0


def test_g6_a_ring_of_creates_is_foreseen_and_completed_by_the_run_of_its_plan():
    office = Office(WITH_PARENTS)
    first = office.crm.add("Company", name="A")
    other = office.crm.add("Company", name="B", parent=int(first))
    office.crm.edit("Company", first, parent=int(other))
    plan = office.plan()
    assert counted(plan) == {("creates", "erp.Company"): 2}
    run = office.sync(plan=plan)
    assert run.moved == []
    assert sorted(row["parent"] for row in office.erp.records("Company")) == [1, 2]


def test_g6_planning_writes_nothing_and_the_same_plan_comes_again():
    office = filled()
    first, again = office.plan(), office.plan()
    assert office.erp.records("Company") == []
    assert first.writes == again.writes
    assert not first.kept  # the configuration was not applied yet


def test_g6_under_an_applied_configuration_what_was_read_is_kept():
    office = filled()
    office.sync()
    office.crm.edit("Company", "1", city="Bergen")
    assert office.plan().kept


def test_m6_a_plan_counts_overwrites_with_samples():
    office = Office()
    office.crm.add("Company", name="Acme", city="Oslo")
    office.erp.add("Company", name="Acme", city="Bergen")
    plan = office.plan()
    assert plan.overwrites == {"erp.Company city": 1}
    assert [(s.now, s.then) for s in plan.samples] == [("Bergen", "Oslo")]


def test_the_plan_of_a_delete():
    office = Office(PROJECT.replace("    to: erp.Company\n", "    to: erp.Company\n    delete: propagate\n"))
    company = office.crm.add("Company", name="Acme")
    office.sync()
    office.crm.delete("Company", company)
    plan = office.plan()
    assert [(w.kind, w.mapping) for w in plan.writes] == [("delete", "erp.Company")]
    assert isinstance(plan.writes[0], PlannedWrite)
    office.sync(plan=plan)
    assert office.erp.records("Company") == []


def test_g6_a_reference_that_follows_a_create_is_part_of_the_planned_write():
    office = Office()
    acme = office.crm.add("Company", name="Acme")
    office.crm.add("Person", name="Ada", email="a@x.no", company=int(acme))
    office.erp.add("Person", name="ADA", email="a@x.no")
    plan = office.plan()
    (update,) = [write for write in plan.writes if write.kind == "update"]
    assert update.properties == ["name", "company"]
    assert plan.updates == {"erp.Person": 1}
    assert office.sync(plan=plan).moved == []
    assert office.erp.records("Person")[0]["company"] == 1


def test_g6_w5_a_ring_that_closes_late_is_foreseen() -> None:
    """One of its members waits already, and nobody looks at it any more."""
    office = Office(PROJECT.replace("[city, city]", "[city, city]\n      - [parent, parent]"))
    office.sync()
    top = office.crm.add("Company", name="Top")
    low = office.crm.add("Company", name="Low", parent=int(top))
    for _ in range(3):
        office.run(run_cycle(office.hub, may=lambda _: False))
    office.crm.edit("Company", top, parent=int(low))
    plan = office.plan()
    assert plan.creates == {"erp.Company": 2}
    office.sync(plan=plan)
    made = {row["name"]: row for row in office.erp.records("Company")}
    assert (made["Top"]["parent"], made["Low"]["parent"]) == (made["Low"]["id"], made["Top"]["id"])
