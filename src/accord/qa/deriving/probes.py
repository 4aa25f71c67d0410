"""What a probe holds besides what is checked: what its system demands, and what makes it known again."""

from collections.abc import Iterable, Iterator, Mapping as ReadOnly
from typing import Any, Final

from accord.connectorkit.manifest_parts import PropertySpec
from accord.project.known import known_property
from accord.qa.checklist import Field, Spot
from accord.qa.deriving.numbering import Number
from accord.qa.deriving.values import Case, Domain, cases_of
from accord.qa.deriving.ways import End, Leg, Pair, Side

__all__ = [
    "Fields",
    "NoProbe",
    "cases_for",
    "demanded",
    "entered",
    "fields_of",
    "joined",
    "known_by",
    "marked_by",
    "told",
]

Fields = dict[Spot, Any]
"""Raw values of a probe by their places."""

_UNIQUE: Final = ("integer", "decimal", "float", "date", "datetime", "phone")


class NoProbe(Exception):
    """No probe can be made; the message says why."""


def cases_for(leg: Leg, number: Number) -> list[Case]:
    """The values that a row is tried with, the first of them the probe's own."""
    if leg.domain is None:
        return []
    found = cases_of(leg.domain, number)
    return [case for case in found if _fits(leg.source, case.value) and _fits(leg.target, case.value)]


def _fits(end: End, value: Any) -> bool:
    return end.spelling is not None and end.spelling.takes(value)


def demanded(pair: Pair, number: Number, *, forward: bool) -> Fields:
    """What a record at one end needs so that it may be made there, and made again at the other. Raises NoProbe."""
    here = pair.source if forward else pair.target
    legs = pair.legs(forward=forward)
    found: Fields = {}
    for path, wanted in {**here.mapping.spec.filter, **here.mapping.spec.when}.items():
        _fit(found, here, path, wanted, number)
    for path, declared in here.mapping.entity.properties.items():
        if declared.required and not declared.read_only and Spot(path) not in found:
            found[Spot(path)] = _needed(here, path, declared, legs, number)
    for leg in legs:
        if leg.target.is_required and leg.source.fallback_of is None and leg.source.spot not in found:
            found |= fields_of(leg, number)
    return found


def fields_of(leg: Leg, number: Number) -> Fields:
    """A row's typical value, at its source. Raises NoProbe."""
    cases = cases_for(leg, number)
    if not cases:
        raise NoProbe(f"no value is known that fits both {leg.source.place} and {leg.target.place}")
    return entered(leg.source, leg.source.raw(cases[0].value))


def entered(end: End, raw: Any) -> Fields:
    """A value as a person enters it; where it is read when another place is empty, that one is."""
    return {**({} if end.fallback_of is None else {end.fallback_of: None}), end.spot: raw}


def marked_by(leg: Leg, number: Number) -> bool:
    """Whether the row carries the probe's mark to the other end."""
    if leg.domain is None or not leg.domain.bears(number.token) or not cases_for(leg, number):
        return False
    return number.token in str(leg.target.kept(cases_for(leg, number)[0].value)).lower()


def known_by(legs: Iterable[Leg], fields: Fields, number: Number) -> tuple[Any, ...]:
    """Literals by which the record that is made at the other end is known."""
    found: dict[Any, None] = {}
    for leg in legs:
        if leg.source.spot not in fields or leg.domain is None:
            continue
        if marked_by(leg, number):
            found[number.token] = None
        elif leg.domain.kind in _UNIQUE and not leg.domain.members:
            found[leg.target.kept(cases_for(leg, number)[0].value)] = None
    return tuple(found)


def _fit(found: Fields, side: Side, path: str, wanted: Any, number: Number) -> None:
    """Fill in what a condition on the record wants at a path."""
    declared = known_property(side.mapping.entity, path)
    if isinstance(wanted, list):
        found[Spot(path)] = wanted[0]
    elif not isinstance(wanted, dict):
        found[Spot(path)] = wanted
    elif "present" in wanted:
        if wanted["present"]:
            found[Spot(path)] = _alone(declared, path, number)
    else:
        found[Spot(path)] = _other(declared, path, wanted["not"], number)


def _other(declared: PropertySpec | None, path: str, unwanted: Any, number: Number) -> Any:
    """A value other than those."""
    refused = unwanted if isinstance(unwanted, list) else [unwanted]
    every: Iterator[Any] = iter(declared.enum) if declared and declared.enum else iter(())
    if declared is not None and declared.type == "boolean":
        every = iter((True, False))
    other = next((each for each in every if each not in refused), None)
    return _alone(declared, path, number) if other is None else other


def _needed(side: Side, path: str, declared: PropertySpec, legs: Iterable[Leg], number: Number) -> Any:
    for leg in legs:
        if leg.source.spot == Spot(path) and (cases := cases_for(leg, number)):
            return leg.source.raw(cases[0].value)
    return _alone(declared, f"{side.mapping.spec.entity_type}.{path}", number)


def _alone(declared: PropertySpec | None, place: str, number: Number) -> Any:
    """A value of its own for a property that no row carries. Raises NoProbe."""
    if declared is None:
        return number.token
    if declared.reference:
        raise NoProbe(f"{place} needs a record to refer to")
    if declared.enum:
        return declared.enum[0]
    if declared.type == "list":
        return [number.token]
    kind = "text" if declared.type == "string" else declared.type
    domain = Domain(kind=kind, longest=declared.max_length or 500, scale=declared.scale or 2)
    value = cases_of(domain, number)[0].value
    return _plain(value)


def _plain(value: Any) -> Any:
    """A value as a manifest's type has it."""
    if hasattr(value, "isoformat"):
        return value.isoformat().replace("+00:00", "Z")
    return value if isinstance(value, str | bool | int | float | dict | list) else float(value)


def told(fields: Fields) -> tuple[Field, ...]:
    """As a step has them."""
    return tuple(Field(spot, value) for spot, value in fields.items())


def joined(*parts: ReadOnly[Spot, Any]) -> Fields:
    """Later ones over earlier ones."""
    found: Fields = {}
    for part in parts:
        found |= part
    return found
