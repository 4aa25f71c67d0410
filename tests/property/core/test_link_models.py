"""What becomes of a group of one key, against a plain telling of the rules (L1, L2, L3, L4, L6, L8, L10)."""

from collections.abc import Callable
from itertools import combinations, product
from typing import Any, Final

from hypothesis import given, settings, strategies as st
from msgspec.structs import replace

from accord.core.link import Linking, gives_several, link_groups, review_id
from accord.core.model import Concept, MatchRule, Property, Similar
from accord.core.state import IN_FLIGHT, LEFT_OUT, TO_BE_READ, Group, Member, record_key
from tests.unit.core.building import EMAIL_RULE, concept

REVIEW: Final = review_id("person", "email", "k")
STRONGER: Final = {"stronger": True, "weaker": False}
SYSTEMS: Final = ("a.Person", "b.Person", "c.Person")
AWAY: Final = [TO_BE_READ, IN_FLIGHT, LEFT_OUT, "stronger"]


def members_of(*held: str, goldens: int) -> st.SearchStrategy[Member]:
    return st.builds(
        Member,
        st.sampled_from(SYSTEMS),
        st.sampled_from("12"),
        st.sampled_from([None, None, None, *"gh"[:goldens]]),
        st.sampled_from(held),
        st.sampled_from([(None,), ("x",), ("y",)]),
    )


def groups_of(
    members: st.SearchStrategy[Member], apart: Callable[[Member], Any]
) -> st.SearchStrategy[list[Member]]:
    return st.lists(members, min_size=1, max_size=4, unique_by=apart)


groups = (
    groups_of(members_of("", goldens=2), lambda m: (m.mapping, m.id))
    | groups_of(members_of("", goldens=1), lambda m: m.mapping)
    | groups_of(members_of("", "", REVIEW, "weaker", goldens=1), lambda m: m.mapping)
    | groups_of(members_of("", "", REVIEW, "weaker", *AWAY, goldens=2), lambda m: (m.mapping, m.id))
)
NODES: Final = ["g", "h", *(record_key(system, id_) for system in SYSTEMS for id_ in "12")]
loners = st.lists(st.sampled_from(NODES), min_size=1, max_size=2).map(
    lambda some: [(one, other) for one in some for other in NODES if one != other]
)
refusals = st.just([]) | st.lists(st.sampled_from(list(combinations(NODES, 2))), max_size=6) | loners
refusals |= st.sampled_from(list(combinations(["g", *(f"{system}/1" for system in SYSTEMS)], 2))).map(
    lambda pair: [pair]
)
occupations = st.fixed_dictionaries(
    {g: st.dictionaries(st.sampled_from(SYSTEMS), st.booleans(), max_size=1) for g in ("g", "h")}
)


def key_of(member: Member) -> str:
    return record_key(member.mapping, member.id)


def both_ways(pairs: list[tuple[str, str]]) -> dict[str, set[str]]:
    refused: dict[str, set[str]] = {}
    for a, b in pairs:
        refused.setdefault(a, set()).add(b)
        refused.setdefault(b, set()).add(a)
    return refused


class Told:
    """Who takes part in a group, and the first of the rules that applies to them."""

    def __init__(
        self, group: list[Member], refused: dict[str, set[str]], *, share: int, propose: bool, alike: bool
    ):
        away = ("stronger", TO_BE_READ, IN_FLIGHT, LEFT_OUT)
        free = [m for m in group if m.golden is None and m.held not in away]
        goldens = {m.golden for m in group if m.golden is not None}
        nodes = goldens | {key_of(m) for m in free}
        apart = {n for n in nodes if len(nodes) > 1 and all(m in refused.get(n, ()) for m in nodes - {n})}
        self.let_go = sorted(key_of(m) for m in free if key_of(m) in apart and m.held == REVIEW)
        self.free = [m for m in free if key_of(m) not in apart]
        self.goldens = sorted(goldens - apart)
        linked = [m for m in group if m.golden in self.goldens]
        self.all = sorted([*self.free, *linked], key=lambda m: (m.mapping, m.id))
        left = {*self.goldens, *map(key_of, self.free)}
        self.bearers = sum((m.golden or key_of(m)) not in apart for m in group)
        self.common = max((sum(m.mapping == s for m in group) for s in SYSTEMS), default=0) > share
        self.unread = any(m.held == TO_BE_READ and m.golden is None and key_of(m) not in apart for m in group)
        self.propose = propose
        self.divided = any(b in refused.get(a, ()) for a, b in combinations(sorted(left), 2))
        twice = len({m.mapping for m in self.all}) < len(self.all)
        self.several = len(self.goldens) > 1 or (twice and not alike)
        texts = {m.vetoes[0] for m in self.all} - {None}
        self.vetoed = len(texts) > 1

    def outcome(self, occupied: dict[str, dict[str, bool]], *, alike: bool) -> str:
        """The first rule that applies."""
        taken = occupied[self.goldens[0]] if len(self.goldens) == 1 else {}
        steps = [
            ("nothing", self.common),
            ("merge", not self.free and len(self.goldens) > 1),
            ("nothing", not self.free),
            ("wait", self.unread),
            ("nothing", len(self.all) == 1),
            ("propose", self.propose),
            ("cluster", self.divided or self.several),
            ("veto", self.vetoed),
            ("in flight", any(taken.get(m.mapping) for m in self.free)),
            ("cluster", not alike and any(m.mapping in taken for m in self.free)),
            ("read again", any(m.held for m in self.free)),
        ]
        return next((name for name, applies in steps if applies), "join")


@settings(max_examples=400)
@given(
    groups,
    refusals,
    occupations,
    st.sampled_from([1, 2, 2]),
    st.sampled_from([False, False, True]),
    st.booleans(),
)
def test_l3_l6_a_group_comes_to_what_the_first_rule_that_applies_says(
    group: list[Member],
    pairs: list[tuple[str, str]],
    occupied: dict[str, dict[str, bool]],
    share: int,
    propose: bool,
    alike: bool,
) -> None:
    rule = replace(EMAIL_RULE, vetoes=((1, str),), max_share=share, propose=propose)
    refused = both_ways(pairs)
    of = concept(duplicates="link" if alike else "review")
    made = link_groups(
        [Group(rule="email", key="k", members=list(group))], rule, of, occupied, 7, STRONGER, refused
    )
    told = Told(group, refused, share=share, propose=propose, alike=alike)
    outcome = told.outcome(occupied, alike=alike)
    free, keys = told.free, sorted(map(key_of, told.free))
    held = [key_of(m) for m in free if m.held]
    mine = [key_of(m) for m in free if m.held == REVIEW]

    assert made.touched == {m.golden for m in group if m.golden is not None}
    assert made.closed == ([REVIEW] if outcome in ("nothing", "join", "read again") else [])
    assert made.common == (told.bearers if told.common else 0)
    joins = [(join.golden, sorted(map(key_of, join.members))) for join in made.joins]
    assert joins == ([(next(iter(told.goldens), None), keys)] if outcome == "join" else [])
    reviews = [(r.id, r.concept, r.rule, r.key, r.kind, r.members, r.goldens, r.at_us) for r in made.reviews]
    asked = outcome in ("merge", "propose", "cluster", "veto")
    assert reviews == (
        [(REVIEW, "person", "email", "k", outcome, [key_of(m) for m in told.all], told.goldens, 7)]
        if asked
        else []
    )
    assert all(review.reason for review in made.reviews)
    wanted = {
        "cluster": [(k, REVIEW) for k in keys if k not in mine],
        "veto": [(k, REVIEW) for k in keys if k not in mine],
        "in flight": [
            (key_of(m), IN_FLIGHT) for m in free if occupied[told.goldens[0]].get(m.mapping)
        ] if outcome == "in flight" else [],
    }  # fmt: skip
    assert sorted((key_of(m), why) for m, why in made.hold) == sorted(wanted.get(outcome, []))
    released = {"nothing": mine, "wait": [k for k in keys if k not in held], "read again": keys, "join": []}
    assert sorted(map(key_of, made.release)) == sorted([*told.let_go, *released.get(outcome, [])])
    others = {"weaker"} & {m.held for m in free}
    assert made.left == (others if outcome in ("cluster", "veto", "read again") else set())


lists = st.lists(
    st.tuples(st.sampled_from(SYSTEMS), st.sampled_from("12"), st.sets(st.sampled_from("klm"), min_size=1)),
    min_size=1,
    max_size=4,
    unique_by=lambda each: each[:2],
)


@given(lists, st.sampled_from([None, "g"]), st.permutations("klm"))
def test_l3_records_that_share_a_key_with_somebody_are_one_group(
    records: list[tuple[str, str, set[str]]], golden: str | None, order: list[str]
) -> None:
    """Of keys of a set: who is connected by unlinked records is decided upon as a whole; and each key by itself
    where the records bear one."""
    several = concept(properties=[replace(p, type="set(string)") for p in concept().properties])
    first = records[0][:2]
    found = []
    for key in order:
        some = [
            Member(system, id_, golden if (system, id_) == first else None, "", (None,))
            for system, id_, keys in records
            if key in keys
        ]
        if some:
            found.append(Group(rule="email", key=key, members=some))
    made: Linking = link_groups(found, EMAIL_RULE, several, {"g": {first[0]: False}}, 0)
    parts: list[tuple[set[str], set[str]]] = []
    for group in found:
        those = {key_of(m) for m in group.members}
        free = {key_of(m) for m in group.members if m.golden is None}
        meeting = [part for part in parts if part[1] & free]
        parts = [part for part in parts if not part[1] & free]
        parts.append(
            (those.union(*(part[0] for part in meeting)), free.union(*(part[1] for part in meeting)))
        )
    joined = {frozenset(map(key_of, join.members)) for join in made.joins}
    asked = {frozenset(review.members) for review in made.reviews}
    brought: dict[str, int] = {}
    for those, free in parts:
        if golden and len(those) > len(free):
            for each in free:
                system = each.partition("/")[0]
                brought[system] = brought.get(system, 0) + 1
    for those, free in parts:
        systems = [each.partition("/")[0] for each in those]
        linked = len(those) > len(free)
        if not free or len(those) == 1:
            assert not {frozenset(free), frozenset(those)} & (joined | asked)
        elif len(set(systems)) < len(systems) or (
            linked and any(brought[each.partition("/")[0]] > 1 for each in free)
        ):
            assert frozenset(those) in asked
            ids = sorted(
                (group.key, review_id("person", "email", group.key))
                for group in found
                if {key_of(m) for m in group.members} <= those and free & {key_of(m) for m in group.members}
            )
            (review,) = [each for each in made.reviews if frozenset(each.members) == frozenset(those)]
            assert (review.key, review.id) == ids[0]
            assert {id_ for _, id_ in ids[1:]} <= set(made.closed)
        else:
            assert frozenset(free) in joined
    everybody: list[Any] = [each for some in joined for each in some]
    assert len(everybody) == len(set(everybody))


texts = st.sampled_from(["martha", "marhta", "dwayne", None])


@given(
    st.lists(
        st.tuples(st.sampled_from(SYSTEMS), st.sampled_from("12"), texts),
        min_size=1,
        max_size=4,
        unique_by=lambda each: each[:2],
    ),
    st.sampled_from([1, 2]),
    st.sampled_from([None, 0.9, 0.99]),
)
def test_l7_of_one_key_only_who_is_alike_is_a_group(
    some: list[tuple[str, str, str | None]], share: int, link: float | None
) -> None:
    similar = Similar(parts=((1, str),), propose=0.9, link=link)
    rule = replace(EMAIL_RULE, similar=similar, max_share=share)
    group = [Member(system, id_, None, "", (), (text,)) for system, id_, text in some]
    made = link_groups([Group(rule="email", key="k", members=group)], rule, concept(), {}, 0)
    if max(sum(m.mapping == s for m in group) for s in SYSTEMS) > share:
        assert (made.common, made.joins, made.reviews) == (len(group), [], [])
        return
    alike = [{key_of(m) for m in group if m.likeness[0] == "dwayne"}]
    alike.append({key_of(m) for m in group if m.likeness[0] in ("martha", "marhta")})
    both = {m.likeness[0] for m in group} >= {"martha", "marhta"}
    for those, near in zip(alike, (True, link == 0.9 or not both), strict=True):
        systems = [each.partition("/")[0] for each in those]
        several = len(set(systems)) < len(systems)
        joins = [join for join in made.joins if {key_of(m) for m in join.members} == those]
        kinds = [review.kind for review in made.reviews if set(review.members) == those]
        if len(those) < 2:
            assert (joins, kinds) == ([], [])
        elif link is None or not near:
            assert (joins, kinds) == ([], ["propose"])
        elif several:
            assert (joins, kinds) == ([], ["cluster"])
        else:
            assert (len(joins), kinds) == (1, [])
    assert made.common == 0


def test_l3_a_record_may_bear_several_keys_of_a_rule_where_any_part_is_several() -> None:
    kinds = ("string", "list(string)", "set(string)", "integer")
    for parts in product(range(4), range(4)):
        rule = MatchRule(name="r", parts=tuple((column, str.lower) for column in parts))
        of = Concept(
            name="person", properties=tuple(Property(name=kind, type=kind) for kind in kinds), rules=(rule,)
        )
        assert gives_several(rule, of) == any(column in (1, 2) for column in parts)
