"""Observations come in: what is new, what is old, what is only a hint (S1-S3, S7, S10)."""

import pytest

from accord.core.intake import Timing, keys_of_seen, timing_of, values_of
from accord.core.lens import build_lens
from accord.core.model import MatchRule
from accord.core.state import IN_FLIGHT, TO_BE_READ, UNREADABLE, Key, Link
from accord.core.values import MISSING
from tests.unit.core.building import concept, observation as o, row, system, take, us

ORDERED = system("crm", version="ordered", lag_s=5.0)
OPAQUE = system("crm", lag_s=5.0)
EXACT = system("crm", lag_s=5.0, exact=True)
NONE = system("crm", lag_s=5.0, version="none")
IDENTIFIED = concept(rules=(MatchRule(name="all", parts=((0, str), (1, str), (2, str))),))
LISTED_AND_FETCHED = pytest.mark.parametrize("how", ["listing", "fetch"])


def name(rows):
    return rows["1"].raw[1]


# S1-S3: what is read of a record


def test_s2_only_what_a_mapping_reads_is_kept():
    rows = {}
    take(o(at=1, email="a@x", name="Ada", secret="s", phone="1"), rows=rows)
    assert rows["1"].raw == ["a@x", "Ada", "1"]


def test_s2_w13_of_a_record_that_a_filter_leaves_out_reason_and_keys_are_kept():
    mapping = system("crm", keep=lambda payload: "inactive" if payload.get("active") is False else None)
    rows = {}
    assert take(o(at=1, email="a@x", active=True), rows=rows, mapping=mapping).added
    left = take(o(at=2, email="a@x", active=False), rows=rows, mapping=mapping)
    assert rows["1"].excluded == "inactive"
    assert left.removed == []
    assert [k.key for k in left.added] == ["a@x"]  # its group is looked at
    assert take(o(at=3, email="a@x", active=True), rows=rows, mapping=mapping).added
    assert rows["1"].excluded == ""


def test_s2_of_a_record_that_a_filter_leaves_out_only_what_identifies_it_is_kept():
    mapping = system("crm", keep=lambda payload: "inactive" if payload.get("active") is False else None)
    rows = {}
    take(o(at=1, email="a@x", name="Ada", active=False), rows=rows, mapping=mapping)
    assert rows["1"].raw == ["a@x", MISSING, MISSING]
    again = take(o(at=1, email="a@x", name="Ada", active=False), rows=rows, mapping=mapping)
    assert (again.rows, len(again.reread)) == ([], 1)
    take(o(at=2, email="a@x", name="Ada", active=True), rows=rows, mapping=mapping)
    assert name(rows) == "Ada"
    take(o(at=3, email="a@x", name="Bo", active=False), rows=rows, mapping=mapping)
    assert rows["1"].raw == ["a@x", MISSING, MISSING]
    take(o(at=4, email="a@x", name="Cy", active=True), rows=rows, mapping=mapping)
    rows["1"].golden = "person:1"
    take(o(at=5, email="a@x", name="Dan", active=False), rows=rows, mapping=mapping)
    assert (name(rows), rows["1"].excluded) == ("Dan", "inactive")  # what is linked stays linked, whole (S10)


@pytest.mark.parametrize("changed", [{"email": "b@x"}, {"email": None}, {"email": "a@x", "active": False}])
def test_l3_a_record_whose_keys_changed_is_not_held_by_the_review_of_the_old_ones(changed):
    mapping = system("crm", keep=lambda payload: "inactive" if payload.get("active") is False else None)
    rows = {}
    take(o(at=1, email="a@x"), rows=rows, mapping=mapping)
    rows["1"].held = "a review"
    take(o(at=2, email="a@x", name="Ada"), rows=rows, mapping=mapping)
    assert rows["1"].held == "a review"
    take(o(at=3, **changed), rows=rows, mapping=mapping)
    assert rows["1"].held == ""


@pytest.mark.parametrize("held", [IN_FLIGHT, TO_BE_READ])
def test_w13_a_record_that_was_held_for_a_create_stays_held_whatever_its_keys(held):
    rows = {}
    take(o(at=1, email="a@x"), rows=rows)
    rows["1"].held = held
    take(o(at=2, email="b@x"), rows=rows)
    assert rows["1"].held == held


def test_s3_absent_says_nothing_and_null_is_a_change():
    rows = {}
    take(o(at=1, name="Ada", phone="1"), rows=rows)
    take(o(at=2, name=None), rows=rows)
    assert rows["1"].raw == [MISSING, None, "1"]


def test_s3_absence_is_null_where_the_system_declares_it():
    rows = {}
    take(o(at=1, name="Ada"), rows=rows, mapping=system("crm", absent="null"))
    assert rows["1"].raw == [None, "Ada", None]


def test_s3_what_a_lens_can_not_read_and_what_is_a_reference_is_no_value_to_match():
    rows = (
        row("name", lens=build_lens("integer")),
        row("phone", references="crm.Company", lens=build_lens("reference", references="crm.Company")),
    )
    assert values_of(["a@x", "no number", "7"], system("crm", *rows), IDENTIFIED) == ["a@x", None, None]
    assert values_of([MISSING, 7, "7"], system("crm", *rows), IDENTIFIED) == [None, 7, None]
    assert values_of(["a@x", 7, "7"], system("crm", *rows), concept()) == ["a@x", None, None]


def test_s3_a_lens_that_says_nothing_gives_no_value_to_match():
    class Silent:
        def get(self, raw, refs):
            return MISSING

    assert values_of(["a", "b", "c"], system("crm", row("name", lens=Silent())), IDENTIFIED)[1] is None


def test_c2_a_record_that_can_not_be_read_does_not_hold_the_page():
    def keep(payload):
        if payload["name"] == "broken":
            raise ValueError("expected a text")

    rows = {}
    taken = take(
        o(remote_id="1", at=1, name="broken"),
        o(remote_id="2", at=1, name="Bo"),
        rows=rows,
        mapping=system("crm", keep=keep),
    )
    assert taken.unreadable == [("1", "expected a text")]
    assert {row.id: (row.held, row.unreadable) for row in rows.values()} == {
        "1": (UNREADABLE, "expected a text"),
        "2": ("", ""),
    }


# Match keys, and records to be settled.


def test_l8_keys_follow_a_record_when_it_changes_and_go_when_it_is_gone():
    rows = {}
    assert take(o(at=1, email="a@x"), rows=rows).added == [Key("email", "a@x", "crm.Person", "1")]
    changed = take(o(at=2, email="b@x"), rows=rows)
    assert [(k.key for k in changed.removed), [k.key for k in changed.added]][1] == ["b@x"]
    assert [k.key for k in changed.removed] == ["a@x"]
    assert take(o(at=3, email="b@x", name="Bo"), rows=rows).added == []
    assert [k.key for k in take(o(at=4, gone="deleted", proven=True), rows=rows).removed] == ["b@x"]
    assert keys_of_seen(rows["1"], system("crm"), concept()) == []


def test_l2_without_match_rules_there_are_no_keys():
    assert take(o(at=1, email="a@x"), rules=()).added == []


def test_the_golden_record_of_a_changed_record_is_settled_again():
    rows = {}
    take(o(at=1, name="Ada"), rows=rows)
    rows["1"].golden = "person:1"
    assert take(o(at=2, name="Bo"), rows=rows).dirty == {"person:1"}
    assert take(o(at=3, name="Bo", version="v2"), rows=rows).dirty == set()


def test_c4_an_overlap_page_moves_nothing_but_the_time_of_reading():
    rows = {}
    take(o(at=1, name="Ada"), rows=rows)
    again = take(o(at=5, name="Ada", version="v1"), rows=rows)
    assert (again.rows, again.added, again.fetches) == ([], [], [])
    assert [(r.asked_us, r.seq) for r in again.reread] == [(us(5), 1)]


def test_w4_a_listing_that_shows_the_same_is_no_fetch_unless_it_is_partial():
    for mapping, fetched in ((system("crm"), False), (system("crm", listing_partial=True), True)):
        rows = {}
        take(o(at=1, how="fetch", name="Ada", phone="1"), rows=rows, mapping=mapping)
        take(o(at=5, version="v1", modified=1, name="Ada"), rows=rows, mapping=mapping)
        assert rows["1"].fetched == fetched


def test_w13_a_record_that_was_held_is_released_by_a_fetch_and_not_by_a_listing():
    rows = {}
    take(o(at=1, email="a@x"), rows=rows)
    rows["1"].held = TO_BE_READ
    assert not take(o(at=2, email="a@x"), rows=rows).added
    assert rows["1"].held == TO_BE_READ
    assert [k.key for k in take(o(at=3, email="a@x", how="fetch"), rows=rows).added] == ["a@x"]
    assert rows["1"].held == ""


def test_w13_a_record_that_was_held_and_is_gone_is_released():
    rows = {}
    take(o(at=1, email="a@x"), rows=rows)
    rows["1"].held = TO_BE_READ
    take(o(at=2, gone="deleted", proven=True), rows=rows)
    assert rows["1"].held == ""


# What is old: rule S7.


@pytest.mark.parametrize(
    ("mapping", "order"), [(ORDERED, True), (OPAQUE, False), (NONE, False)], ids=["ordered", "opaque", "none"]
)
def test_s7_a_page_shuffled_or_doubled_ends_the_same(mapping, order):
    def seen(at, text):
        version = None if mapping is NONE else f"v{at}"
        return o(at=30, modified=at, version=version, order=at if order else None, name=text)

    page = [seen(10, "Ada"), seen(20, "Bo"), seen(15, "Cy")]
    for shown in (page, page[::-1], [page[1], page[0], page[2]], page * 2, [*page[::-1], *page]):
        rows = {}
        take(*shown, rows=rows, mapping=mapping)
        assert name(rows) == "Bo"


def test_s7_within_a_page_a_delete_without_a_version_is_asked_about_and_not_guessed():
    page = [o(at=5, name="Ada"), o(at=5, gone="deleted", proven=True, version=None, modified=None)]
    for shown in (page, page[::-1]):
        rows = {}
        taken = take(*shown, rows=rows, mapping=OPAQUE)
        assert rows["1"].gone == "deleted"
        assert [f.id for f in taken.fetches] == ["1"]


def test_s7_older_is_dropped_where_versions_are_ordered():
    rows = {}
    take(o(at=10, order=7, name="Ada"), rows=rows, mapping=ORDERED)
    taken = take(o(at=11, order=6, name="older"), rows=rows, mapping=ORDERED)
    assert name(rows) == "Ada"
    assert (taken.rows, taken.reread, taken.fetches) == ([], [], [])


def test_s7_newer_is_taken_at_once_where_versions_are_ordered_even_right_after_a_write():
    rows, timing = {}, Timing(sent_us=us(20), confirmed_us=us(20))
    take(o(at=10, order=7, name="Ada"), rows=rows, mapping=ORDERED)
    take(o(at=20, order=8, name="Bo"), rows=rows, mapping=ORDERED, timing=timing)
    assert name(rows) == "Bo"


def test_s7_an_older_version_that_is_fetched_early_is_asked_for_again():
    """A replica that trails: not dropped, for the record may have been restored (S11)."""
    rows, timing = {}, Timing(sent_us=us(20), confirmed_us=us(20))
    take(o(at=10, order=7, name="Ada"), rows=rows, mapping=ORDERED)
    taken = take(
        o(at=21, order=6, how="fetch", name="old"), rows=rows, mapping=ORDERED, timing=timing, now=21
    )
    assert name(rows) == "Ada"
    assert [(f.id, f.not_before_us) for f in taken.fetches] == [("1", us(26))]


@pytest.mark.parametrize("mapping", [ORDERED, OPAQUE, EXACT, NONE])
def test_s7_a_record_fetched_later_than_lag_after_our_last_write_is_never_old(mapping):
    rows, timing = {}, Timing(sent_us=us(20), confirmed_us=us(20))
    take(o(at=10, order=7, name="Ada"), rows=rows, mapping=mapping)
    for at in (25, 26, 27):  # one below a version that it had is looked at twice before (S11)
        restored = o(at=at, order=6, version="v1", how="fetch", name="restored")
        take(restored, rows=rows, mapping=mapping, timing=timing)
    assert name(rows) == "restored"


def test_s7_a_superseded_token_is_dropped():
    rows = {}
    take(o(at=10, name="Ada"), rows=rows, mapping=OPAQUE)
    take(o(at=20, name="Bo"), rows=rows, mapping=OPAQUE)
    taken = take(o(at=30, version="v10", name="Ada"), rows=rows, mapping=OPAQUE)
    assert name(rows) == "Bo"
    assert taken.fetches == []


def test_s7_a_token_that_may_come_back_is_asked_about():
    rows = {}
    recurring = system("crm", lag_s=5.0, recurs=True)
    take(o(at=10, name="Ada"), rows=rows, mapping=recurring)
    take(o(at=20, name="Bo"), rows=rows, mapping=recurring)
    taken = take(o(at=30, version="v10", name="Ada"), rows=rows, mapping=recurring)
    assert [fetch.id for fetch in taken.fetches] == ["1"]
    take(o(at=31, version="v10", name="Ada", how="fetch"), rows=rows, mapping=recurring)
    assert name(rows) == "Ada"
    assert take(o(at=40, version="v10", name="Ada"), rows=rows, mapping=recurring).fetches == []
    assert [
        fetch.id for fetch in take(o(at=41, name="Bo", version="v20"), rows=rows, mapping=recurring).fetches
    ] == ["1"]


def test_s7_only_so_many_superseded_tokens_are_remembered():
    rows = {}
    for at in range(10, 30):
        take(o(at=at, name=str(at)), rows=rows, mapping=OPAQUE)
    assert rows["1"].old_versions == [f"v{at}" for at in range(21, 29)]


@pytest.mark.parametrize("asked", [19, 21, 24])
def test_s7_an_unknown_token_that_may_be_from_before_our_write_is_a_hint(asked):
    rows, timing = {}, Timing(sent_us=us(20), confirmed_us=us(20))
    take(o(at=10, name="Ada"), rows=rows, mapping=OPAQUE)
    taken = take(o(at=asked, name="?"), rows=rows, mapping=OPAQUE, timing=timing, now=24)
    assert name(rows) == "Ada"
    assert [f.not_before_us for f in taken.fetches] == [us(29)]


def test_s7_an_unknown_token_asked_for_before_a_write_whose_outcome_is_open_is_a_hint():
    rows, timing = {}, Timing(sent_us=us(20))
    take(o(at=10, name="Ada"), rows=rows, mapping=OPAQUE)
    assert take(o(at=19, name="?"), rows=rows, mapping=OPAQUE, timing=timing).fetches
    assert name(rows) == "Ada"


def test_s7_an_unknown_token_is_news_once_lag_has_passed():
    rows, timing = {}, Timing(sent_us=us(20), confirmed_us=us(20))
    take(o(at=10, name="Ada"), rows=rows, mapping=OPAQUE)
    take(o(at=25, name="Bo"), rows=rows, mapping=OPAQUE, timing=timing)
    assert name(rows) == "Bo"


def test_s7_a_page_asked_for_before_what_is_known_was_is_a_hint():
    for mapping, version in ((OPAQUE, "v?"), (NONE, None)):
        rows = {}
        take(o(at=12, name="Ada", version=version and "v12"), rows=rows, mapping=mapping)
        assert take(o(at=11, name="Bo", version=version), rows=rows, mapping=mapping).fetches
        assert name(rows) == "Ada"


def test_s7_the_same_token_with_other_content_is_a_hint_unless_the_version_is_exact():
    timing = Timing(sent_us=us(20), confirmed_us=us(20))
    for mapping, hinted in ((OPAQUE, True), (EXACT, False)):
        rows = {}
        take(o(at=20, version="v", name="Ada"), rows=rows, mapping=mapping)
        early = o(at=21, version="v", name="Bo")
        assert bool(take(early, rows=rows, mapping=mapping, timing=timing).fetches) == hinted
    assert name(rows) == "Bo"


def test_s7_no_row_is_skipped_for_an_equal_version_that_is_not_exact():
    rows = {}
    take(o(at=10, version="v", name="Ada"), rows=rows, mapping=OPAQUE)
    take(o(at=20, version="v", name="Bo"), rows=rows, mapping=OPAQUE)
    assert name(rows) == "Bo"


def test_s7_the_same_token_and_content_right_after_a_write_is_no_hint():
    rows, timing = {}, Timing(sent_us=us(20), confirmed_us=us(20))
    take(o(at=20, version="v", name="Ada"), rows=rows, mapping=OPAQUE)
    assert take(o(at=21, version="v", name="Ada"), rows=rows, mapping=OPAQUE, timing=timing).fetches == []


def test_s7_a_reply_is_never_early_and_old_only_by_an_ordered_version():
    rows, timing = {}, Timing(sent_us=us(20), confirmed_us=us(20))
    take(o(at=20, order=5, name="Ada"), rows=rows, mapping=ORDERED)
    assert (
        take(o(at=20, order=4, how="reply", name="Bo"), rows=rows, mapping=ORDERED, timing=timing).rows == []
    )
    take(o(at=20, order=6, how="reply", name="Cy"), rows=rows, mapping=ORDERED, timing=timing)
    assert name(rows) == "Cy"
    rows = {}
    take(o(at=20, name="Ada"), rows=rows, mapping=OPAQUE)
    take(o(at=20, version="x", how="reply", name="Bo"), rows=rows, mapping=OPAQUE, timing=timing)
    assert name(rows) == "Bo"


# What is gone: rule S10.


def test_s10_a_tombstone_of_the_feed_is_proof_also_of_a_record_never_seen():
    rows = {}
    take(o(at=1, gone="deleted", proven=True), rows=rows)
    assert (rows["1"].gone, rows["1"].raw) == ("deleted", [MISSING] * 3)


@LISTED_AND_FETCHED
def test_s10_what_is_not_proven_says_nothing_of_a_record_never_seen(how):
    assert take(o(at=1, gone="missing", how=how)).rows == []


def test_s10_a_listing_only_nominates():
    rows = {}
    take(o(at=1, name="Ada"), rows=rows)
    taken = take(o(at=2, gone="missing"), rows=rows, now=2)
    assert rows["1"].gone == ""
    assert rows["1"].missing_us is None
    assert [f.id for f in taken.fetches] == ["1"]


def test_s10_a_fetch_that_finds_nothing_counts_when_it_is_told_twice_confirm_s_apart_with_a_witness():
    mapping, rows = system("crm", confirm_s=10.0), {}
    take(o(at=1, name="Ada"), rows=rows, mapping=mapping)
    once = take(o(at=20, gone="missing", how="fetch", proven=True), rows=rows, mapping=mapping)
    assert (rows["1"].gone, rows["1"].missing_us) == ("", us(20))
    assert [(f.id, f.not_before_us) for f in once.fetches] == [("1", us(30))]
    for at, proven in ((29, True), (30, False)):
        assert take(o(at=at, gone="missing", how="fetch", proven=proven), rows=rows, mapping=mapping).fetches
        assert rows["1"].gone == ""
    take(o(at=30, gone="missing", how="fetch", proven=True), rows=rows, mapping=mapping)
    assert (rows["1"].gone, rows["1"].missing_us) == ("deleted", None)


def test_s10_a_record_that_is_seen_between_two_misses_was_not_gone():
    rows = {}
    take(o(at=1, name="Ada"), rows=rows)
    take(o(at=2, gone="missing", how="fetch", proven=True), rows=rows)
    take(o(at=3, name="Ada", version="v1"), rows=rows)
    assert rows["1"].missing_us is None


def test_s10_unreadable_is_not_gone():
    rows = {}
    take(o(at=1, name="Ada"), rows=rows)
    taken = take(o(at=2, gone="unreadable", how="fetch"), rows=rows)
    assert (taken.fetches, rows["1"].gone, rows["1"].seq) == ([], "", 1)


def test_s10_a_fetch_that_answers_with_another_id_is_a_merge():
    rows = {}
    take(o(at=1, name="Ada"), rows=rows)
    take(o(at=2, gone="merged", successor="2", how="fetch", proven=True), rows=rows)
    assert rows["1"].gone == "merged"


def test_s10_what_is_gone_is_gone_once():
    rows = {}
    take(o(at=1, name="Ada"), rows=rows)
    take(o(at=2, gone="deleted", proven=True), rows=rows)
    assert take(o(at=3, gone="deleted", proven=True), rows=rows).rows == []


def test_s7_a_stale_page_does_not_raise_the_dead_but_a_fetch_does():
    rows = {}
    take(o(at=1, name="Ada"), rows=rows)
    take(o(at=2, gone="deleted", proven=True), rows=rows)
    assert take(o(at=3, name="Ada"), rows=rows).fetches
    assert rows["1"].gone == "deleted"
    take(o(at=4, name="Ada", how="fetch"), rows=rows)
    assert rows["1"].gone == ""


def test_s10_another_creation_time_under_a_known_id_is_a_new_record():
    rows = {}
    take(o(at=1, created=1, name="Ada"), rows=rows, now=1)
    rows["1"].golden = "person:1"
    first = take(o(at=50, created=40, name="Bo"), rows=rows, now=50)
    assert (rows["1"].gone, first.dirty) == ("replaced", {"person:1"})
    assert [f.id for f in first.fetches] == ["1"]
    take(o(at=51, created=40, name="Bo", how="fetch"), rows=rows, now=51)
    assert (rows["1"].gone, rows["1"].golden, rows["1"].first_us, name(rows)) == ("", None, us(51), "Bo")
    take(o(at=60, name="Bo"), rows=rows, now=60)
    assert rows["1"].created_us == us(40)


def test_s10_a_clock_that_is_measured_anew_makes_no_new_record():
    """On the hub's clock a creation time moves with what is known of the system's clock; its own does not."""
    rows = {}
    take(o(at=1, created=1, name="Ada"), rows=rows, now=1)
    rows["1"].golden = "person:1"
    again = o(at=50, created=1, name="Ada")
    again.created_us = us(3)
    take(again, rows=rows, now=50)
    assert (rows["1"].gone, rows["1"].golden, rows["1"].created_us) == ("", "person:1", us(3))


def test_s10_s3_nothing_of_the_old_record_is_left_in_the_new_one_under_its_id():
    rows = {}
    take(o(at=1, created=1, name="Ada", phone="1"), rows=rows)
    take(o(at=50, created=40, name="Bo"), rows=rows)
    take(o(at=51, created=40, name="Bo", how="fetch"), rows=rows)
    assert rows["1"].raw == [MISSING, "Bo", MISSING]


def test_s10_s7_a_new_record_under_a_known_id_is_asked_for_also_where_its_version_is_a_smaller_one():
    rows = {}
    take(o(at=1, created=1, name="Ada", order=5), rows=rows, mapping=ORDERED)
    again = take(o(at=50, created=40, name="Bo", order=1), rows=rows, mapping=ORDERED)
    assert [f.reason for f in again.fetches] == ["a hint"]


def test_timings_are_those_of_the_link():
    link = Link(golden="person:1", mapping="crm.Person", raw=[], base=[], same=[], sent_us=3, confirmed_us=4)
    assert (timing_of(None), timing_of(link)) == (Timing(), Timing(3, 4))


@pytest.mark.parametrize(("shown", "kept"), [({"email": "a@x"}, True), ({}, False)])
def test_s3_a_newcomer_that_is_listed_without_what_identifies_it_is_fetched_first(shown, kept):
    part = system("crm", listing_partial=True)
    rows = {}
    listed = take(o(at=1, name="Ada", **shown), rows=rows, mapping=part)
    assert (rows["1"].held, [f.reason for f in listed.fetches]) == (
        ("", []) if kept else (TO_BE_READ, [TO_BE_READ])
    )
    again = take(o(at=2, version="v1", modified=1, name="Ada", **shown), rows=rows, mapping=part)
    assert (again.rows, again.fetches) == ([], [])
    fetched = take(o(at=3, how="fetch", name="Ada", email="b@x"), rows=rows, mapping=part)
    assert (rows["1"].held, [k.key for k in fetched.added]) == ("", ["b@x"])


def test_s3_s2_a_filter_is_not_asked_of_a_part_of_a_record():
    part = system(
        "crm", listing_partial=True, keep=lambda payload: None if payload.get("active") else "inactive"
    )
    rows = {}
    take(o(at=1, email="a@x"), rows=rows, mapping=part)
    assert (rows["1"].excluded, rows["1"].held) == ("", TO_BE_READ)
    take(o(at=2, version="v1", how="fetch", email="a@x"), rows=rows, mapping=part)
    assert (rows["1"].excluded, rows["1"].held) == ("inactive", "")
    take(o(at=3, version="v1", modified=2, email="a@x", name="Ada"), rows=rows, mapping=part)
    assert rows["1"].excluded == "inactive"
