"""The lines of whole records: when they are created, what a delete means, and that nothing moves when nobody acts."""

from collections.abc import Iterator

from accord.core.model import DeletePolicy
from accord.qa.checklist import (
    Appears,
    Expect,
    Field,
    Gone,
    Line,
    Lives,
    Make,
    Remove,
    Script,
    Shows,
    Spot,
    Step,
    Still,
)
from accord.qa.deriving.numbering import Numbering
from accord.qa.deriving.openings import Opening, carriers, creates, made, openings
from accord.qa.deriving.probes import NoProbe
from accord.qa.deriving.ways import Pair, Side

__all__ = ["creation_lines", "delete_lines", "idle_lines"]


def creation_lines(pair: Pair, numbering: Numbering) -> Iterator[Line]:
    """When a record of one end makes one at the other, both ways."""
    for forward in (True, False):
        rule = creates(pair, forward=forward)
        scripts: tuple[Script, ...] = ()
        why = rule.why
        if rule.rule in ("always", "condition"):
            try:
                scripts = tuple(_creations(pair, numbering, forward=forward))
            except NoProbe as told:
                why = str(told)
        else:
            why = why or "not derived yet"
        yield _line(pair, "creation", "creation", scripts, why, forward=forward)


def _creations(pair: Pair, numbering: Numbering, *, forward: bool) -> Iterator[Script]:
    """With every row that carries the mark at once, then with each of them alone."""
    number = numbering.next()
    legs = carriers(pair, number, forward=forward)
    for some in dict.fromkeys([tuple(legs), *((leg,) for leg in legs)]):
        opening = made(pair, numbering, forward=forward, legs=some)
        yield Script((opening.step,), alone=opening.alone)


def delete_lines(pair: Pair, numbering: Numbering) -> Iterator[Line]:
    """What a delete at one end means at the other (W8)."""
    policy = pair.concept.spec.delete
    for forward in (True, False):
        here, there = (pair.source, pair.target) if forward else (pair.target, pair.source)
        why = _undeletable(here, there, policy)
        scripts: tuple[Script, ...] = ()
        if not why:
            scripts, why = _beginning(pair, numbering, forward=forward)
            scripts = tuple(
                Script((*script.steps, _delete(script, here, there, policy)), alone=script.alone)
                for script in scripts
            )
        yield _line(pair, "delete", "delete", scripts, why, forward=forward)


def _undeletable(here: Side, there: Side, policy: DeletePolicy) -> str:
    if here.mapping.entity.operation("delete") is None:
        return f"records of {here.mapping.spec.entity_type} can not be deleted through the API"
    if policy == "propagate" and there.mapping.entity.operation("delete") is None:
        return f"records of {there.mapping.spec.entity_type} can not be deleted through the API"
    return ""


def _beginning(pair: Pair, numbering: Numbering, *, forward: bool) -> tuple[tuple[Script, ...], str]:
    """Scripts that make a linked pair of probes: "a" at the end where the line begins, "b" at the other."""
    whys = []
    for way in (forward, not forward):
        rule = creates(pair, forward=way)
        if rule.rule in ("always", "condition"):
            try:
                found = list(openings(pair, numbering, forward=way))
            except NoProbe as unmade:
                whys.append(str(unmade))
                continue
            return tuple(_turned(each, is_turned=way != forward) for each in found), ""
        whys.append(rule.why)
    told = "; ".join(dict.fromkeys(why for why in whys if why))
    return (), told or "no record of either end is created at the other, so that nothing is linked"


def _turned(opening: Opening, *, is_turned: bool) -> Script:
    step = opening.step
    if is_turned:
        step = Step(
            step.what,
            tuple(Make("b", each.at, each.fields) for each in step.acts if isinstance(each, Make)),
            tuple(Appears("a", "b", each.at, each.by) for each in step.expects if isinstance(each, Appears)),
        )
    return Script((step,), alone=opening.alone)


def _delete(script: Script, here: Side, there: Side, policy: DeletePolicy) -> Step:
    appears = next(each for each in script.steps[0].expects if isinstance(each, Appears))
    expects: list[Expect] = [Gone("b")] if policy == "propagate" else [Lives("b")]
    archive = there.mapping.entity.archive
    if policy == "archive" and archive is not None:
        expects.append(Shows("b", (Field(Spot(archive.property), archive.value),)))
    if policy == "recreate":
        expects.append(Appears("again", "b", here.key, appears.by))
    else:
        expects.append(Gone("a"))
    return Step("deleted", (Remove("a"),), tuple(expects))


def idle_lines(pair: Pair, numbering: Numbering) -> Iterator[Line]:
    """A cycle in which nobody acts changes nothing (W10)."""
    scripts, why = _beginning(pair, numbering, forward=True)
    if not scripts:
        scripts, why = _beginning(pair, numbering, forward=False)
    still = Step("nobody acts", (), (Still("a"), Still("b")))
    yield Line(
        document=pair.document,
        pair=pair.label,
        row="idle",
        kind="idle",
        direction="both",
        scripts=tuple(Script((*script.steps, still), alone=script.alone) for script in scripts),
        why_not=why if not scripts else "",
    )


def _line(pair: Pair, row: str, kind: str, scripts: tuple[Script, ...], why: str, *, forward: bool) -> Line:
    return Line(
        document=pair.document,
        pair=pair.label,
        row=row,
        kind="creation" if kind == "creation" else "delete",
        direction="forward" if forward else "backward",
        scripts=scripts,
        why_not="" if scripts else why,
    )
