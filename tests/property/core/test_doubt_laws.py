"""What was read while an entity type is doubted decides nothing; what comes afterwards is not lost (G2, S11)."""

from hypothesis import given, strategies as st

from tests.unit.core.building import Story, observation, system

values = st.sampled_from(["Ada", "Bo", None])


@given(before=values, after=values)
def test_g2_m4_a_newcomer_that_is_doubted_loses_no_edit(before: str | None, after: str | None) -> None:
    it = Story(system("crm"), system("erp"))
    it.context = {"paused": {"crm.Person": "drift"}, "doubted": frozenset({"crm.Person"})}
    it.sees("crm", at=10, name=before, phone="1")
    assert it.value("name") is None
    assert not it.settled.dues
    it.takes(observation(at=20, name=after, phone="1"))
    it.context = {}
    it.settles(at=21)
    assert it.value("name") == after
