"""Stamps and values that say nothing."""

import pickle

from accord.core.stamps import BOTTOM, Stamp, edit_stamp, side_effect_stamp
from accord.core.values import MISSING, value_order


def test_m3_an_edit_is_stamped_with_its_own_time_where_that_is_later_than_its_base():
    assert edit_stamp(20, Stamp(10, 3, 1, "crm/1", 5), 2, "erp/1", 7) == Stamp(20, 0, 2, "erp/1", 7)


def test_m3_an_edit_is_never_earlier_than_what_it_was_made_on_whatever_its_clock_says():
    base = Stamp(10, 3, 9, "zzz/1", 5)
    for time_us in (10, 9, 0):
        stamp = edit_stamp(time_us, base, 0, "crm/1", 0)
        assert stamp > base
        assert stamp.time_us == 10


def test_m3_an_edit_on_nothing_is_later_than_bottom():
    assert edit_stamp(0, BOTTOM, 0, "crm/1", 0) > BOTTOM


def test_s6_a_side_effect_is_earlier_than_whatever_anybody_decides_and_later_than_nothing():
    effect = side_effect_stamp(BOTTOM, 9, "zzz/1", 9)
    assert BOTTOM < effect < side_effect_stamp(effect, 0, "crm/1", 0) < edit_stamp(-5, BOTTOM, 0, "crm/1", 0)


def test_m3_two_different_values_of_one_record_and_moment_never_tie():
    stamps = {edit_stamp(10, BOTTOM, 0, "crm/1", value_order(v)) for v in ("Ada", "ada", None, 1, ["a"])}
    assert len(stamps) == 5


def test_s3_missing_is_false_says_its_name_and_stays_itself_across_processes():
    assert not MISSING
    assert repr(MISSING) == "MISSING"
    assert pickle.loads(pickle.dumps(MISSING)) is MISSING
