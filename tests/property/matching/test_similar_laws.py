"""Laws of likeness, and the published values of Jaro-Winkler (L7)."""

import pytest
from hypothesis import given, strategies as st

from accord.core.matching.similar import alike_groups, are_near, jaro_winkler, likeness, score
from accord.core.model import MatchRule, Similar
from accord.core.state import Group, Member

TEXTS = st.text(alphabet="abc ", max_size=8)


@given(TEXTS, TEXTS)
def test_l7_likeness_is_symmetric_and_1_for_equal_words_alone(a: str, b: str) -> None:
    assert jaro_winkler(a, b) == pytest.approx(jaro_winkler(b, a))
    assert 0 <= jaro_winkler(a, b) <= 1
    assert (jaro_winkler(a, b) == 1) == (a == b)
    assert likeness(a, b) == pytest.approx(likeness(b, a))
    assert likeness(a, b) >= jaro_winkler(a, b)
    assert (likeness(a, b) == 1) == (sorted(a.split()) == sorted(b.split()))


@pytest.mark.parametrize(
    ("a", "b", "value"),
    [
        ("martha", "marhta", 0.9611),
        ("dixon", "dicksonx", 0.8133),
        ("dwayne", "duane", 0.84),
        ("abc", "xyz", 0),
        ("", "a", 0),
    ],
)
def test_l7_the_published_values(a: str, b: str, value: float) -> None:
    assert jaro_winkler(a, b) == pytest.approx(value, abs=0.0001)


def test_l7_the_order_of_words_does_not_matter() -> None:
    assert likeness("berg, anne", "anne berg") == 1


def test_l7_the_mean_counts_and_what_is_empty_is_like_nobody() -> None:
    assert score(("martha", "a"), ("marhta", "a")) == pytest.approx((0.9611 + 1) / 2, abs=0.0001)
    assert score(("martha", None), ("martha", "a")) == score((), ()) == 0


def rule(link: float | None) -> MatchRule:
    return MatchRule(name="zip ~ name", parts=(), similar=Similar(parts=(), propose=0.9, link=link))


names = st.lists(st.sampled_from(["martha", "marhta", "bert", "berta", None]), max_size=5)


@given(names.flatmap(lambda some: st.tuples(st.just(some), st.permutations(list(enumerate(some))))))
def test_l7_groups_are_those_who_are_near_in_any_order(drawn: tuple[list, list]) -> None:
    some, order = drawn
    members = [Member("crm.Person", str(at), None, "", (), (name,)) for at, name in enumerate(some)]
    shuffled = [members[at] for at, _ in order]
    found = alike_groups(Group(rule="r", key="k", members=members), rule(None))
    again = alike_groups(Group(rule="r", key="k", members=shuffled), rule(None))
    assert found == again
    assert sorted(m.id for group in found for m in group.members) == [m.id for m in members]
    assert len({group.key for group in found}) == len(found)
    place = {m.id: group.key for group in found for m in group.members}
    for a in members:
        for b in members:
            assert score(a.likeness, b.likeness) < 0.9 or place[a.id] == place[b.id]


def test_l7_only_a_threshold_of_the_concept_links() -> None:
    members = [Member("crm.Person", name, None, "", (), (name,)) for name in ("martha", "marhta")]
    assert [are_near(members, rule(link)) for link in (None, 0.95, 0.97)] == [False, True, False]
    assert not are_near(members, MatchRule(name="plain", parts=()))
