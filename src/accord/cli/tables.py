"""Tables of counts that fit a terminal."""

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.table import Table

__all__ = ["count_table"]


def count_table(title: str, columns: Sequence[str]) -> Table:
    """An empty table: the first column is a name, the others are counts, which are kept on one line."""
    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    table.add_column(columns[0], overflow="fold")
    for name in columns[1:]:
        table.add_column(name, justify="right", no_wrap=True)
    return table
