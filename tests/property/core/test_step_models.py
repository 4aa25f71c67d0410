"""Steps that settling is made of, each against a plain telling of its rule (L3, L6, S11, W4, W5, W7, W9, W12, G3)."""

from typing import Any, Final

from hypothesis import given, settings, strategies as st

from accord.core.creating import MOST_TIMES, let, may_come, rest, stands_still
from accord.core.decisions import ALIKE, BUSY, REFUSED, Party, age, is_under_way, unite
from accord.core.due.values import WHOLE, is_refused
from accord.core.link import new_golden
from accord.core.merging.pins import hold_pins
from accord.core.restored_system import rebase, remake
from accord.core.stamps import BOTTOM, Stamp
from accord.core.state import (
    IN_FLIGHT,
    LEFT_OUT,
    TO_BE_READ,
    Cluster,
    Decision,
    Link,
    Open,
    Pin,
    Rejection,
    Seen,
    Sent,
    Suspect,
    record_key,
)
from accord.core.swaps import Want, wants_of
from accord.core.values import MISSING
from accord.core.work import SECOND_US, Due, Work
from tests.unit.core.building import Refs, Story, concept, observation, row, system, us

SYSTEMS: Final = ("crm", "erp", "shop")


def link_to(golden: str, name: str, id_: str | None, **more: Any) -> Link:
    """A link in step with nothing."""
    blank = {"raw": [MISSING] * 3, "base": [BOTTOM] * 3, "same": [None] * 3}
    return Link(golden=golden, mapping=f"{name}.Person", id=id_, **{**blank, **more})


# what is one thing, as people said (L6)


@st.composite
def said(draw: Any) -> tuple[list[Party], dict[str, Cluster], list[Decision]]:
    """Records of some systems, linked to two golden records or free, and what people said of them."""
    clusters = {}
    for number in (1, 2):
        golden = new_golden(f"person:{number}", concept())
        cluster = Cluster(golden=golden, links=[])
        for name in draw(st.lists(st.sampled_from(SYSTEMS), min_size=1, max_size=2, unique=True)):
            link = link_to(golden.id, name, f"{number}", life=draw(st.sampled_from(["live", "live", "tomb"])))
            link.open = Open(kind="update", sent={}) if draw(st.integers(0, 4)) == 0 else None
            if draw(st.integers(0, 5)) == 0:
                link.suspects = {0: Suspect(raw="x", time_us=0, base=BOTTOM, sent=Sent("x", BOTTOM))}
            cluster.links.append(link)
            seen = Seen(mapping=link.mapping, id=f"{number}", raw=[], first_us=draw(st.integers(1, 3)))
            cluster.seen[link.mapping, f"{number}"] = seen
        clusters[golden.id] = cluster
    parties = []
    for name, number in draw(
        st.lists(st.tuples(st.sampled_from(SYSTEMS), st.integers(1, 4)), max_size=4, unique=True)
    ):
        cluster = clusters.get(f"person:{number}")
        mapping = f"{name}.Person"
        linked = cluster is not None and any(k.mapping == mapping for k in cluster.links)
        parties.append(
            Party(
                key=record_key(mapping, str(number)),
                mapping=mapping,
                golden=f"person:{number}" if linked else None,
                held=""
                if linked
                else draw(st.sampled_from(["", "", "", "r1", IN_FLIGHT, TO_BE_READ, LEFT_OUT])),
                gone=not linked and draw(st.integers(0, 5)) == 0,
            )
        )
    keys = sorted({p.key for p in parties} | {record_key(*r) for c in clusters.values() for r in c.seen})
    refused = []
    if draw(st.booleans()) and len(keys) > 1:
        a, b = sorted(draw(st.permutations(keys))[:2])
        refused.append(Decision("person", a, b, "different", 0))
    return parties, clusters, refused


@settings(max_examples=400)
@given(said(), st.booleans())
def test_l6_what_is_one_thing_is_united_under_the_oldest_unless_something_stands_in_the_way(
    drawn: tuple[list[Party], dict[str, Cluster], list[Decision]], alike: bool
) -> None:
    parties, clusters, refused = drawn
    found = unite(parties, clusters, concept(duplicates="link" if alike else "review"), refused)
    away = (IN_FLIGHT, TO_BE_READ, LEFT_OUT)
    free = [p for p in parties if p.golden is None and not p.gone and p.held not in away]
    goldens = sorted(
        {p.golden for p in parties if p.golden is not None},
        key=lambda g: (min(s.first_us for s in clusters[g].seen.values()), g),
    )
    for golden in clusters.values():
        first = min(seen.first_us for seen in golden.seen.values())
        assert age(golden) == (first, golden.golden.id)
    assert found.golden == (goldens[0] if goldens else None)
    if len(goldens) + len(free) < 2:
        assert (found.join, found.losers, found.release, found.blocked) == ([], [], [], "")
        return
    of = [clusters[g] for g in goldens]
    records = {p.key for p in parties} | {record_key(*r) for c in of for r in c.seen}
    links = [link for c in of for link in c.links]
    places = [p.mapping for p in free] + [k.mapping for k in links if k.life == "live"]
    open_ = [k for k in links if k.open is not None and k.life != "tomb"]
    assert all(is_under_way(k) is (k in open_) for k in links)
    wanted = {p.mapping for p in free}
    if any(d.a in records and d.b in records for d in refused):
        blocked = REFUSED
    elif not alike and len(set(places)) < len(places):
        blocked = ALIKE
    elif len(of) > 1:
        blocked = BUSY if open_ or any(k.suspects for k in links) else ""
    else:
        blocked = BUSY if any(k.mapping in wanted for k in open_) else ""
    assert found.blocked == blocked
    keys = [p.key for p in free]
    if not blocked and any(p.held for p in free):
        assert (found.join, found.losers, found.release) == ([], [], keys)
    else:
        assert (found.join, found.losers, found.release) == (keys, goldens[1:], [])


def test_age_of_what_was_never_seen() -> None:
    assert age(Cluster(golden=new_golden("person:1", concept()), links=[])) == (0, "person:1")


# resting, switches, and what may come (W12, W5, W7, L9)


@settings(max_examples=400)
@given(
    st.sampled_from([0.0, 2.0]),
    st.sampled_from([0.0, 3.0]),
    st.lists(st.tuples(st.integers(1, 4), st.sampled_from(["crm", "erp", "shop", ""])), max_size=8),
)
def test_w12_what_changed_rests_from_its_last_change_and_ten_times_over_at_most(
    crm_s: float, erp_s: float, changes: list[tuple[int, str]]
) -> None:
    story = Story(system("crm", settle_s=crm_s), system("erp", settle_s=erp_s))
    golden, now = story.golden, 100 * SECOND_US
    times = {"crm": crm_s, "erp": erp_s}
    still = latest = 0
    for after, name in changes:
        now += after * SECOND_US
        before = list(golden.stamp)
        if name:
            golden.stamp[1] = Stamp(now, 0, 0, f"{name}.Person/1", 0)
        work = Work(cluster=story.cluster, concept=concept(), context=story.given(now_us=now))
        rest(work, before)
        if pause := times.get(name, 0.0):
            latest = latest or now + round(MOST_TIMES * pause * SECOND_US)
            still = min(now + round(pause * SECOND_US), latest)
        assert (golden.still_us, golden.latest_us) == (still, latest)
        due = {"golden": golden.id, "mapping": "erp.Person", "incarnation": 0}
        dues = [Due(kind="update", **due), Due(kind="delete", **due), Due(kind="update", again=True, **due)]
        work.hold("erp.Person", "pending", "it waits", pulls=True)
        resting = now < still
        assert let(work, dues) == (dues[1:] if resting else dues)
        held = [(h.mapping, h.state, h.until_us, h.pulls) for h in work.holds]
        waits = ("erp.Person", "pending", None, not resting)
        assert held == [waits, *([("erp.Person", "pending", still, False)] if resting else [])]
        if not resting:
            still = latest = 0
        assert (golden.still_us, golden.latest_us) == (still, latest)


@settings(max_examples=400)
@given(*[st.booleans()] * 5, st.sampled_from(["always", "linked"]))
def test_w5_a_record_may_come_where_the_create_rule_or_this_reference_brings_it(
    shares: bool, can: bool, pulled: bool, barred: bool, unasked: bool, create: str
) -> None:
    target = system(
        "erp",
        shares=shares,
        can_create=can,
        create=create,
        pulled_by=frozenset({"person"} if pulled else {"order"}),
    )
    story = Story(system("crm"), target)
    there = frozenset({("person:2", "erp.Person")})
    context = story.given(barred=there if barred else frozenset(), unasked=there if unasked else frozenset())
    work = Work(cluster=story.cluster, concept=concept(), context=context)
    allowed = shares and can and not barred
    assert may_come(work, "person:2", "erp.Person") is (
        allowed and (pulled or (create == "always" and not unasked))
    )
    assert may_come(work, "person:3", "erp.Person") is (shares and can and (pulled or create == "always"))
    assert not may_come(work, "person:2", "old.Person")


@settings(max_examples=400)
@given(st.booleans(), st.sampled_from(["", "it rests"]), st.sampled_from(["person:1", None, "none"]))
def test_w7_l9_nothing_is_written_where_it_is_not_shared_or_rests(
    shares: bool, resting: str, seen: str | None
) -> None:
    mapping = system("erp", shares=shares)
    story = Story(mapping)
    link = link_to("person:1", "erp", "1")
    if seen != "none":
        there = Seen(mapping="erp.Person", id="1", raw=[], golden=seen, resting=resting)
        story.cluster.seen["erp.Person", "1"] = there
    why = stands_still(story.work(), link, mapping)
    assert bool(why) is (not shares or bool(resting and seen == "person:1"))
    assert shares or "erp.Person" in why


# a system that was restored (S11)

raws = st.sampled_from(["x", "y", None, MISSING])


@settings(max_examples=400)
@given(
    st.lists(raws, min_size=3, max_size=3),
    st.lists(raws, min_size=3, max_size=3),
    st.sampled_from(["live", "tomb"]),
    st.sampled_from(["alive", "dead", "dying"]),
)
def test_s11_what_a_restored_record_shows_is_written_over_and_remembered(
    shadow: list[Any], shown: list[Any], life: str, golden_life: str
) -> None:
    """What it shows no more may have been taken away: it is written anew as well."""
    story = Story(system("crm", row("phone", writes=False)))
    story.golden.life = golden_life
    stamp = Stamp(5, 0, 0, "crm.Person/1", 0)
    story.golden.stamp = [stamp] * 3
    link = link_to("person:1", "crm", "1", raw=list(shadow), base=[stamp] * 3, same=[stamp] * 3, life=life)
    link.by = "person" if life == "tomb" else ""
    link.restored, link.open = True, Open(kind="update", sent={})
    link.suspects = {0: Suspect(raw="x", time_us=0, base=BOTTOM, sent=Sent("x", BOTTOM))}
    link.rejected = {0: Rejection(stamp=BOTTOM, message="no", at_us=0)}
    seen = Seen(mapping="crm.Person", id="1", raw=list(shown), seq=7, asked_us=9, golden="person:1")
    work = story.work()
    rebase(work, link, seen)
    assert (link.seq, link.read_us, link.restored, link.open) == (7, 9, False, None)
    assert (link.suspects, link.rejected, link.life, link.by) == ({}, {}, "live", "")
    again = life == "tomb" and golden_life == "dead"
    assert story.golden.life == ("dying" if again else golden_life)
    told = [("revived", "")] if life == "tomb" else []
    for column, (was, now) in enumerate(zip(shadow, shown, strict=True)):
        differs = MISSING not in (was, now) and was != now
        gone = now is MISSING and was is not MISSING and column < 2
        assert link.raw[column] is (now if differs else None if gone else was)
        assert (link.base[column], link.same[column]) == (
            (BOTTOM, None) if differs or gone else (stamp, stamp)
        )
        if differs:
            told.append(("loser", ("email", "name", "phone")[column]))
    assert [(event.kind, event.property) for event in work.events] == told


@given(
    st.sampled_from(["x", None, "y"]),
    st.sampled_from(["alive", "dying"]),
    st.none() | st.just(7),
    st.booleans(),
)
def test_s11_m6_where_nobody_had_said_anything_a_restored_record_does(
    shown: str | None, golden_life: str, modified_us: int | None, reads: bool
) -> None:
    """What was typed there since the restore: no null beats it, but in what people deleted."""
    story = Story(system("crm", row("name", reads=reads)))
    story.golden.life = golden_life
    link = link_to("person:1", "crm", "1", raw=[None, "x", None], restored=True)
    seen = Seen(mapping="crm.Person", id="1", raw=[None, shown, None], seq=7, asked_us=9, golden="person:1")
    seen.modified_us = modified_us
    work = story.work()
    rebase(work, link, seen)
    claimed = shown == "y" and golden_life == "alive" and reads
    assert story.golden.value[1] == ("y" if claimed else None)
    assert story.golden.stamp[1].time_us == ((modified_us or 9) if claimed else BOTTOM.time_us)
    assert (link.raw[1], link.base[1]) == (shown, story.golden.stamp[1])
    assert [event.kind for event in work.events] == [] if shown == "x" else ["edit" if claimed else "loser"]


@settings(max_examples=400)
@given(st.sampled_from(["live", "tomb"]))
def test_s11_a_record_that_the_backup_lacks_was_deleted_by_nobody(life: str) -> None:
    story = Story(system("crm"))
    link = link_to("person:1", "crm", "1", life=life, restored=True)
    link.by = "person" if life == "tomb" else ""
    work = story.work()
    remake(work, link, Seen(mapping="crm.Person", id="1", raw=[], seq=4))
    assert (link.seq, link.restored, link.life) == (4, False, "tomb")
    assert link.by == ("person" if life == "tomb" else "hub")
    assert [event.kind for event in work.events] == ([] if life == "tomb" else ["gone"])


# what was refused


@settings(max_examples=400)
@given(
    st.sampled_from(["live", "live", "live", "tomb"]),
    st.lists(st.sampled_from(["x", "x", "y", None, MISSING]), min_size=3, max_size=3),
    st.lists(st.sampled_from(["y", "y", "x", "bad", None]), min_size=3, max_size=3),
    st.sampled_from([{WHOLE}, {0}, {1}, {2}, {WHOLE, 1}, {0, 2}, set()]),
    st.sampled_from([True, True, True, False]),
)
def test_w9_a_record_wants_what_it_was_refused_and_does_not_hold(
    life: str, shown: list[Any], golden: list[Any], refused: set[int], seen: bool
) -> None:
    class Picky:
        def put(self, value: Any, old: Any, refs: Any) -> Any:
            if value == "bad":
                raise ValueError("no")
            return value

    mapping = system("crm", row("name", writes=False), row("email", lens=Picky()))
    story = Story(mapping)
    story.golden.value[:] = golden
    link = link_to("person:1", "crm", "1", life=life)
    link.rejected = {column: Rejection(stamp=BOTTOM, message="no", at_us=0) for column in refused}
    if seen:
        story.cluster.seen["crm.Person", "1"] = Seen(mapping="crm.Person", id="1", raw=list(shown))
    wants = [
        Want("crm.Person", "1", name, golden[column], shown[column])
        for column, name in ((0, "email"), (2, "phone"))
        if refused & {WHOLE, column}
        and not (column == 0 and golden[0] == "bad")
        and golden[column] is not None
        and shown[column] not in (None, MISSING)
        and golden[column] != shown[column]
    ]
    assert list(wants_of(link, story.cluster, mapping)) == (wants if seen and life == "live" else [])


@settings(max_examples=400)
@given(st.booleans(), st.booleans(), st.booleans(), st.sampled_from([WHOLE, 1]), st.booleans())
def test_w9_a_refusal_holds_until_value_record_or_configuration_changes(
    value: bool, record: bool, configuration: bool, column: int, seen: bool
) -> None:
    story = Story(system("crm"))
    stamp, other = Stamp(5, 0, 0, "r", 0), Stamp(6, 0, 0, "r", 0)
    link = link_to("person:1", "crm", "1")
    if seen:
        there = Seen(mapping="crm.Person", id="1", raw=[], version="v1", golden="person:1")
        story.cluster.seen["crm.Person", "1"] = there
    now = "v1" if seen else None
    link.rejected[column] = Rejection(
        stamp=stamp, message="too long", at_us=0,
        version="v0" if record else now, fingerprint="0" if configuration else "1",
    )  # fmt: skip
    work = story.work()
    stands = not (value or record or configuration)
    assert is_refused(work, link, column, other if value else stamp) is stands
    assert (column in link.rejected) is stands
    name = "" if column == WHOLE else "name"
    held = [("failed", "too long", name)] if stands else []
    assert [(h.state, h.reason, h.property) for h in work.holds] == held
    assert not is_refused(work, link, 0, stamp)


# what a person put back (G3)


@settings(max_examples=400)
@given(
    st.sampled_from(["x", "y"]),
    st.sampled_from(["x", "z", MISSING]),
    st.sampled_from(["none", "golden", "pin"]),
    st.booleans(),
    st.sampled_from(["crm", "old"]),
)
def test_g3_a_pin_is_a_question_until_the_values_agree_and_it_stands_there(
    golden: str, raw: Any, on: str, same: bool, name: str
) -> None:
    story = Story(system("crm"))
    now, pinned = Stamp(5, 0, 0, "r", 0), Stamp(4, 0, 0, "person:ann", 0)
    story.golden.value[1], story.golden.stamp[1] = golden, now
    link = link_to("person:1", name, "1")
    link.raw[1], link.pins = raw, {1: Pin("x", pinned)}
    agreed = {"none": Stamp(1, 0, 0, "r", 0), "golden": now, "pin": pinned}[on]
    (link.same if same else link.base)[1] = agreed
    hold_pins(story.work(), link)
    known = name == "crm"
    assert set(story.golden.questions) == ({1} if known and golden != "x" else set())
    done = known and golden == "x" and (raw == "x" or on != "none")
    assert link.pins == ({} if done else {1: Pin("x", pinned)})


# what is referred to


@settings(max_examples=400)
@given(st.sampled_from(["", "7"]), st.booleans(), st.booleans(), st.booleans())
def test_w5_what_is_written_of_a_reference_and_why_it_is_not(
    there: str, barred: bool, unasked: bool, asks: bool
) -> None:
    """The remote id where there is one; else it waits for a record that may come, or is not carried."""
    target = system(
        "erp", type="Company", concept="company", pulled_by=frozenset({"person"} if asks else set())
    )
    boss = row("name", value_type="reference", references="erp.Company")
    story = Story(
        system("crm"),
        system("erp", boss),
        target,
        refs=Refs({("erp.Company", "7"): "company:1"} if there else {}),
    )
    place = frozenset({("company:1", "erp.Company")})
    story.context = {"barred": place if barred else frozenset(), "unasked": place if unasked else frozenset()}
    for name in ("crm", "erp"):
        story.takes(observation(f"{name}.Person", at=10, email="e"))
    story.settles(at=10)
    story.golden.value[1], story.golden.stamp[1] = "company:1", Stamp(10**7, 0, 0, "crm.Person/1", 0)
    link = story.link("crm")
    link.raw[1], link.base[1] = "c", story.golden.stamp[1]
    story.link("erp").raw[1] = None
    story.cluster.seen["erp.Person", "1"].raw[1] = None
    story.settles(at=11)
    comes = not barred and (asks or not unasked)
    if there:
        assert story.dues() == {"erp": {"name": "7"}}
    else:
        assert story.dues() == {}
        hold = story.hold("pending" if comes else "excluded")
        assert (hold.mapping, hold.property) == ("erp.Person", "name")
        assert hold.waits_for == (("company:1", "erp.Company") if comes else None)
        assert hold.pulls is (comes and unasked)


@given(st.integers(0, 60), st.integers(0, 60), st.booleans(), st.booleans())
def test_w12_first_values_rest_since_their_record_was_first_seen(
    settle_s: int, linked: int, initial: bool, ours: bool
) -> None:
    """Not those of what was there before the hub first looked, nor of what it made itself."""
    it = Story(system("crm", settle_s=float(settle_s)), system("erp"))
    it.takes(observation("crm.Person", at=10, name="A"))
    row = it.cluster.seen["crm.Person", "1"]
    row.initial, row.made = initial, ours
    it.settles(at=10 + linked)
    rests = not initial and not ours and linked < settle_s
    assert bool(it.dues()) is not rests
    assert it.golden.still_us == (us(10 + settle_s) if rests else 0)
    it.settles(at=10 + max(linked, settle_s))
    assert "+erp" in it.dues()
