"""What people type: the systems take it, the lenses tell it, and it meets."""

from pathlib import Path
from typing import Any

import pytest

from accord.connectorkit.manifest_load import manifest_from
from accord.core.model import NoReferences
from accord.core.values import MISSING
from accord.project import load_project, project_from_text
from accord.testing.world.forms import Field, forms_of, raw_for

EXAMPLE = Path(__file__).parents[3] / "examples" / "crmoffice-customerp"
CRM: dict[str, Any] = {
    "code": {"max_length": 4},
    "mail": {},
    "size": {"enum": ["S", "M", "L"]},
    "vip": {"type": "boolean"},
    "tags": {"type": "list"},
    "due": {},
    "fee": {"type": "decimal"},
    "spare": {},
    "sum": {"read_only": True},
}
PROJECT = """
version: 1
name: values
systems:
  crm: {connector: crm}
  erp: {connector: erp}
concepts:
  thing:
    properties:
      code: string
      mail: string
      size: enum(small|medium|large)
      vip: boolean
      tags: set(string)
      due: date
      fee: decimal(2)
    match: [[mail]]
mappings:
  crm.Thing:
    concept: thing
    properties: &rows
      code: code
      mail: {path: mail, lens: email}
      size: {path: size, lens: {name: map, pairs: {S: small, M: medium, L: large}}}
      vip: vip
      tags: tags
      due: {path: due, lens: {name: date, format: "%d.%m.%Y"}}
      fee: fee
  erp.Thing: {concept: thing, properties: *rows}
"""


@pytest.fixture(scope="module")
def played() -> Any:
    manifests = {
        name: manifest_from(
            {
                "name": name,
                "base_url": f"http://{name}.test/",
                "types": {"Thing": {"path": "/things", "properties": CRM, "update": "patch"}},
            }
        )
        for name in ("crm", "erp")
    }
    project = project_from_text(PROJECT, Path(), manifests=manifests)
    return forms_of([project.model], manifests)


def typed(field: Field) -> list[Any]:
    """Values of a property that its system is given, and that are read back as they were."""
    raws = {
        repr(value): (value, raw_for(field, value)) for value in (*field.common, *map(field.once, range(30)))
    }
    return [
        value
        for value, raw in raws.values()
        if raw is not MISSING and field.row.lens.get(raw, NoReferences()) == value
    ]


def test_every_property_of_the_example_can_be_typed() -> None:
    project = load_project(EXAMPLE)
    for form in forms_of([project.model], project.manifests).values():
        for field in form.fields:
            assert field.target or len(typed(field)) >= 2, f"{form.type} {field.name}"


def test_what_is_typed_is_taken_and_read_as_it_was(played: Any) -> None:
    for form in played.values():
        assert [field.name for field in form.fields if len(typed(field)) < 2] == []


def test_values_that_are_typed_once_differ(played: Any) -> None:
    for field in played["crm.Thing"].fields:
        if field.name not in ("size", "vip"):
            assert len({repr(field.once(number)) for number in range(200)}) == 200, field.name


def test_w1_what_no_mapping_writes_is_named(played: Any) -> None:
    assert list(played["crm.Thing"].extras) == ["spare"]
