"""Settling: deletes and what stands against them (W8, S10), order (S7), and that it may be repeated."""

import pytest

from accord.core.model import Survivorship
from accord.core.state import TO_BE_READ
from tests.unit.core.building import Story, concept, row, system

PROPAGATE = concept(delete="propagate")


def three(of=PROPAGATE, **declared):
    return Story(
        system("crm", priority=3), system("erp", priority=2, **declared), system("shop", priority=1), of=of
    ).in_sync(10, name="Ada", phone="1")


def deletes(it, name, at=20):
    return it.sees(name, at=at, gone="deleted", proven=True)


# Deletes: rule W8.


def test_w8_ignore_a_delete_stays_where_it_was_made():
    it = three(concept())
    deletes(it, "crm")
    assert (it.link("crm").life, it.link("crm").by, it.golden.life) == ("tomb", "person", "alive")
    assert it.dues() == {}
    assert it.holds() == {("crm", "", "tombstoned")}


def test_w8_ignore_the_others_stay_in_sync_with_each_other():
    it = three(concept())
    deletes(it, "crm")
    it.sees("erp", at=30, name="Bo", phone="1")
    assert it.dues() == {"shop": {"name": "Bo"}}


def test_w8_propagate_a_delete_goes_to_the_others_and_names_the_version():
    it = three()
    deletes(it, "crm")
    assert it.golden.life == "dying"
    assert it.dues() == {"-erp": {}, "-shop": {}}
    assert it.due("erp").version == "v10"


def test_w8_a_dying_golden_record_keeps_its_values_until_the_last_delete_is_confirmed():
    it = three()
    deletes(it, "crm")
    it.sends("erp", at=21)
    it.answers("erp", at=21)
    assert (it.golden.life, it.link("erp").by) == ("dying", "hub")
    it.sends("shop", at=22)
    it.answers("shop", "missing", at=22)
    assert (it.golden.life, it.value("name")) == ("dead", "Ada")
    assert (it.dues(), it.holds()) == ({}, set())


def test_w8_an_edit_that_the_deleter_had_not_seen_keeps_the_data():
    it = three()
    it.sees("erp", at=15, name="Bo", phone="1")
    deletes(it, "crm")
    assert it.golden.life == "alive"
    assert it.dues() == {"shop": {"name": "Bo"}}
    assert "delete_overruled" in it.happened()


def test_w8_an_edit_and_a_delete_found_together_are_a_conflict_and_the_edited_record_stays():
    it = three()
    it.takes_both(("erp", 15, "Bo"))
    it = three()
    it.takes(tomb("crm", 20))
    it.sees("erp", at=20, name="Bo", phone="1")
    assert it.golden.life == "alive"
    assert it.dues() == {"shop": {"name": "Bo"}}, "and nothing is created anew where a person deleted"
    assert it.holds() == {("crm", "", "conflict")}


def test_w8_an_edit_brings_a_dying_golden_record_back():
    it = three()
    deletes(it, "crm")
    it.sees("erp", at=30, name="Bo", phone="1")
    assert it.golden.life == "alive"
    assert it.dues() == {"shop": {"name": "Bo"}}
    assert "revived" in it.happened()


def test_w8_what_the_hub_deleted_before_the_edit_was_seen_is_created_anew_as_another_incarnation():
    it = three()
    deletes(it, "crm")
    it.sends("shop", at=21)
    it.answers("shop", at=21)
    it.sees("erp", at=30, name="Bo", phone="1")
    assert it.dues() == {"+shop": {"name": "Bo", "phone": "1"}}
    assert it.due("shop").incarnation == 1
    assert it.holds() == {("crm", "", "conflict")}


def test_w8_a_delete_that_is_refused_is_read_and_decided_anew():
    it = three()
    deletes(it, "crm")
    it.sends("erp", at=21)
    it.answers("erp", "moved", at=21)
    assert it.dues() == {"-shop": {}}
    assert ("erp", 0) in it.fetches()
    it.sees("erp", at=22, how="fetch", name="Ada", phone="1")
    assert it.dues() == {"-erp": {}, "-shop": {}}
    assert it.due("erp").version == "v22"


def test_w8_a_delete_waits_for_what_was_kept_aside():
    """What the ERP showed after a lost reply may be an edit: it is told first, for an edit keeps the data."""
    it = three()
    it.sees("crm", at=15, name="Bo", phone="1")
    it.sends("erp", at=16)
    it.answers("erp", "unknown", at=16)
    it.sends("shop", at=16)
    it.answers("shop", at=16, name="Bo", phone="1", version="w")
    deletes(it, "crm")
    assert it.golden.life == "dying"
    it.sees("erp", at=30, how="fetch", name="Cy", phone="1")
    assert it.dues() == {"erp": {"name": "Bo"}, "-shop": {}}
    it.sends("erp", at=31)
    it.answers("erp", at=31, name="Bo", phone="1", version="w")
    assert (it.golden.life, it.value("name")) == ("alive", "Cy")


def test_w8_a_delete_while_something_is_kept_aside_is_overruled():
    it = three()
    it.sees("crm", at=15, name="Bo", phone="1")
    it.sends("erp", at=16)
    it.answers("erp", "unknown", at=16)
    it.sees("erp", at=30, how="fetch", name="Cy", phone="1")
    deletes(it, "crm", at=31)
    assert it.golden.life == "alive"


def test_m4_what_was_kept_aside_of_a_deleted_record_is_noted():
    it = three()
    it.sees("crm", at=15, name="Bo", phone="1")
    it.sends("erp", at=16)
    it.answers("erp", "unknown", at=16)
    it.sees("erp", at=30, how="fetch", name="Cy", phone="1")
    deletes(it, "erp", at=31)
    assert it.told("unknown") == ["Cy"]
    assert it.link("erp").suspects == {}


def test_w8_the_same_id_revives_the_link_with_its_shadow():
    it = three(concept())
    deletes(it, "crm")
    it.sees("erp", at=30, name="Bo", phone="1")
    it.sees("crm", at=40, how="fetch", name="Ada", phone="1")
    assert (it.link("crm").life, it.link("crm").by) == ("live", "")
    assert it.dues()["crm"] == {"name": "Bo"}


def test_w8_a_record_that_returns_with_an_edit_gives_it():
    it = three(concept())
    deletes(it, "crm")
    it.sees("crm", at=40, how="fetch", name="Cy", phone="1")
    assert it.dues() == {"erp": {"name": "Cy"}, "shop": {"name": "Cy"}}


def test_w8_a_record_that_returns_where_another_took_its_place_is_left_to_a_person():
    it = three(concept())
    deletes(it, "crm")
    it.sees("crm", "2", at=30, name="Ada", phone="1")
    assert it.link("crm").incarnation == 1
    it.sees("crm", "1", at=40, how="fetch", name="Cy", phone="1")
    assert (it.value("name"), it.happened().count("returned")) == ("Ada", 1)
    deletes(it, "crm", at=41)
    assert (it.link("crm").life, it.golden.life) == ("live", "alive")


@pytest.mark.parametrize("delete", ["ignore", "propagate", "recreate"])
def test_w8_a_record_that_came_back_lives_when_the_one_that_took_its_place_goes(delete):
    """It was a duplicate that was cleared away, and the thing is still there (L3)."""
    it = three(concept(delete=delete))
    deletes(it, "crm")
    it.sees("erp", at=21, name="Bo", phone="1")
    it.sees("crm", "2", at=30, name="Bo", phone="1")
    it.sees("crm", "1", at=40, how="fetch", name="Ada", phone="1")
    it.sees("crm", "2", at=50, gone="deleted", proven=True)
    lives = [(link.id, link.life) for link in it.cluster.links if link.mapping == "crm.Person"]
    assert (lives, it.golden.life) == ([("1", "live"), ("2", "tomb")], "alive")
    assert it.dues() == {"crm": {"name": "Bo"}, "shop": {"name": "Bo"}}


def test_w8_a_record_that_went_to_another_golden_record_is_not_revived():
    it = three(concept())
    deletes(it, "crm")
    it.cluster.seen["crm.Person", "1"].golden = "person:other"
    it.sees("crm", at=40, how="fetch", name="Cy", phone="1")
    assert (it.link("crm").life, it.value("name")) == ("tomb", "Ada")


def test_s10_a_link_whose_id_stands_for_another_record_now_is_gone_and_takes_nothing_from_it():
    it = three(concept(delete="propagate"))
    it.cluster.seen["crm.Person", "1"].golden = None
    it.sees("crm", at=40, how="fetch", name="Cy", phone="2")
    assert (it.link("crm").life, it.link("crm").by, it.golden.life) == ("tomb", "person", "alive")
    assert (it.values(), it.dues()) == ({"name": "Ada", "phone": "1"}, {})


def test_s10_a_record_that_took_the_id_of_another_one_of_its_golden_record_is_not_its_return():
    it = three(concept())
    it.cluster.seen["crm.Person", "1"].golden = None
    it.sees("crm", at=40, how="fetch", name="Ada", phone="1")
    it.links(it.mapping("crm"), "1")
    it.settles()
    it.sees("crm", at=50, name="Ada", phone="2")
    assert ("returned" in it.happened(), it.value("phone")) == (False, "2")


def test_w8_when_people_delete_the_last_records_the_golden_record_is_dead_and_returns_with_one():
    it = three(concept())
    for at, name in enumerate(("crm", "erp", "shop"), 20):
        deletes(it, name, at=at)
    assert (it.golden.life, it.holds()) == ("dead", set())
    assert it.settles().events == []
    it.sees("erp", at=40, how="fetch", name="Ada", phone="1")
    assert it.golden.life == "alive"


def test_w8_a_delete_found_under_our_own_open_delete_is_ours():
    it = three()
    deletes(it, "crm")
    it.sends("erp", at=21)
    it.answers("erp", "unknown", at=21)
    deletes(it, "erp", at=22)
    assert (it.link("erp").by, it.golden.life) == ("hub", "dying")


def test_w8_a_delete_of_unknown_outcome_is_sent_once_more_when_the_record_is_still_there():
    it = three()
    deletes(it, "crm")
    it.sends("erp", at=21)
    it.answers("erp", "unknown", at=21)
    assert it.dues() == {"-shop": {}}
    it.sees("erp", at=22, how="fetch", version="v10", name="Ada", phone="1")
    assert it.due("erp").again
    it.sends("erp", at=23)
    it.answers("erp", at=23)
    assert it.link("erp").life == "tomb"


def test_w8_a_delete_of_unknown_outcome_is_not_repeated_for_a_golden_record_that_lives_again():
    it = three()
    deletes(it, "crm")
    it.sends("erp", at=21)
    it.answers("erp", "unknown", at=21)
    it.sees("shop", at=22, name="Bo", phone="1")
    it.sees("erp", at=23, how="fetch", version="v10", name="Ada", phone="1")
    assert it.golden.life == "alive"
    assert it.dues() == {}
    it.sees("erp", at=60, how="fetch", version="v10", name="Ada", phone="1")
    assert it.dues() == {"erp": {"name": "Bo"}}


def test_w8_a_record_of_which_nothing_is_known_any_more_can_be_deleted():
    it = three()
    deletes(it, "crm")
    it.sends("erp", at=21)
    del it.cluster.seen["erp.Person", "1"]
    it.answers("erp", at=21)
    assert it.link("erp").life == "tomb"


def test_w8_what_can_not_be_deleted_is_shown():
    it = three(can_delete=False)
    deletes(it, "crm")
    assert (it.dues(), it.holds()) == ({"-shop": {}}, {("erp", "", "failed")})


def test_w9_a_delete_that_is_refused_for_good_is_shown_until_something_changes():
    it = three()
    deletes(it, "crm")
    it.sends("erp", at=21)
    it.answers("erp", "refused", at=21, message="has invoices")
    assert it.dues() == {"-shop": {}}
    assert [h.reason for h in it.settled.holds] == ["has invoices"]
    it.sees("erp", at=30, version="v30", name="Ada", phone="1")
    assert it.dues() == {"-erp": {}, "-shop": {}}


def test_w8_a_one_way_property_does_not_stand_against_a_delete():
    it = Story(system("crm", row("name", reads=False)), system("erp"), of=PROPAGATE).in_sync(name="Ada")
    it.sees("erp", at=15, name="Bo")
    deletes(it, "crm")
    assert it.golden.life == "dying"


def test_w8_a_value_that_comes_while_the_golden_record_is_dying_keeps_it():
    for name, life in (("Ada", "dying"), ("Bo", "alive")):
        it = three()
        deletes(it, "crm")
        it.sees("erp", "2", at=30, name=name, phone=None)
        assert it.golden.life == life


def test_w8_a_question_stands_against_a_delete():
    it = Story(system("crm"), system("erp"), of=PROPAGATE)
    it.takes(observed("crm", name="Ada", email="a@x"))
    it.sees("erp", at=10, name="Bo", email="a@x")
    it.links(it.mapping("crm"), "1").life = "tomb"
    it.golden.questions[2] = "asked"
    deletes(it, "erp")
    assert it.golden.life != "dying"


def test_k4_a_delete_in_a_mapping_that_left_the_configuration_rests():
    it = three()
    it.takes(tomb("crm", 20))
    del it.model.mappings["crm.Person"]
    it.settles()
    assert (it.golden.life, it.dues()) == ("alive", {})


# Repeating and order: rule S7.


@pytest.mark.parametrize("rule", ["latest", "priority"])
def test_s7_the_order_in_which_systems_are_observed_does_not_matter(rule):
    from itertools import permutations

    ends = set()
    for order in permutations([("crm", 21, "Bo"), ("erp", 22, "Cy"), ("shop", 23, "Di")]):
        it = three(concept(survivorship=(Survivorship(rule=rule),) * 3))
        for name, time, value in order:
            it.sees(name, at=time, name=value, phone="1")
        ends.add((it.value("name"), it.golden.stamp[1], repr(it.dues())))
    assert len(ends) == 1


def test_settling_what_was_settled_gives_no_event_and_the_same_writes():
    it = three()
    it.sees("crm", at=20, name="Bo", phone="1")
    dues = it.dues()
    for _ in range(2):
        assert it.settles().events == []
        assert it.dues() == dues


def tomb(name, at):
    return observed(name, at=at, gone="deleted", proven=True)


def observed(name, /, *, at=10, **more):
    from tests.unit.core.building import observation

    return observation(f"{name}.Person", at=at, **more)


# What is to be read first: rule S10.


def test_m4_a_linked_record_that_is_to_be_read_says_nothing_and_is_not_written():
    it = three(concept())
    row = it.cluster.seen["erp.Person", "1"]
    row.held, row.seq, row.modified_us = TO_BE_READ, row.seq + 1, 15_000_000
    row.raw = ["2" if raw == "1" else raw for raw in row.raw]
    it.sees("crm", at=20, name="Cy", phone="1")
    assert it.values() == {"name": "Cy", "phone": "1"}
    assert it.dues() == {"shop": {"name": "Cy"}}
    assert ("erp", "", "waiting") in it.holds()
    row.held = ""
    it.settles(at=30)
    assert it.value("phone") == "2"


def test_w8_the_same_id_revives_the_link_though_a_create_in_its_place_was_refused():
    it = Story(system("crm"), system("erp"), of=concept(delete="recreate")).in_sync(name="Ada")
    it.sees("erp", at=20, gone="deleted", proven=True)
    it.sends("erp", at=20)
    it.answers("erp", "refused", at=21, message="no")
    it.sees("erp", at=30, how="fetch", version="v", name="Ada")
    assert [(k.id, k.life) for k in it.cluster.links if k.mapping == "erp.Person"] == [
        ("1", "live"),
        (None, "tomb"),
    ]
    it.sees("crm", at=40, name="Bo")
    assert it.dues() == {"erp": {"name": "Bo"}}


def test_w8_a_create_under_way_in_its_place_is_another_record_to_what_is_back():
    it = Story(system("crm"), system("erp"), of=concept(delete="recreate")).in_sync(name="Ada")
    it.sees("erp", at=20, gone="deleted", proven=True)
    it.sends("erp", at=20)
    it.sees("erp", at=30, how="fetch", version="v", name="Ada")
    assert [(k.id, k.life) for k in it.cluster.links if k.mapping == "erp.Person"] == [
        ("1", "tomb"),
        (None, "creating"),
    ]
