"""Laws of what people decide: groups, chains, contradictions, and how a golden record is parted (L6)."""

from itertools import combinations, pairwise

from hypothesis import given, strategies as st

from accord.core.decisions import chain, contradiction, groups_of, part, refused_nodes
from accord.core.state import Decision

RECORDS = "abcdef"
pairs = st.sampled_from(list(combinations(RECORDS, 2)))
decisions = st.lists(
    st.builds(
        lambda pair, verdict: Decision("person", *pair, verdict, 0),
        pairs,
        st.sampled_from(["same", "different", "withdrawn"]),
    ),
    max_size=8,
    unique_by=lambda each: (each.a, each.b),
)


def find(parents: dict[str, str], record: str) -> str:
    while parents[record] != record:
        record = parents[record]
    return record


def united(some: list[tuple[str, str]]) -> dict[str, str]:
    """An independent union-find: the root of each record."""
    parents = {record: record for record in RECORDS}
    for a, b in some:
        parents[find(parents, a)] = find(parents, b)
    return {record: find(parents, record) for record in RECORDS}


@given(st.lists(pairs, max_size=8).flatmap(lambda some: st.tuples(st.just(some), st.permutations(some))))
def test_l6_groups_are_what_is_connected_in_any_order(orders: tuple[list, list]) -> None:
    first, second = orders
    roots = united(first)
    found = groups_of(first)
    assert found == groups_of(second) == sorted(found)
    assert all(len({roots[record] for record in group}) == 1 for group in found)
    assert {frozenset(group) for group in found} == {
        frozenset(r for r in RECORDS if roots[r] == root)
        for root in {roots[a] for pair in first for a in pair}
    }


@given(st.lists(pairs, max_size=8), pairs)
def test_l6_a_chain_leads_from_one_to_the_other_along_pairs(some: list, ends: tuple[str, str]) -> None:
    way, roots = chain(some, *ends), united(some)
    assert bool(way) == (roots[ends[0]] == roots[ends[1]])
    if way:
        assert (way[0], way[-1]) == ends
        known = {frozenset(pair) for pair in some}
        assert all(frozenset(step) in known for step in pairwise(way))
        assert len(set(way)) == len(way)


@given(decisions, pairs, st.sampled_from(["same", "different", "withdrawn"]), st.lists(pairs, max_size=2))
def test_l6_a_contradiction_is_found_exactly_where_there_is_one(
    known: list[Decision], pair: tuple[str, str], verdict: str, linked: list
) -> None:
    new = Decision("person", *pair, verdict, 1)
    others = [each for each in known if (each.a, each.b) != pair]
    same = [(each.a, each.b) for each in others if each.verdict == "same"]
    if verdict == "same":
        roots = united([*same, pair, *linked])
        wrong = any(each.verdict == "different" and roots[each.a] == roots[each.b] for each in others)
    else:
        roots = united(same)
        wrong = verdict == "different" and roots[pair[0]] == roots[pair[1]]
    assert bool(contradiction(new, known, linked)) == wrong


@given(st.permutations(RECORDS), decisions)
def test_l6_nobody_is_left_beside_somebody_refused(records: list[str], known: list[Decision]) -> None:
    """And what is the same stays together, unless the decisions contradict each other."""
    roots = united([(each.a, each.b) for each in known if each.verdict == "same"])
    if any(each.verdict == "different" and roots[each.a] == roots[each.b] for each in known):
        known = [each for each in known if each.verdict != "different"]
    groups = part(records, known)
    assert sorted(record for group in groups for record in group) == sorted(records)
    place = {record: at for at, group in enumerate(groups) for record in group}
    assert place[records[0]] == 0
    for each in known:
        assert each.verdict != "different" or place[each.a] != place[each.b]
        assert each.verdict != "same" or place[each.a] == place[each.b]


@given(st.permutations(RECORDS), st.integers(1, 5))
def test_l6_two_groups_that_are_refused_as_a_whole_come_out(records: list[str], at: int) -> None:
    one, other = records[:at], records[at:]
    known = [Decision("person", min(a, b), max(a, b), "different", 0) for a in one for b in other]
    assert [set(group) for group in part(records, known)] == [set(one), set(other)]


@given(decisions, st.dictionaries(st.sampled_from(RECORDS), st.sampled_from(["g", "h", "i"])))
def test_l6_what_is_the_same_is_refused_together(known: list[Decision], node: dict) -> None:
    """Both ways, also between golden records, and for records that are not among those asked about."""
    roots = united([(each.a, each.b) for each in known if each.verdict == "same"])
    refused = refused_nodes(known, node)
    assert all(a in refused[b] for a, others in refused.items() for b in others)
    expected = {
        (node[x], node[y])
        for each in known
        if each.verdict == "different"
        for x in node
        for y in node
        if {roots[x], roots[y]} == {roots[each.a], roots[each.b]}
        and (roots[x] != roots[y] or roots[each.a] == roots[each.b])
        and node[x] != node[y]
    }
    assert {(a, b) for a, others in refused.items() for b in others} == expected


def test_l6_there_is_no_way_between_what_nobody_tied_together() -> None:
    for some in ([], [("a", "b")], [("a", "b"), ("c", "d")]):
        assert chain(some, "a", "d") == []
    assert chain([], "a", "a") == ["a"]
