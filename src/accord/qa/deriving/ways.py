"""What flows between two entity types of a project: the pairs of its documents, and the ways of their properties."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from accord.connectorkit.manifest_parts import PropertySpec
from accord.core.model import Mapping as Running
from accord.dataflow.cells import cell_text
from accord.dataflow.document import Cell, Condition
from accord.dataflow.flows import flows_of
from accord.dataflow.names import display_name
from accord.project import Project
from accord.project.resolved import ResolvedConcept, ResolvedMapping, ResolvedRow
from accord.project.specs import FIRST_OF
from accord.qa.checklist import Spot
from accord.qa.deriving.spelling import Spelling, Unknown, spelling_of, stored
from accord.qa.deriving.values import Domain, meet

__all__ = ["End", "Leg", "Pair", "Way", "pairs_of"]


@dataclass(frozen=True, slots=True, eq=False)
class End:
    """One end of a row: an entity type, a place in it, and what the manifest says of it."""

    mapping: ResolvedMapping
    row: ResolvedRow
    spot: Spot
    declared: PropertySpec | None
    spelling: Spelling | None
    why: str = ""
    fallback_of: Spot | None = None

    @property
    def key(self) -> str:
        """Key of the mapping."""
        return self.mapping.spec.key

    @property
    def place(self) -> str:
        """The place as messages have it."""
        return f"{self.mapping.spec.entity_type}.{self.spot.path}"

    def raw(self, value: object) -> object:
        """The value as a person enters it here."""
        return None if self.spelling is None else self.spelling.raw(value)

    def kept(self, value: object) -> object:
        """The value as it stands here once it was written."""
        return stored(self.declared, self.raw(value))

    @property
    def is_required(self) -> bool:
        """It can not be blanked."""
        return self.row.required or (self.declared is not None and self.declared.required)

    @property
    def only_created(self) -> bool:
        """It is written when the record is created, and never afterwards."""
        operations = self.mapping.entity
        return self.row.create_only or operations.operation("update") is None


@dataclass(frozen=True, slots=True, eq=False)
class Leg:
    """A row in one direction: from `source` to `target`. `why_not` says why it can not be checked."""

    name: str
    label: str
    source: End
    target: End
    domain: Domain | None
    comes_back: bool
    """It flows in the other direction too."""
    enforced: bool = False
    why_not: str = ""


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


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """Two entity types that are kept in sync."""

    document: str
    label: str
    concept: ResolvedConcept
    source: Side
    target: Side
    ways: tuple[Way, ...]

    def legs(self, *, forward: bool) -> list[Leg]:
        """The rows of one direction that can be checked."""
        found = (way.forward if forward else way.backward for way in self.ways)
        return [leg for leg in found if leg is not None and not leg.why_not]

    def end(self, name: str, *, source: bool) -> End | None:
        """The place of a property at one end, whether or not it flows."""
        mapping = (self.source if source else self.target).mapping
        rows = _of(mapping, name)
        return _ends(mapping, rows[0], self.concept.type_of(name))[0] if rows else None

    def line_id(self, row: str, direction: str) -> str:
        """Id of a line of this pair."""
        return f"{self.label} | {row} | {direction}"


def pairs_of(project: Project) -> Iterator[Pair]:
    """All pairs that run, in the order and direction of the documents."""
    systems = project.config.systems
    names = {key: display_name(key, system.title) for key, system in systems.items()}
    mappings = {mapping.spec.key: mapping for mapping in project.resolved.mappings}
    seen: set[tuple[str, str]] = set()
    for flow in flows_of(project):
        source, target = mappings[flow.source], mappings[flow.target]
        between = (source.spec.system, target.spec.system)
        if between not in seen and between[::-1] in seen:
            source, target, between = target, source, between[::-1]
        seen.add(between)
        concept = project.resolved.concept(source.spec.concept)
        ways = list(_ways(concept, source, target))
        order = [f"{cell_text(row.source)} - {cell_text(row.target)}" for row in flow.rows]
        order += [f"{cell_text(row.target)} - {cell_text(row.source)}" for row in flow.rows]
        ways.sort(key=lambda way: order.index(way.label) if way.label in order else len(order))
        yield Pair(
            document=f"{names[between[0]]} to {names[between[1]]}",
            label=f"{source.spec.key} - {target.spec.key}",
            concept=concept,
            source=Side(source, project.model.mappings.get(source.spec.key)),
            target=Side(target, project.model.mappings.get(target.spec.key)),
            ways=tuple(ways),
        )


def _ways(concept: ResolvedConcept, source: ResolvedMapping, target: ResolvedMapping) -> Iterator[Way]:
    for prop, type_name in zip(concept.spec.properties, concept.types, strict=True):
        found: dict[str, Way] = {}
        for ours in _of(source, prop.name):
            for theirs in _of(target, prop.name):
                for way in _cells(prop.name, type_name, source, ours, target, theirs):
                    known = found.setdefault(way.label, way)
                    found[way.label] = replace(
                        known,
                        forward=known.forward or way.forward,
                        backward=known.backward or way.backward,
                    )
        yield from (way for way in found.values() if way.forward or way.backward)


def _of(mapping: ResolvedMapping, name: str) -> list[ResolvedRow]:
    return [row for row in mapping.rows if row.spec.property == name]


def _cells(
    name: str,
    type_name: str,
    source: ResolvedMapping,
    ours: ResolvedRow,
    target: ResolvedMapping,
    theirs: ResolvedRow,
) -> Iterator[Way]:
    """The main paths with each other, and each fallback, which is read alone, with the other's main path."""
    for index, start in enumerate(_ends(source, ours, type_name)):
        for other, goal in enumerate(_ends(target, theirs, type_name)):
            if index and other:
                continue
            label = f"{_label(ours, index)} - {_label(theirs, other)}"
            goes = ours.spec.reads and theirs.spec.writes and not other
            returns = theirs.spec.reads and ours.spec.writes and not index
            back = returns and ours.writes and theirs.reads
            forth = goes and theirs.writes and ours.reads
            yield Way(
                name=name,
                label=label,
                forward=_leg(name, label, start, goal, comes_back=back) if goes else None,
                backward=_leg(name, label, goal, start, comes_back=forth) if returns else None,
            )


def _leg(name: str, label: str, source: End, target: End, *, comes_back: bool) -> Leg:
    domain, why = None, source.why or target.why
    if source.spelling is not None and target.spelling is not None:
        domain = meet(source.spelling.domain, target.spelling.domain)
        if domain is None and not why:
            why = f"no value is known that fits both {source.place} and {target.place}"
    if not target.row.writes:
        why = f"{target.place} is {target.row.why or 'never written'}"
    elif source.declared is not None and source.declared.read_only:
        why = f"{source.place} is read-only, so that nobody can enter a value"
    return Leg(
        name=name,
        label=label,
        source=source,
        target=target,
        domain=domain,
        comes_back=comes_back,
        enforced=target.row.spec.enforce,
        why_not=why,
    )


def _ends(mapping: ResolvedMapping, row: ResolvedRow, type_name: str) -> list[End]:
    several = row.spec.several()
    if several not in ("", FIRST_OF):
        spot = Spot(row.spec.paths[0])
        why = f"the checklist has no literal for the lens {several}: give `examples` in the row"
        return [End(mapping, row, spot, row.declared, None, why)]
    lens = row.spec.lens[1:] if several else row.spec.lens
    ends = []
    main: Spot | None = None
    for path, declared in zip(row.spec.paths, row.paths, strict=True):
        spot = _spot(path, row)
        try:
            spelling, why = spelling_of(type_name, declared, lens), ""
        except Unknown as unknown:
            spelling, why = None, str(unknown)
        ends.append(End(mapping, row, spot, declared, spelling, why, fallback_of=main))
        main = main or spot
    return ends


def _spot(path: str, row: ResolvedRow) -> Spot:
    """`emails[type=work].value` is a path with a condition."""
    when = tuple(row.spec.when)
    if "[" not in path:
        return Spot(path, when)
    outer, _, rest = path.partition("[")
    where, _, inner = rest.partition("]")
    parts = (each.partition("=") for each in where.split(",") if each.strip())
    chosen = tuple((f"{outer}.{name.strip()}", value.strip() or None) for name, _, value in parts)
    return Spot(f"{outer}{inner}" if inner else outer, (*when, *chosen))


def _label(row: ResolvedRow, index: int) -> str:
    if row.spec.several() not in ("", FIRST_OF):
        return " + ".join(row.spec.paths)
    return cell_text(Cell(row.spec.paths[index], tuple(Condition(_text(v), p) for p, v in row.spec.when)))


def _text(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
