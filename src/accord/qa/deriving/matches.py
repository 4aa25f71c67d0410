"""The lines of match alternatives: what is joined, what just is not, and whose values stand then (L2, L3, M6)."""

from collections.abc import Iterator

from accord.project.specs import RuleSpec, lens_name
from accord.qa.checklist import Agree, Edit, Expect, Field, Line, Make, Script, Shows, Spot, StaysAway, Step
from accord.qa.deriving.conditions import NoProbe
from accord.qa.deriving.ends import Fields, meet_at
from accord.qa.deriving.maker import Maker
from accord.qa.deriving.matched import alternatives, compared, equal_fields, parts_of
from accord.qa.deriving.numbering import Number
from accord.qa.deriving.probes import WEAK, demanded, known_by, marked, refuse_weak_rules, told
from accord.qa.deriving.rules import creates, off
from accord.qa.deriving.values import Case
from accord.qa.deriving.ways import Leg, Pair

__all__ = ["match_lines", "tellers"]

_MOST = 4


def match_lines(pair: Pair, maker: Maker) -> Iterator[Line]:
    """Each alternative: two records that are made at both ends are joined, two that just differ are not."""
    for index, rule in alternatives(pair):
        scripts: tuple[Script, ...] = ()
        why = off(pair.source, pair.target) and off(pair.target, pair.source)
        if not why:
            try:
                scripts = (_Alternative(pair, rule, maker).script(),)
            except NoProbe as unmade:
                why = str(unmade)
        yield _line(pair, f"match {index}", scripts, why)
    if pair.rules:
        scripts, why = _first_link(pair, maker)
        yield _line(pair, "first link", scripts, why)


def tellers(pair: Pair, *, forward: bool, without: frozenset[str] = frozenset()) -> list[Leg]:
    """Rows whose edits tell that two records are linked."""
    found = []
    for leg in pair.legs(forward=forward):
        edited = not (leg.source.only_created or leg.target.only_created or leg.target.row.spec.update_only)
        if edited and not leg.is_reference and not leg.source.is_fallback and leg.name not in without:
            found.append(leg)
    return found


class _Alternative:
    """The script of one alternative."""

    def __init__(self, pair: Pair, rule: RuleSpec, maker: Maker) -> None:
        self._pair, self._rule, self._maker = pair, rule, maker
        self._number = maker.next()
        self._ours, self._theirs = maker.next(), maker.next()
        names = frozenset(name for name, _ in (*parts_of(rule), *rule.vetoes))
        self._forward, self._legs = self._flowing(names)
        self._leans_on: tuple[str, ...] = ()

    def script(self) -> Script:
        """Made at both ends, an edit, and a near miss. Raises NoProbe."""
        steps = [*self._joined(), *(step for name in self._missing() for step in self._missed(name))]
        return Script(tuple(steps), leans_on=self._leans_on)

    def _alone_told(self) -> tuple[str, ...]:
        """The line of the only row that tells, unless that leans on this one."""
        rules = {creates(self._pair, forward=way).rule for way in (True, False)}
        leg = self._legs[0]
        return () if rules == {"never"} else (self._pair.line_id(leg.label, leg.direction),)

    def _flowing(self, names: frozenset[str]) -> tuple[bool, list[Leg]]:
        """The rows that tell, and their direction; those that are compared only where there are no others."""
        for without in (names, frozenset[str]()):
            for forward in (True, False):
                if off(*self._pair.sides(forward=forward)):
                    continue
                legs = tellers(self._pair, forward=forward, without=without)
                legs = [leg for leg in legs if len(leg.cases(self._ours)) > 1 and self._is_harmless(leg)]
                legs = self._apart(legs, names, equal_too=not without)
                if legs:
                    return forward, sorted(legs, key=lambda leg: not leg.is_marked(self._ours))[:_MOST]
        return True, []

    def _is_harmless(self, leg: Leg) -> bool:
        """No other rule takes probes for one another by the row's values (L3)."""
        forward = leg.direction == "forward"
        try:
            for case in _own(leg, self._ours):
                self._refuse_others(leg.source.entered(case), forward=forward)
                self._refuse_others(leg.target.shown(leg.source.told(case)), forward=not forward)
        except NoProbe:
            return False
        return True

    def _refuse_others(self, fields: Fields, *, forward: bool) -> None:
        refuse_weak_rules(self._pair, fields, source=forward, besides=self._rule)

    def _apart(self, legs: list[Leg], names: frozenset[str], *, equal_too: bool) -> list[Leg]:
        """Rows that are written neither with each other nor with what is compared (but as what is compared itself)."""
        ends = [self._pair.end(name, source=side) for name in names for side in (True, False)]
        taken = [(end.key, spot) for end in ends if end is not None for spot in end.spots]
        flowing = [
            leg
            for forward in (True, False)
            for leg in self._pair.legs(forward=forward)
            if (leg.source.key, leg.source.spots[0]) in taken
        ]
        found: list[Leg] = []
        for leg in legs:
            spots = [(end.key, spot) for end in (leg.source, leg.target) for spot in end.spots]
            meets = any(
                key == other and meet_at(spot, there) for key, spot in spots for other, there in taken
            )
            itself = equal_too and leg.name in names
            meets |= any(leg.meets(other) for other in flowing if other.label != leg.label)
            if (itself or not meets) and not any(leg.meets(other) for other in found):
                found.append(leg)
        return found

    def _joined(self) -> Iterator[Step]:
        pair, forward = self._pair, self._forward
        compared_names = {name for name, _ in parts_of(self._rule)}
        given = [leg for leg in self._legs if leg.name not in compared_names and not leg.target.is_required]
        a = self._record(self._ours, "b", forward=forward, legs=given)
        b = self._record(self._theirs, "a", forward=not forward)
        self._refuse_others(a, forward=forward)
        self._refuse_others(b, forward=not forward)
        here, there = pair.sides(forward=forward)
        acts = (Make("a", here.key, told(a)), Make("b", there.key, told(b)))
        expects: list[Expect] = []
        for role, of_forward, fields, other in (("a", forward, a, there), ("b", not forward, b, here)):
            if creates(pair, forward=of_forward).rule in ("always", "condition"):
                by = [*self._by(fields, of_forward)]
                expects += [StaysAway(role, other.key, tuple(by))] if by else []
        first = [field for leg in given for field in told(leg.target.shown(_own(leg, self._ours)[0]))]
        if len(given) > 1:
            expects.append(Shows("b", tuple(first), enough=True))
        yield Step("equal", acts, tuple(expects))
        edits, shows = list[Field](), list[Field]()
        for leg in self._legs:
            case = _own(leg, self._ours)[-1]
            edits += told(leg.source.entered(case))
            shows += told(leg.target.shown(leg.source.told(case)))
        if not shows and not expects:
            raise NoProbe("nothing would show that two records are joined: none is created, and no row flows")
        if shows:
            self._leans_on = self._alone_told() if len(self._legs) == 1 else ()
            yield Step("edited", (Edit("a", tuple(edits)),), (Shows("b", tuple(shows), enough=True),))

    def _by(self, fields: Fields, forward: bool) -> Iterator[str]:
        for number in (self._number, self._ours, self._theirs):
            yield from known_by(self._pair, fields, number, forward=forward)

    def _record(
        self,
        number: Number,
        other: str,
        *,
        forward: bool,
        legs: list[Leg] | None = None,
        equal: Fields | None = None,
    ) -> Fields:
        """A record at one end that is equal in what is compared, and otherwise its own."""
        if equal is None:
            equal = equal_fields(self._pair, self._rule, self._number, source=forward, other=other)
        for name, normaliser in self._rule.vetoes:
            try:
                end, case = compared(self._pair, name, normaliser, self._number, source=forward)
            except NoProbe:
                continue
            equal = {**end.entered(case), **equal}
        for leg in legs or []:
            equal = {**leg.source.entered(_own(leg, number)[0]), **equal}
        held = demanded(self._pair, number, equal, forward=forward, alone=True)
        names = {name for name, _ in (*parts_of(self._rule), *self._rule.vetoes)} | {
            leg.name for leg in self._legs
        }
        others = [leg for leg in self._pair.legs(forward=forward) if leg.name not in names]
        return marked(self._pair.sides(forward=forward)[0], held, number, others)

    def _missed(self, name: str) -> Iterator[Step]:
        """Two records that differ in one of what is compared, made together, stay apart."""
        compared_names = {part for part, _ in parts_of(self._rule)}
        legs = [leg for leg in self._legs if leg.name not in compared_names and not leg.target.is_required]
        legs = [leg for leg in legs if leg.target.declared is None or leg.target.declared.default is None]
        if not legs:
            return
        self._number = self._maker.next()
        ours, theirs = self._maker.next(), self._maker.next()
        normaliser = dict(parts_of(self._rule))[name]
        forward = self._forward
        try:
            c = self._record(ours, f"d {name}", forward=forward, legs=legs)
            equal = equal_fields(self._pair, self._rule, self._number, source=not forward, other=f"c {name}")
            end, case = compared(self._pair, name, normaliser, self._number, source=not forward, near=True)
            d = self._record(theirs, "", forward=not forward, equal={**equal, **end.entered(case)})
            refuse_weak_rules(self._pair, c, source=forward)
        except NoProbe:
            return
        here, there = self._pair.sides(forward=forward)
        blank = {spot: None for leg in legs for spot in leg.target.spots}
        yield Step(
            f"nearly equal: another {name}",
            (Make(f"c {name}", here.key, told(c)), Make(f"d {name}", there.key, told(d))),
            (Shows(f"d {name}", told(blank)),),
        )

    def _missing(self) -> Iterator[str]:
        """What may differ so that no rule takes the two for one."""
        parts = parts_of(self._rule)
        for name, normaliser in parts:
            called = lens_name(normaliser) if normaliser is not None else ""
            equal = {other for other, _ in parts} - {name}
            if not self._pair.concept.rules_on(equal) and not called.startswith(WEAK):
                yield name


def _own(leg: Leg, number: Number) -> list[Case]:
    """A first value and another one."""
    cases = [case for case in leg.cases(number) if not case.odd]
    own = [case for case in cases if case.own]
    return own[:2] if len(own) > 1 else cases[:2]


def _first_link(pair: Pair, maker: Maker) -> tuple[tuple[Script, ...], str]:
    """Two records that meet differ in a property: the higher priority, the later edit, or nobody decides (M6)."""
    index, rule = alternatives(pair)[0]
    names = frozenset(name for name, _ in (*parts_of(rule), *rule.vetoes))
    back = {leg.label for leg in tellers(pair, forward=False, without=names)}
    grouped = {name for group in pair.concept.spec.groups for name in group}
    legs = [
        leg
        for leg in tellers(pair, forward=True, without=names)
        if leg.label in back and leg.name not in grouped
    ]
    number = maker.next()
    leg = next((leg for leg in legs if leg.is_marked(number) and len(_own(leg, number)) > 1), None)
    if leg is None:
        return (), "no row that flows both ways can hold two values to tell apart"
    try:
        ours = _met(pair, rule, number, leg, 0, source=True)
        theirs = _met(pair, rule, number, leg, 1, source=False)
    except NoProbe as unmade:
        return (), str(unmade)
    one, other = (
        Make("a", pair.source.key, told(ours)),
        Make("b", pair.target.key, told(theirs)),
    )
    lines = (
        pair.line_id(f"match {index}", "both"),
        pair.line_id(leg.label, "forward"),
        pair.line_id(leg.label, "backward"),
    )
    step = Step("two that differ meet", (one, other), (_settled(pair, leg, number),))
    return (Script((step,), leans_on=lines),), ""


def _met(pair: Pair, rule: RuleSpec, number: Number, leg: Leg, which: int, *, source: bool) -> Fields:
    end = leg.source if source else leg.target
    other = "b" if source else "a"
    fields = {
        **equal_fields(pair, rule, number, source=source, other=other),
        **end.entered(_own(leg, number)[which]),
    }
    held = demanded(pair, number, fields, forward=source, alone=True)
    return marked(pair.sides(forward=source)[0], held, number, ())


def _settled(pair: Pair, leg: Leg, number: Number) -> Agree:
    """The outcomes of a first link.

    Where one end lags behind the other, the record that is seen first has its golden record by then, which is kept.
    """
    cases = _own(leg, number)
    shown = [(_one(leg.source.shown(case)), _one(leg.target.shown(case))) for case in cases]
    apart = (shown[0][0], shown[1][1])
    ours, theirs = pair.source.mapping, pair.target.mapping
    first_link = pair.concept.spec.first_link
    ranked = None not in (ours.priority, theirs.priority) and ours.priority != theirs.priority
    if first_link == "ask":
        return Agree(("a", "b"), (apart,))
    if first_link == "keep" and ranked and not ours.entity.lag_s and not theirs.entity.lag_s:
        return Agree(("a", "b"), (shown[0 if (ours.priority or 0) > (theirs.priority or 0) else 1],))
    if first_link == "keep" and not ranked:
        return Agree(("a", "b"), (apart,) if ours.entity.lag_s == theirs.entity.lag_s else (*shown, apart))
    return Agree(("a", "b"), tuple(shown))


def _one(fields: dict[Spot, object]) -> Field:
    return told(fields)[0]


def _line(pair: Pair, row: str, scripts: tuple[Script, ...], why: str) -> Line:
    return pair.line(row, "match", "both", scripts, why)
