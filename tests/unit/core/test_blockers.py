"""Which refused values a record waits for, and which another one lets go (W9)."""

from accord.core.blockers import freed_by, waited_for
from accord.core.state import Seen
from accord.core.values import MISSING
from tests.unit.core.building import Story, row, system
from tests.unit.core.test_due import Digits
from tests.unit.core.test_swaps import refused


def waits(it, name="erp"):
    link = it.link(name)
    return list(waited_for(link, it.cluster, it.model.mappings[link.mapping]))


def test_w9_what_is_named_is_waited_for():
    it = refused(faults=("phone",))
    assert waits(it) == [(2, (2, "2"))]
    assert waits(it, "crm") == []


def test_w9_where_nothing_is_named_all_that_differs_is_waited_for():
    assert waits(refused()) == [(-1, (1, "eva")), (-1, (2, "2"))]


def test_w9_a_matter_of_rights_waits_for_no_value():
    assert waits(refused(denied=True, faults=("name",))) == []


def test_w9_what_can_not_be_put_is_not_waited_for():
    it = Story(system("crm"), system("erp", row("name", lens=Digits()))).in_sync(name="1", phone="1")
    it.sees("crm", at=20, name="2", phone="2")
    it.sends("erp", at=21)
    it.answers("erp", "refused", at=22, message="no")
    it.cluster.golden.value[1] = "x"
    assert waits(it) == [(-1, (2, "2"))]
    it.cluster.golden.value[2] = None
    assert waits(it) == []
    it.cluster.seen.clear()
    assert waits(it) == []


def test_w9_a_value_is_free_when_it_changed_or_its_record_went():
    seen = Seen(mapping="erp.Person", id="1", raw=["new", " Same", MISSING, None])
    before = ["old", "same ", MISSING, None]
    assert list(freed_by(before, seen)) == [(0, "old")]
    seen.gone = "deleted"
    assert list(freed_by(before, seen)) == [(0, "old"), (1, "same")]
