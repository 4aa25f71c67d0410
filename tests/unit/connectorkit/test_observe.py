"""Payloads become observations."""

import pytest

from accord.connectorkit.manifest import EntityType
from accord.connectorkit.observe import Observer, name_of

US = 1_719_835_200_000_000  # 2024-07-01T12:00:00Z


def observer(**spec):
    base = {"path": "/t", "properties": {"name": {}, "company.id": {}}, "update": "patch"}
    return Observer(EntityType.model_validate({**base, **spec}))


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("crm.Contacts", "Contacts"),
        ("crm.Contacts#person", "Contacts"),
        ("Contacts", "Contacts"),
        ("crm.crm.contact#a.b", "crm.contact"),
    ],
)
def test_a_mapping_names_an_entity_type(key, name):
    assert name_of(key) == name


def test_m3_times_of_the_system_are_taken_back_by_its_offset():
    seen = observer(modified="changed", created={"property": "made", "format": "epoch_s"}).observe(
        "s.T#f",
        {"id": 7, "changed": "2024-07-01T12:00:05Z", "made": US // 1_000_000},
        "feed",
        9,
        offset_us=5_000_000,
    )
    assert (seen.mapping, seen.id, seen.how, seen.asked_us) == ("s.T#f", "7", "feed", 9)
    assert (seen.modified_us, seen.created_us) == (US, US - 5_000_000)


def test_times_that_can_not_be_read_are_unknown():
    seen = observer(modified="changed", created="made").observe(
        "s.T", {"id": "a", "changed": None}, "fetch", 0
    )
    assert (seen.modified_us, seen.created_us) == (None, None)


@pytest.mark.parametrize(("case", "made"), [("keep", "aB"), ("lower", "ab"), ("upper", "AB")])
def test_ids_have_one_spelling(case, made):
    assert observer(id={"case": case}).observe("s.T", {"id": "aB"}, "fetch", 0).id == made


@pytest.mark.parametrize("raw", [7, 7.0, "7"])
def test_a_number_is_one_id_however_it_is_written(raw):
    assert observer().observe("s.T", {"id": raw}, "fetch", 0).id == "7"


@pytest.mark.parametrize(
    "payload",
    [{}, *({"id": it} for it in (None, "", True, "a\0b", "\ud83d", 7.5, float("inf"), {"a": 1}, [7]))],
)
def test_a_payload_without_id_is_no_record(payload):
    with pytest.raises(ValueError, match="no id"):
        observer().observe("s.T", payload, "fetch", 0)


@pytest.mark.parametrize(
    ("version", "payload", "etag", "token", "order"),
    [
        (None, {"rev": 3}, '"3"', None, None),
        ({"etag": True, "order": "opaque"}, {}, 'W/"ab"', 'W/"ab"', None),
        ({"etag": True, "order": "opaque"}, {}, "", None, None),
        ({"etag": True, "order": "ordered"}, {}, '"12"', '"12"', 12),
        ({"property": "rev", "order": "ordered"}, {"rev": 3}, "", "3", 3),
        ({"property": "rev", "order": "opaque"}, {"rev": "x"}, '"y"', "x", None),
        ({"property": "rev", "etag": True, "order": "ordered"}, {}, 'W/"4"', "4", 4),
        ({"property": "rev", "order": "ordered"}, {"rev": "x"}, "", "x", None),
        (
            {"property": "changed", "order": "ordered"},
            {"changed": "2024-07-01T12:00:00Z"},
            "",
            "2024-07-01T12:00:00Z",
            US,
        ),
    ],
)
def test_versions(version, payload, etag, token, order):
    seen = observer(version=version, modified="changed").observe(
        "s.T", {"id": 1, **payload}, "fetch", 0, etag=etag
    )
    assert (seen.version, seen.order) == (token, order)


def test_w2_a_version_that_is_also_an_etag_is_named_in_quotes():
    assert observer(version={"property": "rev", "etag": True, "order": "ordered"}).condition("4") == '"4"'
    assert observer(version={"etag": True, "order": "opaque"}).condition('W/"a"') == 'W/"a"'
    assert observer(version={"property": "rev", "order": "opaque"}).condition("4") == "4"


def test_w3_our_id_is_shown():
    assert observer(our_id="ext").observe("s.T", {"id": 1, "ext": "k"}, "search", 0).our_id == "k"
    assert observer(our_id="ext").observe("s.T", {"id": 1, "ext": None}, "search", 0).our_id == ""


@pytest.mark.parametrize(
    ("how", "proven"), [("feed", True), ("listing", True), ("fetch", False), ("search", False)]
)
def test_s10_a_flagged_record_is_deleted_and_proven_by_the_feed(how, proven):
    it = observer(tombstones={"property": "gone"}, changes={"parameter": "s", "format": "iso"}, modified="m")
    seen = it.observe("s.T", {"id": 1, "gone": True, "name": "x"}, how, 0)
    assert (seen.gone, seen.proven, seen.payload) == ("deleted", proven, None)
    for flag in (False, None, ""):
        assert it.observe("s.T", {"id": 1, "gone": flag}, how, 0).gone == ""


def test_s10_a_record_that_names_its_successor_was_merged():
    seen = observer(successor="into").observe("s.T", {"id": 1, "into": 2}, "fetch", 0)
    assert (seen.gone, seen.successor, seen.payload) == ("merged", "2", None)
    assert observer(successor="into").observe("s.T", {"id": 1, "into": None}, "fetch", 0).gone == ""


@pytest.mark.parametrize("how", ["fetch", "feed"])
def test_s10_a_record_that_names_its_successor_was_merged_also_where_it_is_flagged_as_deleted(how):
    """It is no delete, which would go to the other systems (W8)."""
    it = observer(successor="into", tombstones={"property": "gone"})
    seen = it.observe("s.T", {"id": 1, "into": 2, "gone": True}, how, 0)
    assert (seen.gone, seen.successor, seen.proven) == ("merged", "2", how == "feed")


def test_s3_absent_is_null_only_where_it_is_declared_for_the_way_of_reading():
    it = observer(absent={"fetch": "null"})
    payload = {"id": 1, "company": {}}
    assert it.observe("s.T", payload, "fetch", 0).payload == {"id": 1, "name": None, "company": {"id": None}}
    assert it.observe("s.T", payload, "listing", 0).payload == {"id": 1, "company": {}}
    assert payload == {"id": 1, "company": {}}


def test_s3_where_all_ways_agree_the_core_is_told_and_payloads_stay():
    ways = dict.fromkeys(("listing", "feed", "fetch", "reply"), "null")
    assert observer(absent=ways).observe("s.T", {"id": 1}, "fetch", 0).payload == {"id": 1}
