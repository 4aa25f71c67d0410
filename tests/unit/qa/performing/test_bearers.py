"""By which literals records are recognised."""

import pytest

from accord.qa.performing.bearers import Bearers, bears
from accord.qa.performing.records import Record

PAYLOAD = {"a": [{"b": "QA7-a0001@Example.org"}, {"c": True, "d": 12, "e": "34", "f": 5.0}], "g": None}
ONE, OTHER = Record("crm.Contacts", "1"), Record("crm.Contacts", "2")


@pytest.mark.parametrize(
    ("literal", "found"),
    [
        ("qa7-a0001", True),
        ("qa7-a0002", False),
        ("example", True),
        (12, True),
        (12.0, True),
        (34, True),
        (5, True),
        (13, False),
        (True, True),
        (False, False),
        (1, False),
    ],
)
def test_a_literal_is_contained_in_a_text_or_equals_a_value(literal, found):
    bearers = Bearers("qa7")
    bearers.put(ONE, PAYLOAD)
    bearers.put(OTHER, {"a": "qa7-b0007"})
    assert bears(PAYLOAD, literal) is found
    assert bearers.of("crm.Contacts", literal) == ([ONE] if found else [])
    assert bearers.of("crm.Companies", literal) == []


def test_what_a_record_shows_no_more_is_not_found():
    bearers = Bearers("qa7")
    bearers.put(ONE, PAYLOAD)
    bearers.put(ONE, {"a": "qa7-a0009", "d": 13})
    assert [bearers.of(ONE.at, it) for it in ("qa7-a0001", 12, "qa7-a0009", 13)] == [[], [], [ONE], [ONE]]
    bearers.drop(ONE)
    assert bearers.of(ONE.at, "qa7-a0009") == []
