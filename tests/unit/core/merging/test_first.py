"""Values without a base: the first link (M6)."""

import pytest

from accord.core.model import Survivorship
from accord.core.work import SECOND_US, Gate
from tests.unit.core.building import Story, concept, observation, row, system

ASKS = concept()
PRIORITISED = concept(prioritised=True)
LATEST = concept(first_link="latest")


def story(of, **declared):
    return Story(system("crm", priority=2, **declared), system("erp", priority=1), of=of)


def meet(it, crm, erp, *, crm_at=10, erp_at=20):
    """Two records are linked together: both are seen before anything is settled."""
    it.takes(observation("crm.Person", at=30, modified=crm_at, version="v", **crm))
    it.takes(observation("erp.Person", at=30, modified=erp_at, version="v", **erp))
    it.settles(at=30)
    return it


@pytest.mark.parametrize("of", [ASKS, PRIORITISED, LATEST], ids=["asks", "prioritised", "latest"])
def test_m6_a_null_never_beats_a_value(of):
    it = meet(story(of), {"name": None, "phone": "1"}, {"name": "Ada", "phone": None})
    assert it.values() == {"name": "Ada", "phone": "1"}
    assert it.dues() == {"crm": {"name": "Ada"}, "erp": {"phone": "1"}}
    assert it.told("loser") == []


@pytest.mark.parametrize("of", [ASKS, PRIORITISED, LATEST], ids=["asks", "prioritised", "latest"])
def test_m6_who_agrees_is_written_nothing(of):
    it = meet(story(of), {"name": "Ada"}, {"name": "Ada"})
    assert (it.values(), it.dues(), it.holds()) == ({"name": "Ada"}, {}, set())
    assert it.link("crm").base == it.link("erp").base


def test_m6_keep_what_an_existing_golden_record_has_stays_whatever_the_priority():
    it = story(PRIORITISED)
    it.sees("erp", at=10, name="Ada")
    it.sees("crm", at=20, name="Bo", phone="1")
    assert it.values() == {"name": "Ada", "phone": "1"}
    assert it.dues() == {"crm": {"name": "Ada"}, "erp": {"phone": "1"}}
    assert it.told("loser") == ["Bo"]
    assert it.due("crm").overwrites == ["name"]
    assert it.due("crm").first


def test_m6_keep_between_newcomers_the_priority_of_systems_decides():
    it = meet(story(PRIORITISED), {"name": "Ada"}, {"name": "Bo"})
    assert (it.values(), it.dues()) == ({"name": "Ada"}, {"erp": {"name": "Ada"}})
    assert it.told("loser") == ["Bo"]


def test_m6_keep_between_newcomers_of_one_priority_that_agree_their_value_stands():
    it = Story(
        system("crm", priority=2),
        system("erp", priority=2),
        system("shop", priority=1),
        of=concept(prioritised=True),
    )
    for name, value in (("crm", "Ada"), ("erp", "Ada"), ("shop", "Bo")):
        it.takes(observation(f"{name}.Person", at=10, name=value))
    it.settles()
    assert it.dues() == {"shop": {"name": "Ada"}}


def test_m6_keep_between_newcomers_of_one_priority_that_differ_a_person_decides():
    it = Story(system("crm", priority=2), system("erp", priority=2), of=PRIORITISED)
    meet(it, {"name": "Ada"}, {"name": "Bo"})
    assert it.golden.questions.keys() == {1}


def test_m6_where_no_priority_is_set_and_values_differ_names_never_decide():
    it = meet(story(ASKS), {"name": "Ada", "phone": "1"}, {"name": "Bo", "phone": "1"})
    assert it.values() == {"phone": "1"}
    assert it.golden.questions == {1: "linked records differ, and nothing says whose value stays"}
    assert it.dues() == {}
    assert it.settles().events == []


def test_m6_ask_no_priority_decides_a_first_link_nor_what_is_there():
    it = Story(
        system("crm", priority=2), system("erp", priority=1), of=concept(prioritised=True, first_link="ask")
    )
    meet(it, {"name": "Ada", "phone": "1"}, {"name": "Bo", "phone": None})
    assert (it.values(), it.golden.questions.keys(), it.dues()) == (
        {"phone": "1"},
        {1},
        {"erp": {"phone": "1"}},
    )
    it.sees("erp", at=30, name="Ada", phone=None)
    assert (it.value("name"), it.golden.questions) == ("Ada", {})


def test_m6_ask_a_value_that_meets_another_one_is_asked_about():
    it = Story(system("crm", properties=("name",)), system("erp"), of=concept(first_link="ask"))
    it.takes(observation("crm.Person", at=10, name="Ada"))
    it.settles(at=10)
    it.sees("erp", at=20, name="Bo")
    assert (it.value("name"), it.golden.questions.keys(), it.shadow("erp", "name")) == ("Ada", {1}, "?")
    assert ("erp", "name", "conflict") in it.holds()
    it.sees("erp", at=30, name="Ada")
    assert (it.golden.questions, it.shadow("erp", "name"), it.holds()) == ({}, "Ada", set())


def test_m6_a_question_holds_just_its_property():
    it = meet(story(ASKS), {"name": "Ada", "phone": "1"}, {"name": "Bo", "phone": None})
    assert it.dues() == {"erp": {"phone": "1"}}


def test_m6_a_question_closes_itself_when_its_reason_is_gone():
    it = meet(story(ASKS), {"name": "Ada"}, {"name": "Bo"})
    it.sees("erp", at=40, name="Ada")
    assert (it.golden.questions, it.values(), it.dues()) == ({}, {"name": "Ada"}, {})


def test_m6_a_question_closes_itself_when_one_of_the_records_is_gone():
    it = meet(story(ASKS), {"name": "Ada"}, {"name": "Bo"})
    it.sees("erp", at=40, gone="deleted", proven=True)
    assert it.golden.questions == {}
    assert it.value("name") == "Ada"


def test_m6_latest_the_newer_value_wins_between_newcomers():
    it = meet(story(LATEST), {"name": "Ada"}, {"name": "Bo"})
    assert (it.values(), it.dues()) == ({"name": "Bo"}, {"crm": {"name": "Bo"}})
    assert it.told("loser") == ["Ada"]


def test_m6_latest_a_newcomer_competes_with_what_is_there():
    for at, winner in ((5, "Ada"), (15, "Bo")):
        it = story(LATEST)
        it.sees("crm", at=10, name="Ada")
        it.sees("erp", at=20, modified=at, name="Bo")
        assert it.value("name") == winner


def test_m6_latest_decides_by_survivorship_where_the_property_has_one():
    of = concept(first_link="latest", survivorship=(Survivorship(rule="priority"),) * 3)
    assert meet(story(of), {"name": "Ada"}, {"name": "Bo"}).value("name") == "Ada"


def test_m6_latest_takes_values_that_are_lists():
    rows = [row("phone", value_type="list(string)")]
    it = Story(system("crm", *rows), system("erp", *rows), of=LATEST)
    assert meet(it, {"phone": ["1"]}, {"phone": ["2"]}).value("phone") == ["2"]


def test_m6_a_value_beats_a_null_that_somebody_entered_before_the_new_system_came():
    it = story(PRIORITISED)
    it.sees("crm", at=10, name="Ada")
    it.sees("crm", at=11, name=None)
    it.sees("erp", at=20, modified=5, name="Bo")
    assert (it.value("name"), it.dues()) == ("Bo", {"crm": {"name": "Bo"}})


def test_m6_order_of_links_decides_nothing():
    for of in (PRIORITISED, LATEST):
        it, other = story(of), story(of)
        meet(it, {"name": "Ada", "phone": "1"}, {"name": "Bo", "phone": None})
        other.takes(observation("erp.Person", at=30, modified=20, version="v", name="Bo", phone=None))
        other.takes(observation("crm.Person", at=30, modified=10, version="v", name="Ada", phone="1"))
        other.settles(at=30)
        assert other.golden == it.golden


def test_k2_a_property_that_entered_the_mapping_is_merged_without_a_base():
    it = story(PRIORITISED).in_sync(name="Ada", phone="1")
    from accord.core.values import MISSING

    it.link("crm").raw[2] = MISSING
    it.cluster.seen["crm.Person", "1"].raw[2] = "2"
    it.settles()
    assert (it.value("phone"), it.dues()) == ("1", {"crm": {"phone": "1"}})


def test_s3_a_listing_that_carries_fewer_properties_makes_the_record_be_fetched_before_anything_is_merged():
    it = Story(system("crm", priority=2, listing_partial=True), system("erp", priority=1), of=PRIORITISED)
    meet(it, {"name": "Ada"}, {"name": "Bo"})
    assert it.fetches() == [("crm", 0)]
    assert (it.values(), it.dues()) == ({}, {})
    it.sees("crm", at=31, how="fetch", version="v", name="Ada", phone="1")
    assert (it.values(), it.dues()) == ({"name": "Ada", "phone": "1"}, {"erp": {"name": "Ada", "phone": "1"}})


def test_s3_no_record_is_created_of_one_that_was_only_listed_in_part():
    it = Story(system("crm", listing_partial=True), system("erp"), of=PRIORITISED)
    it.sees("crm", at=10, name="Ada")
    assert it.dues() == {}
    assert ("erp", "", "waiting") in it.holds()
    it.sees("crm", at=11, how="fetch", version="v10", name="Ada", phone="1")
    assert it.dues() == {"+erp": {"name": "Ada", "phone": "1"}}


def test_m6_a_question_stands_while_one_of_the_records_waits_to_be_fetched():
    it = Story(system("crm", listing_partial=True), system("erp"))
    it.takes(observation("crm.Person", at=10, how="fetch", name="Ada"))
    it.takes(observation("erp.Person", at=10, name="Bo"))
    it.settles()
    assert it.golden.questions
    it.sees("crm", at=20, email="a@x", name="Ada")
    assert it.golden.questions
    assert it.value("name") is None


def test_m6_a_null_that_comes_to_a_null_is_agreed():
    it = story(ASKS)
    it.sees("crm", at=10, name="Ada")
    it.sees("crm", at=11, name=None)
    it.sees("erp", at=12, name=None)
    assert (it.dues(), it.holds()) == ({}, set())


def test_w14_the_before_image_of_a_one_way_property_is_read_before_its_first_write():
    it = Story(system("crm", priority=2), system("erp", row("name", reads=False), priority=1), of=PRIORITISED)
    meet(it, {"name": "Ada"}, {"name": "Bo"})
    assert it.value("name") == "Ada"
    assert (it.dues(), it.due("erp").overwrites) == ({"erp": {"name": "Ada"}}, ["name"])
    it.sends("erp")
    it.answers("erp", name="Ada", version="w")
    assert [e.before for e in it.history if e.kind == "updated"] == ["Bo"]


def test_k4_a_link_whose_mapping_left_the_configuration_rests():
    it = story(PRIORITISED).in_sync(name="Ada")
    crm = it.model.mappings.pop("crm.Person")
    it.sees("erp", at=20, name="Bo")
    assert it.dues() == {}
    it.model.mappings[crm.key] = crm
    it.settles()
    assert it.dues() == {"crm": {"name": "Bo"}}


def test_m6_what_can_not_be_read_is_neither_taken_nor_overwritten():
    it = Story(system("crm"), system("erp", row("name", value_type="integer")), of=PRIORITISED)
    meet(it, {"name": "Ada"}, {"name": "not a number"})
    assert it.value("name") == "Ada"
    assert it.holds() == {("erp", "name", "pending")}
    assert it.dues() == {}


def test_k2_nothing_is_decided_before_all_were_read_again():
    """A new row: one system is read at once, the other one, which has the higher priority, is not yet."""
    it = Story(system("crm"), system("erp", priority=1), of=concept(prioritised=True)).in_sync(name="Ada")
    it.gates = {key: Gate(complete=False, began_us=0) for key in it.model.mappings}
    it.sees("crm", at=20, name="Ada", phone="1")
    assert (it.value("phone"), it.dues()) == (None, {})
    assert ("crm", "phone", "waiting") in it.holds()
    it.gates = {}
    it.sees("erp", at=21, name="Ada", phone="2")
    assert (it.value("phone"), it.dues()) == ("2", {"crm": {"phone": "2"}})


def test_k2_s10_a_record_that_is_not_found_when_it_is_to_be_read_again_keeps_nothing_from_being_decided():
    """Nothing else is readable there, so that nothing proves it gone, and nobody waits for it for ever."""
    it = Story(system("crm"), system("erp", priority=1), of=concept(prioritised=True)).in_sync(name="Ada")
    it.gates = {key: Gate(complete=True, began_us=0, swept_us=15 * SECOND_US) for key in it.model.mappings}
    it.sees("crm", at=20, name="Ada", phone="1")
    assert it.value("phone") is None
    it.sees("erp", at=21, gone="deleted", how="fetch")
    assert it.link("erp").life == "live"
    assert (it.value("phone"), it.holds()) == ("1", {("erp", "", "pending")})
    it.sees("erp", at=30, how="fetch", version="v", name="Ada", phone="2")
    assert (it.value("phone"), it.dues()) == ("1", {"erp": {"phone": "1"}})


@pytest.mark.parametrize("late", ["crm", "erp"])
def test_m2_a_first_value_competes_with_the_error_of_its_clock(late: str):
    """As uncertain as the claims that come after it: those that may be of its time are tied, and priority picks."""
    uncertain = system("crm", priority=2, clock_error_s=5), system("erp", priority=1, clock_error_s=2)
    it = Story(*uncertain, of=LATEST)
    shows = {"crm": {"at": 10, "name": "A"}, "erp": {"at": 16, "name": "B"}}
    first = "erp" if late == "crm" else "crm"
    it.sees(first, **shows[first])
    it.sees(late, **shows[late])
    assert it.golden.value[1] == "A"
