"""A cursor is fixed before a read begins and steps back by what listings may lag (S8)."""

import pytest

from accord.connectorkit.cursors import reading
from accord.connectorkit.manifest import EntityType

NOW = 1_719_835_200_000_000  # 2024-07-01T12:00:00Z


def entity(**spec):
    base = {
        "path": "/t",
        "properties": {},
        "update": "patch",
        "modified": "m",
        "changes": {"parameter": "s", "format": "iso"},
    }
    return EntityType.model_validate({**base, **spec})


NUMBERED = {
    "version": {"property": "v", "order": "ordered"},
    "changes": {"parameter": "s", "format": "version"},
}
ASCENDING = {**NUMBERED, "changes": {**NUMBERED["changes"], "ascending": True}}


def test_s8_the_cursor_is_from_before_the_read_began_less_the_lag():
    course = reading(entity(lag_s=5, clock_error_s=1), "", NOW, full=True)
    course.saw([{"m": "2030-01-01T00:00:00Z"}])
    assert course.since == ""
    assert course.cursor() == f"t:{NOW - 6_000_001}"


def test_s8_the_overlap_is_at_least_the_resolution_of_the_clock():
    it = entity(modified={"property": "m", "resolution": "s"})
    assert reading(it, "", NOW, full=True).cursor() == f"t:{NOW - 1_000_000}"


@pytest.mark.parametrize(
    ("form", "modified", "since"),
    [
        ("iso", "m", "2024-07-01T12:00:00.000000Z"),
        ("epoch_s", "m", "1719835200.0"),
        ("epoch_ms", "m", "1719835200000"),
        ("raw", {"property": "m", "zone": "Europe/Oslo"}, "2024-07-01T14:00:00.000000"),
        ("raw", {"property": "m", "format": "epoch_ms"}, "1719835200000"),
    ],
)
def test_the_filter_is_written_as_the_system_wants_it(form, modified, since):
    it = entity(modified=modified, changes={"parameter": "s", "format": form})
    assert reading(it, f"t:{NOW}", NOW, full=False).since == since


@pytest.mark.parametrize("spec", [{}, NUMBERED])
def test_s8_a_full_read_never_moves_the_cursor_of_a_feed(spec):
    kept = "v:3" if spec else "t:7"
    course = reading(entity(**spec), kept, NOW, full=True)
    course.saw([{"v": 9}])
    assert (course.since, course.cursor()) == ("", kept)


@pytest.mark.parametrize(("spec", "cursor"), [({}, "v:3"), (NUMBERED, "t:3"), ({}, "nonsense")])
def test_s8_a_cursor_of_another_kind_means_a_full_read(spec, cursor):
    assert reading(entity(**spec), cursor, NOW, full=False).since == ""


def test_without_filter_there_is_no_cursor():
    course = reading(entity(changes=None), "", NOW, full=False)
    course.saw([{}])
    assert (course.since, course.cursor()) == ("", "")


def test_numbers_ascending_go_on_after_the_greatest():
    course = reading(entity(**ASCENDING), "v:2", NOW, full=False)
    course.saw([{"v": 3}, {"v": "4"}])
    course.saw([{"v": 9}, {"v": None}, {}])
    assert (course.since, course.cursor()) == ("2", "v:9")


def test_s8_numbers_in_no_known_order_count_on_the_first_page_alone():
    course = reading(entity(**NUMBERED), "v:2", NOW, full=False)
    course.saw([{"v": 3}])
    course.saw([{"v": 9}])
    assert course.cursor() == "v:3"


def test_s8_numbers_step_back_over_what_may_lag_by_the_times_of_the_records():
    course = reading(entity(**ASCENDING, lag_s=5), "v:2", NOW, full=False)
    course.saw([{"v": 3, "m": "2024-07-01T11:59:50Z"}, {"v": 4, "m": "2024-07-01T11:59:58Z"}, {"v": 5}])
    assert course.cursor() == "v:3"


def test_s8_numbers_without_times_step_back_to_what_was_highest_so_long_ago():
    it = entity(**ASCENDING, modified=None, lag_s=5)
    cursor, at = "", NOW
    shown = []
    for high in (3, 7, 7, 9):
        course = reading(it, cursor, at, full=False)
        course.saw([{"v": high}])
        cursor, at = course.cursor(), at + 4_000_000
        shown.append(course.since)
    assert shown == ["", "0", "0", "3"]


def test_raw_numbers_of_another_property():
    it = entity(changes={"parameter": "s", "format": "raw", "property": "seq", "ascending": True})
    course = reading(it, "", NOW, full=False)
    course.saw([{"seq": 4}])
    assert course.cursor() == "v:4"


@pytest.mark.parametrize(("spec", "cursor"), [({}, "t:7"), (ASCENDING, "v:3")])
def test_s8_after_a_read_that_is_not_sure_the_cursor_stays(spec, cursor):
    course = reading(entity(**spec), cursor, NOW, full=False)
    course.saw([{"v": 9}])
    course.stay()
    assert course.cursor() == cursor


@pytest.mark.parametrize(("spec", "cursor"), [({}, "t:0"), (ASCENDING, "v:0")])
def test_s8_after_a_full_read_that_is_not_sure_the_feed_is_read_from_its_beginning(spec, cursor):
    course = reading(entity(**spec), "", NOW, full=True)
    course.stay()
    assert course.cursor() == cursor
    assert reading(entity(**spec), cursor, NOW, full=False).since
