"""Create rules, switches and facets made into what the core runs on (W6, W7, L9)."""

from collections.abc import Mapping as ReadOnly
from typing import Any, Final

from accord.core.condition import Wish
from accord.core.types import value_type
from accord.core.wording import remedy
from accord.project.resolved import Resolved, ResolvedConcept, ResolvedMapping
from accord.project.schema_parts import Condition
from accord.project.source import Faults
from accord.project.specs import MappingSpec

__all__ = ["are_apart", "known_pullers", "primary_of", "pulled_by", "pulling_concepts", "wishes_of"]

_COMPARED: Final = ("string", "integer", "decimal", "float", "boolean", "date", "datetime", "time", "enum")


def wishes_of(mapping: ResolvedMapping, concept: ResolvedConcept, faults: Faults) -> tuple[Wish, ...]:
    """The conditions of a create rule, their values in the canonical spelling of the properties' types."""
    columns = concept.columns
    found = []
    for name, wanted in mapping.spec.creation.wishes:
        try:
            found.append(_wish(name, columns[name], wanted, concept.types[columns[name]]))
        except ValueError as error:
            what, _, advice = str(error).partition("; ")
            faults.add((*mapping.spec.creation.where, "when"), what, advice)
    return tuple(found)


def _wish(name: str, column: int, wanted: Condition, type_name: str) -> Wish:
    if not isinstance(wanted, dict):
        return Wish(column=column, name=name, values=_values(name, wanted, type_name))
    ((word, inner),) = wanted.items()
    if word == "not":
        return Wish(column=column, name=name, values=_values(name, inner, type_name), negated=True)
    if not isinstance(inner, bool):
        raise ValueError(f"The condition on `{name}`: present is true or false; Write `{{present: true}}`.")
    return Wish(column=column, name=name, present=inner)


def _values(name: str, wanted: Any, type_name: str) -> tuple[Any, ...]:
    stated = value_type(type_name)
    if stated.kind not in _COMPARED:
        raise ValueError(
            f"The condition on `{name}`: a {stated.kind} is not compared; Ask only for `present`."
        )
    try:
        return tuple(stated.canonical(each) for each in (wanted if isinstance(wanted, list) else [wanted]))
    except ValueError:
        raise ValueError(
            f"The condition on `{name}`: a value is no {type_name}; Write values as the concept has them."
        ) from None


def known_pullers(name: str, resolved: Resolved) -> set[str]:
    """Concepts that a create rule names: by their own name, or by an entity type that stands for them."""
    return {mapping.spec.concept for mapping in resolved.called(name)}


def pulling_concepts(concept: str, resolved: Resolved) -> set[str]:
    """Concepts with a property that refers to a concept."""
    return {each.spec.name for each in resolved.concepts if concept in each.references}


def pulled_by(mapping: ResolvedMapping, resolved: Resolved, faults: Faults) -> frozenset[str]:
    """Concepts whose records pull one in here (W6). What a pair names and nobody knows is only warned of: documents
    have types that the connector does not."""
    spec = mapping.spec
    if spec.creation.pulled_by is None:
        return frozenset()
    if not spec.creation.pulled_by:
        return frozenset(pulling_concepts(spec.concept, resolved))
    found: set[str] = set()
    for name in spec.creation.pulled_by:
        known = known_pullers(name, resolved)
        if not known and not resolved.concept(spec.concept).spec.derived:
            every = {each.spec.concept for each in resolved.mappings}
            what = f"`{name}` is neither a concept nor an entity type that is mapped"
            faults.add((*spec.creation.where, "connected"), what, remedy(name, every))
        found |= known
    return frozenset(found)


def primary_of(mapping: ResolvedMapping, resolved: Resolved) -> str:
    """Key of the facet that creates the records of a mapping, "" where it does so itself (L9).

    As written; else the first facet of an entity type that creates does, and every further one that can not be the
    facet of the same record, for their conditions contradict.
    """
    facets = [each.spec for each in resolved.facets_of(mapping.spec.entity_type)]
    primaries: list[MappingSpec] = [spec for spec in facets if spec.primary]
    for spec in facets:
        rivals = [other for other in primaries if other is not spec and not are_apart(spec, other)]
        if spec.primary is None and _creates(spec) and not rivals:
            primaries.append(spec)
    spec = mapping.spec
    if spec in primaries:
        return ""
    rivals = [other for other in primaries if not are_apart(spec, other)]
    rivals += primaries if _creates(spec) else []
    return rivals[0].key if rivals else ""


def _creates(spec: MappingSpec) -> bool:
    return spec.create == "always" or spec.creation.pulled_by is not None


def are_apart(one: MappingSpec, other: MappingSpec) -> bool:
    """True where no record fits both: at some path they want different values."""
    ours, theirs = _wanted(one), _wanted(other)
    return any(not ours[path] & theirs[path] for path in ours.keys() & theirs.keys())


def _wanted(spec: MappingSpec) -> dict[str, set[str]]:
    both: ReadOnly[str, Condition] = {**spec.filter, **spec.when}
    return {
        path: set(map(repr, wanted if isinstance(wanted, list) else [wanted]))
        for path, wanted in both.items()
        if not isinstance(wanted, dict)
    }
