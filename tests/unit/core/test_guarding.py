"""What guards of the core hold back (G2, G5, K6, S11)."""

from accord.core.drift import Shown, compared, drift_of, kind_of
from accord.core.restored_system import steps_back
from accord.core.values import MISSING
from tests.unit.core.building import Story, concept, observation, row, system, take


def test_what_is_paused_is_held_and_not_due():
    it = Story(system("crm"), system("erp")).in_sync(name="Ada", phone="1")
    it.context = {"paused": {"erp.Person": "closing the month"}}
    it.sees("crm", at=20, name="Bo", phone="1")
    assert not it.settled.dues
    assert [(h.mapping, h.state, h.reason) for h in it.settled.holds] == [
        ("erp.Person", "frozen", "closing the month")
    ]
    it.context = {}
    it.settles(at=21)
    assert it.dues() == {"erp": {"name": "Bo"}}


def test_what_is_doubted_is_no_news():
    it = Story(system("crm"), system("erp")).in_sync(name="Ada", phone="1")
    it.context = {"paused": {"crm.Person": "drift"}, "doubted": frozenset({"crm.Person"})}
    it.sees("crm", at=20, name=None, phone="1")
    assert it.value("name") == "Ada"
    assert not it.settled.dues
    it.context = {}
    it.settles(at=21)
    assert it.dues() == {"erp": {"name": None}}


def test_raw_values_have_the_types_of_json():
    assert [kind_of(raw) for raw in ("a", 1, 1.5, True, [1], {"a": 1})] == [
        "text", "number", "number", "boolean", "list", "object",
    ]  # fmt: skip
    assert {kind_of(raw) for raw in (None, MISSING, "", [], {}, {"a": None, "b": ""})} == {""}


def test_a_page_is_compared_with_what_the_records_had():
    mapping = system("crm", row("name", required=True))
    page = [
        observation(remote_id="1", at=1, name=None, phone="1"),
        observation(remote_id="2", at=1, name=7, phone="1"),
        observation(remote_id="3", at=1, phone="1"),
        observation(remote_id="4", at=1, gone="deleted"),
    ]
    before = {"1": ["a", "Ada", None], "2": ["b", "Bo", "1"]}
    assert compared(page, before, mapping) == {0: Shown(2, 2, 0), 1: Shown(3, 2, 1), 2: Shown(3, 0, 0)}
    partial = system("crm", row("name", required=True), listing_partial=True)
    assert not compared(page, before, partial)


def test_most_of_at_least_twenty_records_are_a_drift():
    assert drift_of(Shown(19, 19, 0)) == ""
    assert drift_of(Shown(20, 10, 10)) == ""
    assert drift_of(Shown(20, 11, 0)) == "gone"
    assert drift_of(Shown(20, 0, 11)) == "retyped"
    assert Shown(1, 1, 0).plus((2, 0, 1)) == Shown(3, 1, 1)


def test_only_a_fetch_that_no_lag_explains_steps_back():
    of = system("crm", version="ordered", lag_s=5)
    (seen,) = take(observation(at=10, order=9, name="Ada"), mapping=of).rows
    late = {"at": 30, "how": "fetch", "order": 8, "name": "old"}
    assert steps_back(seen, observation(**late), of, 0)
    assert not steps_back(seen, observation(**late), of, 26_000_000)
    assert not steps_back(seen, observation(**{**late, "at": 10}), of, 0)
    assert not steps_back(seen, observation(**{**late, "order": 9}), of, 0)
    assert not steps_back(seen, observation(**{**late, "how": "listing"}), of, 0)
    assert not steps_back(seen, observation(**late), system("crm"), 0)
    seen.highest_order = None
    assert steps_back(seen, observation(**late), of, 0)
    seen.order = None
    assert not steps_back(seen, observation(**late), of, 0)


def restored(**more):
    """The ERP was restored, and the hub's state holds."""
    it = Story(system("crm"), system("erp"), **more).in_sync(name="Ada", phone="1")
    it.sees("crm", at=20, name="Bo", phone="1")
    it.sends("erp", at=21)
    it.answers("erp", at=21, name="Bo", phone="1", version="w")
    it.link("erp").restored = True
    return it


def test_what_a_restored_record_shows_is_written_anew():
    it = restored()
    it.sees("erp", at=30, name="Ada", phone="1", version="back")
    assert (it.value("name"), it.dues()) == ("Bo", {"erp": {"name": "Bo"}})
    assert ("loser", "Ada") in [(event.kind, event.value) for event in it.history]
    assert not it.link("erp").restored


def test_s11_what_a_restored_record_shows_no_more_is_written_anew():
    """Where absence says nothing, that a backup took a value away can not be told from what was not shown."""
    it = restored()
    it.cluster.seen["erp.Person", "1"].asked_us = 0
    it.sees("erp", at=30, phone="1", version="back")
    assert (it.value("name"), it.dues()) == ("Bo", {"erp": {"name": "Bo"}})
    it.sends("erp", at=31)
    it.answers("erp", at=31, name="Bo", phone="1", version="new")
    assert it.dues() == {}


def test_s11_what_was_read_before_somebody_said_whose_state_holds_is_not_what_a_restored_record_shows():
    """The system was down when its pause ended: what is known of its records is of before."""
    it = restored()
    seen = it.cluster.seen["erp.Person", "1"]
    seen.seq, seen.asked_us = seen.seq + 1, 0
    it.settles(at=30)
    assert it.link("erp").restored
    it.sees("erp", at=40, name="Ada", phone="1", version="back")
    assert (it.value("name"), it.dues()) == ("Bo", {"erp": {"name": "Bo"}})


def test_s11_a_restored_record_that_shows_what_it_showed_was_looked_at():
    """Else what a person enters there next would count as of the backup."""
    it = Story(system("crm"), system("erp")).in_sync(name="Ada", phone="1")
    seen = it.cluster.seen["erp.Person", "1"]
    it.link("erp").restored, seen.asked_us, seen.version = True, 0, None
    it.sees("erp", at=30, name="Ada", phone="1", version=None)
    assert not it.link("erp").restored
    it.sees("erp", at=40, name="Bo", phone="1", version=None)
    assert it.value("name") == "Bo"


def test_a_record_that_the_backup_did_not_hold_is_made_again():
    it = restored()
    it.takes(observation("erp.Person", at=30, gone="deleted", proven=True))
    it.settles(at=30)
    assert (it.link("erp").life, it.link("erp").by) == ("tomb", "hub")
    assert it.dues() == {"+erp": {"name": "Bo", "phone": "1"}}


def test_what_was_deleted_stays_so_after_a_restore():
    it = restored(of=concept(delete="propagate"))
    for name in ("crm", "erp"):
        it.takes(observation(f"{name}.Person", at=30, gone="deleted", proven=True))
    it.settles(at=30)
    assert it.golden.life == "dead"
    for life in ("dead", "alive"):
        it.link("erp").life, it.link("erp").restored, it.golden.life = "tomb", True, life
        it.takes(observation("erp.Person", at=40, how="fetch", name="Bo", phone="1", version=f"x{life}"))
        it.settles(at=40)
        assert it.link("erp").life == "live"
        assert it.golden.life == ("dying" if life == "dead" else "alive")
    it.link("erp").life, it.link("erp").restored = "tomb", True
    it.takes(observation("erp.Person", at=50, gone="deleted", proven=True))
    it.settles(at=50)
    assert not it.link("erp").restored


def test_a_create_whose_record_was_found_in_another_way_has_ended():
    """A system that was restored gives an id anew: the answer is taken for the old record, which matches then."""
    it = Story(system("crm"), system("erp"))
    it.sees("crm", at=10, name="Ada", phone="1")
    it.sends("erp", at=20)
    it.answers("erp", "refused", at=20, message="no")
    assert it.link("erp").rejected
    it.sees("erp", "7", at=30, name="Ada", phone="1")
    assert [
        (link.life, bool(link.rejected)) for link in it.cluster.links if link.mapping == "erp.Person"
    ] == [
        ("tomb", False),
        ("live", False),
    ]
