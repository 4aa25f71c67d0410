"""Lenses and normalisations from plain data, and the checker of lenses, against plain models."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

import pytest
from hypothesis import given, strategies as st

from accord.core.lens import LENSES, BuiltLens, build_lens, check_lens, lens as lens_of, normalisation
from accord.core.lens.base import said_by
from accord.core.model import NoReferences
from accord.core.types import value_type
from accord.core.values import MISSING

# ruff: noqa: E501 - a row is a line
NONE: Final = NoReferences()
TYPES: Final = [
    *("string", "integer", "decimal(2)", "float", "boolean", "date", "datetime(ms)", "time", "enum(a|b)", "reference"),
    *("list(integer)", "set(decimal(1))", "list(object by k)", "object", "list(list(string))"),
]  # fmt: skip
# spellings that are one lens
ALIKE: Final[list[tuple[str, list[object]]]] = [
    ("string", ["truncate(4)", {"name": "truncate", "length": 4}, ["truncate( 4 )"], [lens_of("truncate", length=4)], {"name": "truncate", "length": "4"}]),
    ("string", ["trim", ["trim"], {"name": "trim"}, ["trim", "string"], ("trim",)]),
    ("decimal(2)", [None, "decimal", "decimal(2)", {"name": "decimal"}, {"name": "decimal", "scale": 2}, []]),
    ("datetime(ms)", [None, "datetime", "datetime(ms)", {"name": "datetime", "resolution": "ms"}]),
    ("enum(a|b)", [None, "enum", "enum(a|b)", {"name": "enum", "members": ["a", "b"]}]),
    ("list(integer)", [None, "list", "list(integer)", {"name": "list", "of": "integer"}, {"name": "list", "of": None}]),
    ("set(integer)", [None, "set", {"name": "set", "of": {"name": "integer"}}]),
    ("list(object by k)", [None, "keyed", {"name": "keyed", "key": "k", "of": "object"}]),
    ("reference", [None, {"name": "reference", "entity_type": "crm.X"}]),
    ("list(string)", ["split", "split(;)", {"name": "split", "separator": ";"}, ["split", "list"]]),
    ("string", ["phone(NO)", {"name": "phone", "region": "NO"}, ["phone(NO)", "string"]]),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "specs"), ALIKE, ids=lambda each: str(each)[:20])
def test_the_spellings_of_a_lens_are_one_lens(kind: str, specs: list[object]) -> None:
    built = [build_lens(spec, kind, references="crm.X") for spec in specs]
    assert len({each.fingerprint for each in built}) == 1
    assert all(each == built[0] for each in built)
    assert build_lens(built[0], kind) is built[0]
    assert built[0] == build_lens([built[0]], kind, references="crm.X") or "chain" in built[0].fingerprint


@pytest.mark.parametrize("kind", TYPES)
def test_the_cast_to_a_type_is_the_end_of_every_chain(kind: str) -> None:
    cast = build_lens(None, kind, references="crm.X")
    chained = build_lens([{"name": "nulls", "values": ["?"]}], kind, references="crm.X")
    assert chained.get("?", NONE) is None
    assert cast.fingerprint in chained.fingerprint
    assert cast.fingerprint != build_lens("trim", kind, references="crm.X").fingerprint
    assert not cast.is_lossy
    when = build_lens({"name": "when", "parts": ["a", "b"], "then": None}, kind, references="crm.X")
    assert getattr(when, "then", None) == cast
    for lossy in ("truncate(3)", {"name": "map", "pairs": [["A", 1], ["B", 1]], "lossy": True}):
        assert build_lens([lossy], kind, references="crm.X").is_lossy


@pytest.mark.parametrize("inner", ["trim", "truncate(2)"])
def test_what_holds_a_lossy_lens_is_lossy(inner: str) -> None:
    lossy = "truncate" in inner
    for spec, kind in [
        ({"name": "list", "of": inner}, "list(string)"),
        ({"name": "set", "of": inner}, "set(string)"),
        ({"name": "when", "parts": ["a", "b"], "then": inner}, "string"),
        ({"name": "when", "parts": ["a", "b"], "then": "trim", "otherwise": inner}, "string"),
        (["trim", inner], "string"),
        ([inner, "trim"], "string"),
    ]:
        assert build_lens(spec, kind).is_lossy is lossy


SILENT: Final[list[tuple[object, str, object]]] = [
    *((None, kind, raw) for kind, raw in [("string", "x"), ("integer", 1), ("decimal(2)", "1.5"), ("boolean", True), ("date", "2020-01-02")]),
    *((None, kind, raw) for kind, raw in [("datetime(ms)", "2020-01-02T03:04:05Z"), ("time", "03:04"), ("enum(a|b)", "a"), ("reference", "1")]),
    *((None, kind, raw) for kind, raw in [("list(integer)", [1]), ("set(string)", ["a"]), ("list(object by k)", [{"k": "a"}]), ("object", {"a": 1})]),
    *((spec, "string", " x ") for spec in ["trim", "truncate(2)", "phone(NO)", {"name": "nulls", "values": ["?"]}, ["trim", "truncate(2)"]]),
    ({"name": "map", "pairs": {"a": "b"}}, "string", "a"), ({"name": "constant", "value": "c"}, "string", "x"), ("split", "list(string)", "a;b"),
    ({"name": "join", "parts": ["p", "q"]}, "string", {"p": "a", "q": "b"}),
    ({"name": "first_of", "parts": ["p", "q"]}, "string", {"p": None, "q": "b"}),
    ({"name": "when", "parts": ["p", "q"], "then": "trim"}, "string", {"p": "a", "q": "b"}),
    ({"name": "elements", "parts": ["p", "q"]}, "list(string)", {"p": "a", "q": "b"}),
]  # fmt: skip


@pytest.mark.parametrize(("spec", "kind", "raw"), SILENT, ids=str)
def test_s3_what_is_absent_says_nothing_in_either_direction(spec: object, kind: str, raw: object) -> None:
    """Whatever stands there: something, null, nothing, or what the lens can not read."""
    built = build_lens(spec, kind, references="crm.X")
    for there in (raw, None, MISSING, 7.25, ["?"], {"p": 7.25, "q": None}):
        assert built.put(MISSING, there, NONE) is there
    constant = isinstance(spec, dict) and spec["name"] == "constant"
    assert built.get(MISSING, NONE) == ("c" if constant else MISSING)
    assert built.get(None, NONE) == ("c" if constant else None)


WRONG: Final[list[tuple[object, str]]] = [
    *((spec, "string") for spec in ["trimm", "trim(3)", "truncate(x)", "truncate(3", "truncate(34", {"length": 3}, 7, {"name": 7}]),
    *((spec, "string") for spec in [{"name": "trim", "most": 1}, {"name": "split", "separator": ""}, "truncate", [None]]),
    *((spec, "string") for spec in [{"name": "join"}, {"name": "first_of"}, {"name": "when", "then": "trim"}]),
    *((spec, "string") for spec in [{"name": "join", "parts": ["a"]}, {"name": "join", "parts": ["a", "b"], "separator": ""}]),
    *((spec, "string") for spec in [{"name": "first_of", "parts": ["a"]}, {"name": "when", "parts": ["a"], "then": "trim"}]),
    *((spec, "integer") for spec in [{"name": "integer", "mark": ",", "group": ","}, {"name": "integer", "mark": ";"}]),
    *((spec, "date") for spec in [{"name": "date", "tail": "noon"}, {"name": "date", "tail": "T00:00", "format": "epoch_s"}]),
    *((spec, "datetime") for spec in [{"name": "datetime", "zone": "Oslo"}, {"name": "datetime", "zone": "Europe"}]),
    *((spec, "datetime") for spec in [{"name": "datetime", "format": "%d.%m.%Y"}, {"name": "datetime", "resolution": "m"}]),
    ({"name": "map", "pairs": {"a": "b"}, "otherwise": "drop"}, "string"),
    ({"name": "time", "format": "%M"}, "time"), (None, ""), ([], ""), (None, "text"), ("phone(ZZ)", "string"),
]  # fmt: skip


@pytest.mark.parametrize(("spec", "kind"), WRONG, ids=str)
def test_what_is_no_lens_is_refused_with_what_is_known(spec: object, kind: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        build_lens(spec, kind)


@given(st.sampled_from(sorted(LENSES)), st.sampled_from(["a.b", "c"]), st.sampled_from(["x.y", "z"]))
def test_a_lens_on_several_places_takes_them_from_the_place(name: str, one: str, two: str) -> None:
    more = {"truncate": {"length": 3}, "decimal": {"scale": 1}, "enum": {"members": ["a"]}, "list": {"of": "trim"},
            "set": {"of": "trim"}, "keyed": {"of": "object", "key": "k"}, "map": {"pairs": {"a": "b"}},
            "constant": {"value": 1}, "when": {"then": "trim"}}.get(name, {})  # fmt: skip
    built = build_lens({"name": name, **more}, paths=(one, two), references="crm.Person")
    assert built.name == name
    several = name in ("join", "first_of", "when", "elements")
    assert (getattr(built, "parts", None) == (one, two)) is several
    assert (getattr(built, "entity_type", "") == "crm.Person") is (name == "reference")
    own = build_lens(
        {"name": name, **more, **({"parts": ["q", "r"]} if several else {})},
        paths=(one, two),
        references="c.P",
    )
    assert getattr(own, "parts", ("q", "r")) == ("q", "r")


class Table(BuiltLens):
    """A lens of two tables, lawful or not."""

    name = "table"

    def __init__(self, gets: dict[int, Any], puts: dict[Any, int], lossy: bool) -> None:
        self.gets, self.puts, self.lossy = gets, puts, lossy

    @property
    def is_lossy(self) -> bool:
        return self.lossy

    def get(self, raw: Any, refs: Any) -> Any:
        if raw is None or raw is MISSING:
            return raw
        if raw not in self.gets:
            raise ValueError("no such raw")
        return self.gets[raw]

    def put(self, value: Any, old: Any, refs: Any) -> Any:
        if value is MISSING:
            return old
        if value not in self.puts:
            raise ValueError("no such value")
        return self.puts[value]


class Plain:
    """A project's own lens, which says nothing of being lossy."""

    def __init__(self, table: Table) -> None:
        self.get, self.put = table.get, table.put


tables = st.builds(
    Table,
    st.dictionaries(st.integers(0, 2), st.sampled_from("abc"), min_size=1),
    st.dictionaries(st.sampled_from("abc"), st.integers(0, 2), min_size=1),
    st.booleans(),
)


@given(tables, st.lists(st.integers(0, 2), max_size=3), st.lists(st.sampled_from("abc"), max_size=2))
def test_the_checker_finds_exactly_what_breaks_a_law(lens: Table, raws: list[int], values: list[str]) -> None:
    wanted = []
    for at, raw in enumerate(raws):
        if raw not in lens.gets or lens.gets[raw] not in lens.puts:
            wanted.append(f"raw {at} can not be read and written back")
        elif lens.puts[lens.gets[raw]] != raw:
            wanted.append(f"GetPut: writing back what was read changes raw {at}")
    told = [(f"value {at}", value) for at, value in enumerate(values)]
    told += [(f"the value of raw {at}", said_by(raw, lens, NONE)) for at, raw in enumerate(raws)]
    for name, value in told if not lens.lossy else []:
        for _, where in [
            (0, "where nothing stands"),
            *((raw, f"over raw {at}") for at, raw in enumerate(raws)),
        ]:
            if value is MISSING:
                continue
            if value not in lens.puts or lens.puts[value] not in lens.gets:
                wanted.append(f"{name} can not be written {where}")
            elif lens.gets[lens.puts[value]] != value:
                wanted.append(f"PutGet: {name}, written {where}, reads as another value")
    found = check_lens(lens, raws, values)
    assert [each.partition(":")[0] if "can not" in each else each for each in found] == wanted
    if not lens.lossy:
        assert check_lens(Plain(lens), raws, values) == found


texts = st.text("aB  \u00e5\u00df-", max_size=8)
MADE: Final = {
    "trim": str.strip,
    "collapse": lambda text: " ".join(text.split()),
    "lower": str.lower,
    "upper": str.upper,
    "title": str.title,
    "max_length(3)": lambda text: text[:3],
}


@given(
    st.lists(st.sampled_from(sorted(MADE)), min_size=1, max_size=3),
    texts,
    st.sampled_from([" | ", "|", "list"]),
)
def test_s5_a_normalisation_is_its_steps_one_after_the_other(
    names: list[str], text: str, joined: str
) -> None:
    normal = normalisation(names if joined == "list" else joined.join(names))
    made = text
    for name in names:
        made = MADE[name](made)
    assert normal(text) == value_type("string").canonical(made)
    assert normal([text, None]) == [made, None]
    assert normal.fingerprint == " | ".join(names)
    assert normal(None) is None
    assert normal(MISSING) is MISSING
    assert normal(7) == 7
    as_set = normalisation(names, "set(string)")
    assert as_set([text, "b"]) == value_type("set(string)").canonical([made, normal("b")])


@given(st.decimals(-(10**6), 10**6, places=4), st.integers(0, 5), st.integers(0, 4))
def test_s5_a_scale_rounds_half_away_from_zero_and_keeps_the_spelling(
    number: Decimal, cut: int, scale: int
) -> None:
    kind = value_type(f"decimal({scale})")
    value = kind.canonical(f"{number:f}")
    rounded = Decimal(value).quantize(Decimal(1).scaleb(-cut), ROUND_HALF_UP)
    assert normalisation(f"scale({cut})")(value) == kind.canonical(f"{rounded:f}")
    near = float(round(number, 2))
    assert normalisation(f"scale({cut})")(near) == float(
        Decimal(str(near)).quantize(Decimal(1).scaleb(-cut), ROUND_HALF_UP)
    )
    assert normalisation(f"scale({cut})")(True) is True


@given(
    st.datetimes().map(lambda t: t.isoformat(timespec="microseconds")),
    st.sampled_from(["s", "ms"]),
    st.sampled_from([0, 3, 6]),
)
def test_s5_a_resolution_cuts_and_keeps_the_spelling(moment: str, resolution: str, digits: int) -> None:
    whole, fraction = moment.split(".")
    value = f"{whole}.{fraction[:digits]}Z" if digits else f"{whole}Z"
    left = fraction[: min(digits, 3 if resolution == "ms" else 0)]
    wanted = f"{whole}.{left.ljust(digits, '0')}Z" if digits else f"{whole}Z"
    assert normalisation(f"resolution({resolution})")(value) == wanted


@pytest.mark.parametrize(
    "spec",
    [
        "shout",
        "max_length",
        "max_length(x)",
        "max_length(3",
        "max_length(30",
        "scale(21",
        "resolution(ms",
        "scale(-1)",
        "resolution(us)",
        "trim()",
        "trim||",
        "",
    ],
)
def test_s5_what_is_no_normalisation_is_refused(spec: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        normalisation(spec)
