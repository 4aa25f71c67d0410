"""Which claim wins: a function of the set of claims (M1-M3)."""

import pytest

from accord.core.claims import alive, decide, merge
from accord.core.model import Survivorship
from accord.core.stamps import BOTTOM, Stamp
from accord.core.state import Claim, Golden

LATEST = Survivorship()
PRIORITY = Survivorship(rule="priority")
SHORTEST = Survivorship(
    rule="function", function=lambda values: min(range(len(values)), key=lambda i: len(values[i]))
)


def claim(value, time, *, base=BOTTOM, priority=0, record="", error=0):
    return Claim(Stamp(time, 0, priority, record or f"{value}/1", 0), base, value, error)


def golden():
    return Golden(id="person:1", concept="person", value=[None], stamp=[BOTTOM])


def merged(*claims, rule=LATEST, exact=True):
    it, fates = golden(), []
    for one in claims:
        fates += [(fate, lost.value) for fate, lost in merge(it, 0, one, rule, exact=exact)]
    return it.value[0], fates


OLD, NEW = claim("old", 10), claim("new", 20)


def test_m2_latest_the_newest_of_two_concurrent_claims_wins_in_either_order():
    assert merged(OLD, NEW) == ("new", [("loser", "old")])
    assert merged(NEW, OLD) == ("new", [("loser", "old")])


def test_m2_latest_what_was_known_to_the_editor_is_superseded_and_not_lost():
    assert merged(OLD, claim("edit", 20, base=OLD.stamp)) == ("edit", [("superseded", "old")])


def test_m1_an_equal_claim_counts_with_the_later_time():
    it = golden()
    merge(it, 0, claim("same", 10), LATEST)
    assert merge(it, 0, claim("same", 20, record="erp/1"), LATEST) == []
    assert it.stamp[0].time_us == 20
    assert merge(it, 0, claim("same", 15, record="shop/1"), LATEST) == []
    assert it.stamp[0].time_us == 20


def test_m2_a_claim_supersedes_exactly_those_decided_at_or_before_its_base():
    edit = claim("edit", 30, base=NEW.stamp)
    later = claim("later", 21)
    assert alive([OLD, NEW, later, edit]) == [later, edit]
    assert alive([OLD, OLD, NEW]) == [OLD, NEW]


def test_m2_priority_the_system_with_the_higher_priority_wins_however_old_its_claim():
    old, new = claim("old", 10, priority=2), claim("new", 20, priority=1)
    assert merged(old, new, rule=PRIORITY) == ("old", [("loser", "new")])
    assert merged(new, old, rule=PRIORITY) == ("old", [("loser", "new")])


def test_m2_priority_decides_among_concurrent_claims_only():
    strong = claim("strong", 10, priority=2)
    assert merged(strong, claim("edit", 20, base=strong.stamp), rule=PRIORITY) == (
        "edit",
        [("superseded", "strong")],
    )


def test_m2_priority_the_newest_of_one_system_wins():
    assert merged(claim("a", 10, priority=1), claim("b", 20, priority=1), rule=PRIORITY)[0] == "b"


def test_m2_a_function_picks_among_the_distinct_values():
    short, long = claim("ab", 10), claim("abcdef", 20)
    assert merged(long, short, claim("ab", 15, record="x/1"), rule=SHORTEST)[0] == "ab"


def test_m2_a_function_sees_the_whole_set_and_not_pairs():
    """With three claims a middle is picked that loses or wins each pair by chance."""
    median = Survivorship(rule="function", function=lambda values: len(values) // 2)
    claims = [claim("a", 10), claim("b", 20), claim("c", 30)]
    assert {merged(*order, rule=median)[0] for order in _orders(claims)} == {"b"}


def test_m2_whoever_edits_on_top_of_a_decision_supersedes_all_its_claims():
    old, new = claim("old", 10, priority=2), claim("new", 20, priority=1)
    winner, stamp = decide([old, new], PRIORITY)
    assert winner is old
    assert stamp > new.stamp
    edit = claim("edit", 30, base=stamp)
    assert alive([old, new, edit]) == [edit]


def test_m2_a_decision_is_later_than_all_its_claims_also_where_a_weaker_one_wins():
    old, new = claim("ab", 10, priority=1), claim("abcdef", 20, priority=2)
    winner, stamp = decide([old, new], SHORTEST)
    assert winner is old
    assert stamp > new.stamp


def test_m3_claims_that_overlap_the_newest_are_tied_and_priority_picks():
    near = claim("near", 18, priority=2, error=3)
    far = claim("far", 10, priority=3, error=3)
    new = claim("new", 20, priority=1, error=3)
    assert {merged(*order, exact=False)[0] for order in _orders([near, far, new])} == {"near"}


def test_m3_only_the_error_of_the_newest_and_of_the_other_widen_the_tie():
    assert decide([claim("a", 17, priority=9, error=3), claim("b", 20)], LATEST)[0].value == "a"
    assert decide([claim("a", 16, priority=9, error=3), claim("b", 20)], LATEST)[0].value == "b"
    assert decide([claim("a", 17, priority=9), claim("b", 20, error=3)], LATEST)[0].value == "a"
    assert decide([claim("a", 16, priority=9), claim("b", 20, error=3)], LATEST)[0].value == "b"


def test_m3_exact_claims_and_claims_with_an_error_are_one_set():
    """What an exact claim supersedes, and what it left standing, counts when an uncertain one comes after it."""
    first, second = claim("first", 9, priority=3), claim("second", 10)
    uncertain = claim("uncertain", 11, priority=1, error=5)
    assert {merged(*order, exact=False)[0] for order in _orders([first, second, uncertain])} == {"first"}
    edit = claim("edit", 12, base=uncertain.stamp)
    assert {merged(*order, exact=False)[0] for order in _orders([edit, uncertain])} == {"edit"}


@pytest.mark.parametrize("rule", [LATEST, PRIORITY, SHORTEST], ids=lambda r: r.rule)
def test_m4_what_loses_is_told_once_and_what_is_superseded_as_such(rule):
    a, b = claim("aa", 10, priority=1, error=1), claim("bb", 20, priority=2, error=1)
    edit = claim("c", 30, base=b.stamp, priority=2, error=1)
    value, fates = merged(a, b, edit, rule=rule, exact=False)
    assert value == "c"
    assert ("superseded", "bb") in fates or ("superseded", "aa") in fates
    assert {lost for _, lost in fates} == {"aa", "bb"}


def test_m4_a_repeated_claim_changes_nothing():
    it = golden()
    for one in (OLD, NEW):
        merge(it, 0, one, PRIORITY)
    before = (it.value[0], it.stamp[0], list(it.rivals[0]))
    merge(it, 0, OLD, PRIORITY)
    assert (it.value[0], it.stamp[0], it.rivals[0]) == before


def _orders(claims):
    from itertools import permutations

    return list(permutations(claims))
