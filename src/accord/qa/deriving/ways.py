"""What flows between two entity types of a project: the pairs of its documents, and the ways of their properties."""

from collections.abc import Collection, Iterable, Iterator, Mapping as ReadOnly, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from accord.core.model import Mapping as Running
from accord.dataflow.cells import cell_text
from accord.dataflow.document import Cell, Condition, Creation
from accord.dataflow.flows import flows_of
from accord.dataflow.names import display_name
from accord.project import Project
from accord.project.creating import are_apart
from accord.project.resolved import ResolvedConcept, ResolvedMapping, ResolvedRow
from accord.project.specs import FIRST_OF, RuleSpec
from accord.qa.checklist import Direction, Kind, Line, Script
from accord.qa.deriving.conditions import Asked, NoProbe
from accord.qa.deriving.ends import End, conditions_of, ends_of, meet_at
from accord.qa.deriving.examples import Examples
from accord.qa.deriving.numbering import Number
from accord.qa.deriving.values import UNIQUE, Case, Domain, cases_of, meet

__all__ = ["Leg", "Pair", "Side", "Way", "pairs_of"]


_LEAST_MAIL = 30
"""Characters that an address takes which bears a mark."""


@dataclass(frozen=True, slots=True, eq=False)
class Leg:
    """A row in one direction: from `source` to `target`. `why_not` says why it can not be checked.

    `comes_back`: it flows in the other direction too. `is_unique`: some system of the concept takes a value once.
    """

    name: str
    label: str
    direction: Direction
    source: End
    target: End
    domain: Domain | None
    comes_back: bool
    is_unique: bool = False
    why_not: str = ""

    def cases(self, number: Number) -> list[Case]:
        """The values that the row is tried with, the first of them the probe's own."""
        if self.domain is None or self.domain.kind in ("reference", "id"):
            return []
        return [case for case in cases_of(self.domain, number) if self.fits(case)]

    def fits(self, case: Case) -> bool:
        """Whether both ends take the value, and nobody else has it where it is to be unique."""
        if self.is_unique and not case.own:
            return False
        return self.source.takes(case) and self.target.takes(replace(case, odd=False))

    def is_marked(self, number: Number) -> bool:
        """Whether it carries the probe's mark to the other end, whichever the number: all are as wide."""
        return _is_marked(self, number.mark)

    def meets(self, other: "Leg") -> bool:
        """Whether they are written with each other at one end."""
        ends = [(a, b) for a in (self.source, self.target) for b in (other.source, other.target)]
        return any(
            meet_at(a, b) for one, two in ends if one.key == two.key for a in one.places for b in two.places
        )

    @property
    def is_counted(self) -> bool:
        """Whether its typical values, which bear no mark, are each probe's own."""
        return self.domain is not None and self.domain.kind in UNIQUE and not self.domain.members

    @property
    def is_own_id(self) -> bool:
        """Its source is the id of the record."""
        return self.domain is not None and self.domain.kind == "id"

    @property
    def is_reference(self) -> bool:
        """It holds ids of records."""
        return self.domain is not None and self.domain.kind == "reference"


@lru_cache(maxsize=20_000)
def _is_marked(leg: Leg, mark: str) -> bool:
    number = Number(mark, 1)
    if leg.domain is None or not leg.domain.bears(number.token):
        return False
    first = next((case for case in cases_of(leg.domain, number) if leg.fits(case)), None)
    return first is not None and number.token in str(leg.target.shown(first)).lower()


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """A row of a document."""

    name: str
    label: str
    forward: Leg | None
    backward: Leg | None


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """One end of a pair: the mapping as resolved, and as it runs (None: it is switched off)."""

    mapping: ResolvedMapping
    running: Running | None

    @property
    def key(self) -> str:
        """Key of the mapping."""
        return self.mapping.spec.key

    @property
    def type(self) -> str:
        """Entity type, without its facet."""
        return self.mapping.spec.entity_type

    def asked(self) -> list[Asked]:
        """What its filter and its facet ask of a record."""
        return list(conditions_of(self.mapping))


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """Two entity types that are kept in sync. `rules` are the match alternatives of the two, strongest first."""

    document: str
    concept: ResolvedConcept
    source: Side
    target: Side
    forward: Creation
    backward: Creation
    ways: tuple[Way, ...]
    rules: tuple[RuleSpec, ...]
    doubled: tuple[str, str] = ("", "")
    """By direction: the other mapping of the same records, which makes records in the same place."""

    @property
    def label(self) -> str:
        """As lines have it."""
        return f"{self.source.key} - {self.target.key}"

    def sides(self, *, forward: bool) -> tuple[Side, Side]:
        """Where a direction begins, and where it ends."""
        return (self.source, self.target) if forward else (self.target, self.source)

    def legs(self, *, forward: bool) -> list[Leg]:
        """The rows of one direction that can be checked."""
        found = (way.forward if forward else way.backward for way in self.ways)
        return [leg for leg in found if leg is not None and not leg.why_not]

    def end(self, name: str, *, source: bool) -> End | None:
        """The place of a property at one end, whether or not it flows."""
        mapping = (self.source if source else self.target).mapping
        rows = _of(mapping, name)
        return ends_of(mapping, rows[0], self.concept.type_of(name))[0] if rows else None

    def line_id(self, row: str, direction: str) -> str:
        """Id of a line of this pair."""
        return f"{self.label} | {row} | {direction}"

    def line(
        self, row: str, kind: Kind, direction: Direction, scripts: Iterable[Script], why_not: str = ""
    ) -> Line:
        """A line of this pair. Its scripts are made only if nothing is known against it; NoProbe is what is found."""
        made: tuple[Script, ...] = ()
        if not why_not:
            try:
                made = tuple(scripts)
            except NoProbe as unmade:
                why_not = str(unmade)
        return Line(
            document=self.document,
            pair=self.label,
            row=row,
            kind=kind,
            direction=direction,
            scripts=made,
            why_not=why_not,
        )


def pairs_of(project: Project) -> Iterator[Pair]:
    """All pairs that run, in the order and direction of the documents."""
    pairs = list(_pairs(project))
    starts: dict[tuple[str, str], list[Side]] = {}
    for pair in pairs:
        for forward in (True, False):
            start, goal = pair.sides(forward=forward)
            starts.setdefault((start.type, goal.type), []).append(start)
    for pair in pairs:
        yield replace(
            pair, doubled=(_double(pair, starts, forward=True), _double(pair, starts, forward=False))
        )


def _double(pair: Pair, starts: ReadOnly[tuple[str, str], Sequence[Side]], *, forward: bool) -> str:
    """A mapping of the same records whose own pair leads to the same entity type, or ""."""
    here, there = pair.sides(forward=forward)
    for start in starts[here.type, there.type]:
        if start.key != here.key and not are_apart(start.mapping.spec, here.mapping.spec):
            return start.key
    return ""


def _pairs(project: Project) -> Iterator[Pair]:
    systems = project.config.systems
    names = {key: display_name(key, system.title) for key, system in systems.items()}
    mappings = {mapping.spec.key: mapping for mapping in project.resolved.mappings}
    uniques: dict[str, set[str]] = {}
    examples = Examples(project)
    seen: set[tuple[str, str]] = set()
    for written in flows_of(project):
        between = (written.source.partition(".")[0], written.target.partition(".")[0])
        is_turned = between not in seen and between[::-1] in seen
        flow = written.turned() if is_turned else written
        between = between[::-1] if is_turned else between
        seen.add(between)
        source, target = mappings[flow.source], mappings[flow.target]
        concept = project.resolved.concept(source.spec.concept)
        if concept.spec.name not in uniques:
            uniques[concept.spec.name] = set(_unique(project, concept))
        ways = list(_ways(concept, source, target, uniques[concept.spec.name], examples))
        order = [f"{cell_text(row.source)} - {cell_text(row.target)}" for row in flow.rows]
        ways.sort(key=lambda way: order.index(way.label) if way.label in order else len(order))
        yield Pair(
            document=f"{names[between[0]]} to {names[between[1]]}",
            concept=concept,
            source=Side(source, project.model.mappings.get(source.spec.key)),
            target=Side(target, project.model.mappings.get(target.spec.key)),
            forward=flow.forward,
            backward=flow.backward,
            ways=tuple(ways),
            rules=tuple(_rules(concept, source, target)),
        )


def _rules(concept: ResolvedConcept, source: ResolvedMapping, target: ResolvedMapping) -> Iterator[RuleSpec]:
    """The rules that can link records of the two."""
    ours, theirs = ({row.spec.property for row in mapping.rows if row.reads} for mapping in (source, target))
    read = ours & theirs
    for rule in concept.rules_on(read):
        similar = rule.similar.parts if rule.similar is not None else ()
        if not rule.propose and all(name in read for name, _ in similar):
            yield rule


def _unique(project: Project, concept: ResolvedConcept) -> Iterator[str]:
    """The properties that are unique in some system."""
    for mapping in project.resolved.mappings_of(concept.spec.name):
        for row in mapping.rows:
            if any(declared.unique for _, declared in row.each_path()):
                yield row.spec.property


def _ways(
    concept: ResolvedConcept,
    source: ResolvedMapping,
    target: ResolvedMapping,
    uniques: Collection[str],
    examples: Examples,
) -> Iterator[Way]:
    here, there = _by_property(source), _by_property(target)
    for name in concept.common(here, there):
        found: dict[str, Way] = {}
        unique = name in uniques
        for ours in here[name]:
            for theirs in there[name]:
                given = examples.of((source, ours), (target, theirs))
                for way in _cells(ours, theirs, (source, target), concept.type_of(name), given):
                    known = found.setdefault(way.label, way)
                    forward, backward = known.forward or way.forward, known.backward or way.backward
                    found[way.label] = replace(
                        known,
                        forward=forward and replace(forward, is_unique=unique),
                        backward=backward and replace(backward, is_unique=unique),
                    )
        yield from (way for way in found.values() if way.forward or way.backward)


def _by_property(mapping: ResolvedMapping) -> dict[str, list[ResolvedRow]]:
    found: dict[str, list[ResolvedRow]] = {}
    for row in mapping.rows:
        found.setdefault(row.spec.property, []).append(row)
    return found


def _of(mapping: ResolvedMapping, name: str) -> list[ResolvedRow]:
    return [row for row in mapping.rows if row.spec.property == name]


def _cells(
    ours: ResolvedRow,
    theirs: ResolvedRow,
    mappings: tuple[ResolvedMapping, ResolvedMapping],
    type_name: str,
    examples: Domain | None,
) -> Iterator[Way]:
    """The main paths with each other, and each fallback, which is read alone, with the other's main path."""
    name = ours.spec.property
    for index, start in enumerate(ends_of(mappings[0], ours, type_name)):
        for other, goal in enumerate(ends_of(mappings[1], theirs, type_name)):
            if index and other:
                continue
            label = f"{_label(ours, index)} - {_label(theirs, other)}"
            goes = ours.spec.reads and theirs.spec.writes and not other
            returns = theirs.spec.reads and ours.spec.writes and not index
            forward = _leg(name, label, "forward", start, goal, examples) if goes else None
            backward = _leg(name, label, "backward", goal, start, examples) if returns else None
            if forward is not None:
                forward = replace(forward, comes_back=returns and ours.writes and theirs.reads)
            if backward is not None:
                backward = replace(backward, comes_back=goes and theirs.writes and ours.reads)
            yield Way(name, label, forward, backward)


def _leg(
    name: str, label: str, direction: Direction, source: End, target: End, examples: Domain | None
) -> Leg:
    domain, why = examples, ""
    if domain is None and source.spelling is not None and target.spelling is not None:
        domain = meet(source.spelling.as_source, target.spelling.domain)
    if domain is None:
        why = (
            source.why or target.why or f"no value is known that fits both {source.place} and {target.place}"
        )
    if domain is not None:
        domain = _limited(_of_name(domain, source, target), source, target)
    if source.is_id and target.spelling is not None:
        domain, why = _of_ids(source, target), ""
        if domain is None:
            why = f"{source.place} is given by the system, and {target.place} does not hold it as it is"
    if target.is_stamped:
        why = f"{target.place} is given by the system"
    elif not target.row.writes:
        why = f"{target.place} is {target.row.why or 'never written'}"
    elif not source.is_id and (
        source.is_stamped or (source.declared is not None and source.declared.read_only)
    ):
        why = f"{source.place} is read-only, so that nobody can enter a value"
    return Leg(name, label, direction, source, target, domain, comes_back=False, why_not=why)


def _of_ids(source: End, target: End) -> Domain | None:
    """Ids as a system gives them, where the other end takes them as they are."""
    kinds = ("integer", "text") if source.mapping.entity.id.type == "integer" else ("text",)
    there = target.spelling
    plain = there is not None and there.domain.kind in kinds and not there.steps
    return Domain(kind="id") if plain else None


def _of_name(domain: Domain, *ends: End) -> Domain:
    """A text in a property that is called so is an e-mail address: many systems take nothing else."""
    names = [spot.path.rpartition(".")[2].lower().replace("-", "") for end in ends for spot in end.spots]
    room = domain.longest >= _LEAST_MAIL and not domain.members
    return (
        replace(domain, kind="mail")
        if domain.kind == "text" and room and any("mail" in n for n in names)
        else domain
    )


def _limited(domain: Domain, *ends: End) -> Domain:
    """Where a condition names the values of a place, there are no others."""
    for end in ends:
        for asked in end.asked:
            if asked.values and not asked.negated and domain.kind in ("text", "integer", "enum"):
                values = [_whole(each) if domain.kind == "integer" else each for each in asked.values]
                members = tuple(each for each in values if not domain.members or each in domain.members)
                domain = replace(domain, members=members)
    return domain


def _whole(raw: Any) -> Any:
    """The number that digits spell."""
    return int(raw) if isinstance(raw, str) and raw.removeprefix("-").isdecimal() else raw


def _label(row: ResolvedRow, index: int) -> str:
    if row.spec.several() not in ("", FIRST_OF):
        return " + ".join(row.spec.paths)
    return cell_text(Cell(row.spec.paths[index], tuple(Condition(_text(v), p) for p, v in row.spec.when)))


def _text(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
