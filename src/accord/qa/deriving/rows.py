"""The lines of property rows: every value, in every direction in which the row flows."""

from collections.abc import Iterator

from accord.qa.checklist import Appears, Edit, Field, Line, Make, Script, Shows, Step
from accord.qa.deriving.numbering import Numbering
from accord.qa.deriving.openings import Creates, creates, made, off, openings
from accord.qa.deriving.probes import NoProbe, cases_for, entered, told
from accord.qa.deriving.values import Case
from accord.qa.deriving.ways import Leg, Pair

__all__ = ["row_lines"]


def row_lines(pair: Pair, numbering: Numbering) -> Iterator[Line]:
    """A line for every row in every direction."""
    for way in pair.ways:
        for forward, leg in ((True, way.forward), (False, way.backward)):
            if leg is not None:
                scripts, why = _scripts(pair, leg, numbering, forward=forward)
                yield Line(
                    document=pair.document,
                    pair=pair.label,
                    row=way.label,
                    kind="row",
                    direction="forward" if forward else "backward",
                    scripts=scripts,
                    why_not=why,
                )


def _scripts(pair: Pair, leg: Leg, numbering: Numbering, *, forward: bool) -> tuple[tuple[Script, ...], str]:
    here, there = (pair.source, pair.target) if forward else (pair.target, pair.source)
    if why := leg.why_not or off(here, there):
        return (), why
    rules = (creates(pair, forward=forward), creates(pair, forward=not forward))
    scripts: list[Script] = []
    whys: list[str] = []
    for way, script in ((0, _created_there), (1, _created_here)):
        if rules[way].rule in ("always", "condition"):
            try:
                scripts += script(pair, leg, numbering, forward=forward)
            except NoProbe as why:
                whys.append(str(why))
    return tuple(scripts), "" if scripts else "; ".join(whys) or _unlinked(rules)


def _unlinked(rules: tuple[Creates, Creates]) -> str:
    told = "; ".join(dict.fromkeys(rule.why for rule in rules if rule.why))
    return told or "no record of either end is created at the other, so that nothing is linked"


def _created_there(pair: Pair, leg: Leg, numbering: Numbering, *, forward: bool) -> Iterator[Script]:
    """The probe is made at the source of the row, and its counterpart by the flow."""
    for opening in openings(pair, numbering, forward=forward, legs=(leg,)):
        first, *others = cases_for(leg, opening.number)
        acts, expects = opening.step.acts, opening.step.expects
        steps = [Step(first.what, acts, (*expects, *_shown(leg, first)))]
        if leg.source.only_created or leg.target.only_created:
            steps += _made_anew(pair, leg, numbering, others, forward=forward)
        else:
            steps += _edits(leg, [*others], first)
        if not leg.comes_back:
            steps += _leak(leg, first, others)
        yield Script(tuple(steps), alone=opening.alone)


def _created_here(pair: Pair, leg: Leg, numbering: Numbering, *, forward: bool) -> Iterator[Script]:
    """The probe is made at the target of the row; its counterpart, at the source, is edited then."""
    if leg.source.only_created or leg.target.only_created:
        return
    for opening in openings(pair, numbering, forward=not forward):
        make, appears = opening.step.acts, opening.step.expects
        turned = tuple(Make("b", each.at, each.fields) for each in make if isinstance(each, Make))
        there = tuple(Appears("a", "b", each.at, each.by) for each in appears if isinstance(each, Appears))
        cases = cases_for(leg, opening.number)
        steps = [Step("created", turned, there), *_edits(leg, cases, cases[0])]
        if not leg.comes_back:
            steps += _leak(leg, cases[0], cases[1:])
        yield Script(tuple(steps), alone=opening.alone)


def _edits(leg: Leg, cases: list[Case], back: Case) -> Iterator[Step]:
    """Edits at the source, one value after the other, then none, then a value again."""
    if leg.source.spelling is None or leg.source.mapping.entity.operation("update") is None:
        return
    for case in cases:
        yield _edit(leg, case)
    if not leg.source.is_required and not leg.target.is_required:
        yield _edit(leg, Case("cleared", None))
    yield _edit(leg, Case("filled again", back.value))


def _edit(leg: Leg, case: Case) -> Step:
    fields = told(entered(leg.source, leg.source.raw(case.value)))
    return Step(case.what, (Edit("a", fields),), _shown(leg, case))


def _shown(leg: Leg, case: Case) -> tuple[Shows, ...]:
    """The value at the target as its system keeps it, and the source's own as it was entered."""
    ours, theirs = leg.source.kept(case.value), leg.target.kept(case.value)
    shown = [Shows("b", (Field(leg.target.spot, theirs),))]
    if ours != leg.source.raw(case.value) or theirs != leg.target.raw(case.value):
        shown.append(Shows("a", (Field(leg.source.spot, ours),)))
    return tuple(shown)


def _made_anew(
    pair: Pair, leg: Leg, numbering: Numbering, cases: list[Case], *, forward: bool
) -> Iterator[Step]:
    """What is written only when a record is created takes a new probe for each value."""
    if leg.source.row.references:
        return
    for number, case in enumerate(cases, start=2):
        fresh = made(pair, numbering, forward=forward, extra=entered(leg.source, leg.source.raw(case.value)))
        if not fresh.by:
            return
        ours, theirs = f"a{number}", f"b{number}"
        yield Step(
            case.what,
            (Make(ours, fresh.here, told(fresh.fields)),),
            (
                Appears(theirs, ours, fresh.there, fresh.by),
                Shows(theirs, (Field(leg.target.spot, leg.target.kept(case.value)),)),
            ),
        )


def _leak(leg: Leg, first: Case, others: list[Case]) -> Iterator[Step]:
    """The row is one-way: what is edited at its target does not come back."""
    target, source = leg.target, leg.source
    closed = target.declared is not None and (target.declared.read_only or target.declared.create_only)
    if closed or target.mapping.entity.operation("update") is None or target.fallback_of is not None:
        return
    edited = next((case for case in others if target.kept(case.value) != target.kept(first.value)), None)
    if edited is None:
        return
    stays = Shows("a", (Field(source.spot, source.kept(first.value)),))
    held = first if leg.enforced else edited
    yield Step(
        "edited where it does not come from",
        (Edit("b", (Field(target.spot, target.raw(edited.value)),)),),
        (stays, Shows("b", (Field(target.spot, target.kept(held.value)),))),
    )
