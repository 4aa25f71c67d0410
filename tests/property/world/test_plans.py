"""What a plan says of what is left alone (G6, G4)."""

from hypothesis import given, settings, strategies as st

from accord.runtime.people.pause import pause, resume
from tests.property.world.test_guarding import office

SCOPES = {
    "erp": {"erp.Company", "erp.Person"},
    "erp.Company": {"erp.Company"},
    "crm": {"crm.Company", "crm.Person"},
}


@settings(max_examples=10)
@given(st.sampled_from(sorted(SCOPES)), st.booleans())
def test_g6_a_plan_names_what_is_paused_and_plans_nothing_there(scope: str, reads: bool) -> None:
    """All else is planned as ever, and what was paused is planned once it goes on."""
    it = office("Acme")
    assert it.plan().paused == {}
    it.run(pause(it.hub, scope, why="closing the month", reads=reads))
    it.crm.edit("Company", "1", city="Bergen")
    it.erp.add("Person", name="Ola", email="o@x")
    plan = it.plan()
    assert set(plan.paused) == SCOPES[scope]
    assert {each.why for each in plan.paused.values()} == {"closing the month"}
    assert {write.mapping for write in plan.writes}.isdisjoint(plan.paused)
    if scope == "erp.Company":
        assert {write.mapping for write in plan.writes} == {"crm.Person"}
    it.run(resume(it.hub, scope))
    plan = it.plan()
    assert plan.paused == {}
    assert {write.mapping for write in plan.writes} == {"erp.Company", "crm.Person"}
