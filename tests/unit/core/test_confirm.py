"""How writes end (W2-W4, W9, C1), and what is frozen before they are sent."""

import pytest

from tests.unit.core.building import Story, observation, row, system


def creating(*rows, finds_create=("key",), **declared):
    """Given: a create is on its way to the ERP."""
    it = Story(system("crm"), system("erp", *rows, finds_create=finds_create, **declared))
    it.sees("crm", at=10, name="Ada", phone="1")
    it.sends("erp", at=20).open.key = "key-1"
    return it


def updating(**declared):
    """Given: an update is on its way to the ERP."""
    it = Story(system("crm"), system("erp", **declared)).in_sync(name="Ada", phone="1")
    it.sees("crm", at=20, name="Bo", phone="1")
    it.sends("erp", at=30)
    return it


def test_c2_what_is_sent_is_frozen_before_the_call():
    write = creating().link("erp").open
    assert (write.kind, write.sendings) == ("create", 1)
    assert sorted(sent.raw for sent in write.sent.values()) == ["1", "Ada"]


def test_l5_a_record_made_by_our_write_is_linked_by_the_id_that_came_back():
    it = creating()
    it.answers("erp", at=21, id="77", name="Ada", phone="1", version="w")
    link = it.link("erp")
    assert (link.id, link.life, it.cluster.seen["erp.Person", "77"].golden) == ("77", "live", "person:1")
    assert (it.dues(), it.holds()) == ({}, set())
    assert [e.value for e in it.history if e.kind == "created"] == [{"name": "Ada", "phone": "1"}]


def test_l1_a_create_that_is_answered_with_a_record_linked_elsewhere_takes_nothing_from_it():
    it = creating()
    it.takes(observation("erp.Person", "77", at=15, name="Ada", phone="1"))
    it.cluster.links = [k for k in it.cluster.links if k.id != "77"]
    it.cluster.seen["erp.Person", "77"].golden = "person:other"
    it.answers("erp", at=21, id="77", name="Ada", phone="1", version="w")
    assert (it.link("erp").life, it.link("erp").id) == ("creating", None)
    assert ("erp", "", "failed") in it.holds()


def test_g7_a_create_that_is_answered_with_a_record_from_before_it_takes_nothing_from_it():
    it = creating()
    it.answers("erp", at=21, id="77", created=3, modified=15, name="Ada", phone="2", version="w")
    assert (it.link("erp").life, it.link("erp").id) == ("creating", None)
    assert it.cluster.seen["erp.Person", "77"].held
    assert it.fetches() == [("erp", 0)]
    assert (it.value("phone"), ("erp", "", "failed") in it.holds()) == ("1", True)


def test_g7_a_create_that_is_answered_with_a_record_that_is_gone_takes_nothing_from_it():
    it = creating()
    it.takes(observation("erp.Person", "77", at=15, gone="deleted", proven=True, how="feed"))
    it.cluster.links = [k for k in it.cluster.links if k.id != "77"]
    it.cluster.seen["erp.Person", "77"].golden = None
    it.answers("erp", at=21, id="77", name="Ada", phone="1", version="w")
    assert (it.link("erp").life, it.link("erp").id) == ("creating", None)
    assert it.cluster.seen["erp.Person", "77"].held == ""
    assert (it.golden.life, ("erp", "", "failed") in it.holds()) == ("alive", True)


def test_s5_a_create_that_was_sent_twice_is_settled_like_one_that_was_found():
    it = creating()
    it.link("erp").open.sendings = 2
    it.answers("erp", at=31, id="77", created=20, modified=25, name="Bo", phone="1", version="w")
    assert (it.link("erp").id, it.dues()) == ("77", {"erp": {"name": "Ada"}})
    it.sends("erp", at=32)
    it.answers("erp", at=32, name="Ada", phone="1", version="x")
    assert (it.value("name"), it.dues()["crm"]) == ("Bo", {"name": "Bo"})


def test_w9_a_record_that_the_create_left_without_a_value_has_refused_it():
    it = creating()
    it.answers("erp", "unknown", at=21)
    it.adopts("erp", "77", at=30, created=20, modified=20, name="Ada", phone=None)
    assert (it.shadow("erp", "phone"), it.value("phone")) == (None, "1")
    assert (it.dues(), it.holds()) == ({}, {("erp", "phone", "failed")})


def test_s5_a_create_makes_its_representations_known():
    it = creating()
    it.answers("erp", at=21, id="77", name="ADA", phone="1", version="w")
    assert (it.shadow("erp", "name"), it.value("name"), it.dues()) == ("ADA", "Ada", {})


def test_s6_what_a_create_fills_in_is_golden_where_nobody_says_otherwise():
    it = Story(system("crm"), system("erp"))
    it.sees("crm", at=10, email=None, name="Ada", phone="1")
    it.sends("erp", at=20).open.key = "key-1"
    it.answers("erp", at=21, id="77", email="made@up", name="Ada", phone="1", version="w")
    assert it.dues() == {"crm": {"email": "made@up"}}
    it.sees("crm", at=30, email="own@x", name="Ada", phone="1")
    assert (it.value("email"), it.dues()) == ("own@x", {"erp": {"email": "own@x"}})


def test_s6_null_in_the_reply_to_a_create_is_no_blanking():
    it = creating()
    it.answers("erp", at=21, id="77", email=None, name="Ada", phone="1", version="w")
    assert (it.dues(), it.shadow("erp", "email")) == ({}, None)


def test_s6_what_a_create_fills_in_that_can_not_be_read_has_no_base():
    it = creating(row("email", value_type="integer"))
    it.answers("erp", at=21, id="77", email="?", name="Ada", phone="1", version="w")
    assert it.shadow("erp", "email") == "?"


def test_w3_a_create_of_unknown_outcome_is_never_derived_anew():
    it = creating()
    it.answers("erp", "unknown", at=21)
    assert it.dues() == {}
    assert it.link("erp").open.unknown
    assert it.link("erp").open.key == "key-1"


def test_w3_a_create_that_is_acknowledged_without_a_record_is_of_unknown_outcome():
    it = creating()
    it.answers("erp", at=21)
    write = it.link("erp").open
    assert (it.link("erp").life, write.unknown, write.acked) == ("creating", True, False)
    assert "created" not in it.happened()


def test_w3_a_definite_rejection_ends_the_generation():
    for ending in ("refused", "missing"):
        it = creating()
        it.answers("erp", ending, at=21, message="no")
        assert (it.link("erp").generation, it.link("erp").open) == (1, None)


def test_w9_a_refusal_after_an_earlier_sending_proves_nothing():
    """Our id may be taken because the first sending took it."""
    it = creating(finds_create=("our_id",))
    it.answers("erp", "unknown", at=21)
    it.link("erp").open.sendings = 2
    it.answers("erp", "refused", at=22, message="id is taken")
    assert it.link("erp").open.unknown
    assert it.link("erp").generation == 0


def test_w9_a_refusal_of_a_repeated_key_is_of_both_sendings():
    it = creating()
    it.answers("erp", "unknown", at=21)
    it.link("erp").open.sendings = 2
    it.answers("erp", "refused", at=22, message="no")
    assert (it.link("erp").open, it.link("erp").generation) == (None, 1)


def test_w3_rights_that_were_lost_prove_nothing_about_an_earlier_sending():
    it = creating()
    it.answers("erp", "unknown", at=21)
    it.link("erp").open.sendings = 2
    it.answers("erp", "refused", at=22, message="no", denied=True)
    assert (it.link("erp").open.unknown, it.link("erp").generation) == (True, 0)


def test_w9_a_rejection_names_no_property_where_the_configuration_moved():
    it = updating()
    work = it.work()
    work.reject(it.link("erp"), -1, work.revision(it.link("erp")), "no")
    assert (work.events[-1].property, work.events[-1].record) == ("", "erp.Person/1")


def test_w2_a_refused_version_ends_a_write_that_was_sent_once():
    it = updating()
    it.answers("erp", "moved", at=31)
    assert (it.link("erp").open, it.link("erp").refusals) == (None, 1)


def test_w4_a_refused_version_says_nothing_of_an_earlier_sending():
    it = resent()
    it.answers("erp", "moved", at=42)
    assert it.link("erp").open.unknown
    assert it.dues() == {}


def test_w4_an_update_of_unknown_outcome_is_sent_again_as_it_was_when_the_record_still_shows_the_version_it_named():
    it = resent()
    write = it.link("erp").open
    assert (write.sendings, write.version, write.sent_us, write.first_us) == (
        2,
        "v10",
        41_000_000,
        30_000_000,
    )
    it.answers("erp", at=42, name="Bo", phone="1", version="w")
    assert (it.dues(), it.link("erp").open) == ({}, None)


def test_w4_it_is_not_sent_again_before_it_was_read():
    it = updating()
    it.answers("erp", "unknown", at=31)
    assert it.dues() == {}


@pytest.mark.parametrize(("sendings", "unknown"), [(1, False), (2, True)])
def test_w9_a_system_that_asks_for_patience_has_not_written(sendings, unknown):
    it = updating() if sendings == 1 else resent()
    it.answers("erp", "later", at=43)
    write = it.link("erp").open
    assert (write is not None) == unknown
    if unknown:
        assert (write.unknown, write.sendings) == (True, 1)
    else:
        assert it.dues() == {"erp": {"name": "Bo"}}


def test_s10_an_update_of_a_record_that_is_not_there_nominates_it():
    it = updating()
    it.answers("erp", "missing", at=31)
    assert ("erp", 31) in it.fetches()
    assert it.link("erp").life == "live"


def test_k4_an_outcome_for_a_mapping_that_left_the_configuration_changes_nothing():
    it = updating()
    erp = it.model.mappings.pop("erp.Person")
    work = it.work()
    from accord.core.confirm import confirm
    from accord.core.observation import Outcome

    confirm(work, it.link_of(erp.key), Outcome(kind="done"), None)
    assert it.link_of(erp.key).open is not None
    assert work.events == []


def test_a_write_without_an_open_one_under_it_is_no_outcome():
    it = updating()
    it.answers("erp", at=31, name="Bo", phone="1", version="w")
    before = it.link("erp").confirmed_us
    from accord.core.confirm import confirm
    from accord.core.observation import Outcome

    confirm(it.work(), it.link("erp"), Outcome(kind="done"), None)
    assert it.link("erp").confirmed_us == before


def resent():
    """Given: an update whose reply was lost, and that was sent once more."""
    it = updating()
    it.answers("erp", "unknown", at=31)
    it.sees("erp", at=40, how="fetch", version="v10", name="Ada", phone="1")
    assert it.due("erp").again
    it.sends("erp", at=41)
    return it
