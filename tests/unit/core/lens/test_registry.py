"""Lenses from plain data, and the checker of their laws."""

import pickle
from typing import Any

import pytest

from accord.core.lens import LENSES, BuiltLens, build_lens, check_lens, lens
from accord.core.model import NoReferences
from accord.core.values import MISSING

NOTHING = NoReferences()


@pytest.mark.parametrize(
    ("spec", "type_name", "fingerprint"),
    [
        (None, "string", '{"string":{"raw":""}}'),
        ("string", "string", '{"string":{"raw":""}}'),
        ("decimal(2)", "", '{"decimal":{"group":"","mark":".","raw":"","scale":2}}'),
        (
            {"name": "decimal", "mark": ","},
            "decimal(3)",
            '{"decimal":{"group":"","mark":",","raw":"","scale":3}}',
        ),
        ("trim", "", '{"trim":{}}'),
        ("truncate(40)", "", '{"truncate":{"length":40}}'),
        ({"name": "truncate", "length": "40"}, "", '{"truncate":{"length":40}}'),
        ("enum(a|b)", "", '{"enum":{"members":["a","b"]}}'),
        (None, "set(enum(a|b))", '{"set":{"of":{"enum":{"members":["a","b"]}}}}'),
        ({"name": "list", "of": "trim"}, "", '{"list":{"of":{"trim":{}}}}'),
        (
            {"name": "list", "of": "trim"},
            "list(string)",
            '{"list":{"of":{"chain":{"lenses":[{"trim":{}},{"string":{"raw":""}}]}}}}',
        ),
        (["trim", "lower"], "", '{"chain":{"lenses":[{"trim":{}},{"lower":{}}]}}'),
        (["trim"], "string", '{"chain":{"lenses":[{"trim":{}},{"string":{"raw":""}}]}}'),
        ([lens("trim"), "string"], "string", '{"chain":{"lenses":[{"trim":{}},{"string":{"raw":""}}]}}'),
        (
            "datetime(ms)",
            "",
            '{"datetime":{"format":"iso","lossy":false,"resolution":"ms","zone":""}}',
        ),
        (
            {"name": "list", "of": {"name": "reference", "entity_type": "a.B"}},
            "",
            '{"list":{"of":{"reference":{"entity_type":"a.B","raw":""}}}}',
        ),
    ],
)
def test_k1_a_lens_has_a_stable_fingerprint(spec: object, type_name: str, fingerprint: str) -> None:
    built = build_lens(spec, type_name)
    assert built.fingerprint == fingerprint
    assert pickle.loads(pickle.dumps(built)).fingerprint == fingerprint


def test_the_place_and_the_reference_hand_in_options() -> None:
    joined = build_lens("join", "string", paths=["a", "b"])
    assert '"parts":["a","b"]' in joined.fingerprint
    assert (
        '"entity_type":"crm.Person"'
        in build_lens(None, "list(reference)", references="crm.Person").fingerprint
    )


def test_a_built_lens_is_taken_as_it_is() -> None:
    built = lens("truncate", length=3)
    assert build_lens(built) is built


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("trimm", "no lens 'trimm'; known: boolean, collapse, constant"),
        ("trim(3)", "no lens 'trim(3)'; known:"),
        ("truncate(3", "no lens 'truncate(3'; known:"),
        ("unknown(3)", "no lens 'unknown(3)'; known:"),
        ("truncate", "lens truncate: Object missing required field `length`; its options: length"),
        ("truncate(0)", "lens truncate: truncate needs a length of 1 or more"),
        ("truncate(x)", "lens truncate: Expected `int`, got `str`"),
        (
            {"name": "trim", "side": "left"},
            "lens trim: Object contains unknown field `side`; its options: none",
        ),
        ({"name": "list", "of": "trimm"}, "no lens 'trimm'"),
        ({"length": 3}, "a lens is a name"),
        (3, "a lens is a name"),
        (None, "no lens: name one, or a value type"),
        ([], "no lens: name one, or a value type"),
        (
            {"name": "decimal", "scale": 2, "mark": ",", "group": ","},
            "the decimal mark and the mark of thousands",
        ),
        ({"name": "split", "separator": ""}, "split needs a separator"),
        ("join", "missing required field `parts`"),
        ({"name": "join", "parts": ["a"]}, "join needs a place of several paths"),
        ({"name": "first_of", "parts": ["a"]}, "first_of needs a place of several paths"),
        ({"name": "when", "then": "trim", "parts": ["a", "b", "c"]}, "when needs a place of two paths"),
        ({"name": "phone", "region": "XX"}, "no region 'XX'"),
        ({"name": "map", "pairs": {"a": 1}, "otherwise": "guess"}, 'otherwise is "refuse" or "keep"'),
        ({"name": "map", "pairs": [["a", 1], ["a", 2]]}, "a raw stands in the map twice"),
        ({"name": "map", "pairs": {"a": None}}, "a map has no nulls"),
    ],
)
def test_faults_say_what_is_wrong_and_what_is_known(spec: object, words: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - compared below
        build_lens(spec)
    assert words in str(caught.value)


def test_an_unknown_type_is_a_fault() -> None:
    with pytest.raises(ValueError, match="no value type 'text'"):
        build_lens("trim", "text")


def test_every_lens_has_its_name() -> None:
    assert all(issubclass(found, BuiltLens) and found.name == name for name, found in LENSES.items())


class Broken(BuiltLens):
    """A lens that forgets on the way in and on the way out."""

    name = "broken"

    def get(self, raw: Any, refs: Any) -> Any:
        return raw if raw is MISSING else raw[:1]

    def put(self, value: Any, old: Any, refs: Any) -> Any:
        return "x" + value


def test_the_checker_names_the_law_and_the_sample() -> None:
    assert check_lens(Broken(), ["ab"], ["a"]) == [
        "GetPut: writing back what was read changes raw 0",
        "PutGet: value 0, written where nothing stands, reads as another value",
        "PutGet: value 0, written over raw 0, reads as another value",
        "PutGet: the value of raw 0, written where nothing stands, reads as another value",
        "PutGet: the value of raw 0, written over raw 0, reads as another value",
    ]


def test_p2_the_checker_tells_no_values() -> None:
    found = check_lens(build_lens(None, "enum(a|b)"), ["a", "secret"], ["hidden"])
    assert found[0].startswith("raw 1 can not be read and written back: not one of a, b")
    assert found[1].startswith("value 0 can not be written where nothing stands: not one of a, b")
    assert not any("secret" in each or "hidden" in each for each in found)


def test_the_checker_is_content_with_lawful_lenses() -> None:
    assert check_lens(build_lens("trim", "string"), [" a ", None, MISSING, "b"], ["c", None]) == []
    assert check_lens(build_lens("lower", "string"), ["A"], ["B"]) != []
    assert check_lens(build_lens("truncate(1)", "string"), ["abc"], ["abcd"], NOTHING) == []
