"""The page of accord.yaml: every setting is told, nothing else is, and its examples load."""

import re
from pathlib import Path
from typing import Any

import pytest

from accord.project import check_project, project_from_text, project_json_schema

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "project.md").read_text("utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
SCHEMA = project_json_schema()
SECTIONS = {
    "The file": "",
    "Systems": "SystemConfig",
    "Rate of a system": "RateConfig",
    "Entity types of a system": "TypeConfig",
    "Webhooks of a system": "WebhooksConfig",
    "Serve": "ServeConfig",
    "Schedule": "ScheduleConfig",
    "Guards": "GuardsConfig",
    "Alerts": "AlertsConfig",
    "Store": "StoreConfig",
    "Tokens": "TokensConfig",
    "Keep": "KeepConfig",
    "Concepts": "ConceptConfig",
    "Properties of a concept": "PropertyConfig",
    "Match rules of a concept": "MatchConfig",
    "Near matches": "SimilarConfig",
    "Mappings": "MappingConfig",
    "Creates of a mapping": "MappingCreateConfig",
    "Rows of a mapping": "RowConfig",
    "Pairs": "PairConfig",
    "Ends of a pair": "EndConfig",
    "Creates of a pair": "DirectionsConfig CreateConfig",
    "Rows of a pair": "PairRowConfig",
    "Sides of a row": "SideConfig",
    "Match alternatives": "PairMatchConfig",
}


def settings_of(name: str) -> dict[str, Any]:
    found = SCHEMA["$defs"][name] if name else SCHEMA
    return next(part["properties"] for part in found.get("anyOf", [found]) if "properties" in part)


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_tells_every_setting_and_no_other(section: str) -> None:
    text = re.split(rf"^#+ {section}$", PAGE, flags=re.MULTILINE)[1]
    text = re.split(r"^#+ ", text, flags=re.MULTILINE)[0]
    told = re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)
    names = SECTIONS[section].split() or [""]
    assert sorted(told) == sorted(key for name in names for key in settings_of(name))


def test_every_part_has_its_section() -> None:
    assert {name for names in SECTIONS.values() for name in names.split()} == set(SCHEMA["$defs"])


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda text: str(len(text)))
def test_an_example_loads(example: str) -> None:
    project = project_from_text(example, Path())
    assert len(project.model.mappings) == 2
    assert not any("is neither read nor written" in note.what for note in check_project(project))
