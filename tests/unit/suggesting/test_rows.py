"""The type that is written into a row, so that the project loads with it."""

from typing import Any

import pytest

from accord.connectorkit.manifest_parts import PropertySpec
from accord.suggesting.field import Field
from accord.suggesting.names import read_name
from accord.suggesting.rows import row_of


def field(path: str, **declared: Any) -> Field:
    return Field(path, PropertySpec(**declared), read_name(path))


@pytest.mark.parametrize(
    ("ours", "theirs", "type_name"),
    [
        ({}, {}, None),
        ({"type": "date"}, {"type": "date"}, None),
        ({"type": "date"}, {}, "date"),
        ({"type": "integer"}, {}, "string"),
        ({"type": "float"}, {}, "float"),
        ({"type": "decimal", "scale": 2}, {"type": "decimal", "scale": 2}, None),
        ({"type": "decimal", "scale": 2}, {"type": "decimal", "scale": 4}, "decimal(4)"),
        ({"type": "decimal", "scale": 3}, {"type": "integer"}, "decimal(3)"),
        ({"type": "decimal"}, {"type": "decimal"}, "decimal(2)"),
        ({"type": "list"}, {"type": "list"}, "list(string)"),
        ({"type": "boolean"}, {}, "boolean"),
        ({"enum": ("a", "b")}, {}, "string"),
        ({"reference": "Company"}, {"type": "integer", "reference": "Firm"}, None),
    ],
)
def test_a_type_is_said_where_the_manifests_do_not_agree(
    ours: dict[str, Any], theirs: dict[str, Any], type_name: str | None
) -> None:
    expected = ["one", "other", type_name] if type_name else ["one", "other"]
    assert row_of(field("one", **ours), field("other", **theirs), None) == expected


def test_what_is_true_where_the_other_is_false_is_turned_round() -> None:
    row = row_of(field("active", type="boolean"), field("isBlocked", type="boolean"), None)
    assert row["to"]["lens"] == {"name": "map", "pairs": [[True, False], [False, True]]}
