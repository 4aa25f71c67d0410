"""Values at spots, and when two are the same."""

import pytest

from accord.connectorkit.manifest import EntityType
from accord.connectorkit.manifest_parts import PropertySpec
from accord.core.values import MISSING
from accord.qa.checklist import Spot
from accord.qa.performing.spots import is_same, put, value_at

IT = EntityType.model_validate(
    {
        "path": "people",
        "update": "patch",
        "properties": {"name": {}, "phones": {"type": "list"}, "address.city": {}, "kind": {}, "amount": {}},
    }
)
WORK = Spot("phones.number", (("phones.type", "work"),))
CITY = Spot("address.city", (("address.type", "home"),))
NAME = Spot("name", (("kind", "human"),))


@pytest.mark.parametrize(
    ("payload", "spot", "value"),
    [
        ({"name": "x"}, Spot("name"), "x"),
        ({}, Spot("name"), MISSING),
        ({"address": None}, Spot("address.city"), None),
        ({"address": {"city": "x"}}, Spot("address.city"), "x"),
        ({"phones": [{"number": 1}, {"number": 2}]}, Spot("phones.number"), 1),
        ({"phones": []}, Spot("phones.number"), None),
        ({"phones": [{"type": "home", "number": 1}, {"type": "work", "number": 2}]}, WORK, 2),
        ({"phones": [{"type": "home", "number": 1}]}, WORK, None),
        ({"phones": {"type": "work", "number": 2}}, WORK, 2),
        ({"phones": {"type": "home", "number": 2}}, WORK, MISSING),
        ({"name": "x", "kind": "human"}, NAME, "x"),
        ({"name": "x", "kind": "firm"}, NAME, MISSING),
        ({"name": "x"}, Spot("name", (("kind", None),)), "x"),
        ({"name": "x", "kind": True}, Spot("name", (("kind", "true"),)), "x"),
        ({"name": "x", "kind": 1}, Spot("name", (("kind", True),)), MISSING),
    ],
)
def test_a_value_is_read_where_its_conditions_hold(payload, spot, value):
    assert value_at(payload, spot) == value


@pytest.mark.parametrize(
    ("body", "spot", "after"),
    [
        ({}, Spot("address.city"), {"address": {"city": "new"}}),
        ({"address": {"zip": "1"}}, Spot("address.city"), {"address": {"zip": "1", "city": "new"}}),
        ({}, WORK, {"phones": [{"type": "work", "number": "new"}]}),
        (
            {"phones": [{"type": "home", "number": 1}, {"type": "work", "number": 2, "x": 3}]},
            WORK,
            {"phones": [{"type": "home", "number": 1}, {"type": "work", "number": "new", "x": 3}]},
        ),
        (
            {"phones": [{"type": "home", "number": 1}]},
            WORK,
            {"phones": [{"type": "home", "number": 1}, {"type": "work", "number": "new"}]},
        ),
        ({}, Spot("phones.number"), {"phones": [{"number": "new"}]}),
        ({"phones": [{"number": 1}, {}]}, Spot("phones.number"), {"phones": [{"number": "new"}, {}]}),
        ({}, CITY, {"address": {"type": "home", "city": "new"}}),
        ({}, NAME, {"kind": "human", "name": "new"}),
    ],
)
def test_what_was_put_is_read(body, spot, after):
    put(body, spot, "new", IT)
    assert body == after
    assert value_at(body, spot) == "new"


@pytest.mark.parametrize(
    ("raw", "wanted", "kind", "same"),
    [
        ("a", "a", "string", True),
        ("a", "A", "string", False),
        ("e\u0301", "\u00e9", "string", True),
        ("", None, "string", True),
        (MISSING, None, "string", True),
        ([], None, "list", True),
        (0, None, "integer", False),
        (False, None, "boolean", False),
        (MISSING, "a", "string", False),
        (1, 1.0, "integer", True),
        ("1.50", 1.5, "decimal", True),
        ("1.51", 1.5, "decimal", False),
        (True, 1, "integer", False),
        (1, True, "boolean", False),
        ("2024-05-01T12:00:00Z", "2024-05-01T14:00:00+02:00", "datetime", True),
        ("2024-05-01T12:00:00", "2024-05-01T12:00:00Z", "datetime", False),
        ("2024-05-01T12:00:00", "2024-05-01T12:00:00.000", "datetime", True),
        ("x", "y", "datetime", False),
        (["a", "b"], ["a", "b"], "list", True),
        (["a", "b"], ["b", "a"], "list", False),
        ({"a": 1, "b": None}, {"a": 1}, "object", True),
        ("x", "y", "decimal", False),
    ],
)
def test_values_are_the_same_by_the_type_of_the_property(raw, wanted, kind, same):
    assert is_same(raw, wanted, PropertySpec(type=kind)) is same
