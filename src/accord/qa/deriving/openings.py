"""How a script begins: a probe is made, and its counterpart is made of it by the flow."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from accord.qa.checklist import Appears, Make, Step
from accord.qa.deriving.numbering import Number, Numbering
from accord.qa.deriving.probes import Fields, NoProbe, demanded, fields_of, joined, known_by, marked_by, told
from accord.qa.deriving.spelling import python_value
from accord.qa.deriving.values import cases_of, typical_of
from accord.qa.deriving.ways import Leg, Pair, Side

__all__ = ["MOST", "Creates", "Opening", "carriers", "creates", "made", "off", "openings", "wish_fields"]

MOST = 3
"""So many rows are tried, one after the other, to carry the mark of a probe."""

Rule = Literal["always", "condition", "connected", "never"]


@dataclass(frozen=True, slots=True)
class Creates:
    """When a record at one end makes one at the other: `why` says why it never does, or can not be checked."""

    rule: Rule
    why: str = ""


@dataclass(frozen=True, slots=True)
class Opening:
    """The step that makes the pair of probes: "a" by a person, "b" by the flow."""

    number: Number
    step: Step
    fields: Fields
    by: tuple[Any, ...]
    here: str
    there: str

    @property
    def alone(self) -> bool:
        """Nothing tells the counterpart from other records."""
        return not self.by


def creates(pair: Pair, *, forward: bool) -> Creates:
    """Whether records of one end are created at the other (W6, W7)."""
    here, there = (pair.source, pair.target) if forward else (pair.target, pair.source)
    if why := off(here, there):
        return Creates("never", why)
    running, entity = there.running, there.mapping.entity
    assert running is not None  # noqa: S101 - `off` told so
    if entity.operation("create") is None:
        return Creates("never", f"{there.mapping.spec.entity_type} can not be created through the API")
    if here.mapping.entity.operation("create") is None:
        return Creates("never", f"{here.mapping.spec.entity_type} can not be created through the API")
    if running.primary:
        return Creates("never", f"its records are created by {running.primary}")
    if running.create == "always":
        return Creates("condition" if running.wishes else "always")
    if running.pulled_by:
        return Creates("connected")
    return Creates("never")


def off(here: Side, there: Side) -> str:
    """Why nothing flows from one side to the other, or ""."""
    for side in (here, there):
        if side.running is None:
            return f"{side.mapping.spec.entity_type} is switched off, or has no row"
    if there.running is not None and not there.running.shares:
        return f"nothing is written to {there.mapping.spec.entity_type}: `share` is off"
    return ""


def wish_fields(pair: Pair, number: Number, *, forward: bool) -> Fields:
    """What a record at one end holds so that it fits the condition on creating at the other. Raises NoProbe."""
    there = pair.target if forward else pair.source
    found: Fields = {}
    for wish in there.running.wishes if there.running else ():
        end = pair.end(wish.name, source=forward)
        if end is None or end.spelling is None:
            raise NoProbe(f"no row says what {wish.name} is there, which the condition asks for")
        kind = end.spelling.type.kind
        if wish.present is not None:
            if wish.present:
                found[end.spot] = end.raw(typical_of(end.spelling.domain, number))
        elif not wish.negated:
            found[end.spot] = end.raw(python_value(kind, wish.values[0]))
        else:
            refused = [python_value(kind, each) for each in wish.values]
            every = cases_of(end.spelling.domain, number)
            other = next((case.value for case in every if case.value not in refused), None)
            found[end.spot] = end.raw(other)
    return found


def carriers(pair: Pair, number: Number, *, forward: bool) -> list[Leg]:
    """Rows that carry the mark to the other end, not more than are worth trying."""
    legs = pair.legs(forward=forward)
    found = [leg for leg in legs if leg.source.fallback_of is None and marked_by(leg, number)]
    return found[:MOST]


def made(
    pair: Pair,
    numbering: Numbering,
    *,
    forward: bool,
    legs: tuple[Leg, ...] = (),
    extra: Fields | None = None,
) -> Opening:
    """A probe with a value in each of the rows, whose counterpart appears. Raises NoProbe."""
    here, there = (pair.source, pair.target) if forward else (pair.target, pair.source)
    number = numbering.next()
    fields = joined(
        demanded(pair, number, forward=forward),
        wish_fields(pair, number, forward=forward),
        *(fields_of(leg, number) for leg in legs),
        extra or {},
    )
    by = known_by(pair.legs(forward=forward), fields, number)
    step = Step(
        "created",
        (Make("a", here.key, told(fields)),),
        (Appears("b", "a", there.key, by),),
    )
    return Opening(number, step, fields, by, here.key, there.key)


def openings(
    pair: Pair, numbering: Numbering, *, forward: bool, legs: tuple[Leg, ...] = ()
) -> Iterator[Opening]:
    """Ways to make a probe that is known again, best first: by what it holds anyway, else with one row more."""
    number = numbering.next()
    plain = made(pair, numbering, forward=forward, legs=legs)
    is_marked = number.mark in "".join(each for each in plain.by if isinstance(each, str))
    others = [leg for leg in carriers(pair, number, forward=forward) if leg.source.spot not in plain.fields]
    if is_marked or not others:
        yield plain
    for leg in others:
        yield made(pair, numbering, forward=forward, legs=(*legs, leg))
