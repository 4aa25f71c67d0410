"""Conflicts and undo as a person meets them: two systems in memory (M2, M6, G3, W8)."""

import pytest

from accord.core.errors import AccordError
from accord.runtime.people.conflicts import StaleDecision, choose, conflicts, pick
from accord.runtime.people.decide import Verdict, decide
from accord.runtime.people.undo import plan_undo, undo
from tests.unit.runtime.office import PROJECT, Office

ASK = PROJECT.replace("      - [city, city]\n", "      - {from: city, to: city, survivorship: ask}\n")
DELETES = PROJECT.replace(
    "    match: [[[name, name]]]\n", "    match: [[[name, name]]]\n    delete: propagate\n"
)


def linked(text: str = PROJECT) -> tuple[Office, str, str]:
    """An office with one company in both systems, and its ids there."""
    office = Office(text)
    here = office.crm.add("Company", name="Acme", city="Oslo")
    office.sync()
    (row,) = office.erp.records("Company")
    return office, here, str(row["id"])


def contested(text: str = ASK) -> tuple[Office, str, str]:
    """The city was changed in both systems, and a person is to say which one stays."""
    office, here, there = linked(text)
    office.crm.edit("Company", here, city="Rome")
    office.clock.advance(1)
    office.erp.edit("Company", there, city="Bonn")
    office.sync()
    return office, here, there


def cities(office: Office) -> list[str]:
    return office.crm.values("Company", "city") + office.erp.values("Company", "city")


def idle(office: Office) -> None:
    """The next run writes nothing."""
    assert not office.sync().outcomes()


def test_m2_ask_holds_until_a_person_picks() -> None:
    office, here, there = contested()
    assert cities(office) == ["Rome", "Bonn"]
    (found,) = office.run(conflicts(office.hub))
    assert {side.record: side.value for side in found.sides} == {
        f"crm.Company/{here}": "Rome",
        f"erp.Company/{there}": "Bonn",
    }
    assert found.wins == {"latest": f"erp.Company/{there}", "priority": f"crm.Company/{here}"}
    office.run(pick(office.hub, found.id, record="crm", by="ann"))
    office.sync()
    assert cities(office) == ["Rome", "Rome"]
    assert office.run(conflicts(office.hub)) == []
    idle(office)


def test_m2_a_stale_pick_is_refused() -> None:
    office, here, _ = contested()
    (found,) = office.run(conflicts(office.hub))
    office.crm.edit("Company", here, city="Bern")
    office.sync()
    with pytest.raises(StaleDecision, match="have moved"):
        office.run(pick(office.hub, found.id, record="crm"))
    (again,) = office.run(conflicts(office.hub))
    office.run(pick(office.hub, again.id, value="Kyiv"))
    office.sync()
    assert cities(office) == ["Kyiv", "Kyiv"]
    with pytest.raises(StaleDecision, match="no open conflict"):
        office.run(pick(office.hub, again.id, value="Kyiv"))


def test_m2_agreement_closes_the_question() -> None:
    office, _, there = contested()
    office.erp.edit("Company", there, city="Rome")
    office.sync()
    assert office.run(conflicts(office.hub)) == []
    assert cities(office) == ["Rome", "Rome"]


def test_m6_a_first_link_that_differs_is_picked() -> None:
    office = Office(PROJECT.replace(", priority: 2", "").replace(", priority: 1", ""))
    office.crm.add("Company", name="Acme", city="Oslo")
    office.erp.add("Company", name="Acme", city="Bonn")
    office.sync()
    (found,) = office.run(conflicts(office.hub))
    assert {side.standing for side in found.sides} == {"differs"}
    office.run(pick(office.hub, found.id, record="erp"))
    office.sync()
    assert cities(office) == ["Bonn", "Bonn"]
    idle(office)


def test_g3_undo_puts_back_what_was_written_and_asks() -> None:
    office, here, there = linked()
    office.crm.edit("Company", here, city="Rome")
    run = office.sync().run
    plan = office.run(plan_undo(office.hub, run))
    assert [(r.record, r.now, r.back) for r in plan.restores] == [(f"erp.Company/{there}", "Rome", "Oslo")]
    assert cities(office) == ["Rome", "Rome"]
    office.run(undo(office.hub, run))
    office.sync()
    assert cities(office) == ["Rome", "Oslo"]
    idle(office)
    (found,) = office.run(conflicts(office.hub))
    office.run(pick(office.hub, found.id, record="crm"))
    office.sync()
    assert cities(office) == ["Rome", "Rome"]
    idle(office)


def test_g3_undo_of_an_undo_writes_the_value_again() -> None:
    office, here, _ = linked()
    office.crm.edit("Company", here, city="Rome")
    office.run(undo(office.hub, office.sync().run))
    office.run(undo(office.hub, office.sync().run))
    office.sync()
    assert cities(office) == ["Rome", "Rome"]
    assert office.run(conflicts(office.hub)) == []
    idle(office)


def test_g3_undo_everywhere_changes_the_origin_too() -> None:
    office, here, there = linked()
    office.crm.edit("Company", here, city="Rome")
    office.sync()
    office.run(undo(office.hub, f"erp.Company/{there}", "city", everywhere=True))
    office.sync()
    assert cities(office) == ["Oslo", "Oslo"]
    idle(office)


def test_g3_undo_leaves_what_was_edited_since() -> None:
    office, here, there = linked()
    office.crm.edit("Company", here, city="Rome")
    run = office.sync().run
    office.erp.edit("Company", there, city="Bern")
    office.sync()
    plan = office.run(undo(office.hub, run))
    assert [left.reason for left in plan.cannot] == ["it was edited there since"]
    assert not plan.restores
    office.sync()
    assert cities(office) == ["Bern", "Bern"]


def test_g3_undo_of_a_create_deletes_and_it_stays_so() -> None:
    office = Office()
    office.crm.add("Company", name="Acme", city="Oslo")
    run = office.sync().run
    office.run(undo(office.hub, run))
    office.sync()
    assert office.erp.records("Company") == []
    assert office.crm.values("Company", "name") == ["Acme"]
    idle(office)


def test_g3_undo_of_a_delete_creates_from_what_was_kept() -> None:
    office, here, there = linked(DELETES)
    office.erp.edit("Company", there, ours="not mapped")
    office.sync()
    office.crm.delete("Company", here)
    run = office.sync().run
    assert office.erp.records("Company") == []
    office.run(undo(office.hub, run))
    office.sync()
    (row,) = office.erp.records("Company")
    assert (row["name"], row["city"], row["ours"]) == ("Acme", "Oslo", "not mapped")
    assert str(row["id"]) != there
    assert office.crm.records("Company") == []
    idle(office)


def test_w8_a_delete_against_an_edit_is_a_conflict_in_which_a_person_chooses() -> None:
    for ruling, left in (("recreate", (1, 1)), ("delete", (0, 0)), ("leave", (0, 1))):
        office, here, there = linked(DELETES)
        office.crm.delete("Company", here)
        office.erp.edit("Company", there, city="Bonn")
        office.sync()
        assert (len(office.crm.records("Company")), len(office.erp.records("Company"))) == (0, 1)
        (found,) = office.run(conflicts(office.hub))
        assert found.kind == "delete"
        with pytest.raises(AccordError, match="deleted"):
            office.run(pick(office.hub, found.id, record="erp"))
        office.run(choose(office.hub, found.id, ruling))
        office.sync()
        assert (len(office.crm.records("Company")), len(office.erp.records("Company"))) == left
        assert office.run(conflicts(office.hub)) == []
        idle(office)


def test_w8_recreate_makes_the_record_again_once() -> None:
    office, here, _ = linked(DELETES.replace("propagate", "recreate"))
    office.crm.delete("Company", here)
    office.sync()
    assert office.crm.values("Company", "city") == office.erp.values("Company", "city") == ["Oslo"]
    idle(office)


def test_g3_undo_after_a_merge_says_into_what_the_golden_record_went() -> None:
    office, here, there = linked()
    office.crm.delete("Company", here)
    office.sync()
    other = office.crm.add("Company", name="Zeta", city="Rome")
    office.sync()
    office.crm.edit("Company", other, city="Bonn")
    run = office.sync().run
    (row,) = (row for row in office.erp.records("Company") if row["name"] == "Zeta")
    office.erp.delete("Company", str(row["id"]))
    office.sync()
    same = Verdict(f"crm.Company/{other}", f"erp.Company/{there}", "same")
    office.run(decide(office.hub, [same]))
    office.sync()
    (left,) = office.run(plan_undo(office.hub, run)).cannot
    assert f"{left.golden}, for which it was written, was merged into company:" in left.reason
