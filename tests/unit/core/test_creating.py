"""What is created where, and what a switch or a rest keeps from being written (W5, W6, W7, W12, L9)."""

import pytest
from msgspec.structs import replace

from accord.core.condition import Wish
from accord.core.creating import may_come
from accord.core.lens import Path, build_lens
from accord.core.model import Model, Property
from accord.core.state import TO_BE_READ
from tests.unit.core.building import Refs, Story, concept, observation, row, system, take, us

EMPLOYEE = concept(
    properties=(
        Property(name="name", type="string"),
        Property(name="boss", type="reference", reference="person"),
    )
)
OF_BOSS = ("person:7", "erp.Person")


def newcomer(**erp):
    """Given: a record in the CRM alone."""
    it = Story(system("crm", **erp.pop("crm", {})), system("erp", **erp))
    it.sees("crm", at=10, name="Ada", phone="1")
    return it


def employee(*, required=False, named=False, **erp):
    """Given: somebody in the CRM with a boss, who has no record in the ERP."""

    def boss(where):
        lens = build_lens("reference", references=f"{where}.Person")
        return row(
            "boss", property=1, lens=lens, references=f"{where}.Person", required=required and where == "erp"
        )

    def name(where):
        return row("name", property=0, required=named and where == "erp")

    rows = {"properties": ("name", "boss")}
    it = Story(
        system("crm", name("crm"), boss("crm"), **rows),
        system("erp", name("erp"), boss("erp"), **rows, **erp),
        of=EMPLOYEE,
        refs=Refs({("crm.Person", "7"): "person:7"}),
    )
    it.sees("crm", at=10, name="Ada", boss="7")
    return it


# Conditions and connected: rule W6.


@pytest.mark.parametrize(
    ("wish", "value", "met"),
    [
        ({"values": ("a", "b")}, "b", True),
        ({"values": ("a",)}, None, False),
        ({"values": (None,)}, None, True),
        ({"values": (1,)}, True, False),
        ({"values": ("a",), "negated": True}, "b", True),
        ({"values": ("a",), "negated": True}, "a", False),
        ({"present": True}, None, False),
        ({"present": False}, None, True),
        ({"present": True}, 0, True),
    ],
)
def test_w6_a_condition_is_on_golden_values(wish, value, met):
    assert Wish(column=1, name="name", **wish).is_met([None, value]) == met


def test_w6_only_what_fits_the_condition_is_created():
    wish = Wish(column=1, name="name", values=("Bo",))
    it = newcomer(wishes=(wish,))
    assert (it.dues(), it.hold("excluded").reason) == ({}, "it does not fit the condition on `name`")
    it.sees("crm", at=20, name="Bo")
    assert "+erp" in it.dues()


def test_w6_a_condition_on_what_is_in_question_is_a_conflict():
    wishes = (Wish(column=1, name="name", present=True),)
    it = Story(system("crm"), system("shop"), system("erp", wishes=wishes), of=concept(first_link="ask"))
    it.takes(observation("crm.Person", at=10, name="Ada"))
    it.sees("shop", at=10, name="Bo")
    assert it.dues() == {}
    assert ("erp", "", "conflict") in it.holds()


@pytest.mark.parametrize("create", ["linked", "always"])
def test_w6_connected_nothing_is_created_that_nothing_refers_to(create):
    wishes = (Wish(column=1, name="name", values=("Bo",)),) if create == "always" else ()
    it = newcomer(create=create, wishes=wishes, pulled_by=frozenset({"order"}))
    assert it.dues() == {}
    assert "nothing that is synchronised there refers to it" in it.hold("excluded").reason
    it.settles(pulled=frozenset({("person:1", "erp.Person")}))
    assert (it.dues().keys(), it.due("erp").pulled) == ({"+erp"}, True)


def test_w6_what_is_created_of_itself_is_not_pulled_in():
    it = newcomer(pulled_by=frozenset({"order"}))
    it.settles(pulled=frozenset({("person:1", "erp.Person")}))
    assert not it.due("erp").pulled


def test_w6_what_is_linked_only_is_pulled_in_by_nobody():
    it = newcomer(create="linked")
    it.settles(pulled=frozenset({("person:1", "erp.Person")}))
    assert it.dues() == {}


def test_w6_who_is_about_to_be_created_pulls_in_what_it_refers_to():
    it = employee(create="always", pulled_by=frozenset({"person"}))
    it.settles(unasked=frozenset({OF_BOSS}))
    assert (it.dues(), it.hold("pending").waits_for, it.hold("pending").pulls) == ({}, OF_BOSS, True)
    it.settles()
    assert not it.hold("pending").pulls


def test_w6_who_is_not_created_pulls_nothing_in():
    it = employee(named=True, create="always", pulled_by=frozenset({"person"}))
    it.sees("crm", at=20, name=None, boss="7")
    it.settles(unasked=frozenset({OF_BOSS}))
    assert it.dues() == {}
    assert not any(hold.pulls for hold in it.settled.holds)


# References to what never comes, and waits: rule W5.


@pytest.mark.parametrize("never", ["barred", "unasked"])
def test_w5_w7_a_reference_to_what_will_not_come_is_not_carried(never):
    it = employee()
    it.settles(**{never: frozenset({OF_BOSS})})
    assert (it.dues(), it.holds()) == ({"+erp": {"name": "Ada"}}, {("erp", "boss", "excluded")})


def test_w5_w7_nor_one_to_where_nothing_is_written():
    it = employee()
    it.takes(observation("erp.Person", at=10, name="Ada", boss=None))
    it.model.mappings["erp.Person"] = replace(it.mapping("erp"), shares=False)
    work = it.work()
    assert not may_come(work, *OF_BOSS)
    it.model.mappings["erp.Person"] = replace(it.mapping("erp"), shares=True)
    assert may_come(work, *OF_BOSS)


def test_w5_a_record_that_needs_what_will_not_come_is_left_out():
    it = employee(required=True)
    it.settles(barred=frozenset({OF_BOSS}))
    assert (it.dues(), it.holds()) == ({}, {("erp", "boss", "excluded")})


def test_w5_a_wait_older_than_wait_s_shows_as_failed_and_goes_on():
    it = employee()
    it.model = Model(
        project="story",
        concepts=it.model.concepts,
        mappings=it.model.mappings,
        fingerprint="1",
        wait_s=100.0,
    )
    it.settles(at=20)
    assert it.hold("pending").waits_for == OF_BOSS
    it.settles(at=110)
    assert it.holds() == {("erp", "boss", "pending")}
    it.settles(at=111)
    assert it.hold("failed").waits_for == OF_BOSS
    it.refs.known["erp.Person", "70"] = "person:7"
    it.settles()
    assert (it.dues(), it.golden.waits_us) == ({"+erp": {"name": "Ada", "boss": "70"}}, 0)


# Switches: rule W7.


def test_w7_nothing_is_written_where_share_is_off_and_everything_is_read():
    it = Story(system("crm"), system("erp")).in_sync(name="Ada")
    it.model.mappings["erp.Person"] = replace(it.mapping("erp"), shares=False)
    it.sees("crm", at=20, name="Bo")
    assert (it.dues(), it.holds()) == ({}, {("erp", "", "excluded")})
    it.sees("erp", at=30, name="Cy")
    assert (it.dues(), it.holds()) == ({"crm": {"name": "Cy"}}, set())


def test_w7_nothing_is_created_where_share_is_off():
    it = Story(system("crm"), system("erp"))
    it.model.mappings["erp.Person"] = replace(it.mapping("erp"), shares=False)
    it.sees("crm", at=10, name="Ada")
    assert (it.dues(), it.holds()) == ({}, {("erp", "", "excluded")})


@pytest.mark.parametrize("seen", [{}, {"initial": True}, {"made": True}])
def test_w7_what_the_first_listing_held_is_not_created_elsewhere(seen):
    it = newcomer(crm={"full_sync": False})
    for name, value in seen.items():
        setattr(it.cluster.seen["crm.Person", "1"], name, value)
    it.settles()
    old = "initial" in seen
    assert bool(it.dues()) != old
    assert not old or it.hold("excluded").reason == "not shared: it was in the first listing of crm.Person"


def test_w7_updates_of_linked_records_flow_whatever_full_sync_says():
    it = Story(system("crm", full_sync=False), system("erp")).in_sync(name="Ada")
    it.cluster.seen["crm.Person", "1"].initial = True
    it.sees("crm", at=20, name="Bo")
    assert it.dues() == {"erp": {"name": "Bo"}}


@pytest.mark.parametrize(("made", "free"), [(False, True), (True, False)])
def test_w7_another_record_wants_it_everywhere_unless_we_made_it(made, free):
    it = Story(system("crm", full_sync=False), system("erp"), system("shop")).in_sync(name="Ada")
    it.cluster.links = [link for link in it.cluster.links if link.mapping != "shop.Person"]
    it.cluster.seen["crm.Person", "1"].initial = True
    it.cluster.seen["erp.Person", "1"].made = made
    it.settles()
    assert bool(it.dues()) == free


@pytest.mark.parametrize(("pull_old", "free"), [(False, False), (True, True)])
def test_w7_off_beats_connected_unless_the_mapping_pulls_old(pull_old, free):
    it = newcomer(
        crm={"full_sync": False}, create="linked", pulled_by=frozenset({"order"}), pull_old=pull_old
    )
    it.cluster.seen["crm.Person", "1"].initial = True
    it.settles(pulled=frozenset({("person:1", "erp.Person")}))
    assert bool(it.dues()) == free


def test_w7_a_record_that_left_the_configuration_wants_nothing():
    it = newcomer()
    del it.model.mappings["crm.Person"]
    it.settles()
    assert "+erp" in it.dues()


# Values at rest: rule W12.


def typing():
    """Given: records in step, of which the CRM's may still be typed in."""
    return Story(system("crm", settle_s=10.0), system("erp")).in_sync(name="Ada")


def test_w12_an_edit_is_left_to_rest():
    it = typing()
    it.sees("crm", at=20, name="B")
    assert (it.dues(), it.hold("pending").until_us) == ({}, us(30))
    it.sees("crm", at=25, name="Bo")
    assert (it.dues(), it.hold("pending").until_us) == ({}, us(35))
    it.settles(at=35)
    assert (it.dues(), it.golden.still_us, it.golden.latest_us) == ({"erp": {"name": "Bo"}}, 0, 0)


def test_w12_what_keeps_changing_is_written_after_ten_times_settle_s():
    it = typing()
    for at in range(20, 120, 5):
        it.sees("crm", at=at, name=f"Bo{at}")
        assert it.dues() == {}
    it.sees("crm", at=120, name="Bo")
    assert it.dues() == {"erp": {"name": "Bo"}}


def test_w12_an_edit_elsewhere_and_a_delete_do_not_rest():
    it = typing()
    it.sees("erp", at=20, name="Bo")
    assert it.dues() == {"crm": {"name": "Bo"}}
    it = Story(system("crm", settle_s=10.0), system("erp"), of=concept(delete="propagate")).in_sync(
        name="Ada"
    )
    it.golden.still_us = us(100)
    it.sees("crm", at=20, gone="deleted", proven=True)
    assert it.dues() == {"-erp": {}}


def entered(*, initial=False):
    """A record that is entered in the CRM at 10, and maybe was there before the hub first looked."""
    it = Story(system("crm", settle_s=10.0), system("erp"))
    it.takes(observation("crm.Person", at=10, name="A"))
    it.cluster.seen["crm.Person", "1"].initial = initial
    it.settles(at=10)
    return it


def test_w12_a_first_value_is_left_to_rest_since_its_record_was_seen():
    it = entered()
    assert (it.dues(), it.hold("pending").until_us) == ({}, us(20))
    it.sees("crm", at=15, name="Ada")
    assert (it.dues(), it.hold("pending").until_us) == ({}, us(25))
    it.settles(at=25)
    assert it.dues() == {"+erp": {"name": "Ada"}}


def test_w12_what_was_there_before_the_first_look_does_not_rest():
    assert entered(initial=True).dues() == {"+erp": {"name": "A"}}


def test_w12_what_is_linked_long_after_it_was_seen_does_not_rest():
    it = Story(system("crm", settle_s=10.0), system("erp"))
    it.takes(observation("crm.Person", at=10, name="A"))
    it.settles(at=40)
    assert it.dues() == {"+erp": {"name": "A"}}


def test_w12_what_rests_pulls_nothing_in():
    it = employee(create="always", pulled_by=frozenset({"person"}))
    it.golden.still_us = us(100)
    it.refs.known["erp.Person", "70"] = "person:7"
    it.settles()
    assert (it.dues(), it.holds()) == ({}, {("erp", "", "pending")})


# Facets: rule L9.


def facet(payload):
    """Why the facet of a record rests: only those without a phone are of it."""
    return "it rests" if payload.get("phone") else None


def test_l9_a_facet_that_rests_is_neither_written_nor_listened_to():
    it = Story(system("crm", properties=("name",)), system("erp", when=facet)).in_sync(name="Ada")
    it.sees("erp", at=20, name="Ada", phone="9")
    it.sees("crm", at=30, name="Bo")
    assert (it.dues(), it.hold("excluded").reason) == ({}, "it rests")
    it.sees("erp", at=40, name="Cy", phone="9")
    assert (it.value("name"), it.dues()) == ("Bo", {})
    it.sees("erp", at=50, name="Cy", phone=None)
    assert (it.value("name"), it.dues()) == ("Cy", {"crm": {"name": "Cy"}})


def test_l9_a_record_that_would_rest_takes_no_part_until_it_is_linked():
    rows = {}
    take(
        observation("erp.Person", at=10, name="Ada", phone="9"), rows=rows, mapping=system("erp", when=facet)
    )
    assert (rows["1"].excluded, rows["1"].resting) == ("it rests", "it rests")
    take(observation("erp.Person", at=20, name="Ada"), rows=rows, mapping=system("erp", when=facet))
    assert (rows["1"].excluded, rows["1"].resting) == ("", "")


def test_l9_s3_of_a_part_of_a_record_it_is_not_asked_whether_it_rests():
    partly, rows = system("erp", when=facet, listing_partial=True), {}
    take(observation("erp.Person", at=10, name="Ada"), rows=rows, mapping=partly)
    assert (rows["1"].excluded, rows["1"].held) == ("", TO_BE_READ)
    take(observation("erp.Person", at=20, how="fetch", name="Ada", phone="9"), rows=rows, mapping=partly)
    take(observation("erp.Person", at=30, name="Bo"), rows=rows, mapping=partly)
    assert (rows["1"].excluded, rows["1"].resting) == ("it rests", "it rests")


def test_l9_a_record_that_goes_while_its_facet_rests_takes_nothing_with_it():
    systems = (system("crm"), system("erp", when=facet))
    it = Story(*systems, of=concept(delete="propagate")).in_sync(name="Ada")
    it.sees("erp", at=20, name="Ada", phone="9")
    it.sees("erp", at=30, gone="deleted", proven=True)
    assert (it.golden.life, it.dues()) == ("alive", {})


def test_l9_another_facet_makes_the_record():
    it = newcomer(primary="erp.Person#org")
    assert (it.dues(), it.hold("pending").reason) == ({}, "its record is made by erp.Person#org")


def test_l9_a_record_is_not_made_beside_one_of_a_facet_that_it_would_have_too():
    it = newcomer(crm={"primary": "erp.Person"})
    reason = "it has a record there already, as crm.Person"
    assert (it.dues(), it.hold("excluded").reason) == ({}, reason)
    assert newcomer(crm={"primary": "hr.Person"}).dues().keys() == {"+erp"}


def test_l9_a_record_with_another_live_facet_is_not_deleted():
    it = Story(system("crm"), system("erp"), of=concept(delete="propagate")).in_sync(name="Ada")
    it.sees("crm", at=20, gone="deleted", proven=True)
    it.settles(kept=frozenset({("erp.Person", "1")}))
    assert (it.dues(), it.holds()) == ({}, {("erp", "", "excluded")})
    it.settles()
    assert it.dues() == {"-erp": {}}


@pytest.mark.parametrize(
    ("value", "met"), [({"first": "Ada", "last": "Berg"}, True), ({"first": "Bo"}, False), (None, False)]
)
def test_w6_m8_a_condition_may_be_on_a_member_of_a_group(value, met):
    assert Wish(column=0, name="first", values=("Ada",), member="first").is_met([value]) == met


@pytest.mark.parametrize(("phone", "free"), [("1", False), (None, True)])
def test_l9_a_create_that_would_make_another_facet_is_not_sent(phone, free):
    it = Story(system("crm"), system("erp", contradicts=facet, constants=((Path("kind"), "person"),)))
    it.sees("crm", at=10, name="Ada", phone=phone)
    assert bool(it.dues()) == free
    assert free or it.hold("excluded").reason == "it rests"


def test_g3_w8_what_is_wanted_back_is_made_again_whatever_the_create_rule():
    it = Story(system("crm"), system("erp", create="linked")).in_sync(name="Ada")
    it.sees("erp", at=20, gone="deleted", proven=True)
    assert it.dues() == {}
    it.link("erp").kept = {"name": "Ada"}
    it.settles()
    assert it.dues().keys() == {"+erp"}
