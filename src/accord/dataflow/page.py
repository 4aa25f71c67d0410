"""A document as a page in Accord's own words: headings, sentences, tables; writers of text differ in marks only."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from accord.dataflow.cells import cell_parts
from accord.dataflow.document import Alternative, Cell, Creation, Document, End, Section
from accord.dataflow.ends import end_text
from accord.dataflow.phrases import ABOUT, ALL, NOT_HERE, OWN, TITLE

__all__ = [
    "Code",
    "Grid",
    "Heading",
    "Part",
    "Points",
    "Prose",
    "Words",
    "about",
    "inline",
    "page_of",
    "pages_of",
    "pair_title",
    "text_of",
]


class Code(str):
    """A path: shown in type of one width where a format has it."""

    __slots__ = ()


Words: TypeAlias = tuple[str, ...]
"""Text, and `Code` between it."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: 1 of a document, 2 of a section."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Prose:
    """A paragraph of sentences, one a line."""

    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table with at least one row below its header."""

    header: tuple[str, ...]
    rows: tuple[tuple[Words, ...], ...]


@dataclass(frozen=True, slots=True)
class Points:
    """A list."""

    items: tuple[str, ...]


Part: TypeAlias = Heading | Prose | Grid | Points


def inline(words: Words, text: Callable[[str], str], code: Callable[[str], str]) -> str:
    """Words in the marks of a format."""
    return "".join((code if isinstance(each, Code) else text)(each) for each in words if each)


def _preface(project: str, documents: Sequence[Document]) -> Iterator[Part]:
    """What stands before all documents of a hub."""
    yield Heading(1, ALL.format(project=project))
    ways = [f"{each.source} → {each.target}" for each in documents]
    yield Prose(("What flows between which systems, one part for each way:",))
    yield Points(tuple(ways))


def pages_of(documents: Sequence[Document], project: str = "") -> Iterator[Part]:
    """One document after the other; where they are all of a project, its name before them."""
    if project:
        yield from _preface(project, documents)
    for document in documents:
        yield from page_of(document)


def text_of(parts: Iterable[Part], lines: Callable[[Part], Iterable[str]]) -> str:
    """The text of parts, a blank line between them; `lines` are those of one in the marks of a format."""
    return "\n".join(line for part in parts for line in (*lines(part), "")).rstrip("\n") + "\n"


def page_of(document: Document) -> Iterator[Part]:
    """All that a document says."""
    yield Heading(1, TITLE.format(source=document.source, target=document.target))
    if document.generated:
        yield Prose((f"Written: {document.generated}",))
    yield Heading(2, ABOUT)
    yield Prose((about(document),))
    for section in document.sections:
        yield from _section(document, section)
    if document.untold:
        yield Heading(2, NOT_HERE)
        yield Prose(("The configuration also says, and this document has no words for:",))
        yield Points(document.untold)


def about(document: Document) -> str:
    """What the document is, and how it is meant."""
    source, target = document.source or "one system", document.target or "another"
    return (
        f"Which records of {source} and {target} are kept in sync, when one is created, and which properties flow "
        f"from {source} to {target}. What flows the other way stands in a document of its own; where there is none, "
        "all that is said here holds both ways. Accord wrote this from the configuration that runs; accord import "
        "reads it back from reStructuredText, Markdown and spreadsheets."
    )


def pair_title(document: Document, section: Section) -> str:
    """Heading of a section."""
    ends = end_text(document.source, section.source), end_text(document.target, section.target)
    return " → ".join(end.strip() for end in ends)


def _section(document: Document, section: Section) -> Iterator[Part]:
    yield Heading(2, pair_title(document, section))
    words = _words(document, section)
    for sentences in _creation(section.creation, words):
        yield Prose(sentences)
    ends = (f"Property of {words['s']}", f"Property of {words['t']}")
    if section.alternatives:
        yield Prose((OWN.matched.format(**words),))
        yield Grid(ends, tuple(map(_combinations, section.alternatives)))
    if section.rows:
        yield Prose((OWN.rows.format(**words),))
        rows = [(_cell(row.source), _cell(row.target), (row.type,)) for row in section.rows]
        yield Grid((*ends, f"Type in {document.target}"), tuple(rows))
    else:
        yield Prose((OWN.no_rows.format(**words),))


def _words(document: Document, section: Section) -> dict[str, str]:
    def name(system: str, end: End) -> str:
        return end_text(system, end).strip()

    return {
        "s": name(document.source, section.source),
        "t": name(document.target, section.target),
        "source": document.source,
        "target": document.target,
    }


def _creation(creation: Creation, words: dict[str, str]) -> Iterator[tuple[str, ...]]:
    """When a record is created, in paragraphs."""
    if creation.rule == "always":
        yield (OWN.always.format(**words),)
    elif creation.rule == "condition":
        yield (OWN.follows.format(text=creation.text, **words),)
    elif creation.rule == "linked":
        yield (OWN.linked.format(**words),)
    if creation.connected:
        types = f"{words['source']} {_listed(creation.connected)}".strip()
        yield (OWN.connected.format(types=types, **words),)
    if creation.merge_existing:
        yield (OWN.merged.format(**words),)


def _listed(types: Sequence[str]) -> str:
    *most, last = types
    return f"{', '.join(most)}, or {last}" if most else last


def _cell(cell: Cell) -> Words:
    """Every second part of a cell is a path."""
    return tuple(Code(part) if at % 2 else part for at, part in enumerate(cell_parts(cell)))


def _combinations(alternative: Alternative) -> tuple[Words, Words]:
    def side(paths: Sequence[str]) -> Words:
        parts: list[str] = []
        for path in paths:
            parts += [*([" and "] if parts else []), Code(path)]
        return tuple(parts)

    return (
        side([source for source, _ in alternative.combinations]),
        side([target for _, target in alternative.combinations]),
    )
