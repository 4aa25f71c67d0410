"""What is hinted at is gathered: many hints at one record are one (S9)."""

from accord.core.state import Fetch
from accord.runtime.steps.collect import HINTED
from accord.serving.agenda import Hinted
from tests.unit.runtime.office import PROJECT, Office


def test_s9_hints_that_differ_in_the_version_tell_none() -> None:
    """Which of them is the newer one nobody knows, so that the record is read."""
    model = Office(PROJECT).hub.model
    hinted = Hinted()
    for record_id, versions in {"1": "aa", "2": "ab", "3": "aba", "4": "a "}.items():
        for version in versions:
            hinted.take("crm.Company", record_id, version.strip())
    asks, versions, listed = hinted.drain(model, 7)
    assert asks == [Fetch("crm.Company", each, HINTED, 7) for each in "1234"]
    assert versions == {("crm.Company", "1"): "a"}
    assert listed == set()
    hinted.put_back(model, asks)
    assert hinted.drain(model, 8).versions == {}
