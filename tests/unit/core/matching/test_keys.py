"""Match keys and vetoes."""

from typing import Any

import pytest

from accord.core.matching import keys_of, normaliser, rule_keys, vetoed, vetoes_of
from accord.core.model import Concept, MatchRule, Property
from accord.core.values import MISSING

EMAIL = MatchRule(name="email", parts=((0, normaliser("email")),))
NAME_AND_BIRTH = MatchRule(
    name="name and birth",
    parts=((1, normaliser("text")), (2, normaliser("date"))),
    vetoes=((3, normaliser("number")), (0, normaliser("email"))),
)
PERSON = Concept(
    name="person",
    properties=(
        Property(name="email", type="set(string)"),
        Property(name="name", type="string"),
        Property(name="birth", type="date"),
        Property(name="number", type="string"),
    ),
    rules=(EMAIL, NAME_AND_BIRTH),
)


@pytest.mark.parametrize(
    ("values", "keys"),
    [
        (
            ["Ola@x.no", "Ola", "1984-05-06", "1"],
            [("email", "ola@x.no"), ("name and birth", '["ola","1984-05-06"]')],
        ),
        (["Ola@x.no", None, "1984-05-06", "1"], [("email", "ola@x.no")]),
        (["info@x.no", "Ola", MISSING, "1"], []),
        ([MISSING, "Ola", "1900-01-01", "1"], []),
        ([None, None, None, None], []),
        (
            [["b@x.no", "a@x.no", "B@x.no", "info@x.no"], "", "", ""],
            [("email", "b@x.no"), ("email", "a@x.no")],
        ),
        ([[], "Ola", "1984-05-06", None], [("name and birth", '["ola","1984-05-06"]')]),
    ],
)
def test_l2_a_combination_with_an_empty_part_gives_no_key(
    values: list[Any], keys: list[tuple[str, str]]
) -> None:
    assert keys_of(PERSON, values) == keys


def test_l2_parts_are_joined_unambiguously() -> None:
    rule = MatchRule(name="r", parts=((0, normaliser("exact")), (1, normaliser("exact"))))
    concept = Concept(name="c", properties=(), rules=(rule,))
    pairs = [
        ("a", "b,c"),
        ("a,b", "c"),
        ('a","b', "c"),
        ("a", 'b","c'),
        ("a\x00", "b"),
        ("a", "\x00b"),
        ("a\\", "b"),
    ]
    keys = {keys_of(concept, pair)[0][1] for pair in pairs}
    assert len(keys) == len(pairs)


def test_l2_each_element_of_a_set_identifies() -> None:
    rule = MatchRule(name="r", parts=((0, normaliser("email")), (1, normaliser("text"))))
    values = [["a@x.no", "b@x.no"], "Ola"]
    assert rule_keys(rule, values) == ['["a@x.no","ola"]', '["b@x.no","ola"]']


def test_l2_a_rule_without_parts_gives_no_key() -> None:
    assert keys_of(Concept(name="c", properties=(), rules=(MatchRule(name="r", parts=()),)), []) == []


@pytest.mark.parametrize(
    ("values", "vetoes"),
    [
        (["a@x.no", "Ola", "", "974 760 673"], ("974760673", "a@x.no")),
        ([["b@x.no", "A@x.no"], "Ola", "", None], (None, '["a@x.no","b@x.no"]')),
        ([None, "Ola", "", MISSING], (None, None)),
    ],
)
def test_l10_vetoes_of_a_record(values: list[Any], vetoes: tuple[str | None, ...]) -> None:
    assert vetoes_of(NAME_AND_BIRTH, values) == vetoes


@pytest.mark.parametrize(
    ("a", "b", "is_vetoed"),
    [
        (("1", None), ("1", "x"), False),
        (("1", "y"), ("1", "x"), True),
        (("1",), (None,), False),
        ((None,), (None,), False),
        ((), (), False),
    ],
)
def test_l10_present_on_both_sides_and_different(
    a: tuple[str | None, ...], b: tuple[str | None, ...], is_vetoed: bool
) -> None:
    assert vetoed(a, b) is is_vetoed
    assert vetoed(b, a) is is_vetoed
