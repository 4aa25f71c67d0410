"""How properties flow between two mappings of a project, whichever form it is written in: what documents tell."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from accord.dataflow.document import Alternative, Cell, Condition, Creation, End
from accord.project import Project
from accord.project.resolved import ResolvedConcept, ResolvedMapping, ResolvedRow
from accord.project.schema import CreateConfig, PairConfig, PairRowConfig, SideConfig
from accord.project.specs import split_key

__all__ = ["Flow", "FlowRow", "end_of_key", "flows_of"]


@dataclass(frozen=True, slots=True)
class FlowRow:
    """A property and the directions in which it flows; `shared`: a copy or a fallback, which is one-way by itself."""

    source: Cell
    target: Cell
    type: str
    forward: bool
    backward: bool
    shared: bool = False


@dataclass(slots=True)
class Flow:
    """A pair of mappings (keys), and all that a document can tell of it; `unsaid` is what it can not."""

    source: str
    target: str
    forward: Creation
    backward: Creation
    alternatives: list[Alternative] = field(default_factory=list)
    rows: list[FlowRow] = field(default_factory=list)
    unsaid: list[str] = field(default_factory=list)

    @property
    def is_symmetric(self) -> bool:
        """A document of the one direction tells all: the other only links, and every row goes both ways."""
        linked = self.backward == Creation("linked")
        return linked and all(row.forward == row.backward or row.shared for row in self.rows)


def flows_of(project: Project) -> Iterator[Flow]:
    """All flows that run: the pairs as they are written, and every two mappings of a concept between two systems."""
    for index, pair in enumerate(project.config.pairs):
        if pair.enabled:
            yield _of_pair(project, pair, index)
    for concept in project.resolved.concepts:
        if concept.spec.derived:
            continue
        mappings = project.resolved.mappings_of(concept.spec.name)
        for number, source in enumerate(mappings):
            for target in mappings[number + 1 :]:
                yield _of_mappings(concept, source, target)


def end_of_key(key: str) -> tuple[str, End]:
    """System key and end of a mapping's key."""
    system, kind, facet = split_key(key)
    return system, End(kind, facet)


def _of_pair(project: Project, pair: PairConfig, index: int) -> Flow:
    flow = Flow(
        pair.source.type, pair.target.type, _creation(pair.create.forward), _creation(pair.create.backward)
    )
    mappings = {mapping.spec.key: mapping for mapping in project.resolved.mappings}
    source, target = mappings[flow.source], mappings[flow.target]
    concept = project.resolved.concept(source.spec.concept)
    for number, row in enumerate(sorted(pair.rows, key=lambda row: (row.first_of, not row.main))):
        found = _found(source, row.source, target, row.target)
        if found is None:
            flow.unsaid.append(f"row {number + 1} of pair {index + 1} does not run")
            continue
        ours, theirs = found
        made = _pair_row(row, ours, theirs, concept.type_of(ours.spec.property))
        (flow.rows if made.forward or made.backward else []).append(made)
        flow.unsaid += _row_unsaid(row, f"{flow.source} {row.source.path}")
    for match in pair.match:
        if match.propose:
            flow.unsaid.append(f"{flow.source}: a match rule that only proposes")
            continue
        flow.alternatives.append(Alternative(tuple((source, target) for source, target in match.all)))
        if match.veto or match.normalise or match.max_share != 5:
            flow.unsaid.append(f"{flow.source}: vetoes, normaliser or max_share of a match alternative")
    flow.unsaid += _pair_unsaid(pair)
    return flow


def _creation(config: CreateConfig) -> Creation:
    rule = "condition" if config.condition else config.rule
    return Creation(rule, config.condition or "", tuple(config.connected), config.merge_existing)


def _found(
    source: ResolvedMapping, one: SideConfig, target: ResolvedMapping, other: SideConfig
) -> tuple[ResolvedRow, ResolvedRow] | None:
    """The rows of two mappings that the cells of a row became: main path, copy or fallback of one property."""
    theirs = {row.spec.property: row for row in reversed(_named(target, other))}
    shared = [row for row in _named(source, one) if row.spec.property in theirs]
    return (shared[0], theirs[shared[0].spec.property]) if shared else None


def _named(mapping: ResolvedMapping, side: SideConfig) -> list[ResolvedRow]:
    """Rows of a mapping with a path; those that are only compared by match rules come last."""
    when = tuple(side.when.items())
    return [row for row in mapping.rows if side.path in row.spec.paths and row.spec.when == when]


def _pair_row(row: PairRowConfig, ours: ResolvedRow, theirs: ResolvedRow, type_name: str) -> FlowRow:
    """The row with the directions that are left after M9 and the manifests' restrictions."""
    fallback = ours.spec.paths[0] != row.source.path
    forward = row.direction in ("both", "forward") and ours.reads and theirs.writes
    backward = row.direction in ("both", "backward") and theirs.reads and ours.writes and not fallback
    return FlowRow(
        source=_cell(row.source.path, ours),
        target=_cell(row.target.path, theirs),
        type=row.type or type_name,
        forward=forward,
        backward=backward,
        shared=fallback or not theirs.spec.reads,
    )


def _cell(path: str, row: ResolvedRow) -> Cell:
    return Cell(path, tuple(Condition(str(value), where) for where, value in row.spec.when))


def _row_unsaid(row: PairRowConfig, place: str) -> Iterator[str]:
    for name, said in (
        ("lens", row.source.lens or row.target.lens),
        ("enforce", row.enforce),
        ("survivorship", row.survivorship),
        ("required, create_only or update_only", _has_flags(row.source) or _has_flags(row.target)),
        ("direction: none", row.direction == "none"),
    ):
        if said:
            yield f"{place}: {name}"


def _has_flags(side: SideConfig) -> bool:
    return side.required or side.create_only or side.update_only


def _pair_unsaid(pair: PairConfig) -> Iterator[str]:
    for key in ("concept", "survivorship", "first_link", "delete"):
        if getattr(pair, key) != PairConfig.model_fields[key].default:
            yield f"{pair.source.type} - {pair.target.type}: {key}"
    for end in (pair.source, pair.target):
        for key in ("filter", "constants", "priority"):
            if getattr(end, key):
                yield f"{end.type}: {key}"


def _read_paths(mapping: ResolvedMapping) -> dict[str, str]:
    """Path by property, of what is read."""
    return {row.spec.property: row.spec.paths[0] for row in reversed(mapping.rows) if row.reads}


def _of_mappings(concept: ResolvedConcept, source: ResolvedMapping, target: ResolvedMapping) -> Flow:
    flow = Flow(source.spec.key, target.spec.key, Creation(target.spec.create), Creation(source.spec.create))
    for ours in source.rows:
        for theirs in (row for row in target.rows if row.spec.property == ours.spec.property):
            made = FlowRow(
                source=_cell(ours.spec.paths[0], ours),
                target=_cell(theirs.spec.paths[0], theirs),
                type=concept.type_of(ours.spec.property),
                forward=ours.reads and theirs.writes,
                backward=theirs.reads and ours.writes,
                shared=not (ours.spec.reads and theirs.spec.reads),
            )
            (flow.rows if made.forward or made.backward else []).append(made)
    paths = [_read_paths(source), _read_paths(target)]
    for rule in concept.spec.rules:
        names = [name for name, _ in rule.parts]
        if all(name in paths[0] and name in paths[1] for name in names) and not rule.propose:
            flow.alternatives.append(Alternative(tuple((paths[0][name], paths[1][name]) for name in names)))
    flow.unsaid.append(
        f"{flow.source} - {flow.target}: that the concept {concept.spec.name} joins them with others"
    )
    return flow
