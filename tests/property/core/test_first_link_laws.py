"""What records without a base bring to a golden record: every case of values, policies and priorities (M6, W8, W14)."""

from itertools import product
from typing import Any

from accord.core.model import Property, Survivorship
from accord.core.stamps import BOTTOM, Stamp, side_effect_stamp
from accord.core.state import TO_BE_READ, Claim, Open, Pin, Sent
from accord.core.values import MISSING
from accord.core.work import Gate
from tests.unit.core.building import Story, concept, observation, row, system, us

TRUTHS = (True, False)
SHOWN = ("a", "b", None, MISSING)
NEWEST = {"crm": 13, "erp": 12, "hr": 11}
DECIDED = Stamp(us(5), 0, 0, "gone.Person/1", 0)
UNDECIDED, NULL, VALUE, COMPUTED = "undecided", "null", "a value", "computed"


def joined(
    values: tuple[Any, ...], golden: str = UNDECIDED, /, *, ranks: tuple[int, ...] = (1, 1, 1), **of: Any
) -> Story:
    """Records that show these names, the first the newest one, are linked to a golden record all at once."""
    systems = [system(name, priority=rank) for name, rank in zip(NEWEST, ranks, strict=True)]
    it = Story(*systems[: len(values)], of=concept(rules=(), **of))
    it.golden.value[1] = "a" if golden in (VALUE, COMPUTED) else None
    it.golden.stamp[1] = BOTTOM if golden == UNDECIDED else DECIDED
    if golden == COMPUTED:
        it.golden.stamp[1] = side_effect_stamp(BOTTOM, 0, "gone.Person/1", 0)
    for mapping, value in zip(systems, values, strict=False):
        shown = {} if value is MISSING else {"name": value}
        at = NEWEST[mapping.system]
        it.takes(observation(mapping.key, at=20, modified=at, **shown))
    it.settles(at=21)
    return it


def wins(values: tuple[Any, ...], ranks: tuple[int, ...], first_link: str, *, prioritised: bool) -> Any:
    """The value that becomes the first one; MISSING: a person is asked."""
    bearers = [
        (value, rank) for value, rank in zip(values, ranks, strict=False) if value not in (None, MISSING)
    ]
    if not bearers:
        return None
    if len({value for value, _ in bearers}) == 1 or first_link == "latest":
        return bearers[0][0]
    if first_link == "ask" or not prioritised:
        return MISSING
    top = max(rank for _, rank in bearers)
    leading = {value for value, rank in bearers if rank == top}
    return leading.pop() if len(leading) == 1 else MISSING


def test_m6_the_first_value_is_the_only_one_the_newest_or_that_of_the_system_that_a_person_put_first() -> (
    None
):
    policies = [("keep", True, ranks) for ranks in ((1, 1, 1), (1, 2, 2), (1, 1, 2))]
    policies += [("keep", False, (1, 2, 1)), ("latest", True, (1, 2, 1)), ("ask", True, (1, 2, 1))]
    for values, (first_link, prioritised, ranks), golden in product(
        product(SHOWN, ("a", "b", None), SHOWN), policies, (UNDECIDED, NULL, COMPUTED)
    ):
        it = joined(values, golden, ranks=ranks, first_link=first_link, prioritised=prioritised)
        first = wins(values, ranks, first_link, prioritised=prioritised)
        some = [value for value in values if value is not MISSING]
        if first is MISSING:
            assert list(it.golden.questions) == [1]
            assert it.golden.value[1] == ("a" if golden == COMPUTED else None)
            assert all(link.raw[1] is MISSING for link in it.cluster.links)
            continue
        stays = first is None
        first = "a" if golden == COMPUTED and stays else first
        assert (it.golden.value[1], it.golden.questions) == (first, {})
        stamp = it.golden.stamp[1]
        if not stays:
            assert stamp.time_us >= us(min(NEWEST.values()))
            shows_it = [n for n, value in zip(NEWEST, values, strict=True) if value == first]
            assert stamp.record.partition(".")[0] in shows_it
            assert golden == COMPUTED or stamp > it.golden.stamp[0]
        for link, value in zip(it.cluster.links, values, strict=True):
            if value is MISSING:
                assert link.raw[1] is MISSING
            else:
                assert link.raw[1] == value
                assert (link.base[1] == stamp) is (value == first or (stamp == BOTTOM and value is None))
        lost = [e.value for e in it.history if e.kind in ("loser", "superseded")]
        others = [value for value in some if value not in (None, first)]
        if first_link != "latest":
            assert lost == others
        else:
            assert set(others) <= set(lost)


def test_m6_what_the_golden_record_has_stays_unless_it_is_older_or_a_person_is_asked() -> None:
    for values, first_link, prioritised in product(
        product(SHOWN, repeat=2), ("keep", "latest", "ask"), TRUTHS
    ):
        it = joined(values, VALUE, first_link=first_link, prioritised=prioritised)
        others = [value for value in values if value == "b"]
        if others and first_link == "ask":
            assert list(it.golden.questions) == [1]
            assert (it.golden.value[1], it.golden.stamp[1]) == ("a", DECIDED)
            assert all(link.raw[1] is MISSING for link in it.cluster.links)
            continue
        newest = next((value for value in values if value == "b"), "a") if first_link == "latest" else "a"
        assert it.golden.questions == {}
        assert it.golden.value[1] == newest
        assert (it.golden.stamp[1] == DECIDED) is (newest == "a")
        for link, value in zip(it.cluster.links, values, strict=True):
            assert link.raw[1] == value
            if value is None:
                assert link.base[1] == BOTTOM
            elif value == "a":
                assert link.base[1] == DECIDED or (first_link == "latest" and newest == "b")
            elif value == "b":
                assert (link.base[1] == BOTTOM) is (first_link == "keep")
        if first_link == "keep":
            told = [(e.value, e.rule) for e in it.history if e.kind == "loser"]
            assert told == [("b", "first_link: keep")] * len(others)


def test_w8_only_another_value_of_a_newcomer_keeps_what_is_dying() -> None:
    for values in product(SHOWN, repeat=2):
        it = joined(values, VALUE)
        it.golden.life = "dying"
        for link in it.cluster.links:
            link.raw[1] = MISSING
        it.history.clear()
        it.settles()
        kept = "b" in values
        assert it.golden.life == ("alive" if kept else "dying")
        assert [e.kind for e in it.history if e.kind == "revived"] == ["revived"] * kept


def test_s3_k2_no_first_value_is_decided_while_a_record_that_may_bear_it_is_still_to_be_read() -> None:
    ways = ("read", "listed in part", "to be read", "to be read again", "doubted")
    for way, golden, lacking, reads in product(ways, (UNDECIDED, NULL, VALUE), TRUTHS, TRUTHS):
        erp = system("erp", row("name", reads=reads), listing_partial=way == "listed in part")
        it = Story(system("crm"), erp, of=concept(rules=()))
        it.golden.value[1] = "a" if golden == VALUE else None
        it.golden.stamp[1] = BOTTOM if golden == UNDECIDED else DECIDED
        it.takes(observation("crm.Person", at=20, name="b"))
        it.takes(observation("erp.Person", at=20, email="e"))
        it.cluster.seen["erp.Person", "1"].raw[1] = "c"
        link = it.link("erp")
        if not lacking:
            link.raw = [MISSING, "c", "1"]
        if way == "to be read":
            it.cluster.seen["erp.Person", "1"].held = TO_BE_READ
        if way == "to be read again":
            it.gates["erp.Person"] = Gate(complete=True, began_us=us(1e9), swept_us=us(30))
        it.settles(at=21, doubted=frozenset({"erp.Person"} if way == "doubted" else ()))
        waits = way != "read" and lacking and reads and golden != VALUE
        reason = "linked records are still to be read for it"
        held = [h.property for h in it.settled.holds if (h.mapping, h.reason) == ("crm.Person", reason)]
        assert ("name" in held) is waits
        assert (it.link("crm").raw[1] is MISSING) is (waits or bool(it.golden.questions))
        assert not waits or it.golden.value[1] is None


def test_m6_w4_who_is_no_newcomer_brings_nothing() -> None:
    """Gone, resting, not alive, or with a base; and what is just being written there."""
    for way in ("", "gone", "resting", "tomb", "based", "sent", "unreadable"):
        crm, erp = (
            system("crm"),
            system("erp", row("name", value_type="integer" if way == "unreadable" else "string")),
        )
        it = Story(crm, erp, of=concept(rules=()))
        it.takes(observation("crm.Person", at=20))
        it.takes(observation("erp.Person", at=20, name="b"))
        link, seen = it.link("erp"), it.cluster.seen["erp.Person", "1"]
        link.seq = seen.seq
        seen.gone = "deleted" if way == "gone" else ""
        seen.resting = "why" if way == "resting" else ""
        link.life = "tomb" if way == "tomb" else "live"
        link.raw[1] = "c" if way == "based" else MISSING
        link.open = Open(kind="update", sent={1: Sent("x", DECIDED)}) if way == "sent" else None
        it.settles(at=21)
        assert it.golden.value[1] == ("b" if not way else None)
        assert link.raw[1] == ("b" if not way else "c" if way == "based" else MISSING)


def test_w14_what_is_only_written_is_remembered_as_it_stood_before() -> None:
    it = Story(system("crm", row("name", reads=False)), of=concept(rules=()))
    it.takes(observation("crm.Person", at=20, name="b"))
    it.settles(at=21)
    assert it.golden.value[1] is None
    assert (it.link("crm").raw[1], it.link("crm").base[1]) == ("b", BOTTOM)


def test_m6_m2_what_is_in_question_is_one_no_more_when_it_is_decided_and_read() -> None:
    for read, several, pinned, asks in product(TRUTHS, TRUTHS, TRUTHS, TRUTHS):
        rule = Survivorship(rule="ask" if asks else "latest")
        it = Story(
            system("crm", listing_partial=not read),
            system("erp"),
            of=concept(rules=(), survivorship=(rule,) * 3),
        )
        it.takes(observation("crm.Person", at=20, name="a"))
        it.takes(observation("erp.Person", at=20, name="a"))
        it.golden.value[1], it.golden.stamp[1] = "a", DECIDED
        it.golden.questions = {1: "which"}
        if several:
            others = [Stamp(us(30 + n), 0, 0, f"{name}.Person/1", n) for n, name in enumerate(("crm", "erp"))]
            it.golden.rivals[1] = [Claim(stamp, BOTTOM, f"v{n}") for n, stamp in enumerate(others)]
        if pinned:
            it.link("erp").pins[1] = Pin("mine", Stamp(us(60), 0, 0, "person:ada", 0))
        it.settles(at=21)
        asked = not read or (several and asks) or pinned
        assert list(it.golden.questions) == [1] * asked


def test_m6_who_is_not_read_whole_is_fetched_and_who_left_the_configuration_rests() -> None:
    for way in ("read", "in part", "left", "no row", "doubted"):
        it = Story(system("crm", listing_partial=way == "in part"), of=concept(rules=()))
        it.takes(observation("crm.Person", at=20, name="a"))
        link = it.link("crm")
        link.seq = it.cluster.seen["crm.Person", "1"].seq
        if way == "left":
            del it.model.mappings["crm.Person"]
        if way == "no row":
            it.cluster.seen.clear()
        it.settles(at=21, doubted=frozenset({"crm.Person"} if way == "doubted" else ()))
        assert it.golden.value[1] == ("a" if way == "read" else None)
        asked = [f.reason for f in it.settled.fetches if f.reason == "its listing carries fewer properties"]
        assert len(asked) == (way == "in part")


def test_m3_m6_what_is_new_is_dated_by_its_system_or_by_its_reading_with_the_error_of_that_clock() -> None:
    for modified, error_s in product((None, 12), (0.0, 2.0)):
        it = Story(system("crm", clock_error_s=error_s), of=concept(rules=(), first_link="latest"))
        it.golden.value[1], it.golden.stamp[1] = "old", DECIDED
        it.takes(observation("crm.Person", at=20, modified=modified, name="a"))
        it.settles(at=21)
        stamp = it.golden.stamp[1]
        assert (it.golden.value[1], stamp.time_us) == ("a", us(modified or 20))
        assert it.history[-1].kind == "first_link"
        assert [c.error_us for c in it.golden.rivals.get(1, ()) if c.value == "a"] == [us(2)] * (error_s == 2)


def test_m5_m6_a_first_set_that_differs_from_an_empty_one_is_put_in_as_a_whole() -> None:
    of = concept(
        rules=(),
        properties=(Property(name="email", type="string"), Property(name="name", type="set(string)")),
    )
    tags = row("name", value_type="set(string)")
    for empty in (BOTTOM, DECIDED):
        it = Story(
            system("crm", tags, properties=("name",)), system("erp", tags, properties=("name",)), of=of
        )
        it.golden.stamp[1] = empty
        it.takes(observation("crm.Person", at=20, name=["a"]))
        it.takes(observation("erp.Person", at=20, name=None))
        it.settles(at=21)
        assert it.golden.value[1] == ["a"]
        assert it.golden.stamp[1] > empty
        assert it.link("crm").base[0] == it.golden.stamp[1]
        assert it.link("erp").base[0] == BOTTOM
