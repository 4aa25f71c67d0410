"""What guards of the core hold back (G2, G5, K6, S11)."""

from tests.unit.core.building import Story, system


def test_what_is_paused_is_held_and_not_due():
    it = Story(system("crm"), system("erp")).in_sync(name="Ada", phone="1")
    it.context = {"paused": {"erp.Person": "closing the month"}}
    it.sees("crm", at=20, name="Bo", phone="1")
    assert not it.settled.dues
    assert [(h.mapping, h.state, h.reason) for h in it.settled.holds] == [
        ("erp.Person", "frozen", "closing the month")
    ]
    it.context = {}
    it.settles(at=21)
    assert it.dues() == {"erp": {"name": "Bo"}}
