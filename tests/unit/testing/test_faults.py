"""Faults of a played system: each is a named thing, and is counted when it strikes."""

import pytest

from accord.testing.system_model import Quirks
from accord.testing.system_model.quirks import LASTING


def test_g5_another_integration_brings_records_into_its_own_shape(system):
    s = system({"another": {"name": "upper"}, "another_s": 5})
    s.add("ann")
    version = s.record("1")["rev"]
    s.clock.pass_s(5)
    assert s.record("1")["name"] == "ANN"
    assert s.record("1")["rev"] > version
    s.clock.pass_s(50)
    version = s.record("1")["rev"]
    s.clock.pass_s(50)
    assert s.record("1")["rev"] == version  # it leaves alone what has its shape
    assert s.model.struck["another"] == 1


def test_g5_another_integration_puts_a_value_back_each_time(system):
    s = system({"another": {"email": "=x@x.io"}})
    s.add("ann")
    for _ in range(3):
        s.clock.pass_s(2)
        assert s.record("1")["email"] == "x@x.io"
        assert s.model.update("Person", "1", {"email": "y@x.io"}).body["email"] == "y@x.io"
    assert s.model.struck["another"] == 3


def test_another_integration_may_touch_records_only(system):
    s = system({"another": {"name": "touch"}})
    s.add("ann")
    version = s.record("1")["rev"]
    s.clock.pass_s(2)
    touched = s.record("1")
    assert (touched["name"], touched["rev"] > version) == ("ann", True)


def test_who_acts_is_told(system):
    s = system({"another": {"name": "upper"}, "late": 1.0})
    actors = []
    s.model.on_change = lambda _name, _id: actors.append(s.model.actor)
    s.add("ann")
    s.clock.pass_s(2)
    s.model.settle_down()
    s.model.update("Person", "1", {"email": "e"})
    s.clock.pass_s(60)
    s.model.settle_down()
    assert actors == ["person", "another", "hub"]


def test_s9_hints_are_dropped_and_doubled(system):
    s, told = system({"drops_hints": 1.0}), []
    s.model.on_change = lambda name, record_id: told.append((name, record_id))
    s.add("a")
    s.model.quirks["Person"] = Quirks(doubles_hints=1.0)
    s.add("b")
    s.model.quirks["Person"] = Quirks()
    s.add("c")
    assert told == [("Person", "2"), ("Person", "2"), ("Person", "3")]


def test_g2_a_property_vanishes_turns_null_or_changes_its_type(system):
    s = system()
    s.add("ann", email="e")
    s.model.quirks["Person"] = Quirks(hides=("email",), retypes={"name": "list"})
    answer = s.model.get("Person", "1")
    assert ("email" in answer.body, answer.body["name"]) == (False, ["ann"])
    assert s.model.list("Person").items[0]["name"] == ["ann"]
    assert s.model.update("Person", "1", {"email": "x"}).status == 403
    s.model.quirks["Person"] = Quirks(nulls=("email",))
    assert s.model.list("Person").items[0]["email"] is None
    assert s.model.person_edit("Person", "1", {}).body["email"] == "e"  # a person sees what is there
    assert s.record("1")["email"] == "e"


@pytest.mark.parametrize(("forbids", "reads"), [("writes", 200), ("all", 403)])
def test_an_account_loses_its_rights(system, forbids, reads):
    s = system({"forbids": forbids})
    s.add("ann")
    assert s.model.get("Person", "1").status == reads
    assert s.model.list("Person").status == reads
    assert s.model.update("Person", "1", {"name": "b"}).status == 403
    assert s.record("1")["name"] == "ann"


def test_w9_an_update_is_swallowed(system):
    s = system({"swallows": 1.0})
    s.add("ann")
    answer = s.model.update("Person", "1", {"name": "bo"})
    assert (answer.status, answer.body["name"]) == (200, "ann")
    assert s.model.create("Person", {"name": "cy"}).status == 201
    assert s.model.update("Person", "9", {"name": "bo"}).status == 404
    assert s.model.struck["swallows"] == 2


def test_w2_a_write_that_names_a_version_is_refused_without_cause(system):
    s = system({"stale": 1.0})
    s.add("ann")
    etag = s.model.get("Person", "1").etag
    assert s.model.update("Person", "1", {"name": "bo"}, etag).status == 412
    assert s.model.update("Person", "1", {"name": "bo"}).status == 200


def test_w3_a_write_comes_twice_where_the_system_can_tell(system):
    s = system({"doubles": 1.0})
    made = s.model.create("Person", {"name": "ann"}, "key")
    assert (made.status, len(s.model.tables()["Person"])) == (200, 1)
    s.model.create("Person", {"name": "bo"})  # without a key it can not tell, so that it comes once
    assert len(s.model.tables()["Person"]) == 2
    assert s.model.update("Person", "1", {"name": "cy"}, made.etag).body["rev"] == s.record("1")["rev"]
    version = s.record("1")["rev"]
    assert s.model.update("Person", "1", {"name": "dee"}).body["rev"] == version + 2


def test_w9_a_system_is_not_available(system):
    s = system({"unavailable": 1.0, "retry_after_s": 7})
    answer = s.model.list("Person")
    assert (answer.status, answer.retry_after_s) == (503, 7)


def test_s8_items_are_shuffled_and_pages_come_twice(system):
    s = system({"shuffles": 1.0, "repeats": 1.0})
    s.add(*"abcdefgh")
    orders, ids, token = set(), [], None
    while True:
        page = s.model.list("Person", page_token=token)
        ids += [item["id"] for item in page.items]
        orders.add(
            tuple(sorted(item["id"] for item in page.items)) == tuple(item["id"] for item in page.items)
        )
        token = page.next
        if token is None:
            break
    assert sorted(ids) == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 8]
    assert False in orders


def test_s11_a_system_is_restored_from_a_backup(system):
    s = system()
    s.add("ann")
    backup = s.model.snapshot()
    version = s.record("1")["rev"]
    s.model.person_edit("Person", "1", {"name": "bo"})
    s.add("cy")
    s.model.restore(backup)
    assert (s.record("1")["name"], s.record("1")["rev"], s.record("2")) == ("ann", version, None)
    assert s.model.person_edit("Person", "1", {"name": "dee"}).body["rev"] == version + 1
    assert s.model.struck["backup"] == 1


def test_faults_pass_and_a_systems_nature_stays():
    bad = {"trims": ("a",), "lag_s": 2, "lost_after": 0.5, "hides": ("b",), "forbids": "all", "stale": 0.1}
    assert Quirks(**bad).mended() == Quirks(trims=("a",), lag_s=2)
    assert set(LASTING) < set(Quirks.model_fields)
