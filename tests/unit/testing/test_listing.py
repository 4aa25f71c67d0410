"""Listings of a played system."""

import pytest

STYLES = [
    {"style": "none"},
    {"style": "page", "size": 3},
    {"style": "page", "size": 3, "first": 0},
    {"style": "offset", "size": 3},
    {"style": "cursor", "size": 3, "next": "next"},
    {"style": "link_header", "size": 3},
    {"style": "next_link", "size": 3, "next": "next"},
]


def pages(model, since="", limit=0):
    token, out = None, []
    while True:
        answer = model.list("Person", since, token, limit)
        assert answer.status == 200
        out.append([item["name"] for item in answer.items])
        token = answer.next
        if token is None:
            return out


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("count", [0, 1, 3, 7])
def test_all_records_in_pages(system, style, count):
    s = system(page=style)
    names = [f"n{i}" for i in range(count)]
    s.add(*names)
    found = pages(s.model)
    assert [name for page in found for name in page] == names
    if style["style"] != "none":
        assert [len(p) for p in found] == ([3] * (count // 3) + [count % 3] * bool(count % 3) or [0])


def test_a_page_may_be_smaller_than_declared(system):
    s = system()
    s.add("a", "b", "c")
    assert pages(s.model, limit=2) == [["a", "b"], ["c"]]


def test_records_come_in_the_order_of_their_last_change(system):
    s = system()
    s.add("a", "b", "c")
    s.model.person_edit("Person", "1", {"email": "x"})
    assert pages(s.model) == [["b", "c", "a"]]


def test_changes_since_a_time_that_time_included(system):
    s = system()
    s.add("a")
    s.clock.pass_s(1)
    s.add("b")
    s.clock.pass_s(1)
    s.add("c")
    assert pages(s.model, "2024-07-01T12:00:01Z") == [["b", "c"]]
    assert pages(s.model, "2024-07-01T12:00:01.000001Z") == [["c"]]
    assert pages(s.model, "2024-07-01T12:00:03Z") == [[]]


@pytest.mark.parametrize(
    ("form", "since"),
    [("epoch_s", "1719835201"), ("epoch_ms", "1719835201000"), ("raw", "2024-07-01T12:00:01Z")],
)
def test_changes_in_other_spellings(system, form, since):
    s = system(changes={"parameter": "since", "format": form})
    s.add("a")
    s.clock.pass_s(1)
    s.add("b")
    assert pages(s.model, since) == [["b"]]


def test_changes_since_a_version(system):
    s = system(changes={"parameter": "since", "format": "version"})
    s.add("a", "b", "c")
    s.model.person_edit("Person", "1", {"email": "x"})
    assert pages(s.model, "2") == [["c", "a"]]


def test_a_filter_that_can_not_be_read_or_is_not_there(system):
    assert system().model.list("Person", "yesterday").status == 400
    assert system().model.list("Company", "2024-07-01T12:00:00Z").status == 400


def test_s8_a_filter_that_reaches_too_far_back(system):
    s = system(changes={"parameter": "since", "format": "iso", "reaches_s": 60})
    s.clock.pass_s(100)
    assert s.model.list("Person", "2024-07-01T12:00:39Z").status == 410
    assert s.model.list("Person", "2024-07-01T12:00:41Z").status == 200


def test_s10_deleted_records_are_flagged_in_changes_and_in_no_listing(system):
    s = system(tombstones={"property": "gone"})
    s.add("a", "b")
    s.clock.pass_s(1)
    s.model.person_delete("Person", "1")
    changed = s.model.list("Person", "2024-07-01T12:00:00Z").items
    assert [(i["id"], i["gone"]) for i in changed] == [(2, False), (1, True)]
    assert pages(s.model) == [["b"]]
    s.model.person_restore("Person", "1")
    assert [i["gone"] for i in s.model.list("Person", "2024-07-01T12:00:00Z").items] == [False, False]


def test_s10_an_endpoint_of_deletes(system):
    s = system(tombstones={"path": "/people/deleted", "id": "ref.id"})
    s.add(*"abcde")
    for i in "1234":
        s.model.person_delete("Person", i)
    first = s.model.tombstones("Person", "2024-07-01T12:00:00Z")
    stamp = "2024-07-01T12:00:00.000000Z"
    assert first.items[0] == {"ref": {"id": 1}, "changed": stamp, "rev": 6}
    rest = s.model.tombstones("Person", "2024-07-01T12:00:00Z", first.next)
    assert ([i["ref"]["id"] for i in rest.items], rest.next) == ([4], None)


def test_s8_listings_lag_and_reading_by_id_does_not(system):
    s = system({"lag_s": 5})
    s.add("a")
    s.clock.pass_s(4)
    assert pages(s.model) == [[]]
    s.model.person_edit("Person", "1", {"name": "b"})
    s.clock.pass_s(1)
    assert pages(s.model) == [["a"]]
    assert s.model.get("Person", "1").body["name"] == "b"
    s.clock.pass_s(4)
    assert pages(s.model) == [["b"]]
    s.model.person_delete("Person", "1")
    assert pages(s.model) == [["b"]]
    s.clock.pass_s(5)
    assert pages(s.model) == [[]]


def test_s8_a_late_state_is_listed_under_its_own_time(system):
    s = system({"lag_s": 5})
    s.add("a")
    s.clock.pass_s(5)
    assert pages(s.model, "2024-07-01T12:00:00Z") == [["a"]]
    assert pages(s.model, "2024-07-01T12:00:01Z") == [[]]


def test_lag_may_begin_and_end_while_the_system_plays(system):
    s = system()
    s.add("a")
    s.model.quirks["Person"].lag_s = 5
    s.add("b")
    assert pages(s.model) == [["a"]]
    s.model.quirks["Person"].lag_s = 0
    assert pages(s.model) == [["a", "b"]]
    s.add("c")
    assert pages(s.model) == [["a", "b", "c"]]


def test_listings_leave_out_what_they_are_declared_to(system):
    s = system(listing={"omits": ["email", "address.city"]})
    s.add("a", email="e", address={"city": "Oslo", "zip": "1"})
    item = s.model.list("Person").items[0]
    assert ("email" in item, item["address"]) == (False, {"zip": "1"})
    assert s.model.get("Person", "1").body["email"] == "e"


def test_search_by_our_id(system):
    s = system(our_id="ext", search={"our_id": "ext", "deleted": True})
    s.model.create("Person", {"name": "a", "ext": "k"})
    s.model.create("Person", {"name": "b", "ext": "k"})
    s.model.create("Person", {"name": "c", "ext": "m"})
    s.model.delete("Person", "2")
    assert sorted(i["name"] for i in s.model.find("Person", "k").items) == ["a", "b"]
    assert s.model.find("Person", "none").items == []
    assert system().model.find("Person", "k").status == 400


def test_search_by_creation(system):
    s = system(search={"created_since": "since"})
    s.add("a")
    s.clock.pass_s(1)
    start = s.clock.us
    s.add(*"bcdef")
    s.model.person_edit("Person", "1", {"email": "x"})
    s.model.person_delete("Person", "3")
    first = s.model.created_since("Person", start, None, 3)
    rest = s.model.created_since("Person", start, first.next, 3)
    assert ([i["name"] for i in first.items + rest.items], rest.next) == (["b", "d", "e", "f"], None)


def test_many_records_are_fast(system):
    """Shape, not speed: a page touches no more rows than it shows."""
    s = system(page={"style": "offset", "size": 100})
    s.add(*(f"n{i}" for i in range(1000)))
    touched = []
    records = s.model._records
    cut = records.page
    records.page = lambda *args: touched.append(len(out := cut(*args))) or out
    s.model.list("Person", "2024-07-01T12:00:00Z", "800")
    assert touched == [101]
