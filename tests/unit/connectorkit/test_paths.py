"""Places in payloads."""

import pytest
from hypothesis import given, strategies as st

from accord.connectorkit.paths import drop_at, get_at, getter, leaves, put_at, values_at
from accord.core.values import MISSING

NAMES = st.sampled_from("abc")
PATHS = st.lists(NAMES, min_size=1, max_size=3).map(".".join)
BODIES = st.recursive(
    st.none() | st.integers(0, 2) | st.text("xy", max_size=2),
    lambda inner: st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
).filter(lambda body: isinstance(body, dict))


@given(BODIES, PATHS)
def test_a_compiled_getter_reads_what_get_at_reads(body, path):
    assert getter(path)(body) == get_at(body, path)


@given(BODIES, PATHS, st.integers())
def test_what_was_put_is_read_and_what_was_dropped_is_missing(body, path, value):
    put_at(body, path, value)
    assert get_at(body, path) == value
    drop_at(body, path)
    assert get_at(body, path) is MISSING


def test_the_empty_path_is_the_payload():
    assert getter("")({"a": 1}) == {"a": 1}
    assert get_at([1], "") == [1]


def test_dropping_what_is_not_there_changes_nothing():
    body = {"a": 1}
    drop_at(body, "b.c")
    drop_at(body, "a.c")
    assert body == {"a": 1}


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("errors[].field", ["a", "b"]),
        ("errors[].detail", ["x"]),
        ("message", ["no"]),
        ("tags[]", [1, 2]),
        ("errors.field", []),
        ("nothing[].field", []),
    ],
)
def test_values_through_lists(path, values):
    answer = {
        "errors": [{"field": "a", "detail": "x"}, {"field": "b", "detail": None}],
        "message": "no",
        "tags": [1, 2],
    }
    assert values_at(answer, path) == values


def test_leaves_stop_at_what_is_known():
    body = {"a": {"b": 1, "c": {"d": 2}}, "e": {}, "f": None}
    assert dict(leaves(body, {"a.c"}.__contains__)) == {"a.b": 1, "a.c": {"d": 2}, "e": {}, "f": None}
