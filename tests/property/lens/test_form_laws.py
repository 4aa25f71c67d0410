"""What a lens takes of any raw at all, and the form in which it writes over what stands there."""

import re
from datetime import UTC, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings, strategies as st

from accord.core.lens import build_lens
from accord.core.model import NoReferences
from accord.core.types import value_type
from accord.core.values import MISSING

NONE: Final = NoReferences()
words = st.text("abC 0;@.", max_size=6)
json_data = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats(-2, 2) | words,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=3,
)
numbers = st.integers(-(10**6), 10**6)
moments = st.datetimes(datetime(1971, 1, 3), datetime(2100, 1, 1))  # noqa: DTZ001 - local times
TEXT: Final = (str, int)
NUMBERS: Final = (str, int, float)
# ruff: noqa: E501 - a row is a line
# (lens, value type, values that it writes, JSON types that it reads beside null; no truth value is a number)
READS: Final[list[tuple[object, str, st.SearchStrategy[Any], tuple[type, ...]]]] = [
    (None, "string", words, (str, int, float, bool)),
    (None, "integer", numbers, NUMBERS),
    (None, "decimal(2)", numbers.map(lambda n: f"{n}.25"), NUMBERS),
    (None, "float", numbers.map(lambda n: n / 4), NUMBERS),
    (None, "boolean", st.booleans(), (str, int, float, bool)),
    (None, "date", moments.map(lambda t: t.date().isoformat()), (str,)),
    ({"name": "date", "format": "epoch_s"}, "date", moments.map(lambda t: t.date().isoformat()), NUMBERS),
    (None, "datetime", moments.map(lambda t: f"{t:%Y-%m-%dT%H:%M:%S}Z"), (str,)),
    ({"name": "datetime", "format": "epoch_ms"}, "datetime", moments.map(lambda t: f"{t:%Y-%m-%dT%H:%M:%S}Z"), NUMBERS),
    (None, "time", moments.map(lambda t: f"{t:%H:%M:%S}"), (str,)),
    (None, "enum(a|b)", st.sampled_from("ab"), TEXT),
    (None, "list(integer)", st.lists(numbers, min_size=1, max_size=3), (list,)),
    (None, "set(integer)", st.sets(numbers, min_size=1, max_size=3).map(sorted), (list,)),
    (None, "list(object by a)", st.sets(numbers, min_size=1, max_size=3).map(lambda ns: [{"a": n} for n in sorted(ns)]), (list,)),
    (None, "object", st.dictionaries(words, numbers, max_size=3), (dict,)),
    *((name, "string", words.map(change), TEXT) for name, change in [
        ("trim", str.strip), ("collapse", lambda text: " ".join(text.split())), ("lower", str.lower), ("upper", str.upper),
        ("email", lambda text: text.strip().lower()), ("phone(NO)", lambda text: f"+4791{len(text)}34567"),
    ]),
    ("split", "list(string)", st.lists(st.sampled_from("abc"), min_size=1, max_size=3), TEXT),
    ({"name": "map", "pairs": [[1, "x"], ["b", "y"]]}, "string", st.sampled_from("xy"), TEXT),
    ({"name": "join", "parts": ["a", "b"]}, "string", st.sampled_from(["a b", "c"]), (dict,)),
    ({"name": "first_of", "parts": ["a", "b"]}, "string", st.sampled_from("xy"), (dict,)),
    ({"name": "when", "parts": ["a", "b"], "then": "string"}, "string", st.sampled_from("xy"), (dict,)),
]  # fmt: skip
BLANK: Final = re.compile(r"\s*")


def same(found: Any, wanted: Any) -> bool:
    """Equal, and of one JSON type."""
    return type(found) is type(wanted) and found == wanted


@pytest.mark.parametrize(("spec", "kind", "_values", "types"), READS, ids=lambda each: str(each)[:40])
@given(raw=json_data)
def test_a_lens_refuses_what_is_not_of_its_kind(
    spec: object, kind: str, _values: object, types: tuple[type, ...], raw: Any
) -> None:
    lens = build_lens(spec, kind)
    try:
        value = lens.get(raw, NONE)
    except ValueError:
        assert raw is not None
        return
    if value is not MISSING:
        assert same(value_type(kind).canonical(value), value)
    blank = raw in ("", []) or (isinstance(raw, str) and BLANK.fullmatch(raw))
    assert raw is None or blank or type(raw) in types
    assert value is None or not blank


@pytest.mark.parametrize(("spec", "kind", "values", "_types"), READS, ids=lambda each: str(each)[:40])
@settings(max_examples=60)
@given(data=st.data(), old=json_data | st.just(MISSING))
def test_a_value_is_read_again_whatever_it_was_written_over(
    spec: object, kind: str, values: st.SearchStrategy[Any], _types: object, data: st.DataObject, old: Any
) -> None:
    """PutGet over any JSON at all: rubbish that stands there is no reason to lose a value."""
    lens, value = build_lens(spec, kind), value_type(kind).canonical(data.draw(values))
    raw = lens.put(value, old, NONE)
    if "when" not in str(spec):
        assert lens.get(raw, NONE) == value or (value is None and raw is None)
    assert lens.put(MISSING, old, NONE) is old


def as_text(number: str, mark: str, group: str) -> str:
    """Digits as a country writes them."""
    whole, point, fraction = number.partition(".")
    return f"{int(whole):,}".replace(",", group) + (mark + fraction if point else "")


@given(
    st.decimals(-(10**9), 10**9, places=3),
    st.sampled_from([(".", ","), (",", "."), (",", " "), (".", "'"), (",", "\u00a0")]),
)
def test_a_number_in_text_is_what_a_country_means_by_it(number: Decimal, marks: tuple[str, str]) -> None:
    mark, group = marks
    told = as_text(f"{abs(number):f}", mark, group)
    told = f"-{told}" if number < 0 else told
    option = {"mark": mark, "group": " " if group == "\u00a0" else group}
    half_up = number.quantize(Decimal("0.01"), ROUND_HALF_UP) + 0
    assert (
        build_lens({"name": "decimal", **option}, "decimal(2)").get(told, NONE)
        == f"{half_up or abs(half_up):f}"
    )
    assert build_lens({"name": "float", **option}, "float").get(told, NONE) == float(number)
    whole = build_lens({"name": "integer", **option}, "integer")
    if number == int(number):
        assert whole.get(told, NONE) == int(number)
    else:
        with pytest.raises(ValueError, match="whole"):
            whole.get(told, NONE)
    with pytest.raises(ValueError, match="mark"):
        whole.get(f"{told}{mark}1" if mark in told else f"{told} x", NONE)


WRITTEN: Final = [("integer", 7), ("decimal(1)", "2.5"), ("float", 2.5), ("string", "12")]


@pytest.mark.parametrize(("kind", "value"), WRITTEN)
@given(
    old=st.integers(20, 99), wants=st.sampled_from(["", "number", "text"]), mark=st.sampled_from([".", ","])
)
def test_a_number_is_written_as_the_kind_that_is_wanted_else_that_stands_there(
    kind: str, value: Any, old: int, wants: str, mark: str
) -> None:
    name = kind.partition("(")[0]
    options = {"raw": wants} | ({"mark": mark} if name != "string" else {})
    lens = build_lens({"name": name, **options}, kind)
    for there, stands in (
        (old, "number"),
        (str(old), "text"),
        (MISSING, "text" if name == "string" else "number"),
    ):
        text = str(value).replace(".", mark if name != "string" else ".")
        wanted: Any = (
            text if (wants or stands) == "text" else float(value) if "." in str(value) else int(value)
        )
        assert same(lens.put(value, there, NONE), wanted)


@given(
    st.integers(0, 10**9),
    st.sampled_from(["", "number", "text"]),
    st.sampled_from(["0{}", "{}a", "-0{}", "{}"]),
)
def test_text_is_written_as_a_number_where_its_digits_survive_it_alone(
    number: int, wants: str, form: str
) -> None:
    text = form.format(number)
    lens = build_lens({"name": "string", "raw": wants}, "string")
    survives = text == str(number)
    if wants == "number" and not survives:
        with pytest.raises(ValueError, match="whole number"):
            lens.put(text, MISSING, NONE)
        return
    assume(number != 5)
    for there in (5, "5", MISSING):
        is_number = survives and (wants or ("number" if there == 5 else "text")) == "number"
        assert same(lens.put(text, there, NONE), number if is_number else text)


PAIRS: Final = [
    *((False, True), (0, 1)),
    *(
        (style(no), style(yes))
        for no, yes in map(str.split, ["false true", "no yes", "n y", "nei ja", "off on", "f t", "0 1"])
        for style in (str.lower, str.upper, str.title)
    ),
]


@pytest.mark.parametrize("pair", PAIRS)
@given(there=st.booleans(), value=st.booleans(), around=st.sampled_from(["", " "]))
def test_truth_is_written_as_the_pair_and_case_that_stand_there(
    pair: tuple[Any, Any], there: bool, value: bool, around: str
) -> None:
    old = f"{pair[there]}{around}" if isinstance(pair[0], str) else pair[there]
    lens = build_lens("boolean", "boolean")
    assert lens.get(old, NONE) is there
    assert same(lens.put(value, old, NONE), old if value is there else pair[value])
    declared = build_lens({"name": "boolean", "raw": ["A", "B"]}, "boolean")
    assert declared.get(old, NONE) is there
    assert same(declared.put(value, old, NONE), old if value is there else "AB"[value])
    assert [declared.get(word, NONE) for word in ("A", "b", True, 0)] == [False, True, True, False]
    for nothing in (None, MISSING, "?"):
        assert same(lens.put(value, nothing, NONE), value)


BETWEEN: Final = ["T", " "]
CLOCKS: Final = ["%H:%M", "%H:%M:%S", "%H:%M:%S.%f", "%H:%M:%S.250"]
OFFSETS: Final = ["Z", "+02:00", "-0530", "+0000"]


def form_of(text: str) -> str:
    """What is left of a text without its digits, and without the sign and hours of an offset."""
    return re.sub("[0-9]", "9", text)


@given(moments, moments, st.sampled_from(BETWEEN), st.sampled_from(CLOCKS), st.sampled_from(OFFSETS))
def test_an_instant_is_written_in_the_form_that_stands_there(
    before: datetime, after: datetime, between: str, clock: str, offset: str
) -> None:
    lens = build_lens(None, "datetime(us)")
    old = before.strftime(f"%Y-%m-%d{between}{clock}{offset}")
    said = lens.get(old, NONE)
    assert datetime.fromisoformat(said) == datetime.fromisoformat(old)
    cut = before.strftime(clock).count(":") == 1
    after = after.replace(
        microsecond=250_000 if "250" in clock else after.microsecond if "%f" in clock else 0
    )
    after = after.replace(second=0) if cut else after
    value = value_type("datetime(us)").canonical(after.replace(tzinfo=UTC).isoformat())
    assume(value != said)
    raw = lens.put(value, old, NONE)
    assert datetime.fromisoformat(raw) == after.replace(tzinfo=UTC)
    assert form_of(raw) == form_of(old)
    assert raw.endswith(offset)
    finer = f"{after:%Y-%m-%dT%H:%M}:07.125000Z"
    assert lens.get(lens.put(finer, old, NONE), NONE) == finer


@given(moments, moments, st.sampled_from(["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d"]))
def test_a_local_time_is_that_of_its_zone(before: datetime, after: datetime, form: str) -> None:
    zone = ZoneInfo("Europe/Oslo")
    lens = build_lens({"name": "datetime", "zone": zone.key}, "datetime")
    old = before.strftime(form)
    local = datetime.fromisoformat(old).replace(tzinfo=zone)
    assert lens.get(old, NONE) == f"{local.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z"
    later = after.replace(microsecond=0, tzinfo=zone).astimezone(UTC)
    assume(later.astimezone(zone).fold == 0 and later.astimezone(zone).time() != time())
    value = f"{later:%Y-%m-%dT%H:%M:%S}Z"
    wanted = later.astimezone(zone)
    full = "%Y-%m-%d %H:%M:%S" if " " in form else "%Y-%m-%dT%H:%M:%S"
    if value != lens.get(old, NONE):
        assert lens.put(value, old, NONE) == wanted.strftime(full)
    assert lens.put(value, MISSING, NONE) == f"{wanted:%Y-%m-%dT%H:%M:%S}"
    assert lens.put(value, "1999-01-01T00:00:00+09:00", NONE) == wanted.isoformat()
    midnight = datetime.combine(later.date(), time(), zone)
    day = f"{midnight.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z"
    assert lens.put(day, "1999-01-01", NONE) == midnight.date().isoformat()


@given(
    moments,
    moments,
    st.sampled_from(["", "T10:30:00+01:00", "T00:00:00Z", " 23:59"]),
    st.sampled_from(["", "T12:00:00Z"]),
)
def test_a_date_keeps_the_time_of_day_that_stands_after_it(
    before: datetime, after: datetime, tail: str, own: str
) -> None:
    lens = build_lens({"name": "date", "tail": own}, "date")
    old, value = f"{before.date()}{tail}", after.date().isoformat()
    assert lens.get(old, NONE) == lens.get(f" {old} ", NONE) == before.date().isoformat()
    if before.date() != after.date():
        assert lens.put(value, old, NONE) == value + tail
    for nothing in (MISSING, None, "soon", 5):
        assert lens.put(value, nothing, NONE) == value + own
    with pytest.raises(ValueError, match="YYYY-MM-DD"):
        lens.get(f"{before.date()}T25:00", NONE)


@given(moments, moments, st.sampled_from([("epoch_s", 1), ("epoch_ms", 1000)]))
def test_a_count_since_1970_keeps_its_kind_and_a_date_its_time_of_day(
    before: datetime, after: datetime, unit: tuple[str, int]
) -> None:
    name, factor = unit
    count = int(before.replace(tzinfo=UTC, microsecond=0).timestamp()) * factor
    instant = f"{after:%Y-%m-%dT%H:%M:%S}Z"
    seconds = int(datetime.fromisoformat(instant).timestamp())
    assume(after.date() != before.date())
    for old in (count, str(count)):
        moment, day = (
            build_lens({"name": "datetime", "format": name}, "datetime"),
            build_lens({"name": "date", "format": name}, "date"),
        )
        assert moment.get(old, NONE) == f"{before:%Y-%m-%dT%H:%M:%S}Z"
        assert same(moment.put(instant, old, NONE), type(old)(seconds * factor))
        assert day.get(old, NONE) == before.date().isoformat()
        moved = (after.date() - before.date()) // timedelta(days=1) * 86_400 * factor
        assert same(day.put(after.date().isoformat(), old, NONE), type(old)(count + moved))
    midnight = int(datetime.combine(after.date(), time(), UTC).timestamp())
    assert same(day.put(after.date().isoformat(), MISSING, NONE), midnight * factor)
    assert same(moment.put(instant, None, NONE), seconds * factor)


DAYS: Final = ["%d.%m.%Y", "%Y%m%d", "%-d/%-m/%Y", "%m-%d-%Y 100%%"]
HOURS: Final = ["", " %H:%M", "T%H%M%S", " %H:%M:%S.%f"]


@given(moments, moments, st.sampled_from(DAYS), st.sampled_from(HOURS), st.sampled_from(["", "%z"]))
def test_a_pattern_is_read_and_written_as_strftime_does(
    before: datetime, after: datetime, day: str, hour: str, offset: str
) -> None:
    form = day + hour + offset
    zoned = before.replace(tzinfo=UTC)
    old = zoned.strftime(form)
    lens = build_lens({"name": "date", "format": form}, "date")
    assert lens.get(old, NONE) == lens.get(f" {old} ", NONE) == before.date().isoformat()
    if before.date() != after.date():
        moved = datetime.combine(after.date(), before.time(), UTC)
        assert lens.put(after.date().isoformat(), old, NONE) == moved.strftime(form)
        midnight = datetime.combine(after.date(), time(), UTC)
        if not offset:
            assert lens.put(after.date().isoformat(), MISSING, NONE) == midnight.strftime(form)
    zone = {} if offset else {"zone": "UTC"}
    instant = build_lens({"name": "datetime", "format": form, **zone}, "datetime(us)")
    told = datetime.strptime(zoned.strftime(f"%Y-%m-%d{hour}"), f"%Y-%m-%d{hour}").replace(tzinfo=UTC)
    assert datetime.fromisoformat(instant.get(old, NONE)) == told
    assert instant.put(instant.get(old, NONE), MISSING, NONE) == old
    with pytest.raises(ValueError, match="of the form"):
        instant.get(f"{old}x", NONE)
    with pytest.raises(ValueError, match="of the form"):
        lens.get(old.replace(f"{before.year}", "0000"), NONE)


@given(moments, st.sampled_from(["+0130", "-08:00", "Z"]))
def test_an_offset_in_a_pattern_counts(moment: datetime, offset: str) -> None:
    lens = build_lens({"name": "datetime", "format": "%d.%m.%Y %H:%M:%S %z"}, "datetime")
    told = f"{moment:%d.%m.%Y %H:%M:%S} {offset}"
    wanted = datetime.fromisoformat(f"{moment:%Y-%m-%dT%H:%M:%S}{offset}").astimezone(UTC)
    assert lens.get(told, NONE) == f"{wanted:%Y-%m-%dT%H:%M:%S}Z"


@pytest.mark.parametrize(
    "form", ["%Y-%m", "%d.%m.%y", "%d %d.%m.%Y", "%H:%M", "%-d.%d.%m.%Y", "%m.%d", "%Y.%d"]
)
@pytest.mark.parametrize("name", ["date", "datetime", "time"])
def test_a_form_that_can_not_tell_the_value_is_no_option(form: str, name: str) -> None:
    if name == "time" and form == "%H:%M":
        assert build_lens({"name": "time", "format": form}, "time").get("10:30", NONE) == "10:30:00"
        return
    with pytest.raises(ValueError, match="format"):
        build_lens({"name": name, "format": form, **({"zone": "UTC"} if name == "datetime" else {})}, name)


@given(
    moments,
    moments,
    st.sampled_from(["%H:%M", "%H:%M:%S", " %H:%M"]),
    st.sampled_from(["iso", "%H.%M.%S", "%H%M"]),
)
def test_a_time_is_written_short_where_it_stands_short_and_loses_nothing(
    before: datetime, after: datetime, old: str, form: str
) -> None:
    lens, value = build_lens({"name": "time", "format": form}, "time"), f"{after:%H:%M:%S}"
    there = before.strftime(old if form == "iso" else form)
    assume(lens.get(there, NONE) != value)
    if form == "%H%M" and after.second:
        with pytest.raises(ValueError, match="finer"):
            lens.put(value, there, NONE)
    else:
        short = len(there.strip()) == 5 and not after.second
        wanted = value[:5] if short else value
        assert lens.put(value, there, NONE) == (wanted if form == "iso" else after.strftime(form))
        assert lens.put(value, MISSING, NONE) == (value if form == "iso" else after.strftime(form))


@given(moments, st.sampled_from([ZoneInfo("Europe/Oslo"), ZoneInfo("America/New_York")]), st.booleans())
def test_what_the_form_can_not_tell_is_refused_unless_it_is_declared_lossy(
    moment: datetime, zone: ZoneInfo, lossy: bool
) -> None:
    form = "%d.%m.%Y %H:%M"
    lens = build_lens({"name": "datetime", "zone": zone.key, "format": form, "lossy": lossy}, "datetime")
    assert lens.is_lossy is lossy
    local = moment.replace(microsecond=0, tzinfo=UTC).astimezone(zone)
    value = f"{moment:%Y-%m-%dT%H:%M:%S}Z"
    if (moment.second or local.fold) and not lossy:
        with pytest.raises(ValueError, match="can not tell"):
            lens.put(value, MISSING, NONE)
    else:
        assert lens.put(value, MISSING, NONE) == local.strftime(form)


def test_each_element_of_a_list_is_written_in_the_form_that_stands_in_its_place() -> None:
    numbers = build_lens(None, "list(integer)")
    for old, written in (
        (["1"], ["1", 2]),
        ([1, "2"], [1, "2"]),
        (["7", "8", "9"], ["1", "2"]),
        ("x", [1, 2]),
    ):
        assert numbers.put([1, 2], old, NoReferences()) == written
