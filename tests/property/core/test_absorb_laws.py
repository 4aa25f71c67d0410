"""One observation against a plain telling of what it may say of a record that is known (S3, S7, S10)."""

from itertools import product
from typing import Any

from hypothesis import given, strategies as st

from accord.core.intake import Timing, absorb
from accord.core.values import MISSING
from tests.unit.core.building import observation, system, us

HOWS = st.sampled_from(["listing", "listing", "feed", "fetch", "search", "reply"])
DECLARED = st.fixed_dictionaries(
    {
        "version": st.sampled_from(["ordered", "opaque"]),
        "lag_s": st.sampled_from([0.0, 2.0]),
        "exact": st.booleans(),
        "listing_partial": st.booleans(),
        "confirm_s": st.just(5.0),
    }
)
TIMES = st.tuples(st.sampled_from([0, 18, 21]), st.sampled_from([0, 18, 21]))


def known(mapping: Any, **more: Any) -> Any:
    """The row of a record that was fetched twice."""
    seen = None
    for at, order in ((8, 3), (20, 5)):
        first = observation(
            "crm.Person",
            at=at,
            how="fetch",
            version=f"v{order}",
            order=order,
            modified=order,
            created=1,
            email="e",
            name=f"n{order}",
            **more,
        )
        seen, _ = absorb(seen, first, mapping, Timing(), us(at))
    assert seen is not None
    return seen


@given(
    DECLARED,
    TIMES,
    HOWS,
    st.sampled_from([15, 19, 20, 21, 22, 23, 25]),
    st.sampled_from([(3, "v3"), (4, "v4"), (5, "v5"), (6, "v6")]),
    st.booleans(),
    st.booleans(),
)
def test_s7_an_observation_is_taken_dropped_or_fetched_as_time_and_version_tell(
    declared: dict[str, Any],
    times: tuple[int, int],
    how: str,
    at: int,
    version: tuple[int, str],
    was_gone: bool,
    moved: bool,
) -> None:
    mapping = system("crm", **declared)
    seen = known(mapping)
    if was_gone:
        seen.gone = "deleted"
    order, token = version
    name = "new" if moved or token != "v5" else "n5"
    ordered, lag, (confirmed, sent) = declared["version"] == "ordered", declared["lag_s"], times
    part = declared["listing_partial"] and how in ("listing", "feed")
    newer, older = ordered and order > 5, ordered and order < 5
    early = at < max(confirmed + lag, sent, 20)
    if how == "reply":
        wanted = "old" if older else "hint" if was_gone else "taken"
    elif how == "fetch" and at >= sent + lag:
        back = older and at > 20 and not was_gone
        wanted = "back" if back else "taken"
    elif older:
        wanted = "hint" if how == "fetch" else "old"
    elif not ordered and token == "v3":
        wanted = "old"
    elif (
        (was_gone and how != "fetch")
        or (not newer and early and token != "v5")
        or (not newer and early and token == "v5" and not declared["exact"] and name != "n5")
    ):
        wanted = "hint"
    else:
        wanted = "taken"
    if wanted == "taken" and part and (token != "v5" or order != 5):
        wanted = "hint"
    seen.highest_order = 5 if ordered else None
    before = (list(seen.raw), seen.gone, seen.seq)
    shown = observation(
        "crm.Person",
        at=at,
        how=how,
        version=token,
        order=order if ordered else None,
        modified=order,
        created=1,
        email="e",
        name=name,
    )
    timing = Timing(sent_us=us(sent), confirmed_us=us(confirmed))
    after, verdict = absorb(seen, shown, mapping, timing, us(at))
    assert after is seen
    if wanted == "taken":
        assert verdict in ("changed", "same")
        assert seen.raw == ["e", name, MISSING]
        assert not seen.gone
        assert seen.version == token
        assert (verdict == "same") == (
            before[0] == seen.raw and token == "v5" and not was_gone and how != "fetch"
        )
        assert seen.seq == before[2] + (verdict == "changed")
        assert seen.asked_us == us(max(20, at))
        if verdict == "changed":
            assert seen.fetched is (how in ("fetch", "reply", "search"))
            assert seen.old_versions == (["v3"] if token == "v5" else ["v3", "v5"])
    else:
        assert verdict == wanted
        assert (seen.raw, seen.gone, seen.seq) == before


def test_s10_a_record_is_gone_when_it_is_proven_or_told_twice_apart() -> None:
    ways = product(
        (True, False),
        ("listing", "feed", "fetch"),
        (True, False),
        ("missing", "deleted", "merged", "unreadable"),
        (22, 25, 26, 28),
        ("", "deleted"),
        (True, False),
        (True, False),
    )
    for way in ways:
        absence_is_told(*way)


def absence_is_told(
    is_known: bool, how: str, proven: bool, gone: str, at: int, was_gone: str, missed: bool, hidden: bool
) -> None:
    """Against a plain telling."""
    mapping = system("crm", confirm_s=5.0)
    seen = known(mapping) if is_known else None
    if seen is not None:
        seen.gone, seen.missing_us = was_gone, us(21) if missed and not was_gone else None
        seen.unreadable = "why" if hidden else ""
    before = (seen.gone, seen.missing_us, seen.seq, seen.unreadable) if seen is not None else None
    said = observation("crm.Person", at=at, how=how, gone=gone, proven=proven)
    after, verdict = absorb(seen, said, mapping, Timing(), us(at))
    sure = proven and gone in ("deleted", "merged")
    if gone == "unreadable":
        told = seen is not None and not was_gone and not hidden
        assert verdict == ("changed" if told else "old")
        assert after is seen
        assert not told or bool(after.unreadable and not after.gone)
        return
    if seen is None:
        taken = sure or (proven and how == "fetch")
        assert verdict == ("new" if taken else "old")
        assert (after is not None and after.gone == "deleted" and after.asked_us == us(at)) is taken
        return
    assert after is seen
    if was_gone:
        assert verdict == ("hint" if gone == "missing" and not proven else "old")
        assert (seen.gone, seen.missing_us, seen.seq, seen.unreadable) == before
    elif sure or (how == "fetch" and missed and proven and at >= 21 + 5):
        assert (verdict, seen.gone, seen.missing_us) == (
            "changed",
            "merged" if gone == "merged" else "deleted",
            None,
        )
        assert seen.seq == before[2] + 1
        assert seen.asked_us == us(at)
    elif how == "fetch" and not missed:
        assert (verdict, seen.gone, seen.missing_us) == ("changed", "", us(at))
    else:
        assert verdict == "hint"
        assert (seen.gone, seen.missing_us, seen.seq, seen.unreadable) == before


def test_s2_s10_what_is_left_out_keeps_what_identifies_and_another_birth_is_another_record() -> None:
    truths = (True, False)
    for way in product(("", "left out"), ("", "rests"), truths, (None, 1, 2), truths):
        selection_is_taken(*way)


def selection_is_taken(left_out: str, rests: str, linked: bool, born: int | None, first: bool) -> None:
    """Against a plain telling."""
    mapping = system("crm", keep=lambda _: left_out, when=lambda _: rests)
    seen = None if first else known(system("crm"))
    if seen is not None:
        seen.golden = "person:1" if linked else None
    shown = observation(
        "crm.Person",
        at=30,
        how="fetch",
        version="v6",
        modified=6,
        created=born,
        email="e",
        name="new",
        phone="p",
    )
    after, verdict = absorb(seen, shown, mapping, Timing(), us(30), frozenset({0}))
    assert after is not None
    replaced = not first and born == 2
    if replaced:
        assert (verdict, after.gone, after.born_us) == ("changed", "replaced", us(2))
        again, verdict = absorb(after, shown, mapping, Timing(), us(31), frozenset({0}))
        assert again is after
        assert (verdict, after.gone, after.golden, after.first_us) == ("changed", "", None, us(31))
    is_linked = linked and not first and not replaced
    assert after.excluded == (left_out or ("" if is_linked else rests))
    assert after.resting == rests
    assert after.raw == (["e", "new", "p"] if is_linked or not after.excluded else ["e", MISSING, MISSING])
    if first:
        assert (verdict, after.first_us) == ("new", us(30))
        assert after.born_us == (None if born is None else us(born))
