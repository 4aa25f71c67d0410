"""How properties flow between two mappings of a project, whichever form it is written in: what documents tell."""

from collections.abc import Iterable, Iterator, Mapping as ReadOnly
from dataclasses import dataclass, field, replace
from typing import Any

from accord.dataflow.document import Alternative, Cell, Condition, Creation, CreationRule, End
from accord.project import Project
from accord.project.resolved import ResolvedConcept, ResolvedMapping, ResolvedRow
from accord.project.schema import CreateConfig, PairConfig
from accord.project.specs import FIRST_OF, split_key

__all__ = ["Flow", "FlowRow", "end_of_key", "flows_of"]


@dataclass(frozen=True, slots=True)
class FlowRow:
    """A property and the directions in which it flows."""

    source: Cell
    target: Cell
    type: str
    forward: bool
    backward: bool


@dataclass(slots=True)
class Flow:
    """A pair of mappings (keys), and all that a document can tell of it."""

    source: str
    target: str
    forward: Creation
    backward: Creation
    alternatives: list[Alternative] = field(default_factory=list)
    rows: list[FlowRow] = field(default_factory=list)

    @property
    def is_symmetric(self) -> bool:
        """A document of the one direction tells all: the other only links, and every row goes both ways.

        A further source or target goes forward alone, as it does where such a document is imported (M9).
        """
        sources, targets = set[Cell](), set[Cell]()
        for row in self.rows:
            is_first = row.source not in sources and row.target not in targets
            if not row.forward or row.backward != is_first:
                return False
            sources.add(row.source)
            targets.add(row.target)
        return self.backward == Creation("linked")

    def turned(self) -> "Flow":
        """The flow seen from its target."""
        return Flow(
            source=self.target,
            target=self.source,
            forward=self.backward,
            backward=self.forward,
            alternatives=[each.turned() for each in self.alternatives],
            rows=[
                replace(row, source=row.target, target=row.source, forward=row.backward, backward=row.forward)
                for row in self.rows
            ],
        )


def flows_of(project: Project) -> Iterator[Flow]:
    """All flows that run: the pairs that are written, and every two mappings of a concept."""
    mappings = {mapping.spec.key: mapping for mapping in project.resolved.mappings}
    for pair in project.config.pairs:
        if pair.enabled:
            source, target = mappings[pair.source.type], mappings[pair.target.type]
            concept = project.resolved.concept(source.spec.concept)
            flow = Flow(
                pair.source.type,
                pair.target.type,
                _creation(pair.create.forward, target, source),
                _creation(pair.create.backward, source, target),
                _alternatives(concept, source, target),
            )
            flow.rows = _as_written(pair, _groups(concept, source, target))
            yield flow
    for concept in project.resolved.concepts:
        if concept.spec.derived:
            continue
        members = project.resolved.mappings_of(concept.spec.name)
        for number, source in enumerate(members):
            for target in members[number + 1 :]:
                yield Flow(
                    source.spec.key,
                    target.spec.key,
                    _stated(target, source),
                    _stated(source, target),
                    _alternatives(concept, source, target),
                    [row for group in _groups(concept, source, target) for row in group],
                )


def end_of_key(key: str) -> tuple[str, End]:
    """System key and end of a mapping's key."""
    system, kind, facet = split_key(key)
    return system, End(kind, facet)


def _creation(config: CreateConfig, target: ResolvedMapping, source: ResolvedMapping) -> Creation:
    """As a pair has it; a condition without a name is told by what it asks for."""
    prose = config.condition or _asked(config.when, source)
    rule: CreationRule = "condition" if prose else "always" if config.rule == "always" else "linked"
    connected = tuple(config.connected) or _pulling(target, source) if config.rule == "connected" else ()
    return Creation(rule, prose, connected or tuple(config.connected), config.merge_existing)


def _stated(target: ResolvedMapping, source: ResolvedMapping) -> Creation:
    """As the mapping that records are created in has it."""
    spec = target.spec
    prose = _asked(dict(spec.creation.wishes), source)
    return Creation("condition" if prose else spec.create, prose, _pulling(target, source))


def _asked(when: ReadOnly[str, Any], source: ResolvedMapping) -> str:
    """A condition in words; as the family has it, up to the comma."""
    told = []
    for name, wanted in when.items():
        if isinstance(wanted, dict):
            ((word, inner),) = wanted.items()
            is_there = "is there" if inner else "is not there"
            told.append(f"{name} {is_there}" if word == "present" else f"{name} is not {_words(inner)}")
        else:
            told.append(f"{name} is {_words(wanted)}")
    return f"A {source.spec.type} whose {' and '.join(told)}" if told else ""


def _words(wanted: Any) -> str:
    return " or ".join(map(str, wanted)) if isinstance(wanted, list) else str(wanted)


def _pulling(target: ResolvedMapping, source: ResolvedMapping) -> tuple[str, ...]:
    """Types of the source's system whose records pull one in at the target."""
    names = target.spec.creation.pulled_by or ()
    system = f"{source.spec.system}."
    return tuple(name.removeprefix(system) for name in names if name.startswith(system))


def _as_written(pair: PairConfig, groups: Iterable[list[FlowRow]]) -> list[FlowRow]:
    """The rows by property, in the order in which the pair's rows name these first."""
    places: dict[tuple[str, str], int] = {}
    for index, row in enumerate(pair.rows):
        for end, side in (("from", row.source), ("to", row.target)):
            places.setdefault((end, side.places[0]), index)
    last = len(pair.rows)

    def order(group: list[FlowRow]) -> int:
        ends = [(end, cell.path) for row in group for end, cell in (("from", row.source), ("to", row.target))]
        return min((places.get(end, last) for end in ends), default=last)

    return [row for group in sorted(groups, key=order) for row in group]


def _groups(
    concept: ResolvedConcept, source: ResolvedMapping, target: ResolvedMapping
) -> Iterator[list[FlowRow]]:
    """The rows of each property, the main one first (M9)."""
    here, there = _tellable(source), _tellable(target)
    for name in concept.common(here, there):
        found: dict[tuple[Cell, Cell], FlowRow] = {}
        for ours in here[name]:
            for theirs in there[name]:
                for row in _rows(ours, theirs, concept.type_of(name)):
                    known = found.setdefault((row.source, row.target), row)
                    forward, backward = known.forward or row.forward, known.backward or row.backward
                    found[row.source, row.target] = replace(row, forward=forward, backward=backward)
        yield [row for row in found.values() if row.forward or row.backward]


def _tellable(mapping: ResolvedMapping) -> dict[str, list[ResolvedRow]]:
    """Rows by property, but those that are joined or chosen from several paths, which no document can tell."""
    found: dict[str, list[ResolvedRow]] = {}
    for row in mapping.rows:
        if row.spec.several() in ("", FIRST_OF):
            found.setdefault(row.spec.property, []).append(row)
    return found


def _rows(ours: ResolvedRow, theirs: ResolvedRow, type_name: str) -> Iterator[FlowRow]:
    """The main paths with each other, and each fallback, which is read alone, with the other's main path."""
    for path in ours.spec.paths:
        yield FlowRow(
            source=_cell(path, ours),
            target=_cell(theirs.spec.paths[0], theirs),
            type=type_name,
            forward=ours.reads and theirs.writes,
            backward=theirs.reads and ours.writes and path == ours.spec.paths[0],
        )
    for path in theirs.spec.paths[1:]:
        backward = theirs.reads and ours.writes
        yield FlowRow(_cell(ours.spec.paths[0], ours), _cell(path, theirs), type_name, False, backward)


def _cell(path: str, row: ResolvedRow) -> Cell:
    return Cell(path, tuple(Condition(_text(value), where) for where, value in row.spec.when))


def _text(value: object) -> str:
    """A condition's value as documents have it."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _alternatives(
    concept: ResolvedConcept, source: ResolvedMapping, target: ResolvedMapping
) -> list[Alternative]:
    """The rules that link, as paths; a rule that only proposes is none."""
    ours, theirs = _read_paths(source), _read_paths(target)
    found = []
    for rule in concept.rules_on(ours.keys() & theirs.keys()):
        if not rule.propose:
            found.append(Alternative(tuple((ours[name], theirs[name]) for name, _ in rule.parts)))
    return found


def _read_paths(mapping: ResolvedMapping) -> dict[str, str]:
    """(First) path by property, of what is read and has words."""
    return {
        prop: row.spec.paths[0]
        for prop, rows in _tellable(mapping).items()
        for row in reversed(rows)
        if row.reads
    }
