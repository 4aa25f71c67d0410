"""Tables of counts that fit a terminal, and their cells: text from elsewhere obeys nobody."""

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from accord.core.wording import visible

__all__ = ["cell", "print_counts"]

_WIDE = 1000


def print_counts(
    console: Console, title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], *, always: int = 99
) -> None:
    """Print a table: the first column is a name, the others are counts.

    A column that is 0 all the way down is left out, unless it is one of the `always` first. Where the terminal is too
    narrow its lines are longer than the terminal: columns that are squeezed can not be read at all.
    """
    kept = [at for at in range(len(columns)) if at < always or any(row[at] != "0" for row in rows)]
    table = Table(
        title=cell(title), title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False
    )
    for at in kept:
        table.add_column(columns[at], justify="right" if at else "left", no_wrap=True)
    for row in rows:
        table.add_row(*(cell(row[at]) for at in kept))
    width = console.width
    needed = Measurement.get(console, console.options.update(max_width=_WIDE), table).maximum
    try:
        console.width = max(width, needed)
        console.print(table)
    finally:
        console.width = width


def cell(text: str) -> Text:
    """A cell of a table: brackets in it are brackets, not markup."""
    return Text(visible(text))
