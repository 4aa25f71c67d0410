"""Pairs as the configuration has them, made of what documents say; what could not run is taken out and named."""

from collections.abc import Mapping as ReadOnly, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from accord.connectorkit.manifest import Manifest
from accord.core.types import value_type
from accord.dataflow.document import Cell, Creation, Decision
from accord.dataflow.merge import DraftPair, DraftRow
from accord.project import examine
from accord.project.casts import clash
from accord.project.known import known_property
from accord.project.source import Loc

__all__ = ["PairData", "Part", "pair_data"]


_ROUNDS: Final = 20

_P = TypeVar("_P", bound="Part")


@dataclass(slots=True)
class Part:
    """A match alternative or row as plain data; `problem` says why it can not run and becomes a comment."""

    data: list[Any]
    line: int
    problem: str = ""


@dataclass(slots=True, kw_only=True)
class RowPart(Part):
    """A row of a document; where another shares its property `role` says what became of it: two rows, perhaps (M9)."""

    draft: DraftRow
    type: str
    role: tuple[str, str] | None = None


@dataclass(slots=True)
class PairData:
    """A pair as plain data, with its rows apart."""

    draft: DraftPair
    settings: dict[str, Any]
    rows: list[RowPart] = field(default_factory=list)
    match: list[Part] = field(default_factory=list)
    decided: list[Decision] = field(default_factory=list)

    def config(self) -> dict[str, Any]:
        """What stands in `pairs:`, without what can not run."""
        return {
            **self.settings,
            "match": [each for part in _live(self.match) for each in part.data],
            "rows": [each for part in _live(self.rows) for each in part.data],
        }

    def decide(self, line: int, what: str, chosen: str) -> None:
        """Note a decision at a line of the pair's document."""
        self.decided.append(Decision(self.draft.file, line, what, chosen))


def pair_data(
    pairs: Sequence[DraftPair], manifests: ReadOnly[str, Manifest], decided: list[Decision]
) -> list[PairData]:
    """All pairs, such that they load together without a fault with these manifests."""
    made = [_pair(pair, manifests) for pair in pairs]
    _take_out(made, manifests, decided)
    for pair in made:
        for part in _live(pair.rows):
            if part.role is not None:
                pair.decide(part.line, *part.role)
    return made


def _pair(draft: DraftPair, manifests: ReadOnly[str, Manifest]) -> PairData:
    backward = draft.backward or Creation("linked")
    settings: dict[str, Any] = {"from": draft.source, "to": draft.target}
    settings["create"] = {"forward": _create(draft.forward), "backward": _create(backward)}
    made = PairData(draft, settings)
    if draft.source == draft.target:
        settings["enabled"] = False
        made.decide(
            draft.line, f"{draft.source} is tied to itself", "switched off: duplicates are not linked yet"
        )
    for key in (draft.source, draft.target):
        system, _, name = key.partition("#")[0].partition(".")
        if name not in manifests[system].types:
            settings["enabled"] = False
            made.decide(
                draft.line, f"the connector of {system} has no entity type {name}", "the pair is switched off"
            )
        if "#" in key:
            made.decide(
                draft.line, f"which records are {key} is not said", "all of them, until `filter` says so"
            )
    for row in draft.rows:
        problem = _unclear(row.row.source) or _unclear(row.row.target)
        type_name = _type(made, row, manifests)
        made.rows.append(RowPart([], row.row.line, problem, draft=row, type=type_name))
        if problem:
            made.decide(row.row.line, problem, "the row is left out")
    _write_rows(made)
    for alternative in draft.alternatives:
        named = all(source and target for source, target in alternative.combinations)
        part = Part([[list(each) for each in alternative.combinations]], alternative.line)
        if not named:
            part.problem = "a match alternative names no property"
            made.decide(part.line, part.problem, "the match alternative is left out")
        made.match.append(part)
    return made


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
    """The rows as plain data. Which of several that share a property is the main one, those before it decide (M9)."""
    sources, targets = set[Cell](), set[Cell]()
    for part in made.rows:
        source, target = part.draft.row.source, part.draft.row.target
        shared = (source in sources, target in targets)
        if not part.problem:
            sources.add(source)
            targets.add(target)
        part.role = None
        if shared == (False, True):
            ways = _further(part, source, target, reads="forward", writes="backward", told=made.draft)
        elif shared == (True, False):
            ways = _further(part, target, source, reads="backward", writes="forward", told=made.draft)
        elif part.draft.forward == part.draft.backward:
            ways = [{}]
        else:
            ways = [{"direction": "forward" if part.draft.forward else "backward"}]
        part.data = [_row(part, way) for way in ways]


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
    ends = [_side(cell) for cell in (part.draft.row.source, part.draft.row.target)]
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


def _side(cell: Cell) -> Any:
    if not cell.conditions:
        return cell.path
    return {"path": cell.path, "when": {each.path: each.value for each in cell.conditions}}


def _type(made: PairData, draft: DraftRow, manifests: ReadOnly[str, Manifest]) -> str:
    """The row's type, where it is one and says more than the manifests do: dates often hide behind "string"."""
    name = draft.row.type
    try:
        value_type(name)
    except ValueError:
        if name:
            made.decide(draft.row.line, f"{name} is no value type", "the manifests say the type")
        return ""
    declared = [
        known_property(manifests[system].types[kind], cell.path)
        for key, cell in ((made.draft.source, draft.row.source), (made.draft.target, draft.row.target))
        for system, _, kind in [key.partition("#")[0].partition(".")]
        if kind in manifests[system].types
    ]
    if name == "reference" and not all(each is not None and each.reference for each in declared):
        made.decide(draft.row.line, "no manifest says what is referred to", "the id is copied as text")
        return "string"
    if any(each is not None and clash(name, each) for each in declared):
        made.decide(draft.row.line, f"a system has another type than {name}", "the manifests say the type")
        return ""
    return name


def _take_out(made: Sequence[PairData], manifests: ReadOnly[str, Manifest], decided: list[Decision]) -> None:
    """Take out what the loader finds wrong, until it finds nothing: rows, match alternatives, at last whole pairs."""
    for _ in range(_ROUNDS):
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
    """Take out the row, the match alternative or the pair at a place; once, however many faults it has."""
    where = loc[0] if len(loc) > 1 else ""
    if where in ("rows", "match"):
        part = (rows if where == "rows" else match)[int(loc[1])]
        chosen = "the row is left out" if where == "rows" else "the match alternative is left out"
        if not part.problem:
            part.problem = what
            pair.decide(part.line, what, chosen)
    elif pair.settings.get("enabled") is not False:
        pair.settings["enabled"] = False
        pair.decide(pair.draft.line, what, "the pair is switched off")
