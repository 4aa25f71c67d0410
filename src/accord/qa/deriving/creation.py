"""The lines of creation: what makes a record at the other end, and what does not (W6, S2, L9)."""

from collections.abc import Iterator
from dataclasses import replace

from accord.qa.checklist import Appears, Direction, IdOf, Line, Make, Script, StaysAway, Step
from accord.qa.deriving.conditions import NoProbe
from accord.qa.deriving.ends import Fields
from accord.qa.deriving.maker import Maker
from accord.qa.deriving.probes import candidates, known_by, told, wished
from accord.qa.deriving.rules import creates
from accord.qa.deriving.ways import Leg, Pair

__all__ = ["creation_lines"]


def creation_lines(pair: Pair, maker: Maker) -> Iterator[Line]:
    """When a record of one end makes one at the other, both ways."""
    for forward in (True, False):
        rule = creates(pair, forward=forward)
        scripts: tuple[Script, ...] = ()
        why = rule.why or _unclear(pair, rule.rule, forward=forward)
        if not why:
            try:
                kinds = {"never": _never, "connected": _connected}
                scripts = tuple(kinds.get(rule.rule, _always)(pair, maker, forward=forward))
            except NoProbe as unmade:
                why = str(unmade)
        direction: Direction = "forward" if forward else "backward"
        yield Line(
            document=pair.document,
            pair=pair.label,
            row="creation",
            kind="creation",
            direction=direction,
            scripts=scripts,
            why_not="" if scripts else why,
        )


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
    """With every row that carries the mark at once, then with each of them alone; and then what does not fit."""
    legs = maker.carriers(pair, maker.next(), forward=forward)
    choices = [tuple(legs), *((leg,) for leg in legs)] if len(legs) > 1 else [tuple(legs)]
    for some in choices:
        opening = maker.made(pair, forward=forward, legs=some)
        unfit = _unfit(pair, maker, some, forward=forward) if opening.by else ()
        yield opening.script(*unfit)


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
    here, there = pair.sides(forward=forward)
    pullers = list(maker.pullers(pair, forward=forward))
    if not pullers:
        raise NoProbe(f"no row is known to refer to {here.key} in a record that is created at the other end")
    for other, leg in pullers:
        alone = maker.made(
            pair, forward=forward, legs=tuple(maker.carriers(pair, maker.next(), forward=forward))
        )
        if not alone.by:
            continue
        make = next(act for act in alone.steps[-1].acts if isinstance(act, Make))
        waits = Step("nothing refers to it", (make,), (StaysAway("a", there.key, alone.by),))
        way = leg.direction == "forward"
        puller = maker.made(
            other,
            forward=way,
            legs=tuple(maker.carriers(other, maker.next(), forward=way)),
            extra={leg.source.spots[0]: IdOf("a")},
        )
        if not puller.by:
            continue
        made = next(act for act in puller.steps[-1].acts if isinstance(act, Make))
        pulled = Step(
            "something refers to it",
            (replace(made, role="puller"),),
            (
                Appears("pulled", "puller", other.sides(forward=way)[1].key, puller.by),
                Appears("b", "a", there.key, alone.by),
            ),
        )
        yield Script((*alone.steps[:-1], waits, *puller.steps[:-1], pulled))
