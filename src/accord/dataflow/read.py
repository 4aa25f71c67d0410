"""Reads a dataflow document. Every line is understood, listed as unread, or part of the introduction."""

import re
from collections.abc import Sequence
from typing import Final

from accord.dataflow import phrases
from accord.dataflow.blocks import Block, Heading, Paragraph, Table, blocks_of, lines_of, plain
from accord.dataflow.document import Decision, Document, Section, Unread
from accord.dataflow.ends import title_splits
from accord.dataflow.section import is_pair, read_section, target_spelled

__all__ = ["read_blocks", "read_document"]

_FAMILY_TITLE: Final = re.compile(r"(?P<ends>.*?)\s*Dataflow")
_OWN_TITLE: Final = re.compile(r"Dataflow:(?P<ends>.*→.*)")
_GENERATED: Final = re.compile(r"(?:Generated|Written):\s*(?P<time>.*)")
_ALL: Final = re.compile(phrases.ALL.format(project=".*"))


def read_document(text: str, file: str) -> Document:
    """The document in a text; `file` is its name in messages. Never raises: what is wrong is listed as unread."""
    return _Reader(file, blocks_of(text)).document()


def read_blocks(blocks: Sequence[Block], file: str) -> list[Document]:
    """The documents in blocks of a file that may hold several: each begins with a title of Accord's own wording."""
    starts = [
        at for at, each in enumerate(blocks) if isinstance(each, Heading) and _OWN_TITLE.fullmatch(each.text)
    ]
    if not starts or not _is_preface(blocks[: starts[0]]):
        starts = [0, *starts[1:]]
    return [
        _Reader(file, blocks[start:end]).document()
        for start, end in zip(starts, [*starts[1:], len(blocks)], strict=True)
    ]


def _is_preface(blocks: Sequence[Block]) -> bool:
    """Whether this is what the documents of a whole hub begin with: prose for people."""
    return bool(blocks) and isinstance(blocks[0], Heading) and _ALL.fullmatch(blocks[0].text) is not None


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
        untold: list[str] = []
        for heading, body in parts:
            name = heading.text.strip().rstrip(".").lower()
            if name in ("introduction", phrases.ABOUT.lower()):
                prose = isinstance(body[0], Paragraph) if body else False
                self._list(body[prose:], "the introduction has more than one paragraph")
            elif name == phrases.NOT_HERE.lower():
                untold += _points(body)
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
            untold=tuple(untold),
        )

    def _split(self) -> tuple[Heading | None, list[Block], list[tuple[Heading, list[Block]]]]:
        """Title, what stands before the first section, and the sections with their bodies."""
        title: Heading | None = None
        head: list[Block] = []
        parts: list[tuple[Heading, list[Block]]] = []
        for block in self._blocks:
            if isinstance(block, Heading) and title is None and not parts and _title_ends(block) is not None:
                title = block
            elif isinstance(block, Heading):
                parts.append((block, []))
            else:
                (parts[-1][1] if parts else head).append(block)
        return title, head, parts

    def _systems(self, title: Heading | None, parts: list[tuple[Heading, list[Block]]]) -> tuple[str, str]:
        """Source and target by the title; where it can be split in several ways, as the tables spell the target."""
        if title is None:
            self._note(1, "", "there is no title `Dataflow: … → …`, so the systems have no names")
            return "", ""
        splits = title_splits(_title_ends(title) or "")
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


def _title_ends(heading: Heading) -> str | None:
    """What a title says between its fixed words; None: it is no title."""
    found = _OWN_TITLE.fullmatch(heading.text) or _FAMILY_TITLE.fullmatch(heading.text)
    return found["ends"] if found else None


def _targets(body: list[Block]) -> list[str]:
    """How the property tables spell the target system."""
    return [
        target_spelled(block.rows[0][1])
        for block in body
        if isinstance(block, Table) and block.rows and len(block.rows[0][1]) == 3
    ]


def _points(body: list[Block]) -> list[str]:
    """The points of a list, one a line; one that is broken over lines is put together."""
    points: list[str] = []
    for block in body:
        for line in block.lines if isinstance(block, Paragraph) else ():
            text = line.text.strip()
            if text[:2] in ("* ", "- "):
                points.append(plain(text[2:].strip()))
            elif points:
                points[-1] += f" {plain(text)}"
    return points
