"""Specs of the concepts and mappings that a project writes down itself."""

from collections.abc import Iterator

from accord.core.wording import remedy
from accord.project.schema import ConceptConfig, MappingConfig, MatchConfig, ProjectConfig, RowConfig
from accord.project.source import Faults, Loc
from accord.project.specs import (
    FIRST_OF,
    ConceptSpec,
    CreateSpec,
    MappingSpec,
    PropertySpec,
    RowSpec,
    RuleSpec,
    SimilarSpec,
    Specs,
    steps_of,
)

__all__ = ["concept_form"]


def concept_form(config: ProjectConfig, faults: Faults) -> Specs:
    """Concepts and mappings as written; names that do not exist among them are faults."""
    concepts = tuple(_concept(name, concept, faults) for name, concept in config.concepts.items())
    mappings = []
    for key, mapping in config.mappings.items():
        where: Loc = ("mappings", key)
        concept = config.concepts.get(mapping.concept)
        if concept is None:
            what = f"`{key}` is mapped to the concept `{mapping.concept}`, which does not exist"
            faults.add((*where, "concept"), what, remedy(mapping.concept, config.concepts))
            continue
        mappings.append(_mapping(key, mapping, concept, faults))
    return Specs(concepts=concepts, mappings=tuple(mappings))


def _concept(name: str, config: ConceptConfig, faults: Faults) -> ConceptSpec:
    where: Loc = ("concepts", name)
    properties = tuple(
        PropertySpec(
            name=key,
            where=(*where, "properties", key),
            type="reference" if written.type is None and written.to else written.type,
            to=written.to,
            survivorship=written.survivorship,
            whole=written.whole,
        )
        for key, written in config.properties.items()
    )
    rules = tuple(
        _rule(rule, (*where, "match", index), config, faults) for index, rule in enumerate(config.match)
    )
    return ConceptSpec(
        name=name,
        where=where,
        properties=properties,
        rules=rules,
        survivorship=config.survivorship,
        first_link=config.first_link,
        delete=config.delete,
        groups=tuple(map(tuple, config.groups)),
        duplicates=config.duplicates,
    )


def _rule(rule: MatchConfig, where: Loc, concept: ConceptConfig, faults: Faults) -> RuleSpec:
    alike = rule.similar.properties if rule.similar is not None else []
    for name in dict.fromkeys((*rule.properties, *alike, *rule.veto, *rule.normalise)):
        if name not in concept.properties:
            faults.add(where, f"The match rule names the property `{name}`, which the concept does not have",
                       remedy(name, concept.properties))  # fmt: skip
    similar = None
    if rule.similar is not None:
        named = tuple((name, rule.normalise.get(name)) for name in alike)
        similar = SimilarSpec(parts=named, propose=rule.similar.propose, link=rule.similar.link)
        if rule.propose or (similar.link is not None and similar.link < similar.propose):
            faults.add(where, "A likeness from which records are linked is below the one from which they are proposed"
                       if not rule.propose else "`propose: true` and `similar` say the same twice",
                       "Write `similar: {properties, propose, link}` with propose <= link, and no `propose: true`"
                       )  # fmt: skip
    return RuleSpec(
        similar=similar,
        parts=tuple((name, rule.normalise.get(name)) for name in rule.properties),
        vetoes=tuple((name, rule.normalise.get(name)) for name in rule.veto),
        max_share=rule.max_share or (5 if similar is None else 50),
        propose=rule.propose,
        where=where,
    )


def _mapping(key: str, config: MappingConfig, concept: ConceptConfig, faults: Faults) -> MappingSpec:
    return MappingSpec(
        key=key,
        concept=config.concept,
        where=("mappings", key),
        rows=tuple(_rows(key, config, concept, faults)),
        create="always" if config.create.rule == "always" or config.create.when else "linked",
        creation=_creation(config, concept, ("mappings", key, "create"), faults),
        priority=config.priority,
        filter=config.filter,
        constants=config.constants,
        when=config.when,
        primary=config.primary,
        share=config.share,
        full_sync=config.full_sync,
        settle_s=config.settle_s,
    )


def _creation(config: MappingConfig, concept: ConceptConfig, where: Loc, faults: Faults) -> CreateSpec:
    create = config.create
    for name in create.when:
        if name not in concept.properties:
            what = f"The create rule asks for `{name}`, which the concept `{config.concept}` does not have"
            faults.add((*where, "when", name), what, remedy(name, concept.properties))
    pulled = create.rule == "connected" or create.connected
    return CreateSpec(
        wishes=tuple((name, wanted) for name, wanted in create.when.items() if name in concept.properties),
        pulled_by=tuple(create.connected) if pulled else None,
        pull_old=create.pull == "old",
        where=where,
    )


def _rows(key: str, config: MappingConfig, concept: ConceptConfig, faults: Faults) -> Iterator[RowSpec]:
    for name, written in config.properties.items():
        where: Loc = ("mappings", key, "properties", name)
        if name not in concept.properties:
            what = f"The concept `{config.concept}` has no property `{name}`"
            faults.add(where, what, remedy(name, concept.properties))
            continue
        for index, row in enumerate(written):
            yield _row(name, row, (*where, index), faults, copy=index > 0)


def _row(name: str, row: RowConfig, where: Loc, faults: Faults, *, copy: bool) -> RowSpec:
    """The row, as a written-only copy where another path of the same record is read back (M9)."""
    if copy and row.direction == "read":
        what = f"`{name}` is read from a second path, but only the first one is read back"
        faults.add(where, what, "Use `first_of: [main, fallback]` in one row.")
    return RowSpec(
        property=name,
        paths=tuple(row.first_of) or row.places,
        where=where,
        lens=(FIRST_OF, *steps_of(row.lens)) if row.first_of else steps_of(row.lens),
        when=tuple(row.when.items()),
        reads=row.direction != "write" and not copy,
        writes=row.direction != "read",
        enforce=row.enforce,
        create_only=row.create_only,
        update_only=row.update_only,
        required=row.required,
    )
