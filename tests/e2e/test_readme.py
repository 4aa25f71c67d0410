"""The commands of the README that begin from a document, typed one after the other."""

import re
from pathlib import Path

import pytest

from tests.e2e.shop import run_here

ROOT = Path(__file__).parents[2]


def test_a_document_becomes_a_project_that_passes_its_checklist(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8").partition("## The document that runs")[2]
    found = re.search(r"```bash\n(.*?)```", text, re.DOTALL)
    assert found is not None
    monkeypatch.chdir(tmp_path)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    said = []
    for line in found[1].splitlines():
        program, *words = line.partition("#")[0].split()
        if program == "cd":
            monkeypatch.chdir(words[0])
        elif program == "accord":
            done = run_here(*words)
            assert done.code == 0, (line, done)
            said.append(done.out)
    assert len(said) == 5
    assert "3 pairs, 0 properties" in said[0]
    assert "31 suggestions written" in said[2]
    assert "78 lines: 78 passed, 0 failed, 0 not checked" in said[3]
    assert Path("docs", "crmoffice-customerp.html").is_file()
