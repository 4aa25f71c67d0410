"""The compiled model's small parts."""

from accord.core.model import NoReferences


def test_w5_without_references_nothing_is_linked():
    assert NoReferences().golden("crm.Person", "1") is None
    assert NoReferences().remote("crm.Person", "person:1") is None
