"""The line of edits on both sides: of two properties both survive, of one property one (M1, M2)."""

from collections.abc import Iterator

from accord.qa.checklist import Agree, Edit, Line, Script, Shows, Step
from accord.qa.deriving.conditions import NoProbe
from accord.qa.deriving.ends import meet_at
from accord.qa.deriving.maker import Maker
from accord.qa.deriving.matches import tellers
from accord.qa.deriving.numbering import Number
from accord.qa.deriving.probes import told
from accord.qa.deriving.rows import meets
from accord.qa.deriving.rules import EMPTY, off
from accord.qa.deriving.values import Case
from accord.qa.deriving.ways import Leg, Pair

__all__ = ["conflict_lines"]


def conflict_lines(pair: Pair, maker: Maker) -> Iterator[Line]:
    """People edit the two linked records at the same time."""
    forth, back = tellers(pair, forward=True), tellers(pair, forward=False)
    why = ""
    if not forth or not back:
        why = off(pair.source, pair.target) or ("" if pair.ways else EMPTY)
        why = why or ("nothing flows back" if forth else "nothing flows forward")
    yield pair.line("edit on both sides", "conflict", "both", _scripts(pair, maker, forth, back), why)


def _scripts(pair: Pair, maker: Maker, forth: list[Leg], back: list[Leg]) -> Iterator[Script]:
    """One for each way in which the pair of probes comes to be. Raises NoProbe."""
    found = False
    for opening in maker.openings(pair, forward=True):
        number = opening.number
        ours, theirs = ([leg for leg in legs if not meets(pair, leg, opening)] for legs in (forth, back))
        two = _two(
            pair, [leg for leg in ours if _told(leg, number)], [leg for leg in theirs if _told(leg, number)]
        )
        one = _one(ours, theirs, number)
        steps, lines = list[Step](), list[str]()
        if two is not None:
            steps.append(_apart(*two, number))
            lines += [pair.line_id(two[0].label, "forward"), pair.line_id(two[1].label, "backward")]
        if one is not None:
            if two is None or one is not two[0]:
                steps.append(_filled(one, number))
            steps.append(_same(pair, one, number))
            lines += [pair.line_id(one.label, "forward"), pair.line_id(one.label, "backward")]
        if steps:
            found = True
            yield opening.script(*steps, leans_on=lines)
    if not found:
        raise NoProbe("no row can hold two values to tell apart")


def _apart(forth: Leg, back: Leg, number: Number) -> Step:
    """Each side edits another property, and both edits stand at both ends."""
    ours, theirs = _told(forth, number)[0], _told(back, number)[0]
    acts = (Edit("a", told(forth.source.entered(ours))), Edit("b", told(back.source.entered(theirs))))
    at_a = {**forth.source.kept(ours), **back.target.shown(back.source.told(theirs))}
    at_b = {**back.source.kept(theirs), **forth.target.shown(forth.source.told(ours))}
    return Step("two properties", acts, (Shows("a", told(at_a)), Shows("b", told(at_b))))


def _told(leg: Leg, number: Number) -> list[Case]:
    """Values of its own that a linked record is edited to."""
    cases = [case for case in leg.cases(number) if not case.odd]
    return cases[1:3] if len(cases) > 2 else cases


def _further(leg: Leg, number: Number) -> list[Case]:
    """Values that it does not have by then."""
    had = {str(case.value) for case in _told(leg, number)[:1]}
    return [case for case in leg.cases(number)[1:] if not case.odd and str(case.value) not in had]


def _two(pair: Pair, forth: list[Leg], back: list[Leg]) -> tuple[Leg, Leg] | None:
    """A row forward and another one backward, that are not of one group."""
    for one in forth:
        for other in back:
            names = {one.name, other.name}
            if (
                len(names) == 2
                and not _meet(one, other)
                and not any(names <= set(group) for group in pair.concept.spec.groups)
            ):
                return one, other
    return None


def _meet(forth: Leg, back: Leg) -> bool:
    ends = ((forth.source, back.target), (forth.target, back.source))
    return any(meet_at(a, b) for one, other in ends for a in one.spots for b in other.spots)


def _one(forth: list[Leg], back: list[Leg], number: Number) -> Leg | None:
    """A row that flows both ways, of which one side's value stands as a whole."""
    labels = {leg.label for leg in back}
    fitting = [leg for leg in forth if leg.label in labels and len(_further(leg, number)) > 1]
    return next((leg for leg in fitting if leg.domain is not None and leg.domain.kind != "set"), None)


def _filled(leg: Leg, number: Number) -> Step:
    """The property has a value that both agree on: first values that differ are another matter (M6)."""
    case = _told(leg, number)[0]
    shows = Shows("b", told(leg.target.shown(leg.source.told(case))))
    return Step("filled", (Edit("a", told(leg.source.entered(case))),), (shows,))


def _same(pair: Pair, leg: Leg, number: Number) -> Step:
    """Both edit one property: one of the two values stands at both ends, or each its own where a person is asked."""
    ours, theirs = _further(leg, number)[:2]
    outcomes = [
        (told(leg.source.kept(ours))[0], told(leg.target.shown(leg.source.told(ours)))[0]),
        (told(leg.source.shown(leg.target.told(theirs)))[0], told(leg.target.kept(theirs))[0]),
    ]
    spec = pair.concept.spec
    prop = next(each for each in spec.properties if each.name == leg.name)
    if (prop.survivorship or spec.survivorship) == "ask":
        outcomes = [(outcomes[0][0], outcomes[1][1])]
    return Step(
        "one property",
        (Edit("a", told(leg.source.entered(ours))), Edit("b", told(leg.target.entered(theirs)))),
        (Agree(("a", "b"), tuple(outcomes)),),
    )
