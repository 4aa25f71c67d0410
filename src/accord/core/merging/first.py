"""Values without a base: a first link, a new system, a new mapping row, a changed lens, a reconnection (M6).

A link's property has no base while its shadow is MISSING. All such values of a golden record are merged together, so
that the order of links decides nothing. A value beats a null; what the golden record already has stays, unless the
concept says `latest`; between newcomers the priority that a person set decides, and where none is set, a person does.
"""

from collections.abc import Sequence
from typing import NamedTuple

from accord.core.claims import decide
from accord.core.model import Mapping
from accord.core.stamps import BOTTOM, Stamp, edit_stamp
from accord.core.state import Claim, Link, Seen, record_key
from accord.core.values import MISSING, Value
from accord.core.work import SECOND_US, Work

__all__ = ["merge_first"]


class _Newcomer(NamedTuple):
    """A link with values that have no base: `columns` of its mapping and `values`, both by column of the concept."""

    link: Link
    seen: Seen
    stamp: Stamp
    error_us: int
    columns: dict[int, int]
    values: dict[int, Value]

    def take(self, property_: int, base: Stamp) -> None:
        """What is shown becomes the shadow, on a base."""
        column = self.columns[property_]
        self.link.raw[column], self.link.base[column] = self.seen.raw[column], base


def merge_first(work: Work) -> None:
    """Give a base to every property that has none and whose record shows a value or a null.

    A property without a golden value waits for the records that are still to be fetched: none is left out of its first
    decision.
    """
    newcomers = [n for link in work.cluster.links if (n := _newcomer(work, link)) is not None]
    newcomers.sort(key=_age, reverse=True)
    golden = work.golden
    awaited = _awaited(work) if newcomers or golden.questions else set()
    for column in [c for c in golden.questions if c not in awaited]:
        del golden.questions[column]
    if golden.life == "dying":
        _keep_alive(work, newcomers)
    if newcomers:
        for column in range(len(work.concept.properties)):
            here = [n for n in newcomers if column in n.values]
            if not here or (column in awaited and golden.value[column] is None):
                continue
            if not _agreed(work, column, here):
                _merge(work, column, here)


def _keep_alive(work: Work, newcomers: Sequence[_Newcomer]) -> None:
    """A value that comes while the golden record is about to be deleted was seen by nobody who deleted it (W8)."""
    golden = work.golden.value
    for newcomer in newcomers:
        if any(value not in (None, golden[column]) for column, value in newcomer.values.items()):
            work.revive_golden(newcomer.link)


def _awaited(work: Work) -> set[int]:
    """Properties without a base of records that were only listed in part (S3)."""
    links = [link for link in work.cluster.links if work.is_unread(link)]
    pairs = [pair for link in links for pair in zip(work.rows(link), link.raw, strict=True)]
    return {row.property for row, raw in pairs if raw is MISSING and row.reads}


def _newcomer(work: Work, link: Link) -> _Newcomer | None:
    if link.life != "live" or MISSING not in link.raw:
        return None
    mapping, seen = work.mapping(link), work.seen(link)
    if mapping is None or seen is None or seen.gone:
        return None
    if work.is_unread(link):
        work.fetch(link, "its listing carries fewer properties")
        return None
    time_us = seen.asked_us if seen.modified_us is None else seen.modified_us
    stamp = edit_stamp(time_us, BOTTOM, mapping.priority, record_key(link.mapping, seen.id), 0)
    error_us = int(mapping.declaration.clock_error_s * SECOND_US)
    newcomer = _Newcomer(link, seen, stamp, error_us, {}, {})
    _read_values(work, newcomer, mapping)
    return newcomer


def _read_values(work: Work, newcomer: _Newcomer, mapping: Mapping) -> None:
    link, raws = newcomer.link, newcomer.seen.raw
    sent = link.open.sent if link.open is not None else ()
    for column, row in enumerate(mapping.properties):
        raw = raws[column]
        if raw is MISSING or link.raw[column] is not MISSING or column in sent:
            continue
        if not row.reads:
            link.raw[column], link.base[column] = raw, BOTTOM  # the before-image of a first write (W14, M4)
            continue
        value = work.get(row, raw)
        if value is not MISSING:
            newcomer.columns[row.property], newcomer.values[row.property] = column, value


def _agreed(work: Work, column: int, here: list[_Newcomer]) -> bool:
    """True where nothing was decided and all say the same, which most first links do: it is golden, and their base."""
    golden = work.golden
    values = [n.values[column] for n in here]
    value = values[0]
    if golden.stamp[column] != BOTTOM or values.count(value) != len(values):
        return False
    golden.value[column] = value
    golden.stamp[column] = stamp = BOTTOM if value is None else here[0].stamp
    for newcomer in here:
        newcomer.take(column, stamp)
    return True


def _merge(work: Work, column: int, here: list[_Newcomer]) -> None:
    golden = work.golden
    if golden.value[column] is None:
        bearers = [n for n in here if n.values[column] is not None]
        if bearers:
            winner = _winner(work, column, bearers)
            if winner is None:
                golden.questions[column] = "linked records differ and no priority of systems is set"
                return
            _decide(work, column, winner)
    for newcomer in here:
        _join(work, column, newcomer)


def _age(newcomer: _Newcomer) -> Stamp:
    return newcomer.stamp


def _winner(work: Work, column: int, bearers: Sequence[_Newcomer]) -> _Newcomer | None:
    """The newcomer whose value becomes golden, None where only a person can tell; bearers come newest first."""
    value = bearers[0].values[column]
    if all(n.values[column] == value for n in bearers):
        return bearers[0]
    if work.concept.first_link == "latest":
        claims = [_claim(n, column) for n in bearers]
        return bearers[claims.index(decide(claims, work.rule(column))[0])]
    if not work.concept.prioritised:
        return None
    top = max(n.stamp.priority for n in bearers)
    leaders = [n for n in bearers if n.stamp.priority == top]
    return leaders[0] if all(n.values[column] == leaders[0].values[column] for n in leaders) else None


def _claim(newcomer: _Newcomer, column: int) -> Claim:
    return Claim(newcomer.stamp, BOTTOM, newcomer.values[column], newcomer.error_us)


def _decide(work: Work, column: int, winner: _Newcomer) -> None:
    """The first value of a golden property, or of one that was null."""
    golden, stamp = work.golden, winner.stamp
    if (decided := golden.stamp[column]) != BOTTOM:
        stamp = edit_stamp(stamp.time_us, decided, stamp.priority, stamp.record, stamp.order)
    golden.value[column], golden.stamp[column] = winner.values[column], stamp
    golden.rivals.pop(column, None)


def _join(work: Work, column: int, newcomer: _Newcomer) -> None:
    """A value meets the golden one: who agrees has it as base, who does not is written, or competes."""
    golden, value = work.golden, newcomer.values[column]
    if value == golden.value[column]:
        newcomer.take(column, golden.stamp[column])
    elif value is None:
        newcomer.take(column, BOTTOM)
    elif work.concept.first_link == "latest":
        newcomer.take(column, newcomer.stamp)
        work.claim(column, _claim(newcomer, column), "first_link", newcomer.link)
    else:
        newcomer.take(column, BOTTOM)
        work.note("loser", newcomer.link, column, value=value, rule="first_link: keep")
