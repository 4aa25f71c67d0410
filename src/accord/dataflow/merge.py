"""Sections of many documents made into pairs: both directions of a pair become one, repeated ones too (M9, W14)."""

from collections.abc import Mapping as ReadOnly, Sequence
from dataclasses import dataclass, field

from accord.dataflow.document import Alternative, Creation, Decision, Document, End, Row, Section
from accord.dataflow.names import entity_key

__all__ = ["DraftPair", "DraftRow", "merged"]

_CAREFUL = ("always", "condition", "linked", "unsaid")


@dataclass(slots=True)
class DraftRow:
    """A row of a pair: in which documents it stands, seen from the pair's source."""

    row: Row
    file: str
    forward: bool = False
    backward: bool = False


@dataclass(slots=True)
class DraftPair:
    """Two ends, and all that documents say of them. `backward` is None where no document of that direction has them."""

    source: str
    target: str
    ends: tuple[tuple[str, End], tuple[str, End]]
    file: str
    line: int
    forward: Creation
    backward: Creation | None = None
    alternatives: list[Alternative] = field(default_factory=list)
    rows: list[DraftRow] = field(default_factory=list)


def merged(documents: Sequence[Document], keys: ReadOnly[str, str]) -> tuple[list[DraftPair], list[Decision]]:
    """Pairs in the order in which their first sections stand; what was chosen where documents differ."""
    merger = _Merger(keys)
    for document in documents:
        for section in document.sections:
            merger.take(document, section)
    merger.let_rows_return()
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
            self._fold(mirrored, document, _turned(section), backward=True)
            return
        pair = self.pairs.get((source, target))
        if pair is not None:
            self._decide(
                document, section, f"{source} - {target} stands here again", "its rows are added to the first"
            )
            self._fold(pair, document, section, backward=False)
            return
        ends = ((document.source, section.source), (document.target, section.target))
        pair = DraftPair(source, target, ends, document.file, section.line, section.creation)
        self.pairs[source, target] = pair
        self._add(pair, document, section, backward=False)

    def _fold(self, pair: DraftPair, document: Document, section: Section, *, backward: bool) -> None:
        there = pair.backward if backward else pair.forward
        creation = section.creation
        if there is not None and there != creation:
            creation = max(there, creation, key=lambda each: _CAREFUL.index(each.rule))
            self._decide(
                document, section, "its creation rule differs from that of the first", f"{creation.rule}"
            )
        if backward:
            pair.backward = creation
        else:
            pair.forward = creation
        self._add(pair, document, section, backward=backward)

    def _add(self, pair: DraftPair, document: Document, section: Section, *, backward: bool) -> None:
        known = {(each.row.source, each.row.target): each for each in pair.rows}
        for row in section.rows:
            found = known.get((row.source, row.target))
            if found is None:
                found = known[row.source, row.target] = DraftRow(row, document.file)
                pair.rows.append(found)
            found.forward |= not backward
            found.backward |= backward
        pair.alternatives += [each for each in section.alternatives if each not in pair.alternatives]

    def let_rows_return(self) -> None:
        """Without a document of the other direction rows go both ways: `regardless of where it is edited`."""
        for pair in self.pairs.values():
            if pair.backward is None:
                for row in pair.rows:
                    row.backward = True

    def _decide(self, document: Document, section: Section, what: str, chosen: str) -> None:
        self.decided.append(Decision(document.file, section.line, what, chosen))


def _turned(section: Section) -> Section:
    """The section seen from its target."""
    return Section(
        source=section.target,
        target=section.source,
        creation=section.creation,
        alternatives=tuple(
            Alternative(tuple((target, source) for source, target in each.combinations), each.line)
            for each in section.alternatives
        ),
        rows=tuple(Row(each.target, each.source, each.type, each.line) for each in section.rows),
        line=section.line,
    )
