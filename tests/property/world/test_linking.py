"""Groups of one page, decided together (L3)."""

from hypothesis import given, strategies as st

from accord.core.link import link_groups, review_id
from accord.core.model import Concept, MatchRule
from accord.core.state import Group, Member

RULE = MatchRule(name="email", parts=())
CONCEPT = Concept(name="person", properties=(), rules=(RULE,))


def group(key: str, *members: Member) -> Group:
    return Group(rule="email", key=key, members=list(members))


@given(st.permutations(["a", "b"]))
def test_l3_two_groups_bring_no_two_records_of_one_type(keys: list[str]) -> None:
    """The linked records of a golden record bear different keys, and each key brings a newcomer: a person looks."""
    linked = {key: Member(system, "1", "g", "") for key, system in zip("ab", ("erp", "shop"), strict=True)}
    groups = [group(key, linked[key], Member("crm", key, None, "")) for key in keys]
    linking = link_groups(groups, RULE, CONCEPT, {"g": {"erp": False, "shop": False}}, 0)
    assert not linking.joins
    assert {review.kind for review in linking.reviews} == {"cluster"}
    assert len(linking.hold) == 2


@given(st.permutations(["crm", "erp", "shop"]), st.booleans())
def test_l3_one_record_of_each_type_is_linked_whatever_the_order(systems: list[str], known: bool) -> None:
    members = [Member(system, "1", None, "") for system in systems]
    if known:
        members[0] = members[0]._replace(golden="g")
    linking = link_groups([group("a", *members)], RULE, CONCEPT, {"g": {members[0].mapping: False}}, 0)
    assert [join.golden for join in linking.joins] == ["g" if known else None]
    assert not linking.reviews


@given(st.lists(st.sampled_from(["crm", "erp"]), min_size=2, max_size=4))
def test_l3_two_records_of_one_type_wait_as_a_whole(systems: list[str]) -> None:
    members = [Member(system, str(number), None, "") for number, system in enumerate(systems)]
    linking = link_groups([group("a", *members)], RULE, CONCEPT, {}, 0)
    crowded = len(set(systems)) < len(systems)
    assert bool(linking.reviews) == crowded
    assert len(linking.hold) == (len(members) if crowded else 0)


def test_l3_who_matches_a_released_record_waits_with_it() -> None:
    """Else it would be taken for one of a kind while the other is read again."""
    review = review_id("person", "email", "a")
    newcomer, released = Member("erp", "1", None, ""), Member("crm", "1", None, review)
    known = Member("shop", "1", "g", "")
    linking = link_groups([group("a", newcomer, released, known)], RULE, CONCEPT, {"g": {"shop": False}}, 0)
    assert not linking.joins
    assert sorted(m.mapping for m in linking.release) == ["crm", "erp"]
