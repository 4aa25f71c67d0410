"""Where every record stands towards every other entity type of its concept, and why; none is skipped in silence (G4).

The unit is (record, facet, target entity type). Its state follows from rows, and from the holds and writes that
`settle` derives of them, so that what is counted, what is explained and what is done can not differ.
"""

from collections.abc import Iterable, Iterator, Sequence, Set as AbstractSet
from typing import Final, Literal, NamedTuple, TypeAlias, get_args

from accord.core.model import Mapping, Model, NoReferences
from accord.core.settle import Settled
from accord.core.state import Cluster, Golden, Link, Seen
from accord.core.values import MISSING
from accord.core.work import Context, Hold

__all__ = [
    "IN_SYNC",
    "REPLACED",
    "STATES",
    "State",
    "Told",
    "is_even",
    "is_plain",
    "is_representation",
    "is_step",
    "reasons_of",
    "shared_properties",
    "stands_apart",
    "state_of",
]

State: TypeAlias = Literal[
    "unreadable",
    "review",
    "failed",
    "conflict",
    "frozen",
    "waiting",
    "pending",
    "out of scope",
    "excluded",
    "tombstoned",
    "in sync",
]
STATES: Final[tuple[State, ...]] = get_args(State)
"""In the order in which they are asked: a unit is in the first that applies."""
_RANK: Final = {state: rank for rank, state in enumerate(STATES)}


class Told(NamedTuple):
    """One state that applies to a unit, why, and the property that it is about, "" for the whole record.

    `hold` is the hold that it comes from, where it comes from one: it tells what would end it.
    """

    state: State
    reason: str = ""
    property: str = ""
    hold: Hold | None = None


REPLACED: Final = "it was gone, and another record took its place meanwhile"
IN_SYNC: Final = Told("in sync")
NO_REFERENCES: Final = NoReferences()


def stands_apart(seen: Seen, reviews: AbstractSet[str], *, complete: bool) -> Told:
    """Where a record without a golden record stands, towards every target alike.

    `reviews` are the ids of the open ones; `complete`: every entity type of the concept was read completely once.
    """
    if seen.gone:
        return Told("tombstoned", _gone(seen))
    if seen.unreadable:
        return Told("unreadable", seen.unreadable)
    if seen.held in reviews:
        return Told("review", f"in review {seen.held}")
    if seen.held:
        return Told("waiting", seen.held)
    if seen.excluded:
        return Told("excluded", seen.excluded)
    if not complete:
        return Told("waiting", "an entity type of the concept was never read completely")
    return Told("waiting", "the next run links it")


def _gone(seen: Seen) -> str:
    return f"the record is gone: {seen.gone}"


def state_of(seen: Seen, target: Mapping, settled: Settled, context: Context) -> Told:
    """Where a record of a golden record stands towards a target: the first state that applies (G4)."""
    return reasons_of(seen, target, settled, context)[0]


def reasons_of(seen: Seen, target: Mapping, settled: Settled, context: Context) -> list[Told]:
    """All states that apply to a record of a golden record towards a target, in order; "in sync" stands alone.

    `settled` is what settling its golden record just now gives: nothing of it has to be saved.
    """
    if seen.gone:
        return [Told("tombstoned", _gone(seen))]
    links = settled.cluster.links
    link = next((k for k in links if k.life == "live" and (k.mapping, k.id) == (seen.mapping, seen.id)), None)
    if link is None:
        told = [Told("tombstoned", REPLACED)]
    else:
        told = [*_own(seen, link, target, context), *_towards(seen, target, settled, context.model)]
    return sorted(told, key=lambda each: _RANK[each.state]) or [IN_SYNC]


def _own(seen: Seen, link: Link, target: Mapping, context: Context) -> Iterator[Told]:
    """What keeps a record, or a value of it, from being taken in."""
    if seen.unreadable:
        yield Told("unreadable", seen.unreadable)
    if seen.excluded:
        yield Told("out of scope", seen.excluded)
    mapping = context.model.mappings[seen.mapping]
    shared = shared_properties(mapping, target)
    for row, raw, known in zip(mapping.properties, seen.raw, link.raw, strict=True):
        if raw == known or raw is MISSING or raw is None or row.property not in shared or not row.reads:
            continue
        try:
            value = row.lens.get(raw, context.refs)
        except ValueError as error:
            yield Told("unreadable", str(error), row.name)
        else:
            if row.references and value is MISSING:
                reason = f"not carried: the record of {row.references} that it refers to is not linked"
                yield Told("excluded", reason, row.name)


def _towards(seen: Seen, target: Mapping, settled: Settled, model: Model) -> Iterator[Told]:
    """What keeps the values of a record from standing in the target."""
    mapping, golden = model.mappings[seen.mapping], settled.cluster.golden
    links = [link for link in settled.cluster.links if link.mapping == target.key]
    live = [link for link in links if link.life == "live"]
    shared = shared_properties(mapping, target)
    if live and not shared:
        yield Told("excluded", "nothing of it is written there")
    names = {row.property: row.name for row in target.properties}
    for column, why in sorted(golden.questions.items()):
        if column in shared:
            yield Told("conflict", why, names[column])
    carried = {row.name for row in target.properties if row.property in shared}
    said = [
        *_held(settled, target, carried, live=bool(live)),
        *_under_way(links),
        *_due(settled, target, carried),
    ]
    yield from said
    if not live and not said:
        yield _absent(settled)


def shared_properties(mapping: Mapping, target: Mapping) -> set[int]:
    """Properties of the concept that one record gives and the other is given."""
    given = {row.property for row in mapping.properties if row.reads}
    return given & {row.property for row in target.properties if row.writes}


def _held(settled: Settled, target: Mapping, carried: AbstractSet[str], *, live: bool) -> Iterator[Told]:
    """What is held there, of this record: a property that it does not give is another one's matter."""
    for hold in settled.holds:
        if hold.mapping == target.key and (not live or not hold.property or hold.property in carried):
            yield Told(hold.state, hold.reason, hold.property, hold)


def _under_way(links: Iterable[Link]) -> Iterator[Told]:
    for link in links:
        if link.open is not None:
            outcome = ", of unknown outcome" if link.open.unknown else ""
            yield Told("pending", f"a write is under way: {link.open.kind}{outcome}")


def _due(settled: Settled, target: Mapping, carried: AbstractSet[str]) -> Iterator[Told]:
    """Writes that the next run sends, unless a guard asks first."""
    for due in settled.dues:
        if due.mapping != target.key:
            continue
        if due.kind != "update":
            yield Told("pending", f"to be written: {due.kind}")
        for column in sorted(due.sent) if due.kind == "update" else ():
            name = target.properties[column].name
            if name in carried:
                yield Told("pending", "to be written", name)


def _absent(settled: Settled) -> Told:
    """Why there is no record in the target, where nothing that is held, sent or due says so."""
    life = settled.cluster.golden.life
    if life != "alive":
        return Told("tombstoned", f"the golden record is {life}")
    return Told("waiting", "the next run looks at it")


def is_plain(cluster: Cluster, mappings: Sequence[Mapping]) -> bool:
    """True for a golden record with one record in each of its concept's mappings, all in step and nothing held.

    Where it bears no mark either its units are in sync towards all that it gives values to, as nearly all are, and need
    no settling to be counted.
    """
    return len(cluster.links) == len(mappings) and is_even(cluster, mappings)


def is_even(cluster: Cluster, mappings: Sequence[Mapping]) -> bool:
    """True for a golden record whose records are all in step: what people edited was carried on, and it lacks
    records at most.

    `mappings` are those of its concept.
    """
    golden = cluster.golden
    if golden.life != "alive" or golden.questions:
        return False
    keys = {mapping.key: mapping for mapping in mappings}
    for link in cluster.links:
        mapping, seen = keys.get(link.mapping), cluster.seen.get((link.mapping, link.id or ""))
        if mapping is None or seen is None or link.open or link.suspects:
            return False
        if link.pins or link.doomed:
            return False
        if seen.excluded or seen.unreadable or not is_step(link, seen, golden, mapping):
            return False
    return True


def is_step(link: Link, seen: Seen, golden: Golden, mapping: Mapping) -> bool:
    """True where a record shows its shadow, and that stands for the golden revision of all that is written (W10)."""
    if link.life != "live" or seen.golden != link.golden or seen.seq != link.seq or seen.raw != link.raw:
        return False
    if seen.gone or seen.missing_us is not None:
        return False
    stamps = golden.stamp
    for row, base, same in zip(mapping.properties, link.base, link.same, strict=True):
        if row.writes and stamps[row.property] not in (base, same):
            return False
    return True


def is_representation(link: Link, column: int, golden: Golden, mapping: Mapping) -> bool:
    """True where a record's own spelling of a value stands for the golden one, which it does not equal (S5)."""
    row, raw = mapping.properties[column], link.raw[column]
    value = golden.value[row.property]
    if raw is MISSING or row.references or link.base[column] != golden.stamp[row.property]:
        return False
    try:
        return bool(row.lens.get(raw, NO_REFERENCES) != value)
    except ValueError:
        return True
