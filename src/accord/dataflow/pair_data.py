"""Pairs as the configuration has them, made of what documents say; what could not run is taken out and named."""

from collections.abc import Callable, Iterator, Mapping as ReadOnly, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from accord.connectorkit.manifest import Manifest
from accord.core.types import value_type
from accord.dataflow.document import Cell, Creation, Decision
from accord.dataflow.merge import DraftPair, DraftRow
from accord.dataflow.row_types import RowTypes, holds, known_word
from accord.project import examine
from accord.project.known import known_property, known_type
from accord.project.source import Loc
from accord.project.specs import split_key

__all__ = ["PairData", "Part", "pair_data", "side_of"]


_P = TypeVar("_P", bound="Part")


@dataclass(slots=True)
class Part:
    """A match alternative or row as plain data; `problem` says why it can not run and becomes a comment."""

    data: list[Any]
    file: str
    line: int
    problem: str = ""


@dataclass(slots=True, kw_only=True)
class RowPart(Part):
    """A row of a document; where another shares its property `role` says what became of it: two rows, perhaps (M9)."""

    draft: DraftRow
    type: str = ""
    role: tuple[str, str] | None = None


@dataclass(slots=True)
class PairData:
    """A pair as plain data, with its rows apart."""

    draft: DraftPair
    settings: dict[str, Any]
    rows: list[RowPart] = field(default_factory=list)
    match: list[Part] = field(default_factory=list)
    decided: list[Decision] = field(default_factory=list)

    @property
    def runs(self) -> bool:
        """It is not switched off."""
        return self.settings.get("enabled") is not False

    def config(self) -> dict[str, Any]:
        """What stands in `pairs:`, without what can not run."""
        return {
            **self.settings,
            "match": [each for part in _live(self.match) for each in part.data],
            "rows": [each for part in _live(self.rows) for each in part.data],
        }

    def decide(self, what: str, chosen: str, part: Part | None = None) -> None:
        """Note a decision on a part of the pair, or on all of it."""
        file, line = (self.draft.file, self.draft.line) if part is None else (part.file, part.line)
        self.decided.append(Decision(file, line, what, chosen))

    def leave_out(self, part: Part, why: str) -> None:
        """Take a row or a match alternative out, once, however many faults it has."""
        if not part.problem:
            part.problem = why
            self.decide(
                why, f"the {'row' if isinstance(part, RowPart) else 'match alternative'} is left out", part
            )

    def switch_off(self, why: str) -> None:
        """Take the pair out, once."""
        if self.runs:
            self.settings["enabled"] = False
            self.decide(why, "the pair is switched off")


def pair_data(
    pairs: Sequence[DraftPair],
    manifests: ReadOnly[str, Manifest],
    decided: list[Decision],
    tell: Callable[[str, int], None] = lambda _what, _count: None,
) -> list[PairData]:
    """All pairs, such that they load together without a fault with these manifests; `tell` hears how far it is."""
    made = [_pair(pair, manifests) for pair in pairs]
    _facets(made)
    _types(made, manifests)
    _take_out(made, manifests, decided, tell)
    for pair in made:
        for part in _live(pair.rows):
            if part.role is not None:
                pair.decide(*part.role, part)
    return made


def _pair(draft: DraftPair, manifests: ReadOnly[str, Manifest]) -> PairData:
    backward = draft.backward or Creation("linked")
    settings: dict[str, Any] = {"from": draft.source, "to": draft.target}
    settings["create"] = {"forward": _create(draft.forward), "backward": _create(backward)}
    made = PairData(draft, settings)
    for text, file, line in _conditions(draft):
        chosen = "named in the project; nothing is created until somebody writes it as `when`"
        made.decided.append(Decision(file, line, f"the condition `{text}` is prose", chosen))
    if draft.source == draft.target:
        made.switch_off(f"{draft.source} is tied to itself, and duplicates are not linked by documents")
    for key in (draft.source, draft.target):
        if known_type(manifests, key) is None:
            system, name, _ = split_key(key)
            made.switch_off(f"the connector of {system} has no entity type {name}")
    for row in draft.rows:
        part = RowPart([], row.file, row.row.line, draft=row)
        made.rows.append(part)
        ends = ((draft.source, row.row.source), (draft.target, row.row.target))
        problems = [_unclear(cell) or _never_met(key, cell, manifests) for key, cell in ends]
        if problem := problems[0] or problems[1]:
            made.leave_out(part, problem)
    for alternative, file in draft.alternatives:
        match = Part([[list(each) for each in alternative.combinations]], file, alternative.line)
        made.match.append(match)
        if not all(source and target for source, target in alternative.combinations):
            made.leave_out(match, "a match alternative names no property")
        elif held := [path for pair in alternative.combinations for path in _held(draft, pair, manifests)]:
            made.leave_out(match, f"a match alternative compares {held[0]}, which holds other properties")
    _write_rows(made)
    return made


def _conditions(draft: DraftPair) -> Iterator[tuple[str, str, int]]:
    """The conditions in prose, each once, with file and line."""
    seen = set[str]()
    for creation, file, line in draft.said:
        if creation.text and creation.text not in seen:
            seen.add(creation.text)
            yield creation.text, file, line


def _facets(made: Sequence[PairData]) -> None:
    """Documents do not say which records are of a facet: told once for each."""
    seen = set[str]()
    for pair in made:
        for key in (pair.draft.source, pair.draft.target):
            if "#" in key and key not in seen:
                seen.add(key)
                pair.decide(f"which records are {key} is not said", "all of them, until `when` says so")


def _types(made: Sequence[PairData], manifests: ReadOnly[str, Manifest]) -> None:
    """Types of the rows: as the documents say where that suits all that they tie together, else one that does."""
    types = RowTypes(manifests)
    tied: list[tuple[PairData, RowPart, str]] = []
    for pair in made:
        for part in _live(pair.rows) if pair.runs else ():
            word = _word(pair, part, manifests)
            row = part.draft.row
            words = list(dict.fromkeys((word, *filter(_is_number, part.draft.types)))) if word else []
            if why := types.tie((pair.draft.source, row.source), (pair.draft.target, row.target), words):
                pair.leave_out(part, why)
            else:
                tied.append((pair, part, word))
    for pair, part, word in tied:
        part.type = types.of((pair.draft.source, part.draft.row.source))
        if word and part.type != word:
            what = f"the type of {part.draft.row.target.path} is {word} here, and another one elsewhere"
            pair.decide(
                what, f"{part.type} for all of them" if part.type else "the manifests say the type", part
            )
    for pair in made:
        _write_rows(pair)


def _word(pair: PairData, part: RowPart, manifests: ReadOnly[str, Manifest]) -> str:
    """The row's type as documents say it, of the end that they write; dates often hide behind "string"."""
    source, target = part.draft.types
    word = target or source
    if not word or known_word(word):
        ends = ((pair.draft.source, part.draft.row.source), (pair.draft.target, part.draft.row.target))
        if word == "reference" and not all(_refers(*end, manifests) for end in ends):
            pair.decide("no manifest says what is referred to", "the id is copied as text", part)
            return "string"
        return word
    pair.decide(f"{word} is no value type", "the manifests say the type", part)
    return ""


def _is_number(word: str) -> bool:
    return known_word(word) and value_type(word).kind in ("integer", "decimal", "float")


def _refers(key: str, cell: Cell, manifests: ReadOnly[str, Manifest]) -> bool:
    """Whether the manifest says what a property refers to."""
    entity = known_type(manifests, key)
    declared = None if entity is None else known_property(entity, cell.path)
    return declared is not None and bool(declared.reference)


def _create(creation: Creation) -> Any:
    rule = "always" if creation.rule == "always" else "linked"
    more: dict[str, Any] = {}
    if creation.connected:
        more["connected"] = list(creation.connected)
    if creation.rule == "condition":
        more["condition"] = creation.text
    if creation.merge_existing:
        more["merge_existing"] = True
    return {"rule": rule, **more} if more else rule


def _write_rows(made: PairData) -> None:
    """The rows as plain data; the main one of several that share a property has a mark where it is not the first."""
    sources, targets = _mains(made, 0), _mains(made, 1)
    seen = (set[Cell](), set[Cell]())
    for part in made.rows:
        source, target = part.draft.row.source, part.draft.row.target
        if part.problem:
            shared = (source in seen[0], target in seen[1])
        else:
            shared = (sources[source] is not part, targets[target] is not part)
        part.role = None
        if shared == (False, True):
            ways = _further(part, source, target, reads="forward", writes="backward", told=made.draft)
        elif shared == (True, False):
            ways = _further(part, target, source, reads="backward", writes="forward", told=made.draft)
        elif part.draft.forward == part.draft.backward:
            ways = [{}]
        else:
            ways = [{"direction": "forward" if part.draft.forward else "backward"}]
        is_marked = shared == (False, False) and (source in seen[0] or target in seen[1])
        part.data = [_row(part, {**way, "main": True} if is_marked else way) for way in ways]
        if not part.problem:
            seen[0].add(source)
            seen[1].add(target)


def _mains(made: PairData, side: int) -> dict[Cell, RowPart]:
    """The main row of each cell of one end (M9): the first one, of those that are read from the other end if there are
    any, for another one is read only where the main one is and has no value."""
    found: dict[Cell, RowPart] = {}
    read: set[Cell] = set()
    for part in _live(made.rows):
        cell = (part.draft.row.source, part.draft.row.target)[side]
        is_read = (part.draft.backward, part.draft.forward)[side] and made.draft.backward is not None
        if cell not in found or (is_read and cell not in read):
            found[cell] = part
        if is_read:
            read.add(cell)
    return found


def _further(
    part: RowPart, place: Cell, shared: Cell, *, reads: str, writes: str, told: DraftPair
) -> list[dict[str, Any]]:
    """A further place of a property: at most a fallback of the read, and a copy where it is written; by what is told.

    `reads` and `writes` are the directions in which these flow. Without a document of the other direction the place
    has what the one says.
    """
    has = {"forward": part.draft.forward, "backward": part.draft.backward and told.backward is not None}
    ways: list[dict[str, Any]] = []
    if has[reads]:
        ways.append({"first_of": True} if told.backward is None else {"direction": reads, "first_of": True})
    if has[writes]:
        ways.append({} if told.backward is None else {"direction": writes})
    read = "read when the first one is empty" if has[reads] else "never read"
    several = "sources" if reads == "forward" else "targets"
    part.role = (
        f"{shared.path} has several {several} (M9)",
        f"{place.path} is {read}, and {'written' if has[writes] else 'never written'}",
    )
    return ways


def _row(part: RowPart, way: dict[str, Any]) -> Any:
    """A row as a project has it, in its short form where that says all."""
    ends = [side_of(cell) for cell in (part.draft.row.source, part.draft.row.target)]
    typed = {"type": part.type} if part.type else {}
    if not way and all(isinstance(end, str) for end in ends):
        return [*ends, *typed.values()]
    return {"from": ends[0], "to": ends[1], **typed, **way}


def _unclear(cell: Cell) -> str:
    if not cell.path:
        return "a property has no name"
    if any(not each.path for each in cell.conditions):
        return f"the condition of {cell.path} does not say on which property"
    if len({each.path for each in cell.conditions}) < len(cell.conditions):
        return f"two conditions of {cell.path} are on one property"
    return ""


def _never_met(key: str, cell: Cell, manifests: ReadOnly[str, Manifest]) -> str:
    """Why no record can meet the conditions of a cell, or ""."""
    entity = known_type(manifests, key)
    held = [each.path for each in cell.conditions if entity is not None and holds(entity, each.path)]
    return f"the condition of {cell.path} is on {held[0]}, which holds other properties" if held else ""


def _held(draft: DraftPair, pair: tuple[str, str], manifests: ReadOnly[str, Manifest]) -> Iterator[str]:
    """Those of two compared paths that are nothing but other properties."""
    for key, path in zip((draft.source, draft.target), pair, strict=True):
        entity = known_type(manifests, key)
        if entity is not None and any(other.startswith(f"{path}.") for other in entity.properties):
            yield path


def side_of(cell: Cell) -> Any:
    """An end of a row as a project has it."""
    if not cell.conditions:
        return cell.path
    return {"path": cell.path, "when": {each.path: each.value for each in cell.conditions}}


def _take_out(
    made: Sequence[PairData],
    manifests: ReadOnly[str, Manifest],
    decided: list[Decision],
    tell: Callable[[str, int], None],
) -> None:
    """Take out what the loader finds wrong, until it finds nothing: rows, match alternatives, at last whole pairs.

    Each round takes something out, so there is an end to it.
    """
    before = None
    while (
        left := sum(pair.runs + len(_live(pair.rows)) + len(_live(pair.match)) for pair in made)
    ) != before:
        before = left
        tell("Rows and pairs that are looked at together", left)
        config = {
            "version": 1,
            "name": "draft",
            "systems": {key: {"connector": key} for key in manifests},
            "pairs": [pair.config() for pair in made],
        }
        faults = examine(config, manifests)
        if not faults:
            return
        live = [(_each(pair.rows), _each(pair.match)) for pair in made]
        for loc, what, _ in faults:
            if loc[:1] == ("pairs",) and len(loc) > 1:
                index = int(loc[1])
                _drop(made[index], *live[index], loc[2:], what)
        for pair in made:
            _write_rows(pair)
    decided.append(Decision("", 0, "the pairs contradict each other", "see `accord check`"))


def _live(parts: Sequence[_P]) -> list[_P]:
    return [part for part in parts if not part.problem]


def _each(parts: Sequence[Part]) -> list[Part]:
    """The part that each entry of the configuration was made of."""
    return [part for part in _live(parts) for _ in part.data]


def _drop(pair: PairData, rows: list[Part], match: list[Part], loc: Loc, what: str) -> None:
    """Take out the row, the match alternative or the pair at a place."""
    where = loc[0] if len(loc) > 1 else ""
    if where in ("rows", "match"):
        pair.leave_out((rows if where == "rows" else match)[int(loc[1])], what)
    else:
        pair.switch_off(what)
