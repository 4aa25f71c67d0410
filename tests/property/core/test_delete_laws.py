"""What a delete comes to, and a return: every fact that speaks for the thing or against it, alone and in pairs (W8)."""

from collections.abc import Callable
from itertools import combinations, product
from typing import Any

import pytest
from msgspec.structs import replace

from accord.core.link import new_link
from accord.core.stamps import Stamp
from accord.core.state import TO_BE_READ, Open, Pin, Seen, Sent, Suspect
from accord.core.values import MISSING
from tests.unit.core.building import Story, concept, row, system, us

OTHER = Stamp(9, 0, 0, "x", 0)
POLICIES = ("ignore", "propagate", "recreate", "archive")
TRUTHS = (True, False)


def in_step(**more: Any) -> Story:
    """Records of three systems that hold the same values; the third property is the archive's flag."""
    flag = row("phone", value_type="boolean")
    it = Story(*(system(name, flag) for name in ("crm", "erp", "hr")), of=concept(archived=2, **more))
    it.in_sync(10, email="a@x", name="Ada", phone=False)
    it.now = 50
    return it


def suspect(raw: str) -> Suspect:
    return Suspect(raw=raw, time_us=1, base=OTHER, sent=Sent("x", OTHER))


def behind(it: Story, *, raw: Any = "x", same: Stamp | None = None) -> None:
    """The record that goes was not at the golden revision of the name."""
    link = it.link("crm")
    link.base[1], link.raw[1], link.same[1] = OTHER, raw, same


def beside(it: Story) -> None:
    """Another record of the same entity type stands for the same thing."""
    it.cluster.seen["crm.Person", "2"] = Seen(
        mapping="crm.Person", id="2", raw=["a@x", "Ada", False], golden="person:1"
    )
    link = new_link("person:1", it.mapping("crm"), "2")
    link.incarnation, link.seq, link.read_us = 1, 1, 1
    link.raw, link.base = ["a@x", "Ada", False], list(it.golden.stamp)
    it.cluster.links.append(link)


FACTS: dict[str, Callable[[Story], Any]] = {
    "it is dying": lambda it: setattr(it.golden, "life", "dying"),
    "we deleted it": lambda it: setattr(it.link_of("crm.Person"), "open", Open(kind="delete", sent={})),
    "it was being written": lambda it: setattr(
        it.link_of("crm.Person"), "open", Open(kind="update", sent={})
    ),
    "its create was undone": lambda it: setattr(it.cluster.links[0], "doomed", True),
    "its facet rests": lambda it: setattr(it.cluster.seen["crm.Person", "1"], "resting", "why"),
    "another one is beside it": beside,
    "kept aside there": lambda it: it.link("erp").suspects.update({1: suspect("y")}),
    "kept aside here": lambda it: it.cluster.links[0].suspects.update({1: suspect("y")}),
    "unread": lambda it: setattr(it.cluster.seen["erp.Person", "1"], "held", TO_BE_READ),
    "pinned": lambda it: it.link("erp").pins.update({1: Pin("x", OTHER)}),
    "behind": behind,
    "without a base": lambda it: behind(it, raw=MISSING),
    "of the golden value": lambda it: behind(it, raw="Ada"),
    "of the golden revision": lambda it: behind(it, same=it.golden.stamp[1]),
    "in the archive": lambda it: it.golden.value.__setitem__(2, True),
}
NOBODY = {"we deleted it", "its create was undone", "its facet rests"}
UNSEEN = {"kept aside there", "kept aside here", "unread", "pinned", "behind", "without a base"}
SHADOW = {"behind", "without a base", "of the golden value", "of the golden revision"}


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("way", ["deleted", "merged"])
def test_w8_a_record_that_a_person_deleted_takes_the_thing_with_it_where_nothing_unseen_is_lost(
    policy: str, way: str
) -> None:
    for facts in [set[str](), *({one} for one in FACTS), *map(set, combinations(FACTS, 2))]:
        if len(facts & SHADOW) == 2 or facts >= {"we deleted it", "it was being written"}:
            continue
        it = in_step(delete=policy)
        link, seen, stamp = it.link("crm"), it.cluster.seen["crm.Person", "1"], it.golden.stamp[2]
        for fact, makes in FACTS.items():
            if fact in facts:
                makes(it)
        seen.gone, seen.seq, seen.asked_us = way, seen.seq + 1, us(40)  # type: ignore[assignment]
        it.settles(at=60)
        ours = "we deleted it" in facts and "its create was undone" not in facts
        nobody = bool(facts & NOBODY) or way == "merged"
        told = [(e.kind, e.record) for e in it.history if e.kind not in ("unknown", "superseded")]
        policies = [kind for kind, _ in told if kind != "gone"]
        assert ("gone", "crm.Person/1") in told
        assert (link.life, link.seq, link.suspects) == ("tomb", seen.seq, {})
        assert [e.value for e in it.history if e.kind == "unknown"] == ["y"] * ("kept aside here" in facts)
        assert (link.open is None) is ("it was being written" not in facts)
        followed = not nobody and "it is dying" not in facts and policy != "ignore"
        followed = followed and "another one is beside it" not in facts
        overruled = followed and bool(facts & UNSEEN) and policy != "recreate"
        by = "hub" if ours else "person"
        assert link.by == ("" if followed and policy == "recreate" else by)
        archived = followed and policy == "archive" and not overruled
        assert link.ruled is ("its create was undone" in facts or way == "merged" or archived)
        archives = archived and "in the archive" not in facts
        dies = followed and policy == "propagate" and not overruled
        wanted = ["delete_overruled"] * overruled + ["archived"] * archives + ["dying"] * dies
        assert policies == wanted, facts
        assert it.golden.life == ("dying" if dies or "it is dying" in facts else "alive")
        assert it.golden.value[2] is (archives or "in the archive" in facts)
        if archives:
            now = it.golden.stamp[2]
            assert (now.time_us, now.record) == (us(40), "crm.Person/1")
            assert now > stamp


def test_w8_the_last_record_that_goes_leaves_a_dead_thing() -> None:
    """Unless one is on its way, or a person wants one back; what was never sent is none."""
    for life, other, opened, wanted in product(
        ("alive", "dying", "merged"), ("live", "tomb", "creating"), TRUTHS, TRUTHS
    ):
        it = in_step(delete="ignore")
        it.golden.life = life  # type: ignore[assignment]
        links = it.cluster.links
        links[0].life, links[1].life, links[2].life = "tomb", "tomb", other  # type: ignore[assignment]
        links[2].open = Open(kind="update", sent={}) if opened else None
        links[1].kept = {} if wanted else None
        it.settles(at=60)
        lives = other == "live" or wanted or (other == "creating" and opened)
        dies = not lives and life != "merged"
        assert it.golden.life == ("dead" if dies else life)
        assert [e.kind for e in it.history] == ["dead"] * dies
        buried = other == "creating" and not lives
        assert (links[2].life, links[2].by) == (("tomb", "hub") if buried else (other, ""))
        assert links[1].kept == ({} if wanted else None)
        it.settles(at=61)
        assert [e.kind for e in it.history] == ["dead"] * dies


def test_g3_what_was_wanted_back_is_wanted_no_more_where_it_stands_again() -> None:
    for name, life in product(("crm", "erp"), ("live", "tomb")):
        it = in_step()
        beside(it)
        first, last = it.cluster.links[0], it.link(name)
        tomb = first if name == "crm" else it.link("hr")
        tomb.life, tomb.by, tomb.kept = "tomb", "hub", {}
        last.life = life  # type: ignore[assignment]
        it.settles(at=60)
        assert tomb.kept == (None if name == "crm" and life == "live" else {})


def test_w8_l8_a_record_that_is_back_lives_again_unless_another_one_took_its_place() -> None:
    for other, duplicates, life, shown in product(
        ("", "1", "2", "tomb", "sent"), ("review", "link"), ("alive", "dying", "dead"), ("Ada", "Bo")
    ):
        it = in_step(duplicates=duplicates)
        tomb, seen = it.link("crm"), it.cluster.seen["crm.Person", "1"]
        tomb.life, tomb.by, it.golden.life = "tomb", "person", life  # type: ignore[assignment]
        seen.raw[1], seen.seq, seen.modified_us, seen.asked_us = shown, 7, us(40), us(40)
        if other:
            beside(it)
            link = it.link("crm")
            link.id, link.life = other if other != "tomb" else "2", "tomb" if other == "tomb" else "live"
            if other == "1":
                link.seq = 7
            if other == "sent":
                link.id, link.life = None, "creating"
                link.open = Open(kind="create", sent={}, sent_us=us(50))
        it.settles(at=60)
        kinds = [e.kind for e in it.history]
        taken = other == "1" or (other in ("2", "sent") and duplicates != "link")
        assert tomb.seq == 7
        if taken:
            assert (tomb.life, tomb.by) == ("tomb", "person")
            assert kinds == ["returned"] * (other != "1")
            assert it.golden.value[1] == "Ada"
            continue
        assert (tomb.life, tomb.by, it.golden.life) == ("live", "", "alive")
        assert kinds.count("revived") == 1 + (life != "alive")
        assert it.golden.value[1] == shown
        assert ("edit" in kinds) is (shown == "Bo")


def test_w8_l3_a_record_that_is_back_lives_again_when_the_one_that_took_its_place_goes() -> None:
    """Not while the thing is being deleted, nor what is gone itself, or stands for something else, or elsewhere."""
    for life, gone, golden, elsewhere, duplicate, policy in product(
        ("alive", "dying"), ("", "deleted"), ("person:1", None), TRUTHS, TRUTHS, POLICIES
    ):
        it = in_step(delete=policy)
        tomb, seen = it.link("crm"), it.cluster.seen["crm.Person", "1"]
        beside(it)
        goes, row = it.link("crm"), it.cluster.seen["crm.Person", "2"]
        if duplicate:
            third = new_link("person:1", it.mapping("crm"), "3")
            third.incarnation, third.seq, third.read_us = 2, 1, 1
            third.raw, third.base = ["a@x", "Ada", False], list(it.golden.stamp)
            it.cluster.seen["crm.Person", "3"] = replace(row, id="3")
            it.cluster.links.append(third)
        if elsewhere:
            goes, row = it.link("erp"), it.cluster.seen["erp.Person", "1"]
        tomb.life, tomb.by, it.golden.life = "tomb", "person", life  # type: ignore[assignment]
        seen.gone, seen.golden = gone, golden  # type: ignore[assignment]
        row.gone, row.seq, row.asked_us = "deleted", 7, us(40)
        it.settles(at=60)
        assert goes.life == "tomb"
        back = life == "alive" and not gone and golden is not None and not elsewhere
        lives = back and not duplicate
        assert (tomb.life, tomb.by) == (("live", "") if lives else ("tomb", tomb.by))
        kinds = [(e.kind, e.record) for e in it.history]
        assert kinds.count(("revived", "crm.Person/1")) == lives
        assert kinds.count(("returned", "crm.Person/1")) == (back and duplicate)
        counts = life == "alive" and not lives and not (duplicate and not elsewhere)
        assert it.golden.life == (
            "dying" if life == "dying" or (counts and policy == "propagate") else "alive"
        )
        if lives:
            assert goes.by == "person", "nothing is made again in its place"


def test_w8_what_is_back_comes_out_of_the_archive_that_its_delete_had_put_the_others_into() -> None:
    for flag, by, column in product(TRUTHS, ("crm.Person/1", "erp.Person/1"), (2, None)):
        it = in_step(delete="archive")
        it.model.concepts["person"] = concept(
            archived=column, properties=it.model.concepts["person"].properties
        )
        link, seen = it.link("crm"), it.cluster.seen["crm.Person", "1"]
        link.life, link.by, seen.seq, seen.asked_us = "tomb", "person", 7, us(40)
        it.golden.value[2], it.golden.stamp[2] = flag, Stamp(us(30), 0, 0, by, 0)
        it.settles(at=60)
        out = flag and by == "crm.Person/1" and column == 2
        assert it.golden.value[2] is (flag and not out)
        assert it.golden.stamp[2].time_us == us(40 if out else 30)
        assert it.golden.stamp[2].record == by
        assert (link.base[2] == it.golden.stamp[2]) is out
        assert [e.value for e in it.history if e.kind == "revived"] == [None] + [False] * out


def test_w4_s5_a_write_of_unknown_outcome_is_read_as_early_as_that_can_tell() -> None:
    for acked, unknown, named, read, life, known in product(
        TRUTHS, TRUTHS, TRUTHS, (20, 30, 35), ("live", "tomb", "creating"), TRUTHS
    ):
        it = Story(system("crm"), system("erp", lag_s=2.0, max_request_s=5.0, conditional=True))
        it.in_sync(10, email="a@x", name="Ada")
        link = it.link("erp")
        link.open = Open(kind="update", sent={1: Sent("x", OTHER)}, sent_us=us(30))
        link.open.acked, link.open.unknown, link.open.version = acked, unknown, "v10" if named else None
        link.life, link.read_us = life, us(read)  # type: ignore[assignment]
        if not known:
            link.id = None
        it.settles(at=60)
        asked = (acked or unknown) and life != "tomb" and known
        after = 2 if acked else 0 if named and read < 30 else 5
        assert [(f.mapping, f.id, f.not_before_us) for f in it.settled.fetches] == [
            ("erp.Person", "1", us(30 + after))
        ] * asked


def test_w4_of_several_writes_of_unknown_outcome_each_is_read() -> None:
    """Whatever stands before it in the golden record."""
    it = Story(system("crm"), system("erp"), system("shop"))
    for name in ("crm", "erp", "shop"):
        it.sees(name, at=10, email="a@x", name="Ada")
    it.settles(at=20)
    for name, unknown in (("crm", False), ("erp", True), ("shop", True)):
        it.link(name).open = Open(kind="update", sent={1: Sent("x", OTHER)}, sent_us=us(30), unknown=unknown)
    it.settles(at=60)
    assert [fetch.mapping for fetch in it.settled.fetches] == ["erp.Person", "shop.Person"]


def test_g3_w8_what_only_the_record_that_went_had_in_question_is_no_question_any_more() -> None:
    for pins_here, pins_there in product(TRUTHS, TRUTHS):
        it = in_step(delete="ignore")
        for pins, name in ((pins_here, "crm"), (pins_there, "erp")):
            if pins:
                it.link(name).pins[1] = Pin("x", OTHER)
        it.settles(at=51)
        assert bool(it.golden.questions) is (pins_here or pins_there)
        seen = it.cluster.seen["crm.Person", "1"]
        seen.gone, seen.seq = "deleted", seen.seq + 1
        it.settles(at=60)
        assert bool(it.golden.questions) is pins_there


def test_w8_l3_all_tombs_of_duplicates_there_are_lifted_and_no_others() -> None:
    it = in_step(delete="recreate", duplicates="link")
    beside(it)
    it.link("crm").life, it.link("crm").by = "tomb", "person"
    it.link("hr").life, it.link("hr").by = "tomb", "person"
    it.cluster.seen["crm.Person", "2"].gone = "deleted"
    seen = it.cluster.seen["crm.Person", "1"]
    seen.gone, seen.seq = "deleted", seen.seq + 1
    it.settles(at=60)
    assert [(k.mapping, k.by) for k in it.cluster.links if k.life == "tomb"] == [
        ("crm.Person", ""),
        ("crm.Person", ""),
        ("hr.Person", "person"),
    ]


def test_k4_s10_what_left_or_stands_for_another_thing_is_passed_over_and_the_rest_is_settled() -> None:
    for way in ("left", "no row", "doubted", "held", "settled"):
        it = in_step()
        first = it.cluster.seen["crm.Person", "1"]
        if way == "left":
            del it.model.mappings["crm.Person"]
        if way == "no row":
            del it.cluster.seen["crm.Person", "1"]
        if way == "held":
            first.held = TO_BE_READ
        if way != "settled":
            first.seq, first.raw[1] = 7, "Bo"
        erp = it.cluster.seen["erp.Person", "1"]
        erp.raw[1], erp.seq, erp.modified_us, erp.asked_us = "Cy", 7, us(40), us(40)
        it.settles(at=60, doubted=frozenset({"crm.Person"} if way == "doubted" else ()))
        assert it.golden.value[1] == "Cy"
        assert (it.link_of("crm.Person").seq == 7) is False


def test_s11_a_record_of_a_restored_system_is_rebased_where_it_stands_and_made_anew_where_it_does_not() -> (
    None
):
    for gone, life in product(TRUTHS, ("live", "tomb")):
        it = in_step()
        link, seen = it.link("crm"), it.cluster.seen["crm.Person", "1"]
        link.restored, link.life, seen.seq, seen.raw[1] = True, life, 7, "older"  # type: ignore[assignment]
        seen.gone = "deleted" if gone else ""
        it.settles(at=60)
        assert (link.restored, link.seq) == (False, 7)
        assert link.life == ("tomb" if gone else "live")
        assert it.golden.value[1] == "Ada"
        kinds = [e.kind for e in it.history]
        assert kinds == (["gone"] * (life == "live") if gone else ["revived"] * (life == "tomb") + ["loser"])
