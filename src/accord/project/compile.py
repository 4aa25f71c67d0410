"""Resolved specs made into the model that the core runs on."""

from collections.abc import Iterator, Mapping as ReadOnly, Sequence
from typing import Any, Final, Literal

from accord.connectorkit.manifest import EntityType, Manifest
from accord.core.lens import BuiltLens, Element, Path, Paths, build_lens, conditional_place, parse_place
from accord.core.matching import build_normaliser
from accord.core.model import (
    Concept,
    Mapping,
    MatchRule,
    Model,
    NoReferences,
    Place,
    Property,
    PropertyMapping,
    Similar,
    Survivorship,
)
from accord.core.types import value_type
from accord.core.values import MISSING
from accord.core.wording import sentence
from accord.project.casts import cast_spec, condition_value
from accord.project.creating import primary_of, pulled_by, wishes_of
from accord.project.filters import Filter, build_filter
from accord.project.fingerprint import fingerprint
from accord.project.folding import Folded, fold_archive, fold_groups
from accord.project.known import known_property, list_around
from accord.project.limits import limited, representation
from accord.project.resolved import Resolved, ResolvedConcept, ResolvedMapping, ResolvedRow
from accord.project.schema import SystemConfig
from accord.project.source import Faults, Loc
from accord.project.specs import SEVERAL, MappingSpec, RowSpec, RuleSpec, SimilarSpec, lens_name
from accord.project.survivorship import survivorship

__all__ = ["build_model", "row_lens"]

_NOBODY: Final = NoReferences()
_GIVEN: Final = ("parts", "entity_type")
"""Options of lenses that the row gives."""


def build_model(
    name: str,
    resolved: Resolved,
    systems: ReadOnly[str, SystemConfig],
    manifests: ReadOnly[str, Manifest],
    faults: Faults,
    *,
    wait_s: float,
) -> Model:
    """The model of a project; lenses, filters and normalisers that can not be built are faults. Only a model without
    a fault has a fingerprint.

    Mappings of switched-off systems, and those without a row, are left out: what they were linked to rests (K4).
    """
    mappings = {}
    for mapping in resolved.mappings:
        system = systems[mapping.spec.system]
        built = _mapping(mapping, resolved, system, manifests[mapping.spec.system], faults)
        if built.properties and system.enabled:
            mappings[built.key] = built
    alive = {mapping.concept for mapping in mappings.values()}
    concepts = {
        concept.spec.name: _concept(concept, resolved.mappings_of(concept.spec.name), faults)
        for concept in resolved.concepts
    }
    kept = {key: concept for key, concept in concepts.items() if key in alive}
    for key, plain in list(kept.items()):
        own = [mapping for mapping in mappings.values() if mapping.concept == key]
        kept[key], folded = _folded(Folded(plain, own), resolved, faults)
        mappings.update((mapping.key, mapping) for mapping in folded)
    return Model(
        project=name,
        concepts=kept,
        mappings=mappings,
        fingerprint="" if faults else _of_model(resolved, mappings, kept),
        wait_s=wait_s,
    )


def _folded(folded: Folded, resolved: Resolved, faults: Faults) -> Folded:
    spec = resolved.concept(folded.concept.name).spec
    types = {mapping.spec.key: mapping.entity for mapping in resolved.mappings_of(spec.name)}
    grouped = fold_groups(folded, spec.groups, spec.where, faults)
    return fold_archive(grouped, types, spec.where, faults)


def _of_model(resolved: Resolved, mappings: ReadOnly[str, Mapping], concepts: ReadOnly[str, Concept]) -> str:
    stated = [_of_concept(resolved.concept(name)) for name in sorted(concepts)]
    found = {each.spec.key: each for each in resolved.mappings}
    return fingerprint(stated, [_of_mapping(found[key], mappings[key]) for key in sorted(mappings)])


def _of_concept(concept: ResolvedConcept) -> list[Any]:
    """All that matters of a concept, however it was written."""
    spec = concept.spec
    survivors = [prop.survivorship or spec.survivorship for prop in spec.properties]
    properties = [[prop.name for prop in spec.properties], concept.types, concept.references, survivors]
    wholes = [prop.name for prop in spec.properties if prop.whole]
    return [
        spec.name,
        properties,
        spec.rules,
        spec.first_link,
        spec.delete,
        spec.groups,
        spec.duplicates,
        wholes,
    ]


def _of_mapping(found: ResolvedMapping, mapping: Mapping) -> list[Any]:
    """All that matters of a mapping: its rows by their own fingerprints, what was written, what the system declares."""
    flags = [
        [row.name, row.fingerprint, row.reads, row.writes, row.enforce, row.create_only, row.update_only,
         row.required, row.references]
        for row in mapping.properties
    ]  # fmt: skip
    limits = [
        declared.model_dump(exclude={"assumed", "description"})
        for row in found.rows
        for _, declared in row.each_path()
    ]
    spec = found.spec
    written = [spec.key, spec.concept, mapping.create, mapping.priority, spec.filter, spec.constants]
    written += [
        mapping.wishes,
        sorted(mapping.pulled_by),
        mapping.pull_old,
        mapping.shares,
        mapping.full_sync,
    ]
    written += [mapping.settle_s, spec.when, mapping.primary]
    return [written, flags, limits, mapping.declaration]


def _concept(concept: ResolvedConcept, mappings: Sequence[ResolvedMapping], faults: Faults) -> Concept:
    spec = concept.spec
    rows = zip(spec.properties, concept.types, concept.references, strict=True)
    by_default = spec.survivorship
    survivors = tuple(
        _survivor(prop.survivorship or by_default, prop.where if prop.survivorship else spec.where, faults)
        for prop in spec.properties
    )
    for prop, kind, survivor in zip(spec.properties, concept.types, survivors, strict=True):
        if survivor.rule != "latest" and value_type(kind).by_element:
            faults.add(
                prop.where,
                f"`{prop.name}` is a {kind}, which merges element by element; no `survivorship` picks one whole (M5)",
                "Give it `survivorship: latest`; or another type, such as list, to merge it as one value.",
            )
    all_latest = all(survivor.rule == "latest" for survivor in survivors)
    types = dict(zip((prop.name for prop in spec.properties), concept.types, strict=True))
    return Concept(
        name=spec.name,
        properties=tuple(
            Property(name=prop.name, type=kind, reference=to, whole=prop.whole) for prop, kind, to in rows
        ),
        rules=tuple(_rules(spec.rules, types, faults)),
        rules_fingerprint=fingerprint(spec.rules, types),
        survivorship=() if all_latest else survivors,
        first_link=spec.first_link,
        prioritised=_is_prioritised(mappings),
        delete=spec.delete,
        duplicates=spec.duplicates,
    )


def _is_prioritised(mappings: Sequence[ResolvedMapping]) -> bool:
    """A person set a priority for every mapping, and no two are equal: so they decide a first link (M6)."""
    priorities = [mapping.priority for mapping in mappings]
    return None not in priorities and len(set(priorities)) == len(priorities)


def _survivor(text: str, where: Loc, faults: Faults) -> Survivorship:
    try:
        return survivorship(text)
    except ValueError as error:
        what, _, advice = str(error).partition(". ")
        faults.add(where, what, advice)
        return Survivorship()


def _rules(rules: Sequence[RuleSpec], types: ReadOnly[str, str], faults: Faults) -> Iterator[MatchRule]:
    columns = {name: index for index, name in enumerate(types)}
    for rule in rules:
        if any(name not in columns for name in rule.names):
            continue  # a fault of its own
        try:
            yield MatchRule(
                name=rule.name,
                parts=tuple(
                    (columns[name], build_normaliser(spec, types[name])) for name, spec in rule.parts
                ),
                vetoes=tuple(
                    (columns[name], build_normaliser(spec, types[name])) for name, spec in rule.vetoes
                ),
                max_share=rule.max_share,
                propose=rule.propose,
                similar=None if rule.similar is None else _similar(rule.similar, columns, types),
            )
        except ValueError as error:
            what, _, advice = str(error).partition("; ")
            faults.add(rule.where, f"The match rule {rule.name}: {what}", sentence(advice or "correct it"))


def _similar(spec: SimilarSpec, columns: ReadOnly[str, int], types: ReadOnly[str, str]) -> Similar:
    parts = tuple(
        (columns[name], build_normaliser(normaliser, types[name])) for name, normaliser in spec.parts
    )
    return Similar(parts=parts, propose=spec.propose, link=spec.link)


def _mapping(
    mapping: ResolvedMapping, resolved: Resolved, system: SystemConfig, manifest: Manifest, faults: Faults
) -> Mapping:
    spec, concept = mapping.spec, resolved.concept(mapping.spec.concept)
    rows = (_row(mapping, row, concept, concept.columns[row.spec.property], faults) for row in mapping.rows)
    constants: list[tuple[Place, Any]] = []
    keep, when = _filter(spec, "filter", faults), _filter(spec, "when", faults)
    for path, raw in spec.constants.items():
        try:
            constants.append((parse_place(path), raw))
        except ValueError as error:
            faults.add((*spec.where, "constants", path), str(error), "Correct the path.")
    return Mapping(
        entity_type=spec.entity_type,
        facet=spec.facet,
        concept=spec.concept,
        properties=tuple(row for row in rows if row is not None),
        declaration=manifest.declaration(spec.type, spec.system),
        priority=mapping.priority or 0,
        create=spec.create if mapping.writes else "linked",
        constants=tuple(constants),
        keep=keep,
        filter=fingerprint(spec.filter, *([spec.when] if spec.when else []))
        if spec.filter or spec.when
        else "",
        wishes=wishes_of(mapping, concept, faults),
        pulled_by=pulled_by(mapping, resolved, faults) if mapping.writes else frozenset(),
        pull_old=spec.creation.pull_old,
        shares=system.share if spec.share is None else spec.share,
        full_sync=system.full_sync if spec.full_sync is None else spec.full_sync,
        settle_s=system.settle_s if spec.settle_s is None else spec.settle_s,
        when=when,
        contradicts=when.contradicts if when is not None else None,
        primary=primary_of(mapping, resolved),
    )


def _filter(spec: MappingSpec, setting: Literal["filter", "when"], faults: Faults) -> Filter | None:
    try:
        return build_filter(spec.filter if setting == "filter" else spec.when, setting)
    except ValueError as error:
        what, _, advice = str(error).partition("; ")
        faults.add((*spec.where, setting), what, sentence(advice or "correct the path"))
        return None


def _row(
    mapping: ResolvedMapping, row: ResolvedRow, concept: ResolvedConcept, column: int, faults: Faults
) -> PropertyMapping | None:
    type_name = concept.types[column]
    if type_name == "reference" and not row.references:
        return None  # a fault of its own
    try:
        place, lens = _place(row.spec, mapping), row_lens(row, type_name)
        if row.spec.paths[0] in dict(row.spec.when) and not _ever_flows(
            place, lens, row.spec, mapping.entity
        ):
            raise ValueError(
                f"its condition is on the property itself, and asks for what is no {type_name} there; "
                "correct the value, or the type"
            )
    except ValueError as error:
        what, _, advice = str(error).partition("; ")
        where = f"{mapping.spec.entity_type}.{row.spec.paths[0]}"
        faults.add(row.spec.where, f"{where}: {what}", sentence(advice or "correct the lens or the path"))
        return None
    return PropertyMapping(
        property=column,
        name=row.spec.property,
        place=place,
        lens=limited(lens, row),
        fingerprint=fingerprint(row.spec.paths, row.spec.when, type_name, lens.fingerprint),
        reads=row.reads,
        writes=row.writes,
        enforce=row.spec.enforce,
        create_only=row.create_only,
        update_only=row.spec.update_only,
        required=row.required,
        references=row.references,
        normal=representation(lens, row),
    )


def _place(row: RowSpec, mapping: ResolvedMapping) -> Place:
    first, entity = row.paths[0], mapping.entity
    if len(row.paths) > 1:
        return Paths(*row.paths, absent=None if entity.one_absence() == "null" else MISSING)
    if row.when:
        return _within(conditional_place(first, _wanted(row, entity)), row, entity)
    place = parse_place(first)
    if isinstance(place, Path) and (outer := list_around(entity, first)):
        return Element(outer, path=first.removeprefix(f"{outer}."))
    return place


def _within(place: Place, row: RowSpec, entity: EntityType) -> Place:
    """A place with conditions, all within one element of a list or all outside of lists. Raises ValueError."""
    inside = place.list_path if isinstance(place, Element) else ""
    for path in (row.paths[0], *dict(row.when)):
        if (outer := list_around(entity, path)) not in ("", inside):
            raise ValueError(
                f"{path} stands in the list {outer}, and what it depends on, or depends on it, does not; "
                "name properties of one element, or of the record"
            )
    return place


def _wanted(row: RowSpec, entity: EntityType) -> dict[str, Any]:
    """What the conditions of a row ask for, as payloads have it. Raises ValueError."""
    return {path: condition_value(path, known_property(entity, path), value) for path, value in row.when}


def _ever_flows(place: Place, lens: BuiltLens, row: RowSpec, entity: EntityType) -> bool:
    """Whether the one value that a condition on the property itself lets through is read, and comes back written."""
    body: dict[str, Any] = {}
    try:
        value = lens.get(_wanted(row, entity)[row.paths[0]], _NOBODY)
        place.write(body, lens.put(value, MISSING, _NOBODY), None)
        return value is not None and lens.get(place.read(body), _NOBODY) == value
    except ValueError:
        return False


def row_lens(row: ResolvedRow, type_name: str) -> BuiltLens:
    """The lens of a row: what is written, then the cast that the manifest suggests.

    Raises ValueError: there is no such lens or option, or it does not fit the number of paths; "; advice" follows.
    """
    steps, paths = list(row.spec.lens), row.spec.paths
    for index, step in enumerate(steps):
        name = lens_name(step)
        if name in SEVERAL and index > 0:
            raise ValueError(f"the lens {name} sees one value here; write it first, or take it out")
        if name in SEVERAL and name != "elements" and len(paths) == 1:
            raise ValueError(f"the lens {name} is for several paths; write `paths: […]` instead of `path`")
        if taken := [option for option in _GIVEN if isinstance(step, dict) and option in step]:
            raise ValueError(f"the lens {name} takes `{taken[0]}` from the row; take it out")
    if len(paths) > 1 and not row.spec.several():
        raise ValueError(
            "several paths need a lens that makes one value of them; begin it with first_of, join, when or elements"
        )
    if row.spec.is_plain() and (cast := cast_spec(type_name, row.declared)) is not None:
        steps.append(cast)
    return build_lens(steps or None, type_name, paths=paths, references=row.references)
