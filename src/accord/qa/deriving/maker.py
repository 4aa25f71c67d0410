"""Makes probes: how a script begins, with a linked pair of them, "a" and "b".

A person makes one and the flow the other; or people make both, and a match alternative joins them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from accord.project import Project
from accord.qa.checklist import Appears, Expect, IdOf, Make, Script, Spot, Step
from accord.qa.deriving.conditions import NoProbe
from accord.qa.deriving.ends import Fields, meet_at
from accord.qa.deriving.matched import alternatives, equal_fields
from accord.qa.deriving.numbering import Number, Numbering
from accord.qa.deriving.probes import (
    demanded,
    first_of,
    known_by,
    marked,
    property_alone,
    refuse_weak_rules,
    told,
    wished,
)
from accord.qa.deriving.rules import EMPTY, creates, off
from accord.qa.deriving.ways import Leg, Pair

__all__ = ["UNREFERRED", "Maker", "Opening"]

UNREFERRED = "nothing refers to it yet"
_MOST = 3
"""So many rows are tried, one after the other, to carry the mark of a probe."""
_DEEP = 3
"""A record refers to one that refers to one: so far is followed."""


@dataclass(frozen=True, slots=True, eq=False)
class Opening:
    """Steps that make a linked pair, of which the last one makes the pair itself. `fields` are what "a" was given.

    `by` are the literals that tell the counterpart; `way` says how they came to be linked.
    """

    number: Number
    steps: tuple[Step, ...]
    fields: Fields
    by: tuple[Any, ...]
    way: Literal["there", "here", "joined"]
    leans_on: tuple[str, ...] = ()
    is_pulled: bool = False
    """It is there because something refers to it."""

    def script(self, *more: Step, shows: tuple[Expect, ...] = (), leans_on: Sequence[str] = ()) -> Script:
        """The script that begins so and goes on; `shows` is expected at once."""
        last = self.steps[-1]
        last = replace(last, expects=(*last.expects, *shows))
        lines = dict.fromkeys((*self.leans_on, *leans_on))
        alone = self.way != "joined" and not self.by
        return Script((*self.steps[:-1], last, *more), alone=alone, leans_on=tuple(lines))


class Maker:
    """Makes the probes of a project."""

    def __init__(self, project: Project, pairs: Sequence[Pair], numbering: Numbering) -> None:
        self._project, self._pairs, self._numbering = project, pairs, numbering

    def next(self) -> Number:
        """A number that no probe has yet."""
        return self._numbering.next()

    def openings(
        self, pair: Pair, *, forward: bool, legs: tuple[Leg, ...] = (), depth: int = 0
    ) -> list[Opening]:
        """Ways to make a linked pair whose "a" is where a direction begins, best first. Raises NoProbe.

        `legs` are rows whose typical values "a" is given, where it is the one that a person makes.
        """
        found: list[Opening] = []
        whys: list[str] = []
        for way in (forward, not forward):
            rule = creates(pair, forward=way)
            if rule.rule == "never":
                whys.append(rule.why)
                continue
            kind = self.pulled if rule.rule == "connected" else self._made
            try:
                made = kind(pair, forward=way, legs=legs if way == forward else (), depth=depth)
                found += made if way == forward else map(_turned, made)
            except NoProbe as why:
                whys.append(str(why))
        try:
            found += self._joined(pair, forward=forward)
        except NoProbe as why:
            whys.append(str(why))
        if not found:
            told_why = "; ".join(dict.fromkeys(filter(None, whys)))
            raise NoProbe(
                told_why
                or ("" if pair.ways else EMPTY)
                or "no record of either end is created at the other, and no match alternative joins them"
            )
        return found

    def made(
        self,
        pair: Pair,
        *,
        forward: bool,
        legs: tuple[Leg, ...] = (),
        extra: Fields | None = None,
        depth: int = 0,
    ) -> Opening:
        """A probe with a value in each of some rows, whose counterpart appears. Raises NoProbe."""
        here, there = pair.sides(forward=forward)
        number = self.next()
        steps, fields, leans_on = self._referring(pair, legs, forward=forward, depth=depth)
        for leg in legs:
            if leg.is_own_id:
                fields |= dict.fromkeys(leg.source.empty)
            elif not leg.is_reference:
                fields |= leg.source.entered(first_of(leg, number))
        fields |= extra or {}
        for asked, raws in wished(pair, number, forward=forward):
            if not asked.is_met(fields.get(asked.spot)):
                fields[asked.spot] = asked.met(raws)
        fields = demanded(pair, number, fields, forward=forward)
        refuse_weak_rules(pair, fields, source=forward)
        by = known_by(pair, fields, number, forward=forward)
        step = Step("created", (Make("a", here.key, told(fields)),), (Appears("b", "a", there.key, by),))
        return Opening(number, (*steps, step), fields, by, "there", leans_on)

    def carriers(self, pair: Pair, number: Number, *, forward: bool) -> list[Leg]:
        """Rows that together carry the mark to the other end, not more than are worth trying."""
        found: list[Leg] = []
        for leg in self._marked(pair, number, forward=forward):
            if len(found) < _MOST and not any(leg.meets(other) for other in found):
                found.append(leg)
        return found

    def _marked(self, pair: Pair, number: Number, *, forward: bool) -> Iterator[Leg]:
        """Rows that carry the mark to the other end."""
        for leg in pair.legs(forward=forward):
            if not leg.source.is_fallback and leg.is_marked(number):
                yield leg

    def counters(self, pair: Pair, number: Number, *, forward: bool) -> list[Leg]:
        """Rows that bear no mark to the other end, and yet a value that no other probe has."""
        legs = (leg for leg in pair.legs(forward=forward) if not leg.source.is_fallback)
        return [leg for leg in legs if leg.is_counted and leg.cases(number)][:_MOST]

    def referred(self, leg: Leg, role: str, depth: int = 0) -> tuple[tuple[Step, ...], tuple[str, ...]]:
        """Steps that make the record that a row refers to, in this role, and its counterpart; lines they lean on."""
        ours, theirs = leg.source.row.references, leg.target.row.references
        if not ours or not theirs:
            return tuple(self._referred_by_id(leg, role)), ()
        found = next((each for each in self._between(ours, theirs)), None)
        if found is None or depth >= _DEEP:
            raise NoProbe(f"{leg.source.place} refers to {ours}, and no pair ties that to {theirs}")
        pair, forward = found
        opening = min(self.openings(pair, forward=forward, depth=depth + 1), key=lambda each: each.is_pulled)
        line = pair.line_id("creation", "forward" if forward == (opening.way == "there") else "backward")
        lines = opening.leans_on if opening.way == "joined" else (*opening.leans_on, line)
        return _renamed(opening.steps, role), lines

    def pulled(
        self, pair: Pair, *, forward: bool, legs: tuple[Leg, ...] = (), depth: int = 0
    ) -> Iterator[Opening]:
        """A probe that is made again at the other end because a record refers to it (W6). Raises NoProbe."""
        here, there = pair.sides(forward=forward)
        pullers = list(self._pullers(pair, forward=forward))
        if not pullers:
            raise NoProbe(
                f"no row is known to refer to {here.key} in a record that is created at the other end"
            )
        if depth >= _DEEP:
            raise NoProbe(f"{here.key} is referred to by records that refer to it")
        for other, leg in pullers:
            way = leg.direction == "forward"
            marking = self.carriers(pair, self.next(), forward=forward)
            alone = self.made(
                pair,
                forward=forward,
                legs=(*legs, *(m for m in marking if not any(m.meets(leg) for leg in legs))),
                depth=depth + 1,
            )
            pulling = tuple(self.carriers(other, self.next(), forward=way))
            to_a = {leg.source.spots[0]: IdOf("a")}
            puller = self.made(other, forward=way, legs=pulling, extra=to_a, depth=depth + 1)
            if not alone.by or not puller.by:
                continue
            made = next(act for act in puller.steps[-1].acts if isinstance(act, Make))
            step = Step(
                "created",
                (replace(made, role="puller"),),
                (
                    Appears("pulled", "puller", other.sides(forward=way)[1].key, puller.by),
                    Appears("b", "a", there.key, alone.by),
                ),
            )
            first = Step(UNREFERRED, alone.steps[-1].acts, ())
            lines = (other.line_id("creation", leg.direction), *alone.leans_on, *puller.leans_on)
            steps = (*alone.steps[:-1], first, *puller.steps[:-1], step)
            yield Opening(alone.number, steps, alone.fields, alone.by, "there", lines, is_pulled=True)

    def _pullers(self, pair: Pair, *, forward: bool) -> Iterator[tuple[Pair, Leg]]:
        """Rows that refer to one end, of pairs whose records are created at the other by themselves (W6)."""
        here, there = pair.sides(forward=forward)
        pulled_by = there.running.pulled_by if there.running is not None else ()
        system = there.mapping.spec.system
        for other in self._pairs if pulled_by else ():
            if other.concept.spec.name not in pulled_by:
                continue
            for way in (True, False):
                if other.sides(forward=way)[1].mapping.spec.system != system:
                    continue
                if creates(other, forward=way).rule in ("always", "condition"):
                    legs = other.legs(forward=way)
                    yield from ((other, leg) for leg in legs if leg.source.row.references == here.key)

    def _made(self, pair: Pair, *, forward: bool, legs: tuple[Leg, ...], depth: int) -> Iterator[Opening]:
        """By what the probe holds anyway, if that makes it known again; else with one row more."""
        plain = self.made(pair, forward=forward, legs=legs, depth=depth)
        others = self._beside(self._marked(pair, plain.number, forward=forward), plain)[:_MOST]
        if plain.number.token in plain.by or not others:
            yield plain
        if not others and not plain.by:
            others = self._beside(self.counters(pair, plain.number, forward=forward), plain)
        for leg in others:
            yield self.made(pair, forward=forward, legs=(*legs, leg), depth=depth)

    @staticmethod
    def _beside(legs: Iterable[Leg], opening: Opening) -> list[Leg]:
        """Those that stand apart from what a probe holds anyway."""
        return [leg for leg in legs if not any(meet_at(leg.source.spots[0], spot) for spot in opening.fields)]

    def _joined(self, pair: Pair, *, forward: bool) -> Iterator[Opening]:
        """People make both, equal in what a match alternative compares."""
        if why := off(*pair.sides(forward=forward)):
            raise NoProbe(why)
        for index, rule in alternatives(pair)[:_MOST]:
            number = self.next()
            fields: list[Fields] = []
            for role_forward, other in ((forward, "b"), (not forward, "a")):
                equal = equal_fields(pair, rule, number, source=role_forward, other=other)
                held = demanded(pair, number, equal, forward=role_forward, alone=True)
                fields.append(
                    marked(pair.sides(forward=role_forward)[0], held, number, pair.legs(forward=role_forward))
                )
            here, there = pair.sides(forward=forward)
            acts = (Make("a", here.key, told(fields[0])), Make("b", there.key, told(fields[1])))
            line = pair.line_id(f"match {index}", "both")
            yield Opening(number, (Step("made at both ends", acts, ()),), fields[0], (), "joined", (line,))

    def _referring(
        self, pair: Pair, legs: tuple[Leg, ...], *, forward: bool, depth: int
    ) -> tuple[tuple[Step, ...], Fields, tuple[str, ...]]:
        """What has to be there before a record that refers to it, and the references."""
        here = pair.sides(forward=forward)[0]
        steps: list[Step] = []
        fields: Fields = {}
        lines: list[str] = []
        for leg in pair.legs(forward=forward):
            if leg.is_reference and (leg in legs or leg.target.is_required or leg.source.is_required):
                role = f"referred {len(fields) + 1}"
                more, leans_on = self.referred(leg, role, depth)
                steps += more
                lines += leans_on
                fields[leg.source.spots[0]] = IdOf(role)
        for path, declared in here.mapping.entity.properties.items():
            if declared.reference and declared.required and Spot(path) not in fields:
                role = f"referred {len(fields) + 1}"
                steps += self._alone(here.mapping.spec.system, declared.reference, role, 0)
                fields[Spot(path)] = IdOf(role)
        return tuple(steps), fields, tuple(lines)

    def _referred_by_id(self, leg: Leg, role: str) -> Iterator[Step]:
        """The id is copied as text: the record is of the end that declares what it refers to."""
        for end in (leg.source, leg.target):
            if end.declared is not None and end.declared.reference:
                yield from self._alone(end.mapping.spec.system, end.declared.reference, role, 0)
                return
        raise NoProbe(f"no manifest says what {leg.source.place} refers to")

    def _alone(self, system: str, type_name: str, role: str, depth: int) -> Iterator[Step]:
        """A record of a type for others to refer to. Raises NoProbe."""
        entity = self._project.manifests[system].types[type_name]
        if entity.operation("create") is None:
            raise NoProbe(f"{system}.{type_name}, which is referred to, can not be created through the API")
        if depth >= _DEEP:
            raise NoProbe(f"{system}.{type_name} refers to records that refer to it")
        number = self.next()
        fields: Fields = {}
        for path, declared in entity.properties.items():
            marks = declared.type == "string" and not (declared.enum or declared.reference or fields)
            if declared.read_only or not (declared.required or marks):
                continue
            if declared.reference:
                yield from self._alone(system, declared.reference, f"{role} in turn", depth + 1)
                fields[Spot(path)] = IdOf(f"{role} in turn")
            else:
                fields[Spot(path)] = property_alone(declared, number)
        yield Step("a record to refer to", (Make(role, f"{system}.{type_name}", told(fields)),), ())

    def _between(self, one: str, other: str) -> Iterator[tuple[Pair, bool]]:
        for pair in self._pairs:
            if (pair.source.key, pair.target.key) == (one, other):
                yield pair, True
            elif (pair.source.key, pair.target.key) == (other, one):
                yield pair, False


def _turned(opening: Opening) -> Opening:
    """The opening with its roles changed: "a" is the one that the flow made."""
    return replace(
        opening,
        steps=tuple(_with_roles(step, {"a": "b", "b": "a"}) for step in opening.steps),
        fields={},
        way="here",
    )


def _renamed(steps: Sequence[Step], role: str) -> tuple[Step, ...]:
    """The steps with "a" called by a role, and all others after it."""
    made = {act.role for step in steps for act in step.acts if isinstance(act, Make)}
    seen = {each.role for step in steps for each in step.expects if isinstance(each, Appears)}
    roles = {each: f"{role}: {each}" for each in made | seen} | {"a": role, "b": f"{role} there"}
    return tuple(_with_roles(step, roles) for step in steps)


def _with_roles(step: Step, roles: dict[str, str]) -> Step:
    """The step with other roles, also in what refers to them."""

    def name(role: str) -> str:
        return roles.get(role, role)

    acts = tuple(
        Make(name(act.role), act.at, tuple(replace(f, value=_with_role(f.value, roles)) for f in act.fields))
        for act in step.acts
        if isinstance(act, Make)
    )
    expects = tuple(
        Appears(name(each.role), name(each.of), each.at, each.by)
        for each in step.expects
        if isinstance(each, Appears)
    )
    return Step(step.what, acts, expects)


def _with_role(value: Any, roles: dict[str, str]) -> Any:
    return IdOf(roles.get(value.role, value.role)) if isinstance(value, IdOf) else value
