"""Merge and split of golden records, on rows (L6, L8, W5)."""

import pytest
from msgspec.structs import replace

from accord.core.decisions import ALIKE, BUSY, REFUSED, Party, unite
from accord.core.join_and_part import (
    aim_elsewhere,
    merge_clusters,
    move_values,
    restorable,
    restore,
    split_cluster,
)
from accord.core.link import link_groups, new_golden, new_link, review_id
from accord.core.model import Property, PropertyMapping, Similar
from accord.core.sets import elements_of
from accord.core.stamps import BOTTOM, Stamp
from accord.core.state import (
    TO_BE_READ,
    WHOLE,
    Claim,
    Cluster,
    Decision,
    Element,
    Event,
    Group,
    Member,
    Open,
    Pin,
    Rejection,
    Sent,
    Suspect,
)
from accord.core.values import MISSING
from tests.unit.core.building import EMAIL_RULE, Refs, Story, concept, row, system

DIFFERENT = Decision("person", "crm.Person/1", "erp.Person/1", "different", 0)


def story(*names: str, **values: str) -> Story:
    """A golden record with a record in each system, in step."""
    it = Story(system("crm"), system("erp"), system("shop"))
    for at, name in enumerate(names):
        it.sees(name, at=10 + at, **values)
    return it


def party(key: str, golden: str | None = None, **more: object) -> Party:
    return Party(key=key, mapping=key.partition("/")[0], golden=golden, **more)


# unite


def test_l6_who_is_free_joins_the_oldest_golden_record() -> None:
    one, two = story("crm", name="Ada"), story("erp", name="Ada")
    two.cluster.golden.id = "person:0"
    for seen in one.cluster.seen.values():
        seen.first_us = 5
    for seen in two.cluster.seen.values():
        seen.first_us = 9
    clusters = {"person:1": one.cluster, "person:0": two.cluster}
    parties = [
        party("crm.Person/1", "person:1"),
        party("erp.Person/1", "person:0"),
        party("shop.Person/1"),
        party("shop.Person/2", gone=True),
        party("shop.Person/3", held=TO_BE_READ),
    ]
    found = unite(parties, clusters, concept(), [])
    assert (found.golden, found.losers, found.join, found.blocked) == (
        "person:1",
        ["person:0"],
        ["shop.Person/1"],
        "",
    )


def test_l6_nothing_is_united_with_what_is_not_there() -> None:
    found = unite([party("crm.Person/1"), party("erp.Person/1", gone=True)], {}, concept(), [])
    assert (found.golden, found.join, found.losers) == (None, [], [])
    assert unite([party("erp.Person/1", gone=True)], {}, concept(), []).golden is None


def test_l3_who_was_held_is_read_again_first() -> None:
    found = unite([party("crm.Person/1", held="r"), party("erp.Person/1")], {}, concept(), [])
    assert (found.release, found.join) == (["crm.Person/1", "erp.Person/1"], [])


@pytest.mark.parametrize(
    ("parties", "said", "reason"),
    [
        ([party("crm.Person/1"), party("crm.Person/2")], [], ALIKE),
        ([party("crm.Person/1"), party("erp.Person/1")], [DIFFERENT], REFUSED),
        ([party("crm.Person/1"), party("erp.Person/1")], [], ""),
    ],
)
def test_l6_what_stands_in_the_way(parties: list[Party], said: list[Decision], reason: str) -> None:
    assert unite(parties, {}, concept(), said).blocked == reason


def test_l3_duplicates_may_be_united_where_the_concept_says_so() -> None:
    parties = [party("crm.Person/1"), party("crm.Person/2")]
    assert unite(parties, {}, concept(duplicates="link"), []).blocked == ""


def test_w4_a_write_under_way_is_waited_for() -> None:
    """In any of two golden records; in one only where the newcomer may be what it makes."""
    one, two = story("crm", name="Ada"), story("erp", name="Ada")
    two.cluster.golden.id = "person:2"
    clusters = {"person:1": one.cluster, "person:2": two.cluster}
    both = [party("crm.Person/1", "person:1"), party("erp.Person/1", "person:2")]
    assert unite(both, clusters, concept(), []).blocked == ""
    link = one.link("crm")
    link.suspects[0] = Suspect(raw="x", time_us=0, base=BOTTOM, sent=Sent("x", BOTTOM))
    assert unite(both, clusters, concept(), []).blocked == BUSY
    for column, waits in ((0, False), (1, True), (WHOLE, False)):  # who would tell is refused (W9)
        link.rejected = {column: Rejection(stamp=BOTTOM, message="no", at_us=0)}
        assert (unite(both, clusters, concept(), []).blocked == BUSY) == waits
    link.suspects, link.rejected = {}, {}
    link.open = Open(kind="update", sent={})
    assert unite(both, clusters, concept(), []).blocked == BUSY
    link.life = "tomb"  # it will never be confirmed
    assert unite(both, clusters, concept(), []).blocked == ""
    link.life = "live"
    newcomer = [party("crm.Person/1", "person:1"), party("shop.Person/1")]
    assert unite(newcomer, clusters, concept(), []).blocked == ""


# merge and split


def test_l6_a_merge_moves_links_without_a_base_and_leaves_stubs() -> None:
    """The value that loses is in the history; no incarnation is used twice."""
    winner, loser = story("crm", name="Ada", phone="1"), story("erp", name="Eva")
    loser.cluster.golden.id = loser.link("erp").golden = "person:2"
    loser.cluster.seen["erp.Person", "1"].golden = "person:2"
    link = loser.link("erp")
    link.sent_us, link.doomed = 7, True
    winner.cluster.golden.life = "dead"
    events = merge_clusters(winner.cluster, [loser.cluster], winner.model)
    moved = winner.link("erp")
    assert (moved.golden, moved.id, moved.raw, moved.sent_us, moved.doomed) == (
        "person:1",
        "1",
        [MISSING] * 3,
        7,
        True,
    )
    assert winner.cluster.seen["erp.Person", "1"].golden == "person:1"
    assert (link.id, link.life, link.by, loser.golden.life, loser.golden.merged_into) == (
        None,
        "tomb",
        "hub",
        "merged",
        "person:1",
    )
    assert (loser.golden.value, winner.golden.life) == ([None] * 3, "alive")
    assert [(e.kind, e.golden, e.value) for e in events] == [
        ("loser", "person:1", "Eva"),
        ("merged", "person:1", None),
        ("merged", "person:2", None),
    ]
    loser.settles(at=20)
    assert (loser.golden.life, loser.settled.dues) == ("merged", [])


def test_l6_a_merge_leaves_out_what_has_no_record_and_rests() -> None:
    """A create that was never sent is made by the one that stays; a mapping that left keeps its columns (K4)."""
    winner, loser = story("crm", name="Ada"), story("erp", name="Ada")
    loser.cluster.golden.life = "dead"
    loser.link("erp").mapping = "gone.Person"
    creating = story("shop", name="Ada").link("shop")
    creating.id, creating.life = None, "creating"
    loser.cluster.links.append(creating)
    merge_clusters(winner.cluster, [loser.cluster], winner.model)
    assert [(k.mapping, k.id, len(k.raw)) for k in winner.cluster.links if k.life == "live"] == [
        ("crm.Person", "1", 3),
        ("gone.Person", "1", 3),
    ]
    assert creating.life == "tomb"


def test_l8_a_split_takes_what_only_those_who_leave_held() -> None:
    """Also out of what competes, where another claim wins then; what a record that stays holds stays."""
    it = story("crm", "erp", name="Ada")
    it.sees("erp", at=20, name="Eva", phone="7")
    it.golden.rivals = {
        1: [
            Claim(it.golden.stamp[1], BOTTOM, "Eva"),
            Claim(BOTTOM._replace(record="crm.Person/1"), BOTTOM, "Ada"),
        ],
        0: [Claim(BOTTOM._replace(record=f"crm.Person/{n}"), BOTTOM, n) for n in (1, 2)],
    }
    into = Cluster(golden=new_golden("person:2", it.model.concepts["person"]), links=[])
    events = split_cluster(it.cluster, ["erp.Person/1"], into, it.model)
    assert (it.golden.value[1:], list(it.golden.rivals)) == (["Ada", None], [0])
    assert (into.golden.life, [k.id for k in into.links]) == ("alive", ["1"])
    assert {event.kind for event in events} == {"unlinked", "linked"}
    it.settles(at=30)
    assert it.golden.value[1:] == ["Ada", None]


def test_w8_a_record_that_had_come_back_is_looked_at_after_a_split() -> None:
    it = story("crm", "erp", name="Ada")
    it.link("crm").life = "tomb"
    into = Cluster(golden=new_golden("person:2", it.model.concepts["person"]), links=[])
    split_cluster(it.cluster, ["erp.Person/1"], into, it.model)
    assert (it.link("crm").seq, it.cluster.seen["crm.Person", "1"].gone) == (0, "")


def test_w8_l6_a_delete_counts_for_the_part_that_it_was_made_in() -> None:
    """What a person said is another thing is not deleted with it, whichever of the two leaves."""
    for leaving, lives in (("crm.Person/1", ("alive", "dying")), ("erp.Person/1", ("dying", "alive"))):
        it = story("crm", "erp", name="Ada")
        it.golden.life, it.link("crm").life, it.link("crm").by = "dying", "tomb", "person"
        into = Cluster(golden=new_golden("person:2", it.model.concepts["person"]), links=[])
        split_cluster(it.cluster, [leaving], into, it.model)
        assert (it.golden.life, into.golden.life) == lives


def test_l8_what_was_written_over_is_known_from_the_history() -> None:
    """Unless its own side wrote it, somebody typed there since, or the value does not stand any more."""
    crm, erp = "crm.Person/1", "erp.Person/1"
    ours, theirs = BOTTOM._replace(record=crm), BOTTOM._replace(record=erp)

    def updated(name: str, stamp: Stamp | None, before: str, kind: str = "updated") -> Event:
        return Event(kind=kind, golden="g", record=crm, property=name, stamp=stamp, before=before)

    cluster = Cluster(golden=new_golden("g", concept()), links=[])
    cluster.golden.value, cluster.golden.stamp = ["new", "new", "new"], [theirs, ours, theirs]
    history = [
        Event(kind="updated", golden="g", record="other.Person/1", property="name"),
        updated("no such", theirs, "x"),
        updated("email", theirs, "mine"),
        updated("email", theirs, "theirs"),
        updated("name", theirs, "mine"),
        updated("phone", theirs, "mine"),
        updated("phone", ours, "mine"),
        updated("phone", None, "mine"),
        updated("phone", ours, "mine", kind="gone"),
    ]
    sides = [[crm], [erp]]
    assert restorable(cluster, sides, history, concept()) == {(crm, 0): "mine"}
    history.append(updated("email", None, "", kind="edit"))
    assert restorable(cluster, sides, history, concept()) == {}


def test_l8_what_is_restored_beats_what_the_record_shows_now() -> None:
    """Also where that was null, and in a set."""
    it = story("crm", name="Ada", phone="1")
    into = Cluster(golden=new_golden("person:2", it.model.concepts["person"]), links=[])
    split_cluster(it.cluster, ["crm.Person/1"], into, it.model)
    restore(into, {("crm.Person/1", 1): "Eva", ("crm.Person/1", 2): None}, 10**9, "ann", it.model)
    assert into.golden.value == [None, "Eva", None]
    assert into.golden.stamp[1].record == "person:ann"
    assert into.links[0].raw == [MISSING, "Ada", "1"]
    properties = [Property(name="tags", type="set(string)"), Property(name="name", type="string")]
    of = concept(properties=properties, rules=())
    tags = Story(
        system("crm", row("tags", property=0, value_type="set(string)"), properties=("tags",)), of=of
    )
    tags.sees("crm", at=10, tags=["a", "b"])
    restore(tags.cluster, {("crm.Person/1", 0): ["a"]}, 10**9, "ann", tags.model)
    assert tags.golden.value[0] == ["a"]


# references


def test_w5_references_to_a_merged_golden_record_are_renamed_and_keep_their_stamps() -> None:
    properties = (
        Property(name="one", type="reference", reference="org"),
        Property(name="many", type="set(reference)", reference="org"),
        Property(name="name", type="string"),
    )
    of = concept(properties=properties, rules=())
    golden = new_golden("person:1", of)
    golden.value = ["old", ["new", "old", "other"], "old"]
    golden.rivals = {0: [Claim(BOTTOM, BOTTOM, "old")]}
    kind = of.by_element.get(1)
    if kind is not None:
        golden.elements = {1: elements_of(golden, 1, kind)}
    link = new_link(golden.id, system("crm"), "1")
    link.pins[0] = Pin("old", BOTTOM)
    move_values(Cluster(golden=golden, links=[link]), of, "old", "new")
    assert link.pins == {0: Pin("new", BOTTOM)}
    assert golden.value == ["new", ["new", "other"], "old"]
    assert golden.rivals == {0: [Claim(BOTTOM, BOTTOM, "new")]}
    assert all(element.value != "old" for element in golden.elements.get(1, []))
    assert isinstance(Element("k", "v", True, BOTTOM), tuple)


def _referring(*more: PropertyMapping) -> Story:
    """A golden record of both systems that refers to org:1."""
    properties = (
        Property(name="email", type="reference", reference="org"),
        Property(name="name", type="string"),
    )
    rows = {name: row("email", references=f"{name}.Org", value_type="reference") for name in ("crm", "erp")}
    return Story(
        *(system(name, each, *more, properties=("email", "name")) for name, each in rows.items()),
        of=concept(properties=properties, rules=()),
        refs=Refs({("crm.Org", "1"): "org:1", ("erp.Org", "1"): "org:1"}),
    )


def test_w5_references_to_a_split_golden_record_follow_the_record_that_was_meant() -> None:
    it = _referring()
    it.sees("crm", at=10, email="1", name="Ada")
    it.sees("erp", at=11, email="1", name="Ada")
    assert it.golden.value[0] == "org:1"
    stamp = it.golden.stamp[0]
    origin, other = ("crm", "erp") if stamp.record.startswith("crm") else ("erp", "crm")
    assert not aim_elsewhere(it.cluster, "org:1", {(f"{origin}.Org", "9"): "org:2"}, it.model)
    assert aim_elsewhere(it.cluster, "org:1", {(f"{other}.Org", "1"): "org:2"}, it.model)
    assert (it.golden.value[0], it.link(other).base[0]) == ("org:1", BOTTOM)
    assert aim_elsewhere(it.cluster, "org:1", {(f"{origin}.Org", "1"): "org:2"}, it.model)
    assert it.golden.value[0] == "org:2"
    assert it.golden.stamp[0] == it.link(origin).base[0] > stamp


def test_w5_a_reference_that_is_being_written_follows_a_split() -> None:
    """Once the write is confirmed it stands for what is meant no more, and is due again."""
    it = _referring(row("name", property=1))
    it.sees("crm", at=10, email="1", name="Ada")
    it.sees("erp", at=11, name="Ada")
    stamp = it.golden.stamp[0]
    link = it.link("erp")
    link.open = Open(kind="update", sent={0: Sent("1", stamp), 1: Sent("Ada", stamp)})
    assert not aim_elsewhere(it.cluster, "org:1", {("erp.Org", "9"): "org:2"}, it.model)
    assert aim_elsewhere(it.cluster, "org:1", {("erp.Org", "1"): "org:2"}, it.model)
    assert link.open.sent == {0: Sent("1", BOTTOM), 1: Sent("Ada", stamp)}


def test_w5_w8_a_record_that_is_gone_refers_to_what_is_meant_once_it_is_back() -> None:
    it = _referring(row("name", property=1))
    it.sees("crm", at=10, email="1", name="Ada")
    it.sees("erp", at=11, email="1", name="Ada")
    gone = it.link("crm" if it.golden.stamp[0].record.startswith("erp") else "erp")
    gone.life, gone.by = "tomb", "person"
    assert aim_elsewhere(
        it.cluster, "org:1", {(gone.mapping.replace("Person", "Org"), "1"): "org:2"}, it.model
    )
    assert (it.golden.value[0], gone.base[0], gone.life) == ("org:1", BOTTOM, "tomb")


# refusals in groups


def group(*members: Member) -> list[Group]:
    return [Group(rule="email", key="k", members=list(members))]


REVIEW = review_id("person", "email", "k")


def test_l6_who_is_refused_with_everybody_has_no_part() -> None:
    """And is let go, if this review held it; the others are decided upon without it."""
    a, b = Member("crm.Person", "1", None, ""), Member("erp.Person", "1", None, "")
    c = Member("crm.Person", "2", None, REVIEW)
    keys = {m: f"{m.mapping}/{m.id}" for m in (a, b, c)}
    refused = {keys[c]: {keys[a], keys[b]}, keys[a]: {keys[c]}, keys[b]: {keys[c]}}
    linking = link_groups(group(a, b, c), EMAIL_RULE, concept(), {}, 0, refused=refused)
    assert [set(join.members) for join in linking.joins] == [{a, b}]
    assert c in linking.release


def test_l6_golden_records_that_were_refused_are_not_proposed() -> None:
    a, b = Member("crm.Person", "1", "g", ""), Member("crm.Person", "2", "h", "")
    refused = {"g": {"h"}, "h": {"g"}}
    assert not link_groups(group(a, b), EMAIL_RULE, concept(), {}, 0, refused=refused).reviews
    assert link_groups(group(a, b), EMAIL_RULE, concept(), {}, 0).reviews


def test_l6_a_group_in_which_two_are_refused_is_not_linked() -> None:
    a, b, c = (Member(f"{name}.Person", "1", None, "") for name in ("crm", "erp", "shop"))
    refused = {"crm.Person/1": {"erp.Person/1"}, "erp.Person/1": {"crm.Person/1"}}
    linking = link_groups(group(a, b, c), EMAIL_RULE, concept(), {}, 0, refused=refused)
    assert not linking.joins
    assert [review.kind for review in linking.reviews] == ["cluster"]


# duplicates


def test_l3_a_duplicate_that_is_cleared_away_deletes_nothing_else() -> None:
    """And one that comes back is linked beside the other one."""
    it = Story(system("crm"), system("erp"), of=concept(duplicates="link", delete="propagate"))
    it.sees("crm", "1", at=10, name="Ada")
    it.sees("crm", "2", at=11, name="Ada")
    it.sees("erp", "1", at=12, name="Ada")
    it.sees("crm", "1", at=20, gone="deleted", proven=True)
    assert it.golden.life == "alive"
    it.sees("crm", "1", at=30, how="fetch", name="Ada")
    assert sorted(k.life for k in it.cluster.links) == ["live"] * 3


def test_s10_a_record_that_is_another_one_now_is_not_taken_along() -> None:
    """Its row says so; the link of the old one moves as it is."""
    winner, loser = story("crm", name="Ada"), story("erp", name="Ada")
    loser.cluster.golden.id = "person:2"
    loser.cluster.seen["erp.Person", "1"].golden = None
    merge_clusters(winner.cluster, [loser.cluster], winner.model)
    assert winner.cluster.seen["erp.Person", "1"].golden is None


# likeness


def test_l7_of_one_key_only_those_who_are_alike_are_a_group() -> None:
    """They are proposed; above the threshold of the concept they are linked; too many of one key are nothing."""
    names = {"crm": "anna berg", "erp": "anna bergh", "shop": "cecilie dahl"}
    members = [Member(f"{name}.Person", "1", None, "", (), (text,)) for name, text in names.items()]
    for link, joins in ((None, 0), (0.95, 1)):
        rule = replace(EMAIL_RULE, similar=Similar(parts=(), propose=0.9, link=link))
        linking = link_groups(group(*members), rule, concept(rules=(rule,)), {}, 0)
        assert len(linking.joins) == joins
        assert [len(review.members) for review in linking.reviews] == [2] * (1 - joins)
    crowd = [Member("crm.Person", str(at), None, "", (), ("anna berg",)) for at in range(9)]
    linking = link_groups(group(*crowd), rule, concept(rules=(rule,)), {}, 0)
    assert (linking.common, linking.reviews) == (9, [])
