"""How a write and a golden record end where somebody edits meanwhile (S5, W3, W8, W9)."""

import pytest
from hypothesis import given, strategies as st

from tests.unit.core.building import Story, concept, observation, system

NAMES = st.sampled_from(["Bo", "Cy", "ada", "Ada "])


@given(NAMES, st.integers(21, 30))
def test_s5_w3_an_edit_before_a_create_is_repeated_is_not_taken_for_our_write(name: str, edited: int) -> None:
    """The answer to a repeated create shows the record of now: what somebody wrote there becomes golden."""
    it = Story(system("crm"), system("erp", finds_create=("key",)))
    it.sees("crm", at=10, name="Ada", phone="1")
    it.sends("erp", at=20)
    link = it.link("erp").open
    assert link is not None
    link.sendings = 2
    it.answers("erp", at=31, id="77", created=20, modified=edited, name=name, phone="1", version="w")
    it.sends("erp", at=32)
    it.answers("erp", at=32, name="Ada", phone="1", version="x")
    assert it.value("name") == name


@given(st.permutations(["crm", "erp", "shop"]))
def test_m4_who_lost_a_conflict_stands_in_the_history_with_the_value(order: list[str]) -> None:
    """The last edit wins; each of the others has its line, which names the record it came from."""
    it = Story(system("crm"), system("erp"), system("shop")).in_sync(name="Ada", phone="1")
    it.takes_both(*((name, 20 + at, f"by {name}") for at, name in enumerate(order)))
    lost = {(e.record.partition(".")[0], e.value) for e in it.history if e.kind == "loser"}
    assert it.value("name") == f"by {order[-1]}"
    assert lost == {(name, f"by {name}") for name in order[:-1]}


@given(NAMES)
def test_w8_a_first_value_keeps_a_golden_record_that_is_about_to_be_deleted(name: str) -> None:
    """Whoever deleted the record elsewhere had not seen it."""
    it = Story(system("crm"), system("erp"), of=concept(delete="propagate")).in_sync(name="Ada", phone="1")
    it.takes(observation("crm.Person", at=20, gone="deleted", proven=True))
    it.settles(at=20)
    assert it.golden.life == "dying"
    it.sees("erp", "2", at=30, name=name, phone=None)
    assert it.golden.life == "alive"


@pytest.mark.parametrize("by", ["person", "hub"])
def test_w8_w9_a_refused_update_ends_with_its_record_and_bars_no_delete(by: str) -> None:
    """Whether somebody deletes the record that refused, or the hub does after its partner was deleted."""
    it = Story(system("crm", priority=2), system("erp"), of=concept(delete="propagate")).in_sync(
        name="Ada", phone="1"
    )
    it.sees("crm", at=15, name="Bo", phone="1")
    it.sends("erp", at=16)
    it.answers("erp", "refused", at=16, message="no")
    assert it.link("erp").rejected
    deleted = "erp.Person" if by == "person" else "crm.Person"
    it.takes(observation(deleted, at=20, gone="deleted", proven=True))
    it.settles(at=20)
    if by == "hub":
        it.sends("erp", at=21)
        it.answers("erp", at=21)
    link = it.link("erp")
    assert (link.life, link.by, link.rejected) == ("tomb", by, {})


@given(NAMES.filter(lambda name: name != "Ada"), st.sampled_from(["refused", "ignored"]), st.booleans())
def test_w9_our_own_write_is_no_reason_to_try_a_refused_value_again(
    name: str, how: str, conditional: bool
) -> None:
    """Only a change that is not ours is: else each write of another property would send it once more."""
    erp = system("erp", conditional=conditional)
    it = Story(system("crm", priority=2), erp).in_sync(name="Ada", phone="1")
    it.sees("crm", at=20, name=name, phone="1")
    it.sends("erp", at=21)
    if how == "refused":
        it.answers("erp", "refused", at=21, faults=("name",))
    else:
        it.answers("erp", at=21, name="Ada", phone="1", version="v21")
    it.sees("crm", at=30, name=name, phone="2")
    assert it.dues() == {"erp": {"phone": "2"}}
    it.sends("erp", at=31)
    it.answers("erp", at=31, name="Ada", phone="2", version="v31")
    assert it.dues() == {}
    it.sees("erp", at=40, how="fetch", name="Ada", phone="2", version="v40")
    assert it.dues() == {"erp": {"name": name}}
