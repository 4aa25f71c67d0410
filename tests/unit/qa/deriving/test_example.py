"""The checklist of the example project: what lines there are, and that it is always the same."""

from pathlib import Path

import pytest

from accord.project import Project, load_project
from accord.qa.checklist import Checklist, Make
from accord.qa.deriving import derive

EXAMPLE = Path(__file__).parents[4] / "examples" / "crmoffice-customerp"


@pytest.fixture(scope="module")
def project() -> Project:
    return load_project(EXAMPLE)


@pytest.fixture(scope="module")
def checklist(project: Project) -> Checklist:
    return derive(project)


def test_the_same_project_gives_the_same_checklist(project: Project, checklist: Checklist) -> None:
    assert derive(project) == checklist


def test_every_line_has_an_id_of_its_own(checklist: Checklist) -> None:
    assert len({line.id for line in checklist.lines}) == len(checklist.lines)


def test_a_line_has_scripts_or_says_why_not(checklist: Checklist) -> None:
    assert all(bool(line.scripts) != bool(line.why_not) for line in checklist.lines)


def test_every_probe_bears_the_mark(checklist: Checklist) -> None:
    makes = [
        act
        for line in checklist.lines
        for script in line.scripts
        for step in script.steps
        for act in step.acts
        if isinstance(act, Make)
    ]
    assert makes
    assert all(any("qa-" in str(field.value) for field in make.fields) for make in makes)
