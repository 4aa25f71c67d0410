"""Value types against plain models of what is of them."""

import math
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final
from unicodedata import normalize

import pytest
from hypothesis import given, strategies as st

from accord.core.condition import Wish
from accord.core.types import ValueType, decimal_digits, nfc, utc_text, value_type
from accord.core.values import MISSING

# ruff: noqa: E501 - a row is a line
json_data = st.recursive(
    st.none()
    | st.booleans()
    | st.sampled_from([0, 1, -1, 2**53, 2**53 + 2, 1.0, 1.5, -0.0, float(2**53), float(2**53 + 2), math.inf, math.nan])
    | st.sampled_from(["", " ", "a", "b", "e\u0301", "\u00a0", "12", "1e2", "2024-02-29", "2023-02-29", "10:30", "10:30:15.25"])
    | st.sampled_from(["2024-02-29T10:30:00Z", "2024-02-29T10:30:00+02:00", "2024-02-29T10:30:00", "24:00", "20240229", "\ud800"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["k", "a", "e\u0301"]), inner, max_size=2),
    max_leaves=4,
)  # fmt: skip
REFUSED: Final = object()


def plain(value: Any) -> Any:
    """JSON data in one spelling."""
    if isinstance(value, dict):
        return {
            normalize("NFC", name): plain(value[name])
            for name in sorted(value, key=lambda each: normalize("NFC", each))
        }
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError
        return int(value) if value == int(value) else value
    return text(value) if isinstance(value, str) else value


def text(value: str) -> str:
    if "\ud800" in value:
        raise ValueError
    return normalize("NFC", value)


def number(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value)


def model(kind: str, value: Any) -> Any:  # noqa: C901, PLR0911, PLR0912 - one line for each type
    """What is canonical, told once more without the code; raises ValueError for what is not of the type."""
    if value is None:
        return None
    if kind == "string" and isinstance(value, str):
        return text(value) if value.strip() else None
    if (
        kind == "integer"
        and number(value)
        and value == int(value)
        and (type(value) is int or abs(value) <= 2**53)
    ):
        return int(value)
    if kind == "float" and number(value):
        return float(value) + 0.0
    if kind == "boolean" and isinstance(value, bool):
        return value
    if kind.startswith("decimal") and (number(value) or (isinstance(value, str) and value in ("12", "1e2"))):
        scale = int(kind[8:-1])
        digits = Decimal(str(value)).quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP)
        return f"{digits or abs(digits):f}"
    if kind == "date" and isinstance(value, str) and len(value) == 10:
        return date.fromisoformat(value).isoformat()
    if kind == "time" and value in ("10:30", "10:30:15.25"):
        return f"{value}:00" if len(value) == 5 else value[:8]
    if (
        kind.startswith("datetime")
        and isinstance(value, str)
        and "T" in value
        and value[-1] in "Z0"
        and len(value) > 19
    ):
        moment = datetime.fromisoformat(value).astimezone(UTC)
        return f"{moment:%Y-%m-%dT%H:%M:%S}" + {"s": "", "m": ".000", "u": ".000000"}[kind[9]] + "Z"
    if kind.startswith("enum") and isinstance(value, str):
        if not value.strip() or value in "ab":
            return value if value.strip() else None
        raise ValueError
    if kind == "reference" and isinstance(value, str) and value:
        return value
    if kind == "object" and isinstance(value, dict):
        return plain(value)
    inner = kind.partition("(")[2][:-1]
    if kind == "list(object by k)" and isinstance(value, list):
        made = [model("object", each) for each in value]
        keys = [(each or {}).get("k") for each in made]
        if any(type(key) not in (str, int) or key == "" for key in keys) or len(set(map(repr, keys))) < len(
            keys
        ):
            raise ValueError
        return [
            each for _, each in sorted(zip(map(repr, keys), made, strict=True), key=lambda pair: pair[0])
        ] or None
    if kind.startswith("list") and isinstance(value, list):
        return [model(inner, each) for each in value] or None
    if kind.startswith("set") and isinstance(value, list):
        return sorted({model(inner, each) for each in value} - {None}) or None
    if kind.startswith("group") and isinstance(value, dict) and value.keys() == {"a", "k"}:
        made = {"a": model("integer", value["a"]), "k": model("decimal(1)", value["k"])}
        return None if set(made.values()) == {None} else made
    raise ValueError


KINDS: Final = [
    *("string", "integer", "float", "boolean", "decimal(0)", "decimal(2)", "date", "time", "reference", "object"),
    *("datetime(s)", "datetime(ms)", "datetime(us)", "enum(a|b)", "list(string)", "list(integer)", "set(integer)"),
    *("set(string)", "list(object by k)", "group(a: integer, k: decimal(1))", "list(list(boolean))"),
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@given(value=json_data | st.lists(st.fixed_dictionaries({"k": st.sampled_from(["a", "b", 1, 2])}), max_size=3)
       | st.fixed_dictionaries({"a": st.sampled_from([1, None]), "k": st.sampled_from([2.5, None])}))  # fmt: skip
def test_a_value_is_of_a_type_exactly_if_the_model_says_so(kind: str, value: Any) -> None:
    try:
        wanted = model(kind, value)
    except ValueError:
        wanted = REFUSED
    try:
        found = value_type(kind).canonical(value)
    except ValueError:
        found = REFUSED
    assert (
        found is wanted
        if wanted is REFUSED or found is REFUSED
        else (found == wanted and repr(found) == repr(wanted))
    )


@pytest.mark.parametrize("kind", KINDS)
def test_a_type_is_told_by_its_name(kind: str) -> None:
    found = value_type(kind)
    head, _, inner = kind.partition("(")
    assert found.name == kind
    assert value_type(f" {kind} ").name == kind
    assert value_type(kind) is found
    assert found.__reduce__() == (value_type, (kind,))
    assert found.kind == ("keyed" if " by " in kind else head)
    assert found.is_scalar is (head not in ("list", "set", "object", "group"))
    assert found.by_element is (head == "set" or " by " in kind)
    assert found.scale == (int(inner[:-1]) if head == "decimal" else 0)
    assert found.resolution == (inner[:-1] if head == "datetime" else "")
    assert found.members == (("a", "b") if head == "enum" else ())
    assert found.key == ("k" if " by " in kind else "")
    assert isinstance(found.element, ValueType) is (head in ("list", "set"))
    if found.element is not None:
        assert found.element.name == ("object" if " by " in kind else inner[:-1])
    one, two = ({"k": 1}, {"k": "1"}) if found.key else (1, "1")
    assert found.key_of(one) != found.key_of(two)
    assert found.key_of(one) == found.key_of({**one, "v": 2} if found.key else one)
    assert value_type("datetime").name == "datetime(s)"


@pytest.mark.parametrize("name", [
    *("text", "", "string()", "string(3)", "decimal", "decimal()", "decimal(-1)", "decimal(101)", "decimal(x)", "decimal(2"),
    *("datetime(m)", "datetime(s", "enum", "enum()", "enum(a|a)", "enum(a|)", "list", "list()", "list(text)", "list(string"),
    *("set(list(string))", "set(object)", "set()", "list(object by )", "list(string by k)", "group(a)", "group()", "keyed"),
])  # fmt: skip
def test_what_names_no_type_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        value_type(name)


def test_the_greatest_scale_and_the_longest_number() -> None:
    assert value_type("decimal(100)").scale == 100
    assert decimal_digits("9" * 1000, 0) == "9" * 1000
    for too_much in ("9" * 1001, "1e1000", "0" * 2001, "inf", "nan", "", "1_0", "0x1", "\u0661"):
        with pytest.raises(ValueError, match="decimal"):
            decimal_digits(too_much, 0)
    assert decimal_digits("0" * 2000, 0) == "0"
    assert decimal_digits("1e999", 0) == "1" + "0" * 999


@pytest.mark.parametrize("told", ["", None, 1.5, True, [1], {}])
def test_m5_an_element_without_a_text_or_number_under_its_key_is_none(told: object) -> None:
    with pytest.raises(ValueError, match="no text or number under k"):
        value_type("list(object by k)").canonical([{"k": told}])
    assert value_type("list(object by k)").canonical([{"k": 0}]) == [{"k": 0}]


@given(st.sampled_from(["a", "e\u0301", "\u212b", "\ud800", "x\udfff"]))
def test_text_is_in_nfc_or_no_text(value: str) -> None:
    if any("\ud800" <= c <= "\udfff" for c in value):
        with pytest.raises(ValueError, match="surrogate"):
            nfc(value)
    else:
        assert nfc(value) == normalize("NFC", value)


@given(st.datetimes(timezones=st.timezones()), st.sampled_from([("s", 19), ("ms", 23), ("us", 26)]))
def test_an_instant_is_cut_to_its_resolution(moment: datetime, resolution: tuple[str, int]) -> None:
    name, length = resolution
    try:
        wanted = moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")[:length] + "Z"
    except OverflowError:
        with pytest.raises(ValueError, match="years 1 to 9999"):
            utc_text(moment, name)
        return
    assert utc_text(moment, name) == wanted
    assert utc_text(moment.astimezone(UTC), name) == wanted


cells = st.sampled_from([None, "x", "y", 1, 1.0, True, 0, False, MISSING])


@given(
    cells,
    st.lists(cells.filter(lambda each: each is not MISSING), max_size=2),
    st.booleans(),
    st.sampled_from([None, True, False]),
    st.booleans(),
)
def test_w6_a_wish_is_met_by_the_values_that_it_names(
    value: Any, wanted: list[Any], negated: bool, present: bool | None, in_group: bool
) -> None:
    wish = Wish(
        column=1,
        name="p",
        values=tuple(wanted),
        negated=negated,
        present=present,
        member="m" if in_group else "",
    )
    row = ["x", {"m": value} if in_group and value is not MISSING else value, "y"]
    told = None if in_group and value is MISSING else value
    if told is MISSING or value is MISSING:
        return
    one_of = any(told == each and isinstance(told, bool) == isinstance(each, bool) for each in wanted)
    assert wish.is_met(row) == (
        (told is not None) is present if present is not None else one_of is not negated
    )
    if in_group:
        assert wish.is_met(["x", None, "y"]) == (
            not present if present is not None else (None in wanted) is not negated
        )


def test_an_object_is_in_one_spelling_at_every_depth() -> None:
    odd = {"b": [1.0, {"e\u0301": [-0.0, 2.5], "a": None}], "a": [[3.0], "e\u0301", True]}
    assert repr(value_type("object").canonical(odd)) == repr(plain(odd))
    for unfit in (math.inf, math.nan, "\ud800"):
        for place in ({"a": unfit}, {"a": [unfit]}, {"a": [[unfit]]}, {"a": {"b": unfit}}):
            with pytest.raises(ValueError, match=r"."):
                value_type("object").canonical(place)


def test_an_instant_is_told_in_utc_and_a_whole_number_is_one_as_far_as_floats_are_exact() -> None:
    for hours in (-5, 0, 2):
        told = datetime(2024, 2, 29, 12, tzinfo=timezone(timedelta(hours=hours)))
        assert utc_text(told, "s") == f"2024-02-29T{12 - hours:02}:00:00Z"
    for value, whole in ((1.0, 1), (float(2**53), 2**53), (-3.0, -3)):
        assert value_type("integer").canonical(value) == whole
    for value in (1.5, float(2**53 + 2), math.inf, math.nan, True, "1", Decimal(1)):
        with pytest.raises(ValueError, match=r"."):
            value_type("integer").canonical(value)


def test_m8_w6_a_wish_for_a_whole_group_is_met_by_the_group() -> None:
    for value, wanted in (
        ({"m": "x"}, {"m": "x"}),
        ({"m": "x"}, {"m": "y"}),
        ({"m": "x"}, "x"),
        ({"m": "x"}, None),
    ):
        assert Wish(column=0, name="p", values=(wanted,)).is_met([value]) is (value == wanted)


def test_blank_text_is_null_and_an_empty_reference_is_refused() -> None:
    for blank in ("", " ", "\t\n", "\u00a0", "\u2003 "):
        assert value_type("string").canonical(blank) is None
    with pytest.raises(ValueError, match="reference"):
        value_type("reference").canonical("")


def test_a_time_of_day_is_written_with_colons() -> None:
    for told in ("10", "1030", "103015", "T10:30", "10:30+01:00", "10:30:15,5", "10:30 ", "1:30", "10:30:1"):
        with pytest.raises(ValueError, match="time"):
            value_type("time").canonical(told)
    for told, whole in (("10:30", "10:30:00"), ("10:30:15", "10:30:15"), ("10:30:15.25", "10:30:15")):
        assert value_type("time").canonical(told) == whole
