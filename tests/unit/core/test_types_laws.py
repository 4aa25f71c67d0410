"""Laws of the value types."""

from decimal import Decimal
from unicodedata import is_normalized, normalize

import msgspec
import pytest
from hypothesis import assume, given, strategies as st

from accord.core.types import value_type
from accord.core.values import Value

texts = st.text(st.characters(exclude_categories=["Cs"]))
decimals = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30)
json_data = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner) | st.dictionaries(texts, inner),
    max_leaves=10,
)
VALUES: dict[str, st.SearchStrategy[Value]] = {
    "string": texts,
    "integer": st.integers() | st.integers(-(2**53), 2**53).map(float),
    "decimal(2)": decimals.map(str) | st.integers() | st.floats(-1e15, 1e15),
    "decimal(0)": decimals.map(str),
    "float": st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**300), 10**300),
    "boolean": st.booleans(),
    "date": st.dates().map(str),
    "datetime(s)": st.datetimes(timezones=st.timezones()).map(lambda t: t.isoformat()),
    "datetime(ms)": st.datetimes(timezones=st.timezones()).map(lambda t: t.isoformat()),
    "datetime(us)": st.datetimes(timezones=st.timezones()).map(lambda t: t.isoformat()),
    "time": st.times().map(str),
    "enum(a|b)": st.sampled_from(["a", "b"]),
    "reference": st.text(min_size=1),
    "list(string)": st.lists(texts),
    "set(integer)": st.lists(st.integers()),
    "set(string)": st.lists(texts),
    "object": st.dictionaries(texts, json_data),
}


@pytest.mark.parametrize("type_name", VALUES)
@given(data=st.data())
def test_canonical_is_idempotent_and_plain_json(type_name: str, data: st.DataObject) -> None:
    value = data.draw(VALUES[type_name])
    try:
        canonical = value_type(type_name).canonical(value)
    except ValueError:
        assume(False)  # an instant outside of the years 1 to 9999
        return
    assert value_type(type_name).canonical(canonical) == canonical
    if type_name != "reference":
        assert msgspec.json.decode(msgspec.json.encode(canonical)) == canonical


@given(texts)
def test_strings_are_equal_exactly_if_they_are_in_nfc(text: str) -> None:
    canonical = value_type("string").canonical
    assert canonical(normalize("NFD", text)) == canonical(normalize("NFC", text)) == canonical(text)
    assert canonical(text) is None or is_normalized("NFC", canonical(text))


@given(decimals, st.integers(0, 30))
def test_decimals_never_go_through_float(number: Decimal, scale: int) -> None:
    canonical = value_type(f"decimal({scale})").canonical(f"{number:f}")
    assert abs(Decimal(canonical) - number) * 2 <= Decimal(1).scaleb(-scale)
    if scale:
        assert len(canonical.partition(".")[2]) == scale
    assert not (canonical.startswith("-") and not canonical.strip("-0."))


@given(st.integers(-(10**12), 10**12), st.integers(0, 6))
def test_equal_decimals_have_one_spelling(number: int, zeros: int) -> None:
    canonical = value_type("decimal(4)").canonical
    text = f"{number / 1:.1f}"
    assert canonical(text) == canonical(text + "0" * zeros) == canonical(number) == canonical(float(number))


@given(st.lists(st.integers(0, 5)), st.randoms())
def test_sets_know_no_order_and_no_repeats(elements: list[int], chance: object) -> None:
    canonical = value_type("set(integer)").canonical
    shuffled = elements * 2
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert canonical(shuffled) == canonical(elements)


@given(st.datetimes(timezones=st.timezones()), st.timezones())
def test_times_are_equal_by_instant(moment: object, zone: object) -> None:
    canonical = value_type("datetime(us)").canonical
    try:
        elsewhere = moment.astimezone(zone)  # type: ignore[attr-defined]
        expected = canonical(moment.isoformat())  # type: ignore[attr-defined]
    except (OverflowError, ValueError):
        assume(False)
        return
    assert canonical(elsewhere.isoformat()) == expected
