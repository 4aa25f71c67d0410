"""Order decides nothing: claims in any order, records interleaved and settled in any way (M1-M3, S7)."""

from hypothesis import example, given, strategies as st

from accord.core.claims import alive, merge
from accord.core.link import new_golden
from accord.core.stamps import BOTTOM, Stamp, edit_stamp
from accord.core.state import Claim, Golden, Open, Sent
from accord.core.values import value_order
from accord.core.work import SECOND_US
from tests.property.world.records import SYSTEMS, Edit, Thing, model_of, observed

VALUES = st.sampled_from(["a", "b", "c"])
CLAIM = st.tuples(st.integers(0, 2), st.integers(1, 5), VALUES, st.integers(0, 9), st.integers(0, 2))


def build(drawn: list[tuple[int, int, str, int, int]]) -> list[Claim]:
    """Claims, each on top of an earlier one of its own record or of another's; the last number is the clock's error."""
    claims: list[Claim] = []
    for record, time, value, on, error in drawn:
        base = claims[on % len(claims)].stamp if claims and on < 6 else BOTTOM
        stamp = edit_stamp(time, base, 3 - record, f"{SYSTEMS[record]}/1", value_order(value))
        if all(claim.stamp != stamp for claim in claims):
            claims.append(Claim(stamp, base, value, error))
    return claims


def merged(claims: list[Claim], *, exact: bool) -> Golden:
    golden = new_golden("g", model_of().concepts["person"])
    for claim in claims:
        merge(golden, 0, claim, exact=exact)
    return golden


@given(st.lists(CLAIM, min_size=2, max_size=6), st.data())
def test_m2_the_greatest_stamp_wins_in_every_order(drawn: list, data: st.DataObject) -> None:
    claims = [claim._replace(error_us=0) for claim in build(drawn)]
    golden, shuffled = merged(claims, exact=True), merged(data.draw(st.permutations(claims)), exact=True)
    assert (golden.value, golden.stamp) == (shuffled.value, shuffled.stamp)
    assert golden.stamp[0] == max(claims).stamp
    assert golden.value[0] == max(claims).value


@given(st.lists(CLAIM, min_size=2, max_size=6), st.data())
def test_m2_uncertain_clocks_pick_one_winner_of_the_set_in_every_order(
    drawn: list, data: st.DataObject
) -> None:
    claims = build(drawn)
    golden, shuffled = merged(claims, exact=False), merged(data.draw(st.permutations(claims)), exact=False)
    assert (golden.value, golden.stamp) == (shuffled.value, shuffled.stamp)
    assert golden.value[0] in {claim.value for claim in alive(claims)}


@given(st.lists(CLAIM, min_size=1, max_size=6))
def test_m2_what_was_decided_upon_never_wins(drawn: list) -> None:
    claims = build(drawn)
    standing = {claim.stamp for claim in alive(claims)}
    assert not {other.base for other in claims} & standing


@given(st.lists(CLAIM, min_size=1, max_size=6), st.booleans())
def test_m2_a_repeated_claim_changes_nothing(drawn: list, exact: bool) -> None:
    claims = build(drawn)
    if exact:
        claims = [claim._replace(error_us=0) for claim in claims]
    once, twice = merged(claims, exact=exact), merged([*claims, *claims], exact=exact)
    assert (once.value, once.stamp) == (twice.value, twice.stamp)


@given(st.integers(0, 5), st.integers(0, 5), st.integers(0, 3), VALUES)
def test_m3_an_edit_is_later_than_what_it_was_made_on(time: int, base: int, tick: int, value: str) -> None:
    on = Stamp(base, tick, 1, "erp/1", 7)
    assert edit_stamp(time, on, 0, "crm/1", value_order(value)) > on


@given(VALUES, VALUES, st.sampled_from(SYSTEMS), st.sampled_from(SYSTEMS))
def test_m3_two_edits_of_one_moment_never_tie(first: str, second: str, one: str, other: str) -> None:
    stamps = {edit_stamp(5, BOTTOM, 0, r, value_order(v)) for r, v in ((one, first), (other, second))}
    assert len(stamps) == len({(one, first), (other, second)})


EDITS = st.lists(
    st.tuples(st.sampled_from(SYSTEMS), st.integers(2, 9), st.sampled_from(["a", "b", "c", None])),
    min_size=2,
    max_size=6,
    unique_by=lambda edit: (edit[0], edit[1]),
)


@given(EDITS, st.data())
@example([("crm", 5, "b"), ("crm", 8, "a"), ("erp", 6, "c")], None)
@example([("crm", 9, "b"), ("erp", 5, "c")], None)
def test_m1_records_interleaved_in_any_way_settle_alike(drawn: list, data: st.DataObject | None) -> None:
    """Each record's states in its own order; settled after each, or once for all (S7)."""
    edits = sorted((Edit(*edit) for edit in drawn), key=lambda edit: edit.at)
    order = data.draw(st.permutations(SYSTEMS)) if data is not None else SYSTEMS
    by_record = [edit for system in order for edit in edits if edit.system == system]
    assert play(edits).golden() == play(by_record).golden() == play(edits[::-1], own_order=True).golden()


def play(edits: list[Edit], *, own_order: bool = False) -> Thing:
    """A thing whose records are seen and settled edit by edit."""
    if own_order:
        queues = {s: [e for e in edits[::-1] if e.system == s] for s in SYSTEMS}
        edits = [queues[edit.system].pop(0) for edit in edits]
    thing = Thing()
    for edit in edits:
        thing.see(observed(edit.system, edit.at, edit.value))
        thing.settle()
    return thing


@given(EDITS)
def test_s7_settling_again_changes_nothing(drawn: list) -> None:
    thing = play(sorted((Edit(*edit) for edit in drawn), key=lambda edit: edit.at))
    before, dues = thing.golden(), thing.settle().dues
    thing.events.clear()
    again = thing.settle()
    assert (thing.golden(), again.dues, thing.events) == (before, dues, [])


@given(EDITS)
def test_m4_every_value_ever_seen_is_golden_or_in_the_history(drawn: list) -> None:
    edits = sorted((Edit(*edit) for edit in drawn), key=lambda edit: edit.at)
    thing = Thing()
    kept = {"a"}
    for edit in edits:
        thing.see(observed(edit.system, edit.at, edit.value))
        kept |= {event.value for event in thing.settle().events if event.kind in ("loser", "superseded")}
    assert {edit.value for edit in edits} <= kept | {thing.cluster.golden.value[0]}


@given(st.sampled_from(SYSTEMS))
def test_m4_a_value_put_back_under_an_unresolved_write_is_noted(system: str) -> None:
    """The record moved on and shows the old value: the write did not land, or somebody put it back (S5)."""
    thing = Thing()
    link = next(link for link in thing.cluster.links if link.mapping == f"{system}.Person")
    sent = {0: Sent("b", Stamp(5 * SECOND_US, 0, 0, "other", 0))}
    link.open = Open(kind="update", sent=sent, version="1", unknown=True, sent_us=6 * SECOND_US)
    thing.see(observed(system, 9, "a"))
    thing.settle()
    assert "unknown" in thing.events
    assert link.open is None


@given(st.permutations(["x", "y", None]))
def test_m6_names_decide_no_first_link(values: list) -> None:
    """Linked records that differ are a question where no priority is set; a null never beats a value."""
    thing = Thing(model_of(prioritised=False), starts=dict(zip(SYSTEMS, values, strict=True)))
    assert thing.cluster.golden.questions
    assert not thing.settle().dues


@given(st.permutations(["x", None, None]), st.sampled_from(["keep", "latest"]))
def test_m6_a_value_beats_nulls_at_a_first_link(values: list, first_link: str) -> None:
    starts = dict(zip(SYSTEMS, values, strict=True))
    thing = Thing(model_of(prioritised=True, first_link=first_link), starts=starts)
    assert thing.cluster.golden.value == ["x"]
    assert {due.kind for due in thing.settle().dues} == {"update"}
