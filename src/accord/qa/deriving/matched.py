"""What a match alternative compares, and values under which two records are equal, or just not."""

from dataclasses import replace
from typing import Any

from accord.project.specs import RuleSpec, lens_name
from accord.qa.checklist import IdOf
from accord.qa.deriving.conditions import NoProbe
from accord.qa.deriving.ends import End, Fields
from accord.qa.deriving.numbering import Number
from accord.qa.deriving.values import Case, Domain, cases_of, meet
from accord.qa.deriving.ways import Pair

__all__ = ["alternatives", "equal_fields", "parts_of"]

_KINDS = {"email": "mail", "phone": "phone", "digits": "digits", "date": "date"}
"""Kinds of values that a normaliser compares."""


def alternatives(pair: Pair) -> list[tuple[int, RuleSpec]]:
    """The rules that link, by their number in the document."""
    return list(enumerate(pair.rules, start=1))


def parts_of(rule: RuleSpec) -> tuple[tuple[str, Any], ...]:
    """(property, normaliser) of all that has to be equal; what has to be alike is equal, too."""
    return (*rule.parts, *(rule.similar.parts if rule.similar is not None else ()))


def equal_fields(pair: Pair, rule: RuleSpec, number: Number, *, source: bool, other: str) -> Fields:
    """What a record at one end holds so that it is equal to one at the other with the same number, in the role `other`.

    Raises NoProbe.
    """
    found: Fields = {}
    few = True
    for name, normaliser in parts_of(rule):
        end, there = pair.end(name, source=source), pair.end(name, source=not source)
        ids = [each is not None and each.is_id for each in (end, there)]
        if end is None or all(ids):
            raise NoProbe(f"{name} is given by both systems, so that nobody can make it equal")
        if ids[1]:
            found[end.spots[0]] = IdOf(other)
            few = False
        elif ids[0]:
            few = False
        else:
            end, case = compared(pair, name, normaliser, number, source=source)
            entered = end.entered(case)
            if any(spot in found and found[spot] != raw for spot, raw in entered.items()):
                raise NoProbe(f"{end.place} is compared with values of two kinds")
            few &= not case.own
            found |= entered
    if few:
        raise NoProbe("what is compared has too few values to tell probes apart")
    return found


def compared(
    pair: Pair, name: str, normaliser: Any, number: Number, *, source: bool, near: bool = False
) -> tuple[End, Case]:
    """The place of a property at one end, and its value; `near`: one that is just another. Raises NoProbe."""
    ends = (pair.end(name, source=source), pair.end(name, source=not source))
    domain = _domain(ends, normaliser)
    if domain is None or ends[0] is None or ends[1] is None:
        raise NoProbe(f"the checklist has no value of {name} that both ends can hold")
    cases = [each for each in cases_of(domain, number) if not each.odd]
    fitting = [case for case in cases if ends[0].takes(case) and ends[1].takes(case)]
    case = next(iter(fitting[1:] if near else fitting), None)
    closed = [end.is_stamped or (end.declared is not None and end.declared.read_only) for end in ends if end]
    if case is None or any(closed):
        raise NoProbe(f"nobody can enter one value of {name} at both ends")
    return ends[0], case


def _domain(ends: tuple[End | None, End | None], normaliser: Any) -> Domain | None:
    known = [end.spelling.domain for end in ends if end is not None and end.spelling is not None]
    if len(known) < 2 or "reference" in (known[0].kind, known[1].kind):
        return None
    domain = meet(*known)
    kind = _KINDS.get(lens_name(normaliser) if normaliser is not None else "")
    if domain is None or kind is None or domain.kind != "text":
        return domain
    return replace(domain, kind=kind)
