"""Observations shuffled and doubled end in the same state; what is gone stays gone until it is fetched (S7, S10)."""

from hypothesis import given, strategies as st

from accord.core.intake import Timing, absorb
from accord.core.observation import Observation
from accord.core.state import Seen
from accord.core.work import SECOND_US
from tests.property.world.records import mapping, observed

ORDERED = mapping("crm", version="ordered")
OPAQUE = mapping("crm")


def absorbed(observations: list[Observation], *, ordered: bool = True) -> Seen:
    seen: Seen | None = None
    for observation in observations:
        seen, _ = absorb(seen, observation, ORDERED if ordered else OPAQUE, Timing(), 10**9)
    assert seen is not None
    return seen


def states(values: list[str]) -> list[Observation]:
    return [observed("crm", at, value, order=at) for at, value in enumerate(values, 1)]


def tombstone(at: int) -> Observation:
    return Observation(
        mapping="crm.Person",
        id="1",
        how="feed",
        asked_us=at * SECOND_US,
        gone="deleted",
        proven=True,
        version=str(at),
        order=at,
    )


VALUES = st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=5)


@given(VALUES, st.data())
def test_s7_the_newest_version_stands_in_whatever_order_it_came(
    values: list[str], data: st.DataObject
) -> None:
    pages = states(values)
    doubled = data.draw(st.permutations([*pages, *pages]))
    seen = absorbed(list(doubled))
    assert (seen.raw, seen.order) == ([values[-1]], len(values))


@given(VALUES, st.data())
def test_s7_a_tombstone_holds_against_stale_pages_also_of_records_never_seen(
    values: list[str], data: st.DataObject
) -> None:
    pages = [*states(values), tombstone(len(values) + 1)]
    assert absorbed(list(data.draw(st.permutations(pages)))).gone == "deleted"


@given(VALUES)
def test_s7_a_superseded_token_is_dropped(values: list[str]) -> None:
    pages = states(values)
    late = [Observation(**{f: getattr(p, f) for f in p.__struct_fields__}) for p in pages[:-1]]
    for page in late:
        page.asked_us = 10**8
    seen = absorbed([*pages, *late], ordered=False)
    assert (seen.raw, seen.version) == ([values[-1]], str(len(values)))


@given(st.integers(1, 3), st.booleans())
def test_s10_a_record_is_gone_when_two_looks_apart_prove_it(looks: int, proven: bool) -> None:
    patient = mapping("crm", confirm_s=5)
    seen, _ = absorb(None, observed("crm", 1, "a"), patient, Timing(), SECOND_US)
    for look in range(looks):
        missing = Observation(
            mapping="crm.Person",
            id="1",
            how="fetch",
            asked_us=(10 + 6 * look) * SECOND_US,
            gone="missing",
            proven=proven,
        )
        seen, _ = absorb(seen, missing, patient, Timing(), missing.asked_us)
    assert seen is not None
    assert bool(seen.gone) == (proven and looks >= 2)


@given(st.integers(0, 20), st.sampled_from(["listing", "feed", "search"]), st.booleans())
def test_s7_a_page_from_before_our_write_is_only_a_hint(asked: int, how: str, same: bool) -> None:
    """Until `lag_s` after a write was confirmed nothing but a fetch, or a newer version, says what became of it."""
    lagging = mapping("crm", lag_s=5)
    seen, _ = absorb(None, observed("crm", 1, "a"), lagging, Timing(), SECOND_US)
    page = observed("crm", 2, "b")
    page.how, page.asked_us = how, asked * SECOND_US  # type: ignore[assignment]
    if same:
        page.version = "1"
    timing = Timing(sent_us=10 * SECOND_US, confirmed_us=11 * SECOND_US)
    _, verdict = absorb(seen, page, lagging, timing, 30 * SECOND_US)
    assert verdict == ("changed" if asked >= 16 else "hint")


@given(st.integers(2, 20))
def test_s7_no_reply_revives_what_is_gone(asked: int) -> None:
    """A repeated key may give back a record that was deleted meanwhile: only a fetch revives."""
    seen = absorbed([observed("crm", 1, "a"), tombstone(2)], ordered=False)
    reply = observed("crm", 2, "a")
    reply.how, reply.asked_us = "reply", asked * SECOND_US
    seen, verdict = absorb(seen, reply, OPAQUE, Timing(), asked * SECOND_US)
    assert seen is not None
    assert (verdict, seen.gone) == ("hint", "deleted")


@given(st.integers(3, 20), st.sampled_from(["listing", "feed"]))
def test_w4_a_trailing_listing_does_not_pass_for_a_look_by_id(asked: int, how: str) -> None:
    """It dates the record anew, but does not say that a write has not landed: only a fetch does."""
    look = observed("crm", 2, "a")
    look.how = "fetch"
    page = observed("crm", 2, "a")
    page.how, page.asked_us = how, asked * SECOND_US  # type: ignore[assignment]
    seen = absorbed([look, page], ordered=False)
    assert (seen.asked_us, seen.fetched) == (asked * SECOND_US, False)


@given(st.booleans())
def test_s10_a_look_that_proves_nothing_is_repeated_for_what_is_gone(proven: bool) -> None:
    """Something showed the record again; while no record can be read, nobody can tell that it is not there."""
    seen = absorbed([observed("crm", 1, "a"), tombstone(2)])
    missing = Observation(
        mapping="crm.Person", id="1", how="fetch", asked_us=9 * SECOND_US, gone="missing", proven=proven
    )
    assert absorb(seen, missing, ORDERED, Timing(), 9 * SECOND_US)[1] == ("old" if proven else "hint")
