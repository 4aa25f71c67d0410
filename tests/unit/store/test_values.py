"""Blobs give back what went in, whatever it is."""

import math
from typing import Any

import pytest
from hypothesis import given, strategies as st

from accord.core.stamps import Stamp
from accord.core.state import Golden, Link, Seen
from accord.core.values import MISSING
from accord.store.rows import golden_blob, golden_row, link_blob, link_row, seen_blob, seen_row
from accord.store.values import pack, unpack

TEXTS = st.text(st.characters(), max_size=5) | st.sampled_from(["MISSING", "\ud800", "\0", "a\udfffb"])
DATA = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS | st.just(MISSING)
    | st.integers(2**63 - 2, 2**64 + 2) | st.integers(-(2**64), -(2**63) + 2),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


def same(one: Any, other: Any) -> bool:
    """Equal, of the same type, all the way down."""
    if type(one) is not type(other):
        return False
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    return bool(one == other) and not (
        isinstance(one, float) and math.copysign(1, one) != math.copysign(1, other)
    )


@given(DATA)
def test_any_data_comes_back(data: Any) -> None:
    assert same(unpack(pack(data)), data)


def test_the_name_of_missing_is_no_missing() -> None:
    assert unpack(pack(["MISSING", MISSING, {"MISSING": MISSING}])) == [
        "MISSING",
        MISSING,
        {"MISSING": MISSING},
    ]


@pytest.mark.parametrize("value", [object(), 1j, [MISSING, object()], [2**70, {"a": 1j}]])
def test_what_is_no_json_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="no JSON data"):
        pack(value)


STAMP = Stamp(1_763_880_000_000_000, 0, 0, "crmoffice.Contacts/123456", 123_456_789)
RAW = [f"some value {column:03}" for column in range(20)]


def test_rows_are_small() -> None:
    """Twenty properties that share a stamp cost one stamp, not twenty."""
    values_bytes = len(pack(RAW))
    link = Link(golden="g", mapping="m", raw=RAW, base=[STAMP] * 20, same=[None] * 20)
    golden = Golden(id="g", concept="c", value=RAW, stamp=[STAMP] * 20)
    seen = Seen(mapping="m", id="1", raw=RAW, version='W/"12345"', modified_us=1, asked_us=2)
    assert len(link_blob(link)) < values_bytes + 80
    assert len(golden_blob(golden)) < values_bytes + 60
    assert len(seen_blob(seen)) < values_bytes + 40


def test_blobs_of_today_are_read_tomorrow() -> None:
    """The layout is part of the file format: a change to it needs a default at the end, or a migration."""
    old_seen = pack((["x"], "v", 1, 2, 3, 4, True, 5, "deleted", 6, "why", "ours", ["u"]))
    assert seen_row("m", "1", None, "", 0, old_seen).old_versions == ["u"]
    old_golden = pack(([STAMP, None], b"\x00", ["x"], "alive", None, None))
    assert golden_row("g", "c", old_golden).stamp == [STAMP]
    old_link = pack(([STAMP, None], 0, 1, ["x"], "", 0, 0, 0, None, None, 0, 0, 0, None, None, None))
    row = link_row("g", "m", 0, "1", "live", old_link)
    assert (row.base, row.same, row.raw, row.open) == ([STAMP], [None], ["x"], None)
    assert seen_row("m", "1", None, "", 0, old_seen).successor == ""
    today = Seen(mapping="m", id="1", raw=["x"], successor="2")
    longer = pack([*unpack(seen_blob(today)), "a field of a later version"])
    assert seen_row("m", "1", None, "", 0, longer) == today
