"""A played system as the hub sees it."""

import asyncio
from collections import Counter
from random import Random

import pytest

from accord.core.errors import RetryLater, StopEntityType
from accord.ports.connector import Connector, Write
from accord.testing.model_connector import ModelConnector

KEY = "mine.Person#buyer"


def read(s, cursor="", *, full=False):
    async def run():
        return [page async for page in s.connector.read(KEY, cursor, full=full)]

    pages = asyncio.run(run())
    return [o for page in pages for o in page.observations], pages[-1].cursor


def fetch(s, *ids):
    return asyncio.run(s.connector.fetch(KEY, ids))


def search(s, key, since_us):
    return asyncio.run(s.connector.search(KEY, key, since_us))


def write(s, kind, record_id=None, body=None, version=None, key=""):
    sent = Write(mapping=KEY, kind=kind, id=record_id, body=body, version=version, key=key)
    return asyncio.run(s.connector.write([sent]))[0]


def test_it_is_a_connector(system):
    connector: Connector = system().connector
    assert asyncio.run(connector.identity()) == ""
    asyncio.run(connector.close())


def test_k6_the_account_is_told_where_the_manifest_says_so(system):
    s = system()
    told = s.model.manifest.model_copy(update={"identity": {"path": "/me", "property": "id"}})
    assert asyncio.run(ModelConnector(s.model, told, s.clock.now_us).identity()) == "hub"


def test_a_first_read_shows_everything_as_a_listing(system):
    s = system()
    s.add(*"abcde")
    found, cursor = read(s)
    first = found[0]
    assert (first.id, first.how, first.mapping, first.version, first.order) == ("1", "listing", KEY, "1", 1)
    assert len(found) == 5
    assert cursor.startswith("t:")


def test_an_empty_read_still_has_a_page(system):
    assert read(system(changes=None)) == ([], "")


def test_s8_only_the_last_page_bears_the_new_cursor(system):
    s = system()
    s.add(*"abcde")

    async def run():
        return [page.cursor async for page in s.connector.read(KEY, "t:0", full=False)]

    *early, last = asyncio.run(run())
    assert early == ["t:0"]
    assert last.startswith("t:1")


def test_c4_an_idle_read_is_one_call(system):
    s = system()
    s.add(*"abcde")
    _, cursor = read(s)
    s.clock.pass_s(10)
    _, cursor = read(s, cursor)
    s.model.calls.clear()
    s.clock.pass_s(10)
    assert read(s, cursor)[0] == []
    assert s.model.calls == {"list": 1}


def test_s8_a_full_read_leaves_the_cursor(system):
    s = system()
    s.add("a")
    assert read(s, "t:5", full=True)[1] == "t:5"


def test_s8_an_expired_cursor_means_a_full_read(system):
    s = system(changes={"parameter": "since", "format": "iso", "reaches_s": 60})
    s.add("a")
    _, cursor = read(s)
    s.clock.pass_s(1000)
    found, fresh = read(s, cursor)
    assert [(o.id, o.how) for o in found] == [("1", "listing")]
    assert fresh > cursor


@pytest.mark.parametrize("tombstones", [{"property": "gone"}, {"path": "/people/deleted", "id": "ref"}])
def test_s10_deletes_come_proven_in_the_feed(system, tombstones):
    s = system(tombstones=tombstones)
    s.add("a", "b")
    _, cursor = read(s)
    s.clock.pass_s(10)
    s.model.person_delete("Person", "1")
    found, cursor = read(s, cursor)
    gone = [o for o in found if o.gone]
    assert [(o.id, o.gone, o.proven, o.payload, o.how) for o in gone] == [
        ("1", "deleted", True, None, "feed")
    ]
    s.clock.pass_s(10)
    cursor = read(s, cursor)[1]
    s.clock.pass_s(10)
    assert read(s, cursor)[0] == []


def test_m3_times_are_the_hubs(system):
    s = system({"clock_offset_s": 3600})
    s.add("a")
    seen = read(s)[0][0]
    assert (seen.modified_us, seen.created_us, seen.asked_us) == (s.clock.us, s.clock.us, s.clock.us)
    wrong = ModelConnector(s.model, clock=s.clock.now_us, offset_error_us=5)
    assert asyncio.run(wrong.fetch(KEY, ["1"]))[0].modified_us == s.clock.us - 5


def test_reads_are_repeated_and_then_put_off(system):
    s = system({"error_every": 2})
    s.add(*"abcde")
    assert len(read(s)[0]) == 5
    s.model.quirks["Person"].errors = 1
    with pytest.raises(RetryLater):
        read(s)
    with pytest.raises(RetryLater):
        fetch(s, "1")
    assert s.model.calls["get"] == 3


def test_w9_too_many_calls_are_told_with_their_wait(system):
    s = system({"throttles": 1, "retry_after_s": 9})
    with pytest.raises(RetryLater) as told:
        read(s)
    assert told.value.after_s == 9
    with pytest.raises(RetryLater):
        fetch(s, "1")
    assert (write(s, "create", body={"name": "a"}).kind, write(s, "create", body={"name": "a"}).after_s) == (
        "later",
        9,
    )


def test_a_listing_that_is_refused_stops_the_entity_type(system):
    s = system(changes={"parameter": "s", "format": "iso"}, modified={"property": "changed", "format": "iso"})
    s.model.list = lambda *_: type(s.model.created_since("Person", 0))(status=403)
    with pytest.raises(StopEntityType):
        read(s)


def test_s10_what_a_fetch_finds(system):
    s = system()
    s.add("a", "b", "c")
    s.model.person_delete("Person", "2")
    s.model.person_merge("Person", "3", "1")
    found = fetch(s, "3", "2", "9", "1")
    assert [(o.id, o.gone, o.proven, o.successor, o.how) for o in found] == [
        ("3", "merged", True, "1", "fetch"),
        ("2", "missing", False, "", "fetch"),
        ("9", "missing", False, "", "fetch"),
        ("1", "", False, "", "fetch"),
    ]


def test_s10_a_record_that_may_not_be_read_is_unreadable(system):
    s = system()
    s.add("a")
    s.model.get = lambda *_: type(s.model.person_edit("Person", "1", {}))(status=403)
    assert fetch(s, "1")[0].gone == "unreadable"


def test_w2_a_write_names_its_version(system):
    s = system()
    s.add("a")
    done = write(s, "update", "1", {"name": "b"}, "1")
    assert (done.kind, done.observation.version, done.observation.how) == ("done", "2", "reply")
    assert write(s, "update", "1", {"name": "c"}, "1").kind == "moved"
    assert write(s, "delete", "1", version="1").kind == "moved"
    assert write(s, "delete", "1", version="2").kind == "done"
    assert write(s, "delete", "1", version="2").kind == "missing"


def test_w2_where_no_version_can_be_named_the_record_is_compared_first(system):
    s = system(conditional=None)
    s.add("a")
    assert write(s, "update", "1", {"name": "b"}, "0").kind == "moved"
    assert write(s, "update", "1", {"name": "b"}, "1").kind == "done"
    assert s.model.calls == {"get": 2, "update": 1}
    s.model.quirks["Person"].errors = 1
    assert write(s, "update", "1", {"name": "b"}, "2").kind == "later"


def test_w3_a_create_bears_key_and_our_id(system):
    s = system(our_id={"property": "ext", "unique": True}, search={"our_id": "ext"})
    first = write(s, "create", body={"name": "a"}, key="k")
    again = write(s, "create", body={"name": "a"}, key="k")
    assert (first.observation.id, again.observation.id, first.observation.our_id) == ("1", "1", "k")
    assert [o.id for o in search(s, "k", 0)] == ["1"]
    assert search(s, "other", 0) == []


def test_w3_our_id_that_is_in_the_body_stays(system):
    s = system(our_id="ext")
    assert write(s, "create", body={"name": "a", "ext": "mine"}, key="k").observation.our_id == "mine"


@pytest.mark.parametrize("how", [{"created_since": "since"}, {"changes": True}])
def test_w3_records_created_since_are_found(system, how):
    s = system(search=how)
    s.add("a")
    s.clock.pass_s(100)
    start = s.clock.us
    s.add(*"bcdef")
    s.model.person_edit("Person", "1", {"email": "x"})
    found = search(s, "k", start)
    assert ([o.id for o in found], found[0].how) == (["2", "3", "4", "5", "6"], found[0].how)


def test_w3_without_our_id_found_what_was_created_since_is_shown(system):
    s = system(our_id="ext", search={"our_id": "ext", "created_since": "since"})
    s.add("a")
    assert [o.id for o in search(s, "k", s.clock.us)] == ["1"]
    assert search(system(), "k", 0) is None


@pytest.mark.parametrize("quirk", ["lost_before", "lost_after", "late", "errors", "errors_after", "dropped"])
def test_w3_what_was_sent_and_not_answered_is_unknown(system, quirk):
    assert write(system({quirk: 1}), "create", body={"name": "a"}, key="k").kind == "unknown"


def test_w9_a_refusal_names_properties(system):
    refused = write(system(), "create", body={"name": "x" * 11, "kind": "c"})
    assert (refused.kind, refused.faults) == ("refused", ("name", "kind"))
    assert refused.message == "is longer than 10 characters; must be one of a, b"


def test_s6_replies_without_body_show_nothing(system):
    s = system(replies={"create": "id", "update": "none"})
    made = write(s, "create", body={"name": "a"}).observation
    assert (made.id, made.payload, made.version) == ("1", {"id": 1}, "1")
    assert write(s, "update", "1", {"name": "b"}).observation is None


def test_bodies_are_wrapped_and_records_taken_out(system):
    s = system(wraps="person", record="data")
    assert write(s, "create", body={"name": "a"}).observation.payload["name"] == "a"
    assert fetch(s, "1")[0].payload["name"] == "a"


def test_writes_end_in_their_own_order(system):
    s = system()
    s.add("a", "b")
    writes = [Write(mapping=KEY, kind="update", id=i, body={"name": "x"}) for i in ("2", "9", "1")]
    outcomes = asyncio.run(s.connector.write(writes))
    assert [o.kind for o in outcomes] == ["done", "missing", "done"]


FORMS = [
    {"parameter": "since", "format": "iso"},
    {"parameter": "since", "format": "version"},
    {"parameter": "since", "format": "version", "ascending": True},
]
PAGES = [
    {"style": "none"},
    {"style": "page", "size": 3},
    {"style": "offset", "size": 3},
    {"style": "cursor", "size": 3, "next": "n"},
]


@pytest.mark.parametrize("changes", FORMS)
@pytest.mark.parametrize("page", PAGES)
def test_s8_changes_are_all_read_however_people_act_meanwhile(system, changes, page):
    reached = Counter()
    for seed in range(60):
        random = Random(seed)
        lag_s = random.choice([0, 3])
        spec = {"changes": changes, "page": page, "lag_s": lag_s, "tombstones": {"property": "gone"}}
        spec["modified"] = {"property": "changed", "resolution": random.choice(["us", "s"])}
        if changes["format"] == "version" and random.random() < 0.5:
            spec["modified"] = None
        quirks = {
            "lag_s": random.choice([0, lag_s]),
            "duplicates": 0.2,
            "late_pages": 0.2,
            "clock_offset_s": 50,
        }
        known, now = live(system(quirks, seed, **spec), random)
        there = {i: (name, rev) for i, (name, rev) in known.items() if name is not None}
        assert there == now, f"seed {seed}"
        reached["deleted"] += any(name is None for name, _ in known.values())
        reached["several pages"] += len(now) > 6
    assert min(reached["deleted"], reached["several pages"]) > 15, reached


def live(s, random):
    """What the hub knows, and what there is, after people acted between and during its reads."""
    known, cursor = {}, ""
    for _ in range(8):
        for _ in range(random.randrange(6)):
            act(s, random)
        busy = random.random() < 0.5
        s.model.after_call = (lambda *_: random.random() < 0.4 and act(s, random)) if busy else None
        s.clock.pass_s(random.choice([0, 1, random.random()]))
        found, cursor = read(s, cursor)
        note(known, found)
    s.model.after_call = None
    for _ in range(2):
        s.clock.pass_s(10)
        found, cursor = read(s, cursor)
        note(known, found)
    return known, {i: (r["name"], r["rev"]) for i, r in s.model.tables()["Person"].items()}


def act(s, random):
    table = sorted(s.model.tables()["Person"])
    dice = random.random()
    if not table or dice < 0.4:
        s.add(f"n{random.randrange(99)}")
    elif dice < 0.8:
        s.model.person_edit("Person", random.choice(table), {"name": f"m{random.randrange(99)}"})
    else:
        s.model.person_delete("Person", random.choice(table))


def note(known, found):
    for o in found:
        if o.order >= known.get(o.id, ("", -1))[1]:
            known[o.id] = (None if o.gone else o.payload["name"], o.order)
