"""Tutorials, and what the READMEs of examples tell, are done as they stand there."""

import shutil
from pathlib import Path

import pytest

from tests.e2e.pages import commands, play

ROOT = Path(__file__).parents[2]
TUTORIALS = sorted(page for page in (ROOT / "docs" / "tutorials").glob("*.md") if page.name != "index.md")
EXAMPLES = sorted((ROOT / "examples").glob("*/README.md"))


@pytest.mark.parametrize("page", TUTORIALS, ids=lambda page: page.stem)
def test_a_tutorial_does_what_it_shows(page: Path, tmp_path: Path) -> None:
    assert len(commands(page)) > 10
    play(page, tmp_path)


@pytest.mark.parametrize("page", EXAMPLES, ids=lambda page: page.parent.name)
def test_the_files_of_an_example_work_as_its_readme_says(page: Path, tmp_path: Path) -> None:
    (tmp_path / "build").mkdir()
    shutil.copytree(page.parent, tmp_path / "examples" / page.parent.name)
    text = page.read_text(encoding="utf-8")
    for file in page.parent.iterdir():
        assert file == page or file.name in text, f"{file.name} is not told of"
    play(page, tmp_path)


def test_a_page_that_shows_something_else_is_noticed(tmp_path: Path) -> None:
    right, wrong, failing = tmp_path / "right", tmp_path / "wrong", tmp_path / "failing"
    for folder in (right, wrong, failing):
        folder.mkdir()
    page = tmp_path / "page.md"
    page.write_text(
        "```console\n$ echo one; echo two\none\n$ cat <<'END'\nthree\nEND\nthree\n```\n", encoding="utf-8"
    )
    play(page, right)
    page.write_text("```console\n$ echo one; echo two\ntwo\none\n```\n", encoding="utf-8")
    with pytest.raises(AssertionError, match="does not print"):
        play(page, wrong)
    page.write_text("```console\n$ false\n$ echo\n```\n", encoding="utf-8")
    with pytest.raises(AssertionError, match=r"\$ false\nfails"):
        play(page, failing)
