"""Reads one section of a dataflow document: a pair of entity types."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from accord.dataflow.blocks import Block, Heading, Paragraph, Table
from accord.dataflow.cells import cell_of, combinations_of, type_of
from accord.dataflow.document import Alternative, Creation, CreationRule, Decision, End, Row, Section, Unread
from accord.dataflow.ends import Named, end_of, split_connected, title_splits
from accord.dataflow.sentences import Sentence, sentences_of

__all__ = ["Read", "is_pair", "read_section", "target_spelled"]

_PROPERTY: Final = re.compile(r"(?P<family>.*?)\s*Property|Property of (?P<own>.*)")
_DATA_TYPE: Final = re.compile(r"(?P<family>.*?)\s*Data Type|Type in\s*(?P<own>.*)")
_RULES: Final[dict[str, CreationRule]] = {"always": "always", "linked": "linked", "follows": "condition"}
_STRENGTH: Final[tuple[CreationRule, ...]] = ("always", "condition", "linked")


class Read(NamedTuple):
    """A section with what could not be read and what had to be decided."""

    section: Section
    unread: list[Unread]
    decided: list[Decision]


def read_section(heading: Heading, body: Sequence[Block], systems: tuple[str, str], file: str) -> Read:
    """The section under a heading, of a document from systems[0] to systems[1]."""
    reader = _Section(heading, systems, file)
    for block in body:
        reader.take(block)
    return reader.read()


def is_pair(heading: Heading, body: Sequence[Block], systems: tuple[str, str]) -> bool:
    """Whether it tells of a pair: it is headed `A TYPE to B TYPE`, or has a sentence or a table of the grammar."""
    for source, target in title_splits(heading.text):
        if end_of(source, systems[:1]).known and end_of(target, systems[1:]).known:
            return True
    said = (each for block in body if isinstance(block, Paragraph) for each in sentences_of(block.lines))
    return any(each.kind for each in said) or any(
        _ends_in(block) for block in body if isinstance(block, Table)
    )


def _ends_in(table: Table) -> tuple[str, str] | None:
    """The two ends in a table's header; None where it is no table of the grammar."""
    header = table.rows[0][1] if table.rows else ()
    found = [_named(each) for cell in header[:2] if (each := _PROPERTY.fullmatch(cell))]
    return (found[0], found[1]) if len(found) == 2 and len(header) <= 3 else None


def target_spelled(header: Sequence[str]) -> str:
    """How the header of a property table spells the target system; "" where it does not."""
    found = _DATA_TYPE.fullmatch(header[2]) if len(header) == 3 else None
    return _named(found) if found else ""


def _named(found: re.Match[str]) -> str:
    """What a header names, in either wording."""
    return (found["family"] or found["own"] or "").strip()


class _Section:
    def __init__(self, heading: Heading, systems: tuple[str, str], file: str) -> None:
        self._heading, self._systems, self._file = heading, systems, file
        self._unread: list[Unread] = []
        self._decided: list[Decision] = []
        self._ends: list[tuple[str, str]] = []  # as named by tables, then by sentences
        self._spelled: list[str] = []  # the target system, as the tables spell it
        self._called: dict[str, None] = {systems[0]: None}  # spellings of the source system
        self._said: list[Sentence] = []
        self._alternatives: list[Alternative] = []
        self._rows: list[Row] = []
        self._own = False  # in Accord's wording types stand without quotes

    def take(self, block: Block) -> None:
        """Read a block of the section's body."""
        if isinstance(block, Paragraph):
            for sentence in sentences_of(block.lines):
                self._take_sentence(sentence)
        elif isinstance(block, Table):
            self._take_table(block)

    def _take_sentence(self, sentence: Sentence) -> None:
        if not sentence.kind:
            self._note(sentence.line, sentence.text, "no sentence of the grammar is like it")
        self._said.append(sentence)

    def _take_table(self, table: Table) -> None:
        for stray in table.stray:
            self._note(stray.number, stray.text, "it is no cell of the table")
        named = _ends_in(table)
        if named is None:
            for line, cells in table.rows:
                self._note(line, " | ".join(cells), "the table has other columns than the grammar knows")
            return
        header = table.rows[0][1]
        self._ends.append(named)
        if spelled := target_spelled(header):
            self._spelled.append(spelled)
        self._own = header[0].startswith("Property of ")
        for line, cells in table.rows[1:]:
            self._take_row(line, cells, len(header))

    def _take_row(self, line: int, cells: tuple[str, ...], width: int) -> None:
        if len(cells) != width:
            self._note(line, " | ".join(cells), f"the row has {len(cells)} cells, the table {width} columns")
        elif width == 2:
            combinations = combinations_of(*cells)
            if combinations is None:
                what = "the cells of a match alternative name different numbers of properties"
                self._decide(line, what, "each cell is taken for one property")
                combinations = ((cells[0].strip(), cells[1].strip()),)
            self._alternatives.append(Alternative(combinations, line))
        else:
            self._take_property(line, cells)

    def _take_property(self, line: int, cells: tuple[str, ...]) -> None:
        source, unclear = cell_of(cells[0])
        target, unclear_too = cell_of(cells[1])
        for text in filter(None, (unclear, unclear_too)):
            self._note(line, text, "the condition in the cell is not `where … is …`")
        kind, as_usual = type_of(cells[2])
        if not as_usual and not self._own:
            self._decide(
                line, f"the type {kind or '(blank)'} stands without quotes", f"taken for {kind or 'N/A'}"
            )
        if not source.path or not target.path:
            self._decide(
                line, "a property has no name", "the row is kept in the document, not in the project"
            )
        self._rows.append(Row(source, target, kind, line))

    def read(self) -> Read:
        source, target = self._names()
        section = Section(
            source=source,
            target=target,
            creation=self._creation(),
            alternatives=tuple(self._alternatives),
            rows=tuple(self._rows),
            line=self._heading.line,
        )
        return Read(section, self._unread, self._decided)

    def _names(self) -> tuple[End, End]:
        """The ends: as the tables name them, else the first sentence, else the heading."""
        said = [(each.words["s"], each.words["t"]) for each in self._said if {"s", "t"} <= each.words.keys()]
        texts = next(iter((*self._ends, *said, *title_splits(self._heading.text))), None)
        if texts is None:
            self._note(self._heading.line, self._heading.text, "the heading does not say from what to what")
            return End(self._heading.text.strip()), End("")
        spelled = (self._spelled[0],) if self._spelled else ()
        source = end_of(texts[0], (self._systems[0],))
        self._called[source.system] = None
        target = end_of(texts[1], (*spelled, self._systems[1]))
        return self._end(source, self._systems[0]), self._end(target, self._systems[1])

    def _end(self, named: Named, usual: str) -> End:
        if named.system != usual:
            what = f"the system is spelled `{named.system}` here, in the title `{usual}`"
            sure = "taken for the same" if named.known else "the first word is taken for the same system"
            self._decide(self._heading.line, what, sure)
        return named.end

    def _creation(self) -> Creation:
        said = {each.kind: each for each in self._said}
        rules = {_RULES[kind]: each for kind, each in said.items() if kind in _RULES}
        rule: CreationRule = next((rule for rule in reversed(_STRENGTH) if rule in rules), "unsaid")
        if len(rules) > 1:
            self._decide(
                rules[rule].line, "the section has several creation rules", f"the most careful one: {rule}"
            )
        if not rules and "connected" not in said:
            self._decide(self._heading.line, "the section has no creation rule", "nothing is created: linked")
        if "not_found" in said and "merged" not in said:
            sentence = said["not_found"]
            self._note(sentence.line, sentence.text, "it belongs to a sentence that is missing before it")
        connected = said.get("connected")
        return Creation(
            rule=rule,
            text=said["follows"].words["text"] if rule == "condition" else "",
            connected=split_connected(connected.words["types"], self._called) if connected else (),
            merge_existing="merged" in said,
        )

    def _note(self, line: int, text: str, why: str) -> None:
        self._unread.append(Unread(self._file, line, text.strip(), why))

    def _decide(self, line: int, what: str, chosen: str) -> None:
        self._decided.append(Decision(self._file, line, what, chosen))
