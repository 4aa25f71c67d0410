"""Sections of many documents made into pairs: both directions of a pair become one, repeated ones too (M9, W14)."""

from collections.abc import Mapping as ReadOnly, Sequence
from dataclasses import dataclass, field, replace

from accord.dataflow.document import Alternative, Creation, Decision, Document, End, Row, Section
from accord.dataflow.names import entity_key

__all__ = ["DraftPair", "DraftRow", "careful", "joined", "merged"]

_CAREFUL = ("always", "condition", "linked", "unsaid")


@dataclass(slots=True)
class DraftRow:
    """A row of a pair, seen from the pair's source: in which documents it stands, and the types that they tell.

    `types` are those of (source, target), each told by the documents that write it; "" where none does.
    """

    row: Row
    file: str
    forward: bool = False
    backward: bool = False
    types: tuple[str, str] = ("", "")


@dataclass(slots=True)
class DraftPair:
    """Two ends, and all that documents say of them. `backward` is None where there is no document of that direction.

    `alternatives` and `said` bear their files; `said` are the creation rules as they stand, with their lines.
    """

    source: str
    target: str
    ends: tuple[tuple[str, End], tuple[str, End]]
    file: str
    line: int
    forward: Creation
    backward: Creation | None = None
    alternatives: list[tuple[Alternative, str]] = field(default_factory=list)
    rows: list[DraftRow] = field(default_factory=list)
    said: list[tuple[Creation, str, int]] = field(default_factory=list)


def joined(documents: Sequence[Document]) -> list[Document]:
    """One document for each way: what several say of it counts together, as in an import."""
    found: dict[tuple[str, str], Document] = {}
    for each in documents:
        way = (each.source, each.target)
        known = found.get(way)
        if known is None:
            found[way] = each
            continue
        what = f"there is another document from {each.source} to {each.target}: {known.file}"
        again = Decision(each.file, 1, what, "what either says counts")
        found[way] = replace(
            known,
            sections=(*known.sections, *(_placed(each, section) for section in each.sections)),
            unread=(*known.unread, *each.unread),
            decided=(*known.decided, *each.decided, again),
            untold=tuple(dict.fromkeys((*known.untold, *each.untold))),
        )
    return list(found.values())


def _placed(document: Document, section: Section) -> Section:
    """A section that knows its file in a document of several."""
    return replace(
        section,
        alternatives=tuple(replace(each, place=document.place_of(each)) for each in section.alternatives),
        rows=tuple(replace(each, place=document.place_of(each)) for each in section.rows),
        place=document.place_of(section),
    )


def merged(documents: Sequence[Document], keys: ReadOnly[str, str]) -> tuple[list[DraftPair], list[Decision]]:
    """Pairs in the order in which their first sections stand; what was chosen where documents differ."""
    merger = _Merger(keys)
    for document in documents:
        for section in document.sections:
            merger.take(document, section)
    merger.let_rows_return(documents)
    return list(merger.pairs.values()), merger.decided


class _Merger:
    def __init__(self, keys: ReadOnly[str, str]) -> None:
        self._keys = keys
        self.pairs: dict[tuple[str, str], DraftPair] = {}
        self.decided: list[Decision] = []

    def take(self, document: Document, section: Section) -> None:
        """Add a section to the pair it belongs to."""
        systems = (self._keys[document.source], self._keys[document.target])
        source = entity_key(systems[0], section.source.type, section.source.facet)
        target = entity_key(systems[1], section.target.type, section.target.facet)
        if not section.source.type or not section.target.type:
            self._decide(document, section, "an entity type has no name", "it is called Unnamed")
        if (mirrored := self.pairs.get((target, source))) is not None and source != target:
            self._fold(mirrored, document, section, backward=True)
            return
        pair = self.pairs.get((source, target))
        if pair is not None:
            what = f"{source} - {target} stands here again"
            self._decide(document, section, what, "its rows are added to the first")
            self._fold(pair, document, section, backward=False)
            return
        ends = ((document.source, section.source), (document.target, section.target))
        pair = DraftPair(source, target, ends, document.place_of(section), section.line, section.creation)
        self.pairs[source, target] = pair
        self._add(pair, document, section, backward=False)

    def _fold(self, pair: DraftPair, document: Document, section: Section, *, backward: bool) -> None:
        there = pair.backward if backward else pair.forward
        creation = section.creation
        if there is not None and there != creation:
            creation = careful(there, creation)
            self._decide(
                document,
                section,
                "its creation rule differs from that of the first",
                f"the most careful one: {creation.rule}",
            )
        if backward:
            pair.backward = creation
        else:
            pair.forward = creation
        self._add(pair, document, section, backward=backward)

    def _add(self, pair: DraftPair, document: Document, section: Section, *, backward: bool) -> None:
        pair.said.append((section.creation, document.place_of(section), section.line))
        seen = section.turned() if backward else section
        known = {(each.row.source, each.row.target): each for each in pair.rows}
        for row in seen.rows:
            found = known.get((row.source, row.target))
            if found is None:
                found = known[row.source, row.target] = DraftRow(row, document.place_of(row))
                pair.rows.append(found)
            found.forward |= not backward
            found.backward |= backward
            self._tell_type(found, document, row, backward=backward)
        told = {each for each, _ in pair.alternatives}
        pair.alternatives += [
            (each, document.place_of(each)) for each in seen.alternatives if each not in told
        ]

    def _tell_type(self, draft: DraftRow, document: Document, row: Row, *, backward: bool) -> None:
        """Note the type of the end that the document writes."""
        source, target = draft.types
        there = source if backward else target
        if there and row.type and there != row.type:
            cell = row.source if backward else row.target
            what = f"the type of {cell.path} is {row.type} here, and {there} before"
            self._decide(document, row, what, f"the first one: {there}")
        word = there or row.type
        draft.types = (word, target) if backward else (source, word)

    def let_rows_return(self, documents: Sequence[Document]) -> None:
        """Without a document of the other direction rows go both ways: `regardless of where it is edited`.

        Where there is one that does not have the pair, nothing flows back (W14).
        """
        written = {(self._keys[each.source], self._keys[each.target]) for each in documents}
        alone = {
            (each.file, each.source, each.target): each
            for each in documents
            if each.sections and (self._keys[each.target], self._keys[each.source]) not in written
        }
        for each in alone.values():
            what = (
                f"there is no document from {each.target or 'the nameless system'} to {each.source or 'it'}"
            )
            chosen = "rows flow both ways, and nothing is created on the way back"
            self.decided.append(Decision(each.file, 1, what, chosen))
        for pair in self.pairs.values():
            source, target = (key.partition(".")[0] for key in (pair.source, pair.target))
            if pair.backward is None and (target, source) not in written:
                for row in pair.rows:
                    row.backward = True
            elif pair.backward is None:
                pair.backward = Creation("linked")
                what = f"no document from {pair.ends[1][0]} to {pair.ends[0][0]} has {pair.target} - {pair.source}"
                self.decided.append(Decision(pair.file, pair.line, what, "nothing flows back"))

    def _decide(self, document: Document, part: Section | Row, what: str, chosen: str) -> None:
        self.decided.append(Decision(document.place_of(part), part.line, what, chosen))


def careful(one: Creation, other: Creation) -> Creation:
    """Two creation rules of one pair: the one that creates less, and whatever either says beside it."""
    rule = max(one.rule, other.rule, key=_CAREFUL.index)
    return Creation(
        rule,
        (one.text or other.text) if rule == "condition" else "",
        tuple(dict.fromkeys((*one.connected, *other.connected))),
        one.merge_existing or other.merge_existing,
    )
