"""The lines of property rows: every value, in every direction in which the row flows."""

from collections.abc import Iterator
from dataclasses import replace

from accord.qa.checklist import Appears, Edit, IdOf, Line, Make, Script, Shows, Step
from accord.qa.deriving.conditions import NoProbe
from accord.qa.deriving.ends import meet_at
from accord.qa.deriving.maker import Maker, Opening
from accord.qa.deriving.probes import told
from accord.qa.deriving.rules import off
from accord.qa.deriving.values import Case
from accord.qa.deriving.ways import Leg, Pair

__all__ = ["meets", "row_lines", "shown"]

_NOTHING = Case("cleared", None)


def row_lines(pair: Pair, maker: Maker) -> Iterator[Line]:
    """A line for every row in every direction."""
    for way in pair.ways:
        for forward, leg in ((True, way.forward), (False, way.backward)):
            if leg is None:
                continue
            why = leg.why_not or off(*pair.sides(forward=forward))
            scripts = _scripts(pair, leg, maker, forward=forward)
            yield pair.line(way.label, "row", leg.direction, scripts, why)


def _scripts(pair: Pair, leg: Leg, maker: Maker, *, forward: bool) -> Iterator[Script]:
    """One for each way in which the pair of probes comes to be. Raises NoProbe."""
    if leg.is_own_id:
        shows = (Shows("b", told({leg.target.spots[0]: IdOf("a")})),)
        for each in maker.openings(pair, forward=forward, legs=(leg,)):
            yield each.script(shows=shows)
        return
    openings = [
        each for each in maker.openings(pair, forward=forward, legs=(leg,)) if not meets(pair, leg, each)
    ]
    by_edit = not (leg.source.only_created or leg.target.only_created)
    found: list[Script] = []
    for opening in openings:
        if opening.way == "there":
            found.append(_from_the_start(pair, leg, maker, opening, forward=forward))
        elif by_edit:
            found.append(_by_edits(leg, maker, opening))
    if not openings:
        raise NoProbe("other rows write the same place, or what is compared stands there")
    if not found:
        what = f"{leg.target.place} is written only when a record is created, and none is"
        raise NoProbe(what if leg.target.only_created else f"{leg.source.place} can not be edited")
    yield from found


def meets(pair: Pair, leg: Leg, opening: Opening) -> bool:
    """Whether what the probes hold stands inside of the row's places or around them, or flows there."""
    for act in opening.steps[-1].acts:
        if not isinstance(act, Make) or act.role not in ("a", "b"):
            continue
        held = {field.spot for field in act.fields}
        end, goal = (leg.source, leg.target) if act.at == leg.source.key else (leg.target, leg.source)
        own = {field.spot: field.value for field in act.fields if field.spot in end.spots}
        known = [end.entered(case) for case in leg.cases(opening.number)]
        if own and known and not any(own.items() <= each.items() for each in known):
            return True
        if any(meet_at(spot, place) for spot in held - {*end.spots, *end.empty} for place in end.places):
            return True
        for other in pair.legs(forward=end.key == pair.source.key):
            flows = other.label != leg.label and other.source.spots[0] in {*held, *end.spots}
            if flows and any(meet_at(a, b) for a in other.target.places for b in goal.places):
                return True
    return False


def _from_the_start(pair: Pair, leg: Leg, maker: Maker, opening: Opening, *, forward: bool) -> Script:
    """The probe has the first value when it is made."""
    cases, before, leans_on = _cases(leg, maker, opening)
    given = opening.fields
    first = next((case for case in cases if leg.source.entered(case).items() <= given.items()), cases[0])
    others = [case for case in cases if case is not first]
    steps = [*before]
    if leg.target.row.spec.update_only or not leg.source.entered(first).items() <= given.items():
        steps += _edits(leg, [first, *others], first)
        shows: tuple[Shows, ...] = ()
    elif leg.source.only_created or leg.target.only_created:
        steps += _made_anew(pair, leg, maker, others, forward=forward)
        steps += _frozen(leg, first, leg.cases(maker.next()))
        shows = shown(leg, first)
    else:
        steps += _edits(leg, others, first)
        shows = shown(leg, first)
    if not leg.comes_back and not leg.source.is_fallback:
        steps += _leak(leg, first, others)
    script = opening.script(*steps, shows=shows, leans_on=leans_on)
    return replace(script, steps=_called(script.steps, "created", first.what))


def _by_edits(leg: Leg, maker: Maker, opening: Opening) -> Script:
    """The pair of probes is there, and then its source is edited."""
    cases, before, leans_on = _cases(leg, maker, opening)
    there_already = leg.source.entered(cases[0]).items() <= opening.fields.items()
    steps = [*before, *_edits(leg, cases[1:] if there_already else cases, cases[0])]
    if not leg.comes_back and not leg.source.is_fallback:
        steps += _leak(leg, cases[0], cases[1:])
    return opening.script(*steps, leans_on=leans_on)


def _cases(leg: Leg, maker: Maker, opening: Opening) -> tuple[list[Case], list[Step], tuple[str, ...]]:
    """The values; for references the records first that they refer to. Raises NoProbe."""
    if not leg.is_reference:
        cases = leg.cases(opening.number)
        if not cases:
            raise NoProbe(f"no value is known that fits both {leg.source.place} and {leg.target.place}")
        return cases, [], ()
    held = opening.fields.get(leg.source.spots[0])
    roles = [held.role] if isinstance(held, IdOf) else []
    steps: list[Step] = []
    lines: list[str] = []
    for role in ("one", "other")[len(roles) :]:
        more, leans_on = maker.referred(leg, role)
        steps += more
        lines += leans_on
        roles.append(role)
    whats = ("a reference", "another reference")
    return [Case(what, IdOf(role)) for what, role in zip(whats, roles, strict=True)], steps, tuple(lines)


def _edits(leg: Leg, cases: list[Case], back: Case) -> Iterator[Step]:
    """Edits at the source, one value after the other, then none, then a value again."""
    if leg.source.mapping.entity.operation("update") is None:
        return
    for case in cases:
        yield _edit(leg, case)
    if _is_blanked(leg):
        yield _edit(leg, _NOTHING)
    if cases or _is_blanked(leg):
        yield _edit(leg, replace(back, what="filled again"))


def _is_blanked(leg: Leg) -> bool:
    """Whether neither end minds that the value goes."""
    if leg.source.is_never_empty:
        return False
    ends = (leg.source, leg.target)
    return not any(end.is_required or not all(a.is_met(None) for a in end.asked) for end in ends)


def _edit(leg: Leg, case: Case) -> Step:
    return Step(case.what, (Edit("a", told(leg.source.entered(case))),), shown(leg, case))


def shown(leg: Leg, case: Case, roles: tuple[str, str] = ("a", "b")) -> tuple[Shows, ...]:
    """The value at the target as its system keeps it; the source's own too, where the two differ."""
    ours = leg.source.kept(case)
    read = replace(leg.source.told(case), odd=False)
    theirs = leg.target.shown(_there(leg, read))
    found = [Shows(roles[1], told(theirs))]
    differs = list(theirs.values()) != list(leg.target.entered(_there(leg, read)).values())[-len(theirs) :]
    if case.odd or differs or read.value != case.value:
        found.append(Shows(roles[0], told(ours)))
    return tuple(found)


def _there(leg: Leg, case: Case) -> Case:
    """A reference is to the counterpart at the other end."""
    if isinstance(case.value, IdOf) and leg.source.row.references:
        return replace(case, value=IdOf(f"{case.value.role} there"))
    return case


def _made_anew(pair: Pair, leg: Leg, maker: Maker, cases: list[Case], *, forward: bool) -> Iterator[Step]:
    """What is written only when a record is created takes a new probe for each value."""
    for number, case in enumerate(cases, start=2):
        if leg.is_reference:
            return
        marking = [each for each in maker.carriers(pair, maker.next(), forward=forward) if each is not leg][
            :1
        ]
        fresh = maker.made(pair, forward=forward, legs=tuple(marking), extra=leg.source.entered(case))
        if not fresh.by:
            return
        ours, theirs = f"a{number}", f"b{number}"
        last = fresh.steps[-1]
        make = next(act for act in last.acts if isinstance(act, Make))
        appears = next(each for each in last.expects if isinstance(each, Appears))
        yield from fresh.steps[:-1]
        yield Step(
            case.what,
            (replace(make, role=ours),),
            (replace(appears, role=theirs, of=ours), *shown(leg, case, (ours, theirs))),
        )


def _frozen(leg: Leg, first: Case, others: list[Case]) -> Iterator[Step]:
    """What is written only at creation stays as it is when the source is edited."""
    if leg.source.only_created or leg.target.mapping.entity.operation("update") is None or leg.is_reference:
        return
    edited = next((case for case in others if leg.source.kept(case) != leg.source.kept(first)), None)
    if edited is not None:
        stays = Shows("b", told(leg.target.shown(leg.source.told(first))))
        yield Step("edited after it was created", (Edit("a", told(leg.source.entered(edited))),), (stays,))


def _leak(leg: Leg, first: Case, others: list[Case]) -> Iterator[Step]:
    """The row is one-way: what is edited at its target does not come back."""
    target, source = leg.target, leg.source
    closed = target.declared is not None and (target.declared.read_only or target.declared.create_only)
    if (
        closed
        or target.mapping.entity.operation("update") is None
        or leg.is_reference
        or len(target.spots) > 1
    ):
        return
    edited = next(
        (case for case in others if not case.odd and target.shown(case) != target.shown(first)), None
    )
    if edited is None:
        return
    frozen = source.only_created or target.only_created
    stays = Shows("a", told(source.kept(first)))
    held = target.shown(source.told(first)) if target.row.spec.enforce else target.shown(edited)
    yield Step(
        "edited where it does not come from",
        (Edit("b", told(target.entered(edited))),),
        (Shows("b", told(held)),) if frozen else (stays, Shows("b", told(held))),
    )


def _called(steps: tuple[Step, ...], old: str, new: str) -> tuple[Step, ...]:
    """The steps with the first of that name called otherwise."""
    names = [step.what for step in steps]
    if old not in names:
        return steps
    at = len(names) - 1 - names[::-1].index(old)
    return (*steps[:at], replace(steps[at], what=new), *steps[at + 1 :])
