"""Value types: one canonical spelling each."""

import pickle
from decimal import Decimal

import pytest

from accord.core.types import KNOWN_TYPES, decimal_digits, nfc, value_type
from accord.core.values import MISSING

TYPES = [
    "string",
    "integer",
    "decimal(2)",
    "float",
    "boolean",
    "date",
    "datetime(ms)",
    "time",
    "enum(open|closed)",
    "reference",
    "list(string)",
    "set(integer)",
    "object",
]


@pytest.mark.parametrize(
    ("type_name", "value", "canonical"),
    [
        ("string", "Ola", "Ola"),
        ("string", " Ola ", " Ola "),
        ("string", "A\u030asa", "\u00c5sa"),
        ("string", "\u00a0\u2003", None),
        ("integer", 7, 7),
        ("integer", 7.0, 7),
        ("integer", 10**40, 10**40),
        ("decimal(2)", "12.5", "12.50"),
        ("decimal(2)", 12, "12.00"),
        ("decimal(2)", 0.1, "0.10"),
        ("decimal(2)", 1.005, "1.01"),
        ("decimal(2)", "-0.004", "0.00"),
        ("decimal(2)", "-0.005", "-0.01"),
        ("decimal(0)", "2.5", "3"),
        ("decimal(2)", Decimal("7.1"), "7.10"),
        ("decimal(2)", "1e3", "1000.00"),
        ("decimal(20)", "0.12345678901234567890", "0.12345678901234567890"),
        ("float", 1, 1.0),
        ("float", 0.1, 0.1),
        ("boolean", False, False),
        ("date", "2024-02-29", "2024-02-29"),
        ("datetime", "2024-01-01T00:30:00+01:00", "2023-12-31T23:30:00Z"),
        ("datetime", "2024-01-01T00:00:00.999999Z", "2024-01-01T00:00:00Z"),
        ("datetime(ms)", "2024-01-01T00:00:00Z", "2024-01-01T00:00:00.000Z"),
        ("datetime(us)", "2024-01-01 00:00:00.1+00:00", "2024-01-01T00:00:00.100000Z"),
        ("time", "10:30", "10:30:00"),
        ("time", "10:30:15.9", "10:30:15"),
        ("enum(open|closed)", "open", "open"),
        ("enum( open | closed )", "closed", "closed"),
        ("reference", "person:1", "person:1"),
        ("list(decimal(1))", [1, "2.25"], ["1.0", "2.3"]),
        ("list(string)", ["b", "", "b"], ["b", None, "b"]),
        ("set(string)", ["b", "a", "", "b"], ["a", "b"]),
        ("set(enum(a|b))", ["b", "a"], ["a", "b"]),
        (
            "object",
            {"b": 1.0, "a": [{"d": None, "c": "e\u0301"}]},
            {"a": [{"c": "\u00e9", "d": None}], "b": 1},
        ),
        ("object", {"a": 1.5, "b": True}, {"a": 1.5, "b": True}),
        ("object", {}, {}),
    ],
)
def test_canonical_spelling(type_name: str, value: object, canonical: object) -> None:
    assert value_type(type_name).canonical(value) == canonical


@pytest.mark.parametrize("type_name", TYPES)
def test_null_is_null(type_name: str) -> None:
    assert value_type(type_name).canonical(None) is None


@pytest.mark.parametrize(
    ("type_name", "blank"), [("string", ""), ("string", " \t\n"), ("list(string)", []), ("set(string)", [])]
)
def test_s3_blank_text_and_empty_lists_are_null(type_name: str, blank: object) -> None:
    assert value_type(type_name).canonical(blank) is None


@pytest.mark.parametrize(
    ("type_name", "value"), [("integer", 0), ("boolean", False), ("float", 0.0), ("decimal(0)", "0")]
)
def test_s3_zero_and_false_are_values(type_name: str, value: object) -> None:
    assert value_type(type_name).canonical(value) == value
    assert value_type(type_name).canonical(value) is not None


@pytest.mark.parametrize(
    ("type_name", "value"),
    [
        *((type_name, MISSING) for type_name in TYPES),
        ("string", 1),
        ("string", "\ud800"),
        ("integer", True),
        ("integer", "1"),
        ("integer", 1.5),
        ("integer", float(2**53 + 2)),
        ("decimal(2)", True),
        ("decimal(2)", "1,5"),
        ("decimal(2)", "1_000"),
        ("decimal(2)", "\u0661"),
        ("decimal(2)", "NaN"),
        ("decimal(2)", float("inf")),
        ("decimal(2)", "1e9999"),
        ("decimal(2)", "9" * 2001),
        ("float", float("nan")),
        ("float", float("-inf")),
        ("float", 10**400),
        ("float", True),
        ("float", "1.0"),
        ("boolean", 1),
        ("date", "2023-02-29"),
        ("date", "20240131"),
        ("date", "2024-01-31T00:00:00Z"),
        ("date", "2024-W05-3"),
        ("datetime", "2024-01-31"),
        ("datetime", "2024-01-31T10:00:00"),
        ("datetime", "0001-01-01T00:00:00+10:00"),
        ("datetime", 1706695200),
        ("time", "25:00"),
        ("time", "10"),
        ("time", "10:30+01:00"),
        ("enum(open|closed)", "Open"),
        ("reference", ""),
        ("list(string)", "a"),
        ("list(string)", [1]),
        ("set(string)", {"a"}),
        ("object", []),
        ("object", {"a": {1}}),
        ("object", {"a": float("nan")}),
    ],
)
def test_what_is_not_of_the_type_is_refused(type_name: str, value: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the type's own words
        value_type(type_name).canonical(value)


@pytest.mark.parametrize("type_name", [*TYPES, "datetime"])
def test_p2_refusals_do_not_tell_the_value(type_name: str) -> None:
    secret = "d1sclosed\ud800"
    if type_name == "reference":
        assert value_type(type_name).canonical(secret) == secret
        return
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        value_type(type_name).canonical(secret)
    assert "d1sclosed" not in str(caught.value)


def test_negative_zero_is_zero() -> None:
    assert repr(value_type("float").canonical(-0.0)) == "0.0"
    assert repr(value_type("object").canonical({"a": -0.0})) == "{'a': 0}"


def test_a_value_order_sees_one_spelling_of_an_object() -> None:
    canonical = value_type("object").canonical
    assert repr(canonical({"b": 1, "a": 2.0})) == repr(canonical({"a": 2, "b": 1.0}))


@pytest.mark.parametrize(
    "name",
    [
        "strin",
        "",
        "string(2)",
        "decimal",
        "decimal()",
        "decimal(x)",
        "decimal(101)",
        "decimal(2",
        "decimal(2))",
        "datetime(h)",
        "enum",
        "enum()",
        "enum(a|a)",
        "enum(a|)",
        "list",
        "list(thing)",
        "set(object)",
        "set(list(string))",
    ],
)
def test_a_type_that_does_not_exist_is_a_fault(name: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        value_type(name)


def test_the_fault_lists_the_types() -> None:
    with pytest.raises(
        ValueError, match=r"no value type 'number'; known: string, integer, decimal"
    ) as caught:
        value_type("number")
    assert KNOWN_TYPES in str(caught.value)


def test_types_are_made_once_and_survive_pickling() -> None:
    assert value_type("decimal(2)") is value_type("decimal(2)")
    assert pickle.loads(pickle.dumps(value_type("list(decimal(2))"))) is value_type("list(decimal(2))")


def test_a_type_tells_what_it_is() -> None:
    found = value_type("set(enum(b|a))")
    assert (found.name, found.kind, found.is_scalar) == ("set(enum(b|a))", "set", False)
    assert found.element is not None
    assert found.element.members == ("b", "a")
    assert found.element.is_scalar
    assert value_type("decimal(3)").scale == 3
    assert value_type("datetime").name == "datetime(s)"
    assert value_type("datetime(us)").resolution == "us"


def test_text_helpers_refuse_what_is_none() -> None:
    assert nfc("plain") == "plain"
    with pytest.raises(ValueError, match="half a surrogate pair"):
        nfc("\udfff")
    assert decimal_digits(1e21, 0) == "1" + "0" * 21
