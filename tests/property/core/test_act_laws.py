"""The acts that change a golden record and its links, and what is known of a record: every case (M1-M5, S6, W5, W9)."""

from itertools import product
from typing import Any

from accord.core.model import Property, Survivorship
from accord.core.stamps import BOTTOM, Stamp, edit_stamp, is_side_effect, side_effect_stamp
from accord.core.state import TO_BE_READ, Claim, Open, Pin, Rejection, Sent, Written
from accord.core.values import MISSING, value_order
from accord.core.work import Gate, Work
from tests.unit.core.building import Refs, Story, concept, row, system, us

TRUTHS = (True, False)
BEFORE = Stamp(us(10), 0, 0, "crm.Person/1", 1)
DECIDED = Stamp(us(50), 0, 0, "crm.Person/1", 2)
LATER = Stamp(us(70), 0, 0, "hr.Person/1", 3)


def pair(
    *rows: Any, context: dict[str, Any] | None = None, refs: Any = None, **declared: Any
) -> tuple[Story, Work]:
    """Two records in step; what each holds is the golden revision."""
    it = Story(system("crm"), system("erp", *rows, **{"priority": 2, **declared}), refs=refs)
    for name in ("crm", "erp"):
        it.sees(name, at=10, email="a", name="old", phone="1")
    it.now = 100
    work = it.work()
    work.context = it.given(run=7, **(context or {}))
    return it, work


def test_m1_m3_an_edit_is_the_shadow_a_claim_on_its_base_and_makes_the_record_open_to_what_it_refused() -> (
    None
):
    for doomed, life, shadow, on, error_s in product(
        TRUTHS, ("alive", "dying"), ("old", MISSING), ("odd", MISSING), (0, 2)
    ):
        it, work = pair(clock_error_s=float(error_s))
        link = it.link("erp")
        link.doomed, it.golden.life, link.raw[1], link.same[1] = doomed, life, shadow, DECIDED  # type: ignore[assignment]
        link.pins = {1: Pin("x", BEFORE), 2: Pin("y", BEFORE)}
        link.rejected = {2: Rejection(stamp=BEFORE, message="no", at_us=0)}
        link.written[1] = [Written(0, "old", undone=False)]
        base = it.golden.stamp[1]
        work.edit(link, 1, "NEW", "new", us(60), base, on)
        stamp = edit_stamp(us(60), base, 2, "erp.Person/1", value_order("new"))
        assert (link.raw[1], link.base[1], link.same[1]) == ("NEW", stamp, None)
        assert (it.golden.value[1], it.golden.stamp[1], it.golden.life) == ("new", stamp, "alive")
        assert (link.rejected, list(link.pins), link.doomed) == ({}, [2], False)
        assert link.written[1][0].undone
        kinds = [event.kind for event in work.events if event.kind != "superseded"]
        assert kinds == ["delete_overruled"] * doomed + ["revived"] * (life == "dying") + ["edit"]
        told = work.events[-1]
        assert (told.record, told.property, told.value, told.stamp) == ("erp.Person/1", "name", "new", stamp)
        assert (told.at_us, told.run, told.golden, told.has_value) == (us(100), 7, "person:1", True)
        errors = [claim.error_us for claim in it.golden.rivals.get(1, []) if claim.stamp == stamp]
        assert errors == [us(2)] * (error_s == 2)


def test_m4_m5_an_element_that_loses_is_told_as_an_element() -> None:
    """A set is decided element by element: another one's claim of an element loses alone."""
    names = Property(name="name", type="set(string)")
    it = Story(
        *(
            system(name, row("name", value_type="set(string)"), properties=("name",))
            for name in ("crm", "erp")
        ),
        of=concept(properties=(Property(name="email", type="string"), names), rules=()),
    )
    for name in ("crm", "erp"):
        it.sees(name, at=10, name=["a", "b"])
    work, base = it.work(), it.golden.stamp[1]
    it.link("erp").raw[0] = ["b"]
    work.edit(it.link("crm"), 0, ["b"], ["b"], us(60), base)
    work.edit(it.link("erp"), 0, ["a", "b"], ["a", "b"], us(40), base)
    assert it.golden.value[1] == ["b"]
    told = [(e.kind, e.value, e.rule) for e in work.events if e.kind != "edit"]
    assert told == [("superseded", ["a"], "by element"), ("loser", ["a"], "by element")]


def test_s6_what_a_system_computed_loses_to_every_decision() -> None:
    for decided in (BOTTOM, side_effect_stamp(BOTTOM, 0, "crm.Person/1", 0), DECIDED):
        it, work = pair()
        link = it.link("erp")
        it.golden.stamp[1], link.same[1] = decided, DECIDED
        work.side_effect(link, 1, "NEW", "new")
        assert (link.raw[1], link.same[1]) == ("NEW", None)
        told = work.events[-1]
        assert (told.kind, told.record, told.value, told.property) == (
            "side_effect",
            "erp.Person/1",
            "new",
            "name",
        )
        if decided == DECIDED:
            assert (it.golden.value[1], it.golden.stamp[1], link.base[1]) == ("old", DECIDED, BOTTOM)
            continue
        stamp = side_effect_stamp(decided, 2, "erp.Person/1", value_order("new"))
        assert (it.golden.value[1], it.golden.stamp[1], link.base[1]) == ("new", stamp, stamp)
        assert is_side_effect(stamp)


def test_w9_a_refusal_bears_what_it_holds_by_and_our_own_write_is_no_reason_to_try_again() -> None:
    for column, denied, known, version in product((-1, 1), TRUTHS, TRUTHS, ("v8", None, "v9")):
        it, work = pair()
        link = it.link("erp")
        it.cluster.seen["erp.Person", "1"].version = version
        if not known:
            it.cluster.seen.clear()
        work.reject(link, column, DECIDED, "no", denied=denied)
        wanted = Rejection(
            stamp=DECIDED,
            message="not permitted: no" if denied else "no",
            at_us=us(100),
            denied=denied,
            fingerprint="1",
            version=version if known else None,
        )
        assert link.rejected == {column: wanted}
        told = work.events[-1]
        assert (told.kind, told.property, told.stamp, told.has_value) == (
            "rejected",
            "name" if column == 1 else "",
            DECIDED,
            False,
        )
        link.mapping = "gone.Person"
        work.reject(link, column, DECIDED, "no")
        assert work.events[-1].property == ""


def test_m4_a_line_of_the_history_says_when_in_which_run_and_of_which_record() -> None:
    it, work = pair()
    link = it.link("erp")
    for id_, named, column, value in product(("1", None), TRUTHS, (1, None), (MISSING, None, "x")):
        link.id = id_
        more = {} if value is MISSING else {"value": value}
        work.note("edit", link if named else None, column, **more)
        told = work.events[-1]
        assert told.record == ("" if not named else "erp.Person" if id_ is None else "erp.Person/1")
        assert (told.property, told.has_value) == ("name" if column == 1 else "", value is not MISSING)
        assert (told.at_us, told.run, told.golden) == (us(100), 7, "person:1")
        work.fetches.clear()
        work.fetch(link, "why", 5)
        assert [tuple(each) for each in work.fetches] == [("erp.Person", "1", "why", 5)] * (id_ is not None)
    for before in (MISSING, None, "old"):
        link.id = "1"
        work.note_updated(link, 1, Sent("NEW", DECIDED), before)
        told = work.events[-1]
        assert (told.kind, told.value, told.stamp, told.property) == ("updated", "NEW", DECIDED, "name")
        assert told.before == (None if before is MISSING else before)
        assert link.written[1][-1] == Written(us(100), "NEW", undone=False)


def test_m4_what_loses_is_told_with_the_rule_by_which_it_lost() -> None:
    for rule, time, link in product(("", "latest", "priority"), (5, 60), TRUTHS):
        it = Story(system("crm"), of=concept(survivorship=(Survivorship(rule=rule),) * 3 if rule else ()))
        it.sees("crm", at=10, name="old")
        work, was = it.work(), it.golden.stamp[1]
        claim = Claim(Stamp(us(time), 0, 0, "erp.Person/1", 0), BOTTOM, "new")
        work.claim(1, claim, "picked", it.link("crm") if link else None)
        *lost, told = work.events
        assert (told.kind, told.record, told.value) == (
            "picked",
            "crm.Person/1" if link else "erp.Person/1",
            "new",
        )
        wins = it.golden.value[1] == "new"
        for each in lost:
            assert each.rule == (rule or "latest")
            assert (each.record, each.value) == (("crm.Person/1", "old") if wins else ("erp.Person/1", "new"))
            assert each.stamp == (was if wins else claim.stamp)


def test_w8_w9_a_revision_is_another_one_after_any_decision_a_delete_and_when_what_is_referred_to_moves() -> (
    None
):
    boss, key = row("phone", references="erp.Boss", value_type="reference"), ("erp.Boss", "5")
    stamps: dict[Any, Stamp] = {}
    for value, life, moved, known in product(
        ("person:5", None), ("alive", "dying"), TRUTHS, ("person:5", "person:6")
    ):
        it, work = pair(boss, refs=Refs({key: known}))
        it.golden.value[2], it.golden.life = value, life  # type: ignore[assignment]
        it.golden.stamp[1] = LATER if moved else DECIDED
        case = life, moved, value, value is not None and known == value
        assert stamps.setdefault(case, work.revision(it.link("erp"))) == work.revision(it.link("erp"))
    assert len(stamps) == len(set(stamps.values())) == 2 * 2 * 3


def test_s3_k2_g2_a_record_is_unread_while_it_was_listed_in_part_or_is_not_believed() -> None:
    for life, lacks, partial, fetched, gone, held, doubted, way in product(
        ("live", "tomb"),
        TRUTHS,
        TRUTHS,
        TRUTHS,
        TRUTHS,
        ("", TO_BE_READ, "review"),
        TRUTHS,
        ("", "no row", "left"),
    ):
        it, work = pair(listing_partial=partial)
        link, seen = it.link("erp"), it.cluster.seen["erp.Person", "1"]
        link.life, seen.fetched, seen.held = life, fetched, held  # type: ignore[assignment]
        seen.gone = "deleted" if gone else ""
        link.raw = ["a", MISSING if lacks else "old", "1"]
        if way == "no row":
            it.cluster.seen.clear()
        elif way == "left":
            del it.model.mappings["erp.Person"]
        work.context = it.given(doubted=frozenset({"erp.Person"} if doubted else ()))
        if doubted:
            wanted = life == "live" and lacks
        else:
            in_part = partial and not fetched and lacks
            wanted = life == "live" and not gone and not way and (in_part or held == TO_BE_READ)
        assert work.is_unread(link) is wanted


def test_k2_a_record_without_a_base_is_read_again_after_its_mapping_has_changed() -> None:
    for life, lacks, complete, asked, known, mapped in product(
        ("live", "tomb"), TRUTHS, TRUTHS, (29, 30), TRUTHS, TRUTHS
    ):
        it, work = pair()
        link = it.link("erp")
        link.life, link.raw[1] = life, MISSING if lacks else "old"  # type: ignore[assignment]
        it.cluster.seen["erp.Person", "1"].asked_us = us(asked)
        if not known:
            it.cluster.seen.clear()
        it.gates["erp.Person"] = Gate(complete=complete, began_us=0, swept_us=us(30))
        if not mapped:
            del it.model.mappings["erp.Person"]
        work.context = it.given()
        again = not complete or (known and asked < 30)
        assert work.is_reread(link) is (life == "live" and lacks and mapped and again)


def test_w5_a_record_that_refers_elsewhere_is_looked_at_until_it_is_known_what_that_is() -> None:
    for now, shadow, refers, reads, gone, alive in product(
        ("5", "6", "7", " 7 ", None, MISSING), ("5", None, MISSING), TRUTHS, TRUTHS, TRUTHS, TRUTHS
    ):
        target = "erp.Boss" if refers else ""
        boss = row("phone", references=target, value_type="reference" if refers else "string", reads=reads)
        it, work = pair(boss, refs=Refs({("erp.Boss", "5"): "person:5", ("erp.Boss", "6"): "person:6"}))
        work.context = it.given(gone=frozenset({("erp.Boss", "7")} if gone else ()))
        link, seen = it.link("erp"), it.cluster.seen["erp.Person", "1"]
        link.raw[2], seen.raw[2], link.life = shadow, now, "live" if alive else "tomb"
        elsewhere = refers and reads and now != shadow and MISSING not in (now, shadow)
        lost = refers and gone and now is not None and str(now).strip() == "7"
        untold = elsewhere and now in ("7", " 7 ") and not lost
        rows = work.rows(link)[2]
        assert work.is_lost(rows, now) is (lost if now is not MISSING else False)
        assert work.is_untold(rows, now, shadow) is untold
        assert work.refers_elsewhere(link) is (elsewhere and alive)
        assert work.untold(link) is (untold and alive)
        seen.gone = "deleted"
        assert not work.refers_elsewhere(link)
        assert not work.untold(link)


def test_w5_what_was_never_seen_is_asked_for_by_its_id() -> None:
    boss = row("phone", references="erp.Boss", value_type="reference")
    it, work = pair(boss, context={"unknown": frozenset({("erp.Boss", "7")})})
    row_ = work.rows(it.link("erp"))[2]
    for raw, asked in (("7", True), (" 7", True), (7, True), ("8", False)):
        work.fetches.clear()
        assert work.asks_for(row_, raw) is asked
        assert [(f.mapping, f.id) for f in work.fetches] == [("erp.Boss", "7")] * asked


def test_g3_m2_a_pick_supersedes_all_and_is_the_base_of_those_who_hold_it() -> None:
    for shown, life, opened, picked, pinned, reads in product(
        ("new", "odd", None, MISSING), ("live", "tomb"), TRUTHS, ("new", None), TRUTHS, TRUTHS
    ):
        it, work = pair(row("name", reads=reads))
        link, seen = it.link("erp"), it.cluster.seen["erp.Person", "1"]
        it.golden.rivals[1] = [Claim(LATER, BOTTOM, "x"), Claim(DECIDED, BOTTOM, "y")]
        it.golden.questions[1], it.golden.life = "which", "dying"
        link.life, link.open = life, Open(kind="update", sent={}) if opened else None  # type: ignore[assignment]
        link.raw[1], seen.raw[1], link.base[1] = MISSING, shown, BEFORE
        pin = Stamp(us(200), 0, 0, "person:bo", 0)
        link.pins = {1: Pin("p", pin)} if pinned else {}
        work.pick(1, picked, "ada")
        golden = it.golden
        assert (golden.value[1], golden.questions, golden.life, link.pins) == (picked, {}, "alive", {})
        assert golden.stamp[1].record == "person:ada"
        assert golden.stamp[1] > (pin if pinned else LATER)
        assert [claim.value for claim in golden.rivals.get(1, ())] in ([], [picked])
        told = life == "live" and shown is not MISSING and reads
        assert link.raw[1] == (shown if told else MISSING)
        base = BOTTOM if told else BEFORE
        holds = life == "live" and not opened and told and shown == picked
        assert link.base[1] == (golden.stamp[1] if holds else base)
        lost = [e.value for e in work.events if e.rule == "picked"]
        assert lost == [shown] * (told and shown not in (None, picked))
        assert (it.link("crm").base[1] == golden.stamp[1]) is False
