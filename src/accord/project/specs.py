"""What both forms of the configuration come down to: concepts and mappings, each part with its place for messages.

Names are still names here; `resolve.py` looks them up in the manifests, `compile.py` turns them into the model.
"""

from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass, field

from accord.core.model import CreateRule, DeletePolicy, FirstLink
from accord.project.schema import Condition, LensConfig, NormaliserConfig, Scalar
from accord.project.source import Loc

__all__ = ["ConceptSpec", "MappingSpec", "PropertySpec", "RowSpec", "RuleSpec", "Specs", "split_key"]


def split_key(key: str) -> tuple[str, str, str]:
    """System, type and facet of "system.Type#facet"; type is "" where there is no dot."""
    entity_type, _, facet = key.partition("#")
    system, _, kind = entity_type.partition(".")
    return system, kind, facet


@dataclass(frozen=True, kw_only=True, slots=True)
class PropertySpec:
    """A property of a concept; type None: what the manifests say; `to`: the concept that a reference points to."""

    name: str
    where: Loc
    type: str | None = None
    to: str | None = None
    survivorship: str | None = None
    match_only: bool = False
    """Read to compare, written nowhere; derived from a match alternative without a row."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleSpec:
    """A match rule: (property, normaliser or None for its type's own), and the same for vetoes."""

    parts: tuple[tuple[str, NormaliserConfig | None], ...]
    where: Loc
    vetoes: tuple[tuple[str, NormaliserConfig | None], ...] = ()
    max_share: int = 5
    propose: bool = False

    @property
    def name(self) -> str:
        """The properties joined, as messages and history show it."""
        return " + ".join(name for name, _ in self.parts)


@dataclass(frozen=True, kw_only=True, slots=True)
class ConceptSpec:
    """A concept: properties in column order, rules strongest first."""

    name: str
    where: Loc
    properties: tuple[PropertySpec, ...]
    rules: tuple[RuleSpec, ...] = ()
    survivorship: str = "latest"
    first_link: FirstLink = "keep"
    delete: DeletePolicy = "ignore"
    derived: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class RowSpec:
    """A property in a record: `paths[0]` is written, the others are fallbacks of the read (`first_of`).

    `when` selects a list element or a record, (path, value) each: read where they are equal, written along.
    """

    property: str
    paths: tuple[str, ...]
    where: Loc
    lens: LensConfig | None = None
    when: tuple[tuple[str, str], ...] = ()
    reads: bool = True
    writes: bool = True
    enforce: bool = False
    create_only: bool = False
    update_only: bool = False
    required: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class MappingSpec:
    """One entity type, or one facet of it, mapped to a concept. `key` is "system.Type#facet"."""

    key: str
    concept: str
    where: Loc
    rows: tuple[RowSpec, ...]
    create: CreateRule = "always"
    priority: int | None = None
    filter: ReadOnly[str, Condition] = field(default_factory=dict)
    constants: ReadOnly[str, Scalar] = field(default_factory=dict)

    @property
    def system(self) -> str:
        return split_key(self.key)[0]

    @property
    def type(self) -> str:
        """Entity type without its system."""
        return split_key(self.key)[1]

    @property
    def facet(self) -> str:
        return split_key(self.key)[2]

    @property
    def entity_type(self) -> str:
        return self.key.partition("#")[0]


@dataclass(frozen=True, kw_only=True, slots=True)
class Specs:
    """All concepts and mappings, in the order in which they are written."""

    concepts: tuple[ConceptSpec, ...]
    mappings: tuple[MappingSpec, ...]

    def concept(self, name: str) -> ConceptSpec | None:
        """The concept of that name."""
        return next((concept for concept in self.concepts if concept.name == name), None)

    def mappings_of(self, concept: str) -> list[MappingSpec]:
        """Mappings of a concept, in the order of the file."""
        return [mapping for mapping in self.mappings if mapping.concept == concept]
