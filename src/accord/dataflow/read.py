"""Reads a dataflow document. Every line is understood, listed as unread, or part of the introduction."""

import re
from collections.abc import Sequence
from typing import Final

from accord.dataflow.blocks import Block, Heading, Paragraph, Table, blocks_of, lines_of
from accord.dataflow.document import Decision, Document, Section, Unread
from accord.dataflow.ends import title_splits
from accord.dataflow.section import is_pair, read_section

__all__ = ["read_document"]

_TITLE: Final = re.compile(r"(?P<ends>.*?)\s*Dataflow")
_GENERATED: Final = re.compile(r"Generated:\s*(?P<time>.*)")
_DATA_TYPE: Final = re.compile(r"(?P<system>.*?)\s*Data Type")


def read_document(text: str, file: str) -> Document:
    """The document in a text; `file` is its name in messages. Never raises: what is wrong is listed as unread."""
    return _Reader(file, blocks_of(text)).document()


class _Reader:
    def __init__(self, file: str, blocks: Sequence[Block]) -> None:
        self._file = file
        self._blocks = blocks
        self._unread: list[Unread] = []
        self._decided: list[Decision] = []

    def document(self) -> Document:
        title, head, parts = self._split()
        source, target = self._systems(title, parts)
        generated = self._head(head)
        sections: list[Section] = []
        for heading, body in parts:
            if heading.text.strip().rstrip(".").lower() == "introduction":
                prose = isinstance(body[0], Paragraph) if body else False
                self._list(body[prose:], "the introduction has more than one paragraph")
            elif not is_pair(heading, body, (source, target)):
                self._note(heading.line, heading.text, "the heading does not say from what to what")
                self._list(body, "it stands under a heading that is no pair of entity types")
            else:
                read = read_section(heading, body, (source, target), self._file)
                sections.append(read.section)
                self._unread.extend(read.unread)
                self._decided.extend(read.decided)
        return Document(
            source=source,
            target=target,
            sections=tuple(sections),
            generated=generated,
            file=self._file,
            unread=tuple(sorted(self._unread, key=lambda each: each.line)),
            decided=tuple(sorted(self._decided, key=lambda each: each.line)),
        )

    def _split(self) -> tuple[Heading | None, list[Block], list[tuple[Heading, list[Block]]]]:
        """Title, what stands before the first section, and the sections with their bodies."""
        title: Heading | None = None
        head: list[Block] = []
        parts: list[tuple[Heading, list[Block]]] = []
        for block in self._blocks:
            if isinstance(block, Heading) and title is None and not parts and _TITLE.fullmatch(block.text):
                title = block
            elif isinstance(block, Heading):
                parts.append((block, []))
            else:
                (parts[-1][1] if parts else head).append(block)
        return title, head, parts

    def _systems(self, title: Heading | None, parts: list[tuple[Heading, list[Block]]]) -> tuple[str, str]:
        """Source and target by the title; where it can be split in several ways, as the tables spell the target."""
        if title is None:
            self._note(1, "", "there is no title `… to … Dataflow`, so the systems have no names")
            return "", ""
        found = _TITLE.fullmatch(title.text)
        splits = title_splits(found["ends"] if found else "")
        if not splits:
            self._note(title.line, title.text, "the title does not say from which system to which")
            return "", ""
        spelled = {name.lower() for _, body in parts for name in _targets(body)}
        best = next((split for split in splits if split[1].lower() in spelled), splits[0])
        for name, what in zip(best, ("source", "target"), strict=True):
            if not name:
                self._decide(title.line, f"the {what} system has no name", "it is named when it is imported")
        return best

    def _head(self, head: list[Block]) -> str:
        generated = ""
        for block in head:
            lines = block.lines if isinstance(block, Paragraph) else ()
            found = [_GENERATED.fullmatch(line.text.strip()) for line in lines]
            generated = next((each["time"].strip() for each in found if each), generated)
            rest = tuple(line for line, each in zip(lines, found, strict=True) if not each)
            self._list([Paragraph(rest) if lines else block], "it stands before the first section")
        return generated

    def _list(self, blocks: Sequence[Block], why: str) -> None:
        """Note every line of blocks that stand where the grammar has none."""
        for line in lines_of(blocks):
            self._note(line.number, line.text, why)

    def _note(self, line: int, text: str, why: str) -> None:
        self._unread.append(Unread(self._file, line, text.strip(), why))

    def _decide(self, line: int, what: str, chosen: str) -> None:
        self._decided.append(Decision(self._file, line, what, chosen))


def _targets(body: list[Block]) -> list[str]:
    """How the property tables spell the target system."""
    found = []
    for block in body:
        if isinstance(block, Table) and block.rows and len(block.rows[0][1]) == 3:
            header = _DATA_TYPE.fullmatch(block.rows[0][1][2])
            found.extend([header["system"].strip()] if header else [])
    return found
