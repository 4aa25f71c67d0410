"""Laws of matching: symmetric, blind to case and white space, and normalising twice changes nothing."""

from typing import Any

import pytest
from hypothesis import given, strategies as st

from accord.core.matching import NORMALISERS, keys_of, normaliser, vetoed, vetoes_of
from accord.core.model import Concept, MatchRule
from accord.core.types import value_type
from accord.core.values import MISSING

NAMES = [*NORMALISERS, "phone(NO)", "prefix(3)"]
letters = st.text("aAbB@.\u00e5 0129-", max_size=8)
texts = letters | st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.emails()
numbers = st.from_regex(r"(\+47)?[2-9][0-9 ]{7,9}", fullmatch=True) | st.from_regex(
    r"[0-9]{9}", fullmatch=True
)
dates = st.dates().map(str)
values = (
    (texts | numbers | dates).map(value_type("string").canonical)
    | st.just(MISSING)
    | st.integers()
    | st.booleans()
)


@pytest.mark.parametrize("name", NAMES)
@given(value=values)
def test_l2_normalising_twice_changes_nothing(name: str, value: Any) -> None:
    text = normaliser(name)(value)
    assert text is None or text.strip() != ""
    if text is not None and name != "sound":  # a code is no word
        again = normaliser(name)(text)
        assert again == text or (name in ("initial", "prefix(3)") and again is None)


@pytest.mark.parametrize("name", ["text", "email", "number", "sorted_tokens"])
@given(value=st.text("aAbBzZ@. 019", max_size=8))
def test_l2_case_and_white_space_around_say_nothing(name: str, value: str) -> None:
    found = normaliser(name)(value)
    assert normaliser(name)(f" {value.upper()} ") == normaliser(name)(value.lower()) == found


rules = st.lists(
    st.builds(
        MatchRule,
        name=st.sampled_from(["r", "s"]),
        parts=st.lists(
            st.tuples(st.integers(0, 2), st.sampled_from([normaliser("text"), normaliser("exact")])),
            min_size=1,
            max_size=3,
        ).map(tuple),
        vetoes=st.lists(st.tuples(st.integers(0, 2), st.just(normaliser("exact"))), max_size=2).map(tuple),
    ),
    max_size=2,
)
cells = st.sampled_from(["a", "A", "b", '"', ",", "", None, MISSING]) | st.lists(
    st.sampled_from(["a", "b", ""]), max_size=2
)
records = st.lists(cells, min_size=3, max_size=3)


def parts_meet(rule: MatchRule, ours: list[Any], theirs: list[Any]) -> bool:
    """Independent of the keys: every part has a text in common."""

    def texts_of(record: list[Any], part: tuple[int, Any]) -> set[str | None]:
        cell = record[part[0]]
        return {part[1](each) for each in (cell if isinstance(cell, list) else [cell])} - {None}

    return all(texts_of(ours, part) & texts_of(theirs, part) for part in rule.parts)


@given(rules, records, records)
def test_l2_records_share_a_key_exactly_if_a_combination_is_equal(
    rules: list[MatchRule], ours: list[Any], theirs: list[Any]
) -> None:
    for rule in rules:
        concept = Concept(name="c", properties=(), rules=(rule,))
        shared = set(keys_of(concept, ours)) & set(keys_of(concept, theirs))
        assert bool(shared) == parts_meet(rule, ours, theirs) == parts_meet(rule, theirs, ours)


@given(rules, records)
def test_l4_keys_come_strongest_rule_first_and_once(rules: list[MatchRule], record: list[Any]) -> None:
    concept = Concept(name="c", properties=(), rules=tuple(rules))
    expected = [keys_of(Concept(name="c", properties=(), rules=(rule,)), record) for rule in rules]
    assert keys_of(concept, record) == [key for keys in expected for key in keys]
    assert all(len(keys) == len(set(keys)) for keys in expected)


@given(records, st.permutations(range(3)))
def test_l4_every_rule_gives_its_keys_whatever_the_others_give(record: list[Any], order: list[int]) -> None:
    text = normaliser("text")
    every = [MatchRule(name=f"r{column}", parts=((column, text),)) for column in order]
    keys = keys_of(Concept(name="c", properties=(), rules=tuple(every)), record)
    for rule, column in zip(every, order, strict=True):
        cell = record[column] if isinstance(record[column], list) else [record[column]]
        wanted = dict.fromkeys(text(each) for each in cell if each is not MISSING)
        assert [key for name, key in keys if name == rule.name] == [
            each for each in wanted if each is not None
        ]


@given(rules, records, records)
def test_l10_vetoes_are_symmetric_and_never_against_oneself(
    rules: list[MatchRule], ours: list[Any], theirs: list[Any]
) -> None:
    for rule in rules:
        a, b = vetoes_of(rule, ours), vetoes_of(rule, theirs)
        assert vetoed(a, b) == vetoed(b, a)
        assert not vetoed(a, a)
