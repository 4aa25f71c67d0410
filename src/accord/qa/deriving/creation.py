"""The lines of creation: what makes a record at the other end, and what does not (W6, S2, L9)."""

from collections.abc import Iterator
from dataclasses import replace

from accord.qa.checklist import Appears, Line, Make, Script, Shows, Spot, StaysAway, Step
from accord.qa.deriving.conditions import NoProbe
from accord.qa.deriving.ends import Fields
from accord.qa.deriving.maker import UNREFERRED, Maker, Opening
from accord.qa.deriving.probes import candidates, known_by, told, wished
from accord.qa.deriving.rules import creates
from accord.qa.deriving.ways import Leg, Pair

__all__ = ["creation_lines"]


def creation_lines(pair: Pair, maker: Maker) -> Iterator[Line]:
    """When a record of one end makes one at the other, both ways."""
    for forward in (True, False):
        rule = creates(pair, forward=forward)
        why = rule.why or _unclear(pair, rule.rule, forward=forward)
        make = {"never": _never, "connected": _connected}.get(rule.rule, _always)
        scripts = make(pair, maker, forward=forward)
        yield pair.line("creation", "creation", "forward" if forward else "backward", scripts, why)


def _unclear(pair: Pair, rule: str, *, forward: bool) -> str:
    """Where the pair says something else than what is done in sum."""
    said = pair.forward if forward else pair.backward
    there = pair.sides(forward=forward)[1]
    if rule == "never" and said.rule == "condition":
        return f"the condition on creating in {there.key} is not written yet"
    if rule in ("always", "condition") and said.rule == "linked" and not said.connected:
        return f"another pair creates records in {there.key}"
    return ""


def _always(pair: Pair, maker: Maker, *, forward: bool) -> Iterator[Script]:
    """By as little as a record may hold, and then what does not fit.

    Where that bears no mark, or does not arrive, two more that differ in the one row that carries it: a wrong row is
    not to blame, and what is demanded without being so told is not met by both. Where no row carries a mark, one that
    counts does, should other pairs make records of the same one.
    """
    there = pair.sides(forward=forward)[1]
    constants = {Spot(path): value for path, value in there.mapping.spec.constants.items()}
    shows = (Shows("b", told(constants)),) if constants else ()
    plain = maker.made(pair, forward=forward)
    legs = maker.carriers(pair, plain.number, forward=forward)
    others: list[tuple[Leg, ...]] = [(leg,) for leg in legs if leg.source.spots[0] not in plain.fields]
    choices: list[list[tuple[Leg, ...]]] = [[()]] if plain.number.token in plain.by or not others else []
    two: list[list[tuple[Leg, ...]]] = [
        [one, other] for at, one in enumerate(others) for other in others[at + 1 :]
    ]
    if not others and not plain.by:
        choices += [[(leg,)] for leg in maker.counters(pair, plain.number, forward=forward)]
    choices += two if len(two) > 1 or (two and choices) else [[some] for some in others]
    for choice in choices:
        first, *further = [maker.made(pair, forward=forward, legs=some) for some in choice]
        steps = [step for each in further for step in _beside(each)]
        unfit = _unfit(pair, maker, choice[0], forward=forward) if first.by else ()
        yield first.script(*steps, *unfit, shows=shows)


def _beside(opening: Opening) -> Iterator[Step]:
    """Another probe that is made in the same script."""
    *before, last = opening.steps
    yield from before
    makes = tuple(replace(act, role="further") for act in last.acts if isinstance(act, Make))
    appears = (each for each in last.expects if isinstance(each, Appears))
    yield replace(
        last, acts=makes, expects=tuple(replace(each, role="further there", of="further") for each in appears)
    )


def _unfit(pair: Pair, maker: Maker, legs: tuple[Leg, ...], *, forward: bool) -> Iterator[Step]:
    """For each condition a probe that fits all but that one stays away."""
    here, there = pair.sides(forward=forward)
    number = maker.next()
    asked = [(each, list(candidates(here, each.spot, legs, number))) for each in here.asked()]
    for index, (each, raws) in enumerate([*asked, *wished(pair, number, forward=forward)], start=2):
        if each.of_facet and _has_other_facets(pair, forward=forward):
            continue
        try:
            extra: Fields = {each.spot: each.unmet(raws)}
        except NoProbe:
            continue
        # made by the rules of a probe that fits, and then without this one condition
        opening = maker.made(pair, forward=forward, legs=legs)
        fields = {**opening.fields, **extra}
        number_by = known_by(pair, fields, opening.number, forward=forward)
        if not number_by:
            continue
        role = f"unfit {index}"
        yield from opening.steps[:-1]
        yield Step(
            f"does not fit: {each.spot.path}",
            (Make(role, here.key, told(fields)),),
            (StaysAway(role, there.key, number_by),),
        )


def _has_other_facets(pair: Pair, *, forward: bool) -> bool:
    """Whether another facet of the record may well make something at the other end."""
    here, there = pair.sides(forward=forward)
    return bool(here.mapping.spec.facet) and bool(there.mapping.spec.facet)


def _never(pair: Pair, maker: Maker, *, forward: bool) -> Iterator[Script]:
    """Nothing is made at the other end."""
    here, there = pair.sides(forward=forward)
    legs = tuple(maker.carriers(pair, maker.next(), forward=forward))
    opening = maker.made(pair, forward=forward, legs=legs)
    by = opening.by or (opening.number.token,)
    make = next(act for act in opening.steps[-1].acts if isinstance(act, Make))
    step = Step("made", (replace(make, at=here.key),), (StaysAway("a", there.key, by),))
    yield Script((*opening.steps[:-1], step))


def _connected(pair: Pair, maker: Maker, *, forward: bool) -> Iterator[Script]:
    """A record is made at the other end as soon as one refers to it that is synchronised there, and no sooner."""
    there = pair.sides(forward=forward)[1]
    for opening in maker.pulled(pair, forward=forward):
        script = opening.script()
        waits = StaysAway("a", there.key, opening.by)
        steps = [
            replace(each, expects=(waits,)) if each.what == UNREFERRED else each for each in script.steps
        ]
        yield replace(script, steps=tuple(steps))
