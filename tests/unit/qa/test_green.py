"""Sound projects are green from the checklist to the sandboxes; what can not be checked says why."""

import asyncio
from pathlib import Path

import pytest

from accord.project import Project, load_project
from accord.qa.deriving import derive
from accord.qa.performing import run_on_sandbox
from tests.unit.qa.wide import HALL, HALL_MANIFESTS, WIDE, WIDE_MANIFESTS, loaded, manifest

EXAMPLES = Path(__file__).parents[3] / "examples"


def told(project: Project) -> tuple[int, dict[str, str]]:
    """How many lines passed, and of the others why not."""
    report = asyncio.run(run_on_sandbox(project, derive(project)))
    others = {
        check.id: f"{check.outcome}: {check.why}" for check in report.checks if check.outcome != "passed"
    }
    assert report.left == ()
    return report.count("passed"), others


def test_every_line_of_the_example_passes() -> None:
    assert told(load_project(EXAMPLES / "crmoffice-customerp")) == (83, {})


@pytest.mark.parametrize("name", sorted(page.parent.name for page in EXAMPLES.glob("*/README.md")))
def test_no_line_of_an_example_fails(name: str) -> None:
    passed, others = told(load_project(EXAMPLES / name))
    assert passed
    assert {line: why for line, why in others.items() if not why.startswith("not_checked: ")} == {}


def test_lenses_types_lists_and_fallbacks_pass() -> None:
    assert told(loaded(WIDE, WIDE_MANIFESTS)) == (
        68,
        {
            "crm.Person - erp.Contact | score - points | forward": (
                "not_checked: crm.Person.score is read-only, so that nobody can enter a value"
            )
        },
    )


def test_facets_conditions_pulling_and_three_systems_pass() -> None:
    assert told(loaded(HALL, HALL_MANIFESTS)) == (
        104,
        {
            "crm.Firm - erp.Company | closed - owner | forward": (
                "not_checked: erp.Company.owner is read-only in the manifest"
            ),
            "crm.Firm - erp.Company | closed - owner | backward": (
                "not_checked: crm.Firm.closed is read-only in the manifest"
            ),
            "erp.Item - shop.Article | creation | backward": (
                "not_checked: no row is known to refer to shop.Article in a record that is created at the other end"
            ),
        },
    )


def test_an_edit_on_both_sides_passes_where_a_system_changes_what_people_enter() -> None:
    text = """
version: 1
name: cased
systems: {a: {connector: ./a.yaml}, b: {connector: ./b.yaml}}
pairs:
  - {from: a.X, to: b.X, create: {forward: always, backward: always}, rows: [[name, name]]}
"""
    rules = {"a": [], "b": ["upper"]}
    manifests = {name: manifest(name, {"X": {"name": {"normalises": made}}}) for name, made in rules.items()}
    passed, others = told(loaded(text, manifests))
    assert passed
    assert others == {}
