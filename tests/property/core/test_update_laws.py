"""What a live record still has to receive, and why it does not yet: every case told plainly (W1-W9, G3)."""

from itertools import product
from typing import Any

from accord.core.due.updates import REFUSALS, due_of_link
from accord.core.model import Property
from accord.core.oscillation import CHASED, DAY_US
from accord.core.stamps import BOTTOM, Stamp
from accord.core.state import WHOLE, Link, Open, Pin, Rejection, Sent, Suspect, Written
from accord.core.values import MISSING
from accord.core.work import Due, Gate, Work
from tests.unit.core.building import Story, concept, row, system, us

TRUTHS = (True, False)
NOW = us(1000)
BEFORE = Stamp(us(10), 0, 0, "crm.Person/1", 1)
DECIDED = Stamp(us(50), 0, 0, "crm.Person/1", 2)
BY_PERSON = Stamp(us(60), 0, 0, "person:ada", 3)
SENT = {1: Sent("new", DECIDED)}


def behind(*rows: Any, context: dict[str, Any] | None = None, **declared: Any) -> tuple[Work, Link]:
    """The record of the ERP holds "old", and "new" was decided since."""
    it = Story(system("crm"), system("erp", *rows, **declared))
    it.sees("crm", at=10, email="a", name="old", phone="1")
    it.sees("erp", at=11, email="a", name="old", phone="1")
    it.golden.value[1], it.golden.stamp[1], it.now = "new", DECIDED, 1000
    link, seen = it.link("erp"), it.cluster.seen["erp.Person", "1"]
    link.raw[1], link.base[1], link.same[1] = "old", BEFORE, None
    link.sent_us, link.read_us = us(20), us(30)
    seen.version = "v7"
    work = it.work()
    work.context = it.given(**(context or {}))
    return work, link


def derived(work: Work, link: Link) -> Due | None:
    return due_of_link(work, link, work.context.model.mappings["erp.Person"])


def held(work: Work) -> list[tuple[str, str]]:
    return [(hold.state, hold.property) for hold in work.holds]


def refuse(work: Work, link: Link, column: int) -> None:
    """The system refused it, and nothing has changed since."""
    stamp = work.revision(link) if column == WHOLE else work.golden.stamp[column]
    link.rejected[column] = Rejection(stamp=stamp, message="no", at_us=0, fingerprint="1", version="v7")


def test_w4_w3_a_write_of_unknown_outcome_is_sent_again_as_it_was_once_the_record_was_read() -> None:
    for kind, unknown, acked, read, named, dying, doomed in product(
        ("update", "delete"), TRUTHS, TRUTHS, (19, 20, 21), TRUTHS, TRUTHS, TRUTHS
    ):
        work, link = behind()
        link.open = Open(kind=kind, sent=SENT, sent_us=us(20), unknown=unknown, acked=acked)  # type: ignore[arg-type]
        link.open.version = "v3" if named else None
        link.read_us, link.doomed, work.golden.life = us(read), doomed, "dying" if dying else "alive"
        due = derived(work, link)
        again = unknown and not acked and read >= 20 and named and (kind == "update" or dying or doomed)
        if not again:
            assert due is None
            continue
        assert due is not None
        assert (due.kind, due.again, due.sent, due.version) == (kind, True, SENT, "v3")
        assert (due.mapping, due.id, due.golden) == ("erp.Person", "1", "person:1")
        assert work.holds == []


def test_w8_w9_g3_a_record_is_deleted_where_that_is_wanted_and_can_be_done() -> None:
    for dying, doomed, aside, kept, can, refused, conditional, known, fetched in product(*[TRUTHS] * 9):
        other = frozenset({("erp.Person", "1")} if kept else ())
        work, link = behind(can_delete=can, conditional=conditional, context={"kept": other})
        work.golden.life, link.doomed = "dying" if dying else "alive", doomed
        if aside:
            link.suspects[2] = Suspect(raw="9", time_us=0, base=BEFORE, sent=Sent("1", BEFORE))
        refuses = refused and known
        if refuses:
            refuse(work, link, WHOLE)
        seen = work.cluster.seen["erp.Person", "1"]
        seen.version, seen.fetched = seen.version if known else None, fetched
        due = derived(work, link)
        if (not dying and not doomed) or aside:
            assert due is None or due.kind == "update"
            continue
        state = "excluded" if kept else "failed" if not can or refuses else ""
        state = state or (
            "pending" if conditional and not known and not fetched else ""
        )  # it is read first (W2)
        assert (due is None) is bool(state)
        assert held(work) == ([(state, "")] if state else [])
        if due is not None:
            assert (due.kind, due.id, due.sent) == ("delete", "1", {})
            assert due.version == ("v7" if conditional and known else None)


def test_w2_a_write_that_could_name_a_version_waits_until_one_was_looked_for() -> None:
    """Listings may show none: what was seen since in the record alone would be written over."""
    for version, conditional, fetched, known in product(
        ("ordered", "opaque", "none"), TRUTHS, TRUTHS, TRUTHS
    ):
        work, link = behind(conditional=conditional, version=version)
        seen = work.cluster.seen["erp.Person", "1"]
        seen.version, seen.fetched = "v7" if known else None, fetched
        due = derived(work, link)
        blind = conditional and version != "none" and not fetched and not known
        assert (due is None) is blind
        assert [(f.mapping, f.id, f.not_before_us) for f in work.fetches] == [
            ("erp.Person", "1", NOW)
        ] * blind
        assert held(work) == [("pending", "")] * blind


def test_w2_a_record_that_moved_on_is_read_first_and_rests_a_minute_after_the_fifth_time() -> None:
    for refusals, read, since, dying in product(
        (0, 1, REFUSALS - 1, REFUSALS), (19, 20), (59, 60, 61), TRUTHS
    ):
        work, link = behind()
        work.golden.life = "dying" if dying else "alive"
        link.refusals, link.sent_us = refusals, NOW - us(since)
        link.read_us = link.sent_us - us(20 - read)
        due = derived(work, link)
        unread = bool(refusals) and read < 20
        rests = refusals == REFUSALS and since < 60 and not unread
        assert (due is None) is (unread or rests)
        assert [(f.mapping, f.id) for f in work.fetches] == [("erp.Person", "1")] * unread
        until = NOW - us(since) + us(60) if rests else None
        assert [(h.state, h.until_us) for h in work.holds] == [("pending", until)] * (unread or rests)


def test_w1_w9_an_update_waits_for_what_is_not_known_of_the_record() -> None:
    ways = ("", "unknown", "gone", "missed once", "unread", "can not", "refused", "refused and can not")
    for way, conditional in product(ways, TRUTHS):
        work, link = behind(can_update="can not" not in way, conditional=conditional)
        seen = work.cluster.seen["erp.Person", "1"]
        if way == "unknown":
            work.cluster.seen.clear()
        seen.gone = "deleted" if way == "gone" else ""
        seen.missing_us = us(5) if way == "missed once" else None
        seen.held = "to be read again" if way == "unread" else ""
        if "refused" in way:
            refuse(work, link, WHOLE)
        due = derived(work, link)
        states = {"missed once": "pending", "unread": "waiting", "unknown": "", "gone": ""}
        state = states.get(way, "failed")
        assert held(work) == ([(state, "")] if way and state else [])
        assert (due is None) is bool(way)
        if due is not None:
            assert (due.kind, due.sent, due.version) == ("update", SENT, "v7" if conditional else None)


def test_w1_m1_only_what_is_behind_and_differs_is_written() -> None:
    for base, same, writes, create_only, raw, value in product(
        (BEFORE, DECIDED, BOTTOM),
        (None, BEFORE, DECIDED),
        TRUTHS,
        TRUTHS,
        ("old", "new", None, MISSING),
        ("new", None),
    ):
        work, link = behind(row("name", writes=writes, create_only=create_only))
        work.golden.value[1] = value
        link.base[1], link.same[1], link.raw[1] = base, same, raw
        seen = work.cluster.seen["erp.Person", "1"]
        seen.raw[1] = raw
        link.rejected[1] = Rejection(stamp=BEFORE, message="no", at_us=0)
        due = derived(work, link)
        late = DECIDED not in (base, same) and writes and not create_only
        equal = raw == value or (raw is MISSING and value is None)
        if late and not equal:
            assert due is not None
            assert due.sent == {1: Sent(value, DECIDED)}
            had = raw not in (None, MISSING)
            assert due.blanks == ["name"] * (had and value is None)
            assert due.overwrites == ["name"] * (had and value is not None)
            assert due.first is (had and base == BOTTOM)
        else:
            assert due is None
        assert link.same[1] == (DECIDED if late and equal else same)
        assert link.base[1] == base
        assert (1 in link.rejected) is (not late)
        assert work.holds == []


def test_m6_g3_s5_what_is_in_question_or_kept_aside_is_not_written_and_what_a_person_put_back_is() -> None:
    for question, pinned, aside, refused, in_step in product(TRUTHS, TRUTHS, TRUTHS, TRUTHS, TRUTHS):
        work, link = behind()
        work.golden.questions = {1: "which"} if question else {}
        link.base[1] = DECIDED if in_step else BEFORE
        if pinned:
            link.pins[1] = Pin("mine", BY_PERSON)
        kept = Sent("kept", BEFORE)
        if aside:
            link.suspects[1] = Suspect(raw="x", time_us=0, base=BEFORE, sent=kept)
        if refused:
            refuse(work, link, 1)
        due = derived(work, link)
        looked = not in_step or pinned
        if aside:
            assert (due.sent if due is not None else None) == (None if refused else {1: kept})
            assert held(work) == [("failed", "name")] * refused
        elif question and looked:
            assert (due.sent if due is not None else None) == (
                {1: Sent("mine", BY_PERSON)} if pinned else None
            )
            assert held(work) == [("conflict", "name")]
        else:
            sent = looked and not refused
            assert (due.sent if due is not None else None) == (SENT if sent else None)
            assert held(work) == [("failed", "name")] * (looked and refused)


def test_s3_k2_what_would_be_written_over_something_unknown_waits() -> None:
    for raw, shown, reads, swept in product((MISSING, "old"), (MISSING, "x"), TRUTHS, TRUTHS):
        gates = {"crm.Person": Gate(complete=True, began_us=0), "erp.Person": Gate(complete=True, began_us=0)}
        if swept:
            gates["erp.Person"] = Gate(complete=True, began_us=0, swept_us=NOW)
        work, link = behind(row("name", reads=reads), context={"gates": gates})
        seen = work.cluster.seen["erp.Person", "1"]
        link.raw[1], seen.raw[1], seen.asked_us = raw, shown, us(900)
        due = derived(work, link)
        unknown = raw is MISSING and shown is not MISSING and reads
        again = raw is MISSING and shown is MISSING and swept
        assert (due is None) is (unknown or again)
        assert held(work) == [("pending" if unknown else "waiting", "name")] * (unknown or again)


def test_g5_values_that_chase_each_other_are_frozen_unless_a_person_entered_one() -> None:
    for person, based, writes, value in product(TRUTHS, TRUTHS, (3, 4), ("new", "other")):
        work, link = behind()
        work.golden.stamp[1] = BY_PERSON if person else DECIDED
        work.golden.value[1] = value
        link.base[1] = Stamp(us(70), 0, 0, "", 0) if based else BEFORE
        link.written[1] = [Written(us(900 + n), "new", undone=True) for n in range(writes)]
        due = derived(work, link)
        frozen = writes == 4 and value == "new" and not (person and not based)
        assert (due is None) is frozen
        assert [(h.state, h.property, h.reason) for h in work.holds] == [("frozen", "name", CHASED)] * frozen
        assert [f.not_before_us for f in work.fetches] == [us(900) + DAY_US] * frozen


class Short:
    """A lens of a place that holds three letters, and no digits."""

    def get(self, raw: Any, _refs: Any) -> Any:
        return raw

    def put(self, value: Any, _raw: Any, _refs: Any) -> Any:
        if value == "1":
            raise ValueError("no digits")
        return value[:3]


def test_w1_m5_what_the_record_can_not_hold_is_rejected_and_all_that_it_can_hold_is_in_step() -> None:
    for value, raw, written in (("later", "new", "lat"), ("1", "new", None), ("newest", "new", None)):
        work, link = behind(row("name", lens=Short()))
        work.golden.value[1], link.raw[1] = value, raw
        work.cluster.seen["erp.Person", "1"].raw[1] = raw
        due = derived(work, link)
        assert (due.sent[1].raw if due is not None else None) == written
        assert held(work) == [("failed", "name")] * (value == "1")
        assert [(r.stamp, r.message) for r in link.rejected.values()] == [(DECIDED, "no digits")] * (
            value == "1"
        )
        assert (link.same[1] == DECIDED) is (value == "newest")
        assert link.base[1] == BEFORE


class Few:
    """A lens of two places, which take the first elements of a set."""

    def get(self, raw: Any, _refs: Any) -> Any:
        return raw

    def put(self, value: Any, _raw: Any, _refs: Any) -> Any:
        return value[:2]


def test_m5_g3_what_is_new_of_a_set_goes_first_and_what_a_person_put_back_goes_as_it_is() -> None:
    properties = (Property(name="email", type="string"), Property(name="name", type="set(string)"))
    tags = concept(rules=(), properties=properties)
    for pinned in TRUTHS:
        rows = {"crm": row("name", value_type="set(string)"), "erp": row("name", lens=Few())}
        it = Story(*(system(name, each, properties=("name",)) for name, each in rows.items()), of=tags)
        for name in ("crm", "erp"):
            it.sees(name, at=10, name=["b", "c"])
        it.sees("crm", at=20, name=["b", "c", "z"])
        if pinned:
            it.golden.questions = {1: "which"}
            it.link("erp").pins[0] = Pin(["a", "b", "c"], BY_PERSON)
        due = due_of_link(it.work(), it.link("erp"), it.mapping("erp"))
        assert due is not None
        assert due.sent[0].raw == (["a", "b"] if pinned else ["z", "b"])
