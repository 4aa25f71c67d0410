"""What records were refused, from rejections and golden values (W9)."""

from accord.core.state import NOT_PERMITTED
from accord.core.swaps import wants_of
from tests.unit.core.building import Story, row, system
from tests.unit.core.test_due import Digits


def refused(**outcome):
    """Two values of a record were refused in the ERP."""
    it = Story(system("crm"), system("erp")).in_sync(name="Ada", phone="1")
    it.sees("crm", at=20, name="Eva", phone="2")
    it.sends("erp", at=21)
    it.answers("erp", "refused", at=22, message="no", **outcome)
    return it


def wants(it, name="erp"):
    link = it.link(name)
    return [want[2:] for want in wants_of(link, it.cluster, it.model.mappings[link.mapping])]


def test_w9_what_is_named_is_wanted():
    assert wants(refused(faults=("phone",))) == [("phone", "2", "1")]


def test_w9_where_nothing_is_named_all_that_differs_is_wanted():
    assert wants(refused()) == [("name", "Eva", "Ada"), ("phone", "2", "1")]


def test_w9_what_was_not_refused_is_not_wanted():
    it = refused(faults=("phone",))
    assert wants(it, "crm") == []
    it.link("erp").life = "tomb"
    assert wants(it) == []
    it.link("erp").id = None
    assert wants(it) == []


def test_w9_what_can_not_be_put_is_not_wanted():
    it = Story(system("crm"), system("erp", row("name", lens=Digits()))).in_sync(name="1", phone="1")
    it.sees("crm", at=20, name="2", phone="2")
    it.sends("erp", at=21)
    it.answers("erp", "refused", at=22, message="no")
    assert wants(it) == [("name", "2", "1"), ("phone", "2", "1")]
    it.cluster.golden.value[1] = "x"
    assert wants(it) == [("phone", "2", "1")]
    it.cluster.golden.value[2] = None
    assert wants(it) == []


def test_w9_what_the_account_may_not_write_says_so():
    it = refused(denied=True, faults=("name",))
    (rejection,) = it.link("erp").rejected.values()
    assert (rejection.denied, rejection.message) == (True, f"{NOT_PERMITTED}: no")
