"""Values without a base: a first link, a new system, a new mapping row, a changed lens, a reconnection (M6).

A link's property has no base while its shadow is MISSING. All such values of a golden record are merged together, so
that the order of links decides nothing. A value beats a null; what the golden record already has stays, unless the
concept says `latest`; between newcomers the priority that a person set decides, and where none is set, a person does.
"""

from typing import NamedTuple

from accord.core.claims import decide
from accord.core.model import PropertyMapping
from accord.core.stamps import BOTTOM, Stamp, edit_stamp
from accord.core.state import Claim, Link, record_key
from accord.core.values import MISSING, Raw, Value
from accord.core.work import SECOND_US, Work

__all__ = ["merge_first"]


class _Newcomer(NamedTuple):
    """A value without a base."""

    link: Link
    column: int
    row: PropertyMapping
    raw: Raw
    value: Value
    time_us: int
    priority: int


def merge_first(work: Work) -> None:
    """Give a base to every property that has none and whose record shows a value or a null."""
    newcomers: dict[int, list[_Newcomer]] = {}
    for link in work.cluster.links:
        if link.life != "live" or MISSING not in link.raw:
            continue
        mapping, seen = work.mapping(link), work.seen(link)
        if mapping is None or seen is None or seen.gone:
            continue
        if mapping.declaration.listing_partial and not seen.fetched:
            work.fetch(link, "its listing carries fewer properties")
            continue
        time_us = seen.asked_us if seen.modified_us is None else seen.modified_us
        sent = link.open.sent if link.open is not None else ()
        for column, row in enumerate(mapping.properties):
            if link.raw[column] is not MISSING or column in sent:
                continue
            raw = seen.raw[column]
            if raw is MISSING:
                continue
            if not row.reads:
                link.raw[column], link.base[column] = (
                    raw,
                    BOTTOM,
                )  # the before-image of a first write (W14, M4)
                continue
            value = work.get(row, raw)
            if value is not MISSING:
                found = _Newcomer(link, column, row, raw, value, time_us, mapping.priority)
                newcomers.setdefault(row.property, []).append(found)
    for column, found_here in newcomers.items():
        _merge(work, column, found_here)
    _close_questions(work, newcomers)


def _close_questions(work: Work, newcomers: dict[int, list[_Newcomer]]) -> None:
    for column in [c for c in work.golden.questions if c not in newcomers]:
        del work.golden.questions[column]


def _merge(work: Work, column: int, newcomers: list[_Newcomer]) -> None:
    golden = work.golden
    golden.questions.pop(column, None)
    values = [n for n in newcomers if n.value is not None]
    if golden.value[column] is None and values:
        first = values[0].value
        if all(n.value == first for n in values):
            _decide(work, column, values, max(values, key=_age))
        elif (winner := _winner(work, values)) is not None:
            _decide(work, column, values, winner)
        else:
            golden.questions[column] = "linked records differ and no priority of systems is set"
            return
        newcomers = [n for n in newcomers if n.value is None or n.link.raw[n.column] is MISSING]
    for newcomer in newcomers:
        _join(work, column, newcomer)


def _age(newcomer: _Newcomer) -> tuple[int, int, str]:
    return newcomer.time_us, newcomer.priority, record_key(newcomer.link.mapping, newcomer.link.id or "")


def _stamp(newcomer: _Newcomer, base: Stamp) -> Stamp:
    record = record_key(newcomer.link.mapping, newcomer.link.id or "")
    return edit_stamp(newcomer.time_us, base, newcomer.priority, record, 0)


def _winner(work: Work, values: list[_Newcomer]) -> _Newcomer | None:
    """The newcomer whose value becomes golden, None where only a person can tell."""
    if work.concept.first_link == "latest":
        claims = {_claim(work, n): n for n in values}
        return claims[decide(list(claims), work.rule(values[0].row.property))[0]]
    if not work.concept.prioritised:
        return None
    top = max(n.priority for n in values)
    leaders = [n for n in values if n.priority == top]
    same = all(n.value == leaders[0].value for n in leaders)
    return max(leaders, key=_age) if same else None


def _claim(work: Work, newcomer: _Newcomer) -> Claim:
    mapping = work.context.model.mappings[newcomer.link.mapping]
    error_us = int(mapping.declaration.clock_error_s * SECOND_US)
    return Claim(_stamp(newcomer, BOTTOM), BOTTOM, newcomer.value, error_us)


def _decide(work: Work, column: int, values: list[_Newcomer], winner: _Newcomer) -> None:
    """The first value of a golden property (or of one that was null): those who agree have it as their base."""
    golden = work.golden
    golden.value[column] = winner.value
    golden.stamp[column] = stamp = _stamp(winner, golden.stamp[column])
    golden.rivals.pop(column, None)
    for newcomer in values:
        if newcomer.value == winner.value:
            newcomer.link.raw[newcomer.column], newcomer.link.base[newcomer.column] = newcomer.raw, stamp


def _join(work: Work, column: int, newcomer: _Newcomer) -> None:
    """A value that comes to a golden property which is decided."""
    golden, link = work.golden, newcomer.link
    link.raw[newcomer.column], link.same[newcomer.column] = newcomer.raw, None
    if newcomer.value == golden.value[column]:
        link.base[newcomer.column] = golden.stamp[column]
        return
    link.base[newcomer.column] = BOTTOM
    if newcomer.value is None:
        return
    if work.concept.first_link == "latest":
        claim = _claim(work, newcomer)
        link.base[newcomer.column] = claim.stamp
        work.claim(column, claim, "first_link", link)
    else:
        work.note("loser", link, column, value=newcomer.value, rule="first_link: keep")
