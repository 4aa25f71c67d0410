"""Text from elsewhere as a terminal may have it: names, ids and values obey nobody."""

from typing import Final

from rich.text import Text

__all__ = ["cell", "plain"]

_CONTROLS: Final = {n: f"\\x{n:02x}" for n in (*range(32), *range(127, 160)) if chr(n) not in "\t\n"}


def plain(text: str) -> str:
    """What a terminal would obey is shown instead."""
    return text.translate(_CONTROLS)


def cell(text: str) -> Text:
    """A cell of a table: brackets in it are brackets, not markup."""
    return Text(plain(text))
