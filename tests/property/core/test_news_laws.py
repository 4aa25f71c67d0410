"""What a sight of a linked record means, property by property: every case told plainly (M1, M3, S1-S6, W4, W9, W14).

The record held "old" and was written "ours"; a spelling in capitals is the same value, and "?" can not be read.
"""

from itertools import product
from typing import Any, NamedTuple

from accord.core.merging.news import IGNORED, confirm_body, edit_time_us, take_news
from accord.core.stamps import BOTTOM, Stamp
from accord.core.state import Link, Open, Rejection, Seen, Sent, Suspect, Written
from accord.core.values import MISSING
from accord.core.work import Work
from tests.unit.core.building import Story, row, system, us

TRUTHS = (True, False)
BEFORE = Stamp(us(10), 0, 0, "crm.Person/1", 1)
DECIDED = Stamp(us(50), 0, 0, "crm.Person/1", 2)
ASIDE = Stamp(us(20), 0, 0, "crm.Person/1", 3)
NOTHING_SAID = (MISSING, "?")


class Capitals:
    """A lens for texts in which capitals do not matter."""

    def get(self, raw: Any, _refs: Any) -> Any:
        if raw == "?":
            raise ValueError("it can not be read")
        return raw.lower() if isinstance(raw, str) else raw

    def put(self, value: Any, _raw: Any, _refs: Any) -> Any:
        return value


def sight(
    shown: Any, kind: str = "", /, *, of: dict[str, Any] | None = None, **declared: Any
) -> tuple[Work, Link, Seen]:
    """The record of the ERP was read at 20, written at 30, and is seen at 60; its name is what is `shown` now."""
    it = Story(system("crm"), system("erp", row("name", lens=Capitals(), **(of or {})), **declared))
    it.sees("crm", at=10, email="a", name="old", phone="1")
    it.sees("erp", at=11, email="a", name="old", phone="1")
    it.golden.value[1], it.golden.stamp[1], it.now = "ours", DECIDED, 60
    link, seen = it.link("erp"), it.cluster.seen["erp.Person", "1"]
    link.raw[1], link.base[1], link.same[1] = "old", BEFORE, None
    link.read_us, link.sent_us = us(20), us(30)
    if kind:
        link.open = Open(kind=kind, sent={1: Sent("ours", DECIDED)}, sent_us=us(30), first_us=us(30))  # type: ignore[arg-type]
    seen.raw[1], seen.version, seen.fetched = shown, "v60", True
    seen.asked_us, seen.modified_us, seen.seq = us(60), us(55), link.seq + 1
    return it.work(), link, seen


def aside(raw: Any, *, acked: bool = False) -> Suspect:
    """A value that was found while a write of the name was unresolved."""
    return Suspect(raw=raw, time_us=us(25), base=ASIDE, sent=Sent("ours", DECIDED), on="old", acked=acked)


def kinds(work: Work) -> list[tuple[str, Any]]:
    """What the history is told; which claim lost is another matter (M2)."""
    return [(event.kind, event.value) for event in work.events if event.kind not in ("loser", "superseded")]


def takes(work: Work, link: Link, seen: Seen) -> None:
    take_news(work, link, seen, work.context.model.mappings["erp.Person"])


def confirms(work: Work, link: Link, seen: Seen) -> None:
    confirm_body(work, link, seen, work.context.model.mappings["erp.Person"])


def test_m3_an_edit_is_dated_by_its_system_unless_the_stamp_is_that_of_our_own_write() -> None:
    for modified, token, opened, acked, named in product(
        (None, 25, 30, 35, 40, 45), ("own", "other"), TRUTHS, TRUTHS, TRUTHS
    ):
        _, link, seen = sight("x", "update" if opened else "")
        seen.modified_us, seen.version, seen.offset_us = (
            None if modified is None else us(modified),
            token,
            us(3),
        )
        link.own_version, link.own_modified_us, link.confirmed_us = "own", us(35 + 3), us(40)
        if link.open is not None:
            link.open.acked, link.open.version = acked, "v1" if named else None
        if modified is None:
            wanted = us(60)
        elif (modified == 35 and token == "own") or (opened and acked and not named and 30 <= modified <= 40):
            wanted = us(20)
        else:
            wanted = us(modified)
        assert edit_time_us(link, seen) == wanted
        link.read_us = us(70)
        assert edit_time_us(link, seen) == (us(30) if wanted == us(20) else wanted)


def test_w4_a_sight_ends_a_write_once_that_can_not_land_any_more_or_has_landed() -> None:
    for kind, named, moved, acked, fetched, at in product(
        ("create", "update", "delete"), TRUTHS, TRUTHS, TRUTHS, TRUTHS, (31, 32, 34, 35, 60)
    ):
        work, link, seen = sight("old", kind, lag_s=2.0, max_request_s=5.0)
        assert link.open is not None
        link.open.version, link.open.acked = ("v60" if not moved else "v59") if named else None, acked
        seen.fetched, seen.asked_us = fetched, us(at)
        takes(work, link, seen)
        over = fetched and at >= (32 if acked else 35)
        assert (link.open is None) is (kind == "create" or (named and moved) or over)
        assert (link.seq, link.read_us) == (seen.seq, us(at))


class Fate(NamedTuple):
    """What becomes of a property that was sent: the shadow, what is kept aside, what the history is told."""

    raw: Any
    base: Stamp
    aside: str
    told: list[tuple[str, Any]]


class Ended(NamedTuple):
    """A write that a sight has ended: how, what stands there now, and what was kept aside before."""

    value: Any
    kept: Suspect | None
    applied: bool
    found: bool
    untouched: bool
    normal: bool

    def fate(self, raw: Any) -> Fate:
        """Told plainly."""
        value, kept = self.value, self.kept
        again = kept is not None and kept.raw == value
        sure = self.applied and kept is not None and (kept.acked or not again)
        lost = [] if kept is None or again else [("unknown", kept.raw)]
        freed = [] if not lost or kept is None else lost if kept.raw == "?" else [("edit", kept.raw)]
        base = DECIDED if self.applied else BEFORE
        if value is None and (self.untouched or sure):
            return Fate(None, BEFORE, "", [("rejected", None), *freed])
        if value == "ours" or (self.normal and value == "ours!") or self.untouched:
            return Fate(raw, DECIDED, "", [*([] if self.applied else [("updated", "ours")]), *freed])
        if sure:
            return Fate(raw, DECIDED, "", [("unknown", value), *freed])
        if value == "old" and not self.found:
            what = ("rejected", None) if self.applied else ("unknown", "ours")
            return Fate(raw, BEFORE, "", [what, *lost])
        if self.normal:
            return Fate(raw, base, "", [("edit", value)])
        if again and not self.applied:
            return Fate("old", BEFORE, "as before", [])
        return Fate("old", BEFORE, "anew", lost)


def test_s5_w4_what_the_sight_that_ends_a_write_shows_of_what_was_sent() -> None:
    before = (
        None,
        aside("theirs"),
        aside("ours"),
        aside("theirs", acked=True),
        aside("odd", acked=True),
        aside("?"),
    )
    ways = [
        ("update", True, False),
        ("update", False, False),
        ("create", False, True),
        ("create", False, False),
    ]
    for raw, (kind, acked, untouched), normal, kept in product(
        ("ours", "OURS", "ours!", "old", "theirs", None), ways, TRUTHS, before
    ):
        declared = {"normal": lambda value: f"{value}!"} if normal else {}
        work, link, seen = sight(raw, kind, of=declared)
        assert link.open is not None
        link.open.acked, seen.created_us = acked, us(55 if untouched else 50)
        link.written[1] = [Written(us(30), "ours", undone=False)]
        link.suspects = {} if kept is None else {1: kept}
        value, applied = raw.lower() if isinstance(raw, str) else raw, acked or kind == "create"
        takes(work, link, seen)
        found = Ended(value, kept, applied, kind == "create", untouched, normal)
        fate, told = found.fate(raw), kinds(work)
        assert (link.open, link.raw[1], told) == (None, fate.raw, fate.told), found
        edited = [event.stamp for event in work.events if event.kind == "edit"]
        if edited and (normal and ("edit", value) in told):
            assert link.base[1] == edited[-1] != fate.base
            assert edited[-1].time_us == us(55)
        else:
            assert link.base[1] == fate.base
        if ("rejected", None) in told:
            assert link.written[1] == []
            assert edited or link.rejected[1].stamp == DECIDED
            assert edited or (link.rejected[1].message == IGNORED) is (value == "old")
        else:
            assert link.rejected == {}
        if fate.aside == "anew":
            base = (DECIDED, "ours") if applied else (BEFORE, "old")
            assert link.suspects == {
                1: Suspect(
                    raw=raw,
                    time_us=us(55),
                    sent=Sent("ours", DECIDED),
                    base=base[0],
                    on=base[1],
                    acked=applied,
                )
            }
        else:
            assert link.suspects == ({1: kept} if fate.aside else {})


def test_w8_w9_a_record_that_says_null_does_not_stand_for_what_was_sent() -> None:
    """Though it was taken to, for as long as something else stood there and was kept aside."""
    for kind, reply in product(("update", "create"), TRUTHS):
        work, link, seen = sight(None, kind)
        assert link.open is not None
        link.open.acked, seen.created_us = True, us(50)
        link.raw[1], link.base[1], link.suspects = "ours", DECIDED, {1: aside("theirs", acked=True)}
        (confirms if reply else takes)(work, link, seen)
        assert (link.raw[1], link.base[1], list(link.rejected)) == (None, BOTTOM, [])


def test_s3_w14_what_the_sight_does_not_show_was_taken_where_the_write_was_applied() -> None:
    for raw, kind, acked, reads, kept in product(
        ("theirs", "old", *NOTHING_SAID), ("update", "create"), TRUTHS, TRUTHS, (None, aside("theirs"))
    ):
        if reads and raw not in NOTHING_SAID:
            continue
        work, link, seen = sight(raw, kind, of={"reads": reads})
        assert link.open is not None
        link.open.acked, link.suspects = acked, {} if kept is None else {1: kept}
        takes(work, link, seen)
        applied = acked or kind == "create"
        assert (link.raw[1], link.base[1]) == (("ours", DECIDED) if applied else ("old", BEFORE))
        assert (link.open, kinds(work), link.suspects) == (None, [], {} if kept is None else {1: kept})


def test_s1_s5_w14_what_no_write_concerns_is_an_edit_where_its_value_is_another_one() -> None:
    for raw, kept, reads, enforce, based in product(
        ("old", "OLD", "theirs", None, *NOTHING_SAID),
        (None, aside("theirs"), aside("old"), aside("?")),
        TRUTHS,
        TRUTHS,
        TRUTHS,
    ):
        work, link, seen = sight(raw, of={"reads": reads, "enforce": enforce})
        link.same[1], link.read_us = DECIDED, us(20)
        link.written[1] = [Written(us(30), "old", undone=False)]
        link.suspects = {} if kept is None else {1: kept}
        if not based:
            link.raw[1] = MISSING
        takes(work, link, seen)
        assert (link.seq, link.read_us) == (seen.seq, us(60))
        value = raw.lower() if isinstance(raw, str) else raw
        before = (
            link.suspects,
            link.raw[1],
            link.base[1],
            link.same[1],
            kinds(work),
            link.written[1][-1].undone,
        )
        if raw in NOTHING_SAID or not based:
            suspects = {} if kept is None else {1: kept}
            assert before == (suspects, "old" if based else MISSING, BEFORE, DECIDED, [], False)
        elif not reads:
            reverted = enforce and value != "old"
            stands = (BOTTOM, None) if reverted else (BEFORE, DECIDED)
            suspects = {} if kept is None else {1: kept}
            assert before == (suspects, raw, *stands, [], reverted)
        elif kept is not None and kept.raw == value:
            assert before == ({1: kept}, "old", BEFORE, DECIDED, [], False)
        elif kept is None and value == "old":
            assert before == ({}, raw, BEFORE, DECIDED, [], False)
        else:
            stamp = work.events[-1].stamp
            lost = [] if kept is None else [("unknown", kept.raw)]
            assert before == ({}, raw, stamp, None, [*lost, ("edit", value)], True)
            assert stamp is not None
            assert (stamp.time_us, stamp.record) == (us(55), "erp.Person/1")


def test_m6_a_record_without_any_base_is_only_read() -> None:
    for read, lacking, opened in product(TRUTHS, TRUTHS, TRUTHS):
        work, link, seen = sight("theirs", "update" if opened else "", max_request_s=5.0)
        link.raw = [MISSING, MISSING, MISSING if lacking else "2"]
        link.read_us = us(20) if read else 0
        takes(work, link, seen)
        assert (link.seq, link.read_us) == (seen.seq, us(60))
        assert kinds(work) == ([] if lacking else [("edit", "1")])
        assert link.open is None
        assert list(link.suspects) == [1] * opened


def test_s5_the_very_version_that_an_answer_named_is_the_reply_to_our_write() -> None:
    """What it shows of what was sent is a representation; of any other version it is not ours."""
    for returned, acked in product((None, "v60", "v61"), TRUTHS):
        work, link, seen = sight("theirs", "update", max_request_s=5.0)
        assert link.open is not None
        link.open.returned, link.open.acked = returned, acked
        takes(work, link, seen)
        ours = returned == "v60"
        assert (kinds(work), list(link.suspects)) == (
            ([("representation", "theirs")], []) if ours else ([], [1])
        )
        assert link.own_version == ("v60" if ours else None)


def test_w9_what_was_refused_before_our_write_is_refused_by_the_version_that_it_made() -> None:
    for named, acked, shown, of, reply in product(
        (None, "v1"), TRUTHS, ("ours", "theirs"), (None, "v0", "v1"), TRUTHS
    ):
        work, link, seen = sight(shown, "update")
        assert link.open is not None
        link.open.version, link.open.acked, seen.old_versions = named, acked, ["v8", "v0"]
        link.rejected[2] = Rejection(stamp=DECIDED, message="no", at_us=0, version=of)
        (confirms if reply else takes)(work, link, seen)
        ours = reply or acked or shown == "ours"
        moved = ours and of == (named or "v0")
        assert link.rejected[2].version == ("v60" if moved else of)


def test_s5_w9_what_the_reply_shows_of_what_was_sent() -> None:
    shown = ("ours", "OURS", "ours!", "old", "OLD", "theirs", None, *NOTHING_SAID)
    for raw, reads, normal, kept, unmoved in product(
        shown, TRUTHS, TRUTHS, (None, aside("theirs"), aside("ours"), aside("?")), TRUTHS
    ):
        declared: dict[str, Any] = {"reads": reads}
        if normal:
            declared["normal"] = lambda value: f"{value}!"
        work, link, seen = sight(raw, "update", of=declared)
        assert link.open is not None
        link.open.version = "v60" if unmoved else "v59"
        link.suspects = {} if kept is None else {1: kept}
        link.written[1] = [Written(us(30), "ours", undone=False)]
        confirms(work, link, seen)
        assert (link.open, link.seq, link.read_us) == (None, seen.seq, us(60))
        assert (link.own_version, link.own_modified_us) == ("v60", us(55))
        value, told = raw.lower() if isinstance(raw, str) else raw, kinds(work)
        freed: list[tuple[str, Any]] = []
        if kept is not None and kept.raw != value:
            freed = [("unknown", "?")] if kept.raw == "?" else [("edit", kept.raw)]
        now = link.raw[1], link.base[1], list(link.rejected), told, link.suspects
        refused = [1] * (not freed or freed[0][0] != "edit")
        if raw in NOTHING_SAID or not reads:
            agreed = raw == "ours" and kept is None
            assert now == (raw if agreed else "ours", DECIDED, [], [], {})
        elif value == "ours" or (normal and value == "ours!"):
            assert now == (raw, DECIDED, [], freed, {})
        elif value is None or (value == "old" and kept is None):
            assert now == (raw, BEFORE, refused, [("rejected", None), *freed], {})
            assert link.written[1] == []
        elif kept is not None and kept.raw == value and unmoved:
            assert now == ("old", BEFORE, [1], [("rejected", None)], {1: kept})
            assert (link.rejected[1].message, link.rejected[1].stamp) == (IGNORED, DECIDED)
        else:
            assert now == (raw, DECIDED, [], [("representation", value), *freed], {})


def test_s6_what_else_the_reply_shows_is_an_edit_or_what_the_system_computed() -> None:
    for raw, kind, named, reads, dated, based in product(
        ("old", "OLD", "theirs", None, *NOTHING_SAID), ("update", "create"), TRUTHS, TRUTHS, TRUTHS, TRUTHS
    ):
        work, link, seen = sight(raw, kind, of={"reads": reads})
        assert link.open is not None
        link.open.version, link.open.sent = "v59" if named else None, {2: Sent("1", DECIDED)}
        link.raw[1] = "old" if based else MISSING
        link.base[1] = BEFORE if based else BOTTOM
        seen.modified_us = us(55) if dated else None
        before = link.raw[1], link.base[1]
        confirms(work, link, seen)
        value = raw.lower() if isinstance(raw, str) else raw
        now, told = (link.raw[1], link.base[1]), kinds(work)
        if raw in NOTHING_SAID or not reads:
            assert (now, told) == (before, [])
        elif value == "old" and based:
            assert (now, told) == ((raw, BEFORE), [])
        elif kind == "create" and value is None:
            assert (now, told) == ((None, before[1]), [])
        elif kind == "update" and not based:
            assert (now, told) == (before, [])
        elif kind == "create" or named:
            assert (now, told) == ((raw, BOTTOM), [("side_effect", value)])
        else:
            stamp = work.events[-1].stamp
            assert (now, told) == ((raw, stamp), [("edit", value)])
            assert stamp is not None
            assert stamp.time_us == (us(20) if dated else us(60))


def test_m1_an_edit_found_when_a_write_ends_was_made_upon_it_only_where_that_is_known_to_have_been_applied() -> (
    None
):
    for acked, kind in product(TRUTHS, ("update", "create")):
        work, link, seen = sight("theirs", kind, of={"normal": lambda value: f"{value}!"})
        assert link.open is not None
        link.open.acked, seen.modified_us, seen.created_us = acked, us(45), us(40)
        takes(work, link, seen)
        (stamp,) = [event.stamp for event in work.events if event.kind == "edit"]
        assert stamp is not None
        assert stamp.time_us == us(50 if acked or kind == "create" else 45)
        assert (stamp > DECIDED) is (acked or kind == "create")
