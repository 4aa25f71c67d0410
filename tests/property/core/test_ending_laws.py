"""How a write ends: every answer to every kind of write, told plainly (S3, S4, S6, W2, W3, W4, W8, W9, G7, L1)."""

from copy import deepcopy
from itertools import product
from typing import Any

from accord.core.confirm import adopt, confirm, open_write
from accord.core.observation import Outcome
from accord.core.stamps import BOTTOM, Stamp
from accord.core.state import TO_BE_READ, Link, Open, Rejection, Seen, Sent
from accord.core.values import MISSING
from accord.core.work import Due, Work
from tests.unit.core.building import Story, observation, row, system, us

NOW = us(100)
DECIDED = Stamp(us(50), 0, 0, "crm.Person/1", 7)
TRUTHS = (True, False)
SENT_NOW = {"name": "new", "phone": "2"}


def under_way(kind: str, sendings: int = 1, *rows: Any, **declared: Any) -> tuple[Work, Link]:
    """A write of the name "new" that was sent at 90, the first time at 80, to a record of the ERP."""
    it = Story(system("crm"), system("erp", *rows, **declared))
    it.sees("crm", at=10, email="a", name="old", phone="1")
    it.sees("erp", at=11, email="a", name="old", phone="1")
    it.golden.value[1], it.golden.stamp[1], it.now = "new", DECIDED, 100
    link = it.link("erp")
    link.open = Open(kind=kind, sent={1: Sent("new", DECIDED)}, sent_us=us(90), first_us=us(80))  # type: ignore[arg-type]
    link.open.sendings, link.sent_us = sendings, us(90)
    if kind == "create":
        link.life, link.id, link.raw = "creating", None, [MISSING] * 3
        del it.cluster.seen["erp.Person", "1"]
    it.settled.events.clear()
    return it.work(), link


def kinds(work: Work) -> list[str]:
    return [event.kind for event in work.events]


def test_w2_w4_what_is_not_applied_ends_a_write_that_was_sent_once_and_proves_nothing_of_another() -> None:
    for kind, outcome, sendings in product(
        ("create", "update", "delete"), ("unknown", "later", "moved"), (1, 2, 3)
    ):
        work, link = under_way(kind, sendings)
        write, seq, refusals = link.open, link.seq, link.refusals
        confirm(work, link, Outcome(kind=outcome), None)  # type: ignore[arg-type]
        assert write is not None
        over = outcome != "unknown" and sendings == 1
        assert (link.open, link.seq) == ((None, 0) if over else (write, seq))
        assert write.unknown is (not over)
        assert not write.acked
        assert write.sendings == sendings - (outcome == "later" and not over)
        assert link.refusals == refusals + (outcome == "moved")
        assert (work.fetches, work.events, link.rejected, link.generation) == ([], [], {}, 0)
        assert link.confirmed_us == 0


def test_w9_a_refusal_holds_what_it_names_unless_an_earlier_sending_may_be_its_reason() -> None:
    for kind, outcome, sendings, finds, denied, faults in product(
        ("create", "update", "delete"),
        ("refused", "missing"),
        (1, 2),
        ((), ("key",), ("search", "key"), ("key", "search")),
        TRUTHS,
        ((), ("name",), ("phone",), ("phone", "name")),
    ):
        if outcome == "missing" and kind != "create":
            continue
        work, link = under_way(kind, sendings, finds_create=finds)
        write, seq, seen = link.open, link.seq, work.seen(link)
        assert write is not None
        answer = Outcome(kind=outcome, message="no", faults=faults, denied=denied)  # type: ignore[arg-type]
        confirm(work, link, answer, None)
        honours_keys = kind == "create" and finds[:1] == ("key",)
        if sendings == 2 and not (honours_keys and not denied):
            assert (link.open, write.unknown, link.seq) == (write, True, seq)
            assert (link.rejected, work.events, link.generation) == ({}, [], 0)
            continue
        assert (link.open, link.seq, link.generation) == (None, 0, int(kind == "create"))
        column, stamp = (1, DECIDED) if "name" in faults else (-1, work.revision(link))
        assert link.rejected == {
            column: Rejection(
                stamp=stamp,
                message="not permitted: no" if denied else "no",
                at_us=NOW,
                denied=denied,
                fingerprint="1",
                version=None if seen is None else seen.version,
            )
        }
        assert [(e.kind, e.property, e.stamp) for e in work.events] == [
            ("rejected", "name" if column == 1 else "", stamp)
        ]
        assert link.life == ("creating" if kind == "create" else "live")


def test_s10_a_record_that_the_system_does_not_know_is_looked_for() -> None:
    for sendings in (1, 2):
        work, link = under_way("update", sendings)
        write = link.open
        confirm(work, link, Outcome(kind="missing"), None)
        assert write is not None
        assert (link.open, write.unknown, link.life, work.events) == (write, True, "live", [])
        assert [(f.mapping, f.id, f.not_before_us) for f in work.fetches] == [("erp.Person", "1", NOW)]


def test_w8_a_delete_ends_the_link_and_keeps_what_was_deleted_for_a_while() -> None:
    for outcome, sendings, doomed, kept, known in product(
        ("done", "missing"), (1, 2), TRUTHS, (None, {}, {"name": "old"}), TRUTHS
    ):
        work, link = under_way("delete", sendings)
        assert link.open is not None
        link.open.kept, link.doomed, link.refusals = kept, doomed, 3
        link.rejected = {-1: Rejection(stamp=BOTTOM, message="no", at_us=0)}
        row = work.seen(link)
        assert row is not None
        seq = row.seq
        if not known:
            work.cluster.seen.clear()
        confirm(work, link, Outcome(kind=outcome), None)  # type: ignore[arg-type]
        assert (link.open, link.life, link.by) == (None, "tomb", "person" if doomed else "hub")
        assert (link.confirmed_us, link.refusals, link.rejected) == (NOW, 0, {})
        assert (row.gone, row.seq) == (("deleted", seq + 1) if known else ("", seq))
        assert link.seq == row.seq
        assert [(e.kind, e.has_value, e.value) for e in work.events] == [("deleted", kept is not None, kept)]
        assert work.fetches == []


def test_s5_w3_what_is_acknowledged_without_the_record_is_read() -> None:
    """Of a create that names no record nobody knows more than before; a reply in part names a version (S3)."""
    for kind, told in product(("update", "create"), ("nothing", "not what was sent", "an older version")):
        work, link = under_way(kind)
        write, link.refusals = link.open, 2
        link.rejected = {-1: Rejection(stamp=BOTTOM, message="no", at_us=0)}
        reply = seen = None
        if told != "nothing":
            seen = work.seen(link) or Seen(mapping="erp.Person", id="new", raw=[MISSING] * 3, seq=7)
            seen.version = "v100"
            version = "v100" if told == "not what was sent" else "v99"
            values = {} if told == "not what was sent" else {"name": "new"}
            reply = observation(
                "erp.Person", seen.id, at=100, how="reply", version=version, phone="1", **values
            )
        confirm(work, link, Outcome(kind="done", observation=reply), seen)
        made = kind == "update" or seen is not None
        assert write is not None
        assert link.open is write
        assert (write.acked, write.unknown) == (made, not made)
        assert write.returned == (None if reply is None else reply.version)
        assert (link.life, link.id) == (
            ("live", "1" if kind == "update" else "new") if made else ("creating", None)
        )
        assert (link.confirmed_us, link.refusals, link.rejected) == (NOW, 0, {})
        assert [(f.id, f.not_before_us) for f in work.fetches] == ([(link.id, NOW)] if made else [])
        assert kinds(work) == (["updated" if kind == "update" else "created"] if made else [])
        if made:
            value = "new" if kind == "update" else {"name": "new"}
            assert work.events[0].value == value
            assert work.events[0].before == ("old" if kind == "update" else None)
        if told == "not what was sent" and seen is not None:
            assert link.seq == seen.seq
            assert seen.raw[2] == "1"


def test_g7_l1_a_create_answered_with_a_record_that_was_there_before_makes_no_link() -> None:
    """Whoever it belongs to: it is known to be gone, or older than the create by more than clocks err."""
    for golden, gone, sendings, created, full in product(
        (None, "person:1", "person:2"), ("", "deleted"), (1, 2), (None, 76.9, 77, 77.1, 80, 90), TRUTHS
    ):
        work, link = under_way("create", sendings, clock_error_s=2.0)
        write = link.open
        seen = Seen(mapping="erp.Person", id="new", raw=["a", "new", "1"], golden=golden, seq=4)
        seen.gone, seen.version, seen.asked_us = gone, "v100", NOW  # type: ignore[assignment]
        seen.created_us, seen.held = None if created is None else us(created), "review"
        values = {"email": "a", "phone": "1", **({"name": "new"} if full else {})}
        reply = observation("erp.Person", "new", at=100, how="reply", created=created, **values)
        confirm(work, link, Outcome(kind="done", observation=reply), seen)
        assert write is not None
        before = created is not None and created < 77
        strange = golden == "person:2" or (gone == "deleted" and sendings == 1) or before
        if strange:
            assert (link.open, link.life, link.id) == (None, "creating", None)
            assert list(link.rejected) == [-1]
            assert link.rejected[-1].stamp == work.revision(link)
            read = golden is None and not gone
            assert [(f.mapping, f.id, f.reason) for f in work.fetches] == (
                [("erp.Person", "new", TO_BE_READ)] if read else []
            )
            assert (seen.golden, seen.held, seen.made) == (golden, TO_BE_READ if read else "review", False)
            assert kinds(work) == ["rejected"]
            continue
        assert (link.life, link.id, link.rejected) == ("live", "new", {})
        assert (seen.golden, seen.held, seen.made) == ("person:1", "", True)
        assert work.seen(link) is seen
        assert kinds(work)[0] == "created"
        assert link.open is (None if full and sendings == 1 else write)
        assert (write.acked, write.unknown) == ((False, False) if full else (True, False))
        assert len(work.fetches) == (not full)
        assert link.raw[1] == ("new" if full and sendings == 1 else MISSING)


def test_c2_w3_a_write_is_opened_with_what_was_derived_and_sent_again_as_it_was() -> None:
    for kind, known, again, opened in product(("create", "update", "delete"), TRUTHS, TRUTHS, TRUTHS):
        work, link = under_way("update")
        link.incarnation, before = 3 if known else 2, link.open
        work.cluster.links[0].incarnation = 3  # of another system
        if not opened:
            link.open = None
        count = len(work.cluster.links)
        sent = {0: Sent("b", BOTTOM)}
        due = Due(
            kind=kind, golden="person:1", mapping="erp.Person", incarnation=3, version="v9", again=again
        )  # type: ignore[arg-type]
        due.sent = sent
        found = open_write(work, due)
        assert (found is link) is known
        assert len(work.cluster.links) == count + (not known)
        assert found in work.cluster.links
        assert found.sent_us == NOW
        write = found.open
        assert write is not None
        if known and again and opened:
            assert write is before
            assert (write.sendings, write.sent_us, write.first_us) == (2, NOW, us(80))
            assert (write.kind, write.sent, write.version) == ("update", {1: Sent("new", DECIDED)}, None)
            continue
        assert (write.kind, write.sent, write.version) == (kind, sent, "v9")
        assert (write.sendings, write.sent_us, write.first_us) == (1, NOW, NOW)
        if not known:
            assert (found.life, found.id, found.incarnation, found.golden) == (
                "creating",
                None,
                3,
                "person:1",
            )


def test_s3_s5_a_reply_is_the_record_only_where_it_is_of_the_version_that_was_taken_and_shows_all_that_was_sent() -> (
    None
):
    """What is not read back need not be shown; a repeated update was answered for itself, a repeated create not."""
    for kind, sendings, reads, shown, taken in product(
        ("update", "create"),
        (1, 2),
        TRUTHS,
        (None, {"name"}, {"phone"}, {"name", "phone"}),
        ("this version", "a later one", "no row"),
    ):
        work, link = under_way(kind, sendings, row("phone", reads=reads))
        write = link.open
        assert write is not None
        write.sent = {column: Sent(raw, DECIDED) for column, raw in enumerate(SENT_NOW.values(), 1)}
        values = {name: SENT_NOW[name] for name in shown or ()}
        gone = "" if shown is not None else "missing"
        reply = observation("erp.Person", "1", at=100, how="reply", gone=gone, **values)
        seen = Seen(mapping="erp.Person", id="1", raw=["a", "new", "2"], seq=4, golden="person:1")
        seen.version = "v100" if taken == "this version" else "v101"
        if kind == "create":
            seen.raw = ["a", MISSING, MISSING]
        if taken == "no row" and kind == "update":
            continue
        confirm(work, link, Outcome(kind="done", observation=reply), None if taken == "no row" else seen)
        told = taken == "this version" and shown is not None
        whole = told and "name" in values and ("phone" in values or not reads)
        ended = whole and (kind == "update" or sendings == 1)
        assert link.open is (None if ended else write)
        assert write.acked is (not whole and taken != "no row")
        assert write.returned == (None if whole else "v100")
        assert bool(work.fetches) is (not whole and taken != "no row")
        if kind == "create" and taken != "no row":
            kept = [values.get(name, MISSING) if told else MISSING for name in SENT_NOW]
            assert seen.raw == ["a", *kept]
        if ended:
            assert link.raw[1] == "new"
            assert link.base[1:] == [DECIDED, DECIDED]


def test_k4_what_left_the_configuration_or_has_no_write_under_way_is_left_alone() -> None:
    for opened, mapped in ((True, False), (False, True)):
        work, link = under_way("update")
        link.open = link.open if opened else None
        link.mapping = "erp.Person" if mapped else "gone.Person"
        before = deepcopy(link)
        confirm(work, link, Outcome(kind="unknown"), None)
        assert link == before
        assert (work.events, work.fetches) == ([], [])


def test_w3_l5_s2_a_record_that_was_found_is_what_the_create_made() -> None:
    """One that a filter leaves out is read whole first, for only what identifies it is known."""
    for excluded, linked in product(("", "left out"), ("", "review")):
        work, link = under_way("create")
        found = Seen(
            mapping="erp.Person", id="new", raw=["a", "new", "1"], seq=4, excluded=excluded, held=linked
        )
        adopt(work, link, found)
        assert (link.id, link.life) == ("new", "live")
        assert (found.golden, found.made, found.seq) == ("person:1", True, 5)
        assert found.held == (TO_BE_READ if excluded else "")
        read = [("erp.Person", "new", TO_BE_READ)] if excluded else []
        assert [(f.mapping, f.id, f.reason) for f in work.fetches] == read
        assert work.seen(link) is found
        assert [(e.kind, e.record) for e in work.events] == [("created", "erp.Person/new")]
