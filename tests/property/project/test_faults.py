"""Whatever is written in `accord.yaml`, loading ends with a project, or with faults that say where and what to do."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import event, given, settings, strategies as st

from accord.core.errors import ConfigError
from accord.project import check_project, describe, project_from_text
from tests.property.project.changes import ODD, changed, places
from tests.unit.project.shop import MANIFESTS

BASE: dict[str, Any] = {
    "version": 1,
    "name": "shop",
    "systems": {"crm": {"connector": "crm", "priority": 1}, "erp": {"connector": "erp", "title": "ERP"}},
    "concepts": {
        "firm": {
            "properties": {"name": "string", "size": "integer", "staff": None},
            "match": [
                ["name"],
                {"properties": ["staff"], "normalise": {"staff": "digits"}, "veto": ["name"]},
            ],
            "survivorship": "function:longest",
        }
    },
    "mappings": {
        "crm.Company": {
            "concept": "firm",
            "filter": {"number": {"not": ["x"]}, "size": {"present": True}},
            "constants": {"number": "1"},
            "properties": {"name": "name", "size": "size", "staff": {"path": "size", "direction": "read"}},
        },
        "erp.Firm": {
            "concept": "firm",
            "properties": {"name": ["title", {"path": "vat", "lens": "trim"}], "staff": "staff"},
        },
    },
    "pairs": [
        {
            "from": "crm.Person",
            "to": {"type": "erp.Contact", "filter": {"note": "x"}},
            "match": [[["email", "mail"]], {"all": [["born", "birthDate"]], "veto": [["phone", "tel"]]}],
            "rows": [
                ["email", "mail"],
                [
                    {"path": "born"},
                    {"path": "birthDate", "lens": {"name": "date", "format": "%d.%m.%Y"}},
                    "date",
                ],
                {"from": {"path": "emails.value", "when": {"emails.kind": "x"}}, "to": "note"},
                {"from": {"paths": ["givenName", "familyName"], "lens": "join"}, "to": "name"},
                ["mobile", "tel"],
                {"from": "phone", "to": "tel", "first_of": True},
                ["companyId", "firm"],
            ],
        }
    ],
}
WORDS = st.one_of(
    st.sampled_from(
        ["a..b", "emails[", "emails[x=1].y", "crm.Persn", "crm", "hr.Person", "crm.Person", "\x00"]
    ),
    st.sampled_from(
        ["reference", "decimal(x)", "priority", "function:best", "join", "phone(XX)", "truncate", "sound"]
    ),
    st.sampled_from(["companyId", "email", "tel", "firm"]),
)


def wrong(data: Any) -> ConfigError | None:
    try:
        project = project_from_text(yaml.safe_dump(data, sort_keys=False), Path(), manifests=MANIFESTS)
    except ConfigError as error:
        return error
    check_project(project)
    assert describe(project)
    return None


def test_the_base_has_no_fault() -> None:
    assert wrong(BASE) is None


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 10**6), st.sampled_from(["replace", "remove", "add"]), ODD | WORDS),
        min_size=1,
        max_size=3,
    )
)
def test_a_fault_has_its_place_and_its_remedy(changes: list[tuple[int, str, Any]]) -> None:
    data = BASE
    for at, how, odd in changes:
        inside = places(data)[1:]
        data = changed(inside[at % len(inside)], how, odd, data) if inside else data
    error = wrong(data)
    event("loads" if error is None else "is refused")
    if error is None:
        return
    lines = yaml.safe_dump(data, sort_keys=False).count("\n")
    for fault in error.faults:
        assert fault.file == "accord.yaml"
        assert 1 <= fault.line <= lines
        assert fault.what.strip()
        assert not fault.what.endswith(".")
        assert fault.remedy[0].isupper() or fault.remedy[0] == "`"
        assert fault.remedy.endswith(".")


@pytest.mark.parametrize(
    "text", ["", "[]", "x", "a: [", "\t", "version: 2\n", "version: x\n", "a: &a [*a]\n", "? [a]\n: b\n"]
)
def test_what_is_no_project_at_all(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        project_from_text(text, Path())
    assert all(
        fault.file == "accord.yaml" and fault.line >= 1 and fault.remedy for fault in caught.value.faults
    )
