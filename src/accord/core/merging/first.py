"""Values without a base: a first link, a new system, a new mapping row, a changed lens, a reconnection (M6).

A link's property has no base while its shadow is MISSING. All such values of a golden record are merged together, so
that the order of links decides nothing. A value beats a null; what the golden record already has stays, unless the
concept says `latest`; between newcomers the priority that a person set decides, and where none is set, a person does.
"""

from collections.abc import Sequence
from typing import TypeAlias

from msgspec import Struct

from accord.core.claims import decide, is_open
from accord.core.merging.pins import hold_pins
from accord.core.sets import merge_elements
from accord.core.stamps import BOTTOM, Stamp, edit_stamp, is_side_effect
from accord.core.state import Claim, Golden, Link, Seen, record_key
from accord.core.values import MISSING, Raw, Value
from accord.core.work import SECOND_US, Work

__all__ = ["merge_first"]


class _Newcomer(Struct):
    """A link with values that have no base."""

    link: Link
    seen: Seen
    stamp: Stamp
    error_us: int


class _Shown(Struct, gc=False):
    """What a newcomer shows of a golden property: its column in the link, and its value there."""

    by: _Newcomer
    column: int
    raw: Raw
    value: Value

    def take(self, base: Stamp) -> None:
        """What is shown becomes the shadow, on a base."""
        link = self.by.link
        link.raw[self.column], link.base[self.column] = self.raw, base


_ByProperty: TypeAlias = dict[int, list[_Shown]]


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
    for column in golden.rivals:
        if is_open(golden, column, work.rule(column)):
            golden.questions[column] = (
                "it was changed in several systems, and a person is to say which value stays"
            )
    shown: _ByProperty = {}
    for newcomer in newcomers:
        _read_values(work, newcomer, shown)
    if golden.life == "dying":
        _keep_alive(work, shown)
    for column, here in sorted(shown.items()):
        if column in awaited and golden.value[column] is None:
            _wait(work, column, here)
        elif not _agreed(golden, column, here):
            _merge(work, column, here)
    for link in work.cluster.links:
        if link.pins:
            hold_pins(work, link)


def _keep_alive(work: Work, shown: _ByProperty) -> None:
    """A value that comes while the golden record is about to be deleted was seen by nobody who deleted it (W8)."""
    golden = work.golden.value
    for column, here in shown.items():
        for each in here:
            if each.value not in (None, golden[column]):
                work.revive_golden(each.by.link)


def _wait(work: Work, column: int, here: Sequence[_Shown]) -> None:
    name = work.concept.properties[column].name
    for each in here:
        reason = "linked records are still to be read for it"
        work.hold(each.by.link.mapping, "waiting", reason, property=name)


def _awaited(work: Work) -> set[int]:
    """Properties without a base of records that were only listed in part (S3), or are to be read again (K2).

    A record that was not found is not waited for: nothing may ever prove what became of it (S10).
    """
    links = [link for link in work.cluster.links if work.is_unread(link) or work.is_reread(link)]
    links = [link for link in links if (seen := work.seen(link)) is None or seen.missing_us is None]
    pairs = [pair for link in links for pair in zip(work.rows(link), link.raw, strict=True)]
    return {row.property for row, raw in pairs if raw is MISSING and row.reads}


def _newcomer(work: Work, link: Link) -> _Newcomer | None:
    if link.life != "live" or MISSING not in link.raw:
        return None
    mapping, seen = work.mapping(link), work.seen(link)
    if mapping is None or seen is None or seen.gone or seen.resting or link.mapping in work.context.doubted:
        return None
    if work.is_unread(link):
        work.fetch(link, "its listing carries fewer properties")
        return None
    time_us = seen.asked_us if seen.modified_us is None else seen.modified_us
    stamp = edit_stamp(time_us, BOTTOM, mapping.priority, record_key(link.mapping, seen.id), 0)
    return _Newcomer(link, seen, stamp, int(mapping.declaration.clock_error_s * SECOND_US))


def _read_values(work: Work, newcomer: _Newcomer, shown: _ByProperty) -> None:
    """Add what a newcomer shows to what is shown of each property."""
    link, get = newcomer.link, work.get
    sent = link.open.sent if link.open is not None else ()
    for column, (row, raw, base) in enumerate(zip(work.rows(link), newcomer.seen.raw, link.raw, strict=True)):
        if base is not MISSING or raw is MISSING or column in sent:
            continue
        if not row.reads:
            link.raw[column], link.base[column] = raw, BOTTOM  # the before-image of a first write (W14, M4)
            continue
        value = get(row, raw)
        if value is not MISSING:
            shown.setdefault(row.property, []).append(_Shown(newcomer, column, raw, value))


def _agreed(golden: Golden, column: int, here: Sequence[_Shown]) -> bool:
    """True where nothing was decided and all say the same, which most first links do: it is golden, and their base."""
    value = here[0].value
    if golden.stamp[column] != BOTTOM or here[0].by.error_us:
        return False
    for each in here:
        if each.value != value:
            return False
    golden.value[column] = value
    golden.stamp[column] = stamp = BOTTOM if value is None else here[0].by.stamp
    for each in here:
        link, at = each.by.link, each.column
        link.raw[at], link.base[at] = each.raw, stamp
    return True


def _merge(work: Work, column: int, here: Sequence[_Shown]) -> None:
    golden = work.golden
    if golden.value[column] is None or is_side_effect(golden.stamp[column]):
        bearers = [each for each in here if each.value is not None]
        if bearers:
            winner = _winner(work, column, bearers)
            if winner is None:
                golden.questions[column] = "linked records differ, and nothing says whose value stays"
                return
            _decide(work, column, winner)
    elif work.concept.first_link == "ask" and any(
        each.value not in (None, golden.value[column]) for each in here
    ):
        golden.questions[column] = (
            "a record differs from those it joins, and a person is to say which value stays"
        )
        return
    for each in here:
        _join(work, column, each)


def _age(newcomer: _Newcomer) -> Stamp:
    return newcomer.stamp


def _winner(work: Work, column: int, bearers: Sequence[_Shown]) -> _Shown | None:
    """The one whose value becomes golden, None where only a person can tell; bearers come newest first."""
    if all(each.value == bearers[0].value for each in bearers):
        return bearers[0]
    if work.concept.first_link == "latest":
        claims = [_claim(each) for each in bearers]
        return bearers[claims.index(decide(claims, work.rule(column))[0])]
    if work.concept.first_link == "ask" or not work.concept.prioritised:
        return None
    top = max(each.by.stamp.priority for each in bearers)
    leaders = [each for each in bearers if each.by.stamp.priority == top]
    return leaders[0] if all(each.value == leaders[0].value for each in leaders) else None


def _claim(shown: _Shown) -> Claim:
    return Claim(shown.by.stamp, BOTTOM, shown.value, shown.by.error_us)


def _decide(work: Work, column: int, winner: _Shown) -> None:
    """The first value of a golden property, or of one that was null or computed by a system."""
    golden, stamp = work.golden, winner.by.stamp
    if (decided := golden.stamp[column]) != BOTTOM:
        stamp = edit_stamp(stamp.time_us, decided, stamp.priority, stamp.record, stamp.order)
    if (of := work.concept.by_element.get(column)) is not None:
        merge_elements(golden, column, Claim(stamp, decided, winner.value), golden.value[column], of)
        return
    golden.value[column], golden.stamp[column] = winner.value, stamp
    golden.rivals.pop(column, None)
    if winner.by.error_us:  # what competes later is told how uncertain it is (M3)
        golden.rivals[column] = [Claim(stamp, decided, winner.value, winner.by.error_us)]


def _join(work: Work, column: int, shown: _Shown) -> None:
    """A value meets the golden one: who agrees has it as base, who does not is written, or competes."""
    golden, value = work.golden, shown.value
    if value == golden.value[column]:
        shown.take(golden.stamp[column])
    elif value is None:
        shown.take(BOTTOM)
    elif work.concept.first_link == "latest":
        shown.take(shown.by.stamp)
        work.claim(column, _claim(shown), "first_link", shown.by.link)
    else:
        shown.take(BOTTOM)
        work.note("loser", shown.by.link, column, value=value, rule="first_link: keep")
