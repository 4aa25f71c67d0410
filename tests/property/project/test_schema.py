"""The JSON Schema that `accord schema` prints takes what the loader takes, and nothing else."""

from typing import Any

import pytest
from hypothesis import event, given, settings, strategies as st
from pydantic import ValidationError

from accord.project import ProjectConfig, project_json_schema
from tests.property.project.changes import ODD, changed, places
from tests.property.project.json_schema import accepts

SCHEMA = project_json_schema()
FULL: dict[str, Any] = {
    "version": 1,
    "name": "shop",
    "store": "state.db",
    "include": ["more/*.yaml"],
    "guards": {
        "share": 0.2,
        "least": 1,
        "most": 2,
        "changed_share": 1,
        "changed_least": 3,
        "confirm_above": 4,
    },
    "systems": {
        "crm": {
            "connector": "crmoffice",
            "title": "The CRM",
            "url": "http://crm.example/",
            "auth": {"user": "me", "scopes": ["a", "b"], "password": "env:X", "port": 1},
            "priority": 1,
            "enabled": False,
        }
    },
    "concepts": {
        "person": {
            "properties": {
                "name": "string",
                "mail": None,
                "firm": {"type": "reference", "to": "company", "survivorship": "priority"},
            },
            "match": [
                ["mail"],
                {
                    "properties": ["name"],
                    "normalise": {"name": {"name": "text", "ignore": ["x"]}, "mail": "email"},
                    "veto": ["mail"],
                    "max_share": 2,
                    "propose": True,
                },
            ],
            "survivorship": "function:longest",
            "first_link": "latest",
            "delete": "propagate",
        }
    },
    "mappings": {
        "crm.Person#human": {
            "concept": "person",
            "create": "linked",
            "priority": 3,
            "filter": {"a": 1, "b": ["x", None], "c": {"not": ["y"]}, "d": {"present": True}},
            "constants": {"kind": "x", "n": 2.5, "gone": None},
            "properties": {
                "name": "name",
                "mail": ["mail", {"path": "mail2", "when": {"kind": "x", "main": True}}],
                "firm": {
                    "paths": ["a", "b"],
                    "lens": [{"name": "join", "separator": ";"}, "trim", "truncate(3)"],
                    "direction": "write",
                    "enforce": True,
                    "required": True,
                    "create_only": True,
                    "update_only": True,
                },
                "more": {"first_of": ["a", "b"], "lens": "phone(NO)"},
            },
        }
    },
    "pairs": [
        {
            "from": "crm.Person",
            "to": {"type": "erp.Contact", "filter": {"a": "b"}, "constants": {"a": 1}, "priority": 2},
            "enabled": True,
            "concept": "person",
            "create": {
                "forward": "always",
                "backward": {"rule": "linked", "connected": ["X"], "condition": "if", "merge_existing": True},
            },
            "match": [[["a", "b"]], {"all": [["a", "b"]], "normalise": "text", "veto": [["c", "d"]]}],
            "rows": [
                ["a", "b"],
                ["a", "b", "date"],
                {
                    "from": {"path": "a", "lens": {"name": "map", "pairs": {"a": "b"}}},
                    "to": {"paths": ["a", "b"], "lens": "when"},
                    "type": "string",
                    "direction": "none",
                    "main": True,
                    "first_of": True,
                    "enforce": True,
                    "survivorship": "latest",
                },
            ],
            "survivorship": "latest",
            "first_link": "keep",
            "delete": "ignore",
        },
        {"from": "a.B", "to": "c.D", "rows": None, "match": None},
    ],
}
PLACES = [place for place in places(FULL)[1:] if "lens" not in place]
"""Lenses are looked up when they are built; tests of their own are below."""


def loads(data: Any) -> bool:
    if isinstance(data, dict) and data.get("version") is True:
        return False  # refused while the version is looked at, before the settings are
    try:
        ProjectConfig.model_validate(data)
    except ValidationError:
        return False
    return True


def test_every_setting_at_once() -> None:
    assert loads(FULL)
    assert accepts(SCHEMA, FULL)


@settings(max_examples=1000)
@given(st.sampled_from(PLACES), st.sampled_from(["replace", "remove", "add"]), ODD)
def test_the_schema_takes_what_the_loader_takes(place: tuple[Any, ...], how: str, odd: Any) -> None:
    data = changed(place, how, odd, FULL)
    event(f"loads: {loads(data)}")
    assert accepts(SCHEMA, data) == loads(data)


@pytest.mark.parametrize("lens", ["trim", "truncate(3)", " decimal(2) ", {"name": "join"}, ["trim", "lower"]])
def test_the_schema_knows_lenses(lens: Any) -> None:
    assert accepts(SCHEMA, changed(("pairs", 0, "rows", 2, "to", "lens"), "replace", lens, FULL))


@pytest.mark.parametrize("lens", ["trimm", "trim trim", {"name": "joinn"}, {"separator": ";"}, ["trim", "x"]])
def test_the_schema_knows_what_is_no_lens(lens: Any) -> None:
    assert not accepts(SCHEMA, changed(("pairs", 0, "rows", 2, "to", "lens"), "replace", lens, FULL))


@pytest.mark.parametrize("name", sorted(SCHEMA["$defs"]))
def test_every_setting_is_described(name: str) -> None:
    found = SCHEMA["$defs"][name]
    for part in found.get("anyOf", [found]):
        for key, setting in part.get("properties", {}).items():
            assert setting.get("description"), f"{name}.{key}"
