"""What the README shows is so."""

import re
from pathlib import Path

from accord.project import check_project, project_from_text

README = Path(__file__).parents[2] / "README.md"


def test_the_configuration_in_the_readme_loads_without_a_fault_and_says_ten_lines() -> None:
    found = re.search(r"```yaml\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    project = project_from_text(found.group(1), README.parent)
    assert len(found.group(1).splitlines()) == 10
    assert sorted(project.model.mappings) == ["crmoffice.Contacts", "customerp.Contact"]
    assert all("is empty" not in note.what for note in check_project(project))
