"""What an invented document says, as plain values; lines and spellings are those of the text that is made of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

__all__ = [
    "Kind",
    "Rule",
    "Told",
    "ToldCell",
    "ToldDocument",
    "ToldRow",
    "ToldSection",
    "ToldStray",
    "counts",
]

Kind: TypeAlias = Literal["paragraph", "line", "table", "heading"]
Rule: TypeAlias = Literal["always", "linked", "condition", "unsaid"]


@dataclass(frozen=True, slots=True)
class ToldCell:
    """A path and its conditions (value, path); any of them may be blank."""

    path: str
    conditions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ToldRow:
    """A row of a property table; type "" stands as N/A, any other in quotes."""

    source: ToldCell
    target: ToldCell
    type: str = "string"

    def turned(self) -> "ToldRow":
        """The row as the document of the other direction has it."""
        return ToldRow(self.target, self.source, self.type)


@dataclass(frozen=True, slots=True)
class ToldSection:
    """A pair of entity types, each (type, facet)."""

    source: tuple[str, str]
    target: tuple[str, str]
    rule: Rule = "always"
    text: str = ""
    """The prose of rule "condition"."""
    connected: tuple[str, ...] = ()
    merge_existing: bool = False
    alternatives: tuple[tuple[tuple[str, str], ...], ...] = ()
    rows: tuple[ToldRow, ...] = ()


@dataclass(frozen=True, slots=True)
class ToldStray:
    """Something that the grammar does not know, in a section, before its block number `slot` or at its end.

    Section -1 stands before the introduction, -2 at the end of it. `kind`: a paragraph, a line that begins the next
    paragraph, a table with other columns, or (at the end) a heading of its own with prose under it.
    """

    section: int
    slot: int
    kind: Kind = "paragraph"
    text: str = "Nobody knows this sentence."


@dataclass(frozen=True, slots=True)
class ToldDocument:
    """A document: the systems by their names in the title, and as everything below the title spells them."""

    source: str
    target: str
    spelled: tuple[str, str]
    sections: tuple[ToldSection, ...] = ()
    strays: tuple[ToldStray, ...] = ()
    generated: str = "2024-09-10 15:43:43"
    older: bool = False
    """The heading `Introduction.` instead of `Introduction`."""
    line_end: str = "\n"
    mark: bool = False
    """A byte order mark in front."""

    def rows(self) -> Iterator[ToldRow]:
        """All rows of all sections."""
        for section in self.sections:
            yield from section.rows


Told: TypeAlias = Sequence[ToldDocument]


def counts(documents: Told) -> dict[str, int]:
    """What an import reports of them; a system counts once, however its name is spelled."""
    sections = [section for document in documents for section in document.sections]
    rows = [row for section in sections for row in section.rows]
    systems = {name.lower() for document in documents for name in (document.source, document.target)}
    return {
        "files": len(documents),
        "systems": len(systems),
        "pairs": len(sections),
        "properties": len(rows),
        "match_alternatives": sum(len(section.alternatives) for section in sections),
        "conditions": sum(len(row.source.conditions) + len(row.target.conditions) for row in rows),
    }
