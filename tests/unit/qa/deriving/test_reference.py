"""The reference page of the checklist keeps up with its values."""

from pathlib import Path

from accord.qa.deriving.reference import values_reference

PAGE = Path(__file__).parents[4] / "docs" / "reference" / "checklist.md"


def test_the_page_holds_the_table_of_values() -> None:
    assert values_reference() in PAGE.read_text(encoding="utf-8"), "paste what values_reference() gives"
