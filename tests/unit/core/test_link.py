"""Which unlinked records are one thing (L1-L5, L8, L10, W13)."""

import pytest
from msgspec.structs import replace

from accord.core.link import golden_id, link_groups, new_golden, new_link, review_id
from accord.core.model import Property
from accord.core.stamps import BOTTOM
from accord.core.state import IN_FLIGHT, LEFT_OUT, TO_BE_READ, Group, Member
from accord.core.values import MISSING
from tests.unit.core.building import EMAIL_RULE, concept, system

REVIEW = review_id("person", "email", "a@x")


def unlinked(system_name, remote_id="1", *, held="", vetoes=()):
    return Member(f"{system_name}.Person", remote_id, None, held, vetoes)


def linked(golden, system_name, remote_id="1", *, vetoes=()):
    return Member(f"{system_name}.Person", remote_id, golden, "", vetoes)


STRONGER = {"another review": True, "a weaker one": False}


def decide(*members, occupied=None, **rule):
    group = Group(rule="email", key="a@x", members=list(members))
    return link_groups([group], replace(EMAIL_RULE, **rule), concept(), occupied or {}, 7, STRONGER)


def decide_sets(*groups, **rule):
    """Where an e-mail address is one of a set, so that a record bears several keys."""
    of = concept(properties=[Property(name="email", type="set(string)")])
    some = [Group(rule="email", key=f"{n}@x", members=list(members)) for n, members in enumerate(groups)]
    return link_groups(some, replace(EMAIL_RULE, **rule), of, {}, 7)


def joined(linking):
    return [(j.golden, [m.mapping.partition(".")[0] for m in j.members]) for j in linking.joins]


def test_l3_one_record_of_each_system_with_one_key_are_linked():
    linking = decide(unlinked("crm"), unlinked("erp"))
    assert joined(linking) == [(None, ["crm", "erp"])]
    assert (linking.reviews, linking.hold) == ([], [])


def test_l3_a_newcomer_is_linked_to_the_golden_record_of_its_key():
    linking = decide(linked("g", "crm"), unlinked("erp"), occupied={"g": {"crm.Person": False}})
    assert joined(linking) == [("g", ["erp"])]
    assert linking.touched == {"g"}


def test_l3_a_record_alone_is_left_to_get_a_golden_record_of_its_own():
    linking = decide(unlinked("crm"))
    assert (linking.joins, linking.reviews, linking.closed) == ([], [], [REVIEW])


def test_l3_two_of_one_entity_type_wait_in_review_as_a_whole():
    linking = decide(unlinked("crm", "1"), unlinked("crm", "2"), unlinked("erp"))
    assert linking.joins == []
    assert [(r.id, r.kind, r.at_us) for r in linking.reviews] == [(REVIEW, "cluster", 7)]
    assert linking.reviews[0].members == ["crm.Person/1", "crm.Person/2", "erp.Person/1"]
    assert sorted((m.mapping, m.id, why) for m, why in linking.hold) == [
        ("crm.Person", "1", REVIEW),
        ("crm.Person", "2", REVIEW),
        ("erp.Person", "1", REVIEW),
    ]


def test_l3_a_review_is_kept_while_its_reason_stands_and_holds_nobody_twice():
    linking = decide(unlinked("crm", "1", held=REVIEW), unlinked("crm", "2"))
    assert [m.id for m, _ in linking.hold] == ["2"]


def test_l3_a_review_closes_itself_when_its_reason_is_gone_and_who_was_held_is_read_again():
    linking = decide(unlinked("crm", held=REVIEW), unlinked("erp", held=REVIEW))
    assert linking.closed == [REVIEW]
    assert [m.mapping for m in linking.release] == ["crm.Person", "erp.Person"]
    assert linking.joins == []


def test_l4_a_record_held_by_a_stronger_rule_takes_no_part_in_a_weaker_one():
    linking = decide(unlinked("crm", held="another review"), unlinked("erp"))
    assert (linking.joins, linking.reviews) == ([], [])


def test_l4_a_record_held_by_a_weaker_rule_takes_part_in_a_stronger_one():
    """It is read again first, as all who were held, and the weaker review is looked at without it."""
    linking = decide(unlinked("crm", held="a weaker one"), unlinked("erp"))
    assert ([m.mapping for m in linking.release], linking.left) == (
        ["crm.Person", "erp.Person"],
        {"a weaker one"},
    )
    moved = decide(unlinked("crm", "1", held="a weaker one"), unlinked("crm", "2"))
    assert ([m.id for m, _ in moved.hold], moved.left) == (["1", "2"], {"a weaker one"})
    alone = decide(unlinked("crm", held="a weaker one"))
    assert (alone.release, alone.hold, alone.left) == ([], [], set())


def test_l3_who_is_held_by_a_review_that_is_closed_is_looked_at_again():
    linking = decide(unlinked("crm", held="a review that was"), unlinked("erp"))
    assert len(linking.release) == 2


@pytest.mark.parametrize("held", [IN_FLIGHT, TO_BE_READ, LEFT_OUT])
def test_l3_s2_who_waits_and_who_is_left_out_is_not_linked(held):
    linking = decide(unlinked("crm", held=held), unlinked("erp"))
    assert (linking.joins, linking.reviews, linking.hold) == ([], [], [])
    assert [m.mapping for m in linking.release] == (["erp.Person"] if held == TO_BE_READ else [])


def test_l3_records_that_share_any_key_of_a_set_are_decided_upon_as_a_whole():
    a, b, c = unlinked("crm"), unlinked("erp"), unlinked("shop")
    assert joined(decide_sets([a, b], [a, c], [unlinked("crm", "9")])) == [(None, ["crm", "erp", "shop"])]
    linking = decide_sets([a, b], [a, unlinked("erp", "2")])
    assert ([r.members for r in linking.reviews], linking.joins) == (
        [["crm.Person/1", "erp.Person/1", "erp.Person/2"]],
        [],
    )
    assert linking.closed == [review_id("person", "email", "1@x")]


def test_l2_a_key_that_identifies_nothing_joins_no_groups():
    many = [unlinked("crm", str(n)) for n in range(3)]
    linking = decide_sets([many[0], unlinked("erp")], many, max_share=2)
    assert joined(linking) == [(None, ["crm", "erp"])]


def test_l4_what_a_stronger_rule_joined_a_weaker_one_does_not_join_to_a_second_golden_record():
    linking = decide(linked("g", "crm"), linked("h", "erp"), unlinked("shop"))
    assert [(r.kind, r.goldens) for r in linking.reviews] == [("cluster", ["g", "h"])]
    assert linking.joins == []


def test_l8_golden_records_that_come_to_bear_one_key_are_proposed_to_be_merged_and_nothing_is_held():
    linking = decide(linked("g", "crm"), linked("h", "erp"))
    assert [(r.kind, r.goldens) for r in linking.reviews] == [("merge", ["g", "h"])]
    assert linking.hold == []
    assert decide(linked("g", "crm"), linked("g", "erp")).closed == [REVIEW]


def test_l1_a_second_record_of_an_entity_type_is_not_linked_to_a_golden_record():
    linking = decide(
        linked("g", "crm"), unlinked("erp"), occupied={"g": {"crm.Person": False, "erp.Person": False}}
    )
    assert [r.kind for r in linking.reviews] == ["cluster"]
    assert [why for _, why in linking.hold] == [REVIEW]


def test_w13_a_newcomer_where_a_create_for_its_golden_record_is_in_flight_is_held():
    linking = decide(
        linked("g", "crm"), unlinked("erp"), occupied={"g": {"crm.Person": False, "erp.Person": True}}
    )
    assert [(m.mapping, why) for m, why in linking.hold] == [("erp.Person", IN_FLIGHT)]
    assert (linking.joins, linking.reviews) == ([], [])


@pytest.mark.parametrize("held", [0, 3])
def test_l2_a_key_borne_by_more_than_max_share_records_of_a_type_identifies_nothing(held):
    members = [unlinked("crm", str(i), held="another review" if i < held else "") for i in range(6)]
    linking = decide(*members, unlinked("erp"), max_share=5)
    assert (linking.joins, linking.reviews) == ([], [])
    assert linking.common == 7
    assert linking.closed == [REVIEW]
    assert decide(*members[:5], max_share=5).common == 0


def test_l10_a_veto_property_that_differs_makes_the_match_a_review():
    veto = {"vetoes": ((1, str),)}
    linking = decide(unlinked("crm", vetoes=("1970",)), unlinked("erp", vetoes=("1980",)), **veto)
    assert [r.kind for r in linking.reviews] == ["veto"]
    assert len(linking.hold) == 2
    same = decide(unlinked("crm", vetoes=("1970",)), unlinked("erp", vetoes=("1970",)), **veto)
    one_side = decide(unlinked("crm", vetoes=("1970",)), unlinked("erp", vetoes=(None,)), **veto)
    assert joined(same) == joined(one_side) == [(None, ["crm", "erp"])]


def test_l10_a_veto_holds_against_a_linked_record_too():
    linking = decide(
        linked("g", "crm", vetoes=("1970",)),
        unlinked("erp", vetoes=("1980",)),
        vetoes=((1, str),),
        occupied={"g": {"crm.Person": False}},
    )
    assert [r.kind for r in linking.reviews] == ["veto"]


def test_l7_a_near_match_only_proposes_and_holds_nobody():
    linking = decide(unlinked("crm"), unlinked("erp"), propose=True)
    assert [r.kind for r in linking.reviews] == ["propose"]
    assert (linking.joins, linking.hold) == ([], [])
    several = decide(unlinked("crm", "1"), unlinked("crm", "2"), propose=True)
    assert ([r.kind for r in several.reviews], several.hold) == (["propose"], [])


def test_a_group_that_lost_all_its_members_closes_its_review():
    assert decide().closed == [REVIEW]


def test_l3_the_id_of_a_golden_record_does_not_depend_on_the_order_of_its_members():
    assert golden_id("person", ["crm/1", "erp/1"]) == golden_id("person", ["erp/1", "crm/1"])
    assert golden_id("person", ["crm/1"]) != golden_id("project", ["crm/1"])


def test_p2_the_id_of_a_review_does_not_tell_its_key():
    assert "a@x" not in REVIEW
    assert len({REVIEW, review_id("person", "email", "b@x"), review_id("person", "phone", "a@x")}) == 3


def test_m6_a_new_golden_record_and_a_new_link_have_no_base():
    link = new_link("g", system("crm"), None, life="creating")
    assert (link.raw, link.base, link.same) == ([MISSING] * 3, [BOTTOM] * 3, [None] * 3)
    assert new_golden("g", concept()).stamp == [BOTTOM] * 3
