"""The sight of a linked record: edits, echoes, representations, side effects (S1, S4-S6, M1-M4, W4, W9, W14)."""

import pytest

from accord.core.lens import normalisation
from accord.core.model import Survivorship
from tests.unit.core.building import Story, concept, observation, row, system

UPPER = {"normal": normalisation("upper")}


def two(*rows, of=None, **declared):
    """Given: a CRM and an ERP in sync; the ERP is of the kind to be tested."""
    return Story(system("crm", priority=2), system("erp", *rows, priority=1, **declared), of=of)


def sent(*rows, to="Bo", at=30, **declared):
    """Given: the name was changed in the CRM, and the write to the ERP is on its way."""
    it = two(*rows, **declared).in_sync(10, name="Ada", phone="1")
    it.sees("crm", at=20, name=to)
    it.sends("erp", at=at)
    return it


def lost(*rows, **more):
    """Given: so it was, and the reply was lost."""
    it = sent(*rows, **more)
    it.answers("erp", "unknown", at=31)
    return it


# Edits: rules S1, M1, M2, M3, M4.


def test_s1_a_change_is_told_per_property():
    it = two().in_sync(name="Ada", phone="1")
    it.sees("crm", at=20, name="Ada", phone="2")
    assert it.dues() == {"erp": {"phone": "2"}}
    assert it.told("edit") == ["2"]


def test_s1_another_spelling_of_the_same_value_is_no_change():
    number = row("name", value_type="decimal(2)")
    it = Story(system("crm", number), system("erp", number)).in_sync(name="1")
    it.sees("erp", at=20, name="1.00")
    assert (it.dues(), it.told("edit"), it.shadow("erp", "name")) == ({}, [], "1.00")


def test_s3_what_turns_unreadable_says_nothing():
    it = two(row("name", value_type="integer")).in_sync(name=None, phone="1")
    it.sees("erp", at=20, name="no number", phone="2")
    assert it.values() == {"phone": "2"}


def test_m1_only_one_side_changed_it_wins_whatever_the_clocks_say():
    it = two().in_sync(name="Ada")
    it.sees("erp", at=20, modified=1, name="Bo")
    assert (it.value("name"), it.dues()) == ("Bo", {"crm": {"name": "Bo"}})
    assert it.told("superseded") == ["Ada"]


def test_m1_a_value_changed_and_changed_back_is_a_change():
    it = two().in_sync(name="Ada")
    it.sees("erp", at=20, name="Bo")
    it.sees("erp", at=30, name="Ada")
    it.sees("crm", at=40, modified=25, name="Cy")
    assert it.value("name") == "Ada", "the CRM did not know that Ada was entered anew"


def test_m1_both_to_the_same_value_is_done():
    it = two().in_sync(name="Ada")
    it.sees("crm", at=20, name="Bo")
    it.sees("erp", at=21, name="Bo")
    assert (it.value("name"), it.dues(), it.told("loser")) == ("Bo", {}, [])


def test_m1_who_holds_the_golden_value_unwritten_is_in_step_and_keeps_its_base():
    """ERP and CRM both typed Bo; what the ERP types next is still on top of its own, not of the CRM's later one."""
    it = two().in_sync(name="Ada")
    it.sees("erp", at=20, name="Bo")
    base = it.link("erp").base[1]
    it.sees("crm", at=30, name="Bo")
    assert (it.link("erp").base[1], it.link("erp").same[1]) == (base, it.golden.stamp[1])


def test_m2_both_changed_the_latest_edit_wins_and_the_other_is_in_the_history():
    it = two().in_sync(name="Ada")
    it.takes_both(("crm", 30, "Bo"), ("erp", 20, "Cy"))
    assert (it.value("name"), it.dues(), it.told("loser")) == ("Bo", {"erp": {"name": "Bo"}}, ["Cy"])


def test_m2_by_priority_the_system_of_record_wins_a_conflict():
    it = two(of=concept(survivorship=(Survivorship(rule="priority"),) * 3)).in_sync(name="Ada")
    it.takes_both(("crm", 20, "Bo"), ("erp", 30, "Cy"))
    assert (it.value("name"), it.dues()) == ("Bo", {"erp": {"name": "Bo"}})


def test_m2_by_priority_a_lone_edit_elsewhere_is_no_conflict():
    it = two(of=concept(survivorship=(Survivorship(rule="priority"),) * 3)).in_sync(name="Ada")
    it.sees("erp", at=20, name="Cy")
    assert (it.value("name"), it.dues()) == ("Cy", {"crm": {"name": "Cy"}})


def test_m2_ask_holds_just_the_property_in_conflict_until_the_claims_agree():
    """Whatever the order in which the edits are seen; nobody is written over meanwhile."""
    ask = (Survivorship(),) + (Survivorship(rule="ask"),) * 2
    for first, second in (("crm", "erp"), ("erp", "crm")):
        it = Story(system("crm"), system("erp"), system("shop"), of=concept(survivorship=ask)).in_sync(
            name="Ada"
        )
        edits = {"crm": {"name": "Bo", "phone": "1"}, "erp": {"name": "Cy", "phone": None}}
        for name in (first, second):
            it.takes(observation(f"{name}.Person", at=20, version=f"e{name}", modified=20, **edits[name]))
        it.settles(at=21)
        assert it.dues() == {"erp": {"phone": "1"}, "shop": {"phone": "1"}}
        assert {hold for hold in it.holds() if hold[2] == "conflict"} == {
            (name, "name", "conflict") for name in ("crm", "erp", "shop")
        }
        it.sees("erp", at=30, name="Bo", phone=None)
        assert (it.value("name"), it.holds()) == ("Bo", set())
        assert it.dues()["shop"] == {"name": "Bo", "phone": "1"}
        assert "name" not in it.dues().get("crm", {})


def test_m2_ask_a_lone_edit_is_no_conflict():
    it = two(of=concept(survivorship=(Survivorship(rule="ask"),) * 3)).in_sync(name="Ada")
    it.sees("erp", at=20, name="Cy")
    assert (it.value("name"), it.dues()) == ("Cy", {"crm": {"name": "Cy"}})


def test_m2_a_function_of_the_values_decides_a_conflict():
    longest = Survivorship(
        rule="function", function=lambda values: [len(v) for v in values].index(max(map(len, values)))
    )
    it = two(of=concept(survivorship=(longest,) * 3)).in_sync(name="Ada")
    it.takes_both(("crm", 20, "Boris"), ("erp", 30, "Cy"))
    assert (it.value("name"), it.dues()) == ("Boris", {"erp": {"name": "Boris"}})


def test_m3_times_within_the_error_of_the_clocks_are_tied_and_priority_decides():
    for error_s, winner in ((0.0, "Cy"), (2.0, "Bo")):
        it = two(clock_error_s=error_s).in_sync(name="Ada")
        it.takes_both(("crm", 29, "Bo"), ("erp", 30, "Cy"))
        assert it.value("name") == winner


def test_m3_where_the_system_tells_no_time_the_time_of_reading_counts():
    it = two().in_sync(name="Ada")
    it.sees("crm", at=20, modified=None, name="Bo")
    assert it.golden.stamp[1].time_us == 20_000_000


def test_m3_a_stamp_that_our_own_write_made_is_not_the_time_of_an_edit_found_under_it():
    """Somebody edited the phone between our last reading, at 10, and our write, at 30, which stamped 30 on it."""
    it = sent(version="opaque")
    it.answers("erp", at=30, version="w", modified=30, name="Bo")
    it.sees("erp", at=40, version="w", modified=30, name="Bo", phone="9")
    edit = next(e for e in it.history if e.kind == "edit" and e.value == "9")
    assert edit.stamp.time_us <= 30_000_000


def test_m7_a_golden_value_knows_its_record():
    it = two().in_sync(name="Ada")
    it.sees("erp", at=20, name="Bo")
    assert it.golden.stamp[1].record == "erp.Person/1"


# Our own writes come back: rules S4, S5, S6.


def test_s4_a_confirmed_write_never_comes_back_as_a_change():
    it = sent()
    it.answers("erp", at=31, name="Bo", phone="1", version="w", modified=31)
    for at in (32, 40, 99):
        it.sees("erp", at=at, version="w", modified=31, name="Bo", phone="1")
    assert it.told("edit") == ["Bo"]
    assert it.dues() == {}


def test_s4_a_record_seen_before_our_reply_arrived_waits_for_it():
    it = sent(lag_s=5.0)
    it.link("erp").open.version = None
    it.sees("erp", at=31, name="B", phone="1")
    assert it.link("erp").open is not None
    assert it.told("edit") == ["Bo"]


def test_s4_what_was_seen_while_a_write_was_under_way_is_looked_at_once_that_is_refused():
    for ending in ("refused", "moved", "later"):
        it = sent()
        it.link("erp").open.version = None
        it.sees("erp", at=31, name="Cy", phone="1")
        assert it.told("edit") == ["Bo"]
        it.answers("erp", ending)
        assert it.told("edit") == ["Bo", "Cy"], ending


def test_s5_what_the_reply_makes_of_our_value_is_its_representation():
    it = sent(to="Bo ")
    it.answers("erp", at=31, name="BO", phone="1", version="w")
    assert (it.value("name"), it.shadow("erp", "name"), it.dues()) == ("Bo ", "BO", {})
    assert it.told("representation") == ["BO"]
    it.sees("erp", at=40, version="w", name="BO", phone="1")
    assert it.dues() == {}


def test_s5_the_version_that_a_reply_named_ties_the_read_to_our_write():
    it = sent()
    it.answers("erp", at=31, reply=reply("w"))
    assert it.fetches() == [("erp", 31), ("erp", 30)]
    it.sees("erp", at=32, how="fetch", version="w", name="BO", phone="1")
    assert (it.value("name"), it.told("representation"), it.dues()) == ("Bo", ["BO"], {})


def test_s5_the_value_from_before_in_the_reply_means_that_the_write_was_ignored():
    it = sent()
    it.answers("erp", at=31, name="Ada", phone="1", version="w")
    assert it.holds() == {("erp", "name", "failed")}
    assert (it.dues(), it.value("name")) == ({}, "Bo")


def test_s5_null_for_a_value_is_a_rejection():
    it = sent()
    it.answers("erp", at=31, name=None, phone="1", version="w")
    assert it.holds() == {("erp", "name", "failed")}
    assert it.value("name") == "Bo"


def test_s5_the_value_from_before_is_no_rejection_where_the_known_normalisation_yields_it():
    it = two(row("name", **UPPER)).in_sync(name="ADA")
    it.sees("crm", at=20, name="Ada")
    it.sends("erp", at=30)
    it.answers("erp", at=31, name="ADA", version="w")
    assert (it.dues(), it.holds()) == ({}, set())


def test_s5_after_a_lost_reply_a_known_normalisation_explains_a_difference():
    it = lost(row("name", **UPPER))
    it.sees("erp", at=90, how="fetch", name="BO", phone="1")
    assert (it.value("name"), it.dues(), it.link("erp").open) == ("Bo", {}, None)


def test_s5_after_a_lost_reply_what_the_known_normalisation_does_not_explain_is_an_edit():
    it = lost(row("name", **UPPER))
    it.sees("erp", at=90, how="fetch", name="CY", phone="1")
    assert (it.value("name"), it.dues()) == ("CY", {"crm": {"name": "CY"}})


def test_s5_any_other_difference_is_kept_aside_and_the_value_is_written_once_more():
    it = lost()
    it.sees("erp", at=90, how="fetch", name="BO", phone="1")
    assert (it.value("name"), it.told("edit")) == ("Bo", ["Bo"])
    assert (it.dues(), it.due("erp").version) == ({"erp": {"name": "Bo"}}, "v90")
    it.sends("erp", at=91)
    it.answers("erp", at=91, name="BO", phone="1", version="w")
    assert (it.value("name"), it.dues()) == ("Bo", {}), "the same again: a representation"


def test_s5_another_answer_to_the_second_write_shows_that_the_first_difference_was_an_edit():
    it = lost()
    it.sees("erp", at=90, how="fetch", name="Cy", phone="1")
    it.sends("erp", at=91)
    it.answers("erp", at=91, name="Bo", phone="1", version="w")
    assert (it.value("name"), it.dues()) == ("Cy", {"crm": {"name": "Cy"}, "erp": {"name": "Cy"}})


def test_s5_the_same_answer_in_the_version_that_the_second_write_named_tells_nothing_for_it_was_ignored():
    it = lost()
    it.sees("erp", at=90, how="fetch", name="Cy", phone="1")
    it.sends("erp", at=91)
    it.answers("erp", at=91, name="Cy", phone="1", version="v90")
    assert it.told("representation") == []
    assert (it.dues(), it.holds()) == ({}, {("erp", "name", "failed")})
    it.sees("erp", at=95, name="Dy", phone="1")
    assert (it.value("name"), it.told("unknown"), it.dues()) == ("Dy", ["Cy"], {"crm": {"name": "Dy"}})


def test_s5_what_is_kept_aside_and_was_ignored_is_written_again_once_the_record_moves_on():
    it = lost()
    it.sees("erp", at=90, how="fetch", name="Cy", phone="1")
    it.sends("erp", at=91)
    it.answers("erp", at=91, name="Cy", phone="1", version="v90")
    it.sees("erp", at=95, name="Cy", phone="2")
    assert it.dues() == {"crm": {"phone": "2"}, "erp": {"name": "Bo"}}


def test_s5_null_in_answer_to_the_second_write_is_a_rejection_and_no_representation():
    it = lost()
    it.sees("erp", at=90, how="fetch", name="Cy", phone="1")
    it.sends("erp", at=91)
    it.answers("erp", at=91, name=None, phone="1", version="w")
    assert it.told("representation") == []
    assert (it.value("name"), it.dues()) == ("Cy", {"crm": {"name": "Cy"}, "erp": {"name": "Cy"}})


def test_s5_what_is_kept_aside_and_moves_on_was_an_edit():
    it = lost()
    it.sees("erp", at=90, how="fetch", name="B", phone="1")
    it.sees("erp", at=95, name="Cy", phone="1")
    assert (it.value("name"), it.told("unknown")) == ("Cy", ["B"])
    assert it.dues() == {"crm": {"name": "Cy"}}


def test_s5_what_is_kept_aside_is_kept_while_it_does_not_move():
    it = lost()
    it.sees("erp", at=90, how="fetch", name="B", phone="1")
    it.sees("erp", at=95, name="B", phone="2")
    assert it.value("name") == "Bo"
    assert it.dues() == {"crm": {"phone": "2"}, "erp": {"name": "Bo"}}
    assert it.told("unknown") == []


def test_s5_two_acknowledged_writes_that_read_alike_decide_where_replies_tell_nothing():
    it = sent()
    it.answers("erp", at=31)
    it.sees("erp", at=32, how="fetch", name="BO", phone="1")
    it.sends("erp", at=33)
    it.answers("erp", at=33)
    it.sees("erp", at=34, how="fetch", name="BO", phone="1")
    assert (it.value("name"), it.dues(), it.told("unknown")) == ("Bo", {}, ["BO"])


def test_s5_two_acknowledged_writes_that_read_differently_show_an_edit():
    it = sent()
    it.answers("erp", at=31)
    it.sees("erp", at=32, how="fetch", name="Cy", phone="1")
    it.sends("erp", at=33)
    it.answers("erp", at=33)
    it.sees("erp", at=34, how="fetch", name="BO", phone="1")
    assert it.value("name") == "Cy"


def test_s5_a_second_lost_reply_leaves_the_newer_difference_aside():
    it = lost()
    it.sees("erp", at=90, how="fetch", name="B1", phone="1")
    it.sends("erp", at=91)
    it.answers("erp", "unknown", at=91)
    it.sees("erp", at=150, how="fetch", name="B2", phone="1")
    assert it.told("unknown") == ["B1"]
    assert it.dues() == {"erp": {"name": "Bo"}}


def test_s3_a_reply_that_leaves_out_what_was_written_says_nothing_of_it():
    it = sent()
    it.answers("erp", at=31, phone="1", version="w")
    assert (it.holds(), it.dues(), it.fetches()[0]) == (set(), {}, ("erp", 31))
    it.sees("erp", at=32, how="fetch", version="w", name="BO", phone="1")
    assert (it.value("name"), it.told("representation"), it.dues()) == ("Bo", ["BO"], {})


def test_s7_a_reply_that_comes_after_a_newer_observation_is_not_taken_for_it():
    it = sent(version="ordered")
    it.link("erp").open.version = None
    it.sees("erp", at=33, order=9, version="9", name="Cy", phone="1")
    it.answers("erp", at=34, order=8, version="8", name="Bo", phone="1")
    it.sees("erp", at=35, order=9, version="9", how="fetch", name="Cy", phone="1")
    assert (it.value("name"), it.told("representation")) == ("Bo", []), (
        "an edit, or a representation: kept aside"
    )
    it.sends("erp", at=50)
    it.answers("erp", at=50, order=10, version="10", name="Bo", phone="1")
    assert it.value("name") == "Cy"


def test_s6_a_side_effect_of_our_conditional_write_is_no_edit_and_loses():
    it = sent()
    it.answers("erp", at=31, name="Bo", phone="computed", version="w")
    assert it.value("phone") == "1"
    assert it.dues() == {"erp": {"phone": "1"}}
    assert it.told("side_effect") == ["computed"]


def test_s6_a_side_effect_is_golden_where_nobody_else_says_anything():
    it = two().in_sync(name="Ada")
    it.sees("crm", at=20, name="Bo", phone=None)
    it.sees("erp", at=21, version="v10", name="Ada", phone=None)
    it.sends("erp", at=30)
    it.answers("erp", at=31, name="Bo", phone="computed", version="w")
    assert (it.value("phone"), it.dues()) == ("computed", {"crm": {"phone": "computed"}})


@pytest.mark.parametrize("shown", ["own", None])
def test_s6_m6_a_side_effect_loses_to_the_first_value_of_a_system_that_joins(shown):
    """`first_link: keep` keeps what somebody decided; a null never beats even what was computed."""
    it = Story(
        system("crm", properties=("name",)), system("erp"), system("shop"), of=concept(prioritised=True)
    )
    it.takes(observation("crm.Person", at=10, name="Ada"))
    it.takes(observation("erp.Person", at=10, name="Ada", phone=None))
    it.settles(at=10)
    it.sees("crm", at=20, name="Bo")
    it.sends("erp", at=30)
    it.answers("erp", at=31, name="Bo", phone="computed", version="w")
    assert it.value("phone") == "computed"
    it.sees("shop", at=5, name="Bo", phone=shown)
    assert it.value("phone") == (shown or "computed")
    assert it.dues() == ({"erp": {"phone": "own"}} if shown else {"shop": {"phone": "computed"}})


def test_s6_after_an_unconditional_write_it_is_an_observation_like_any_other():
    it = sent(version="none", conditional=False)
    it.link("erp").open.version = None
    it.answers("erp", at=31, name="Bo", phone="9", version=None)
    assert (it.value("phone"), it.dues()) == ("9", {"crm": {"phone": "9"}})


def test_s6_after_an_unconditional_write_without_times_the_time_of_reading_counts():
    it = sent(version="none", conditional=False)
    it.link("erp").open.version = None
    it.answers("erp", at=31, name="Bo", phone="9", version=None, modified=None)
    assert it.golden.stamp[2].time_us == 31_000_000


def test_s6_another_spelling_and_what_can_not_be_read_in_a_reply_are_neither():
    it = Story(system("crm"), system("erp", row("phone", value_type="decimal(2)"))).in_sync(
        name="Ada", phone="1"
    )
    it.link("crm").raw[2] = "1"
    it.sees("crm", at=20, name="Bo", phone="1")
    for seen, shadow in (("1.00", "1.00"), ("?", "1.00")):
        it.sees("crm", at=it.now + 1, name=f"Bo{seen}", phone="1")
        it.sends("erp")
        it.answers("erp", name=f"Bo{seen}", phone=seen, version=f"w{seen}")
        assert it.shadow("erp", "phone") == shadow
    assert "side_effect" not in it.happened()


def test_m6_a_property_without_a_base_in_a_reply_is_left_to_the_first_link():
    it = two(of=concept(prioritised=True)).in_sync(name="Ada")
    it.sees("crm", at=20, name="Bo")
    it.sends("erp", at=30)
    it.answers("erp", at=31, name="Bo", phone="9", version="w")
    assert (it.value("phone"), it.told("side_effect")) == ("9", [])


# A write of unknown outcome: rules W4, W9, M4.


def test_w4_the_outcome_is_read_before_anything_else_is_written():
    it = lost()
    assert it.dues() == {}
    assert it.fetches() == [("erp", 30)]


def test_w4_a_lost_reply_whose_write_landed_ends_at_the_sight_of_its_value():
    it = lost()
    it.sees("erp", at=40, how="fetch", name="Bo", phone="1")
    assert (it.link("erp").open, it.dues()) == (None, {})


def test_m4_the_before_image_of_a_write_whose_reply_was_lost_is_in_the_history():
    it = lost()
    it.sees("erp", at=40, how="fetch", name="Bo", phone="1")
    assert [(e.before, e.value) for e in it.history if e.kind == "updated"] == [("Ada", "Bo")]


def test_m4_the_before_image_is_told_once():
    it = sent()
    it.answers("erp", at=31)
    it.sees("erp", at=40, how="fetch", name="Bo", phone="1")
    assert [(e.before, e.value) for e in it.history if e.kind == "updated"] == [("Ada", "Bo")]


def test_w4_a_value_equal_to_what_was_sent_is_ours():
    it = lost()
    it.sees("erp", at=40, name="Bo", phone="9")
    assert (it.told("edit"), it.value("phone")) == (["Bo", "9"], "9")


def test_w4_one_equal_property_proves_nothing_about_the_others():
    it = two().in_sync(10, name="Ada", phone="1")
    it.sees("crm", at=20, name="Bo", phone="2")
    it.sends("erp", at=30)
    it.answers("erp", "unknown", at=31)
    it.sees("erp", at=40, how="fetch", name="Bo", phone="1")
    assert it.dues() == {"erp": {"phone": "2"}}
    assert it.told("unknown") == ["2"]


def test_w4_a_lost_request_is_written_again_under_the_version_then_seen():
    it = lost()
    it.sees("erp", at=40, how="fetch", version="v41", name="Ada", phone="1")
    assert (it.dues(), it.due("erp").version) == ({"erp": {"name": "Bo"}}, "v41")


def test_w4_an_unconditional_request_may_land_until_max_request_s_has_passed():
    it = lost(version="none", conditional=False, max_request_s=30.0)
    it.link("erp").open.version = None
    it.settles()
    assert it.fetches() == [("erp", 60)]
    it.sees("erp", at=59, how="fetch", version=None, name="Ada", phone="1")
    assert it.link("erp").open is not None
    assert it.dues() == {}
    it.sees("erp", at=60, how="fetch", version=None, name="Ada", phone="1")
    assert it.link("erp").open is None
    assert it.dues() == {"erp": {"name": "Bo"}}


def test_w4_an_acknowledged_write_is_looked_at_once_lag_has_passed():
    it = sent(version="none", lag_s=5.0)
    it.link("erp").open.version = None
    it.answers("erp", at=30)
    assert it.fetches() == [("erp", 30), ("erp", 35)]
    it.sees("erp", at=34, how="fetch", version=None, name="Ada", phone="1")
    assert it.link("erp").open is not None
    it.sees("erp", at=35, how="fetch", version=None, name="Bo", phone="1")
    assert (it.link("erp").open, it.dues()) == (None, {})


def test_w9_an_acknowledged_write_that_shows_the_old_value_was_ignored():
    it = sent()
    it.answers("erp", at=31)
    it.sees("erp", at=40, how="fetch", name="Ada", phone="1")
    assert it.holds() == {("erp", "name", "failed")}
    assert it.dues() == {}


def test_m4_what_was_put_back_while_a_write_was_unresolved_is_noted_as_unknown():
    it = lost()
    it.sees("erp", at=90, how="fetch", name="B", phone="1")
    it.sends("erp", at=91)
    it.answers("erp", "unknown", at=91)
    it.sees("erp", at=150, how="fetch", name="Ada", phone="1")
    assert it.told("unknown") == ["Bo", "B"]


def test_s3_a_read_that_says_nothing_of_what_was_sent_confirms_only_an_acknowledged_write():
    for acknowledged, due in ((True, {}), (False, {"erp": {"name": "Bo"}})):
        it = sent()
        it.answers("erp", "done" if acknowledged else "unknown", at=31)
        it.cluster.seen["erp.Person", "1"].raw[1] = it.cluster.seen["erp.Person", "1"].raw[0]
        it.sees("erp", at=90, how="fetch", phone="1")
        assert it.dues() == due


# Directions: rules M9, W14.


def test_w14_an_edit_of_a_one_way_property_is_neither_read_nor_reverted():
    it = two(row("name", reads=False)).in_sync(name="Ada")
    it.sees("erp", at=20, name="Cy")
    assert (it.value("name"), it.dues()) == ("Ada", {})
    it.sees("crm", at=30, name="Bo")
    assert (it.dues(), it.due("erp").overwrites) == ({"erp": {"name": "Bo"}}, ["name"])


def test_w14_an_edit_of_an_enforced_property_is_reverted():
    it = two(row("name", reads=False, enforce=True)).in_sync(name="Ada")
    it.sees("erp", at=20, name="Cy")
    assert (it.value("name"), it.dues()) == ("Ada", {"erp": {"name": "Ada"}})
    it.sends("erp")
    it.answers("erp", name="Ada", version="w")
    assert it.dues() == {}


def test_w14_another_spelling_is_not_reverted():
    it = Story(
        system("crm", row("name", value_type="decimal(2)")),
        system("erp", row("name", value_type="decimal(2)", reads=False, enforce=True)),
    ).in_sync(name="1")
    it.sees("erp", at=20, name="1.00")
    assert it.dues() == {}


def test_w14_a_one_way_property_is_confirmed_by_the_reply_whatever_it_shows():
    it = sent(row("name", reads=False))
    it.answers("erp", at=31, name="something else", phone="1", version="w")
    assert (it.dues(), it.value("name"), it.holds()) == ({}, "Bo", set())


def test_w14_a_one_way_property_of_a_lost_write_is_written_again():
    it = lost(row("name", reads=False))
    it.sees("erp", at=40, how="fetch", name="Bo", phone="1")
    assert it.dues() == {"erp": {"name": "Bo"}}


def test_m9_a_row_that_only_reads_is_never_written():
    it = two(row("name", writes=False)).in_sync(name="Ada")
    it.sees("crm", at=20, name="Bo")
    assert it.dues() == {}
    it.sees("erp", at=30, name="Cy")
    assert it.dues() == {"crm": {"name": "Cy"}}


@pytest.mark.parametrize("found", ["Bo", "BO"])
def test_w3_a_create_that_is_found_untouched_has_what_was_sent_as_its_shadow(found):
    it = Story(system("crm"), system("erp"))
    it.sees("crm", at=10, name="Bo", phone="1")
    it.sends("erp", at=20)
    it.answers("erp", "unknown", at=21)
    it.adopts("erp", at=30, modified=21, created=21, name=found, phone="1")
    assert (it.value("name"), it.dues(), it.shadow("erp", "name")) == ("Bo", {}, found)


def test_w3_a_create_that_was_edited_before_it_was_found_keeps_the_edit():
    it = Story(system("crm"), system("erp", row("phone", **UPPER)))
    it.sees("crm", at=10, name="Bo", phone="1")
    it.sends("erp", at=20)
    it.answers("erp", "unknown", at=21)
    it.adopts("erp", at=30, modified=25, created=21, name="Cy", phone="2")
    assert it.value("phone") == "2", "what is normalised is known: this is an edit"
    assert it.value("name") == "Bo", "this may be a representation: it is written once more"
    assert it.dues()["erp"] == {"name": "Bo"}
    it.sends("erp", at=31)
    it.answers("erp", at=31, name="Bo", phone="2", version="w")
    assert it.value("name") == "Cy"


def test_w3_a_found_create_that_turns_out_to_be_rejected_holds_nothing_of_ours():
    it = Story(system("crm"), system("erp"))
    it.sees("crm", at=10, name="Bo", phone="1")
    it.sends("erp", at=20)
    it.answers("erp", "unknown", at=21)
    it.adopts("erp", at=30, modified=25, created=21, name="Cy", phone="1")
    it.sends("erp", at=31)
    it.answers("erp", at=31, name=None, phone="1", version="w")
    assert it.value("name") == "Cy"
    assert it.link("erp").base[1] < it.golden.stamp[1]
    assert it.dues()["erp"] == {"name": "Cy"}


def reply(version):
    from tests.unit.core.building import observation

    return observation("erp.Person", at=31, how="reply", gone="missing", version=version)
