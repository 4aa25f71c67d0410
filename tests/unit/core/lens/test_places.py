"""Places: paths, several paths, elements of lists, and the texts that name them."""

import copy
import pickle
from typing import Any

import pytest

from accord.core.lens import Constant, Element, Path, Paths, build_place, conditional_place, parse_place
from accord.core.model import Place
from accord.core.values import MISSING

WORK = Element("emails", where={"type": "work"}, path="value")


def written(
    place: Place, raw: Any, body: dict[str, Any], old: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Body after a write that must change neither old nor what body shares with it."""
    before = copy.deepcopy(old)
    changed = dict(body)
    place.write(changed, raw, old)
    assert old == before
    return changed


@pytest.mark.parametrize(
    ("path", "payload", "raw"),
    [
        ("name", {"name": "x"}, "x"),
        ("name", {}, MISSING),
        ("name", {"name": None}, None),
        ("a.b.c", {"a": {"b": {"c": 0}}}, 0),
        ("a.b.c", {"a": {"b": {}}}, MISSING),
        ("a.b.c", {}, MISSING),
        ("a.b", {"a": None}, None),
        ("a.b", {"a": "text"}, MISSING),
        ("a.b", {"a": [{"b": 1}, {"b": 2}]}, 1),
        ("a.b", {"a": []}, None),
        ("a", {"a": [1, 2]}, [1, 2]),
        (r"cc@odata\.type", {"cc@odata.type": "t"}, "t"),
    ],
)
def test_a_path_is_read(path: str, payload: dict[str, Any], raw: Any) -> None:
    assert Path(path).read(payload) == raw
    assert Path(path).paths() == (path,)


@pytest.mark.parametrize(
    ("path", "raw", "body", "old", "after"),
    [
        ("name", "x", {}, None, {"name": "x"}),
        ("name", MISSING, {"name": "y"}, None, {"name": "y"}),
        ("a.b", MISSING, {}, None, {}),
        ("a.b", "x", {}, None, {"a": {"b": "x"}}),
        ("a.b", "x", {"a": {"c": 1}}, None, {"a": {"c": 1, "b": "x"}}),
        ("a.b", "x", {"a": None}, None, {"a": {"b": "x"}}),
        ("a.b", None, {"a": None}, None, {"a": None}),
        ("a.b", None, {}, {"a": {"b": 1}}, {"a": {"b": None}}),
        ("a.b", 3, {}, {"a": [{"b": 1, "k": 1}, {"b": 2}]}, {"a": [{"b": 3, "k": 1}, {"b": 2}]}),
        ("a.b", 3, {"a": []}, None, {"a": [{"b": 3}]}),
        ("a.b.c", 3, {}, {"a": {"b": [{"c": 1}, 5], "k": 1}}, {"a": {"b": [{"c": 3}, 5]}}),
    ],
)
def test_w1_a_path_is_written(
    path: str, raw: Any, body: dict[str, Any], old: dict[str, Any] | None, after: dict[str, Any]
) -> None:
    assert written(Path(path), raw, body, old) == after


def test_a_write_into_a_shallow_copy_leaves_the_old_payload() -> None:
    old = {"a": {"b": [{"c": 1}]}, "emails": [{"type": "work", "value": "x"}]}
    before = copy.deepcopy(old)
    body = dict(old)
    Path("a.b.c").write(body, 2, old)
    WORK.write(body, "y", old)
    assert old == before
    assert body == {"a": {"b": [{"c": 2}]}, "emails": [{"type": "work", "value": "y"}]}


@pytest.mark.parametrize("text", ["", ".", "a.", ".a", "a..b", " "])
def test_a_path_with_an_empty_name_is_a_fault(text: str) -> None:
    with pytest.raises(ValueError, match="has an empty name"):
        Path(text)


def test_several_paths_are_one_object() -> None:
    place = Paths("name.first", "last")
    assert place.read({"name": {"first": "Anne"}, "last": "Berg"}) == {"name.first": "Anne", "last": "Berg"}
    assert place.read({"last": None}) == {"last": None}
    assert place.read({"name": {}}) is MISSING
    assert place.paths() == ("name.first", "last")


def test_several_paths_are_written() -> None:
    place = Paths("name.first", "last")
    assert written(place, {"name.first": "Eva", "last": None}, {}) == {"name": {"first": "Eva"}, "last": None}
    assert written(place, {"last": "Dahl"}, {}) == {"last": "Dahl"}
    assert written(place, None, {}) == {"name": {"first": None}, "last": None}
    assert written(place, MISSING, {}) == {}


@pytest.mark.parametrize("paths", [(), ("a",), ("a", "a")])
def test_several_paths_differ(paths: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="at least two different"):
        Paths(*paths)


@pytest.mark.parametrize(
    ("payload", "raw"),
    [
        ({"emails": [{"type": "home", "value": "h"}, {"type": "work", "value": "w"}]}, "w"),
        ({"emails": [{"type": "home", "value": "h"}]}, None),
        ({"emails": [{"type": "work"}]}, MISSING),
        ({"emails": []}, None),
        ({"emails": None}, None),
        ({}, MISSING),
        ({"emails": "text"}, MISSING),
        ({"emails": ["text"]}, None),
        ({"emails": {"type": "work", "value": "w"}}, "w"),
        ({"emails": {"type": "home", "value": "h"}}, MISSING),
    ],
)
def test_only_the_element_that_meets_the_condition_is_read(payload: dict[str, Any], raw: Any) -> None:
    assert WORK.read(payload) == raw


@pytest.mark.parametrize(
    ("raw", "body", "old", "after"),
    [
        ("w", {}, None, {"emails": [{"type": "work", "value": "w"}]}),
        (None, {}, None, {}),
        (MISSING, {}, None, {}),
        (
            "w",
            {},
            {"emails": [{"type": "home", "value": "h"}]},
            {"emails": [{"type": "home", "value": "h"}, {"type": "work", "value": "w"}]},
        ),
        (
            "w",
            {},
            {"emails": [{"type": "work", "value": "v", "main": True}, {"type": "home"}]},
            {"emails": [{"type": "work", "value": "w", "main": True}, {"type": "home"}]},
        ),
        (
            "w",
            {"emails": [{"type": "home", "value": "new"}]},
            {"emails": [{"type": "home", "value": "h"}]},
            {"emails": [{"type": "home", "value": "new"}, {"type": "work", "value": "w"}]},
        ),
        (None, {}, {"emails": [{"type": "work", "value": "v"}]}, {"emails": []}),
        (None, {}, {"emails": [{"type": "work", "value": None}]}, {}),
        (
            None,
            {},
            {"emails": [{"type": "work", "value": "v", "main": True}]},
            {"emails": [{"type": "work", "value": None, "main": True}]},
        ),
        (
            None,
            {},
            {"emails": [{"type": "work", "value": "v"}, {"type": "work", "value": "u"}]},
            {"emails": [{"type": "work", "value": None}, {"type": "work", "value": "u"}]},
        ),
        ("w", {"emails": None}, None, {"emails": [{"type": "work", "value": "w"}]}),
        ("w", {}, {"emails": {"type": "home", "value": "h"}}, {"emails": {"type": "work", "value": "w"}}),
        ("w", {}, {"emails": {"type": "work", "value": "h"}}, {"emails": {"value": "w"}}),
        (None, {}, {"emails": {"type": "home", "value": "h"}}, {}),
        (None, {}, {"emails": {"type": "work", "value": "h"}}, {"emails": {"value": None}}),
    ],
)
def test_w1_an_element_is_written_and_the_others_are_kept(
    raw: Any, body: dict[str, Any], old: dict[str, Any] | None, after: dict[str, Any]
) -> None:
    assert written(WORK, raw, body, old) == after


def test_the_first_element() -> None:
    first = Element("tags")
    assert first.read({"tags": ["a", "b"]}) == "a"
    assert written(first, "c", {}, {"tags": ["a", "b"]}) == {"tags": ["c", "b"]}
    assert written(first, None, {}, {"tags": ["a", "b"]}) == {"tags": [None, "b"]}
    assert written(first, None, {}, {"tags": ["a"]}) == {"tags": []}
    assert first.paths() == ("tags",)


def test_a_record_that_must_meet_a_condition() -> None:
    place = Element("", where={"country": "NO", "kind.no": "1"}, path="orgnr")
    assert place.read({"country": "NO", "kind": {"no": 1}, "orgnr": "9"}) == "9"
    assert place.read({"country": "SE", "kind": {"no": 1}, "orgnr": "9"}) is MISSING
    assert place.read({}) is MISSING
    assert written(place, "8", {}, {"country": "NO"}) == {"kind": {"no": "1"}, "orgnr": "8"}
    assert written(place, None, {}, {"country": "SE", "orgnr": "9"}) == {}
    assert written(place, None, {"country": "NO", "kind": {"no": "1"}}, None)["orgnr"] is None
    assert place.paths() == ("orgnr", "country", "kind.no")


@pytest.mark.parametrize("outer", ["", "kind."])
def test_w1_what_else_is_written_does_not_hide_that_a_record_meets_a_condition(outer: str) -> None:
    place = Element(outer[:-1], where={"country": "NO"}, path="orgnr")
    old, body, cleared = {"country": "NO", "orgnr": "9"}, {"name": "By"}, {"name": "By", "orgnr": None}
    if outer:
        old, body, cleared = {"kind": old}, {"kind": body}, {"kind": cleared}
    assert written(place, None, body, old) == cleared
    moved = {"kind": {"country": "SE"}} if outer else {"country": "SE"}
    assert written(place, None, moved, old) == moved


def test_a_record_with_a_condition_keeps_lists_inside() -> None:
    place = Element("", where={"country": "NO"}, path="emails.value")
    old = {"country": "NO", "emails": [{"value": 1, "k": 1}, {"value": 2}]}
    assert written(place, 3, {}, old) == {"emails": [{"value": 3, "k": 1}, {"value": 2}]}


@pytest.mark.parametrize(
    ("wanted", "raw", "met"),
    [
        ("NO", "NO", True),
        ("NO", "no", False),
        ("1", 1, True),
        ("true", True, True),
        ("true", None, False),
        (1, 1, True),
        (1, True, False),
        (None, "", True),
        (None, MISSING, True),
        (None, "x", False),
    ],
)
def test_conditions_compare_as_documents_write_them(wanted: Any, raw: Any, met: bool) -> None:
    element = {"value": "v"} if raw is MISSING else {"value": "v", "kind": raw}
    assert Element("l", where={"kind": wanted}, path="value").read({"l": [element]}) == ("v" if met else None)


@pytest.mark.parametrize(("arguments", "options"), [(("",), {}), (("list",), {"where": {"a": 1}})])
def test_an_element_needs_to_be_told(arguments: tuple[str], options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="element"):
        Element(*arguments, **options)


def test_a_constant_is_read_and_never_written() -> None:
    place = Constant("customer")
    assert place.read({}) == "customer"
    assert written(place, "other", {"a": 1}) == {"a": 1}
    assert place.paths() == ()


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("name.first", Path("name.first")),
        (" name ", Path("name")),
        ("emails[type=work].value", WORK),
        (
            "a.emails[type=work, main=true].x.y",
            Element("a.emails", where={"type": "work", "main": "true"}, path="x.y"),
        ),
        ("emails[].value", Element("emails", path="value")),
        ("tags[]", Element("tags")),
        ("emails[type=].value", Element("emails", where={"type": None}, path="value")),
        (
            "Emails.Value (Dependant on having work in Emails.Type)",
            Element("Emails", where={"Type": "work"}, path="Value"),
        ),
        (
            "Emails.Value  ( Dependant on having wd:Q17517 in Emails.Type )",
            Element("Emails", where={"Type": "wd:Q17517"}, path="Value"),
        ),
        (
            "orgnr (Dependant on having NO in country.id)",
            Element("", where={"country.id": "NO"}, path="orgnr"),
        ),
        (
            "a.b.c (Dependant on having x in a.b.d)(Dependant on having y in a.e)",
            Element("a", where={"b.d": "x", "e": "y"}, path="b.c"),
        ),
        (
            "a.c (Dependant on having x in a.d Dependant on having not in sight in a.e)",
            Element("a", where={"d": "x", "e": "not in sight"}, path="c"),
        ),
        ("a.c (Dependant on having  in a.d)", Element("a", where={"d": None}, path="c")),
        (r"a\.x.c (Dependant on having 1 in a\.x.d)", Element(r"a\.x", where={"d": "1"}, path="c")),
    ],
)
def test_texts_that_name_places(text: str, same: Place) -> None:
    assert repr(parse_place(text)) == repr(same)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a[b",
        "a[b=c]d",
        "[b=c].d",
        "tags[type=work]",
        "a (Dependant on having NO in )",
        "a (Dependant on having NO)",
        "Dependant on having NO in b",
        " (Dependant on having NO in b)",
    ],
)
def test_texts_that_name_no_place(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - words differ
        parse_place(text)


@pytest.mark.parametrize(
    ("spec", "same"),
    [
        ("a.b", Path("a.b")),
        (["a"], Path("a")),
        (["a", "b"], Paths("a", "b")),
        ({"list": "emails", "where": {"type": "work"}, "path": "value"}, WORK),
        ({"list": "tags"}, Element("tags")),
        ({"constant": 3}, Constant(3)),
    ],
)
def test_plain_data_that_name_places(spec: object, same: Place) -> None:
    place = build_place(spec)
    assert repr(place) == repr(same)
    assert repr(pickle.loads(pickle.dumps(place))) == repr(same)


@pytest.mark.parametrize("spec", [3, None, [1], [], {"list": "a", "were": {}}, {"constant": 1, "list": "a"}])
def test_plain_data_that_name_no_place(spec: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - words differ
        build_place(spec)


def test_s3_what_is_absent_at_one_of_several_paths_may_stand_for_null() -> None:
    silent, null = Paths("a", "b"), pickle.loads(pickle.dumps(Paths("a", "b", absent=None)))
    assert silent.read({"a": 1}) == {"a": 1}
    assert null.read({"a": 1}) == {"a": 1, "b": None}
    assert silent.read({}) is MISSING
    assert null.read({}) == {"a": None, "b": None}


def test_w1_of_several_paths_only_what_changes_is_written() -> None:
    body: dict[str, Any] = {}
    Paths("a", "b").write(body, {"a": 2, "b": 1}, {"a": 1, "b": 1, "c": 3})
    assert body == {"a": 2}


def test_w1_places_that_are_sent_with_what_stands_around_them_say_so() -> None:
    places = [build_place(spec) for spec in ("a.b", "a[].b", ["a", "b"], {"constant": 1})]
    assert [place.whole for place in places] == [False, True, True, False]


def test_a_condition_beside_a_selected_element_is_a_fault() -> None:
    with pytest.raises(ValueError, match="selects an element and has a condition; write one of the two"):
        conditional_place("emails[type=work].value", {"emails.type": "work"})
