"""Laws of merging and splitting golden records: what moves, what stays, and what is restored (L6, L8, W5, W8)."""

from copy import deepcopy
from typing import Any, Final

import pytest
from hypothesis import given, settings, strategies as st
from msgspec.structs import replace

from accord.core.decisions import is_unsure
from accord.core.join_and_part import (
    aim_elsewhere,
    merge_clusters,
    move_values,
    restorable,
    restore,
    split_cluster,
)
from accord.core.lens import build_lens
from accord.core.link import new_golden, new_link
from accord.core.model import Model, Property, Survivorship
from accord.core.sets import elements_of
from accord.core.stamps import BOTTOM, Stamp
from accord.core.state import (
    WHOLE,
    Claim,
    Cluster,
    Element,
    Event,
    Link,
    Open,
    Pin,
    Rejection,
    Seen,
    Sent,
    Suspect,
    record_key,
)
from accord.core.types import value_type
from accord.core.values import MISSING, value_order
from tests.unit.core.building import concept, row, system

SYSTEMS: Final = ("crm", "erp", "shop")
MODEL: Final = Model(
    project="p",
    concepts={"person": concept(rules=())},
    mappings={f"{s}.Person": system(s) for s in SYSTEMS},
    fingerprint="1",
)
RECORDS: Final = [record_key(f"{s}.Person", id_) for s in SYSTEMS for id_ in "12"]
stamps = st.builds(
    Stamp, st.integers(1, 9), st.integers(0, 1), st.just(0), st.sampled_from(RECORDS), st.just(5)
)
values = st.sampled_from(["x", "y", None])
claimed = st.builds(
    Stamp,
    st.integers(1, 9),
    st.integers(0, 1),
    st.integers(0, 2),
    st.sampled_from(RECORDS),
    st.just(5),
)


@st.composite
def clusters(draw: Any, number: int = 1, at: str = "1", of: str = "person") -> Cluster:
    """A golden record with links of some systems, each in any state, and what was seen of their records."""
    golden = new_golden(f"person:{number}", MODEL.concepts["person"])
    golden.life = draw(st.sampled_from(["alive", "alive", "dying", "dead"]))
    known = [BOTTOM]
    for column in range(3):
        golden.value[column] = draw(values)
        if golden.value[column] is not None:
            golden.stamp[column] = draw(stamps)
        known.append(golden.stamp[column])
    links, seen = [], {}
    for incarnation, name in enumerate(draw(st.lists(st.sampled_from([*SYSTEMS, "old"]), max_size=4))):
        link = Link(
            golden=golden.id,
            mapping=f"{name}.Person",
            incarnation=incarnation,
            id=draw(st.sampled_from([None, f"{at}{incarnation}", f"{at}{incarnation}"])),
            raw=[draw(values) for _ in range(3)],
            base=[draw(st.sampled_from([golden.stamp[c], BOTTOM])) for c in range(3)],
            same=[draw(st.sampled_from([golden.stamp[c], None, None])) for c in range(3)],
        )
        link.life = draw(st.sampled_from(["live", "live", "tomb"])) if link.id else "tomb"
        link.by = draw(st.sampled_from(["person", "hub"])) if link.life == "tomb" else ""
        link.seq, link.doomed, link.ruled = draw(st.integers(1, 3)), draw(st.booleans()), draw(st.booleans())
        link.kept = draw(st.sampled_from([None, {"name": "x"}]))
        link.pins = {1: Pin("x", BOTTOM)} if draw(st.booleans()) else {}
        link.own_version, link.own_modified_us = (
            draw(st.sampled_from([None, "v"])),
            draw(st.sampled_from([None, 4])),
        )
        link.sent_us, link.confirmed_us = draw(st.integers(0, 3)), draw(st.integers(0, 3))
        link.suspects = {0: Suspect(raw="x", time_us=0, base=BOTTOM, sent=Sent("x", BOTTOM))}
        link.rejected = {0: Rejection(stamp=BOTTOM, message="no", at_us=0)}
        links.append(link)
        if link.id is not None and draw(st.integers(0, 3)):
            found = Seen(mapping=link.mapping, id=link.id, raw=[draw(values) for _ in range(3)])
            found.golden = draw(st.sampled_from([golden.id, golden.id, None]))
            found.gone = draw(st.sampled_from(["", "deleted"]))
            seen[link.mapping, link.id] = found
    return Cluster(golden=golden, links=links, seen=seen)


def is_stub(link: Link) -> bool:
    return (
        (link.id, link.life, link.by, link.open, link.kept, link.doomed) == (None, "tomb", "hub", None, None, False)
        and set(map(repr, link.raw)) == {repr(MISSING)}
        and set(link.base) == {BOTTOM}
        and set(link.same) == {None}
        and not (link.suspects or link.rejected or link.pins)
    )  # fmt: skip


def check_moved(old: list[Link], came: list[Link], there: list[Link], golden: str) -> None:
    """Links that came to a golden record are those that went, without a base, under numbers of their own."""
    assert len(came) == len(old)
    for was, link in zip(old, came, strict=True):
        assert (link.golden, link.mapping, link.id, link.life, link.by) == (
            golden, was.mapping, was.id, was.life, was.by,
        )  # fmt: skip
        assert all(raw is MISSING for raw in link.raw)
        assert (link.base, link.same) == ([BOTTOM] * 3, [None] * 3)
        assert (link.doomed, link.kept, link.ruled, link.pins) == (was.doomed, was.kept, was.ruled, was.pins)
        assert (link.own_version, link.own_modified_us) == (was.own_version, was.own_modified_us)
        assert (link.sent_us, link.confirmed_us) == (was.sent_us, was.confirmed_us)
        assert (link.suspects, link.rejected) == ({}, {})
        assert link.open is None
    numbers = [(link.mapping, link.incarnation) for link in (*there, *came)]
    assert len(set(numbers)) == len(numbers)
    for mapping in {link.mapping for link in came}:
        first = 1 + max((link.incarnation for link in there if link.mapping == mapping), default=-1)
        mine = [link.incarnation for link in came if link.mapping == mapping]
        assert mine == list(range(first, first + len(mine)))


@given(clusters(1, "1"), st.lists(st.integers(2, 3), min_size=1, max_size=2, unique=True), st.data())
def test_l6_w5_a_merge_moves_every_record_and_forgets_no_value(
    winner: Cluster, numbers: list[int], data: st.DataObject
) -> None:
    losers = [data.draw(clusters(number, str(number))) for number in numbers]
    before, old = deepcopy(winner), deepcopy(losers)
    events = merge_clusters(winner, losers, MODEL)
    assert winner.golden.value == before.golden.value
    assert winner.golden.stamp == before.golden.stamp
    alive = "alive" in [each.golden.life for each in old]
    assert winner.golden.life == ("alive" if alive else before.golden.life)
    went = [link for each in old for link in each.links if link.id is not None]
    kept = winner.links[: len(before.links)]
    assert kept == before.links
    check_moved(went, winner.links[len(kept) :], kept, winner.golden.id)
    for link, was in zip(winner.links[len(kept) :], went, strict=True):
        assert link.seq == (was.seq if was.life == "tomb" else 0)
    rows = dict(before.seen)
    for each in old:
        for key, seen in each.seen.items():
            seen.golden = winner.golden.id if seen.golden == each.golden.id else seen.golden
            rows[key] = seen
    assert winner.seen == rows
    expected = []
    for was, loser in zip(old, losers, strict=True):
        assert (loser.golden.life, loser.golden.merged_into) == ("merged", winner.golden.id)
        assert (loser.golden.value, loser.golden.stamp) == ([None] * 3, [BOTTOM] * 3)
        assert all(map(is_stub, loser.links))
        assert [k.incarnation for k in loser.links] == [k.incarnation for k in was.links]
        assert loser.seen == {}
        expected += [
            ("loser", winner.golden.id, ("email", "name", "phone")[column], stamp.record, value, stamp, True)
            for column, (value, stamp) in enumerate(zip(was.golden.value, was.golden.stamp, strict=True))
            if value is not None and value != winner.golden.value[column]
        ]
        expected += [
            ("merged", one, "", other, None, None, False)
            for one, other in ((winner.golden.id, was.golden.id), (was.golden.id, winner.golden.id))
        ]
    assert [
        (e.kind, e.golden, e.property, e.record, e.value, e.stamp, e.has_value) for e in events
    ] == expected


@given(clusters(1), st.data())
def test_l6_a_split_parts_records_and_each_side_keeps_what_its_records_hold(
    cluster: Cluster, data: st.DataObject
) -> None:
    leaving = {record_key(k.mapping, k.id) for k in cluster.links if k.id and data.draw(st.booleans())}
    before = deepcopy(cluster)
    into = Cluster(golden=new_golden("person:9", MODEL.concepts["person"]), links=[])
    into.golden.life, into.golden.merged_into = "merged", "person:1"
    events = split_cluster(cluster, [*leaving, "crm.Person/none"], into, MODEL)

    def leaves(link: Link) -> bool:
        return link.id is not None and record_key(link.mapping, link.id) in leaving

    check_moved([k for k in before.links if leaves(k)], into.links, [], "person:9")
    assert into.golden.merged_into == ""
    stayed = [(was, now) for was, now in zip(before.links, cluster.links, strict=True) if not leaves(was)]
    assert all(is_stub(now) for was, now in zip(before.links, cluster.links, strict=True) if leaves(was))

    def deleted(links: list[Link]) -> bool:
        return any(k.life == "tomb" and k.by == "person" and k.id is not None for k in links)

    for side, life in ((cluster, before.golden.life), (into, "alive")):
        wanted = ("dying" if deleted(side.links) else "alive") if before.golden.life == "dying" else life
        assert side.golden.life == wanted
    for side in (cluster, into):
        for link in side.links:
            seen = side.seen.get((link.mapping, link.id or ""))
            if link.life == "tomb" and seen is not None:
                old = next(k for k in before.links if (k.mapping, k.id) == (link.mapping, link.id))
                assert link.seq == (old.seq if seen.gone else 0)
    for key, seen in before.seen.items():
        side = into if record_key(*key) in leaving else cluster
        assert side.seen[key].golden == (side.golden.id if seen.golden == "person:1" else seen.golden)
        assert key not in (cluster if side is into else into).seen
    for column in range(3):
        value, stamp = before.golden.value[column], before.golden.stamp[column]
        live = [(was, now) for was, now in stayed if was.life == "live" and was.mapping in MODEL.mappings]
        held = any(stamp in (was.base[column], was.same[column]) for was, _ in live)
        gone = value is not None and not held
        assert (cluster.golden.value[column], cluster.golden.stamp[column]) == (
            (None, BOTTOM) if gone else (value, stamp)
        )
        for was, now in live:
            assert (now.raw[column] is MISSING) is gone
            assert now.base[column] == (BOTTOM if gone else was.base[column])
            assert now.same[column] == (None if gone else was.same[column])
    told = [(e.kind, e.golden, e.record, e.rule) for e in events]
    assert told == [
        line
        for key in sorted([*leaving, "crm.Person/none"])
        for line in (("unlinked", "person:1", key, ""), ("linked", "person:9", key, "split"))
    ]


@settings(max_examples=300)
@given(
    st.lists(
        st.tuples(claimed, st.sampled_from("xyz")), min_size=2, max_size=4, unique_by=lambda e: e[0].record
    ),
    st.sampled_from(["", "latest", "priority", "priority"]),
)
def test_m2_after_a_split_the_claims_of_those_who_stay_compete_among_themselves(
    some: list[Any], rule: str
) -> None:
    """The winner left with its record: of the others the one that the rule names wins, and what left is no rival."""
    of = replace(MODEL.concepts["person"], survivorship=(Survivorship(rule=rule),) * 3 if rule else ())
    model = replace(MODEL, concepts={"person": of})
    claims = sorted(Claim(stamp, BOTTOM, value) for stamp, value in some)
    golden = new_golden("person:1", MODEL.concepts["person"])
    links, seen = [], {}
    for claim in claims:
        mapping, _, id_ = claim.stamp.record.partition("/")
        links.append(
            Link(golden="person:1", mapping=mapping, incarnation=len(links), id=id_,
                 raw=[claim.value, None, None], base=[claim.stamp, BOTTOM, BOTTOM], same=[None] * 3)
        )  # fmt: skip
        seen[mapping, id_] = Seen(mapping=mapping, id=id_, raw=[claim.value, None, None], golden="person:1")
    golden.value[0], golden.stamp[0], golden.rivals = claims[-1].value, claims[-1].stamp, {0: list(claims)}
    cluster = Cluster(golden=golden, links=links, seen=seen)
    into = Cluster(golden=new_golden("person:9", MODEL.concepts["person"]), links=[])
    split_cluster(cluster, [claims[-1].stamp.record], into, model)
    for leaving in ([], [claims[0].stamp.record]):
        if leaving:
            again = Cluster(golden=new_golden("person:8", of), links=[])
            was = golden.value[0], golden.stamp[0]
            for link in cluster.links:
                if link.raw[0] == golden.value[0]:
                    link.same[0] = golden.stamp[0]  # as settling finds
            split_cluster(cluster, leaving, again, model)
        rest = claims[len(leaving) : -1]
        assert golden.rivals == ({0: rest} if len(rest) > 1 else {})
        if not rest:
            assert (golden.value[0], golden.stamp[0]) == (None, BOTTOM)
        elif not leaving or was[1].record == leaving[0]:
            first = (lambda c: (c.stamp.priority, c.stamp)) if rule == "priority" else (lambda c: c.stamp)
            winner = max(rest, key=first)
            assert golden.value[0] == winner.value
            assert golden.stamp[0][2:] == winner.stamp[2:]
            assert golden.stamp[0] >= rest[-1].stamp or winner is rest[-1]
        elif rule != "priority":
            assert (golden.value[0], golden.stamp[0]) == was


events = st.builds(
    lambda kind, record, column, origin, value, before: Event(
        kind=kind,
        golden="person:1",
        record=record,
        property=column,
        value=value,
        before=before,
        stamp=Stamp(1, 0, 0, origin, 0) if origin else None,
    ),
    st.sampled_from(["updated", "updated", "updated", "edit", "loser"]),
    st.sampled_from(["crm.Person/1", "crm.Person/1", "crm.Person/1", "erp.Person/1", "shop.Person/9"]),
    st.sampled_from(["email", "email", "email", "name", "other"]),
    st.sampled_from(["erp.Person/1", "erp.Person/1", "crm.Person/1", "shop.Person/9", ""]),
    values,
    values,
)


origins = st.sampled_from(["erp.Person/1", "erp.Person/1", "erp.Person/1", "crm.Person/1", "shop.Person/9"])


@settings(max_examples=300)
@given(
    st.lists(events, max_size=6),
    st.lists(
        st.tuples(values, origins.map(lambda record: Stamp(1, 0, 0, record, 0))), min_size=3, max_size=3
    ),
)
def test_l8_what_is_restorable_was_there_before_the_other_side_wrote_and_still_stands(
    history: list[Event], now: list[Any]
) -> None:
    golden = new_golden("person:1", MODEL.concepts["person"])
    golden.value, golden.stamp = [value for value, _ in now], [stamp for _, stamp in now]
    sides = [["crm.Person/1"], ["erp.Person/1"]]
    other = {"crm.Person/1": "erp.Person/1", "erp.Person/1": "crm.Person/1"}
    found = restorable(Cluster(golden=golden, links=[]), sides, history, MODEL.concepts["person"])
    wanted = {}
    for record, foreign in other.items():
        for column, name in enumerate(("email", "name", "phone")):
            own: Any = MISSING
            for event in history:
                if (event.record, event.property) != (record, name) or event.kind == "loser":
                    continue
                by_other = (
                    event.kind == "updated" and event.stamp is not None and event.stamp.record == foreign
                )
                own = (event.before if own is MISSING else own) if by_other else MISSING
            stands = golden.stamp[column].record == foreign and golden.value[column] != own
            if own is not MISSING and stands:
                wanted[record, column] = own
    assert found == wanted


@settings(max_examples=300)
@given(clusters(1), st.dictionaries(st.tuples(st.sampled_from(RECORDS), st.integers(0, 2)), values, max_size=3),
       st.data())  # fmt: skip
def test_l8_what_is_restored_wins_as_if_it_had_been_typed_now(
    cluster: Cluster, wanted: dict[tuple[str, int], Any], data: st.DataObject
) -> None:
    for link in cluster.links:
        for column in range(3):
            if data.draw(st.booleans()):
                link.raw[column] = MISSING
    before = deepcopy(cluster)
    events = restore(cluster, wanted, 5, "ann", MODEL)
    last = {column: value for (_, column), value in sorted(wanted.items(), key=lambda item: item[0])}
    golden = cluster.golden
    for column in range(3):
        if column in last:
            assert golden.value[column] == last[column]
            assert golden.stamp[column] > before.golden.stamp[column]
            assert golden.stamp[column].record == "person:ann"
            assert golden.stamp[column].order == value_order(last[column])
        else:
            assert golden.value[column] == before.golden.value[column]
            assert golden.stamp[column] == before.golden.stamp[column]
    for was, link in zip(before.links, cluster.links, strict=True):
        seen = before.seen.get((was.mapping, was.id or ""))
        for column in range(3):
            shows = column in last and was.mapping in MODEL.mappings and seen is not None
            taken = was.raw[column] is MISSING and shows
            raw = seen.raw[column] if taken and seen is not None else was.raw[column]
            assert link.raw[column] is raw or link.raw[column] == raw
    assert [(e.kind, e.golden, e.property, e.record, e.value, e.has_value) for e in events] == [
        ("restored", "person:1", ("email", "name", "phone")[column], record, value, True)
        for (record, column), value in sorted(wanted.items(), key=lambda item: item[0])
    ]


STAFF: Final = concept(
    rules=(),
    properties=(
        Property(name="name", type="string"),
        Property(name="boss", type="reference", reference="person"),
        Property(name="team", type="set(reference)", reference="person"),
    ),
)


def staff_mapping(name: str, **more: Any) -> Any:
    return system(
        name,
        row("name", property=0),
        row(
            "boss",
            property=1,
            lens=build_lens("reference", references=f"{name}.Person"),
            references=f"{name}.Person",
        ),
        properties=("name", "boss"),
        **more,
    )


STAFFED: Final = Model(
    project="p",
    concepts={"person": STAFF},
    mappings={f"{name}.Person": staff_mapping(name) for name in SYSTEMS},
    fingerprint="1",
)
people = st.sampled_from(["person:1", "person:2", "person:3"])
teams = st.sets(people, min_size=1).map(sorted)


@given(people, teams, st.booleans(), st.booleans(), people)
def test_w5_every_reference_to_what_was_merged_names_what_stays(
    boss: str, team: list[str], in_rivals: bool, by_element: bool, pinned: str
) -> None:
    golden = new_golden("person:7", STAFF)
    golden.value = ["person:2", boss, team]
    golden.stamp = [Stamp(3, 0, 0, "crm.Person/1", 1)] * 3
    if in_rivals:
        golden.rivals = {1: [Claim(golden.stamp[1], BOTTOM, boss), Claim(BOTTOM, BOTTOM, "person:2")]}
    of = value_type("set(reference)")
    if by_element:
        golden.elements[2] = [
            Element(of.key_of(each), each, there, Stamp(at + 1, 0, 0, "r", 0))
            for at, (each, there) in enumerate([("person:1", True), ("person:2", False), ("person:3", True)])
        ]
    link = Link(
        golden="person:7", mapping="crm.Person", raw=[MISSING] * 2, base=[BOTTOM] * 2, same=[None] * 2
    )
    link.pins = {1: Pin(pinned, BOTTOM)}
    cluster = Cluster(golden=golden, links=[link])
    stamps_before = list(golden.stamp)
    move_values(cluster, STAFF, "person:2", "person:3")

    def now(value: str) -> str:
        return "person:3" if value == "person:2" else value

    assert golden.value[:2] == ["person:2", now(boss)]
    assert golden.value[2] == list(dict.fromkeys(map(now, team)))
    assert golden.stamp == stamps_before
    assert link.pins == {1: Pin(now(pinned), BOTTOM)}
    if in_rivals:
        assert [claim.value for claim in golden.rivals[1]] == [now(boss), "person:3"]
        assert [claim.stamp for claim in golden.rivals[1]] == [golden.stamp[1], BOTTOM]
    else:
        assert golden.rivals == {}
    if by_element:
        assert [(e.key, e.value, e.there, e.stamp.time_us) for e in elements_of(golden, 2, of)] == [
            (of.key_of("person:1"), "person:1", True, 1),
            (of.key_of("person:3"), "person:3", True, 3),
        ]


@pytest.mark.parametrize("life", ["live", "tomb"])
@settings(max_examples=300)
@given(
    st.sampled_from(["crm", "erp"]),
    st.sampled_from(["20", "21", 20, None, MISSING]),
    st.sampled_from(["20", "21", MISSING]),
    st.sampled_from(["person:2", "person:5"]),
    st.booleans(),
    st.sampled_from([None, "20", "21"]),
)
def test_w5_a_reference_follows_the_record_that_was_meant(
    life: str, origin: str, ours: Any, theirs: Any, boss: str, left: bool, sent: str | None
) -> None:
    """Person 2 was split: record 20 of the CRM, or of the ERP, left for person 6. What is gone there says nothing more,
    and once it is back refers to what the others do (W8)."""
    golden = new_golden("person:7", STAFF)
    stamp = Stamp(3, 1, 2, f"{origin}.Person/1", value_order(boss))
    golden.value, golden.stamp = ["20", boss, None], [stamp, stamp, BOTTOM]
    golden.rivals = {1: [Claim(stamp, BOTTOM, boss)]}
    raws = {"crm": ours, "erp": theirs}
    links = [
        Link(
            golden="person:7",
            mapping=f"{name}.Person",
            id="1",
            raw=["20", raw],
            base=[stamp] * 2,
            same=[stamp] * 2,
        )
        for name, raw in raws.items()
    ]
    links[0].life = life
    if sent is not None:
        links[1].open = Open(kind="update", sent={0: Sent("20", stamp), 1: Sent(sent, stamp)})
    moved = {(f"{name}.Person", "20"): "person:6" for name in (("crm", "erp") if left else ("crm",))}
    cluster = Cluster(golden=golden, links=links)
    changed = aim_elsewhere(cluster, "person:2", moved, STAFFED)

    def left_by(name: str, raw: Any) -> bool:
        return isinstance(raw, str | int) and (f"{name}.Person", str(raw)) in moved

    here = origin != "crm" or life == "live"
    follows = boss == "person:2" and here and left_by(origin, raws[origin])
    assert golden.value == ["20", "person:6" if follows else boss, None]
    assert golden.rivals == ({} if follows else {1: [Claim(stamp, BOTTOM, boss)]})
    now = golden.stamp[1]
    if follows:
        assert now == Stamp(3, 2, 2, stamp.record, value_order("person:6"))
    else:
        assert now == stamp
    assert (golden.stamp[0], golden.stamp[2]) == (stamp, BOTTOM)
    others = golden.value[1] == "person:2"
    for name, link in zip(raws, links, strict=True):
        own = follows and name == origin
        again = others and left_by(name, raws[name])
        base, same = (now, None) if own else (BOTTOM, None) if again else (stamp, stamp)
        assert (link.base, link.same) == ([stamp, base], [stamp, same])
    stale = sent is not None and others and ("erp.Person", sent) in moved
    if sent is not None:
        assert links[1].open is not None
        assert links[1].open.sent == {0: Sent("20", stamp), 1: Sent(sent, BOTTOM if stale else stamp)}
    assert changed is (follows or (others and any(left_by(n, r) for n, r in raws.items())) or stale)


@given(st.sets(st.integers(0, 2)), st.sets(st.integers(WHOLE, 2)))
def test_l6_w9_what_is_refused_is_not_waited_for(aside: set[int], refused: set[int]) -> None:
    """A merge and a split wait for the write that tells of a value kept aside, where one is still to come."""
    link = new_link("person:1", MODEL.mappings["crm.Person"], "1")
    link.suspects = dict.fromkeys(aside, Suspect(raw="x", time_us=0, base=BOTTOM, sent=Sent("x", BOTTOM)))
    link.rejected = dict.fromkeys(refused, Rejection(stamp=BOTTOM, message="no", at_us=0))
    assert is_unsure(link) == (WHOLE not in refused and bool(aside - refused))
