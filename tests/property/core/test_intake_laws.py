"""Laws of intake (S7): a page shuffled or doubled ends the same."""

from copy import deepcopy
from itertools import product

import pytest
from hypothesis import given, strategies as st

from accord.core.intake import Timing, absorb, values_of
from accord.core.lens import Path
from accord.core.model import MatchRule
from accord.core.state import IN_FLIGHT, TO_BE_READ, UNREADABLE
from accord.core.values import MISSING
from tests.unit.core.building import concept, observation, row, system, take, us

NAMES = st.sampled_from("xyz")


@st.composite
def pages(draw, kind):
    """Observations of two records at a few moments, with versions of a kind; a version stands for one state."""
    rows = []
    moments = st.tuples(st.sampled_from("12"), st.integers(10, 14))
    for remote_id, moment in draw(st.lists(moments, max_size=5, unique=True)):
        gone = draw(st.sampled_from(["", "", "", "deleted"]))
        rows.append(
            observation(
                "crm.Person",
                remote_id,
                at=draw(st.sampled_from([20, 21])) if kind == "none" else 20,
                how=draw(st.sampled_from(["listing", "feed"])),
                version=None if kind == "none" else f"v{moment}",
                order=moment if kind == "ordered" else None,
                modified=moment,
                gone=gone,
                proven=bool(gone),
                **({} if gone else {"name": draw(NAMES), "email": draw(NAMES)}),
            )
        )
    return rows


def state(rows):
    return {
        r.id: (r.raw, r.gone, r.version, r.order, r.modified_us, r.asked_us, r.missing_us, r.excluded)
        for r in rows.values()
    }


@pytest.mark.parametrize("kind", ["ordered", "opaque", "none"])
@given(st.data())
def test_s7_a_page_shuffled_or_doubled_ends_the_same(kind, data):
    page = data.draw(pages(kind))
    shuffled = data.draw(st.permutations(page))
    mapping = system("crm", version=kind, lag_s=1.0)
    known: dict = {}
    take(observation(at=9, modified=9, order=9, version="v9", name="x"), rows=known, mapping=mapping)
    timing = Timing(us(data.draw(st.sampled_from([0, 15, 20]))), us(data.draw(st.sampled_from([0, 15, 20]))))
    ends = []
    for shown in (page, shuffled, page * 2, [*shuffled, *page]):
        rows = deepcopy(known)
        taken = take(*shown, rows=rows, mapping=mapping, timing=timing)
        keys = {(k.key, k.id) for k in taken.added}, {(k.key, k.id) for k in taken.removed}
        ends.append((state(rows), keys, {f.id for f in taken.fetches}))
    assert ends[0] == ends[1]
    assert ends[2] == ends[3]
    assert ends[0][:2] == ends[2][:2]


EMAILS = ("a@x", "B@x")
HELD = ("", TO_BE_READ, UNREADABLE, IN_FLIGHT, "review")


def keys_shown(seen):
    return (
        {seen.raw[0].lower()} if seen is not None and seen.raw[0] is not MISSING and not seen.gone else set()
    )


@pytest.mark.parametrize("partial", [False, True])
@pytest.mark.parametrize("sees", ["as before", "another address", "another name", "left out", "nothing"])
def test_s7_l3_what_follows_from_a_sight_of_a_record(sees, partial):
    """Rows to save, records to fetch and to settle, keys that move: each follows from how the row stands after."""
    mapping = system(
        "crm", listing_partial=partial, lag_s=2.0, confirm_s=5.0, keep=lambda p: p.get("out", "")
    )
    answered = {} if sees != "nothing" else {"gone": "missing"}
    email = EMAILS[sees == "another address"]
    shown = {
        "email": email,
        "name": "n" if sees != "another name" else "m",
        "out": "x" * (sees == "left out"),
    }
    for how, version, held, golden, state in product(
        ("listing", "fetch"),
        ("v1", "v2"),
        HELD,
        (None, "person:1"),
        ("new", "there", "gone", "missed", "bad", "odd"),
    ):
        known = {}
        if state != "new":
            take(
                observation(at=10, how="fetch", version="v1", modified=10, created=1, email="a@x", name="n"),
                rows=known,
                mapping=mapping,
            )
            known["1"].gone = "deleted" if state == "gone" else ""
            known["1"].missing_us = us(11) if state == "missed" else None
            known["1"].unreadable = "bad" if state == "bad" else ""
            known["1"].held, known["1"].golden = held, golden
        before = deepcopy(known.get("1"))
        born = 2 if state == "odd" else 1
        one = observation(
            at=30,
            how=how,
            version=version,
            modified=10,
            created=born,
            **answered or shown,
            proven=bool(answered),
        )
        row, verdict = absorb(deepcopy(before), one, mapping, Timing(), us(40), frozenset({0}))
        taken = take(one, rows=known, mapping=mapping, now=40)
        assert taken.unreadable == []
        told = verdict in ("new", "changed")
        assert ([r.id for r in taken.rows], [r.id for r in taken.reread]) == (
            ["1"] * told,
            ["1"] * (verdict == "same"),
        )
        assert taken.back == []
        assert taken.dirty == ({golden} if told and row.golden else set())
        if not told:
            hint = [("a hint", us(42))] if verdict == "hint" else []
            assert [(f.reason, f.not_before_us) for f in taken.fetches] == hint
            assert (taken.removed, taken.added) == ([], [])
            assert known.get("1") == row
            continue
        now = known["1"]
        lacks = partial and how == "listing" and not now.gone and now.golden is None
        shows = how == "fetch" and not now.gone and now.missing_us is None
        free = {
            TO_BE_READ: shows or bool(now.gone),
            UNREADABLE: not now.unreadable,
        }.get(row.held, False)
        was = "" if before is None else row.held
        lacks = lacks and (free or not was)
        wanted = [("another record under its id", us(40))] * (now.gone == "replaced")
        wanted += [("missing once", now.missing_us + us(5))] if now.missing_us is not None else []
        wanted += [(TO_BE_READ, 0)] * lacks
        assert [(f.reason, f.not_before_us) for f in taken.fetches] == wanted
        moved = before is not None and before.excluded != now.excluded
        had, has = keys_shown(before), keys_shown(now)
        removed, added = {k.key for k in taken.removed}, {k.key for k in taken.added}
        assert removed == had - has
        reviewed = was == "review" and (had != has or moved)
        assert now.held == (TO_BE_READ if lacks else "" if free or reviewed else was)
        assert added == (has if free or moved or reviewed else has - had)


def test_c2_g4_what_can_not_be_read_is_told_and_counted_and_held_until_it_can() -> None:
    """Once for each reason; what was known of the record stays; also twice in one page."""
    bad = observation(at=30, how="fetch", version="v30", email=7, name="n")
    worse = observation(at=31, how="fetch", version="v31", email=8, name="n")
    for first, unreadable, doubled in product((True, False), ("", "bad", "email 7"), (True, False)):
        mapping = system("crm", row("email", place=Choosy()))
        rows: dict = {}
        if not first:
            take(
                observation(at=10, how="fetch", version="v1", email="a@x", name="n"),
                rows=rows,
                mapping=mapping,
            )
            rows["1"].unreadable, rows["1"].held = unreadable, ""
        elif unreadable:
            continue
        page = [bad, bad, worse] if doubled else [bad]
        taken = take(*page, rows=rows, mapping=mapping, now=40)
        reasons = ["email 7", "email 7", "email 8"] if doubled else ["email 7"]
        assert taken.unreadable == [("1", reason) for reason in reasons]
        told = reasons[::2] if unreadable != "email 7" else reasons[2:]
        assert len(taken.rows) == len(told)
        assert rows["1"].unreadable == reasons[-1]
        assert rows["1"].raw[0] == (MISSING if first else "a@x")
        assert rows["1"].held == (UNREADABLE if first else "")
        assert (taken.fetches, taken.dirty, taken.added) == ([], set(), [])
        assert rows["1"].first_us == us(40 if first else 0)


class Choosy(Path):
    """A place that can not read numbers."""

    def __init__(self) -> None:
        super().__init__("email")

    def read(self, payload):
        if isinstance(payload.get("email"), int):
            raise ValueError(f"email {payload['email']}")
        return super().read(payload)


def test_s11_a_fetch_below_the_highest_version_is_told_and_takes_nothing_in() -> None:
    rows: dict = {}
    mapping = system("crm", version="ordered")
    take(observation(at=10, how="fetch", version="5", order=5, email="a@x"), rows=rows, mapping=mapping)
    taken = take(
        observation(at=20, how="fetch", version="4", order=4, email="b@x"), rows=rows, mapping=mapping, now=30
    )
    assert [each.id for each in taken.back] == ["1"]
    assert (taken.rows, taken.reread, taken.fetches, taken.added) == ([], [], [], [])
    assert rows["1"].raw[0] == "a@x"


def test_s2_of_what_a_filter_or_a_condition_leaves_out_only_what_identifies_is_kept() -> None:
    """Where nothing selects, all is kept."""
    for selects in ("keep", "when"):
        mapping = system("crm", **{selects: lambda payload: payload["out"]})
        for out in ("", "left out", None):
            (seen,) = take(observation(at=10, email="a@x", name="n", out=out), mapping=mapping).rows
            assert seen.raw == ["a@x", MISSING if out else "n", MISSING]
            told = out or ""
            assert (seen.excluded, seen.resting) == (told, told if selects == "when" else "")


def test_s3_a_newcomer_that_is_listed_without_anything_of_what_identifies_is_read_first() -> None:
    email, phone = (MatchRule(name=n, parts=((at, str.lower),)) for at, n in ((0, "email"), (2, "phone")))
    for shown in (
        {},
        {"email": "a"},
        {"phone": "1"},
        {"email": "a", "phone": "1"},
        {"email": None, "phone": "1"},
    ):
        for partial in (True, False):
            mapping = system("crm", listing_partial=partial)
            taken = take(observation(at=10, name="n", **shown), mapping=mapping, rules=(email, phone))
            lacks = partial and len(shown) < 2
            assert [f.reason for f in taken.fetches] == [TO_BE_READ] * lacks
            assert taken.rows[0].held == (TO_BE_READ if lacks else "")


def test_w14_what_is_not_read_identifies_nothing() -> None:
    for reads in (True, False):
        mapping = system("crm", row("email", reads=reads))
        assert values_of(["a@x", "Ada", "1"], mapping, concept())[0] == ("a@x" if reads else None)
