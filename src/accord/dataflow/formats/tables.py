"""Documents as tables that business people edit, and back: what the spreadsheet formats share.

Tables are known by their headers, wherever they stand and in whatever order their columns are, so a spreadsheet may be
sorted, filtered, and given columns and sheets of its own. Rows of the other tables belong to a pair by its number.
"""

import re
from collections.abc import Callable, Iterator, Mapping as ReadOnly, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from accord.dataflow.cells import cell_of, cell_text, combinations_of, combinations_text
from accord.dataflow.document import (
    Alternative,
    Cell,
    Creation,
    CreationRule,
    Decision,
    Document,
    End,
    Row,
    Section,
    Unread,
)
from accord.dataflow.ends import end_text
from accord.dataflow.phrases import ALL, NOT_HERE

__all__ = ["CREATED", "TABLES", "Grid", "GridRow", "Table", "documents_of_grids", "notes", "tables_of"]

CREATED: Final[ReadOnly[CreationRule, str]] = {
    "always": "always",
    "linked": "only when linked",
    "condition": "on the condition",
    "unsaid": "",
}
_NAMELESS: Final = "(no name)"
"""A system without a name where it alone fills a line: a line of blanks is none."""
_YES: Final = ("yes", "y", "true", "x", "1", "ja", "sant", "oui", "si", "sí", "wahr")


@dataclass(frozen=True, slots=True)
class Table:
    """A kind of table: its name, its columns, and those of them that make it known."""

    name: str
    columns: tuple[str, ...]
    required: tuple[str, ...]


_DOCUMENTS: Final = Table("Documents", ("From", "To", "Written"), ("From", "To", "Written"))
_RECORDS: Final = Table(
    "Records",
    (
        "Pair",
        "From system",
        "From type",
        "From part",
        "To system",
        "To type",
        "To part",
        "Created",
        "Condition",
        "Connected to",
        "Match first",
    ),
    ("Pair", "From system", "From type", "To system", "To type", "Created"),
)
_MATCHING: Final = Table(
    "Matching",
    ("Pair", "From", "To", "Equal in from", "Equal in to"),
    ("Pair", "Equal in from", "Equal in to"),
)
_PROPERTIES: Final = Table(
    "Properties",
    ("Pair", "From", "From property", "To", "To property", "Type"),
    ("Pair", "From property", "To property"),
)
_NOT_HERE: Final = Table(NOT_HERE, ("From", "To", "What"), ("From", "To", "What"))
TABLES: Final = (_DOCUMENTS, _RECORDS, _MATCHING, _PROPERTIES, _NOT_HERE)

_HOW: Final = (
    "Which records are kept in sync between two systems, when one is created, and which properties flow.",
    "Change cells, add rows, delete rows; then give this file to accord import, which tells what you changed.",
    "Documents: from which system to which. The other way stands in its own lines; else all holds both ways.",
    "Records: each pair of entity types has a number. Created: always, only when linked, or on the condition.",
    "Matching: each line is one way in which two records are known to be the same; several are parted by and.",
    "Properties: each line is a property that flows. phones.number (where phones.kind is work) is one of several.",
    f"{NOT_HERE}: what the configuration also says. It is not read back.",
)
_ALL: Final = re.compile(ALL.format(project=".*"))


def notes(project: str) -> list[str]:
    """Lines for people that stand before the tables."""
    return [*([ALL.format(project=project)] if project else []), *_HOW]


def tables_of(documents: Sequence[Document]) -> list[tuple[Table, list[tuple[str, ...]]]]:
    """Each table with its rows; pairs are numbered through all documents."""
    rows: dict[str, list[tuple[str, ...]]] = {table.name: [] for table in TABLES}
    number = 0
    for document in documents:
        ends = (document.source, document.target)
        rows[_DOCUMENTS.name].append((*(name or _NAMELESS for name in ends), document.generated))
        rows[NOT_HERE] += [(*ends, gap) for gap in document.untold]
        for section in document.sections:
            number += 1
            s, t = section.source, section.target
            names = [end_text(system, end).strip() for system, end in ((ends[0], s), (ends[1], t))]
            pair, creation = str(number), section.creation
            rows[_RECORDS.name].append(
                (
                    *(pair, ends[0], s.type, s.facet, ends[1], t.type, t.facet),
                    *(CREATED[creation.rule], creation.text, ", ".join(creation.connected)),
                    "yes" if creation.merge_existing else "",
                )
            )
            for each in section.alternatives:
                rows[_MATCHING.name].append((pair, *names, *combinations_text(each.combinations)))
            for row in section.rows:
                cells = (names[0], cell_text(row.source), names[1], cell_text(row.target), row.type)
                rows[_PROPERTIES.name].append((pair, *cells))
    return [(table, rows[table.name]) for table in TABLES]


@dataclass(frozen=True, slots=True)
class GridRow:
    """A row of a sheet, with its line."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A sheet as text: `place` is how messages call it."""

    place: str
    rows: tuple[GridRow, ...]


@dataclass(frozen=True, slots=True)
class _Entry:
    """A row of a known table: text by column."""

    place: str
    line: int
    said: ReadOnly[str, str]

    def __getitem__(self, column: str) -> str:
        return self.said.get(column, "")

    def text(self) -> str:
        return " | ".join(self.said.values())


@dataclass(slots=True)
class _Pair:
    """A section in the making."""

    ends: tuple[str, str]
    section: Section
    alternatives: list[Alternative] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)


def documents_of_grids(
    grids: Sequence[Grid], file: str, unread: Sequence[Unread] = (), decided: Sequence[Decision] = ()
) -> list[Document]:
    """The documents in the sheets of a file; with what its own reader noted. Never raises."""
    reader = _Reader(file)
    reader.unread.extend(unread)
    reader.decided.extend(decided)
    return reader.read(grids)


class _Reader:
    def __init__(self, file: str) -> None:
        self._file = file
        self.unread: list[Unread] = []
        self.decided: list[Decision] = []
        self._pairs: dict[str, _Pair] = {}
        self._systems: dict[tuple[str, str], str] = {}
        self._untold: dict[tuple[str, str], list[str]] = {}

    def read(self, grids: Sequence[Grid]) -> list[Document]:
        found: dict[str, list[_Entry]] = {table.name: [] for table in TABLES}
        for grid in grids:
            for table, entry in self._entries(grid):
                found[table.name].append(entry)
        take: dict[str, Callable[[_Entry], None]] = {
            _DOCUMENTS.name: self._take_document,
            _RECORDS.name: self._take_record,
            _MATCHING.name: self._take_alternative,
            _PROPERTIES.name: self._take_property,
            NOT_HERE: self._take_untold,
        }
        for name, entries in found.items():  # records before what belongs to them, wherever they stand
            for entry in entries:
                take[name](entry)
        return self._documents()

    def _documents(self) -> list[Document]:
        if not self._systems:
            self.unread.append(Unread(self._file, 0, "", "no table of documents or records is in it"))
            self._systems["", ""] = ""
        documents = [
            Document(
                source=source,
                target=target,
                sections=tuple(
                    _section(each) for each in self._pairs.values() if each.ends == (source, target)
                ),
                generated=generated,
                file=self._file,
                untold=tuple(self._untold.get((source, target), ())),
            )
            for (source, target), generated in self._systems.items()
        ]
        documents[0] = replace(documents[0], unread=tuple(self.unread), decided=tuple(self.decided))
        return documents

    def _entries(self, grid: Grid) -> Iterator[tuple[Table, _Entry]]:
        """The rows of all tables in a sheet, each under the header that stands before it."""
        table: Table | None = None
        places: dict[str, int] = {}
        for row in grid.rows:
            cells = [" ".join(cell.split()) for cell in row.cells]
            text = " | ".join(cell for cell in cells if cell)
            if not text or _is_note(text):
                continue
            if (known := _headed(cells)) is not None:
                table, places = known, _columns(cells)
                self._list_columns(grid.place, row.line, known, cells)
            elif table is None:
                self._note(grid.place, row.line, text, "it stands before the first table")
            else:
                said = {
                    name: cells[places[name.lower()]]
                    for name in table.columns
                    if places.get(name.lower(), len(cells)) < len(cells)
                }
                if any(said.values()):
                    yield table, _Entry(grid.place, row.line, said)

    def _list_columns(self, place: str, line: int, table: Table, cells: Sequence[str]) -> None:
        known = {name.lower() for name in table.columns}
        for cell in cells:
            if cell and cell.lower() not in known:
                self._note(place, line, cell, f"the table {table.name} has no such column, so it is not read")

    def _take_document(self, entry: _Entry) -> None:
        source, target = ("" if entry[end] == _NAMELESS else entry[end] for end in ("From", "To"))
        self._systems.setdefault((source, target), entry["Written"])

    def _take_untold(self, entry: _Entry) -> None:
        self._untold.setdefault((entry["From"], entry["To"]), []).append(entry["What"])

    def _take_record(self, entry: _Entry) -> None:
        ends = (entry["From system"], entry["To system"])
        number = entry["Pair"]
        if number in self._pairs:
            self._note_row(entry, f"the number {number} is taken by another pair: give it one of its own")
            return
        if not number:
            number = f"line {entry.line} of {entry.place}"
            self._decide(entry, "a pair has no number", "its properties are known by `From` and `To` alone")
        self._systems.setdefault(ends, "")
        self._pairs[number] = _Pair(
            ends,
            Section(
                source=End(entry["From type"], entry["From part"]),
                target=End(entry["To type"], entry["To part"]),
                creation=self._creation(entry),
                line=entry.line,
                place=entry.place,
            ),
        )

    def _creation(self, entry: _Entry) -> Creation:
        text, said = entry["Condition"], entry["Created"].lower()
        rule = next((rule for rule, word in CREATED.items() if word == said), None)
        connected = tuple(filter(None, (each.strip() for each in entry["Connected to"].split(","))))
        if rule is None:
            self._decide(entry, f"`{entry['Created']}` is no way to create", "nothing is created: linked")
            rule = "linked"
        elif rule == "unsaid" and text:
            self._decide(entry, "a condition is given without `on the condition`", "it is meant to hold")
            rule = "condition"
        elif rule == "unsaid" and not connected:
            self._decide(entry, "the pair has no creation rule", "nothing is created: linked")
        elif rule in ("always", "linked") and text:
            self._note_row(entry, f"the condition is not read, for the record is created {CREATED[rule]}")
        return Creation(
            rule=rule,
            text=text if rule == "condition" else "",
            connected=connected,
            merge_existing=entry["Match first"].lower() in _YES,
        )

    def _take_alternative(self, entry: _Entry) -> None:
        pair = self._pair(entry)
        cells = (entry["Equal in from"], entry["Equal in to"])
        if pair is None:
            return
        combinations = combinations_of(*cells)
        if combinations is None:
            what = "the cells of a match alternative name different numbers of properties"
            self._decide(entry, what, "each cell is taken for one property")
            combinations = (cells,)
        pair.alternatives.append(Alternative(combinations, entry.line, entry.place))

    def _take_property(self, entry: _Entry) -> None:
        pair = self._pair(entry)
        if pair is None:
            return
        source, target = self._cell(entry, "From property"), self._cell(entry, "To property")
        if not source.path or not target.path:
            what = "a property has no name"
            self._decide(entry, what, "the row is kept in the document, not in the project")
        pair.rows.append(Row(source, target, entry["Type"], entry.line, entry.place))

    def _cell(self, entry: _Entry, column: str) -> Cell:
        cell, unclear = cell_of(entry[column])
        if unclear:
            self._note_row(entry, "the condition in the cell is not `where … is …`")
        return cell

    def _pair(self, entry: _Entry) -> _Pair | None:
        """The pair that a row belongs to: by its number, else by the two ends where these name one."""
        if (found := self._pairs.get(entry["Pair"])) is not None:
            return found
        named = (entry["From"].lower(), entry["To"].lower())
        fits = [each for each in self._pairs.values() if _names(each) == named] if any(named) else []
        if not entry["Pair"] and len(fits) == 1:
            return fits[0]
        number = (
            f"no pair has the number {entry['Pair']}"
            if entry["Pair"]
            else "the number of the pair is missing"
        )
        self._note_row(entry, number)
        return None

    def _note_row(self, entry: _Entry, why: str) -> None:
        self._note(entry.place, entry.line, entry.text(), why)

    def _note(self, place: str, line: int, text: str, why: str) -> None:
        self.unread.append(Unread(place, line, text, why))

    def _decide(self, entry: _Entry, what: str, chosen: str) -> None:
        self.decided.append(Decision(entry.place, entry.line, what, chosen))


def _section(pair: _Pair) -> Section:
    return replace(pair.section, alternatives=tuple(pair.alternatives), rows=tuple(pair.rows))


def _names(pair: _Pair) -> tuple[str, str]:
    ends = zip(pair.ends, (pair.section.source, pair.section.target), strict=True)
    source, target = (end_text(system, end).strip().lower() for system, end in ends)
    return source, target


def _columns(cells: Sequence[str]) -> dict[str, int]:
    """Place of each column by its name; the first one of a name counts."""
    places: dict[str, int] = {}
    for at, cell in enumerate(cells):
        places.setdefault(cell.lower(), at)
    return places


def _headed(cells: Sequence[str]) -> Table | None:
    """The table that a row is the header of."""
    there = {cell.lower() for cell in cells}
    return next(
        (
            table
            for table in TABLES
            if {name.lower() for name in table.required} <= there and _fits(table, there)
        ),
        None,
    )


def _fits(table: Table, there: set[str]) -> bool:
    """Whether most of a row's cells are the table's columns: a row of data is no header by accident."""
    return len(there & {name.lower() for name in table.columns}) * 2 > len(there - {""})


def _is_note(text: str) -> bool:
    return text in _HOW or text in {table.name for table in TABLES} or _ALL.fullmatch(text) is not None
