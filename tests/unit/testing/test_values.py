"""What people type: the systems take it, the lenses tell it, and it meets."""

from pathlib import Path
from typing import Any

import pytest

from accord.connectorkit.manifest_load import manifest_from
from accord.connectorkit.manifest_parts import PropertySpec
from accord.core.model import NoReferences
from accord.core.values import MISSING
from accord.project import load_project, project_from_text
from accord.testing.world.values import Values, plain_raw

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
    return project.model, Values(project.model, manifests)


def test_every_property_of_the_example_can_be_typed() -> None:
    project = load_project(EXAMPLE)
    values = Values(project.model, project.manifests)
    assert values.untyped() == []


def test_what_is_typed_is_taken_and_read_as_it_was(played: Any) -> None:
    model, values = played
    for mapping in model.mappings.values():
        for row in mapping.properties:
            alphabet = values.alphabet("thing", row.property)
            assert len(alphabet.common) >= 2, row.name
            for value in (
                *alphabet.common,
                *filter(lambda v: v is not MISSING, map(alphabet.once, range(30))),
            ):
                raw = values.raw(mapping, row, value)
                assert row.lens.get(raw, NoReferences()) == value


def test_values_that_are_typed_once_differ_and_small_domains_have_none(played: Any) -> None:
    model, values = played
    for column, prop in enumerate(model.concepts["thing"].properties):
        alphabet = values.alphabet("thing", column)
        if prop.name in ("size", "vip"):
            assert alphabet.once(1) is MISSING
            continue
        some = [repr(alphabet.once(number)) for number in range(200)]
        assert len({*some, *map(repr, alphabet.common)}) == 200 + len(alphabet.common), prop.name


def test_a_value_that_a_system_does_not_take_is_missing_there(played: Any) -> None:
    model, values = played
    mapping = model.mappings["crm.Thing"]
    row = next(row for row in mapping.properties if row.name == "code")
    assert values.raw(mapping, row, "longer") is MISSING


def test_w1_what_no_mapping_writes_is_named(played: Any) -> None:
    assert played[1].extras("crm.Thing") == ["spare"]


@pytest.mark.parametrize(
    "kind", ["string", "integer", "decimal", "float", "boolean", "date", "datetime", "list"]
)
def test_any_property_can_be_filled(kind: Any) -> None:
    made = [plain_raw(PropertySpec(type=kind), n) for n in range(2)]
    assert made[0] != made[1]
    assert plain_raw(PropertySpec(enum=("a", "b")), 3) == "b"
