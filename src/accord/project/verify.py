"""What contradicts itself between parts that are well written: double writes, clashing types, cycles, priorities."""

from collections.abc import Mapping as ReadOnly
from typing import Any, NamedTuple

from accord.core.lens import Element, conditional_place, parse_place
from accord.core.types import value_type
from accord.core.wording import remedy
from accord.project.casts import clash
from accord.project.known import known_property, near_paths
from accord.project.resolved import Resolved, ResolvedConcept, ResolvedMapping, ResolvedRow
from accord.project.schema import SystemConfig
from accord.project.source import Faults
from accord.project.specs import RowSpec

__all__ = ["verify"]


def verify(resolved: Resolved, systems: ReadOnly[str, SystemConfig], faults: Faults) -> None:
    """Note all such contradictions as faults."""
    for mapping in resolved.mappings:
        concept = resolved.concept(mapping.spec.concept)
        _one_writer(mapping, faults)
        _known_extras(mapping, faults)
        for row in mapping.rows:
            _types(mapping, row, concept, faults)
    for concept in resolved.concepts:
        mappings = resolved.mappings_of(concept.spec.name)
        _matched_is_mapped(concept, mappings, faults)
        _wholes_are_pointed_to(concept, faults)
        _priorities(concept, mappings, systems, faults)
    _required_cycles(resolved, faults)


def _one_writer(mapping: ResolvedMapping, faults: Faults) -> None:
    """Two properties of a concept never write one place, nor one inside another (M9)."""
    writers = [
        (row.spec, [(path, _stand(row.spec, path)) for path in row.spec.written()])
        for row in mapping.rows
        if row.writes
    ]
    for index, (row, stands) in enumerate(writers):
        for other, theirs in writers[:index]:
            shared = next(
                (path for path, ours in stands if any(_meet(ours, their) for _, their in theirs)), ""
            )
            if row.property != other.property and shared:
                place = f"{mapping.spec.entity_type}.{shared}"
                what = f"`{other.property}` and `{row.property}` are both written to {place}"
                advice = "Give one `direction: read`, or read both with `first_of: [main, fallback]` in one row (M9)."
                faults.add(row.where, what, advice)


class _Stand(NamedTuple):
    """A plain path; where an element is selected, the path of its list and the conditions."""

    path: str
    within: str = ""
    where: tuple[tuple[str, Any], ...] = ()


def _stand(row: RowSpec, path: str) -> _Stand:
    try:
        place = conditional_place(path, dict(row.when)) if row.when else parse_place(path)
    except ValueError:
        return _Stand(path)  # a fault of its own
    if isinstance(place, Element):
        where = tuple(sorted((key, str(value)) for key, value in place.where.items()))
        return _Stand(place.paths()[0], place.list_path, where)
    return _Stand(path)


def _meet(one: _Stand, other: _Stand) -> bool:
    """One is written with the other; two selected elements are one only if they are selected alike.

    A plain path through a list is that of its first element, which may be the selected one.
    """
    if one.where and other.where:
        return one.where == other.where and _nested(one.path, other.path)
    if one.where or other.where:
        plain, chosen = (other, one) if one.where else (one, other)
        around = f"{chosen.within}.".startswith(f"{plain.path}.")
        return around or _nested(plain.path, chosen.path)
    return _nested(one.path, other.path)


def _nested(one: str, other: str) -> bool:
    """One path is the other, or leads into it."""
    return f"{one}.".startswith(f"{other}.") or f"{other}.".startswith(f"{one}.")


def _known_extras(mapping: ResolvedMapping, faults: Faults) -> None:
    """Paths of filters and constants exist; constants may be written and meet no row."""
    spec = mapping.spec
    for name, paths in (("filter", spec.filter), ("when", spec.when), ("constants", spec.constants)):
        for path in paths:
            declared = known_property(mapping.entity, path)
            where = (*mapping.spec.where, name, path)
            if declared is None:
                what = f"{mapping.spec.entity_type} has no property `{path}`"
                faults.add(where, what, remedy(path, near_paths(path, mapping.entity)))
            elif name == "constants" and declared.read_only:
                faults.add(where, f"{mapping.spec.entity_type}.{path} is read-only", "Remove the constant.")


def _types(mapping: ResolvedMapping, row: ResolvedRow, concept: ResolvedConcept, faults: Faults) -> None:
    """The payload's type can stand for the property's, or a lens converts (a lens is not second-guessed)."""
    type_name = concept.type_of(row.spec.property)
    for path, declared in row.each_path() if row.spec.is_plain() else ():
        reason = clash(type_name, declared)
        is_written = row.writes and path in row.spec.written()
        if not reason or (type_name == "string" and not is_written):  # any scalar can be read as text
            continue
        place = f"{mapping.spec.entity_type}.{path}"
        what = f"The type of `{row.spec.property}` is {type_name}, but {place} {reason}"
        zone = "Name the zone in a lens: {name: datetime, zone: Europe/Oslo}."
        is_zone = value_type(type_name).kind == "datetime" and declared.type == "string"
        faults.add(row.spec.where, what, zone if is_zone else "Add a lens that converts, or change the type.")


def _matched_is_mapped(concept: ResolvedConcept, mappings: list[ResolvedMapping], faults: Faults) -> None:
    """A rule compares what at least two entity types, or two facets, are read for."""
    readers: dict[str, set[str]] = {}
    for mapping in mappings:
        for row in mapping.rows:
            if row.reads:
                readers.setdefault(row.spec.property, set()).add(mapping.spec.key)
    for rule in concept.spec.rules:
        names = rule.names
        for name in dict.fromkeys(names):
            if name in concept.columns and len(readers.get(name, ())) < 2:
                one = next(iter(readers.get(name, ())), "nobody")
                what = f"The match rule compares `{name}`, which is read from {one} only"
                faults.add(
                    rule.where, what, "Map it in at least two entity types, or take it out of the rule."
                )
        if len({frozenset(readers.get(name, ())) for name, _ in rule.parts}) > 1:
            together = set.intersection(*(readers.get(name, set()) for name, _ in rule.parts))
            if len(together) < 2 and all(len(readers.get(name, ())) > 1 for name, _ in rule.parts):
                what = f"No two entity types are read for all of {rule.name}"
                faults.add(
                    rule.where, what, "Map these properties in the same entity types, or split the rule."
                )


def _priorities(
    concept: ResolvedConcept,
    mappings: list[ResolvedMapping],
    systems: ReadOnly[str, SystemConfig],
    faults: Faults,
) -> None:
    """Where priority decides, every system that may speak has one."""
    by_default = concept.spec.survivorship
    judged = {
        prop.name for prop in concept.spec.properties if (prop.survivorship or by_default) == "priority"
    }
    for mapping in mappings:
        speaks = [row.spec.property for row in mapping.rows if row.reads and row.spec.property in judged]
        if speaks and mapping.priority is None and mapping.spec.system in systems:
            what = (
                f"`{speaks[0]}` of `{concept.spec.name}` goes by priority, but {mapping.spec.system} has none"
            )
            faults.add(("systems", mapping.spec.system), what, "Add `priority: 10`; the higher one wins.")


def _wholes_are_pointed_to(concept: ResolvedConcept, faults: Faults) -> None:
    """A part points to its whole, which is another thing (W5)."""
    for prop, target in zip(concept.spec.properties, concept.references, strict=True):
        if prop.whole and not target:
            faults.add(
                prop.where, f"`{prop.name}` is no reference, so it names no whole", "Take `whole` out."
            )
        elif prop.whole and target == concept.spec.name:
            what = f"`{prop.name}` makes a `{target}` a part of another one"
            faults.add(prop.where, what, "Take `whole` out: a unit is of two concepts.")


def _required_cycles(resolved: Resolved, faults: Faults) -> None:
    """A create that needs, directly or not, a record that needs it could never be sent (W5)."""
    edges = {
        mapping.spec.key: {row.references: row for row in mapping.rows if row.references and row.required}
        for mapping in resolved.mappings
    }
    reported: set[frozenset[str]] = set()
    for start in edges:
        cycle = _cycle(start, edges)
        if cycle and frozenset(cycle) not in reported:
            reported.add(frozenset(cycle))
            row = edges[start][cycle[1 % len(cycle)]]
            what = f"Required references go round in a circle: {' -> '.join([*cycle, start])}"
            faults.add(
                row.spec.where, what, "Make one of them not required, so that it can be filled in afterwards."
            )


def _cycle(start: str, edges: ReadOnly[str, ReadOnly[str, ResolvedRow]]) -> list[str]:
    """Keys on a way from start back to it, or nothing."""
    ways = [[start]]
    seen: set[str] = set()
    while ways:
        way = ways.pop()
        for following in edges.get(way[-1], ()):
            if following == start:
                return way
            if following not in seen:
                seen.add(following)
                ways.append([*way, following])
    return []
