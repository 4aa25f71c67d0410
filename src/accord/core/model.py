"""The compiled model that a project's configuration states: concepts, and the mappings of entity types to them.

Everything is compiled once and then only read. Rows of state (`state.py`) hold values in columns, in the order of the
properties here; `index` of a property is its column.
"""

from collections.abc import Callable, Mapping as ReadOnly, Sequence
from functools import cached_property
from typing import Any, Literal, Protocol

from msgspec import Struct

from accord.core.condition import Wish
from accord.core.declaration import Declaration
from accord.core.types import ValueType, value_type
from accord.core.values import Raw, Value

__all__ = [
    "Concept",
    "CreateRule",
    "DeletePolicy",
    "Duplicates",
    "FirstLink",
    "Lens",
    "Mapping",
    "MatchRule",
    "Model",
    "NoReferences",
    "Place",
    "Property",
    "PropertyMapping",
    "References",
    "Similar",
    "Survivorship",
]

FirstLink = Literal["keep", "latest", "ask"]
DeletePolicy = Literal["ignore", "propagate", "archive", "recreate"]
Duplicates = Literal["review", "link"]
CreateRule = Literal["always", "linked"]
"""Whether a record is made for every golden record, or for none of itself (W6)."""


class References(Protocol):
    """Looks references up, in a slice of state that was loaded beforehand (W5)."""

    def golden(self, entity_type: str, remote_id: str) -> str | None:
        """Golden id that a remote id stands for, or None: not linked (yet)."""
        ...

    def remote(self, entity_type: str, golden_id: str) -> str | None:
        """Remote id of the live record of a golden record in an entity type, or None: it has none (yet)."""
        ...


class Place(Protocol):
    """Where in a payload a property stands: a path, several paths, an element of a list."""

    @property
    def whole(self) -> bool:
        """What stands around it is sent with it, so that a write needs the payload that the record has now (W1)."""
        ...

    def read(self, payload: ReadOnly[str, Any]) -> Raw:
        """Raw value at the place, or MISSING when nothing is there. Does not copy."""
        ...

    def write(self, body: dict[str, Any], raw: Raw, old: ReadOnly[str, Any] | None) -> None:
        """Put raw into body at the place, making the objects and lists on the way.

        `old` is the payload the record has now, where known: a place inside a list that is sent whole keeps the
        list's other elements (W1).
        """
        ...

    def paths(self) -> tuple[str, ...]:
        """Dotted paths that the place reads, for messages and documents."""
        ...


class Lens(Protocol):
    """A pair of conversions between a raw and a canonical value that obeys PutGet and GetPut."""

    def get(self, raw: Raw, refs: References) -> Value:
        """Canonical value, or MISSING when it says nothing. Raises ValueError: raw is not of the lens's type."""
        ...

    def put(self, value: Value, old: Raw, refs: References) -> Raw:
        """Raw for value; old is the raw that stands there now (or MISSING) and keeps what value does not say.

        MISSING means: can not be written yet (a reference whose target does not exist there).
        Raises ValueError: value can not be told in this system (a limit, an unmapped value).
        """
        ...


class Property(Struct, frozen=True, kw_only=True):
    """A property of a concept: its name and the name of its value type (`types.py`)."""

    name: str
    type: str
    reference: str = ""
    """The concept that a reference points to, empty for any other type."""
    whole: bool = False
    """The record that it points to is a whole, of which those with this property are parts (W5)."""


class PropertyMapping(Struct, frozen=True, kw_only=True):
    """One row of a mapping: a concept's property, where it stands in the record, and the lens between.

    `reads`/`writes` are the directions (M9, W14); `enforce` reverts edits of a written-only property. `normal` maps a
    canonical value to what the system is declared to make of it (S5; identity when None). `references` is the entity
    type whose ids the property holds. `required`: a create without it is not sent. `fingerprint` changes with lens,
    place and type (K2).
    """

    property: int
    name: str
    place: Place
    lens: Lens
    fingerprint: str
    reads: bool = True
    writes: bool = True
    enforce: bool = False
    create_only: bool = False
    update_only: bool = False
    required: bool = False
    references: str = ""
    normal: Callable[[Value], Value] | None = None


class Mapping(Struct, frozen=True, kw_only=True, dict=True):
    """One entity type mapped to one concept; `properties` may cover the concept's properties in part and in any order.

    `key` names it in state: the entity type, followed by "#facet" where a facet is named. `priority`: higher wins ties.
    `constants` are (place, raw) pairs that are written at create. `keep(payload)` is the filter: None or the reason
    to leave the record out (S2); `filter` changes with it (K2).

    A record is made here for every golden record (`create` "always") that fits all `wishes` (W6), and for one that a
    golden record of a concept in `pulled_by` refers to; even for an old one where `pull_old` (W7). `shares`: anything
    is written here. `full_sync`: what its first complete listing held is created elsewhere. `settle_s`: how long an
    edit made here rests before it is written elsewhere (W12). `when(payload)`: None, or why the facet rests;
    `contradicts(body)`: why what a create would send is of another facet, as far as it tells; `primary` is the key of
    the facet that creates its records, empty where it does so itself (L9).
    """

    entity_type: str
    concept: str
    properties: tuple[PropertyMapping, ...]
    declaration: Declaration
    facet: str = ""
    priority: int = 0
    create: CreateRule = "always"
    constants: tuple[tuple[Place, Raw], ...] = ()
    keep: Callable[[ReadOnly[str, Any]], str | None] | None = None
    filter: str = ""
    wishes: tuple[Wish, ...] = ()
    pulled_by: frozenset[str] = frozenset()
    pull_old: bool = False
    shares: bool = True
    full_sync: bool = True
    settle_s: float = 0.0
    when: Callable[[ReadOnly[str, Any]], str | None] | None = None
    contradicts: Callable[[ReadOnly[str, Any]], str | None] | None = None
    primary: str = ""

    @cached_property
    def key(self) -> str:
        return f"{self.entity_type}#{self.facet}" if self.facet else self.entity_type

    @cached_property
    def system(self) -> str:
        return self.entity_type.partition(".")[0]

    @cached_property
    def groups(self) -> tuple[int, ...]:
        """Columns that are several places read as one (M8)."""
        return tuple(column for column, row in enumerate(self.properties) if getattr(row.place, "places", ()))

    @cached_property
    def references(self) -> tuple[int, ...]:
        """Columns that hold references."""
        return tuple(column for column, row in enumerate(self.properties) if row.references)


class Survivorship(Struct, frozen=True, kw_only=True):
    """How the winner among competing claims of one property is picked (M2); "ask": by a person, and nothing is written
    until the claims agree."""

    rule: Literal["latest", "priority", "function", "ask"] = "latest"
    function: Callable[[Sequence[Value]], int] | None = None
    """For rule "function": index of the winner among distinct values in canonical order."""


class Similar(Struct, frozen=True, kw_only=True):
    """Properties that have to be alike, by the mean of their likeness: from `propose` on a person is asked, from `link`
    on (None: never) the records are linked (L7)."""

    parts: tuple[tuple[int, Callable[[Value], str | None]], ...]
    propose: float
    link: float | None = None


class MatchRule(Struct, frozen=True, kw_only=True):
    """Properties that identify together, strongest rule first in a concept (L2-L4, L10).

    `parts` are (property index, normaliser): a normaliser gives the comparable text of a canonical value, or None when
    the value identifies nothing (empty, on the non-identifying list). `vetoes` likewise: present on both sides and
    different, the match becomes a review. A rule with `propose` only proposes (L7).
    """

    name: str
    parts: tuple[tuple[int, Callable[[Value], str | None]], ...]
    vetoes: tuple[tuple[int, Callable[[Value], str | None]], ...] = ()
    max_share: int = 5
    propose: bool = False
    similar: Similar | None = None
    """Only those with equal parts are compared, and of these the ones that are alike are a match (L7)."""


class Concept(Struct, frozen=True, kw_only=True, dict=True):
    """A shared idea: its properties in column order and the rules that keep its golden records."""

    name: str
    properties: tuple[Property, ...]
    rules: tuple[MatchRule, ...] = ()
    rules_fingerprint: str = ""
    """Changes with the match rules (K3)."""
    survivorship: tuple[Survivorship, ...] = ()
    """One per property; empty: latest for all."""
    first_link: FirstLink = "keep"
    prioritised: bool = False
    """The priorities of the mappings were set by a person, so that they may decide a first link (M6)."""
    delete: DeletePolicy = "ignore"
    archived: int | None = None
    """The column of the flag that a delete sets elsewhere, where deletes archive (W8)."""
    duplicates: Duplicates = "review"
    """What is done about records of one entity type that are one thing: a person looks, or they are kept alike (L3)."""

    @cached_property
    def identifying(self) -> set[int]:
        """Columns that match rules and their vetoes look at."""
        similar = [part for rule in self.rules if rule.similar is not None for part in rule.similar.parts]
        return {column for rule in self.rules for column, _ in (*rule.parts, *rule.vetoes)} | {
            column for column, _ in similar
        }

    @cached_property
    def references(self) -> tuple[int, ...]:
        """Columns that hold references."""
        return tuple(column for column, prop in enumerate(self.properties) if prop.reference)

    @cached_property
    def by_element(self) -> dict[int, ValueType]:
        """Columns whose values merge by element, with their types (M5)."""
        types = [value_type(prop.type) for prop in self.properties]
        return {column: of for column, of in enumerate(types) if of.by_element}


class Model(Struct, frozen=True, kw_only=True, dict=True):
    """The whole configuration, compiled: concepts by name, mappings by key, and its fingerprint (K1)."""

    project: str
    concepts: dict[str, Concept]
    mappings: dict[str, Mapping]
    fingerprint: str
    wait_s: float = 86_400.0
    """A write that waits longer for the record of another one shows as failed (W5)."""

    def mappings_of(self, concept: str) -> Sequence[Mapping]:
        """Mappings of a concept in order of their keys."""
        return self._mappings_of.get(concept, ())

    @cached_property
    def _mappings_of(self) -> dict[str, tuple[Mapping, ...]]:
        mappings = [m for _, m in sorted(self.mappings.items())]
        return {name: tuple(m for m in mappings if m.concept == name) for name in self.concepts}

    def facets_of(self, mapping: Mapping) -> Sequence[Mapping]:
        """All mappings of a mapping's entity type, itself among them, in order of their keys (L9)."""
        return self._facets[mapping.entity_type]

    def paths_beside(self, mapping: Mapping) -> frozenset[str]:
        """Paths in a mapping's records that other facets of its entity type read or write (L9)."""
        others = [facet for facet in self.facets_of(mapping) if facet is not mapping]
        return frozenset(path for facet in others for row in facet.properties for path in row.place.paths())

    @cached_property
    def _facets(self) -> dict[str, tuple[Mapping, ...]]:
        facets: dict[str, tuple[Mapping, ...]] = {}
        for _, mapping in sorted(self.mappings.items()):
            facets[mapping.entity_type] = (*facets.get(mapping.entity_type, ()), mapping)
        return facets

    @cached_property
    def refers(self) -> ReadOnly[str, frozenset[str]]:
        """Entity types that records of a concept refer to, by concept; those that refer to nothing are left out."""
        return {
            name: targets
            for name in self.concepts
            if (
                targets := frozenset(
                    mapping.properties[column].references
                    for mapping in self.mappings_of(name)
                    for column in mapping.references
                )
            )
        }

    @cached_property
    def alike(self) -> ReadOnly[str, Sequence[str]]:
        """By mapping key the other facets of its entity type that stand for the same concept: a reference to one may be
        to any of them (L9)."""
        return {
            mapping.key: others
            for mapping in self.mappings.values()
            if (
                others := tuple(
                    facet.key
                    for facet in self.facets_of(mapping)
                    if facet is not mapping and facet.concept == mapping.concept
                )
            )
        }

    @cached_property
    def wholes(self) -> ReadOnly[str, frozenset[str]]:
        """Concepts whose records have parts, and the concepts of these (W5)."""
        found: dict[str, frozenset[str]] = {}
        for name, concept in self.concepts.items():
            for prop in concept.properties:
                if prop.whole and prop.reference:
                    found[prop.reference] = found.get(prop.reference, frozenset()) | {name}
        return found

    @cached_property
    def rests(self) -> bool:
        """True where an edit rests somewhere before it is written elsewhere (W12)."""
        return any(mapping.settle_s for mapping in self.mappings.values())

    @cached_property
    def pulls(self) -> bool:
        """True where some record is only made when another one refers to it (W6)."""
        return any(mapping.pulled_by for mapping in self.mappings.values())


class NoReferences:
    """References of a slice without any: nothing is linked."""

    def golden(self, entity_type: str, remote_id: str) -> str | None:
        """None."""
        return None

    def remote(self, entity_type: str, golden_id: str) -> str | None:
        """None."""
        return None
