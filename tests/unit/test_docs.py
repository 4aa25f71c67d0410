"""Files that the pages for contributors name are there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs" / "how-to").glob("add-*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_for_contributors_names_files_that_are_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = set(re.findall(r"(?:src|tests|docs)/[\w./-]*[\w/]", text))
    assert len(named) >= 5
    missing = [name for name in named if "NAME" not in name and not (ROOT / name).exists()]
    assert missing == []
