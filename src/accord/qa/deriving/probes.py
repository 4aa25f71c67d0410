"""What a probe holds besides what is checked: what its system demands, and what makes it known again."""

from collections.abc import Iterable, Iterator
from typing import Any

from accord.connectorkit.manifest_parts import PropertySpec
from accord.project.known import known_property
from accord.project.specs import RuleSpec, lens_name
from accord.qa.checklist import Field, Spot
from accord.qa.deriving.conditions import Asked, NoProbe
from accord.qa.deriving.ends import Fields
from accord.qa.deriving.numbering import Number
from accord.qa.deriving.spelling import python_value
from accord.qa.deriving.values import LONGEST, Case, Domain, cases_of
from accord.qa.deriving.ways import Leg, Pair, Side

__all__ = [
    "WEAK",
    "candidates",
    "demanded",
    "first_of",
    "known_by",
    "marked",
    "property_alone",
    "refuse_weak_rules",
    "told",
    "wished",
]

WEAK = ("initial", "prefix", "sound")
"""Normalisers under which different probes look alike."""


def first_of(leg: Leg, number: Number) -> Case:
    """A row's typical value. Raises NoProbe."""
    cases = leg.cases(number)
    if not cases:
        raise NoProbe(
            leg.why_not or f"no value is known that fits both {leg.source.place} and {leg.target.place}"
        )
    return cases[0]


def demanded(pair: Pair, number: Number, given: Fields, *, forward: bool, alone: bool = False) -> Fields:
    """What a record at one end needs so that it may be made there, and made again at the other; `given` is known.

    `alone`: it is not made again. Raises NoProbe.
    """
    here, there = pair.sides(forward=forward)
    legs = [leg for leg in pair.legs(forward=forward) if not leg.source.is_fallback]
    found: Fields = dict(given)
    for asked in here.asked():
        if asked.spot not in found:
            found[asked.spot] = asked.met(candidates(here, asked.spot, legs, number))
    for path, declared in here.mapping.entity.properties.items():
        spot = Spot(path)
        if declared.required and not declared.read_only and spot not in found:
            found |= _needed(here, spot, declared, legs, number)
    for leg in () if alone else legs:
        if leg.target.is_required and not leg.is_own_id and leg.source.spots[0] not in found:
            found |= leg.source.entered(first_of(leg, number))
    if not alone:
        found = _admitted(found, there, legs, number)
    return found


def _admitted(found: Fields, there: Side, legs: list[Leg], number: Number) -> Fields:
    """Also what the conditions at the other end want of the record that is made there. Raises NoProbe."""
    for asked in there.asked():
        if asked.spot.path in there.mapping.spec.constants:
            continue
        leg = next((leg for leg in legs if leg.target.spots[0] == asked.spot), None)
        if leg is None and not asked.is_met(None):
            raise NoProbe(
                f"what is created in {there.key} takes no part: "
                f"nothing writes {asked.spot.path}, which a condition asks for"
            )
        if leg is not None and leg.source.spots[0] not in found:
            found |= leg.source.entered(first_of(leg, number))
    return found


def candidates(side: Side, spot: Spot, legs: Iterable[Leg], number: Number) -> Iterator[Any]:
    """Values that may stand at a place, the typical one first."""
    for leg in legs:
        if leg.source.spots[0] == spot:
            for case in leg.cases(number):
                yield leg.source.entered(case)[spot]
    declared = known_property(side.mapping.entity, spot.path)
    yield from _alone(declared, number)


def wished(pair: Pair, number: Number, *, forward: bool) -> list[tuple[Asked, list[Any]]]:
    """What the condition on creating asks of a record at one end, and values that may stand there. Raises NoProbe."""
    there = pair.sides(forward=forward)[1]
    found = []
    for wish in there.running.wishes if there.running else ():
        end = pair.end(wish.name, source=forward)
        if end is None or end.spelling is None or len(end.spots) > 1:
            raise NoProbe(f"the condition on creating asks for {wish.name}, which no record there tells")
        kind = end.spelling.type.kind
        values = tuple(end.spelling.raw(python_value(kind, each)) for each in wish.values)
        asked = Asked(end.spots[0], values, negated=wish.negated, present=wish.present)
        raws = [end.spelling.raw(case.value) for case in cases_of(end.spelling.domain, number)]
        found.append((asked, raws))
    return found


def known_by(pair: Pair, fields: Fields, number: Number, *, forward: bool) -> tuple[Any, ...]:
    """Literals by which the record that is made at the other end is known."""
    found: dict[Any, None] = {}
    for leg in pair.legs(forward=forward):
        if leg.domain is None or leg.source.spots[0] not in fields:
            continue
        if leg.is_marked(number) and number.token in str(fields[leg.source.spots[0]]).lower():
            found[number.token] = None
        elif leg.is_counted and leg.cases(number):
            case = leg.cases(number)[0]
            if fields[leg.source.spots[0]] == leg.source.entered(case)[leg.source.spots[0]]:
                found |= dict.fromkeys(leg.target.shown(case).values())
    return tuple(found)


def refuse_weak_rules(pair: Pair, fields: Fields, *, source: bool, besides: RuleSpec | None = None) -> None:
    """Raises NoProbe where a match rule, besides one that is tried, would take the probe for others."""
    mapping = pair.sides(forward=source)[0].mapping
    for rule in pair.concept.rules_on({row.spec.property for row in mapping.rows}):
        if rule != besides and all(
            _is_weak(pair, rule, name, fields, source=source) for name, _ in rule.parts
        ):
            raise NoProbe(f"the match rule on {rule.name} would take the probes for one another")


def _is_weak(pair: Pair, rule: RuleSpec, name: str, fields: Fields, *, source: bool) -> bool:
    """Whether the probe bears a value of the property that others may bear too."""
    end = pair.end(name, source=source)
    if end is None or not any(spot in fields and fields[spot] is not None for spot in end.spots):
        return False
    normaliser = dict(rule.parts)[name]
    called = lens_name(normaliser) if normaliser is not None else ""
    if called.startswith(WEAK) or end.spelling is None:
        return True
    legs = [leg for way in pair.ways for leg in (way.forward, way.backward) if leg and leg.name == name]
    domains = [leg.domain for leg in legs if leg.domain is not None] or [end.spelling.domain]
    return any(domain.members or domain.kind in ("boolean", "time", "example") for domain in domains)


def marked(side: Side, fields: Fields, number: Number, legs: Iterable[Leg]) -> Fields:
    """The fields with one more where none bears a mark: of no row, if there is such a text, else of one of `legs`."""
    if any(f"{number.mark}-" in str(raw).lower() for raw in fields.values()):
        return fields
    taken = {path for row in side.mapping.rows for path in (*row.spec.paths, *dict(row.spec.when))}
    for path, declared in side.mapping.entity.properties.items():
        plain = declared.type == "string" and not (declared.enum or declared.reference or declared.read_only)
        if plain and path not in taken and (declared.max_length or LONGEST) >= len(number.token):
            return {**fields, Spot(path): number.token}
    leg = next((leg for leg in legs if leg.is_marked(number) and not leg.source.is_fallback), None)
    return fields if leg is None else {**leg.source.entered(first_of(leg, number)), **fields}


def told(fields: Fields) -> tuple[Field, ...]:
    """As a step has them."""
    return tuple(Field(spot, value) for spot, value in fields.items())


def _needed(side: Side, spot: Spot, declared: PropertySpec, legs: list[Leg], number: Number) -> Fields:
    leg = next((leg for leg in legs if spot in leg.source.spots and leg.cases(number)), None)
    if leg is not None:
        return leg.source.entered(first_of(leg, number))
    if declared.reference:
        raise NoProbe(f"{side.type}.{spot.path} needs a record to refer to")
    return {spot: property_alone(declared, number)}


def property_alone(declared: PropertySpec, number: Number) -> Any:
    """A value for a property that no row carries."""
    return next(iter(_alone(declared, number)))


def _alone(declared: PropertySpec | None, number: Number) -> Iterator[Any]:
    """Values of its own for a property that no row carries."""
    if declared is None or declared.type == "object":
        yield number.token
    elif declared.enum:
        yield from declared.enum
    elif declared.type == "list":
        yield [number.token]
    else:
        kind = "text" if declared.type == "string" else declared.type
        domain = Domain(kind=kind, longest=declared.max_length or 500, scale=declared.scale or 2)
        yield from (_plain(case.value) for case in cases_of(domain, number))


def _plain(value: Any) -> Any:
    """A value as a manifest's type has it."""
    if hasattr(value, "isoformat"):
        return value.isoformat().replace("+00:00", "Z")
    return value if isinstance(value, str | bool | int | float | dict | list) else float(value)
