"""What both forms of the configuration come down to: concepts and mappings, each part with its place for messages.

Names are still names here; `resolve.py` looks them up in the manifests, `compile.py` turns them into the model.
"""

from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from accord.core.model import CreateRule, DeletePolicy, Duplicates, FirstLink
from accord.project.schema_parts import Condition, LensConfig, NormaliserConfig, Scalar
from accord.project.source import Loc

__all__ = [
    "FIRST_OF",
    "SEVERAL",
    "ConceptSpec",
    "CreateSpec",
    "LensSteps",
    "MappingSpec",
    "PropertySpec",
    "RowSpec",
    "RuleSpec",
    "Specs",
    "lens_name",
    "split_key",
    "steps_of",
]

LensSteps: TypeAlias = tuple[str | dict[str, Any], ...]
"""Lenses one after the other, from the record to the concept; none: the cast to the property's type."""

FIRST_OF: Final = "first_of"
SEVERAL: Final = (FIRST_OF, "join", "when", "elements")
"""Lenses that make one value of several paths; each must be the first of a row's."""


def steps_of(lens: LensConfig | None) -> LensSteps:
    """What is written under `lens`, as steps."""
    return tuple(lens) if isinstance(lens, list) else () if lens is None else (lens,)


def lens_name(step: str | dict[str, Any]) -> str:
    """Name of the lens in a step; "" where it has none."""
    name = step.partition("(")[0] if isinstance(step, str) else step.get("name")
    return name.strip() if isinstance(name, str) else ""


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
    whole: bool = False
    match_only: bool = False
    """Read to compare, written nowhere; derived from a match alternative without a row."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SimilarSpec:
    """Properties that only have to be alike, from which likeness on they are proposed, and from which linked (L7)."""

    parts: tuple[tuple[str, NormaliserConfig | None], ...]
    propose: float
    link: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleSpec:
    """A match rule: (property, normaliser or None for its type's own), and the same for vetoes."""

    parts: tuple[tuple[str, NormaliserConfig | None], ...]
    where: Loc
    vetoes: tuple[tuple[str, NormaliserConfig | None], ...] = ()
    max_share: int = 5
    propose: bool = False
    similar: SimilarSpec | None = None

    @property
    def name(self) -> str:
        """The properties joined, as messages and history show it."""
        equal = " + ".join(name for name, _ in self.parts)
        alike = "" if self.similar is None else " + ".join(name for name, _ in self.similar.parts)
        return f"{equal} ~ {alike}" if alike else equal

    @property
    def names(self) -> list[str]:
        """All properties that it looks at."""
        alike = () if self.similar is None else self.similar.parts
        return [name for name, _ in (*self.parts, *self.vetoes, *alike)]


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
    duplicates: Duplicates = "review"
    derived: bool = False
    groups: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class RowSpec:
    """A property in a record, at one path, or at several that the first step of the lens makes one value of.

    `when` selects a list element or a record, (path, value) each: read where they are equal, written along.
    """

    property: str
    paths: tuple[str, ...]
    where: Loc
    lens: LensSteps = ()
    when: tuple[tuple[str, Scalar], ...] = ()
    reads: bool = True
    writes: bool = True
    enforce: bool = False
    create_only: bool = False
    update_only: bool = False
    required: bool = False

    def several(self) -> str:
        """Name of the lens that makes one value of several paths, or ""."""
        name = lens_name(self.lens[0]) if len(self.paths) > 1 and self.lens else ""
        return name if name in SEVERAL else ""

    def is_plain(self) -> bool:
        """Nothing converts but the cast to the property's type; there may be fallbacks of the read."""
        return not self.lens or (len(self.lens) == 1 and self.several() == FIRST_OF)

    def written(self) -> tuple[str, ...]:
        """The paths that are written: all that are joined or hold an element each, else the first."""
        return self.paths if self.several() in ("join", "elements") else self.paths[:1]


@dataclass(frozen=True, kw_only=True, slots=True)
class CreateSpec:
    """When a record is created of itself, and what pulls it in (W6).

    `wishes` are (property, condition), all of which a golden record has to fit. `pulled_by` are concepts and entity
    types: () is all that refer to it, None nobody. `pull_old`: also what `full_sync` holds back (W7). `prose` is the
    name of a condition that is not written yet.
    """

    wishes: tuple[tuple[str, Condition], ...] = ()
    pulled_by: tuple[str, ...] | None = None
    pull_old: bool = False
    prose: str = ""
    where: Loc = field(default=(), compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class MappingSpec:
    """One entity type, or one facet of it, mapped to a concept. `key` is "system.Type#facet".

    None as `share`, `full_sync` and `settle_s` is what the system says; as `primary`, what follows from the others.
    """

    key: str
    concept: str
    where: Loc
    rows: tuple[RowSpec, ...]
    create: CreateRule = "always"
    priority: int | None = None
    filter: ReadOnly[str, Condition] = field(default_factory=dict)
    constants: ReadOnly[str, Scalar] = field(default_factory=dict)
    creation: CreateSpec = field(default_factory=CreateSpec)
    when: ReadOnly[str, Condition] = field(default_factory=dict)
    primary: bool | None = None
    share: bool | None = None
    full_sync: bool | None = None
    settle_s: float | None = None

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
