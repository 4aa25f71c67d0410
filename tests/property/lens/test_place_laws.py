"""Places against a simple model of a payload, and the texts and objects that name them."""

import copy
from typing import Any

import pytest
from hypothesis import given, strategies as st

from accord.core.lens import (
    Constant,
    Element,
    Path,
    Paths,
    build_lens,
    build_place,
    conditional_place,
    normalisation,
    parse_place,
)
from accord.core.lens.group import Flag, Group, GroupNormal, Together
from accord.core.lens.places import split_path
from accord.core.model import NoReferences, Place
from accord.core.values import MISSING

NONE = NoReferences()
names = st.sampled_from("abk")
leaves = st.sampled_from([None, 1, 2, True, "w", ""])
payloads = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=8,
)
records = st.dictionaries(names, payloads, max_size=3)
kinds = st.sampled_from(["w", "h", "W", 1, None, ""])
elements = st.builds(
    lambda *parts: dict(part for part in parts if part is not None),
    st.none() | kinds.map(lambda raw: ("k", raw)) | st.just(("k", "w")),
    st.sampled_from([None, ("v", None), ("v", 1), ("v", "w")]),
    st.sampled_from([None, None, ("o", 1)]),
)


def walked(payload: Any, path: list[str]) -> Any:
    """What stands at a path, told once more in the plainest way."""
    for name in path:
        while isinstance(payload, list):
            if not payload:
                return None
            payload = payload[0]
        if payload is None:
            return None
        if not isinstance(payload, dict) or name not in payload:
            return MISSING
        payload = payload[name]
    return payload


def written(place: Place, raw: Any, body: dict[str, Any], old: dict[str, Any] | None) -> dict[str, Any]:
    """The body after a write, which must touch neither old nor what body shares with it."""
    before, changed = copy.deepcopy((body, old)), dict(body)
    place.write(changed, raw, old)
    assert (body, old) == before
    return changed


@given(st.lists(names, min_size=1, max_size=3), records, st.integers(5, 7) | st.none())
def test_a_path_leads_through_objects_and_first_elements(
    path: list[str], record: dict[str, Any], raw: int | None
) -> None:
    place = Path(".".join(path))
    assert place.read(record) == walked(record, path)
    assert place.paths() == (".".join(path),)
    assert not place.whole
    for body in ({}, record):
        after = written(place, raw, body, record)
        assert walked({**record, **after}, path) == raw
        assert {n: v for n, v in after.items() if n != path[0]} == {
            n: v for n, v in body.items() if n != path[0]
        }
    assert written(place, MISSING, record, None) == record
    if len(path) > 1 and isinstance(record.get(path[0]), dict):
        others = {n: v for n, v in record[path[0]].items() if n != path[1]}
        kept = written(place, raw, record, record).get(path[0])
        assert not isinstance(kept, dict) or {n: v for n, v in kept.items() if n != path[1]} == others
        if walked(record, path[:1]) is not None and raw is not None:
            assert set(written(place, raw, {}, record)[path[0]]) == {
                path[1]
            }  # a patch names what changes alone


@given(
    st.lists(st.dictionaries(st.sampled_from("bx"), st.integers(0, 2)), min_size=1, max_size=3), st.booleans()
)
def test_a_path_through_a_list_keeps_the_other_elements_and_what_else_the_first_holds(
    there: list[dict[str, int]], deep: bool
) -> None:
    place = Path("l.a.b" if deep else "l.b")
    old = {"l": [{"a": each} for each in there] if deep else there}
    first = {**there[0], "b": 9}
    wanted = [{"a": first}, *old["l"][1:]] if deep else [first, *there[1:]]
    assert written(place, 9, {}, old) == {"l": wanted}
    inside = written(Path(f"p.{place.text}"), 9, {}, {"p": old})
    assert inside == {"p": {"l": wanted}}
    assert written(place, 9, {"l": []}, old) == {"l": [{"a": {"b": 9}}] if deep else [{"b": 9}]}


@given(
    st.dictionaries(st.sampled_from(["a", "c"]), leaves),
    st.sampled_from([MISSING, None, "x"]),
    st.sampled_from([MISSING, None, 7]),
    st.sampled_from([MISSING, None]),
)
def test_several_paths_are_an_object_of_what_stands_at_each(
    record: dict[str, Any], one: Any, two: Any, absent: Any
) -> None:
    place = Paths("a", "b.c", absent=absent)
    payload = record if "c" not in record else {**record, "b": {"c": record["c"]}}
    said = {"a": record.get("a", MISSING), "b.c": record.get("c", MISSING)}
    said = {path: absent if raw is MISSING else raw for path, raw in said.items()}
    there = {path: raw for path, raw in said.items() if raw is not MISSING}
    assert place.read(payload) == (there or MISSING)
    assert place.paths() == ("a", "b.c")
    assert place.whole
    raw = {path: each for path, each in (("a", one), ("b.c", two)) if each is not MISSING}
    after = {**payload, **written(place, raw, {}, payload)}
    for path, each in (("a", one), ("b.c", two)):
        assert walked(after, path.split(".")) == (
            walked(payload, path.split(".")) if each is MISSING or said[path] == each else each
        )
    wiped = {**payload, **written(place, None, {}, payload)}
    assert {walked(wiped, ["a"]), walked(wiped, ["b", "c"])} == {None} or absent is None
    assert written(place, dict(there), {}, payload) == {}
    assert written(place, {"a": 5, "b.c": 6}, {}, None) == {"a": 5, "b": {"c": 6}}
    for bad in (("a",), ("a", "a"), ("a", "b", "a")):
        with pytest.raises(ValueError, match="several paths"):
            Paths(*bad)


def meets(stands: Any, wanted: Any) -> bool:
    """A condition as documents mean it: texts for numbers and truth values, null for what is blank."""
    if wanted is None:
        return stands in (None, MISSING) or stands == ""
    if isinstance(wanted, str) and isinstance(stands, bool | int | float):
        return str(stands).lower() == wanted.lower()
    return type(stands) is type(wanted) and stands == wanted


@given(
    st.sampled_from([None, "", "w", "W", "1", 1, True, "true", "True", 0, "0", False, MISSING, [], 1.5]),
    st.sampled_from([None, "w", "1", 1, True, "true", "false", 0, "1.5"]),
)
def test_a_condition_compares_as_documents_write_it(stands: Any, wanted: Any) -> None:
    element = {"v": "x"} | ({} if stands is MISSING else {"k": stands})
    place = Element("l", where={"k": wanted}, path="v")
    assert place.read({"l": [element]}) == ("x" if meets(stands, wanted) else None)
    assert place.read({"l": element}) == ("x" if meets(stands, wanted) else MISSING)
    assert Element("", where={"k": wanted}, path="v").read(element) == (
        "x" if meets(stands, wanted) else MISSING
    )


@given(
    st.lists(elements, max_size=4),
    st.sampled_from(["w", None, "1"]),
    st.sampled_from([7, None]),
    st.booleans(),
)
def test_w1_the_first_element_that_meets_the_condition_is_read_and_written_alone(
    there: list[dict[str, Any]], wanted: Any, raw: Any, in_body: bool
) -> None:
    place = Element("l", where={"k": wanted}, path="v")
    at = next((i for i, each in enumerate(there) if meets(each.get("k", MISSING), wanted)), None)
    assert place.read({"l": there}) == (None if at is None else there[at].get("v", MISSING))
    old, body = {"l": there, "x": 1}, {"l": there} if in_body else {}
    after = {**old, **written(place, raw, body, {"l": []} if in_body else old)}
    if at is None:
        new = [] if raw is None else [{"v": raw} if wanted is None else {"k": wanted, "v": raw}]
        assert after == {"l": [*there, *new], "x": 1} or (wanted is None and after["l"][-1].get("v") == raw)
        return
    if raw is None and there[at].get("v") is None and "v" in there[at]:
        assert after == old
        return
    changed = {**there[at], "v": raw}
    others = [*there[:at], *there[at + 1 :]]
    bare = raw is None and set(there[at]) <= {"k", "v"} and there[at].get("k", MISSING) == wanted
    alone = not any(meets(each.get("k", MISSING), wanted) for each in others)
    if bare and alone:
        assert after["l"] in (others, [*there[:at], changed, *there[at + 1 :]])
        assert wanted is None or after["l"] == others
    else:
        kept = after["l"] == [*there[:at], changed, *there[at + 1 :]]
        assert kept or (wanted is None and raw is None and alone and after["l"] == others)
    assert after["x"] == 1
    assert place.paths() == ("l.v", "l.k")


@given(st.lists(leaves | elements, max_size=3), st.sampled_from([7, None]), st.sampled_from(["", "v"]))
def test_the_first_element_is_read_and_written_and_the_others_are_kept(
    there: list[Any], raw: Any, path: str
) -> None:
    place = Element("p.l", path=path)
    record = {"p": {"l": there, "x": 1}}
    first = walked({"l": there[:1]}, ["l", path] if path else ["l"])
    if not path:
        first = there[0] if there else None
    assert place.read(record) == (first if there else None)
    after = written(place, raw, record, record)
    assert after["p"]["x"] == 1
    if raw is not None:
        assert place.read(after) == raw
        assert after["p"]["l"][1:] == there[1:]
        if path and there and isinstance(there[0], dict):
            assert after["p"]["l"][0] == {**there[0], path: raw}
    else:
        assert place.read(after) in (None, MISSING) or len(there) > 1
        assert after["p"]["l"][-1:] == there[-1:] or len(there) == 1
    assert place.paths() == (f"p.l.{path}" if path else "p.l",)
    assert place.read({"p": {}}) is MISSING
    assert place.read({"p": None}) is None is place.read({"p": {"l": None}})
    assert Element("p.l").read({"p": {"l": {"v": 1}}}) is MISSING


@given(
    st.dictionaries(st.sampled_from(["k", "v", "o"]), st.sampled_from(["w", "h", None, 1]), max_size=3),
    st.sampled_from([7, None]),
    st.booleans(),
)
def test_a_record_is_made_to_meet_the_condition_by_a_value_and_left_by_null(
    there: dict[str, Any], raw: Any, inside: bool
) -> None:
    place = Element("p" if inside else "", where={"k": "w"}, path="v")
    old: dict[str, Any] = {"p": there} if inside else there
    is_met = there.get("k") == "w"
    after = written(place, raw, {}, old)
    change = {"v": raw} if is_met else {"k": "w", "v": raw}
    if raw is None and not is_met:
        assert after == {}
    else:
        assert after == ({"p": change} if inside else change)
        assert place.read({"p": {**there, **change}} if inside else {**old, **after}) == raw
    assert place.whole


def test_an_element_needs_to_be_told() -> None:
    for list_path, options in (("", {}), ("l", {"where": {"k": 1}}), ("", {"where": {"k": 1}})):
        with pytest.raises(ValueError, match="element"):
            Element(list_path, **options)
    with pytest.raises(ValueError, match="empty name"):
        split_path("a..b")


texts = st.sampled_from(["a", "b.c", r"x\.y", "l"])
values = st.sampled_from(["w", "1", "no x"])


@given(texts, st.dictionaries(texts, values, max_size=2), texts, records)
def test_the_forms_of_a_place_name_the_same_place(
    list_path: str, where: dict[str, str], path: str, record: dict[str, Any]
) -> None:
    conditions = ",".join(f"{name} = {value}" for name, value in where.items())
    by_text = parse_place(f" {list_path}[{conditions}].{path} ")
    by_object = build_place({"list": list_path, "where": where, "path": path})
    direct = Element(list_path, where=where, path=path)
    assert repr(by_text) == repr(by_object) == repr(direct)
    assert by_text.paths() == direct.paths()
    if where:
        full = {f"{list_path}.{name}": value for name, value in where.items()}
        told = " ".join(f"(Dependant on having {value} in {name})" for name, value in full.items())
        conditional = conditional_place(f"{list_path}.{path}", full)
        assert repr(build_place(f"{list_path}.{path} {told}")) == repr(conditional)
        ends = [name.replace(r"\.", "_").split(".") for name in (path, *where)]
        if len({each[0] for each in ends}) > 1 or min(map(len, ends)) == 1:
            assert repr(conditional) == repr(direct)
        others = conditional_place(path, {f"q.{name}": value for name, value in where.items()})
        assert repr(others) == repr(Element("", where={f"q.{n}": v for n, v in where.items()}, path=path))
    else:
        assert repr(build_place([list_path])) == repr(build_place(list_path)) == repr(Path(list_path))
        assert repr(parse_place(f"{list_path}[]")) == repr(Element(list_path))
        assert repr(build_place({"list": list_path})) == repr(Element(list_path))
        assert repr(build_place([list_path, "z"])) == repr(Paths(list_path, "z"))
    assert build_place({"constant": path}).read(record) == path
    assert written(Constant(path), "other", record, None) == record
    assert repr(parse_place("l[k=].v")) == repr(Element("l", where={"k": None}, path="v"))
    assert repr(parse_place("l.v (Dependant on having  in l.k)")) == repr(
        Element("l", where={"k": None}, path="v")
    )


@pytest.mark.parametrize("where", [{}, {"k": "w"}, {"k": None}])
@pytest.mark.parametrize(("stands", "read"), [(None, None), ([], None), (5, MISSING), ("w", MISSING)])
def test_s3_null_in_place_of_a_list_is_null_and_what_is_no_list_says_nothing(
    where: dict[str, Any], stands: Any, read: Any
) -> None:
    place = Element("l", where=where, path="v")
    assert place.read({"l": stands}) is read
    assert place.read({}) is MISSING


BAD_PLACES: list[Any] = [
    *("l.v (Dependant on having w in  )", "l.v (Dependant on having  in )"),
    *("l[k=w", "l]k", "[k=w].v", "l[k=w]", "l[a][b].v", "a (Dependant on having w)", "a (Dependant on having w in )"),
    *("l[k].v (Dependant on having w in l.k)", "a.", "", 7, None, [1], [], {"list": "l", "else": 1}, {"where": {}}, {}),
    *({"constant": 1, "list": "l"}, {"path": "a"}),
]  # fmt: skip


@pytest.mark.parametrize("spec", BAD_PLACES, ids=str)
def test_what_names_no_place_is_refused(spec: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        build_place(spec)


def test_a_condition_selects_no_element_of_brackets() -> None:
    for path, conditions in (("l[0].v", {"l.k": 1}), ("l.v", {"l[k]": 1})):
        with pytest.raises(ValueError, match="condition"):
            conditional_place(path, conditions)


raws = st.sampled_from([MISSING, None, "", "1", "2", "x"])


@given(raws, raws, st.none() | st.tuples(st.sampled_from([None, 1, 3]), st.sampled_from([None, "z"])))
def test_m8_a_group_is_all_of_its_members_or_nothing(
    one: Any, two: Any, wanted: tuple[Any, Any] | None
) -> None:
    lenses = (build_lens(None, "integer"), build_lens(None, "string"))
    group, place = Group(names=("n", "s"), lenses=lenses), Together(Path("a"), Path("o.b"))
    record = ({} if one is MISSING else {"a": one}) | ({} if two is MISSING else {"o": {"b": two}})
    raw = place.read(record)
    assert raw == (MISSING if one is MISSING and two is MISSING else [one, two])
    assert place.paths() == ("a", "o.b")
    assert not place.whole
    assert Together(Path("a"), Element("l")).whole
    if one == "x":
        with pytest.raises(ValueError, match="number"):
            group.get(["x", two], NONE)
        return
    parts = [
        MISSING if each is MISSING else lens.get(each, NONE)
        for lens, each in zip(lenses, [one, two], strict=True)
    ]
    said = (
        MISSING
        if MISSING in parts
        else None
        if parts == [None, None]
        else dict(zip("ns", parts, strict=True))
    )
    assert group.get(raw, NONE) == said
    assert group.get(None, NONE) is None
    assert group.put(MISSING, raw, NONE) is raw
    value = None if wanted is None else dict(zip("ns", wanted, strict=True))
    after = written(place, group.put(value, raw, NONE), {}, record)
    told = {**record, **after}
    members = wanted or (None, None)
    assert [
        lens.get(walked(told, path), NONE) for lens, path in zip(lenses, (["a"], ["o", "b"]), strict=True)
    ] == list(members)
    assert group.get(group.put(value, raw, NONE), NONE) == (None if members == (None, None) else value)
    assert not group.is_lossy
    assert Group(names=("n", "s"), lenses=(lenses[0], build_lens("truncate(2)", "string"))).is_lossy
    assert written(place, None, {"z": 1}, None) == {"a": None, "o": {"b": None}, "z": 1}
    assert written(place, [MISSING, 1], {}, None) == {"o": {"b": 1}}


@given(st.sampled_from([None, "a b", " x "]), st.sampled_from([None, "q", "Q "]))
def test_s5_a_normal_group_is_made_of_the_normals_of_its_members(one: Any, two: Any) -> None:
    normals = {"n": normalisation("upper | trim"), "s": normalisation("lower")}
    found = GroupNormal(normals=(("n", normals["n"]),))({"n": one, "s": two})
    assert found == {"n": normals["n"](one), "s": two}


@given(st.sampled_from([MISSING, None, "on", "off", "x", 1]), st.sampled_from([True, False, None, MISSING]))
def test_w8_a_flag_is_one_word_and_leaves_others(old: Any, value: Any) -> None:
    flag = Flag(on="on", off="off")
    assert flag.get(old, NONE) is (MISSING if old is MISSING else old == "on")
    raw = flag.put(value, old, NONE)
    if value is None or value is MISSING or (old is not MISSING and (old == "on") is value):
        assert raw is old
    else:
        assert raw == ("on" if value else "off")


def test_s3_where_nothing_stands_among_several_places_nothing_is_said() -> None:
    place = Together(Path("a"), Path("o.b"))
    assert place.read({"a": 1}) == [1, MISSING]
    assert place.read({"o": {"b": 2}}) == [MISSING, 2]
    assert place.read({}) is MISSING
