"""Listings that shift while they are read lose no record (S8)."""

from collections import Counter

import pytest
from hypothesis import given, settings, strategies as st

from accord.connectorkit.manifest_page import CursorPages, NoPages, NumberedPages, OffsetPages
from accord.connectorkit.paging import walk
from accord.core.observation import Observation

MOVES = st.lists(st.tuples(st.sampled_from(["delete", "touch", "add"]), st.integers(0, 30)), max_size=3)


def shown(record, version="0"):
    return Observation(mapping="s.T", id=record, how="listing", asked_us=0, version=version)


class Listing:
    """Records in the order of their last change; a change moves one to the end and gives it a new version."""

    def __init__(self, count, size):
        self.versions = Counter()
        self.ids = [str(i) for i in range(count)]
        self.size = size
        self.fresh = count
        self.changed = set()

    def move(self, what, at):
        if what == "add" or not self.ids:
            self.ids.append(str(self.fresh))
            self.changed.add(str(self.fresh))
            self.fresh += 1
            return
        gone = self.ids.pop(at % len(self.ids))
        self.changed.add(gone)
        if what == "touch":
            self.versions[gone] += 1
            self.ids.append(gone)

    def show(self, record):
        return shown(record, str(self.versions[record]))

    def page(self, style, token):
        following = begin = int(token or 0)
        if isinstance(style, NumberedPages):
            following = int(token or style.first) + 1
            begin = (following - 1 - style.first) * self.size
        end = begin + self.size
        following = following if isinstance(style, NumberedPages) else end
        return [self.show(i) for i in self.ids[begin:end]], str(following) if end < len(self.ids) else None


def read(style, listing, moves):
    course, seen, asked = walk(style), [], 0
    pending = iter(moves)
    while not course.done:
        asked += 1
        assert asked < 2000
        page, following = listing.page(style, course.token)
        seen += [o.id for o in course.took(page, following)]
        for what, at in next(pending, ()):
            listing.move(what, at)
    return (seen, asked) if course.sure else (None, asked)


@pytest.mark.parametrize("style", [OffsetPages(style="offset", size=3), NumberedPages(style="page", size=3)])
def test_s8_a_page_that_shifts_loses_no_record(style):
    reached = Counter()

    @settings(max_examples=300)
    @given(count=st.integers(0, 20), moves=st.lists(MOVES, max_size=8))
    def check(count, moves):
        listing = Listing(count, 3)
        before = list(listing.ids)
        seen, _ = read(style, listing, moves)
        for record in before:
            assert seen is None or record in listing.changed or record in seen
        reached["shifted"] += bool(listing.changed) and count > 3
        reached["unsure"] += seen is None

    check()
    assert reached["shifted"] > 50
    assert reached["unsure"] < 20


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5, 6, 7, 9, 10])
def test_a_quiet_listing_by_offset_is_read_once(count):
    seen, asked = read(OffsetPages(style="offset", size=3), Listing(count, 3), [])
    assert seen == [str(i) for i in range(count)]
    assert asked <= max(1, count // 2 + 1)


@pytest.mark.parametrize(("count", "asked"), [(0, 1), (3, 1), (4, 4), (9, 6)])
def test_a_quiet_listing_by_number_of_several_pages_is_read_twice(count, asked):
    assert read(NumberedPages(style="page", size=3), Listing(count, 3), []) == (
        [str(i) for i in range(count)],
        asked,
    )


def test_numbers_begin_where_the_manifest_says():
    course = walk(NumberedPages(style="page", size=3, first=0))
    course.took([shown("a"), shown("b"), shown("c")], "1")
    assert course.token == "1"


def test_a_listing_that_never_rests_ends():
    course = walk(NumberedPages(style="page", size=1))
    for turn in range(100):
        if course.done:
            break
        course.took([shown(str(turn))], "2" if turn % 2 == 0 else None)
    assert (course.done, course.sure) == (True, False)


def test_s8_a_listing_by_offset_that_never_rests_ends_and_is_not_sure():
    course = walk(OffsetPages(style="offset", size=1))
    for turn in range(400):
        if course.done:
            break
        course.took([shown(str(turn))], "9" if turn < 300 else None)
    assert (course.done, course.sure) == (True, False)


def test_a_token_is_the_systems_own():
    course = walk(CursorPages(style="cursor", next="next"))
    assert course.token is None
    assert course.took([shown("a")], "x") == [shown("a")]
    assert (course.token, course.done) == ("x", False)
    course.took([], None)
    assert course.done
    alone = walk(NoPages(style="none"))
    alone.took([shown("a")], None)
    assert alone.done


def test_s8_without_versions_and_times_the_payload_tells_states_apart():
    course = walk(OffsetPages(style="offset", size=2))
    page = [Observation(mapping="s.T", id=i, how="listing", asked_us=0, payload={"n": i}) for i in "ab"]
    assert course.took(page, "2") == page
    changed = Observation(mapping="s.T", id="b", how="listing", asked_us=0, payload={"n": "new"})
    assert course.took([changed], None) == []
    assert (course.token, course.done) == ("0", False)
