"""When an edit was made (M3)."""

from hypothesis import given, strategies as st

from accord.core.link import new_link
from accord.core.merging.news import edit_time_us
from accord.core.state import Open, Seen
from tests.property.world.records import mapping

MOMENTS = st.lists(st.integers(1, 9), min_size=3, max_size=3).map(sorted)


@given(MOMENTS, st.booleans())
def test_m3_the_stamp_of_our_own_write_dates_no_edit(moments: list[int], ours: bool) -> None:
    """An edit found under it was made between the last read that showed the old value and that write."""
    read, sent, stamped = moments
    link = new_link("person:1", mapping("crm"), "1")
    link.read_us, link.sent_us = read, sent
    link.own_version, link.own_modified_us = ("w", stamped) if ours else ("v", 0)
    seen = Seen(
        mapping="crm.Person", id="1", raw=["a"], version="w", modified_us=stamped, asked_us=stamped + 1
    )
    assert edit_time_us(link, seen) == (read if ours else stamped)


@given(st.integers(1, 9))
def test_m3_where_a_system_tells_no_time_the_reading_dates_an_edit(asked: int) -> None:
    seen = Seen(mapping="crm.Person", id="1", raw=["a"], asked_us=asked)
    assert edit_time_us(new_link("person:1", mapping("crm"), "1"), seen) == asked


@given(st.integers(1, 9), st.booleans(), st.sampled_from([None, "v"]))
def test_m3_an_acknowledgement_without_the_record_dates_no_edit(
    stamped: int, acked: bool, named: str | None
) -> None:
    """A stamp from within the time of a write that bound nobody may be that write's; a write that names a version lands
    on no edit."""
    link = new_link("person:1", mapping("crm"), "1")
    link.read_us, link.sent_us, link.confirmed_us = 2, 3, 6
    link.open = Open(kind="update", sent={}, version=named, sent_us=3, acked=acked)
    seen = Seen(mapping="crm.Person", id="1", raw=["a"], version="w", modified_us=stamped, asked_us=10)
    ours = acked and named is None and 3 <= stamped <= 6
    assert edit_time_us(link, seen) == (2 if ours else stamped)
