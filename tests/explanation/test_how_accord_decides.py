"""The tables of "How Accord decides" are those of a real run; `python -m tests.explanation` writes them anew."""

import pytest

from tests.explanation.__main__ import PAGE, filled
from tests.explanation.stories import STORIES


@pytest.mark.parametrize("name", STORIES)
def test_a_worked_example_is_as_it_is_told(name: str) -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert f"<!-- {name} 1 -->" in text, f"{PAGE.name} has no place for the tables of {name}"
    assert filled(text, name, STORIES[name]()) == text, "write the page anew: python -m tests.explanation"
