"""python -m tests.explanation: play the worked examples, and put their tables into the page."""

import re
from collections.abc import Sequence
from pathlib import Path

from tests.explanation.stories import STORIES

PAGE = Path(__file__).resolve().parents[2] / "docs/explanation/how-accord-decides.md"


def filled(text: str, name: str, tables: Sequence[str]) -> str:
    """The page with the tables of a story, each at its mark: <!-- NAME NUMBER -->, the table, an empty line."""
    for number, table in enumerate(tables, 1):
        mark = re.escape(f"<!-- {name} {number} -->")
        text = re.sub(rf"({mark}\n)(?:\|.*\n)*", lambda found, table=table: f"{found[1]}{table}\n", text)
    return text


def main() -> None:
    """Write the page."""
    text = PAGE.read_text(encoding="utf-8")
    for name, story in STORIES.items():
        text = filled(text, name, story())
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
