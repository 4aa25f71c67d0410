"""Claims, sets, chases and drift against plain models of the rules (M2, M4, M5, G2, G5)."""

from collections.abc import Iterator
from itertools import islice, product
from typing import Any

import pytest
from hypothesis import given, strategies as st

from accord.core.claims import LATEST, alive, decide, is_open, merge
from accord.core.drift import LEAST, Shown, compared, drift_of, kind_of
from accord.core.model import Survivorship
from accord.core.oscillation import DAY_US, chased, chasing, note_undone, note_written, thaw, withdraw
from accord.core.sets import elements_of, in_golden_words, merge_elements, newest_first
from accord.core.stamps import BOTTOM, Stamp, edit_stamp, is_side_effect, side_effect_stamp
from accord.core.state import Claim, Golden, Link, Written
from accord.core.types import value_type
from accord.core.values import MISSING, value_order
from tests.unit.core.building import Story, concept, observation, row, system, us

RECORDS = ("crm.P/1", "erp.P/1", "shop.P/1")


@st.composite
def claims(draw: Any) -> list[Claim]:
    """Claims of some records, each with the clock error and the priority of its system."""
    found, bases = [], [BOTTOM]
    for record, value, time, base in draw(
        st.lists(
            st.tuples(st.sampled_from(RECORDS), st.sampled_from("xyz"), st.integers(0, 5), st.integers(0, 3)),
            min_size=1,
            max_size=4,
        )
    ):
        at = RECORDS.index(record)
        on = bases[base % len(bases)]
        stamp = edit_stamp(time, on, (3, 1, 1)[at], record, value_order(value))
        found.append(Claim(stamp, on, value, (0, 2, 3)[at]))
        bases.append(stamp)
    return found


@given(claims(), st.sampled_from(["latest", "priority", "function", "ask"]))
def test_m2_the_winner_is_the_one_that_the_rule_names(some: list[Claim], name: str) -> None:
    rule = Survivorship(rule=name, function=(lambda values: len(values) - 1) if name == "function" else None)
    standing = alive(some)
    winner, stamp = decide(standing, rule)
    newest = max(standing, key=lambda claim: claim.stamp)
    if name == "priority":
        best = max((c.stamp.priority, c.stamp) for c in standing)
        assert (winner.stamp.priority, winner.stamp) == best
    elif name == "function":
        assert winner.value == max(c.value for c in standing)
        assert winner.stamp == max(c.stamp for c in standing if c.value == winner.value)
    else:
        near = [c for c in standing if c.stamp.time_us + c.error_us >= newest.stamp.time_us - newest.error_us]
        certain = not any(c.error_us for c in near)
        assert winner == (
            newest
            if certain
            else max(near, key=lambda c: (c.stamp.priority, c.stamp.record, c.stamp.order, c.stamp))
        )
    if len(standing) == 1:
        assert stamp == winner.stamp
    else:  # no claim's own: those of edits are even
        assert newest.stamp.tick % 2 == 0
        assert stamp == Stamp(newest.stamp.time_us, newest.stamp.tick + 1, *winner.stamp[2:])
    golden = Golden(id="g", concept="c", value=["x"], stamp=[BOTTOM], rivals={0: standing})
    assert is_open(golden, 0, rule) == (name == "ask" and len({c.value for c in standing}) > 1)
    assert not is_open(golden, 1, rule)


def short_stories(errors: tuple[int, ...]) -> Iterator[list[Claim]]:
    """Every story of two edits, and many of three: who made it, of which value, when, and on top of which one."""
    acts = [list(product(RECORDS, "xy", (1, 2), range(number + 1))) for number in range(3)]
    for told in [*product(*acts[:2]), *islice(product(*acts), 0, None, 7)]:
        found, bases = list[Claim](), [BOTTOM]
        for record, value, time, base in told:
            at, on = RECORDS.index(record), bases[base]
            stamp = edit_stamp(time, on, (3, 1, 1)[at], record, value_order(value))
            found.append(Claim(stamp, on, value, errors[at]))
            bases.append(stamp)
        yield found


@pytest.mark.parametrize(
    ("name", "exact"), [("latest", True), ("latest", False), ("priority", True), ("priority", False)]
)
def test_m4_what_loses_is_told_once_with_its_fate(name: str, exact: bool) -> None:
    rule, quick = Survivorship(rule=name), exact and name == "latest"
    for some in short_stories((0, 0, 0) if exact else (0, 2, 3)):
        golden = Golden(id="g", concept="c", value=[None], stamp=[BOTTOM])
        for number, claim in enumerate(some):
            before, was, had = golden.value[0], golden.stamp[0], was_decided(golden)
            fates = merge(golden, 0, claim, rule, exact=exact)
            now, heard = golden.value[0], some[: number + 1]
            assert now == decide(alive(heard), rule)[0].value
            assert (0 in golden.rivals) is not quick  # the greatest stamp is all to keep
            lost = [each for _, each in fates]
            assert all(each.value != now for each in lost)
            assert had or not lost, "nothing was there to lose"
            assert claim.value == now or claim in lost
            assert not had or before == now or before in [each.value for each in lost]
            assert {each.value for each in lost} <= {before, claim.value}
            for fate, each in fates:
                over = any(each.stamp <= other.base for other in heard)
                if quick:  # of what came late nobody looks whether it is superseded
                    over = each.stamp == was and was <= claim.base
                assert fate == ("superseded" if over else "loser")
            assert not quick or golden.stamp[0] >= was


def test_m2_another_rule_decides_anew_on_all_that_still_competes() -> None:
    for some in short_stories((0, 0, 0)):
        golden = Golden(id="g", concept="c", value=[None], stamp=[BOTTOM])
        for claim in some[:-1]:
            merge(golden, 0, claim, Survivorship(rule="priority"))
        merge(golden, 0, some[-1])
        assert golden.value[0] == decide(alive(some), LATEST)[0].value
        golden = Golden(id="g", concept="c", value=[None], stamp=[BOTTOM])
        merge(golden, 0, some[0])
        merge(golden, 0, some[1], Survivorship(rule="priority"))
        assert golden.value[0] == decide(alive(some[:2]), Survivorship(rule="priority"))[0].value


def was_decided(golden: Golden) -> bool:
    return golden.stamp[0] != BOTTOM


@given(st.integers(-5, 5), st.integers(-1, 5), st.integers(0, 3), st.integers(0, 2))
def test_m3_a_stamp_is_later_than_its_base_and_a_side_effect_before_all(
    time: int, base_us: int, tick: int, priority: int
) -> None:
    base = Stamp(base_us, tick, 1, "r", 0)
    stamp = edit_stamp(time, base, priority, "crm.P/1", 4)
    after = tick + 2 - tick % 2
    wanted = (max(time, 0), 0) if max(time, 0) > base_us else (base_us, after)
    assert stamp == Stamp(*wanted, priority, "crm.P/1", 4)
    effect = side_effect_stamp(base, priority, "crm.P/1", 4)
    assert effect == Stamp(-1, after, priority, "crm.P/1", 4)
    assert is_side_effect(effect)
    assert not is_side_effect(stamp)
    assert is_side_effect(BOTTOM)


SET = value_type("set(string)")
sets = st.sets(st.sampled_from("abcd"), max_size=4).map(sorted)


@given(sets, st.lists(st.tuples(st.sampled_from(RECORDS), sets, sets, st.integers(0, 6)), max_size=4))
def test_m5_the_last_edit_of_an_element_decides_whether_it_is_there(
    first: list[str], edits: list[tuple[str, list[str], list[str], int]]
) -> None:
    start = Stamp(1, 0, 0, "first", value_order(first or None))
    golden = Golden(id="g", concept="c", value=[first or None], stamp=[start])
    newest = start[:4]
    model: dict[str, tuple[Stamp, bool]] = dict.fromkeys(first, (start, True))
    assert [(each.value, each.there, each.stamp) for each in elements_of(golden, 0, SET)] == [
        (e, True, start) for e in first
    ]
    for record, was, new, time in edits:
        stamp = edit_stamp(time, BOTTOM, 0, record, value_order(new or None))
        claim = Claim(stamp, BOTTOM, new or None)
        lost = []
        for element in sorted({*was, *new}):
            if (element in was) == (element in new):
                continue
            before = model.get(element)
            if before is None or stamp > before[0]:
                if before is not None and before[1] and element not in new:
                    lost.append(("superseded" if before[0] <= BOTTOM else "loser", element))
                model[element] = stamp, element in new
            elif before[1] != (element in new):
                lost.append(("loser", element))
        fates = merge_elements(golden, 0, claim, was or None, SET)
        assert sorted((fate, each.value) for fate, each in fates) == sorted(lost)
        there = sorted(each for each, (_, is_there) in model.items() if is_there)
        assert golden.value[0] == (there or None)
        newest = max(newest, stamp[:4])
        assert golden.stamp[0][:4] == newest
        assert golden.stamp[0].order == value_order(golden.value[0])
        assert {each.value: (each.stamp, each.there) for each in elements_of(golden, 0, SET)} == model
        new_first = newest_first(golden, 0, start, SET)
        assert new_first == (
            [e for e in there if model[e][0] > start] + [e for e in there if model[e][0] <= start] or None
        )
        assert merge_elements(golden, 0, claim, MISSING, SET) == merge_elements(golden, 0, claim, None, SET)
        for each in new:
            model[each] = max(model.get(each, (BOTTOM, False)), (stamp, True))


@given(sets, sets)
def test_s5_a_set_in_the_spelling_of_a_system_is_told_in_golden_words(
    golden_set: list[str], shown: list[str]
) -> None:
    golden = Golden(id="g", concept="c", value=[golden_set or None], stamp=[BOTTOM])
    found = in_golden_words(
        golden, 0, [each.upper() for each in shown] or None, lambda some: [each.upper() for each in some], SET
    )
    assert found == (sorted(each if each in golden_set else each.upper() for each in shown) or None)
    assert in_golden_words(golden, 0, None, lambda some: some, SET) is None
    assert in_golden_words(golden, 0, shown or None, lambda _: None, SET) == (shown or None)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["w", "u", "i", "t"]),
            st.sampled_from("ab"),
            st.sampled_from([1, DAY_US // 3, DAY_US]),
        ),
        max_size=14,
    )
)
def test_g5_a_chase_is_more_than_three_writes_of_a_day_each_undone(acts: list[tuple[str, str, int]]) -> None:
    link = Link(golden="g", mapping="crm.P", raw=[None], base=[BOTTOM], same=[None])
    kept: list[Written] = []
    now = DAY_US
    for act, raw, after in acts:
        now += after
        if act == "w":
            if sum(each.undone for each in kept) > 3 and raw not in [each.raw for each in kept]:
                kept = []
            note_written(link, 0, raw, now)
            kept = [*kept[-3:], Written(now, raw, False)]
        elif act == "u":
            note_undone(link, 0)
            kept[-1:] = [each._replace(undone=True) for each in kept[-1:]]
        elif act == "i":
            withdraw(link, 0, raw)
            if kept and kept[-1].raw == raw and not kept[-1].undone:
                kept = kept[:-1]
        else:
            had = 0 in link.written
            assert thaw(link, 0) is had
            kept = []
        assert link.written.get(0, []) == kept
        lately = [each for each in kept if each.undone and each.at_us > now - DAY_US]
        assert chasing(kept, now) == (lately if len(lately) > 3 else [])
        for value in "abc":
            frozen = len(lately) > 3 and value in [each.raw for each in lately]
            assert chased(kept, value, now) == (lately[-4].at_us + DAY_US if frozen else None)
    had = 0 in link.written
    assert thaw(link, 0) is had
    assert not thaw(link, 0)


def test_g5_a_chase_freezes_its_own_values_until_its_fourth_write_from_the_end_is_a_day_old() -> None:
    """Two values that are written in turn and undone each time, an hour apart; a third one is never frozen."""
    hour_us = DAY_US // 24
    for writes, kept in product(range(7), range(7)):
        link = Link(golden="g", mapping="crm.P", raw=[None], base=[BOTTOM], same=[None])
        for number in range(writes):
            note_written(link, 0, "xy"[number % 2], DAY_US + number * hour_us)
            if number != kept:  # one of them is left as it is
                note_undone(link, 0)
        written = link.written.get(0, [])
        undone = [number for number in range(writes) if number != kept][-4:]
        frozen = len(undone) == 4 and (kept < writes - 4 or kept >= writes)
        until_us = 2 * DAY_US + (writes - 4) * hour_us
        for now_us in (until_us - hour_us, until_us - 1, until_us, until_us + 1):
            holds = until_us if frozen and now_us < until_us else None
            assert [chased(written, raw, now_us) for raw in ("x", "y", "z")] == [holds, holds, None]


raws = st.sampled_from(
    [MISSING, None, "", [], {}, {"a": None}, {"a": ""}, "x", 1, 1.5, True, ["x"], {"a": 1}]
)
KINDS = {str: "text", int: "number", float: "number", bool: "boolean", list: "list", dict: "object"}


def kind(raw: Any) -> str:
    return (
        ""
        if raw in (MISSING, None, "", [], {}, {"a": None}, {"a": ""}) and raw is not False
        else KINDS[type(raw)]
    )


@given(
    st.lists(st.tuples(raws, raws, raws, raws, st.booleans()), max_size=4),
    st.booleans(),
    st.sampled_from(["listing", "feed", "fetch"]),
    st.booleans(),
)
def test_g2_drift_is_told_by_what_the_same_records_had(
    shown: list[tuple[Any, Any, Any, Any, bool]], partial: bool, how: str, written_only: bool
) -> None:
    mapping = system(
        "crm",
        row("email", required=True),
        row("name", reads=not written_only),
        properties=("email", "name"),
        listing_partial=partial,
    )
    observations, before, wanted = [], {}, {}
    for at, (old_email, old_name, email, name, known) in enumerate(shown):
        payload = {key: raw for key, raw in (("email", email), ("name", name)) if raw is not MISSING}
        observations.append(observation("crm.Person", str(at), at=10, how=how, **payload))
        if known:
            before[str(at)] = [old_email, old_name]
        if partial and how != "fetch":
            continue
        for column, was, now, required in ((0, old_email, email, True), (1, old_name, name, False)):
            had = kind(was) if known else "?" if required else ""
            if (had or kind(now)) and not (column == 1 and written_only):
                gone, retyped = (
                    bool(had and not kind(now)),
                    known and bool(had and kind(now)) and had != kind(now),
                )
                one = wanted.get(column, (0, 0, 0))
                wanted[column] = (one[0] + 1, one[1] + gone, one[2] + retyped)
    observations.append(observation("crm.Person", "z", at=10, gone="deleted"))
    assert compared(observations, before, mapping) == {
        column: Shown(*each) for column, each in wanted.items()
    }
    for raw in {repr(each): each for some in shown for each in some[:4]}.values():
        assert kind_of(raw) == kind(raw)


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50))
def test_g2_most_of_enough_records_are_drift(checked: int, gone: int, retyped: int) -> None:
    shown = Shown(checked, gone, retyped)
    enough = checked >= LEAST == 20
    wanted = (
        "" if not enough else "gone" if gone > checked / 2 else "retyped" if retyped > checked / 2 else ""
    )
    assert drift_of(shown) == wanted
    assert shown.plus((1, 2, 3)) == Shown(checked + 1, gone + 2, retyped + 3)


@given(
    st.permutations(range(3)),
    st.tuples(*[st.tuples(st.integers(10, 16), st.integers(0, 4))] * 3),
    st.booleans(),
)
def test_m3_first_values_compete_as_any_claims_do_whatever_was_linked_first(
    order: list[int], shown: tuple[tuple[int, int], ...], together: bool
) -> None:
    names = ("crm", "erp", "shop")
    systems = [
        system(name, priority=at, clock_error_s=error)
        for at, (name, (_, error)) in enumerate(zip(names, shown, strict=True))
    ]
    it = Story(*systems, of=concept(first_link="latest"))
    claims = [
        Claim(Stamp(us(time), 0, at, f"{name}.Person/1", 0), BOTTOM, name, us(error))
        for at, (name, (time, error)) in enumerate(zip(names, shown, strict=True))
    ]
    for at in order:
        it.takes(
            observation(f"{names[at]}.Person", at=30, modified=shown[at][0], version="v", name=names[at])
        )
        if not together:
            it.settles(at=30)
    it.settles(at=31)
    assert it.values()["name"] == decide(claims, LATEST)[0].value
