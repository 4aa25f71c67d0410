"""One observation against a plain telling of what it may say of a record that is known (S3, S7, S10)."""

from itertools import product
from typing import Any

from msgspec.structs import replace

from accord.core.intake import Timing, absorb, read_raw
from accord.core.values import MISSING
from tests.unit.core.building import observation, system, us

DECLARED = [
    {"version": version, "lag_s": lag_s, "exact": exact, "listing_partial": part, "confirm_s": 5.0}
    for version, lag_s, exact, part in (
        *product(("ordered", "opaque"), (0.0, 2.0), (True, False), (False,)),
        ("ordered", 2.0, False, True),
        ("opaque", 0.0, False, True),
    )
] + [{"version": "opaque", "lag_s": 2.0, "exact": True, "listing_partial": False, "recurs": True}]
TIMES = ((0, 0), (21, 18), (18, 21), (0, 21))
"""When a write to the record was confirmed, and when the last one was sent."""


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


def test_s7_an_observation_is_taken_dropped_or_fetched_as_time_and_version_tell() -> None:
    ways = product(
        DECLARED,
        TIMES,
        ("listing", "fetch", "search", "reply"),
        (19, 20, 21, 23),
        (
            (3, "v3", True),
            (4, "v4", True),
            (5, "v5", False),
            (5, "v5", True),
            (6, "v6", True),
            (5, None, False),
            (5, None, True),
        ),
        (True, False),
    )
    for way in ways:
        sight_is_judged(*way)


def sight_is_judged(
    declared: dict[str, Any],
    times: tuple[int, int],
    how: str,
    at: int,
    version: tuple[int, str | None, bool],
    was_gone: bool,
) -> None:
    """Against a plain telling."""
    mapping = system("crm", **declared)
    seen = known(mapping)
    if was_gone:
        seen.gone = "deleted"
    order, token, moved = version
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
        wanted = "hint" if how == "fetch" or (was_gone and at >= max(confirmed, 20) + lag) else "old"
    elif not ordered and token == "v3":
        wanted = "hint" if declared.get("recurs") else "old"
    elif (
        (was_gone and how != "fetch")
        or (not newer and early and token not in ("v5", None))
        or (not newer and early and moved and not (token == "v5" and declared["exact"]))
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
        order=order,  # which says nothing where versions are not declared to be ordered
        modified=order,
        created=1,
        email="e",
        name="new" if moved else "n5",
    )
    timing = Timing(sent_us=us(sent), confirmed_us=us(confirmed))
    after, verdict = absorb(seen, shown, mapping, timing, us(at))
    assert after is seen
    if wanted == "taken":
        assert verdict in ("changed", "same")
        assert seen.raw == ["e", "new" if moved else "n5", MISSING]
        assert not seen.gone
        assert seen.version == ("v5" if verdict == "same" else token)
        assert (verdict == "same") == (
            before[0] == seen.raw and token in ("v5", None) and not was_gone and how != "fetch"
        )
        assert seen.seq == before[2] + (verdict == "changed")
        assert seen.asked_us == us(max(20, at))
        if verdict == "changed":
            assert seen.fetched is (how in ("fetch", "reply", "search"))
            assert seen.old_versions == [old for old in ("v3", "v5") if old != token]
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


def test_s3_what_is_not_said_is_null_only_where_absence_is_declared_to_mean_that() -> None:
    for absent in ("null", "unchanged"):
        raws = read_raw(system("crm", absent=absent), {"name": "n", "phone": None})
        assert raws == [None if absent == "null" else MISSING, "n", None]


def test_s3_what_a_sight_does_not_tell_stays_as_it_was() -> None:
    """Creation times and our own key; the time of asking never goes back."""
    for created, our_id, at, how in product((None, 1, 3), ("", "k2"), (15, 30), ("fetch", "listing")):
        mapping = system("crm", version="none")
        seen = known(mapping, our_id="k1")
        shown = observation(at=at, how=how, version=None, created=created, our_id=our_id, email="f")
        shown = replace(shown, born_us=None)
        absorb(seen, shown, mapping, Timing(), us(at))
        taken = at == 30 or how == "fetch"
        assert (seen.raw[0], seen.raw[1]) == ("f" if taken else "e", "n5")
        assert seen.created_us == us(created if created and taken else 1)
        assert (seen.born_us, seen.our_id) == (us(1), our_id if our_id and taken else "k1")
        assert seen.asked_us == us(max(20, at))


def test_s11_a_record_below_its_highest_version_is_believed_when_it_was_told_twice() -> None:
    mapping = system("crm", version="ordered", lag_s=2.0)
    for sent, how, gone in product((0, 29), ("fetch", "listing"), ("", "deleted")):
        seen = known(mapping)
        seen.gone = gone
        told = []
        for at in (30, 31, 32, 33):
            shown = observation(at=at, how=how, version="v4", order=4, modified=4, email="e", name="n4")
            told.append((absorb(seen, shown, mapping, Timing(us(sent), 0), us(at))[1], seen.backsteps))
        if how == "listing":  # no page is so stale that it shows what was deleted long ago: it is fetched
            assert told == [("hint" if gone else "old", 0)] * 4
        elif gone:
            assert told[sent == 29] == ("changed", 0)  # what is back is read as it is
            assert seen.gone == ""
        else:
            early = [("hint", 0)] if sent == 29 else []
            taken = [("changed", 0), ("changed", 0)]
            assert told == [*early, ("back", 1), ("back", 2), *taken][:4]
            assert seen.highest_order == 4


def test_s11_the_highest_version_counts_also_where_a_lower_one_was_taken_since() -> None:
    mapping = system("crm", version="ordered")
    for highest, order in product((None, 5, 7), (4, 5, 6, 7, 8)):
        seen = known(mapping)
        seen.highest_order = highest
        shown = observation(
            at=30, how="fetch", version=f"v{order}", order=order, created=1, email="e", name="n"
        )
        _, verdict = absorb(seen, shown, mapping, Timing(), us(30))
        assert (verdict == "back") is (order < (highest or 5))


def test_s10_another_birth_under_a_known_id_is_looked_at_whatever_its_version() -> None:
    """A version that would be dropped, or believed only later, says nothing of a record that stands there instead."""
    mapping = system("crm", version="ordered", lag_s=2.0)
    for order, how, at, linked in product((4, 5, 6), ("listing", "fetch"), (20, 30), (True, False)):
        seen = known(mapping)
        seen.golden, seq = "person:1" if linked else None, seen.seq
        shown = observation(at=at, how=how, version=f"v{order}", order=order, created=2, email="f", name="m")
        _, verdict = absorb(seen, shown, mapping, Timing(us(19), us(19)), us(at))
        stale = order == 4 and not (how == "fetch" and at == 30)
        if stale or (order == 5 and at == 20):
            assert (verdict, seen.gone, seen.seq) == ("hint", "", seq)
        else:
            assert (verdict, seen.gone, seen.seq) == ("changed", "replaced", seq + 1)
            assert (seen.created_us, seen.born_us) == (us(2), us(2))
        assert seen.raw == ["e", "n5", MISSING]
        assert seen.backsteps == 0


def test_s3_l9_a_listing_in_part_asks_neither_filter_nor_condition() -> None:
    asks = (None, lambda _: "", lambda _: "why")
    for keep, when, part, new, first in product(asks, asks, (True, False), (True, False), (True, False)):
        mapping = system("crm", keep=keep, when=when, listing_partial=part, version="none")
        seen = None if first else known(system("crm"))
        if seen is not None:
            seen.excluded, seen.resting, seen.golden = "before", "then", None if new else "person:1"
        shown = observation(at=30, how="listing", version=None, created=1, email="f", name="n5")
        if seen is not None:
            seen.version, seen.modified_us = None, us(30)
        after, verdict = absorb(seen, shown, mapping, Timing(), us(30), None)
        assert after is not None
        assert verdict in ("new", "changed")
        left_out, rests = "why" if keep is asks[2] else "", "why" if when is asks[2] else ""
        wanted = (left_out or (rests if new or first else ""), rests)
        if keep is when is None:
            wanted = ("", "")
        elif part:
            wanted = ("", "") if first else ("before", "then")
        assert (after.excluded, after.resting) == wanted


def test_s11_of_a_system_that_was_restored_only_what_it_shows_since_counts() -> None:
    """Nothing is filled in from before, a part is no answer, and to show the same is one."""
    for part, how, same, linked in product((True, False), ("listing", "fetch"), (True, False), (True, False)):
        mapping = system("crm", listing_partial=part, version="none")
        seen = known(mapping)
        seen.golden, seen.asked_us, seq = "person:1" if linked else None, 0, seen.seq
        seen.version, seen.modified_us = None, us(30)
        more = {"name": "n5"} if same else {}
        shown = observation(at=30, how=how, version=None, created=1, email="e", **more)
        _, verdict = absorb(seen, shown, mapping, Timing(), us(30))
        if part and how == "listing":
            assert (verdict, seen.raw, seen.asked_us) == ("hint", ["e", "n5", MISSING], 0)
        else:
            assert (verdict, seen.seq, seen.asked_us) == ("changed", seq + 1, us(30))
            assert seen.raw == ["e", "n5" if same else MISSING, MISSING]


def test_s10_once_the_old_record_is_gone_the_one_that_stands_there_is_taken_whichever_it_is() -> None:
    for born in (2, 3):
        mapping = system("crm", version="none")
        seen = known(mapping)
        for at, birth, gone in ((30, 2, "replaced"), (40, born, "")):
            shown = observation(at=at, how="fetch", version=None, created=birth, email="f", name="m")
            _, verdict = absorb(seen, shown, mapping, Timing(), us(at))
            assert (verdict, seen.gone) == ("changed", gone)
        assert (seen.raw, seen.born_us, seen.golden) == (["f", "m", MISSING], us(born), None)
