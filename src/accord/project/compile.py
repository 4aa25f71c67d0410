"""Resolved specs made into the model that the core runs on."""

from collections.abc import Iterator, Mapping as ReadOnly, Sequence
from typing import Any

from accord.connectorkit.manifest import Manifest
from accord.core.lens import BuiltLens, build_lens, build_place, parse_place
from accord.core.matching import build_normaliser
from accord.core.model import (
    Concept,
    Mapping,
    MatchRule,
    Model,
    Place,
    Property,
    PropertyMapping,
    Survivorship,
)
from accord.project.casts import cast_spec
from accord.project.filters import build_filter
from accord.project.fingerprint import fingerprint
from accord.project.limits import Limited, limited, representation
from accord.project.resolved import Resolved, ResolvedConcept, ResolvedMapping, ResolvedRow
from accord.project.schema import SystemConfig
from accord.project.source import Faults, Loc
from accord.project.specs import RowSpec, RuleSpec
from accord.project.survivors import survivorship

__all__ = ["build_model", "row_lens"]


def build_model(
    name: str,
    resolved: Resolved,
    systems: ReadOnly[str, SystemConfig],
    manifests: ReadOnly[str, Manifest],
    faults: Faults,
) -> Model:
    """The model of a project; lenses, filters and normalisers that can not be built are faults.

    Mappings of switched-off systems, and those without a row, are left out: what they were linked to rests (K4).
    """
    mappings = {}
    for mapping in resolved.mappings:
        concept = resolved.concept(mapping.spec.concept)
        built = _mapping(mapping, concept, manifests[mapping.spec.system], faults)
        if built.properties and systems[mapping.spec.system].enabled:
            mappings[built.key] = built
    alive = {mapping.concept for mapping in mappings.values()}
    concepts = {
        concept.spec.name: _concept(concept, resolved.mappings_of(concept.spec.name), faults)
        for concept in resolved.concepts
    }
    kept = {key: concept for key, concept in concepts.items() if key in alive}
    return Model(
        project=name, concepts=kept, mappings=mappings, fingerprint=_of_model(resolved, mappings, kept)
    )


def _of_model(resolved: Resolved, mappings: ReadOnly[str, Mapping], concepts: ReadOnly[str, Concept]) -> str:
    stated = [_of_concept(resolved.concept(name)) for name in sorted(concepts)]
    return fingerprint(stated, [_of_mapping(resolved, mappings[key]) for key in sorted(mappings)])


def _of_concept(concept: ResolvedConcept) -> list[Any]:
    """All that matters of a concept, however it was written."""
    spec = concept.spec
    survivors = [prop.survivorship or spec.survivorship for prop in spec.properties]
    properties = [[prop.name for prop in spec.properties], concept.types, concept.references, survivors]
    return [spec.name, properties, spec.rules, spec.first_link, spec.delete]


def _of_mapping(resolved: Resolved, mapping: Mapping) -> list[Any]:
    """All that matters of a mapping: its rows by their own fingerprints, what was written, what the system declares."""
    found = next(each for each in resolved.mappings if each.spec.key == mapping.key)
    flags = [
        [row.name, row.fingerprint, row.reads, row.writes, row.enforce, row.create_only, row.update_only,
         row.required, row.references]
        for row in mapping.properties
    ]  # fmt: skip
    limits = [
        row.declared.model_dump(exclude={"assumed", "description"}) for row in found.rows if row.declared
    ]
    spec = found.spec
    written = [spec.key, spec.concept, mapping.create, mapping.priority, spec.filter, spec.constants]
    return [written, flags, limits, mapping.declaration]


def _concept(concept: ResolvedConcept, mappings: Sequence[ResolvedMapping], faults: Faults) -> Concept:
    spec = concept.spec
    rows = zip(spec.properties, concept.types, concept.references, strict=True)
    by_default = spec.survivorship
    survivors = tuple(
        _survivor(prop.survivorship or by_default, prop.where if prop.survivorship else spec.where, faults)
        for prop in spec.properties
    )
    all_latest = all(survivor.rule == "latest" for survivor in survivors)
    types = dict(zip((prop.name for prop in spec.properties), concept.types, strict=True))
    return Concept(
        name=spec.name,
        properties=tuple(Property(name=prop.name, type=kind, reference=to) for prop, kind, to in rows),
        rules=tuple(_rules(spec.rules, types, faults)),
        rules_fingerprint=fingerprint(spec.rules, types),
        survivorship=() if all_latest else survivors,
        first_link=spec.first_link,
        prioritised=_is_prioritised(mappings),
        delete=spec.delete,
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
        if any(name not in columns for name, _ in (*rule.parts, *rule.vetoes)):
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
            )
        except ValueError as error:
            what, _, advice = str(error).partition("; ")
            faults.add(
                rule.where, f"The match rule {rule.name}: {what}", f"{advice or 'Correct it'}.".capitalize()
            )


def _mapping(
    mapping: ResolvedMapping, concept: ResolvedConcept, manifest: Manifest, faults: Faults
) -> Mapping:
    spec = mapping.spec
    columns = {prop.name: index for index, prop in enumerate(concept.spec.properties)}
    rows = (_row(mapping, row, concept, columns[row.spec.property], faults) for row in mapping.rows)
    keep = None
    try:
        keep = build_filter(spec.filter)
    except ValueError as error:
        faults.add((*spec.where, "filter"), str(error), "See the reference of filters.")
    return Mapping(
        entity_type=spec.entity_type,
        facet=spec.facet,
        concept=spec.concept,
        properties=tuple(row for row in rows if row is not None),
        declaration=manifest.declaration(spec.type, spec.system),
        priority=mapping.priority or 0,
        create=spec.create if mapping.writes else "linked",
        constants=tuple((parse_place(path), raw) for path, raw in spec.constants.items()),
        keep=keep,
    )


def _row(
    mapping: ResolvedMapping, row: ResolvedRow, concept: ResolvedConcept, column: int, faults: Faults
) -> PropertyMapping | None:
    type_name = concept.types[column]
    if type_name == "reference" and not row.references:
        return None  # a fault of its own
    try:
        place, lens = _place(row.spec), row_lens(row, type_name)
    except ValueError as error:
        what, _, advice = str(error).partition("; ")
        where = f"{mapping.spec.entity_type}.{row.spec.paths[0]}"
        faults.add(
            row.spec.where, f"{where}: {what}", f"{advice or 'Correct the lens or the path'}.".capitalize()
        )
        return None
    bounded: BuiltLens | Limited = limited(lens, row.declared)
    return PropertyMapping(
        property=column,
        name=row.spec.property,
        place=place,
        lens=bounded,
        fingerprint=fingerprint(row.spec.paths, row.spec.when, type_name, lens.fingerprint),
        reads=row.reads,
        writes=row.writes,
        enforce=row.spec.enforce,
        create_only=row.create_only,
        update_only=row.spec.update_only,
        required=row.required,
        references=row.references,
        normal=representation(lens, row.declared),
    )


def _place(row: RowSpec) -> Place:
    if len(row.paths) > 1:
        return build_place(list(row.paths))
    conditions = "".join(f" (Dependant on having {value} in {path})" for path, value in row.when)
    return build_place(row.paths[0] + conditions)


def row_lens(row: ResolvedRow, type_name: str) -> BuiltLens:
    """The lens of a row: `first_of` for fallbacks, then what is written, then the cast that the manifest suggests.

    Raises ValueError: there is no such lens or option, "; known: …".
    """
    written = row.spec.lens
    steps: list[Any] = list(written) if isinstance(written, list) else [] if written is None else [written]
    if not steps and (cast := cast_spec(type_name, row.declared)) is not None:
        steps = [cast]
    if len(row.spec.paths) > 1:
        steps = ["first_of", *steps]
    return build_lens(steps or None, type_name, paths=row.spec.paths, references=row.references)
