"""Lenses on text, on several places and on what holds several values, against plain models of what they say."""

import json
import re
from typing import Any, Final

import pytest
from hypothesis import assume, given, strategies as st

from accord.core.lens import BuiltLens, build_lens
from accord.core.model import NoReferences
from accord.core.values import MISSING

NONE: Final = NoReferences()
words = st.text("abC 0;@.", max_size=6)
json_data = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats(-2, 2) | words,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=3,
)


def same(found: Any, wanted: Any) -> bool:
    """Equal, and of one JSON type."""
    return type(found) is type(wanted) and found == wanted


@given(st.integers(1, 10), words, words)
def test_truncate_writes_the_beginning_and_leaves_what_is_just_that(
    length: int, value: str, old: str
) -> None:
    lens = build_lens(f"truncate({length})", "string")
    assume(value.strip() and value != old)
    cut = value if len(value) <= length else value[:length].rstrip()
    assert lens.put(value, old, NONE) == (cut if cut.strip() else None)
    assert lens.put(value, value, NONE) == value
    with pytest.raises(ValueError, match="1 or more"):
        build_lens("truncate(0)")


@given(st.booleans() | st.integers() | st.floats(-1e9, 1e9) | words)
def test_a_number_or_truth_value_as_text_is_its_json_text(raw: Any) -> None:
    whole = isinstance(raw, float) and raw.is_integer()
    told = raw if isinstance(raw, str) else json.dumps(int(raw) if whole else raw)
    assert build_lens("string", "string").get(raw, NONE) == (told if told.strip() else None)


parts = st.text("ab ,", max_size=6)


@given(
    st.lists(parts | st.none(), min_size=2, max_size=3),
    st.sampled_from([" ", ", "]),
    st.sampled_from(["first", "last"]),
    parts,
)
def test_join_joins_what_stands_and_splits_into_all_its_words(
    texts: list[str | None], separator: str, rest: str, value: str
) -> None:
    names = [f"p{place}" for place in range(len(texts))]
    lens = build_lens({"name": "join", "parts": names, "separator": separator, "rest": rest}, "string")
    known = [text for text in texts if text and text.strip()]
    whole = dict(zip(names, texts, strict=True))
    assert lens.put(MISSING, whole, NONE) is whole
    raw = dict(zip(names, texts, strict=True))
    assert lens.get(raw, NONE) == (separator.join(known) or None)
    assume(value.strip())
    for old in (MISSING, None, dict.fromkeys(names, "x")):
        written = list(lens.put(value, old, NONE).values())
        told = [each for each in written if each is not None]
        assert separator.join(told) == value
        assert all(each.strip() for each in told) or len(told) == 1
        left = written if rest == "last" else written[::-1]
        assert left[: len(told)] == (told if rest == "last" else told[::-1])
        greedy = told[0] if rest == "first" else told[-1]
        assert len(told) == len(names) or not any(  # what is left over can not be cut once more
            greedy[:at].strip() and greedy[at + len(separator) :].strip()
            for at in range(len(greedy)) if greedy.startswith(separator, at)
        )  # fmt: skip
        others = told[1:] if rest == "first" else told[:-1]
        assert not any(separator in each.strip() for each in others) or separator == ", "
    less = {name: each for name, each in raw.items() if name != names[-1]}
    assert lens.get(less, NONE) is MISSING
    blank = build_lens({"name": "join", "parts": names, "separator": separator, "absent": "null"}, "string")
    assert blank.get(less, NONE) == blank.get({**less, names[-1]: None}, NONE)


@given(
    st.dictionaries(st.sampled_from("abc"), st.sampled_from(["x", "y", "", " ", None, 0]), max_size=3),
    st.sampled_from(["silent", "null"]),
)
def test_first_of_reads_the_first_that_has_a_value_and_writes_the_first(
    raw: dict[str, Any], absent: str
) -> None:
    lens = build_lens({"name": "first_of", "parts": ["a", "b", "c"], "absent": absent})
    values = [raw.get(name, MISSING) for name in "abc"]
    if absent == "null":
        values = [None if each is MISSING else each for each in values]
    wanted: Any = None
    for each in values:
        if each is not None and each not in ("", " "):
            wanted = each
            break
    assert same(lens.get(raw, NONE), wanted)
    if wanted != "new":
        assert lens.put("new", raw, NONE) == {**raw, "a": "new"}
    assert lens.put("new", None, NONE) == {"a": "new"}
    assert lens.is_lossy


@given(
    st.sampled_from([MISSING, None, "", " ", [], "x", 1, True, "y"]),
    st.sampled_from(["1", "2"]),
    st.sampled_from([(), ("x", 1)]),
    st.booleans(),
)
def test_when_reads_and_writes_by_the_condition(
    stands: Any, told: str, equals: tuple[Any, ...], other: bool
) -> None:
    then, otherwise = ({"name": "map", "pairs": dict(zip("12", pair, strict=True))} for pair in ("ab", "ba"))
    spec = {"name": "when", "parts": ["v", "c"], "equals": equals, "then": then}
    lens = build_lens({**spec, **({"otherwise": otherwise} if other else {})})
    given_there = stands is not MISSING and stands is not None and stands not in ("", " ", [])
    met = (stands in ("x", 1) and stands is not True) if equals else given_there
    raw = {"v": told} | ({} if stands is MISSING else {"c": stands})
    if not met and not other:
        assert lens.get(raw, NONE) is MISSING is lens.put("a", raw, NONE)
        return
    table = {"1": "a", "2": "b"} if met else {"1": "b", "2": "a"}
    assert lens.get(raw, NONE) == table[told]
    for value in "ab":
        wanted = next(key for key, each in table.items() if each == value)
        assert lens.put(value, raw, NONE) == {**raw, "v": wanted}


@given(
    st.lists(st.integers(0, 6), max_size=4, unique=True), st.sets(st.integers(1, 6), min_size=1, max_size=4)
)
def test_a_set_and_a_list_by_key_keep_what_stays_where_it_stands(old: list[int], wanted: set[int]) -> None:
    lens, value = build_lens(None, "set(integer)"), sorted(wanted)
    there = [str(each) for each in old]
    raw = lens.put(value, there, NONE)
    stays = list(dict.fromkeys(each for each in there if int(each) in wanted))
    if set(map(int, there)) != wanted:
        assert raw == [*stays, *(each for each in value if str(each) not in there)]
    keyed = build_lens(None, "list(object by k)")
    objects = [{"k": int(each), "v": "old"} for each in dict.fromkeys(there)]
    changed = keyed.put([{"k": each, "v": "new"} for each in value], objects, NONE)
    assert [each["k"] for each in changed] == [*map(int, stays), *(n for n in value if str(n) not in there)]
    assert all(each["v"] == "new" for each in changed)
    with pytest.raises(ValueError, match="alike"):
        keyed.get([{"k": 1}, {"k": 1}], NONE)


@given(
    st.lists(st.sampled_from("abcd") | st.none(), min_size=1, max_size=3),
    st.sets(st.sampled_from("abcdef"), max_size=4),
)
def test_m5_elements_keep_their_places_and_new_ones_take_those_of_what_is_gone(
    there: list[str | None], wanted: set[str]
) -> None:
    names = [f"p{place}" for place in range(len(there))]
    lens = build_lens("elements", "set(string)", paths=names if len(names) > 1 else ())
    raw: Any = dict(zip(names, there, strict=True)) if len(names) > 1 else there[0]
    said = sorted({each for each in there if each})
    assert lens.get(raw, NONE) == (said or None)
    value = sorted(wanted) or None
    found = lens.put(value, raw, NONE)
    after = list(found.values()) if len(names) > 1 else [found]
    if (value or []) == said:
        assert after == there
        return
    assert all(now == old for now, old in zip(after, there, strict=True) if old in wanted)
    new = [each for each in sorted(wanted) if each not in there]
    came = [now for now, old in zip(after, there, strict=True) if old not in wanted]
    assert came == [*new, *[None] * len(came)][: len(came)]


@given(
    st.lists(st.sampled_from(["a", "b c", "d"]), min_size=1, max_size=4),
    st.sampled_from([";", "|", ", "]),
    st.sampled_from(["", " "]),
)
def test_split_reads_what_is_joined_and_joins_what_is_not_split(
    elements: list[str], separator: str, around: str
) -> None:
    lens = build_lens({"name": "split", "separator": separator}, "list(string)")
    assert lens.get(separator.join(f"{around}{each}{around}" for each in ["", *elements]), NONE) == elements
    assert lens.put(elements, "x", NONE) == separator.join(elements)
    for told in (f"a{separator}b", " a", " "):
        with pytest.raises(ValueError, match="separator"):
            build_lens({"name": "split", "separator": separator}).put([*elements, told], MISSING, NONE)
    assert lens.get(separator, NONE) is None


SENTINELS: Final = ["-", "0000", -1, ""]


@given(
    st.sampled_from([*SENTINELS, "x", "y", 0, 1, True, None, " - "]),
    st.sampled_from(["x", "-", None, "0000"]),
    st.sampled_from(["x", "-", None, MISSING]),
)
def test_s3_sentinels_are_null_and_no_value_is_written_as_one(raw: Any, value: Any, old: Any) -> None:
    lens = build_lens({"name": "nulls", "values": SENTINELS, "write": "0000"})
    stands_for_null = raw is None or (isinstance(raw, str) and raw.strip() in SENTINELS) or same(raw, -1)
    assert lens.get(raw, NONE) is None if stands_for_null else lens.get(raw, NONE) is raw
    reads = MISSING if old is MISSING else None if old in SENTINELS else old
    if value is None:
        assert lens.put(None, old, NONE) == (old if reads is None else "0000")
    elif value in SENTINELS:
        with pytest.raises(ValueError, match="stand for null"):
            lens.put(value, old, NONE)
    else:
        assert lens.put(value, old, NONE) == value


@given(st.lists(st.sampled_from("ABCDE"), min_size=1, unique=True), st.sampled_from("ABCDEF"), st.booleans())
def test_a_map_is_a_table_both_ways(raws: list[str], other: str, keeps: bool) -> None:
    table = {raw: raw.lower() for raw in raws}
    options = {"otherwise": "keep"} if keeps else {}
    lens = build_lens({"name": "map", "pairs": table, **options})
    assert [lens.get(raw, NONE) for raw in raws] == list(table.values())
    assert [lens.put(value, "Z", NONE) for value in table.values()] == raws
    for act in (lambda: lens.get(other, NONE), lambda: lens.put("Q", MISSING, NONE)):
        if keeps:
            assert act() in (table.get(other, other), "Q")
        elif other not in table:
            with pytest.raises(ValueError, match="map's"):
                act()
    if keeps:  # a value that would be read as another one
        with pytest.raises(ValueError, match="map's values"):
            lens.put(raws[0], MISSING, NONE)
    twice = [*table.items(), ("X", table[raws[0]])]
    with pytest.raises(ValueError, match="lossy"):
        build_lens({"name": "map", "pairs": twice})
    lossy = build_lens({"name": "map", "pairs": twice, "lossy": True})
    assert lossy.is_lossy
    assert not lens.is_lossy
    assert lossy.get("X", NONE) == table[raws[0]]
    assert lossy.put(table[raws[0]], MISSING, NONE) == raws[0]
    assert lossy.put(table[raws[0]], "X", NONE) == "X"
    for bad in ([*table.items(), (raws[0], "q")], [["A", None]], [[None, "a"]]):
        with pytest.raises(ValueError, match=r"map|null"):
            build_lens({"name": "map", "pairs": bad})


@given(json_data, json_data, json_data)
def test_a_constant_is_read_whatever_stands_and_nothing_else_is_told(
    value: Any, other: Any, raw: Any
) -> None:
    lens = build_lens({"name": "constant", "value": value})
    assert lens.get(raw, NONE) is value is lens.get(MISSING, NONE)
    assert lens.put(value, raw, NONE) is raw
    if other != value:
        with pytest.raises(ValueError, match="constant"):
            lens.put(other, raw, NONE)


ADDRESSES: Final = st.builds(
    lambda a, b, space: f"{space}{a}@{b}{space}",
    st.text("aB.+@", min_size=1, max_size=4),
    st.sampled_from(["Firma.NO", "x"]),
    st.sampled_from(["", " "]),
)


@given(ADDRESSES)
def test_an_address_has_a_domain_in_lower_case(address: str) -> None:
    local, _, domain = address.strip().rpartition("@")
    assert build_lens("email", "string").get(address, NONE) == f"{local}@{domain.lower()}"
    lower = build_lens({"name": "email", "local": "lower"}, "string")
    assert lower.get(address, NONE) == f"{local}@{domain}".lower()
    assert build_lens("email", "string").get(" No Address ", NONE) == "No Address"


@given(
    st.integers(90_000_000, 99_999_999),
    st.sampled_from(["{}", "+47{}", "0047{}", "+47 {}", "{} ", "({})"]),
    st.sampled_from(["", " ext. 12", ";ext=12", "x12"]),
)
def test_a_phone_number_is_one_whatever_its_spelling(number: int, form: str, extension: str) -> None:
    text = form.format(number) + extension
    wanted = f"+47{number}" + (";ext=12" if extension else "")
    for write in ("e164", "international", "national"):
        lens = build_lens({"name": "phone", "region": "NO", "write": write}, "string")
        assert lens.get(text, NONE) == wanted
        assert lens.put(wanted, text, NONE) == text
        raw = lens.put(wanted, MISSING, NONE)
        assert lens.get(raw, NONE) == wanted
        spelled = re.sub("[^0-9+]", "", raw.partition(";")[0])
        assert "ext" in raw or spelled == (
            str(number) if write == "national" and not extension else f"+47{number}"
        )
        assert extension or (" " in raw) is (write != "e164")
        for other in ("soon", f"{text} or {number}", "1"):
            assert lens.get(f" {other} ", NONE) == other
            assert lens.put(other, MISSING, NONE) == other
    assert build_lens("phone", "string").get(str(number), NONE) == str(number)
    with pytest.raises(ValueError, match="region"):
        build_lens("phone(XX)")


class Links:
    """Every number is linked, to its negative."""

    def golden(self, entity_type: str, remote_id: str) -> str | None:
        return f"-{remote_id}" if entity_type == "crm.Company" else None

    def remote(self, entity_type: str, golden_id: str) -> str | None:
        return golden_id.removeprefix("-") if entity_type == "crm.Company" else None


@given(
    st.sampled_from(["17", "017", "x7", "0"]),
    st.sampled_from(["", "number", "text"]),
    st.sampled_from([5, "5", MISSING, None]),
)
def test_w5_an_id_is_written_as_the_kind_that_is_wanted_else_that_stands_there(
    told: str, wants: str, old: Any
) -> None:
    lens: BuiltLens = build_lens({"name": "reference", "raw": wants}, "reference", references="crm.Company")
    is_number = told in ("17", "0")
    if wants == "number" and not is_number:
        with pytest.raises(ValueError, match="whole number"):
            lens.put(f"-{told}", old, Links())
        return
    number = is_number and (wants == "number" or (not wants and old == 5 and not isinstance(old, str)))
    raw = lens.put(f"-{told}", old, Links())
    assert same(raw, int(told) if number else told)
    assert lens.get(raw, Links()) == lens.get(f" {raw} ", Links()) == f"-{told}"
    assert lens.put(f"-{told}", raw, Links()) is raw
    assert lens.put(None, raw, Links()) is None is lens.get(" ", Links())
    assert lens.get(told, NONE) is MISSING is lens.put("-3", old, NONE)
