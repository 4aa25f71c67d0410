"""Laws of claims and stamps (M2, M3, S7)."""

from itertools import permutations

from hypothesis import example, given, settings, strategies as st

from accord.core.claims import alive, decide, merge
from accord.core.model import Survivorship
from accord.core.stamps import BOTTOM, Stamp, edit_stamp, is_side_effect, side_effect_stamp
from accord.core.state import Claim, Golden
from accord.core.values import value_order

RECORDS = ("crm.Person/1", "erp.Person/1", "shop.Person/1")
PRIORITY = {"crm.Person/1": 3, "erp.Person/1": 2, "shop.Person/1": 2}
RULES = {
    "latest": Survivorship(),
    "priority": Survivorship(rule="priority"),
    "ask": Survivorship(rule="ask"),
    "function": Survivorship(rule="function", function=lambda values: len(values) // 2),
}

rules = st.sampled_from(sorted(RULES))
edits = st.tuples(st.sampled_from(RECORDS), st.sampled_from("xyz"), st.integers(0, 6), st.integers(0, 9))


@st.composite
def histories(draw, errors=(0,)):
    """Claims as systems make them: each on a base that was decided before, by a record of its own clock error."""
    error_of = {record: draw(st.sampled_from(errors)) for record in RECORDS}
    claims, bases = [], [BOTTOM]
    for record, value, time, base in draw(st.lists(edits, min_size=1, max_size=4)):
        stamp = edit_stamp(time, bases[base % len(bases)], PRIORITY[record], record, value_order(value))
        claims.append(Claim(stamp, bases[base % len(bases)], value, error_of[record]))
        bases.append(stamp)
    return claims


def merged(claims, rule, *, exact):
    golden = Golden(id="g", concept="person", value=[None], stamp=[BOTTOM])
    for claim in claims:
        merge(golden, 0, claim, rule, exact=exact)
    return golden


@given(histories(), rules)
def test_m2_merge_is_order_proof_and_repeat_proof(claims, rule):
    first = merged(claims, RULES[rule], exact=True)
    for order in permutations(claims):
        again = merged([*order, *order], RULES[rule], exact=True)
        assert (again.value, again.stamp) == (first.value, first.stamp)


@given(histories(errors=(0, 1, 3)), rules)
def test_m3_merge_is_order_proof_and_repeat_proof_where_clocks_are_uncertain(claims, rule):
    first = merged(claims, RULES[rule], exact=False)
    for order in permutations(claims):
        again = merged([*order, *order], RULES[rule], exact=False)
        assert (again.value, again.stamp, again.rivals) == (first.value, first.stamp, first.rivals)


@given(histories(errors=(0, 2)), rules, st.lists(st.sampled_from(RECORDS), min_size=1, max_size=2))
def test_s6_m2_a_side_effect_loses_to_every_claim_that_is_not_one(claims, rule, computed):
    """Whatever the rule, the priority of its system, and the order in which they come."""
    effects = [Claim(side_effect_stamp(BOTTOM, 9, record, 0), BOTTOM, "computed") for record in computed]
    alone = merged(effects, RULES[rule], exact=False)
    assert (alone.value, is_side_effect(alone.stamp[0])) == (["computed"], True)
    first = merged(claims, RULES[rule], exact=False)
    for order in permutations([*claims[:3], *effects]):
        again = merged([*order, *claims], RULES[rule], exact=False)
        assert (again.value, again.stamp) == (first.value, first.stamp)


@given(histories())
def test_m2_the_fast_path_decides_as_the_whole_set_does(claims):
    fast, whole = (merged(claims, RULES["latest"], exact=exact) for exact in (True, False))
    assert fast.value == whole.value
    assert (fast.stamp[0].record, fast.stamp[0].time_us) == (whole.stamp[0].record, whole.stamp[0].time_us)


@given(histories(errors=(0, 2)), rules)
def test_m2_merge_one_by_one_is_the_decision_on_the_set(claims, rule):
    winner, stamp = decide(alive(claims), RULES[rule])
    golden = merged(claims, RULES[rule], exact=False)
    assert (golden.value, golden.stamp) == ([winner.value], [stamp])


@given(histories())
def test_m2_exactly_those_are_superseded_that_were_decided_at_or_before_the_base_of_another(claims):
    kept = alive(claims)
    for claim in claims:
        assert (claim.stamp in [k.stamp for k in kept]) == (not any(claim.stamp <= c.base for c in claims))
    assert kept, "somebody is always alive"
    assert alive(kept) == kept


@given(histories(errors=(0, 2)), rules)
def test_m2_an_edit_on_top_of_the_decision_wins_alone(claims, rule):
    golden = merged(claims, RULES[rule], exact=False)
    stamp = edit_stamp(0, golden.stamp[0], 0, "late.Person/1", 0)
    merge(golden, 0, Claim(stamp, golden.stamp[0], "late", 0), RULES[rule], exact=False)
    assert (golden.value, golden.stamp) == (["late"], [stamp])


@given(histories(), rules)
def test_m4_every_value_that_is_not_golden_was_told_to_the_history(claims, rule):
    golden = Golden(id="g", concept="person", value=[None], stamp=[BOTTOM])
    told = []
    for claim in claims:
        told += [lost.value for _, lost in merge(golden, 0, claim, RULES[rule])]
    assert {c.value for c in claims} <= {*told, golden.value[0]}


@given(st.integers(-1, 9), st.integers(0, 3), st.lists(edits, max_size=5))
def test_m3_stamps_are_monotone_along_causality(time, tick, chain):
    stamp = Stamp(time, tick, 0, "", 0)
    for record, value, time_us, _ in chain:
        later = edit_stamp(time_us, stamp, PRIORITY[record], record, value_order(value))
        assert later > stamp
        assert later.time_us == max(stamp.time_us, time_us)
        stamp = later


acts = st.lists(
    st.tuples(
        st.sampled_from(["edits", "edits", "arrives", "is written"]),
        st.sampled_from(RECORDS),
        st.sampled_from("xyz"),
        st.integers(1, 3),
    ),
    min_size=4,
    max_size=14,
)


@settings(max_examples=300)
@given(acts, rules, st.sampled_from([(0, 0, 0), (0, 2, 1), (2, 1, 0)]))
@example(
    [
        ("edits", RECORDS[0], "x", 1),
        ("edits", RECORDS[1], "y", 2),
        ("edits", RECORDS[2], "z", 2),
        ("arrives", RECORDS[0], "x", 1),
        ("arrives", RECORDS[1], "x", 1),
        ("arrives", RECORDS[2], "x", 1),
    ],
    "function",
    (0, 0, 0),
)
@example(  # an edit on the newest claim ends what was decided of that and an older one
    [
        ("edits", RECORDS[0], "x", 1),
        ("edits", RECORDS[1], "y", 2),
        ("arrives", RECORDS[1], "x", 1),
        ("is written", RECORDS[2], "x", 1),
        ("arrives", RECORDS[0], "x", 1),
        ("edits", RECORDS[2], "z", 1),
        ("arrives", RECORDS[2], "x", 1),
    ],
    "priority",
    (0, 0, 0),
)
@example(  # what was decided against a strong record falls, for that one had its value changed by another
    [
        ("edits", RECORDS[0], "x", 1),
        ("arrives", RECORDS[0], "x", 1),
        ("is written", RECORDS[1], "x", 1),
        ("edits", RECORDS[2], "y", 2),
        ("arrives", RECORDS[2], "y", 2),
        ("edits", RECORDS[1], "z", 1),
        ("arrives", RECORDS[1], "z", 1),
    ],
    "priority",
    (0, 0, 0),
)
def test_m2_a_decision_never_goes_back_and_what_is_made_on_it_is_later_than_all_before(
    told: list[tuple[str, str, str, int]], name: str, errors: tuple[int, ...]
) -> None:
    """Records are edited in few instants, on what was last written to them; edits arrive in any order."""
    rule, golden = RULES[name], Golden(id="g", concept="person", value=[None], stamp=[BOTTOM])
    exact = not any(errors)
    base, waiting = dict.fromkeys(RECORDS, BOTTOM), {record: list[Claim]() for record in RECORDS}
    decided, known, heard = [BOTTOM], dict.fromkeys(RECORDS, 0), list[Claim]()
    for act, record, value, time in told:
        if act == "edits":
            stamp = edit_stamp(time, base[record], PRIORITY[record], record, value_order(value))
            assert all(stamp > before for before in decided[: known[record] + 1])
            waiting[record].append(Claim(stamp, base[record], value, errors[RECORDS.index(record)]))
            base[record] = stamp
        elif act == "is written" and not waiting[record]:
            base[record], known[record] = golden.stamp[0], len(decided) - 1
        elif act == "arrives" and waiting[record]:
            before, was = golden.stamp[0], golden.value[0]
            heard.append(waiting[record].pop(0))
            merge(golden, 0, heard[-1], rule, exact=exact)
            now = golden.stamp[0]
            assert now[:2] >= before[:2], "a later decision is never earlier"
            assert now != before or golden.value[0] == was
            assert len(alive(heard)) > 1 or now > max(decided) or now == before
            assert (golden.value[0], now) == _decided(heard, rule, exact=exact)
            decided.append(now)


def _decided(claims: list[Claim], rule: Survivorship, *, exact: bool) -> tuple[object, Stamp]:
    """The greatest of all claims, where that decides; else what the rule makes of those that are not superseded."""
    if exact and rule.rule == "latest":
        return max(claims).value, max(claims).stamp
    winner, stamp = decide(alive(claims), rule)
    return winner.value, stamp
