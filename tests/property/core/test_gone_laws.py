"""References to what is not there any more, or was never seen (W5, S10)."""

import pytest

from accord.core.stamps import Stamp
from accord.core.values import MISSING
from tests.unit.core.building import Refs, Story, observation, row, system, take

TARGET = "erp.Company"
GONE = {"gone": frozenset({(TARGET, "7")})}
UNKNOWN = {"unknown": frozenset({(TARGET, "7")})}


def referring(shadow, now):
    """A record in the ERP whose shadow and payload refer to companies; golden is company:1, which is 8 there."""
    name = row("name", value_type="reference", references=TARGET)
    it = Story(system("crm"), system("erp", name), refs=Refs({(TARGET, "8"): "company:1"})).in_sync(phone="1")
    it.golden.value[1], it.golden.stamp[1] = "company:1", Stamp(10**6, 0, 0, "crm.Person/1", 0)
    it.link("crm").base[1] = it.golden.stamp[1]
    it.link("erp").raw[1], it.cluster.seen["erp.Person", "1"].raw[1] = shadow, now
    return it


@pytest.mark.parametrize("shadow", ["7", "9", MISSING])
def test_w5_a_reference_to_what_was_deleted_is_written_over(shadow):
    """It will never say anything, whatever the shadow holds."""
    it = referring(shadow, "7")
    it.settles(**GONE)
    assert it.dues() == {"erp": {"name": "8"}}


def test_w5_a_record_that_points_to_what_was_deleted_is_put_right():
    """Also where nothing moved: its shadow is the golden revision, and somebody pointed it elsewhere since."""
    it = referring("8", "7")
    it.link("erp").base[1] = it.golden.stamp[1]
    it.settles(**GONE)
    assert it.dues() == {"erp": {"name": "8"}}


@pytest.mark.parametrize(("context", "state"), [({}, "pending"), (UNKNOWN, "waiting")])
@pytest.mark.parametrize("shadow", ["9", MISSING])
def test_w5_what_may_still_be_linked_is_waited_for(shadow, context, state):
    """What was never seen is read by its id: it may be long gone."""
    it = referring(shadow, "7")
    it.settles(**context)
    assert it.dues() == {}
    assert it.hold(state).property == "name"
    assert [(f.mapping, f.id) for f in it.settled.fetches] == ([(TARGET, "7")] if context else [])


def test_s10_what_is_looked_for_and_is_not_there_is_remembered():
    rows = {}
    look = observation("crm.Person", at=3, gone="missing", how="fetch", proven=True)
    assert [row.gone for row in take(look, rows=rows).rows] == ["deleted"]
