"""Markdown: headings, sentences and pipe tables; written, and read back into the blocks that reStructuredText has."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from accord.dataflow.blocks import Block, Heading, Line, Paragraph, Table, numbered, plain
from accord.dataflow.document import Document
from accord.dataflow.page import (
    Grid,
    Heading as PageHeading,
    Part,
    Points,
    Prose,
    inline,
    pages_of,
    text_of,
)

__all__ = ["blocks_in_markdown", "markdown_of"]

_MARKS: Final = re.compile(r"[\\`*_\[\]<>|~&$]")
_PLAIN_PATH: Final = re.compile(r"[\w.$@/\\-]+")
_HEADING: Final = re.compile(r" {0,3}#{1,6}(?:\s+(?P<text>.*?))?(?:\s+#+)?\s*")
_UNDERLINE: Final = re.compile(r" {0,3}(?:=+|-+)\s*")
_RULE: Final = re.compile(r":?-+:?")
_CELL_END: Final = re.compile(r"(?<!\\)((?:\\\\)*)\|")
_CODE: Final = re.compile(r"`([^`]+)`|\\([^\w\s]|_)")


def markdown_of(documents: Sequence[Document], project: str = "") -> str:
    """One document, or all of a project with its name before them."""
    return text_of(pages_of(documents, project), _lines)


def _lines(part: Part) -> Iterator[str]:
    match part:
        case PageHeading(level, text):
            yield f"{'#' * level} {_escaped(text)}"
        case Prose(sentences):
            yield from map(_escaped_start, sentences)
        case Points(items):
            yield from (f"- {_escaped_start(item)}" for item in items)
        case Grid(header, rows):
            yield _row(map(_escaped, header))
            yield _row("---" for _ in header)
            yield from (_row(inline(cell, _escaped, _code) for cell in row) for row in rows)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _code(path: str) -> str:
    return f"`{path}`" if _PLAIN_PATH.fullmatch(path) else _escaped(path)


def _escaped(text: str) -> str:
    return _MARKS.sub(r"\\\g<0>", text)


def _escaped_start(text: str) -> str:
    told = _escaped(text)
    if told[:1] in tuple("-+#="):
        return f"\\{told}"
    return re.sub(r"^(\d{1,9})([.)])(?=\s|$)", r"\1\\\2", told)


def blocks_in_markdown(text: str) -> list[Block]:
    """The blocks of a text in order, each with its line; nothing is left out."""
    lines = numbered(text)
    found: list[Block] = []
    at = 0
    while at < len(lines):
        if not lines[at].text.strip():
            at += 1
            continue
        if heading := _HEADING.fullmatch(lines[at].text):
            found.append(Heading(lines[at].number, plain(heading["text"] or "")))
            at += 1
            continue
        end = at + 1
        while end < len(lines) and lines[end].text.strip() and not _HEADING.fullmatch(lines[end].text):
            end += 1
        found.extend(_together(lines[at:end]))
        at = end
    return found


def _together(lines: Sequence[Line]) -> Iterator[Block]:
    """Lines without a blank one between them: sentences, a table, or a heading that is underlined."""
    rule = next((at for at, line in enumerate(lines) if at and _is_rule(line.text)), None)
    if rule is not None:
        if rule > 1:
            yield Paragraph(tuple(lines[: rule - 1]))
        header = cells_of(lines[rule - 1].text)
        rows = [(lines[rule - 1].number, header)]
        end = rule + 1
        while end < len(lines) and "|" in lines[end].text:
            rows.append((lines[end].number, cells_of(lines[end].text)))
            end += 1
        yield Table(lines[rule - 1].number, tuple(rows), ())
        if end < len(lines):
            yield from _together(lines[end:])
    elif len(lines) == 2 and _UNDERLINE.fullmatch(lines[1].text):
        yield Heading(lines[0].number, plain(lines[0].text.strip()))
    else:
        yield Paragraph(tuple(lines))


def _is_rule(text: str) -> bool:
    """Whether a line parts a table's header from its rows."""
    return "|" in text and all(_RULE.fullmatch(cell) for cell in cells_of(text))


def cells_of(text: str) -> tuple[str, ...]:
    """The cells of a row, without their marks."""
    inside = text.strip().removeprefix("|")
    cells, start = [], 0
    for found in _CELL_END.finditer(inside):
        cells.append(inside[start : found.end(1)])
        start = found.end()
    if inside[start:].strip():
        cells.append(inside[start:])
    return tuple(_CODE.sub(lambda mark: mark[1] or mark[2], cell.strip()) for cell in cells)
