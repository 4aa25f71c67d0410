"""Where records stand: facts of one record that each speak for themselves, alone and together (G4, W10, S5)."""

from collections.abc import Callable
from copy import deepcopy
from itertools import product
from typing import Any

import pytest

from accord.core.lens import build_lens
from accord.core.model import Property
from accord.core.settle import Settled
from accord.core.stamps import Stamp
from accord.core.standing import (
    IN_SYNC,
    REPLACED,
    STATES,
    is_even,
    is_plain,
    is_representation,
    is_step,
    reasons_of,
    shared_properties,
)
from accord.core.state import Cluster, Golden, Link, Open, Pin, Seen, Sent, Suspect
from accord.core.values import MISSING
from accord.core.work import Due, Hold
from tests.unit.core.building import Refs, Story, concept, row, system

OTHER = Stamp(99, 0, 0, "x", 0)
SENT = Sent("x", OTHER)
Told = set[tuple[str, str]]


def pair() -> Story:
    """Two records in step; the phone is given by the second alone, and the first only shows it."""
    it = Story(system("crm"), system("erp"))
    it.sees("crm", at=10, email="a@x", name="Ada", phone="1")
    it.sees("erp", at=11, email="a@x", name="Ada", phone="1")
    assert (it.dues(), it.holds()) == ({}, set())
    return it


Spoilt = Callable[[Golden, Link, Seen, Cluster], Any]


def _rests(link: Link, seen: Seen, cluster: Cluster) -> None:
    """Its mapping left the configuration; its row is still there."""
    link.mapping = seen.mapping = "gone.Person"
    cluster.seen["gone.Person", "1"] = seen


OUT_OF_STEP: dict[str, Spoilt] = {
    "dying": lambda golden, *_: setattr(golden, "life", "dying"),
    "in question": lambda golden, *_: golden.questions.update({1: "which"}),
    "moved on": lambda golden, *_: golden.stamp.__setitem__(1, OTHER),
    "open": lambda _g, link, *_: setattr(link, "open", Open(kind="update", sent={})),
    "aside": lambda _g, link, *_: link.suspects.update({1: Suspect(raw=1, time_us=1, base=OTHER, sent=SENT)}),
    "pinned": lambda _g, link, *_: link.pins.update({1: Pin("x", OTHER)}),
    "doomed": lambda _g, link, *_: setattr(link, "doomed", True),
    "tomb": lambda _g, link, *_: setattr(link, "life", "tomb"),
    "creating": lambda _g, link, *_: setattr(link, "life", "creating"),
    "rests": lambda _g, link, seen, cluster: _rests(link, seen, cluster),
    "unknown": lambda _g, _l, _s, cluster: cluster.seen.pop(("erp.Person", "1")),
    "excluded": lambda _g, _l, seen, _c: setattr(seen, "excluded", "filter"),
    "unreadable": lambda _g, _l, seen, _c: setattr(seen, "unreadable", "no"),
    "gone": lambda _g, _l, seen, _c: setattr(seen, "gone", "deleted"),
    "missing": lambda _g, _l, seen, _c: setattr(seen, "missing_us", 0),
    "another's": lambda _g, _l, seen, _c: setattr(seen, "golden", "person:2"),
    "not looked at": lambda _g, _l, seen, _c: setattr(seen, "seq", seen.seq + 1),
    "edited": lambda _g, _l, seen, _c: seen.raw.__setitem__(1, "Bo"),
}


@pytest.mark.parametrize("way", OUT_OF_STEP)
def test_w10_who_is_out_of_step_in_one_way_is_neither_even_nor_plain(way: str) -> None:
    it = pair()
    mappings = list(it.model.mappings.values())
    assert is_even(it.cluster, mappings)
    assert is_plain(it.cluster, mappings)
    alone = deepcopy(it.cluster)
    alone.links = [link for link in alone.links if link.mapping == "crm.Person"]
    assert is_even(alone, mappings), "others may be lacking"
    assert not is_plain(alone, mappings)
    cluster = deepcopy(it.cluster)
    link = next(k for k in cluster.links if k.mapping == "erp.Person")
    OUT_OF_STEP[way](cluster.golden, link, cluster.seen["erp.Person", "1"], cluster)
    assert is_even(cluster, mappings) is False
    assert is_plain(cluster, mappings) is False


def test_w10_a_shadow_stands_for_the_golden_revision_by_its_base_or_without_a_write_where_it_is_written() -> (
    None
):
    it = pair()
    link, seen = it.link("erp"), it.cluster.seen["erp.Person", "1"]
    now = it.golden.stamp[1]
    for base, same, writes in product((now, OTHER), (now, OTHER, None), (True, False)):
        link.base[1], link.same[1] = base, same
        mapping = system("erp", row("name", writes=writes))
        assert is_step(link, seen, it.golden, mapping) is (now in (base, same) or not writes)


FACTS: dict[str, Told] = {
    "record unreadable": {("unreadable", "")},
    "left the filter": {("out of scope", "")},
    "value unreadable": {("unreadable", "name")},
    "held": {("failed", "")},
    "name held": {("frozen", "name")},
    "phone held": set(),
    "held elsewhere": set(),
    "name due": {("pending", "name")},
    "phone due": set(),
    "due elsewhere": set(),
    "delete due": {("pending", "")},
    "write under way": {("pending", "")},
    "write under way elsewhere": set(),
    "name in question": {("conflict", "name")},
    "phone in question": set(),
}


def test_g4_a_record_is_told_all_that_speaks_against_it_and_nothing_that_is_another_ones_matter() -> None:
    name = row("name", lens=build_lens(None, "integer"))
    crm, erp = system("crm", name, row("phone", reads=False)), system("erp", name)
    columns = tuple(
        Property(name=n, type=t) for n, t in (("email", "string"), ("name", "integer"), ("phone", "string"))
    )
    it = Story(crm, erp, of=concept(properties=columns))
    for at, each in enumerate(("crm", "erp")):
        it.sees(each, at=10 + at, email="a@x", name=5, phone="1")
    pairs = [{one, other} for one, other in product(FACTS, FACTS)]
    for facts in [set[str](), *pairs, set(FACTS)]:
        cluster = deepcopy(it.cluster)
        seen = cluster.seen["crm.Person", "1"]
        seen.unreadable = "no" if "record unreadable" in facts else ""
        seen.excluded = "filter" if "left the filter" in facts else ""
        if "value unreadable" in facts:
            seen.raw[1] = "x"
        held = [
            ("held", "erp.Person", "", "failed"),
            ("name held", "erp.Person", "name", "frozen"),
            ("phone held", "erp.Person", "phone", "frozen"),
            ("held elsewhere", "crm.Person", "", "failed"),
        ]
        due = [
            ("name due", "erp.Person", "update", 1),
            ("phone due", "erp.Person", "update", 2),
            ("due elsewhere", "crm.Person", "update", 1),
            ("delete due", "erp.Person", "delete", 1),
        ]
        for link in cluster.links:
            here = link.mapping == "erp.Person"
            if f"write under way{'' if here else ' elsewhere'}" in facts:
                link.open = Open(kind="update", sent={1: SENT}, unknown="held" in facts)
        cluster.golden.questions = {
            column: "which"
            for column, fact in ((1, "name in question"), (2, "phone in question"))
            if fact in facts
        }
        settled = Settled(
            cluster=cluster,
            dues=[
                Due(kind=kind, golden="person:1", mapping=mapping, incarnation=0, sent={column: SENT})  # type: ignore[arg-type]
                for fact, mapping, kind, column in due
                if fact in facts
            ],
            holds=[
                Hold(golden="person:1", mapping=mapping, property=of, state=state, reason=fact)  # type: ignore[arg-type]
                for fact, mapping, of, state in held
                if fact in facts
            ],
            fetches=[],
            events=[],
        )
        told = reasons_of(seen, erp, settled, it.given())
        wanted = set[tuple[str, str]]().union(*(FACTS[fact] for fact in facts)) or {("in sync", "")}
        assert {(each.state, each.property) for each in told} == wanted
        assert sorted(told, key=lambda each: STATES.index(each.state)) == told
        assert {each.hold.reason for each in told if each.hold is not None} == facts & {"held", "name held"}
        sending = [each.reason for each in told if each.reason.startswith("a write is under way")]
        assert sending == (
            [f"a write is under way: update{', of unknown outcome' if 'held' in facts else ''}"]
            if "write under way" in facts
            else []
        )


def test_g4_where_no_record_is_all_that_is_held_there_says_why_else_the_golden_record_does() -> None:
    for life, of, mapping in product(
        ("alive", "dying", "dead"), (None, "", "name", "phone"), ("crm.Person", "erp.Person")
    ):
        it = Story(system("crm", row("phone", reads=False)), system("erp"))
        it.sees("crm", at=10, email="a@x", name="Ada", phone="1")
        it.golden.life = life  # type: ignore[assignment]
        holds = [Hold(golden="person:1", mapping=mapping, property=of or "", state="frozen", reason="held")]
        settled = Settled(
            cluster=it.cluster, dues=[], holds=holds if of is not None else [], fetches=[], events=[]
        )
        told = reasons_of(
            it.cluster.seen["crm.Person", "1"], it.model.mappings["erp.Person"], settled, it.given()
        )
        state = "waiting" if life == "alive" else "tombstoned"
        wanted = ("frozen", of) if of is not None and mapping == "erp.Person" else (state, "")
        assert [(each.state, each.property) for each in told] == [wanted]


def test_g4_a_value_that_is_not_taken_in_is_told_where_the_target_is_given_it() -> None:
    lens, plain = build_lens("reference", references="crm.Person"), row("name")
    for shown, known, given, refers in product(
        ("7", "5", MISSING, None), ("7", "8"), (True, False), ("crm.Person", "")
    ):
        boss = row("phone", lens=lens, references=refers)
        refs = Refs({("crm.Person", "5"): "person:5"})
        it = Story(system("crm", plain, boss), system("erp", plain, row("phone", writes=given)), refs=refs)
        for each in ("crm", "erp"):
            it.sees(each, at=10, email="a@x", name="Ada")
        seen = it.cluster.seen["crm.Person", "1"]
        it.link("crm").raw[2], seen.raw[2] = known, shown
        settled = Settled(cluster=it.cluster, dues=[], holds=[], fetches=[], events=[])
        told = reasons_of(seen, it.model.mappings["erp.Person"], settled, it.given())
        wanted = (
            ("excluded", "phone")
            if (shown, known, given, refers) == ("7", "8", True, "crm.Person")
            else ("in sync", "")
        )
        assert [(each.state, each.property) for each in told] == [wanted]


def test_g4_only_what_both_share_is_written_and_where_that_is_nothing_a_record_is_excluded() -> None:
    ways = list(product((True, False), repeat=2))
    for (reads, writes), (gives, takes) in product(ways, ways):
        one, other = row("name", reads=reads, writes=writes), row("name", reads=gives, writes=takes)
        crm, erp = (system(name, each, properties=("name",)) for name, each in (("crm", one), ("erp", other)))
        assert shared_properties(crm, erp) == ({1} if reads and takes else set())
        it = Story(crm, erp)
        for each in ("crm", "erp"):
            it.sees(each, at=10, name="Ada")
        settled = Settled(cluster=it.cluster, dues=[], holds=[], fetches=[], events=[])
        told = reasons_of(it.cluster.seen["crm.Person", "1"], erp, settled, it.given())
        assert [each.state for each in told] == ["in sync" if reads and takes else "excluded"]


def test_g4_only_a_live_link_of_that_very_record_speaks_for_it() -> None:
    it = pair()
    row_, erp = it.cluster.seen["crm.Person", "1"], it.model.mappings["erp.Person"]
    for life, same in product(("live", "tomb", "creating"), (True, False)):
        link = it.link("crm")
        link.life, link.id = life, "1" if same else "2"  # type: ignore[assignment]
        told = reasons_of(row_, erp, it.settled, it.given())
        if life == "live" and same:
            assert told == [IN_SYNC]
        else:
            assert [each[:2] for each in told] == [("tombstoned", REPLACED)]
        it.cluster.links = [k for k in it.cluster.links if k is not link] + [link]
        link.life, link.id = "live", "1"


def test_s5_what_a_record_holds_of_the_golden_revision_and_spells_otherwise_is_a_representation() -> None:
    it = Story(system("crm", row("name", lens=build_lens(None, "integer"))))
    it.sees("crm", at=10, name=5)
    link, now = it.link("crm"), it.golden.stamp[1]
    for raw, base, refers in product((MISSING, None, 5, 6, "x"), (now, OTHER), ("", "crm.Person")):
        link.raw[1], link.base[1] = raw, base
        mapping = system("crm", row("name", lens=build_lens(None, "integer"), references=refers))
        wanted = base == now and raw not in (MISSING, 5) and not refers
        assert is_representation(link, 1, it.golden, mapping) is wanted
