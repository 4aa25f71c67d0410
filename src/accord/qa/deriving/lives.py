"""The lines of whole records: what a delete means, and that nothing moves when nobody acts."""

from collections.abc import Iterator

from accord.core.model import DeletePolicy
from accord.qa.checklist import (
    Appears,
    Expect,
    Field,
    Gone,
    Line,
    Lives,
    Remove,
    Script,
    Shows,
    Spot,
    Step,
    Still,
)
from accord.qa.deriving.conditions import NoProbe
from accord.qa.deriving.maker import Maker, Opening
from accord.qa.deriving.ways import Pair, Side

__all__ = ["delete_lines", "idle_lines"]


def delete_lines(pair: Pair, maker: Maker) -> Iterator[Line]:
    """What a delete at one end means at the other (W8)."""
    for forward in (True, False):
        why = _undeletable(*pair.sides(forward=forward), pair.concept.spec.delete)
        scripts = _deletes(pair, maker, forward=forward)
        yield pair.line("delete", "delete", "forward" if forward else "backward", scripts, why)


def _deletes(pair: Pair, maker: Maker, *, forward: bool) -> Iterator[Script]:
    here, there = pair.sides(forward=forward)
    policy = pair.concept.spec.delete
    for opening in _telling(maker.openings(pair, forward=forward), policy):
        yield opening.script(_deleted(opening, here, there, policy))


def _telling(openings: list[Opening], policy: DeletePolicy) -> list[Opening]:
    """Those by which it is known whether the policy was carried out. Raises NoProbe."""
    found = [each for each in openings if policy != "recreate" or each.way != "joined"]
    if not found:
        raise NoProbe("no record is created at the other end, so that nothing tells one that is made again")
    return found


def _undeletable(here: Side, there: Side, policy: DeletePolicy) -> str:
    if here.mapping.entity.operation("delete") is None:
        return f"records of {here.type} can not be deleted through the API"
    if policy != "propagate":
        return ""
    if there.mapping.entity.operation("delete") is None:
        return f"records of {there.type} can not be deleted through the API"
    if there.mapping.spec.facet and not there.mapping.spec.when:
        return f"a record of {there.type} may have other facets, which keep it"
    return ""


def _deleted(opening: Opening, here: Side, there: Side, policy: DeletePolicy) -> Step:
    expects: list[Expect] = [Gone("b")] if policy == "propagate" else [Lives("b")]
    archive = there.mapping.entity.archive
    if policy == "archive" and archive is not None:
        expects.append(Shows("b", (Field(Spot(archive.property), archive.value),)))
    if policy != "recreate":
        expects.append(Gone("a"))
    else:
        expects.append(Appears("again", "b", here.key, opening.by))
    return Step("deleted", (Remove("a"),), tuple(expects))


def idle_lines(pair: Pair, maker: Maker) -> Iterator[Line]:
    """A cycle in which nobody acts changes nothing (W10)."""
    yield pair.line("idle", "idle", "both", _idle(pair, maker))


def _idle(pair: Pair, maker: Maker) -> Iterator[Script]:
    for opening in maker.openings(pair, forward=True):
        yield opening.script(Step("nobody acts", (), (Still("a"), Still("b"))))
