"""Which writes are due, and what holds them (W1, W2, W5, W6, W9, W10, W13)."""

import pytest
from msgspec.structs import replace

from accord.core.creating import is_barred
from accord.core.lens import build_lens
from accord.core.link import new_link
from accord.core.model import Property
from accord.core.stamps import BOTTOM, Stamp
from accord.core.values import MISSING
from accord.core.work import Gate
from tests.unit.core.building import Refs, Story, concept, observation, row, system, us

EMPLOYEE = concept(
    properties=(
        Property(name="email", type="string"),
        Property(name="name", type="string"),
        Property(name="boss", type="reference", reference="person"),
    )
)
COLUMNS = ("email", "name", "boss")


def two(**declared):
    return Story(system("crm", priority=2), system("erp", priority=1, **declared))


def newcomer(*, at=10, **declared):
    """Given: a record in the CRM alone."""
    it = two(**declared)
    it.sees("crm", at=at, name="Ada", phone="1")
    return it


def staff(*, refs, create="always", required=False, **declared):
    """Given: employees, who have a boss."""

    def boss(name):
        lens = build_lens("reference", references=f"{name}.Person")
        return row(
            "boss", property=2, lens=lens, references=f"{name}.Person", required=required and name == "erp"
        )

    crm = system("crm", boss("crm"), properties=COLUMNS)
    erp = system("erp", boss("erp"), properties=COLUMNS, create=create, **declared)
    return Story(crm, erp, of=EMPLOYEE, refs=Refs(refs))


# What a write carries: rules W1, W10.


def test_w1_a_write_carries_only_what_must_change():
    it = two().in_sync(name="Ada", phone="1")
    it.sees("crm", at=20, name="Bo", phone="1")
    assert it.dues() == {"erp": {"name": "Bo"}}


def test_w1_nothing_to_change_no_call():
    it = two().in_sync(name="Ada", phone="1")
    assert it.settles().dues == []


def test_w10_after_a_confirmed_write_nothing_is_due():
    it = two().in_sync(name="Ada")
    it.sees("crm", at=20, name="Bo")
    it.sends("erp", at=21)
    it.answers("erp", at=21, name="Bo", version="w")
    assert (it.dues(), it.holds()) == ({}, set())
    assert it.settles().events == []


def test_w4_pending_writes_fold_into_one_and_none_overlaps_the_one_under_way():
    it = two().in_sync(name="Ada", phone="1")
    it.sees("crm", at=20, name="Bo", phone="1")
    it.sends("erp", at=21)
    it.sees("crm", at=22, name="Bo", phone="2")
    it.sees("crm", at=23, name="Cy", phone="2")
    assert it.dues() == {}
    it.answers("erp", at=24, name="Bo", phone="1", version="w")
    assert it.dues() == {"erp": {"name": "Cy", "phone": "2"}}


def test_g1_blanks_and_overwrites_are_told():
    it = two().in_sync(name="Ada", phone="1", email=None)
    it.sees("crm", at=20, name="Bo", phone=None, email="a@x")
    due = it.due("erp")
    assert (due.blanks, due.overwrites, due.first) == (["phone"], ["name"], False)


def test_w10_who_holds_the_value_already_is_not_written():
    it = two().in_sync(name="Ada")
    it.takes_both(("crm", 20, "Bo"), ("erp", 21, "Bo"))
    assert it.dues() == {}


def test_w6_create_only_and_update_only_properties():
    rows = (row("name", create_only=True), row("phone", update_only=True))
    it = Story(system("crm"), system("erp", *rows))
    it.sees("crm", at=10, name="Ada", phone="1")
    assert it.dues() == {"+erp": {"name": "Ada"}}
    it.sends("erp", at=11)
    it.answers("erp", at=11, id="9", email=None, name="Ada", phone=None, version="w")
    assert it.dues() == {"erp": {"phone": "1"}}
    it.sees("crm", at=20, name="Bo", phone="2")
    assert it.dues() == {"erp": {"phone": "2"}}


def test_an_absent_property_that_is_null_everywhere_is_not_written():
    it = two()
    it.sees("crm", at=10, name="Ada", phone="1")
    it.sees("crm", at=11, name="Ada", phone=None)
    it.sees("erp", at=12, name="Ada")
    assert it.dues() == {}


def test_a_system_that_can_not_update_is_shown():
    it = two(can_update=False).in_sync(name="Ada")
    it.sees("crm", at=20, name="Bo")
    assert (it.dues(), it.holds()) == ({}, {("erp", "", "failed")})


def test_s10_what_was_not_found_once_is_read_again_before_it_is_written():
    it = two(confirm_s=10.0).in_sync(name="Ada")
    it.sees("erp", at=15, how="fetch", gone="missing", proven=True)
    it.sees("crm", at=20, name="Bo")
    assert (it.dues(), it.holds()) == ({}, {("erp", "", "pending")})


def test_m6_a_question_holds_its_property_where_it_would_be_written():
    it = Story(system("crm"), system("erp"), system("shop"))
    it.takes(observation("crm.Person", at=10, name="Ada"))
    it.takes(observation("erp.Person", at=10, name="Bo"))
    it.settles()
    assert it.dues() == {"+shop": {}}
    it.sees("shop", at=11, name=None)
    it.golden.stamp[1] = it.golden.stamp[1]._replace(time_us=1)
    it.settles()
    assert ("shop", "name", "conflict") in it.holds()


def test_a_link_without_a_seen_record_is_left_alone():
    it = two().in_sync(name="Ada")
    del it.cluster.seen["erp.Person", "1"]
    it.sees("crm", at=20, name="Bo")
    assert it.dues() == {}


# Rejections: rule W9.


def rejected(**told):
    it = two().in_sync(name="Ada", phone="1")
    it.sees("crm", at=20, name="Bo", phone="2")
    it.sends("erp", at=21)
    it.answers("erp", "refused", at=21, message="too short", **told)
    return it


def test_w9_a_rejection_holds_only_the_property_it_names():
    it = rejected(faults=("name",))
    assert it.dues() == {"erp": {"phone": "2"}}
    assert (it.hold("failed").property, it.hold("failed").reason) == ("name", "too short")


def test_w9_a_rejection_that_names_nothing_holds_the_record_in_that_system_alone():
    it = rejected()
    assert (it.dues(), it.holds()) == ({}, {("erp", "", "failed")})


@pytest.mark.parametrize("faults", [(), ("name", "phone")])
def test_w9_it_is_retried_when_the_value_changes(faults):
    it = rejected(faults=faults)
    it.sees("crm", at=30, name="Boris", phone="2")
    assert it.dues()["erp"]["name"] == "Boris"


def test_w9_it_is_retried_when_any_property_changes_however_old_the_change():
    """A change that is older than the newest value of the golden record is a change too."""
    it = rejected()
    it.sees("crm", at=30, modified=15, email="a@x", name="Bo", phone="2")
    assert it.golden.stamp[0] < max(it.golden.stamp)
    assert it.dues() == {"erp": {"email": "a@x", "name": "Bo", "phone": "2"}}


@pytest.mark.parametrize("faults", [(), ("name", "phone")])
def test_w9_it_is_retried_when_the_record_there_changes(faults):
    it = rejected(faults=faults)
    it.sees("erp", at=30, name="Ada", phone="1")
    assert it.dues() == {"erp": {"name": "Bo", "phone": "2"}}


def test_w9_it_is_retried_when_the_record_there_changes_also_where_there_are_no_versions():
    it = two(version="none").in_sync(name="Ada", phone="1", version=None)
    it.sees("crm", at=20, name="Bo", phone="1")
    it.sends("erp", at=21)
    it.answers("erp", "refused", at=21, faults=("name",))
    assert it.dues() == {}
    it.sees("erp", at=30, version=None, name="Ada", phone="9")
    assert it.dues()["erp"] == {"name": "Bo"}


@pytest.mark.parametrize("conditional", [True, False])
def test_w9_it_is_not_retried_because_our_own_write_changed_the_record(conditional):
    """Also where the write named no version, or its reply told nothing, or was lost."""
    for kind, reply in (
        ("done", {"name": "Ada", "phone": "2", "version": "v"}),
        ("done", {}),
        ("unknown", {}),
    ):
        it = two(conditional=conditional).in_sync(name="Ada", phone="1")
        it.sees("crm", at=20, name="Bo", phone="2")
        it.sends("erp", at=21)
        it.answers("erp", "refused", at=21, message="too short", faults=("name",))
        it.sends("erp", at=22)
        it.answers("erp", kind, at=22, **reply)
        it.sees("erp", at=90, how="fetch", name="Ada", phone="2", version="v")
        assert it.link("erp").open is None
        assert (it.dues(), it.hold("failed").property) == ({}, "name")
        it.sees("erp", at=95, how="fetch", name="Ada", phone="2")
        assert it.dues() == {"erp": {"name": "Bo"}}


def test_w9_a_write_that_did_not_land_is_no_change_of_ours():
    it = two(conditional=True).in_sync(name="Ada", phone="1")
    it.sees("crm", at=20, name="Bo", phone="2")
    it.sends("erp", at=21)
    it.answers("erp", "refused", at=21, message="too short", faults=("name",))
    it.sends("erp", at=22)
    it.answers("erp", "unknown", at=22)
    it.sees("erp", at=90, how="fetch", version="90", name="Ada", phone="1")
    assert it.dues() == {"erp": {"name": "Bo", "phone": "2"}}


@pytest.mark.parametrize("faults", [(), ("name", "phone")])
def test_w9_it_is_retried_when_the_configuration_changes(faults):
    it = rejected(faults=faults)
    it.model = replace(it.model, fingerprint="2")
    it.settles()
    assert it.dues() == {"erp": {"name": "Bo", "phone": "2"}}


class Digits:
    """A lens of a system that takes numbers alone."""

    def get(self, raw, refs):
        return raw

    def put(self, value, old, refs):
        if value is not None and not value.isdigit():
            raise ValueError("expected digits")
        return value


def test_w9_a_declared_limit_is_checked_before_the_call():
    it = Story(system("crm"), system("erp", row("name", lens=Digits())))
    it.takes(observation("crm.Person", at=10, name="no number"))
    it.takes(observation("erp.Person", at=10, name=None))
    it.settles()
    assert (it.dues(), it.holds()) == ({}, {("erp", "name", "failed")})
    assert it.settles().events == []
    assert it.holds() == {("erp", "name", "failed")}
    it.sees("crm", at=20, name="7")
    assert it.dues() == {"erp": {"name": "7"}}


def test_w9_a_property_that_can_not_be_told_does_not_hold_a_create_unless_it_is_required():
    for required, due in ((False, {"+erp": {"phone": "1"}}), (True, {})):
        it = Story(system("crm"), system("erp", row("name", lens=Digits(), required=required)))
        it.sees("crm", at=10, name="no number", phone="1")
        assert it.dues() == due
        assert it.holds() == {("erp", "name", "failed")}


def test_w9_a_required_property_without_a_value_holds_the_create():
    it = Story(system("crm"), system("erp", row("email", required=True)))
    it.sees("crm", at=10, name="Ada")
    assert (it.dues(), it.holds()) == ({}, {("erp", "email", "failed")})


@pytest.mark.parametrize(
    ("faults", "required", "due"),
    [((), False, {}), (("name",), False, {"+erp": {"phone": "1"}}), (("name",), True, {})],
)
def test_w9_a_create_that_was_refused_is_held_by_what_was_refused(faults, required, due):
    it = Story(system("crm"), system("erp", row("name", required=required)))
    it.sees("crm", at=10, name="Ada", phone="1")
    it.sends("erp", at=11)
    it.answers("erp", "refused", at=11, faults=faults, message="no")
    assert (it.dues(), it.hold("failed").reason) == (due, "no")
    assert it.link("erp").generation == 1
    it.sees("crm", at=20, name="Bo", phone="1")
    assert it.dues() == {"+erp": {"name": "Bo", "phone": "1"}}
    assert it.due("erp").incarnation == 0


# References: rule W5.


def test_w5_a_reference_is_written_as_the_id_that_its_target_has_there():
    it = staff(refs={("crm.Person", "7"): "person:7", ("erp.Person", "70"): "person:7"})
    it.sees("crm", at=10, name="Ada", boss="7")
    assert it.value("boss") == "person:7"
    assert it.dues() == {"+erp": {"name": "Ada", "boss": "70"}}


def test_s3_an_unresolvable_reference_is_missing_and_never_null():
    it = staff(refs={})
    it.sees("crm", at=10, name="Ada", boss="7")
    assert it.value("boss") is None
    assert it.shadow("crm", "boss") == "?"
    it.refs.known["crm.Person", "7"] = "person:7"
    it.settles()
    assert it.value("boss") == "person:7"


def test_w5_a_create_waits_for_the_record_it_refers_to():
    it = staff(refs={("crm.Person", "7"): "person:7"})
    it.sees("crm", at=10, name="Ada", boss="7")
    assert it.dues() == {}
    assert it.hold("pending").waits_for == ("person:7", "erp.Person")
    it.refs.known["erp.Person", "70"] = "person:7"
    it.settles()
    assert it.dues() == {"+erp": {"name": "Ada", "boss": "70"}}


def test_w5_an_update_does_not_wait_with_its_other_properties():
    it = staff(refs={("crm.Person", "7"): "person:7"})
    it.takes(observation("erp.Person", at=10, name="Ada", boss=None))
    it.sees("crm", at=10, name="Ada", boss=None)
    it.sees("crm", at=20, name="Bo", boss="7")
    assert it.dues() == {"erp": {"name": "Bo"}}
    assert it.hold("pending").property == "boss"


def test_w5_a_ring_of_creates_is_broken_and_completed_later():
    it = staff(refs={("crm.Person", "7"): "person:7"}, absent="null")
    it.sees("crm", at=10, email=None, name="Ada", boss="7")
    it.settles(alone=frozenset({"person:1"}))
    assert it.dues() == {"+erp": {"name": "Ada"}}
    it.sends("erp", at=11)
    it.answers("erp", at=11, id="9", name="Ada", boss=None, version="w")
    it.refs.known["erp.Person", "70"] = "person:7"
    it.settles()
    assert it.dues() == {"erp": {"boss": "70"}}


def test_w5_a_required_reference_is_waited_for_even_in_a_ring():
    it = staff(refs={("crm.Person", "7"): "person:7"}, required=True)
    it.sees("crm", at=10, name="Ada", boss="7")
    it.settles(alone=frozenset({"person:1"}))
    assert it.dues() == {}


@pytest.mark.parametrize("never", [{"create": "linked"}, {"can_create": False}, {"unmapped": True}])
def test_w5_a_reference_to_what_will_never_be_there_is_not_carried(never):
    it = staff(refs={("crm.Person", "7"): "person:7"})
    it.takes(observation("erp.Person", at=10, name="Ada", boss=None))
    it.sees("crm", at=10, name="Ada", boss=None)
    erp = it.model.mappings["erp.Person"]
    if "create" in never:
        it.model.mappings["erp.Person"] = replace(erp, create="linked")
    elif "can_create" in never:
        it.model.mappings["erp.Person"] = replace(erp, declaration=replace(erp.declaration, can_create=False))
    else:
        lens = build_lens("reference", references="erp.Boss")
        rows = (*erp.properties[:2], replace(erp.properties[2], references="erp.Boss", lens=lens))
        it.model.mappings["erp.Person"] = replace(erp, properties=rows)
    it.sees("crm", at=20, name="Ada", boss="7")
    assert (it.dues(), it.holds()) == ({}, {("erp", "boss", "excluded")})


def test_w5_a_reference_that_is_cleared_waits_for_nobody():
    known = {("crm.Person", "7"): "person:7", ("erp.Person", "70"): "person:7"}
    it = staff(refs=known)
    it.takes(observation("erp.Person", at=10, name="Ada", boss="70"))
    it.sees("crm", at=10, name="Ada", boss="7")
    assert it.dues() == {}
    it.sees("crm", at=20, name="Ada", boss=None)
    assert it.dues() == {"erp": {"boss": None}}


# Creates: rules W3, W6, W13.


def test_w6_always_a_record_is_created_where_there_is_none():
    it = newcomer()
    assert it.dues() == {"+erp": {"name": "Ada", "phone": "1"}}


def test_w6_linked_nothing_is_ever_created():
    assert newcomer(create="linked").dues() == {}
    assert newcomer(can_create=False).dues() == {}


def test_w13_a_no_create_before_every_entity_type_was_read_once():
    it = two()
    it.gates["erp.Person"] = Gate(complete=False, began_us=us(99))
    it.sees("crm", at=10, name="Ada")
    assert (it.dues(), it.holds()) == ({}, {("erp", "", "waiting")})


@pytest.mark.parametrize(("began", "free"), [(14, False), (15, True)])
def test_w13_b_no_create_before_the_target_was_read_lag_after_the_source_was_first_seen(began, free):
    it = two(lag_s=5.0)
    it.gates["erp.Person"] = Gate(complete=True, began_us=us(began))
    it.sees("crm", at=10, name="Ada")
    assert bool(it.dues()) == free
    if not free:
        assert it.hold("waiting").until_us == us(15)


@pytest.mark.parametrize(("began", "free"), [(24, False), (25, True)])
def test_w13_s11_no_create_before_what_is_behind_there_was_fetched_again(began, free):
    it = two(lag_s=5.0)
    it.gates["erp.Person"] = Gate(complete=True, began_us=us(began), back_us=us(20))
    it.sees("crm", at=10, name="Ada")
    assert bool(it.dues()) == free


def test_w13_b_a_record_that_is_gone_is_no_source_to_wait_for():
    it = Story(system("crm"), system("erp", lag_s=5.0), system("shop"))
    it.sees("crm", at=10, name="Ada")
    it.sees("shop", at=10, name="Ada")
    it.cluster.seen["shop.Person", "1"].first_us = us(90)
    it.gates["erp.Person"] = Gate(complete=True, began_us=us(50))
    it.settles()
    assert it.dues() == {}
    it.cluster.seen["shop.Person", "1"].gone = "deleted"
    it.settles()
    assert "+erp" in it.dues()


def test_w13_c_no_create_where_an_unlinked_record_bears_the_same_key():
    it = newcomer()
    it.settles(strangers=frozenset({("person:1", "erp.Person")}))
    assert (it.dues(), it.holds()) == ({}, {("erp", "", "review")})


def test_w13_d_no_create_while_a_review_concerns_the_source_record():
    it = newcomer()
    it.settles(reviewed={"crm.Person/1": "review"})
    assert (it.dues(), it.holds()) == ({}, {("erp", "", "review")})


def test_w3_while_a_create_is_under_way_no_other_is_due():
    it = newcomer()
    it.sends("erp", at=11)
    assert it.settles().dues == []
    it.answers("erp", "unknown", at=12)
    assert it.dues() == {}


def test_w6_a_golden_record_without_a_live_record_is_not_created_anywhere():
    it = newcomer()
    it.sends("erp", at=11)
    it.sees("crm", at=12, gone="deleted", proven=True)
    assert (it.golden.life, it.dues()) == ("alive", {})
    it.answers("erp", "refused", at=13)
    assert (it.golden.life, it.link("erp").life) == ("dead", "tomb")


# A record that moves on: rule W2.


def test_w2_a_record_that_moved_on_is_read_before_it_is_written_again():
    it = two().in_sync(name="Ada")
    it.sees("crm", at=20, name="Bo")
    it.sends("erp", at=21)
    it.answers("erp", "moved", at=21)
    assert (it.dues(), it.fetches()) == ({}, [("erp", 0)])
    assert it.holds() == {("erp", "", "pending")}
    it.sees("erp", at=22, how="fetch", name="Ada", phone="9")
    assert (it.dues(), it.due("erp").version) == ({"crm": {"phone": "9"}, "erp": {"name": "Bo"}}, "v22")


def test_w2_refused_five_times_in_a_row_it_stays_pending_and_is_shown():
    it = refused_five_times()
    assert (it.dues(), it.hold("pending").reason) == ({}, "it moves on at every write")
    it.settles(at=it.hold("pending").until_us / 1_000_000)
    assert it.dues() == {"erp": {"name": "Bo"}}


@pytest.mark.parametrize(
    "answer", [{"name": "Bo", "version": "w"}, {}], ids=["with the record", "without it"]
)
def test_w2_in_a_row_means_that_a_success_starts_the_count_anew(answer):
    it = refused_five_times()
    it.settles(at=500)
    it.sends("erp", at=500)
    it.answers("erp", at=500, **answer)
    assert it.link("erp").refusals == 0


def refused_five_times():
    it = two().in_sync(name="Ada")
    it.sees("crm", at=20, name="Bo")
    for at in range(21, 31, 2):
        it.sends("erp", at=at)
        it.answers("erp", "moved", at=at)
        it.sees("erp", at=at + 1, how="fetch", name="Ada")
    return it


def test_s3_a_property_that_the_record_never_shows_is_written_once():
    it = two()
    it.takes(observation("erp.Person", at=10, name="Ada"))
    it.sees("crm", at=10, name="Ada", phone="1")
    assert it.dues() == {"erp": {"phone": "1"}}
    it.sends("erp", at=11)
    it.answers("erp", at=11)
    it.sees("erp", at=12, how="fetch", name="Ada")
    assert (it.dues(), it.cluster.seen["erp.Person", "1"].raw[2]) == ({}, MISSING)


def test_k2_what_is_read_again_is_not_written_before():
    it = Story(system("crm"), system("erp")).in_sync(name="Ada", phone="1")
    link, seen = it.link("erp"), it.cluster.seen["erp.Person", "1"]
    link.raw[2] = seen.raw[2] = MISSING
    link.base[2] = BOTTOM
    it.gates = {"erp.Person": Gate(complete=False, began_us=0)}
    it.settles()
    assert (it.dues(), it.holds()) == ({}, {("erp", "phone", "waiting")})
    it.gates = {}
    it.settles()
    assert it.dues() == {"erp": {"phone": "1"}}


@pytest.mark.parametrize(
    ("life", "links", "barred"),
    [
        ("alive", [], False),
        ("alive", [("tomb", "person")], True),
        ("alive", [("tomb", "hub")], False),
        ("alive", [("tomb", "person"), ("tomb", "hub")], False),
        ("alive", [("tomb", "person"), ("live", "")], False),
        ("alive", [("tomb", "person"), ("creating", "")], False),
        ("dead", [], True),
        ("dead", [("tomb", "hub")], True),
    ],
)
def test_w5_w8_where_no_record_will_be_made_by_itself(life, links, barred):
    it = Story(system("crm"))
    it.golden.life = life
    for incarnation, (stands, by) in enumerate(links):
        link = new_link(it.golden.id, it.mapping("crm"), str(incarnation))
        link.incarnation, link.life, link.by = incarnation, stands, by
        it.cluster.links.append(link)
    it.cluster.links.append(new_link(it.golden.id, it.mapping("crm"), None))
    it.cluster.links[-1].incarnation = len(links)
    it.cluster.links[-1].life, it.cluster.links[-1].by = "tomb", "hub"  # a record that left says nothing
    assert is_barred(it.cluster, "crm.Person") == barred
    assert not is_barred(it.cluster, "erp.Person") or life == "dead"


@pytest.mark.parametrize(
    ("value", "shown", "there", "due"),
    [
        ("company:1", "7", "7", False),
        ("company:1", "7", "8", True),
        ("company:1", "7", None, False),
        ("company:1", None, "8", False),
        (None, "7", "8", False),
    ],
)
def test_w5_a_reference_to_what_is_gone_is_written_once_another_stands_for_it(value, shown, there, due):
    target = row("name", value_type="reference", references="erp.Company")
    refs = Refs({("erp.Company", there): "company:1"} if there else {})
    it = Story(system("crm"), system("erp", target), refs=refs).in_sync(phone="1")
    link = it.link("erp")
    it.golden.value[1], it.golden.stamp[1] = value, Stamp(1, 0, 0, "crm.Person/1", 0)
    it.link("crm").base[1] = link.base[1] = it.golden.stamp[1]
    link.raw[1] = it.cluster.seen["erp.Person", "1"].raw[1] = shown
    it.settles()
    assert it.dues().get("erp") == ({"name": there} if due else None)
