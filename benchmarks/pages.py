"""Tables of figures in Markdown, and where they stand in a page."""

from collections.abc import Sequence
from pathlib import Path

__all__ = ["put_table", "table"]


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table whose columns but the first are numbers."""
    lines = [heads, ["---", *["--:"] * (len(heads) - 1)], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def put_table(page: Path, name: str, text: str) -> None:
    """Write a table into a page, between its two marks, "<!-- NAME:begin -->" and "<!-- NAME:end -->"."""
    before, begin, rest = page.read_text().partition(f"<!-- {name}:begin -->\n")
    _, end, after = rest.partition(f"\n<!-- {name}:end -->")
    if not (begin and end):
        raise SystemExit(f"{page} has no marks {name}:begin and {name}:end")
    page.write_text(f"{before}{begin}\n{text}\n{end}{after}")
