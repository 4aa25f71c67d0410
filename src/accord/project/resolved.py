"""Specs whose names were looked up in the manifests: what `compile.py` needs and `describe.py` shows."""

from collections.abc import Collection, Iterator, Mapping as ReadOnly
from dataclasses import dataclass, field

from accord.connectorkit.manifest import EntityType
from accord.connectorkit.manifest_parts import PropertySpec
from accord.project.specs import ConceptSpec, MappingSpec, RowSpec, RuleSpec

__all__ = ["Resolved", "ResolvedConcept", "ResolvedMapping", "ResolvedRow"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ResolvedRow:
    """A row with what the manifest says of its paths; `references` is the key of the mapping whose ids it holds.

    `reads` and `writes` are what is left of the directions after the manifest's restrictions; `why` names them.
    """

    spec: RowSpec
    paths: tuple[PropertySpec | None, ...]
    reads: bool
    writes: bool
    create_only: bool
    required: bool
    references: str = ""
    why: str = ""

    @property
    def declared(self) -> PropertySpec | None:
        """What the manifest says of the (first) path."""
        return self.paths[0]

    def each_path(self) -> Iterator[tuple[str, PropertySpec]]:
        """Path and what the manifest says of it, where it knows it."""
        for path, declared in zip(self.spec.paths, self.paths, strict=True):
            if declared is not None:
                yield path, declared


@dataclass(frozen=True, kw_only=True, slots=True)
class ResolvedMapping:
    """A mapping with its entity type's manifest and its priority (None: nobody set one)."""

    spec: MappingSpec
    entity: EntityType
    rows: tuple[ResolvedRow, ...]
    priority: int | None

    @property
    def writes(self) -> bool:
        """Anything is written at all; else a create would make an empty record."""
        return any(row.writes for row in self.rows)


@dataclass(frozen=True, kw_only=True, slots=True)
class ResolvedConcept:
    """A concept with the value type of every property, and the concept it points to ("" where it is no reference)."""

    spec: ConceptSpec
    types: tuple[str, ...]
    references: tuple[str, ...]

    columns: ReadOnly[str, int] = field(init=False, repr=False, compare=False)
    """Where each property stands."""
    _rules: ReadOnly[str, list[tuple[int, RuleSpec]]] = field(init=False, repr=False, compare=False)
    """Rules with their numbers, by the first property that they compare ("": none)."""

    def __post_init__(self) -> None:
        columns = {prop.name: index for index, prop in enumerate(self.spec.properties)}
        object.__setattr__(self, "columns", columns)
        rules: dict[str, list[tuple[int, RuleSpec]]] = {}
        for number, rule in enumerate(self.spec.rules):
            rules.setdefault(rule.parts[0][0] if rule.parts else "", []).append((number, rule))
        object.__setattr__(self, "_rules", rules)

    def type_of(self, name: str) -> str:
        """Value type of a property."""
        return self.types[self.columns[name]]

    def rules_on(self, names: Collection[str]) -> list[RuleSpec]:
        """Its rules that want nothing but these properties to be equal, strongest first."""
        found = dict(each for name in (*names, "") for each in self._rules.get(name, ()))
        rules = [found[number] for number in sorted(found)]
        return [rule for rule in rules if all(name in names for name, _ in rule.parts)]

    def common(self, names: Collection[str], others: Collection[str]) -> list[str]:
        """Its properties that are among both, in their order."""
        return sorted((name for name in names if name in others), key=self.columns.__getitem__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Resolved:
    """All concepts and mappings, in the order of the file."""

    concepts: tuple[ResolvedConcept, ...]
    mappings: tuple[ResolvedMapping, ...]

    _by: dict[str, dict[str, list[ResolvedMapping]]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by: dict[str, dict[str, list[ResolvedMapping]]] = {"concept": {}, "entity": {}, "name": {}}
        for mapping in self.mappings:
            by["concept"].setdefault(mapping.spec.concept, []).append(mapping)
            by["entity"].setdefault(mapping.spec.entity_type, []).append(mapping)
            spec = mapping.spec
            for name in {each.lower() for each in (spec.concept, spec.key, spec.entity_type)}:
                by["name"].setdefault(name, []).append(mapping)
        object.__setattr__(self, "_by", by)

    def concept(self, name: str) -> ResolvedConcept:
        """The concept of that name."""
        return next(concept for concept in self.concepts if concept.spec.name == name)

    def mappings_of(self, concept: str) -> list[ResolvedMapping]:
        """Mappings of a concept, in the order of the file."""
        return list(self._by["concept"].get(concept, ()))

    def facets_of(self, entity_type: str) -> list[ResolvedMapping]:
        """Mappings of an entity type, one for each facet, in the order of the file."""
        return list(self._by["entity"].get(entity_type, ()))

    def called(self, name: str) -> list[ResolvedMapping]:
        """Mappings whose concept, key or entity type has a name, in any case."""
        return list(self._by["name"].get(name.lower(), ()))
