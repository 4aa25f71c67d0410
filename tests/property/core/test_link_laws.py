"""Laws of linking (L3, S7): the order of members decides nothing, and systems are alike."""

from hypothesis import given, strategies as st
from msgspec.structs import replace

from accord.core.link import link_groups, review_id
from accord.core.state import IN_FLIGHT, Group, Member
from tests.unit.core.building import EMAIL_RULE, concept

REVIEW = review_id("person", "email", "k")
SYSTEMS = ("a.Person", "b.Person", "c.Person")

members = st.builds(
    Member,
    st.sampled_from(SYSTEMS),
    st.sampled_from("123"),
    st.sampled_from([None, None, "g", "h"]),
    st.sampled_from(["", "", REVIEW, "another"]),
    st.sampled_from([(None,), ("x",), ("y",)]),
)
groups = st.lists(members, max_size=5, unique_by=lambda m: (m.mapping, m.id))
occupations = st.fixed_dictionaries(
    {g: st.dictionaries(st.sampled_from(SYSTEMS), st.booleans(), max_size=2) for g in ("g", "h")}
)
rules = st.builds(
    lambda share, propose: replace(EMAIL_RULE, vetoes=((1, str),), max_share=share, propose=propose),
    st.sampled_from([1, 2, 5]),
    st.booleans(),
)


def decide(group, rule, occupied):
    stronger = {"another": True}
    return link_groups(
        [Group(rule="email", key="k", members=list(group))], rule, concept(), occupied, 0, stronger
    )


@given(groups.flatmap(lambda g: st.tuples(st.just(g), st.permutations(g))), rules, occupations)
def test_l3_the_order_of_members_decides_nothing(orders, rule, occupied):
    first, second = orders
    assert decide(first, rule, occupied) == decide(second, rule, occupied)


@given(groups, rules, occupations)
def test_l3_systems_are_alike(group, rule, occupied):
    """Renaming systems renames the decision: no name is preferred."""
    swap = dict(zip(SYSTEMS, reversed(SYSTEMS), strict=True))
    other = decide(
        [m._replace(mapping=swap[m.mapping]) for m in group],
        rule,
        {g: {swap[m]: c for m, c in links.items()} for g, links in occupied.items()},
    )
    first = decide(group, rule, occupied)
    assert [r.kind for r in first.reviews] == [r.kind for r in other.reviews]
    assert [(j.golden, sorted((swap[m.mapping], m.id) for m in j.members)) for j in first.joins] == [
        (j.golden, sorted((m.mapping, m.id) for m in j.members)) for j in other.joins
    ]
    assert sorted((swap[m.mapping], m.id, why) for m, why in first.hold) == sorted(
        (m.mapping, m.id, why) for m, why in other.hold
    )


@given(groups, rules, occupations)
def test_l1_l3_what_is_joined_is_one_golden_record_and_one_record_per_entity_type(group, rule, occupied):
    linking = decide(group, rule, occupied)
    for join in linking.joins:
        mappings = [m.mapping for m in join.members]
        assert len(set(mappings)) == len(mappings)
        assert all(m.golden is None and m.held == "" for m in join.members)
        assert not set(mappings) & set(occupied.get(join.golden, {}))
        assert {m.golden for m in group} <= {None, join.golden}


@given(groups, rules, occupations)
def test_l3_whoever_is_not_joined_is_held_left_alone_or_read_again_but_never_both(group, rule, occupied):
    linking = decide(group, rule, occupied)
    joined = {(m.mapping, m.id) for j in linking.joins for m in j.members}
    held = {(m.mapping, m.id) for m, _ in linking.hold}
    released = {(m.mapping, m.id) for m in linking.release}
    assert not joined & held
    assert not joined & released
    assert not held & released
    assert len(linking.reviews) + len(linking.closed) <= 1


def test_l3_w13_one_record_of_a_group_that_has_no_place_in_the_golden_record_keeps_all_from_joining():
    here = [
        Member("a.Person", "1", None, ""),
        Member("b.Person", "1", None, ""),
        Member("c.Person", "1", "g", ""),
    ]
    ways = (
        {},
        {"a.Person": False},
        {"b.Person": False},
        {"a.Person": True},
        {"a.Person": False, "b.Person": True},
    )
    for taken in ways:
        found = decide(here, EMAIL_RULE, {"g": {"c.Person": False, **taken}})
        creating = [name for name, under_way in taken.items() if under_way]
        assert [m.mapping for m, why in found.hold if why == IN_FLIGHT] == creating
        assert [r.kind for r in found.reviews] == ["cluster"] * (bool(taken) and not creating)
        assert [len(join.members) for join in found.joins] == [2] * (not taken)
