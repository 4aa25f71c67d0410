"""What is read twice after writes of one value: a representation, or somebody who typed it again (S5)."""

import pytest
from hypothesis import given, strategies as st

from tests.unit.core.building import Story, system


@given(st.lists(st.sampled_from(["lost", "told"]), min_size=1, max_size=6))
def test_s5_two_acknowledged_writes_of_one_value_decide_and_no_fewer(outcomes: list[str]) -> None:
    """Replies show nothing: a difference that stands after each write is ours once two of these were acknowledged."""
    it = Story(system("crm", priority=2), system("erp", priority=1)).in_sync(10, name="Ada")
    it.sees("crm", at=20, name="Bo")
    told, at = 0, 30
    for outcome in outcomes:
        it.sends("erp", at=at)
        it.answers("erp", "unknown" if outcome == "lost" else "done", at=at + 1)
        it.sees("erp", at=at + 60, how="fetch", name="Cy")
        told, at = told + (outcome == "told"), at + 100
        assert bool(it.link("erp").suspects) == (told < 2)
        if told == 2:
            assert (it.value("name"), it.dues(), it.told("unknown")) == ("Bo", {}, ["Cy"])
            return
    it.sends("erp", at=at)
    it.answers("erp", at=at, name="Bo")
    assert it.told("edit") == ["Bo", "Cy"], "what was kept aside was an edit"


@pytest.mark.parametrize("answer", ["Bo", "Cy", "Di"])
def test_s5_what_was_kept_aside_was_an_edit_unless_the_same_comes_back_of_a_second_write(answer: str) -> None:
    it = Story(system("crm", priority=2), system("erp", priority=1)).in_sync(10, name="Ada")
    it.sees("crm", at=20, name="Bo")
    it.sends("erp", at=30)
    it.answers("erp", "unknown", at=31)
    it.sees("erp", at=90, how="fetch", name="Cy")
    assert (it.value("name"), it.dues()) == ("Bo", {"erp": {"name": "Bo"}})
    it.sends("erp", at=100)
    it.answers("erp", at=101, name=answer)
    assert not it.link("erp").suspects
    assert it.shadow("erp", "name") == answer
    if answer == "Cy":
        assert (it.value("name"), it.told("edit"), it.dues()) == ("Bo", ["Bo"], {})
    else:
        assert (it.value("name"), it.told("edit")) == ("Cy", ["Bo", "Cy"])
        assert it.dues() == {"crm": {"name": "Cy"}, "erp": {"name": "Cy"}}
