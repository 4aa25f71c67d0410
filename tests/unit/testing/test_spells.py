"""Faults that come and go."""

from accord.testing.world.spells import Spell, Spells


def test_a_fault_comes_and_goes(system):
    s = system({"lag_s": 1})
    spells = Spells([Spell(system="crm", type="Person", begin=3, end=5, settings={"forbids": "all"})])
    seen = []
    for step in range(1, 7):
        spells.at(step, {"crm": s.model})
        seen.append(s.model.quirks["Person"].forbids)
    assert seen == ["nothing", "nothing", "all", "all", "nothing", "nothing"]
    assert s.model.quirks["Person"].lag_s == 1


def test_steps_may_be_skipped(system):
    s = system()
    some = [
        Spell(system="crm", type="Person", begin=3, end=5, settings={"stale": 0.5}),
        Spell(system="crm", type="Person", begin=4, end=9, settings={"errors": 0.5}),
    ]
    spells = Spells(some)
    assert spells.at(7, {"crm": s.model}) == ["begins: steps 4 to 9, crm.Person: errors 0.5"]
    assert (s.model.quirks["Person"].stale, s.model.quirks["Person"].errors) == (0, 0.5)
    spells.end({"crm": s.model})
    assert s.model.quirks["Person"].errors == 0
    assert spells.at(9, {"crm": s.model}) == []


def test_s11_a_system_goes_back_to_its_backup(system):
    s = system()
    spells = Spells([Spell(system="crm", begin=1, end=3)])
    s.add("ann")
    spells.at(1, {"crm": s.model})
    s.add("bo")
    assert spells.at(3, {"crm": s.model}) == ["ends: steps 1 to 3, crm: back to a backup"]
    assert list(s.model.tables()["Person"]) == ["1"]
