"""reStructuredText: what Sphinx builds without a warning, and `accord.dataflow.read` reads."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from accord.dataflow.document import Document
from accord.dataflow.page import Grid, Heading, Part, Points, Prose, inline, pages_of, text_of

__all__ = ["render_document", "rst_of"]

_MARKS: Final = re.compile(r"[\\*`|]|_(?!\w)|(?<!\w)_")
_PLAIN_PATH: Final = re.compile(r"\w(?:[\w.$@/\\-]*\w)?")


def rst_of(documents: Sequence[Document], project: str = "") -> str:
    """One document, or all of a project with its name before them."""
    return text_of(pages_of(documents, project), _lines)


def render_document(document: Document) -> str:
    """The document as reStructuredText; reading it gives the same document."""
    return rst_of([document])


def _lines(part: Part) -> Iterator[str]:
    match part:
        case Heading(level, text):
            title = escaped(text)
            rule = max(4, _width(title)) * ("=" if level == 1 else "-")
            yield from ((rule, title, rule) if level == 1 else (title, rule))
        case Prose(sentences):
            yield from map(escaped, sentences)
        case Points(items):
            yield from (f"* {escaped(item)}" for item in items)
        case Grid(header, rows):
            yield from (".. list-table::", "   :header-rows: 1", "")
            yield from _row(map(escaped, header))
            for row in rows:
                yield from _row(escaped_start(inline(cell, _escaped, _code)) for cell in row)


def _row(cells: Iterable[str]) -> Iterator[str]:
    for index, cell in enumerate(cells):
        bullet = "   * -" if index == 0 else "     -"
        yield f"{bullet} {cell}".rstrip()


def _code(path: str) -> str:
    return f"``{path}``" if _PLAIN_PATH.fullmatch(path) else _escaped(path)


def escaped(text: str) -> str:
    """Text whose punctuation is not taken for markup; `accord.dataflow.blocks.plain` gives it back."""
    return escaped_start(_escaped(text))


def _escaped(text: str) -> str:
    return _MARKS.sub(r"\\\g<0>", text)


def escaped_start(text: str) -> str:
    """Text that does not begin as a list, a comment, or a rule does."""
    if text.startswith("``"):
        return text
    if re.match(r"[^\w\s\\]", text):
        return f"\\{text}"
    return re.sub(r"^(\w{1,9})([.)])(?=\s|$)", r"\1\\\2", text)


def _width(text: str) -> int:
    """Columns that a text takes: East Asian letters take two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
