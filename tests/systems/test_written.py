"""The connector that the tutorial writes, through the life of a project: first sync to crash and checklist."""

import importlib
import sys
from pathlib import Path
from typing import Any

import pytest

from accord.connectorkit.kind import find_kind
from tests.e2e.pages import commands
from tests.systems.scenario import Scenario

PAGE = Path(__file__).parents[2] / "docs" / "tutorials" / "write-a-connector.md"
HEAD = "cat > "


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files of the page, found as an installed package is."""
    folder = tmp_path / "written"
    found = folder / "accord_git-0.1.dist-info"
    found.mkdir(parents=True)
    for command in commands(PAGE):
        if command.text.startswith(HEAD):
            first, _, text = command.text.partition("\n")
            (folder / first.removeprefix(HEAD).split()[0]).write_text(
                text.removesuffix("END"), encoding="utf-8"
            )
    (found / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: accord-git\nVersion: 0.1\n", encoding="utf-8"
    )
    (found / "entry_points.txt").write_text("[accord.connectors]\ngit = accord_git:KIND\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(folder))
    for name in ("accord_git", "test_git"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setenv("PYTHONPATH", str(folder), prepend=":")
    find_kind.cache_clear()
    return folder


def test_it_has_less_than_150_lines(written: Path) -> None:
    assert len((written / "accord_git.py").read_text(encoding="utf-8").splitlines()) < 150


def test_it_keeps_in_step_with_another_system(written: Path, tmp_path: Path) -> None:
    (written / "there").mkdir()
    people: Any = importlib.import_module("test_git").PeopleAtGit(written / "there")

    def body(number: int) -> dict[str, Any]:
        return {"name": f"Text {number}", "email": f"c{number}@example.com"}

    with Scenario(
        example=written,
        folder=tmp_path,
        system="customers",
        name="Customer",
        url=str(written / "there" / "customers.git"),
        people=people,
        body=body,
        key="email",
        text="name",
        crm_name="Companies",
        crm_body=body,
        crm_text="name",
    ) as scenario:
        scenario.play()
