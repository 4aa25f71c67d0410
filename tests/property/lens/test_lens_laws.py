"""PutGet and GetPut of every built-in lens that is not declared lossy, and of places."""

import copy
from datetime import UTC, datetime
from typing import Any, Final
from unicodedata import normalize

import pytest
from hypothesis import HealthCheck, assume, given, settings, strategies as st

from accord.core.lens import LENSES, BuiltLens, Element, Path, Paths, build_lens, check_lens, normalisation
from accord.core.lens.base import is_blank, said_by
from accord.core.types import value_type
from accord.core.values import MISSING, Raw

letters = st.text("aAbB\u00e5\u00c5 .-0", max_size=6)
texts = letters | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
digits = st.integers(-(10**12), 10**12)
fractions = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9).map(
    lambda d: f"{d:f}"
)
moments = st.datetimes(datetime(1900, 1, 3), datetime(2200, 1, 1))  # noqa: DTZ001 - local times
phones = st.from_regex(r"(\+47 ?|0047)?[2-9][0-9 ]{6,8}( ext\.? ?[0-9]{2})?", fullmatch=True) | texts
people = st.sampled_from(["a1", "b2", "17", "gone", 17, 0, "", None])


class People:
    """References in which ids and golden ids differ, one id is not linked, and one golden record is not there."""

    def golden(self, entity_type: str, remote_id: str) -> str | None:
        return None if remote_id == "gone" else f"person/{remote_id}"

    def remote(self, entity_type: str, golden_id: str) -> str | None:
        return golden_id.removeprefix("person/") if golden_id != "person/new" else None


REFS: Final = People()
SAME: Final = {"name": "map", "pairs": {"1": "a", "2": "b"}}
SWAP: Final = {"name": "map", "pairs": {"1": "b", "2": "a"}}
OSLO: Final = {"name": "datetime", "zone": "Europe/Oslo"}
YES: Final = ["true", "Yes", "Y", "ja", "1", "ON", "no", "N", "NEI", "0", "f", "off", True, False, 0, 1]


def grouped(number: int) -> str:
    return f"{number:,}".replace(",", ".") + ",5"


def iso(form: str) -> st.SearchStrategy[str]:
    return moments.map(lambda moment: moment.strftime(form))


def dictionaries(*names: str, raws: st.SearchStrategy[Raw]) -> st.SearchStrategy[dict[str, Raw]]:
    return st.fixed_dictionaries({}, optional=dict.fromkeys(names, raws | st.none()))


# (spec, value type, raws that the lens takes)
LAWFUL: Final[list[tuple[object, str, st.SearchStrategy[Raw]]]] = [
    ("string", "string", texts | digits | st.booleans()),
    ({"name": "string", "raw": "number"}, "string", st.integers()),
    ("integer", "integer", digits | digits.map(str) | digits.map(lambda n: f" {n}.0 ")),
    ({"name": "integer", "mark": ",", "group": " "}, "integer", digits.map(lambda n: f"{n:,}".replace(",", " "))),
    ("decimal(2)", "decimal(2)", fractions | digits | st.floats(-1e9, 1e9)),
    ({"name": "decimal", "raw": "text"}, "decimal(3)", fractions | digits),
    ({"name": "decimal", "mark": ",", "group": "."}, "decimal(2)", digits.map(grouped)),
    ("float", "float", st.floats(allow_nan=False, allow_infinity=False) | fractions),
    ("boolean", "boolean", st.sampled_from(YES)),
    ({"name": "boolean", "raw": ["-", "X"]}, "boolean", st.sampled_from(["-", "X", True, "no"])),
    ("date", "date", iso("%Y-%m-%d") | iso("%Y-%m-%dT%H:%M:%S+02:00") | iso("%Y-%m-%d %H:%M")),
    ({"name": "date", "tail": "T00:00:00Z"}, "date", iso("%Y-%m-%d") | iso("%Y-%m-%dT%H:%M:%SZ")),
    ({"name": "date", "format": "%d.%m.%Y %H:%M"}, "date", iso("%d.%m.%Y %H:%M")),
    ({"name": "date", "format": "epoch_ms"}, "date", st.integers(-(10**12), 10**12)),
    ("time", "time", iso("%H:%M") | iso("%H:%M:%S") | iso("%H:%M:%S.%f")),
    ({"name": "time", "format": "%H.%M.%S"}, "time", iso("%H.%M.%S")),
    ("datetime", "datetime", iso("%Y-%m-%dT%H:%M:%SZ") | iso("%Y-%m-%d %H:%M:%S.%f+05:30")),
    ("datetime", "datetime", iso("%Y-%m-%dT%H:%M-0100")),
    ("datetime(us)", "datetime(us)", iso("%Y-%m-%dT%H:%M:%S.%fZ") | iso("%Y-%m-%dT%H:%M:%SZ")),
    (OSLO, "datetime", iso("%Y-%m-%dT%H:%M:%S") | iso("%Y-%m-%d") | iso("%Y-%m-%dT%H:%M:%SZ")),
    ({**OSLO, "format": "%d.%m.%Y %H:%M:%S"}, "datetime", iso("%d.%m.%Y %H:%M:%S")),
    ({"name": "datetime", "format": "epoch_ms"}, "datetime(ms)", digits | digits.map(str)),
    ({"name": "datetime", "format": "epoch_s"}, "datetime", st.integers(-(10**9), 10**9)),
    ("enum(a|b)", "enum(a|b)", st.sampled_from(["a", "b", " a "])),
    ("reference", "reference", people),
    (None, "list(string)", st.lists(texts | st.none(), max_size=4)),
    (None, "list(decimal(1))", st.lists(fractions | digits, max_size=4)),
    (None, "set(string)", st.lists(letters, max_size=4)),
    (None, "set(integer)", st.lists(st.integers(0, 5) | st.integers(0, 5).map(str), max_size=5)),
    (None, "set(reference)", st.lists(people, max_size=3)),
    (None, "list(object by k)", st.lists(st.fixed_dictionaries({"k": st.integers(1, 4)}, optional={"v": letters}),
     max_size=3, unique_by=lambda each: each["k"])),
    (None, "list(list(boolean))", st.lists(st.lists(st.sampled_from(YES), max_size=2), max_size=2)),
    ("object", "object", st.dictionaries(letters, st.integers(0, 3) | letters, max_size=3)),
    ("trim", "string", texts | digits),
    ("collapse", "string", texts),
    ("lower", "string", texts),
    ("upper", "string", texts),
    (["trim", "collapse", "upper"], "string", texts),
    ("email", "string", texts | st.emails()),
    ({"name": "email", "local": "lower"}, "string", texts | st.emails()),
    ("phone(NO)", "string", phones),
    ({"name": "phone", "region": "NO", "write": "national"}, "string", phones),
    ({"name": "map", "pairs": [[1, "a"], ["1", "b"], [True, "c"]]}, "string", st.sampled_from([1, "1", True])),
    ({"name": "map", "pairs": {"A": "a", "B": "A"}, "otherwise": "keep"}, "string", st.sampled_from(["A", "B", "C"])),
    ({"name": "constant", "value": "a"}, "string", texts),
    ({"name": "nulls", "values": ["-", "0"], "write": "-"}, "string", st.sampled_from(["-", "0", "x", "", None])),
    ([{"name": "nulls", "values": [0]}], "integer", st.integers(-1, 1)),
    ("split", "list(string)", st.text("ab; ", max_size=8)),
    ("split", "set(string)", st.text("ab; ", max_size=8)),
    (["split(,)"], "list(integer)", st.lists(digits, max_size=3).map(lambda ns: ",".join(map(str, ns)))),
    ({"name": "join", "parts": ["f", "l"]}, "string", dictionaries("f", "l", raws=st.text("ab ", max_size=5))),
    ({"name": "join", "parts": ["f", "l"], "rest": "last", "separator": ", "}, "string",
     dictionaries("f", "l", raws=st.text("ab ,", max_size=5))),
    ({"name": "join", "parts": ["a", "b", "c"], "absent": "null", "separator": "--"}, "string",
     dictionaries("a", "b", "c", raws=st.text("a- ", max_size=5))),
    ({"name": "when", "parts": ["v", "c"], "equals": ["x"], "then": SWAP, "otherwise": SAME}, "string",
     st.builds(dict, st.just({}), v=st.sampled_from(["1", "2", None]), c=st.sampled_from(["x", "y", None]))),
]  # fmt: skip
LOSSY: Final[list[tuple[object, str, st.SearchStrategy[Raw]]]] = [
    ("truncate(3)", "string", texts),
    ("elements", "set(string)", letters | st.none()),
    ({"name": "elements", "parts": ["a", "b"]}, "set(string)", dictionaries("a", "b", raws=letters)),
    ({"name": "first_of", "parts": ["a", "b"]}, "string", dictionaries("a", "b", raws=letters)),
    (
        {"name": "map", "pairs": [["A", "x"], ["B", "x"]], "lossy": True},
        "string",
        st.sampled_from(["A", "B"]),
    ),
    ({**OSLO, "format": "%d.%m.%Y %H:%M", "lossy": True}, "datetime", iso("%d.%m.%Y %H:%M")),
]


def built(spec: object, kind: str) -> BuiltLens:
    return build_lens(spec, kind, references="crm.Person")


def cases(rows: list[tuple[object, str, st.SearchStrategy[Raw]]]) -> list[Any]:
    return [pytest.param(built(spec, kind), raws, id=f"{spec}->{kind}") for spec, kind, raws in rows]


def test_every_lens_is_under_test() -> None:
    rows = [*LAWFUL, *LOSSY]
    fingerprints = " ".join(built(spec, kind).fingerprint for spec, kind, _ in rows)
    assert [name for name in LENSES if f'"{name}":{{' not in fingerprints] == []
    assert not any(built(spec, kind).is_lossy for spec, kind, _ in LAWFUL)
    assert all(built(spec, kind).is_lossy for spec, kind, _ in LOSSY)


@pytest.mark.parametrize(("lens", "raws"), cases([*LAWFUL, *LOSSY]))
@settings(max_examples=50)
@given(data=st.data())
def test_get_put(lens: BuiltLens, raws: st.SearchStrategy[Raw], data: st.DataObject) -> None:
    raw = data.draw(raws | st.none() | st.just(MISSING))
    before = copy.deepcopy(raw)
    assert lens.put(lens.get(raw, REFS), raw, REFS) == raw == before


@pytest.mark.parametrize(("lens", "raws"), cases(LAWFUL))
@settings(max_examples=50)
@given(data=st.data())
def test_put_get(lens: BuiltLens, raws: st.SearchStrategy[Raw], data: st.DataObject) -> None:
    """Every value that the lens reads can be written over every raw, unless it is refused, and is read again."""
    value = lens.get(data.draw(raws), REFS)
    old = data.draw(raws | st.none() | st.just(MISSING))
    assume(value is not MISSING)
    try:
        raw = lens.put(value, old, REFS)
    except ValueError as error:
        refusal = str(error)
    else:
        refusal = ""
        assert raw is MISSING or lens.get(raw, REFS) == value
    assert not refusal or "can not tell" in refusal or "JSON number" in refusal


@pytest.mark.parametrize(("lens", "raws"), cases([row for row in LAWFUL if "constant" not in str(row[0])]))
@settings(max_examples=50)
@given(data=st.data())
def test_put_null_is_read_as_null(lens: BuiltLens, raws: st.SearchStrategy[Raw], data: st.DataObject) -> None:
    old = data.draw(raws)
    assert lens.get(lens.put(None, old, REFS), REFS) is None


@pytest.mark.parametrize(
    ("spec", "kind", "raws"), [pytest.param(*row, id=f"{row[0]}->{row[1]}") for row in [*LAWFUL, *LOSSY]]
)
@given(data=st.data())
def test_a_lens_reads_canonical_values(
    spec: object, kind: str, raws: st.SearchStrategy[Raw], data: st.DataObject
) -> None:
    value = built(spec, kind).get(data.draw(raws), REFS)
    assert value is MISSING or value_type(kind).canonical(value) == value


@pytest.mark.parametrize(("lens", "raws"), cases(LAWFUL))
@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_the_checker_agrees(lens: BuiltLens, raws: st.SearchStrategy[Raw], data: st.DataObject) -> None:
    found = check_lens(lens, data.draw(st.lists(raws, max_size=3)), refs=REFS)
    assert [each for each in found if "can not be written" not in each] == []


@given(moments, st.sampled_from(["Europe/Oslo", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]))
def test_an_instant_is_told_in_every_zone_or_refused_in_its_second_hour(moment: datetime, zone: str) -> None:
    lens = build_lens({"name": "datetime", "zone": zone}, "datetime")
    value = moment.replace(tzinfo=UTC, microsecond=0).isoformat().replace("+00:00", "Z")
    try:
        raw = lens.put(value, MISSING, REFS)
    except ValueError:
        return
    assert lens.get(raw, REFS) == value
    aware = lens.put(value, "2024-01-01T00:00:00+01:00", REFS)
    assert lens.get(aware, REFS) == value


@pytest.mark.parametrize(
    ("spec", "kind", "raws"), [pytest.param(*row, id=f"{row[0]}->{row[1]}") for row in [*LAWFUL, *LOSSY]]
)
@given(data=st.data())
def test_s3_missing_says_nothing_in_both_directions(
    spec: object, kind: str, raws: st.SearchStrategy[Raw], data: st.DataObject
) -> None:
    lens, raw = built(spec, kind), data.draw(raws | st.none())
    assert lens.put(MISSING, raw, REFS) == raw
    assert lens.put(MISSING, MISSING, REFS) is MISSING
    if "constant" not in str(spec):
        assert lens.get(MISSING, REFS) is MISSING
        assert lens.get(None, REFS) is None


@pytest.mark.parametrize(
    ("spec", "kind"),
    [pytest.param(*row[:2], id=f"{row[0]}->{row[1]}") for row in LAWFUL if "parts" not in str(row[0])],
)
@pytest.mark.parametrize("blank", ["", "  ", "\t\n", []])
def test_s3_what_is_blank_is_null(spec: object, kind: str, blank: Raw) -> None:
    if spec != "object" and "constant" not in str(spec):
        assert built(spec, kind).get(blank, REFS) is None


STEPS: Final = ["trim", "collapse", "lower", "upper", "title", "max_length(4)", "trim | max_length(3) | trim"]


@pytest.mark.parametrize("step", STEPS)
@given(text=texts)
def test_s5_a_normal_value_is_canonical(step: str, text: str) -> None:
    value = value_type("string").canonical(text)
    found = normalisation(step)(value)
    assert value_type("string").canonical(found) == found


@given(st.lists(letters), st.sampled_from(STEPS))
def test_s5_a_normal_set_is_canonical(elements: list[str], step: str) -> None:
    canonical = value_type("set(string)").canonical
    found = normalisation(step, "set(string)")(canonical(elements))
    assert canonical(found) == found


@given(fractions, st.integers(0, 5), st.integers(0, 5))
def test_s5_a_rounded_decimal_is_canonical_and_stays(number: str, scale: int, cut: int) -> None:
    canonical = value_type(f"decimal({scale})").canonical
    normal = normalisation(f"scale({cut})")
    found = normal(canonical(number))
    assert canonical(found) == found == normal(found)


names = st.sampled_from(["a", "b", "t"])
payloads = st.recursive(
    st.none() | st.integers(0, 2) | st.just("w"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=8,
)
records = st.dictionaries(names, payloads, max_size=3)
places = (
    st.lists(names, min_size=1, max_size=3).map(".".join).map(Path)
    | st.just(Paths("a.b", "t"))
    | st.builds(lambda path: Element("a", where={"t": "w"}, path=path), st.sampled_from(["b", "b.a"]))
    | st.builds(lambda path: Element("a", path=path), st.sampled_from(["", "b"]))
    | st.just(Element("", where={"t": "w"}, path="a.b"))
)  # fmt: skip


@given(places, records)
def test_writing_what_was_read_changes_nothing(place: Any, record: dict[str, Any]) -> None:
    body = dict(record)
    place.write(body, place.read(record), record)
    assert body == record


@given(places, records, st.integers(3, 5))
def test_what_was_written_is_read(place: Any, record: dict[str, Any], number: int) -> None:
    raw = dict.fromkeys(place.paths(), number) if isinstance(place, Paths) else number
    before = copy.deepcopy(record)
    for body in ({}, dict(record)):
        place.write(body, raw, record)
        assert place.read({**record, **body}) == raw
        assert record == before


@given(places, records)
def test_null_that_was_written_is_read_as_null_or_as_nothing(place: Any, record: dict[str, Any]) -> None:
    body = dict(record)
    place.write(body, None, record)
    found = place.read(body)
    assert found is None or found is MISSING or set(found.values()) == {None}


@given(texts)
def test_nfc_is_the_equality_of_text(text: str) -> None:
    lens = build_lens(None, "string")
    assert lens.get(normalize("NFD", text), REFS) == lens.get(text, REFS)
    assert said_by(text, lens, REFS) is None or not is_blank(text)
