"""Single lenses: what they read, what they write, what they refuse. Their laws are under tests/property/lens."""

from typing import Any

import pytest

from accord.core.lens import build_lens
from accord.core.lens.registry import LENSES
from accord.core.model import NoReferences
from accord.core.values import MISSING

NOTHING = NoReferences()


def get(spec: object, type_name: str, raw: Any, **context: Any) -> Any:
    return build_lens(spec, type_name, **context).get(raw, NOTHING)


def put(spec: object, type_name: str, value: Any, old: Any = MISSING, **context: Any) -> Any:
    return build_lens(spec, type_name, **context).put(value, old, NOTHING)


CASTS = [
    "string",
    "integer",
    "decimal(2)",
    "float",
    "boolean",
    "date",
    "datetime",
    "time",
    "enum(a|b)",
    "list(string)",
    "set(string)",
    "object",
]


@pytest.mark.parametrize("type_name", CASTS)
@pytest.mark.parametrize("blank", ["", " \n", "\u00a0", []])
def test_s3_blanks_are_null(type_name: str, blank: object) -> None:
    assert get(None, type_name, blank) is None
    assert put(None, type_name, None, blank) == blank


@pytest.mark.parametrize("type_name", CASTS)
def test_s3_absent_says_nothing_and_null_is_null(type_name: str) -> None:
    assert get(None, type_name, MISSING) is MISSING
    assert get(None, type_name, None) is None
    assert put(None, type_name, None) is None
    assert put(None, type_name, MISSING, "as it stands") == "as it stands"


@pytest.mark.parametrize(
    ("type_name", "raw"), [("integer", 0), ("boolean", False), ("float", 0.0), ("string", 0)]
)
def test_s3_zero_and_false_are_values(type_name: str, raw: Any) -> None:
    assert get(None, type_name, raw) == ("0" if type_name == "string" else raw)


@pytest.mark.parametrize("type_name", CASTS)
def test_p2_refusals_do_not_tell_the_raw(type_name: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        get(None, type_name, {"s3cret": {1}})
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("type_name", "raw", "value"),
    [
        ("string", "e\u0301", "\u00e9"),
        ("string", 42, "42"),
        ("string", 1.0, "1"),
        ("string", 1.5, "1.5"),
        ("string", True, "true"),
        ("string", False, "false"),
        ("integer", "42", 42),
        ("integer", " -42 ", -42),
        ("integer", "42.00", 42),
        ("integer", 42.0, 42),
        ("integer", "9" * 50, int("9" * 50)),
        ("decimal(2)", "12.345", "12.35"),
        ("decimal(2)", 12.345, "12.35"),
        ("decimal(2)", 0.1, "0.10"),
        ("float", "1.5e3", 1500.0),
        ("float", 2, 2.0),
        ("boolean", 1, True),
        ("boolean", 0, False),
        ("boolean", "Yes", True),
        ("boolean", "NEI", False),
        ("boolean", " n ", False),
        ("date", "2024-02-29", "2024-02-29"),
        ("date", "2024-02-29T23:30:00-05:00", "2024-02-29"),
        ("date", "2024-02-29 00:30:00", "2024-02-29"),
        ("datetime", "2024-02-29T23:30:00-05:00", "2024-03-01T04:30:00Z"),
        ("time", "10:30", "10:30:00"),
        ("enum(a|b)", " a ", "a"),
        ("list(integer)", ["1", 2, ""], [1, 2, None]),
        ("set(integer)", ["2", 1, None, 1], [1, 2]),
        ("object", {"b": 1.0, "a": 2}, {"a": 2, "b": 1}),
    ],
)
def test_casts_read_the_usual_spellings(type_name: str, raw: Any, value: Any) -> None:
    assert get(None, type_name, raw) == value
    assert type(get(None, type_name, raw)) is type(value)


@pytest.mark.parametrize(
    ("type_name", "raw"),
    [
        ("string", {}),
        ("string", ["a"]),
        ("integer", "4.2"),
        ("integer", "1,000"),
        ("integer", True),
        ("integer", "\u0664"),
        ("integer", 1.5),
        ("integer", "forty"),
        ("decimal(2)", True),
        ("decimal(2)", [1]),
        ("decimal(2)", "1_0"),
        ("float", "inf"),
        ("float", "1e400"),
        ("float", {}),
        ("boolean", "maybe"),
        ("boolean", 2),
        ("date", "31.01.2024"),
        ("date", "2024-02-30"),
        ("date", "2024-01-31Tnoon"),
        ("date", 20240131),
        ("datetime", "2024-01-31T10:00:00"),
        ("datetime", "soon"),
        ("datetime", 1),
        ("time", 10),
        ("enum(a|b)", "c"),
        ("list(string)", "a"),
        ("object", ["a"]),
    ],
)
def test_casts_refuse_what_is_not_of_the_type(type_name: str, raw: Any) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - words differ
        get(None, type_name, raw)


@pytest.mark.parametrize(
    ("spec", "type_name", "value", "old", "raw"),
    [
        (None, "string", "43", 42, 43),
        (None, "string", "043", 42, "043"),
        (None, "string", "-43", 42, -43),
        (None, "string", "x", 42, "x"),
        ({"name": "string", "raw": "number"}, "string", "7", MISSING, 7),
        ({"name": "string", "raw": "text"}, "string", "7", 6, "7"),
        (None, "integer", 7, "6", "7"),
        (None, "integer", 7, 6, 7),
        ({"name": "integer", "raw": "text"}, "integer", 7, 6, "7"),
        (None, "decimal(2)", "1.50", MISSING, 1.5),
        (None, "decimal(2)", "2.00", 1.5, 2),
        (None, "decimal(2)", "1.50", "1.2", "1.50"),
        (None, "decimal(2)", "1.50", "1.500", "1.500"),
        ({"name": "decimal", "mark": ","}, "decimal(2)", "1.50", "1,2", "1,50"),
        ({"name": "decimal", "raw": "number"}, "decimal(2)", "1.50", "1.2", 1.5),
        ({"name": "float", "mark": ","}, "float", 1.5, "1,2", "1,5"),
        (None, "float", 1.5, MISSING, 1.5),
        (None, "boolean", True, MISSING, True),
        (None, "boolean", True, 0, 1),
        (None, "boolean", True, "N", "Y"),
        (None, "boolean", True, "No", "Yes"),
        (None, "boolean", False, "true", "false"),
        (None, "boolean", True, "0", "1"),
        (None, "boolean", True, "?", True),
        ({"name": "boolean", "raw": ["-", "X"]}, "boolean", True, "-", "X"),
        ({"name": "boolean", "raw": ["-", "X"]}, "boolean", True, True, True),
        ({"name": "boolean", "raw": "text"}, "boolean", True, MISSING, "true"),
        ({"name": "boolean", "raw": "text"}, "boolean", False, "ja", "nei"),
        ({"name": "boolean", "raw": "text"}, "boolean", False, "?", "false"),
        ({"name": "boolean", "raw": "text"}, "boolean", False, 7, "false"),
        (None, "date", "2024-02-01", "2024-01-31T10:30:00+01:00", "2024-02-01T10:30:00+01:00"),
        (None, "date", "2024-02-01", "nonsense", "2024-02-01"),
        (None, "date", "2024-02-01", 5, "2024-02-01"),
        ({"name": "date", "tail": "T00:00:00Z"}, "date", "2024-02-01", MISSING, "2024-02-01T00:00:00Z"),
        ({"name": "date", "tail": "T00:00:00Z"}, "date", "2024-02-01", "2024-01-31", "2024-02-01"),
        (None, "time", "11:00:00", "10:30", "11:00"),
        (None, "time", "11:00:01", "10:30", "11:00:01"),
        (None, "time", "11:00:00", MISSING, "11:00:00"),
        (None, "enum(a|b)", "a", "b", "a"),
        (None, "list(integer)", [1, 3, 4], ["1", "2"], ["1", "3", 4]),
        (None, "list(integer)", [1], "text", [1]),
        (None, "set(integer)", [1, 2, 4], ["4", 3, "1"], ["4", "1", 2]),
        (None, "set(integer)", [1], ["x", "1", "1"], ["1"]),
        (None, "object", {"a": 1}, {"a": 2}, {"a": 1}),
    ],
)
def test_put_keeps_the_form_that_stands_there(
    spec: object, type_name: str, value: Any, old: Any, raw: Any
) -> None:
    found = put(spec, type_name, value, old)
    assert found == raw
    assert type(found) is type(raw)


@pytest.mark.parametrize(("value", "kind"), [(2.0, int), (-3.0, int), (1.5, float), (1e300, float)])
def test_a_whole_float_is_written_without_a_fraction(value: float, kind: type) -> None:
    raw = put(None, "float", value, MISSING)
    assert type(raw) is kind
    assert raw == value


@pytest.mark.parametrize(
    ("spec", "type_name", "value"),
    [
        ({"name": "string", "raw": "number"}, "string", "007"),
        ({"name": "string", "raw": "number"}, "string", "x"),
        (None, "decimal(20)", "0.12345678901234567891"),
        (None, "enum(a|b)", "c"),
        ({"name": "split"}, "list(string)", ["a;b"]),
        ({"name": "split"}, "list(string)", [" a"]),
        ({"name": "map", "pairs": {"A": "a"}}, "string", "b"),
        ({"name": "map", "pairs": {"A": "a"}, "otherwise": "keep"}, "string", "A"),
        ({"name": "nulls", "values": ["-"]}, "string", "-"),
        ({"name": "constant", "value": "a"}, "string", "b"),
        ({"name": "time", "format": "%H:%M"}, "time", "10:30:15"),
    ],
)
def test_what_can_not_be_told_is_refused(spec: object, type_name: str, value: Any) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - words differ
        put(spec, type_name, value)


def test_huge_whole_numbers_are_told_digit_by_digit() -> None:
    value = "12345678901234567890123456789.00"
    assert put(None, "decimal(2)", value) == 12345678901234567890123456789
    assert get(None, "decimal(2)", 12345678901234567890123456789) == value


@pytest.mark.parametrize(
    ("mark", "group", "raw", "value"),
    [
        (",", "", "1234,5", "1234.50"),
        (",", ".", "1.234,5", "1234.50"),
        (",", ".", "1.234.567", "1234567.00"),
        (",", " ", "-1 234 567,89", "-1234567.89"),
        (",", " ", "1\u00a0234,5", "1234.50"),
        (".", ",", "1,234.5", "1234.50"),
        (".", "'", "1'234.5", "1234.50"),
        (".", ",", "1234.5", "1234.50"),
        (",", "", "5,", "5.00"),
    ],
)
def test_decimals_of_a_country(mark: str, group: str, raw: str, value: str) -> None:
    spec = {"name": "decimal", "mark": mark, "group": group}
    assert get(spec, "decimal(2)", raw) == value
    assert put(spec, "decimal(2)", value, raw) == raw
    assert put(spec, "decimal(2)", "7.25", raw) == f"7{mark}25"


@pytest.mark.parametrize("raw", ["1.5", "1.23", "12.3456", "1,5,0", ".5"])
def test_a_point_that_parts_no_thousands_is_no_group(raw: str) -> None:
    with pytest.raises(ValueError, match="decimal mark ','"):
        get({"name": "decimal", "mark": ",", "group": "."}, "decimal(2)", raw)


@pytest.mark.parametrize(
    ("spec", "raw", "value"),
    [
        ("trim", " a b ", "a b"),
        ("collapse", " a \u00a0 b ", "a b"),
        ("lower", "\u00c5SA", "\u00e5sa"),
        ("upper", "stra\u00dfe", "STRASSE"),
        ("email", " Ola.N@Firma.NO ", "Ola.N@firma.no"),
        ({"name": "email", "local": "lower"}, "Ola.N@Firma.NO", "ola.n@firma.no"),
        ("email", " No Address ", "No Address"),
        ({"name": "phone", "region": "NO"}, "912 34 567", "+4791234567"),
        ({"name": "phone", "region": "NO"}, 91234567, "+4791234567"),
        ("phone(NO)", "0047 91 23 45 67", "+4791234567"),
        ("phone", "+47 (912) 34-567", "+4791234567"),
        ("phone", "912 34 567", "912 34 567"),
        ("phone(NO)", "912 34 567 ext. 12", "+4791234567;ext=12"),
        ("phone(NO)", "call 912 34 567", "call 912 34 567"),
        ("phone(NO)", "912 34 567 / 998 76 543", "912 34 567 / 998 76 543"),
        ("phone(NO)", " 1 ", "1"),
        ("phone(NO)", "()", "()"),
        ("truncate(3)", "abcdef", "abcdef"),
    ],
)
def test_text_lenses_read_one_form(spec: object, raw: Any, value: str) -> None:
    assert get(spec, "string", raw) == value
    assert put(spec, "string", value, raw) == raw


def test_text_lenses_write_the_value_as_it_is() -> None:
    assert put("lower", "string", "b", "A") == "b"
    assert put("phone(NO)", "string", "+4798765432", "912 34 567") == "+4798765432"


@pytest.mark.parametrize(
    ("write", "value", "raw"),
    [
        ("national", "+4791234567", "91 23 45 67"),
        ("international", "+4791234567", "+47 91 23 45 67"),
        ("national", "+46701234567", "+46701234567"),
        ("national", "no number", "no number"),
        ("national", "+4791234567;ext=12", "+4791234567;ext=12"),
    ],
)
def test_phones_are_written_in_a_form_that_reads_the_same(write: str, value: str, raw: str) -> None:
    spec = {"name": "phone", "region": "NO", "write": write}
    found = put(spec, "string", value)
    assert get(spec, "string", found) == value
    if "ext" not in value:
        assert found == raw


@pytest.mark.parametrize(
    ("value", "old", "raw"),
    [
        ("abcdef", MISSING, "abc"),
        ("abcdef", "abc", "abc"),
        ("ab", "abc", "ab"),
        ("ab cd", MISSING, "ab"),
        ("   d", MISSING, None),
        ("abcdef", "abcdef", "abcdef"),
    ],
)
def test_w9_only_a_lens_that_says_so_cuts(value: str, old: Any, raw: Any) -> None:
    assert put("truncate(3)", "string", value, old) == raw
    assert build_lens("truncate(3)", "string").is_lossy


def test_s3_declared_sentinels_are_null() -> None:
    spec = [{"name": "nulls", "values": ["0000-00-00", "-", -1], "write": "0000-00-00"}]
    assert get(spec, "date", "0000-00-00") is None
    assert get(spec, "date", "-") is None
    assert get(spec, "integer", -1) is None
    assert get(spec, "date", "2024-01-31") == "2024-01-31"
    assert get(spec, "date", None) is None
    assert get(spec, "date", MISSING) is MISSING
    assert put(spec, "date", None) == "0000-00-00"
    assert put(spec, "date", None, "-") == "-"
    assert put(spec, "date", None, "2024-01-31") == "0000-00-00"
    assert put(spec, "date", "2024-02-01", "-") == "2024-02-01"


def test_a_system_may_write_null_as_blank_text() -> None:
    spec = {"name": "nulls", "write": ""}
    assert put(spec, "string", None, "x") == ""
    assert get(spec, "string", "") is None


def test_truth_is_no_number_for_sentinels_and_constants() -> None:
    assert get({"name": "nulls", "values": [0]}, "boolean", False) is False
    with pytest.raises(ValueError, match="the constant"):
        put({"name": "constant", "value": 1}, "", True)


def test_a_map_translates_both_ways() -> None:
    spec = {"name": "map", "pairs": [[1, "open"], ["1", "closed"], [True, "half"]]}
    assert [get(spec, "enum(open|closed|half)", raw) for raw in (1, "1", True)] == ["open", "closed", "half"]
    assert [put(spec, "enum(open|closed|half)", v) for v in ("open", "closed", "half")] == [1, "1", True]
    with pytest.raises(ValueError, match="one of the map's raws"):
        get(spec, "string", 2)


def test_a_map_may_keep_the_others() -> None:
    spec = {"name": "map", "pairs": {"NO": "Norway"}, "otherwise": "keep"}
    assert get(spec, "string", "SE") == "SE"
    assert put(spec, "string", "SE") == "SE"
    assert put(spec, "string", "Norway") == "NO"


def test_a_map_with_two_raws_for_a_value_is_declared_lossy() -> None:
    pairs = [["A", "on"], ["B", "on"], ["C", "off"]]
    built = build_lens({"name": "map", "pairs": pairs, "lossy": True}, "string")
    assert built.is_lossy
    assert built.put("on", "C", NOTHING) == "A"
    assert built.put("on", "B", NOTHING) == "B"
    with pytest.raises(ValueError, match="declare lossy: true"):
        build_lens({"name": "map", "pairs": pairs})


def test_a_constant_is_what_every_record_has() -> None:
    spec = {"name": "constant", "value": "customer"}
    assert get(spec, "string", "anything") == "customer"
    assert get(spec, "string", MISSING) == "customer"
    assert put(spec, "string", "customer", "anything") == "anything"
    assert put(spec, "string", MISSING, "anything") == "anything"
    assert put(spec, "string", "customer") is MISSING


def test_split_text() -> None:
    assert get("split", "list(string)", "a; b;;c ") == ["a", "b", "c"]
    assert get("split", "list(string)", "; ;") is None
    assert get("split", "set(integer)", "3;1;3") == [1, 3]
    assert put("split", "list(string)", ["a", "c"], "a; b") == "a;c"
    assert put("split(,)", "list(integer)", [1, 2], "1") == "1,2"
    assert put("split", "list(string)", ["a", "b"], "a; b") == "a; b"


class TestJoin:
    """Several places as one text."""

    lens = build_lens("join", "string", paths=["first", "last"])
    reversed = build_lens(
        {"name": "join", "rest": "last", "separator": ", "}, "string", paths=["last", "first"]
    )
    three = build_lens({"name": "join", "parts": ["a", "b", "c"], "absent": "null"}, "string")

    @pytest.mark.parametrize(
        ("raw", "value"),
        [
            ({"first": "Anne Marie", "last": "Berg"}, "Anne Marie Berg"),
            ({"first": None, "last": "Berg"}, "Berg"),
            ({"first": "Anne", "last": " "}, "Anne"),
            ({"first": "", "last": None}, None),
            ({"first": "Anne"}, MISSING),
            (None, None),
            (MISSING, MISSING),
        ],
    )
    def test_parts_are_joined(self, raw: Any, value: Any) -> None:
        assert self.lens.get(raw, NOTHING) == value

    @pytest.mark.parametrize(
        ("value", "raw"),
        [
            ("Anne Marie Berg", {"first": "Anne Marie", "last": "Berg"}),
            ("Berg", {"first": None, "last": "Berg"}),
            ("Anne  Berg", {"first": "Anne ", "last": "Berg"}),
            (" Berg", {"first": None, "last": " Berg"}),
            ("Anne Berg ", {"first": "Anne", "last": "Berg "}),
            (None, {"first": None, "last": None}),
        ],
    )
    def test_the_first_part_takes_what_is_left(self, value: Any, raw: Any) -> None:
        assert self.lens.put(value, MISSING, NOTHING) == raw
        assert self.lens.get(raw, NOTHING) == value

    def test_or_the_last_part(self) -> None:
        assert self.reversed.put("Berg, Anne, Marie", MISSING, NOTHING) == {
            "last": "Berg",
            "first": "Anne, Marie",
        }
        assert self.reversed.put("Berg", MISSING, NOTHING) == {"last": "Berg", "first": None}
        assert self.reversed.put(", Berg, Anne", MISSING, NOTHING) == {"last": ", Berg", "first": "Anne"}

    def test_a_split_that_stands_is_left(self) -> None:
        old = {"first": "Anne", "last": "Marie Berg"}
        assert self.lens.put("Anne Marie Berg", old, NOTHING) == old
        assert self.lens.put(MISSING, old, NOTHING) == old

    def test_absent_parts_may_be_null(self) -> None:
        assert self.three.get({"b": 2, "c": "x"}, NOTHING) == "2 x"
        assert self.three.put("x y", MISSING, NOTHING) == {"a": None, "b": "x", "c": "y"}
        assert self.three.put("w x y z", MISSING, NOTHING) == {"a": "w x", "b": "y", "c": "z"}

    def test_what_is_no_object_is_refused(self) -> None:
        with pytest.raises(ValueError, match="object of raws by path"):
            self.lens.get("Anne Berg", NOTHING)


def test_m9_the_first_place_that_has_a_value() -> None:
    built = build_lens("first_of", "string", paths=["mobile", "phone"])
    assert built.get({"mobile": "1", "phone": "2"}, NOTHING) == "1"
    assert built.get({"mobile": "", "phone": "2"}, NOTHING) == "2"
    assert built.get({"mobile": None, "phone": None}, NOTHING) is None
    assert built.get({"phone": "2"}, NOTHING) is MISSING
    omits = build_lens({"name": "first_of", "absent": "null"}, "string", paths=["mobile", "phone"])
    assert omits.get({"phone": "2"}, NOTHING) == "2"
    assert omits.get({"mobile": None}, NOTHING) is None
    assert built.get(None, NOTHING) is None
    assert built.put("3", {"mobile": None, "phone": "2"}, NOTHING) == {"mobile": "3", "phone": "2"}
    assert built.put("2", {"mobile": None, "phone": "2"}, NOTHING) == {"mobile": None, "phone": "2"}
    assert built.put("3", MISSING, NOTHING) == {"mobile": "3"}
    assert built.put(MISSING, {"mobile": "1"}, NOTHING) == {"mobile": "1"}
    assert built.is_lossy


class TestWhen:
    """One lens or another, by another place."""

    region = build_lens(
        {"name": "when", "then": "phone(SE)", "otherwise": "phone(NO)", "equals": ["SE", 46]},
        "string",
        paths=["phone", "country"],
    )
    any_value = build_lens({"name": "when", "then": "trim"}, "string", paths=["vat", "company"])

    def test_the_other_place_chooses(self) -> None:
        assert self.region.get({"phone": "70 123 45 67", "country": "SE"}, NOTHING) == "+46701234567"
        assert self.region.get({"phone": "70 123 45 67", "country": 46}, NOTHING) == "+46701234567"
        assert self.region.get({"phone": "912 34 567", "country": "NO"}, NOTHING) == "+4791234567"
        assert self.region.get({"phone": "912 34 567"}, NOTHING) == "+4791234567"
        assert self.region.get({"country": "SE"}, NOTHING) is MISSING
        assert self.region.get(None, NOTHING) is None
        assert self.region.get(MISSING, NOTHING) is MISSING

    def test_only_the_first_place_changes(self) -> None:
        old = {"phone": "70 123 45 67", "country": "SE"}
        assert self.region.put("+46701234567", old, NOTHING) == old
        assert self.region.put("+46709999999", old, NOTHING) == {"phone": "+46709999999", "country": "SE"}
        assert self.region.put("+4791234567", MISSING, NOTHING) == {"phone": "+4791234567"}
        assert self.region.put(MISSING, old, NOTHING) == old

    def test_without_a_value_there_the_property_says_nothing(self) -> None:
        assert self.any_value.get({"vat": " 1 ", "company": "x"}, NOTHING) == "1"
        for company in ({}, {"company": None}, {"company": " "}):
            assert self.any_value.get({"vat": "1", **company}, NOTHING) is MISSING
            assert self.any_value.put("2", {"vat": "1", **company}, NOTHING) is MISSING

    def test_it_is_as_lossy_as_its_lenses(self) -> None:
        assert not self.region.is_lossy
        assert not self.any_value.is_lossy
        cut = {"name": "when", "then": "trim", "otherwise": "truncate(3)", "parts": ["a", "b"]}
        assert build_lens(cut, "string").is_lossy

    def test_what_can_not_be_written_yet_is_missing(self) -> None:
        built = build_lens(
            {"name": "when", "then": "reference"}, "reference", paths=["a", "b"], references="s.T"
        )
        assert built.put("gold", {"a": "1", "b": "x"}, NOTHING) is MISSING


class People:
    """References in which the id of a golden record is its remote id in upper case."""

    def golden(self, entity_type: str, remote_id: str) -> str | None:
        assert entity_type == "crm.Person"
        return remote_id.upper() if remote_id != "gone" else None

    def remote(self, entity_type: str, golden_id: str) -> str | None:
        assert entity_type == "crm.Person"
        return golden_id.lower() if golden_id != "NEW" else None


class TestReference:
    """Ids as golden ids."""

    text = build_lens(None, "reference", references="crm.Person")
    number = build_lens({"name": "reference", "raw": "number"}, "reference", references="crm.Person")

    def test_w5_the_canonical_value_is_the_golden_record(self) -> None:
        assert self.text.get("a1", People()) == "A1"
        assert self.text.get(" a1 ", People()) == "A1"
        assert self.text.get(17, People()) == "17"
        assert self.text.put("B2", "a1", People()) == "b2"
        assert self.text.put("18", 17, People()) == 18
        assert self.text.put("18", "17", People()) == "18"
        assert self.number.put("18", MISSING, People()) == 18
        with pytest.raises(ValueError, match="id of a record"):
            self.number.put("A", MISSING, People())

    def test_s3_what_is_not_linked_says_nothing(self) -> None:
        assert self.text.get("gone", People()) is MISSING
        assert self.text.put(MISSING, "gone", People()) == "gone"

    def test_w5_what_does_not_exist_there_can_not_be_told_yet(self) -> None:
        assert self.text.put("NEW", "a1", People()) is MISSING

    def test_null_is_null(self) -> None:
        assert self.text.get("", People()) is None
        assert self.text.get(None, People()) is None
        assert self.text.put(None, "a1", People()) is None
        assert self.text.put(None, "", People()) == ""

    def test_lists_of_references_wait_for_all(self) -> None:
        many = build_lens(None, "set(reference)", references="crm.Person")
        assert many.get(["b", "a"], People()) == ["A", "B"]
        assert many.get(["b", "gone"], People()) is MISSING
        assert many.put(["A", "NEW"], ["a"], People()) is MISSING
        assert many.put(["A", "C"], ["b", "a"], People()) == ["a", "c"]

    def test_a_chain_says_missing_whatever_comes_before(self) -> None:
        chain = build_lens(
            [{"name": "nulls", "values": ["0"], "write": "0"}], "reference", references="crm.Person"
        )
        assert chain.put("NEW", "a1", People()) is MISSING
        assert chain.put(None, "a1", People()) == "0"
        assert chain.get("0", People()) is None


def test_a_chain_reads_what_it_can_of_the_old() -> None:
    chain = build_lens([{"name": "map", "pairs": {"A": "1"}}, {"name": "integer", "raw": "text"}], "integer")
    assert chain.put(1, "unknown", NOTHING) == "A"
    assert chain.put(MISSING, "unknown", NOTHING) == "unknown"
    assert chain.put(None, "A", NOTHING) is None


@pytest.mark.parametrize("name", LENSES)
def test_every_lens_has_all_its_conversions(name: str) -> None:
    methods = [getattr(LENSES[name], each, None) for each in ("get", "put", "decode", "encode")]
    assert not [each for each in methods if getattr(each, "__isabstractmethod__", False)]
