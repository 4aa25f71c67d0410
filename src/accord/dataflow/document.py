"""A dataflow document as plain values: pairs of entity types, when records are created, matched and kept in sync.

Documents are directional: `source` to `target`. Sections are a list, for the same pair may stand there twice. Every
part bears the line it was read from (0: it was not read), and the sheet where a file has several (`place`, as messages
call it); neither counts when documents are compared.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

__all__ = [
    "Alternative",
    "Cell",
    "Condition",
    "Creation",
    "CreationRule",
    "Decision",
    "Document",
    "End",
    "Row",
    "Section",
    "Unread",
]

CreationRule: TypeAlias = Literal["always", "linked", "condition", "unsaid"]


@dataclass(frozen=True, slots=True)
class End:
    """One side of a section: the entity type's name without its system, and its facet."""

    type: str
    facet: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """`Dependant on having VALUE in PATH`; either may be blank."""

    value: str
    path: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A property by its dotted path, and the conditions that select the list element or record that is meant."""

    path: str
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A property that is synchronised. `type` is the word in the third column: "string", "date"; "" for N/A."""

    source: Cell
    target: Cell
    type: str = ""
    line: int = field(default=0, compare=False)
    place: str = field(default="", compare=False)

    def turned(self) -> "Row":
        """The row seen from its target."""
        return replace(self, source=self.target, target=self.source)


@dataclass(frozen=True, slots=True)
class Alternative:
    """Combinations (source path, target path) that identify a record when all of them match."""

    combinations: tuple[tuple[str, str], ...]
    line: int = field(default=0, compare=False)
    place: str = field(default="", compare=False)

    def turned(self) -> "Alternative":
        """The combinations seen from the target."""
        return replace(self, combinations=tuple((b, a) for a, b in self.combinations))


@dataclass(frozen=True, slots=True)
class Creation:
    """When a record is created in the target.

    `text` is the prose of rule "condition", up to the comma. `connected` are the types, as written, whose records
    pull this one in: the first one bears the system's name no more. `merge_existing`: the document says that a match
    is merged instead of repeated.
    """

    rule: CreationRule = "always"
    text: str = ""
    connected: tuple[str, ...] = ()
    merge_existing: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A pair of entity types."""

    source: End
    target: End
    creation: Creation = Creation()
    alternatives: tuple[Alternative, ...] = ()
    rows: tuple[Row, ...] = ()
    line: int = field(default=0, compare=False)
    place: str = field(default="", compare=False)

    def turned(self) -> "Section":
        """The section seen from its target."""
        return replace(
            self,
            source=self.target,
            target=self.source,
            alternatives=tuple(each.turned() for each in self.alternatives),
            rows=tuple(each.turned() for each in self.rows),
        )


def _place(file: str, line: int) -> str:
    return f"{file}:{line}" if line else file or "all documents"


@dataclass(frozen=True, slots=True)
class Unread:
    """Something that was not understood; it is listed, never dropped in silence."""

    file: str
    line: int
    text: str
    why: str

    def __str__(self) -> str:
        text = f": {self.text}" if self.text else ""
        return f"{_place(self.file, self.line)}{text} ({self.why})"


@dataclass(frozen=True, slots=True)
class Decision:
    """Something that the document leaves open, and what was chosen."""

    file: str
    line: int
    what: str
    chosen: str

    def __str__(self) -> str:
        return f"{_place(self.file, self.line)}: {self.what} ({self.chosen})"


@dataclass(frozen=True, slots=True)
class Document:
    """One document: from system to system, its sections in order, and what could not be read or had to be decided."""

    source: str
    target: str
    sections: tuple[Section, ...] = ()
    generated: str = ""
    file: str = field(default="", compare=False)
    unread: tuple[Unread, ...] = field(default=(), compare=False)
    decided: tuple[Decision, ...] = field(default=(), compare=False)
    untold: tuple[str, ...] = field(default=(), compare=False)
    """What holds in the project that the document was made of, and the grammar can not say."""

    def rows(self) -> Iterator[Row]:
        """All rows of all sections."""
        for section in self.sections:
            yield from section.rows

    def place_of(self, part: Section | Row | Alternative) -> str:
        """The file, or the sheet of it, that a part was read from."""
        return part.place or self.file
