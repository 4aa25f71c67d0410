"""Words for people: counts, remedies that name the known alternatives, text from elsewhere."""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

__all__ = ["counted", "known", "remedy", "sentence", "visible"]

_SHOWN = 12
_UNSEEN: Final = re.compile(
    "[^\t\n -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)


def counted(count: int, noun: str, plural: str = "") -> str:
    """ "1 write", "2,333 writes"; a plural that is not regular is given."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def known(names: Iterable[str]) -> str:
    """The names as a readable list, shortened where there are many."""
    every = sorted(set(names))
    listed = ", ".join(every[:_SHOWN])
    rest = len(every) - _SHOWN
    return f"{listed} and {rest} more" if rest > 0 else listed


def remedy(wrong: str, names: Iterable[str]) -> str:
    """What would be right instead of a wrong name: the nearest one, else all of them."""
    every = sorted(set(names))
    by_lower = {name.lower(): name for name in every}
    near = get_close_matches(wrong.lower(), by_lower, n=1, cutoff=0.6)
    if not every:
        return "None are known here."
    if near:
        return f"Did you mean `{by_lower[near[0]]}`? Known: {known(every)}."
    return f"Known: {known(every)}."


def sentence(text: str) -> str:
    """Text that begins with a capital and ends with a full stop."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def visible(text: str) -> str:
    """Text with all that a terminal would obey, or that XML, HTML or YAML can not hold, told as \\x… or \\u…"""
    return _UNSEEN.sub(lambda found: found.group().encode("unicode_escape").decode(), text)
