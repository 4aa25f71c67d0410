"""What an observation of a linked record says about the shadow and the open write (S1, S4-S7, M1, W4)."""

from typing import Final

from accord.core.model import Mapping, PropertyMapping
from accord.core.oscillation import note_undone, withdraw
from accord.core.stamps import BOTTOM
from accord.core.state import Link, Open, Seen, Sent, Suspect
from accord.core.values import MISSING, Raw, Value
from accord.core.work import SECOND_US, Work, keep_rejections, versions_around

__all__ = ["confirm_body", "edit_time_us", "normal_of", "take_news"]

IGNORED: Final = "the system acknowledged the write and kept the old value"


def take_news(work: Work, link: Link, seen: Seen, mapping: Mapping) -> None:
    """Compare a live record with its shadow, property by property, and end its open write where the sight of it does.

    A value that differs is an edit; of a property whose write is open it may also be that write, its representation, or
    the state from before. What can not be told yet is kept aside (S5).
    """
    new = link.read_us == 0 and link.raw.count(MISSING) == len(link.raw)
    link.seq = seen.seq
    write = link.open
    if new and write is None:
        link.read_us = seen.asked_us  # no property has a base yet: M6 gives them one
        return
    if write is not None and write.returned is not None and write.returned == seen.version:
        confirm_body(work, link, seen, mapping)
        return
    ended = write is not None and _ends(write, seen, mapping)
    for column, row in enumerate(mapping.properties):
        raw = seen.raw[column]
        if write is not None and column in write.sent:
            if ended:
                _resolve(work, link, column, row, raw, seen)
        elif raw is not MISSING and link.raw[column] is not MISSING:
            _compare(work, link, column, row, raw, seen)
    if write is not None and ended:
        if write.acked or any(link.base[column] == sent.stamp for column, sent in write.sent.items()):
            keep_rejections(link, *versions_around(write, seen))
        link.open = None
    link.read_us = seen.asked_us


def _ends(write: Open, seen: Seen, mapping: Mapping) -> bool:
    """True when from this sight on the write can not land any more, or is known to have landed (W4)."""
    declaration = mapping.declaration
    if write.kind == "create":
        return True  # it was found: its record is what we look at
    if write.version is not None and seen.version != write.version:
        return True
    wait_s = declaration.lag_s if write.acked else declaration.max_request_s
    return seen.fetched and seen.asked_us >= write.sent_us + int(wait_s * SECOND_US)


def edit_time_us(link: Link, seen: Seen) -> int:
    """When a difference first seen here was made (M3).

    The system's modification time; the time of reading where it has none. A stamp that our own write made says only
    that the edit lies between the last read that showed the old value and that write: the earliest moment is taken. One
    from within the time of a write that bound nobody, and that was acknowledged without the record, is taken for ours.
    """
    if seen.modified_us is None:
        return seen.asked_us
    write = link.open
    ours = seen.told_us == link.own_modified_us and seen.version == link.own_version
    if write is not None and write.acked and write.version is None:
        ours = ours or write.sent_us <= seen.modified_us <= link.confirmed_us
    return min(link.read_us, link.sent_us) if ours else seen.modified_us


def _compare(work: Work, link: Link, column: int, row: PropertyMapping, raw: Raw, seen: Seen) -> None:
    """A property that no open write concerns: theirs changed, or it did not."""
    suspect = link.suspects.get(column)
    if suspect is None and raw == link.raw[column]:
        return
    value = work.get(row, raw)
    if value is MISSING:
        return
    if not row.reads:
        _written_only(work, link, column, row, raw, value)
        return
    if suspect is not None:
        if value == work.get(row, suspect.raw):
            return
        work.note("unknown", link, row.property, value=work.told(row, suspect.raw))
        del link.suspects[column]
        work.edit(link, column, raw, value, edit_time_us(link, seen), suspect.base, suspect.on)
    elif value == work.get(row, link.raw[column]):
        link.raw[column] = raw  # another spelling of the same value is no change (S1)
    else:
        work.edit(link, column, raw, value, edit_time_us(link, seen), link.base[column])


def _written_only(work: Work, link: Link, column: int, row: PropertyMapping, raw: Raw, value: Value) -> None:
    """A property that is not read back (W14): an edit there is reverted only if the row says `enforce`."""
    if row.enforce and value != work.get(row, link.raw[column]):
        link.base[column], link.same[column] = BOTTOM, None
        note_undone(link, column)
    link.raw[column] = raw


def _resolve(work: Work, link: Link, column: int, row: PropertyMapping, raw: Raw, seen: Seen) -> None:
    """A property of an open write that this sight of the record ends (S5, W4)."""
    write = link.open
    assert write is not None  # noqa: S101 - the caller looked
    sent = write.sent[column]
    found = write.kind == "create"
    applied = write.acked or found
    value, ours, old = work.get(row, raw), work.get(row, sent.raw), work.get(row, link.raw[column])
    if value is MISSING or not row.reads:
        if applied:
            work.agree(link, column, sent.raw, sent.stamp)
        return
    suspect = link.suspects.pop(column, None)
    again = suspect if suspect is not None and value == work.get(row, suspect.raw) else None
    told = applied and suspect is not None and (again is None or again.acked)
    untouched = found and seen.modified_us is not None and seen.modified_us == seen.created_us
    if value is None and ours is not None and (untouched or told):
        _nulled(work, link, column, sent)
        _release(work, link, column, row, suspect, value)
    elif value == ours or value == normal_of(row, ours) or untouched:
        work.agree(link, column, raw, sent.stamp)
        if not applied:  # nobody told so before (M4)
            work.note_updated(link, column, sent, old)
        _release(work, link, column, row, suspect, value)
    elif told:
        work.agree(link, column, raw, sent.stamp)  # two acknowledged writes of one value decide
        work.note("unknown", link, row.property, value=value)
        _release(work, link, column, row, suspect, value)
    elif value == old and not found:
        _unmoved(work, link, column, row, raw, sent, applied=applied)
        _drop(work, link, row, suspect)
    elif row.normal is not None:
        base, on = (sent.stamp, sent.raw) if applied else (link.base[column], link.raw[column])
        work.edit(link, column, raw, value, edit_time_us(link, seen), base, on)
    elif again is not None and not applied:
        link.suspects[column] = again
    else:
        _drop(work, link, row, suspect if again is None else None)
        base, on = (sent.stamp, sent.raw) if applied else (link.base[column], link.raw[column])
        time_us = edit_time_us(link, seen)
        link.suspects[column] = Suspect(raw=raw, time_us=time_us, base=base, sent=sent, on=on, acked=applied)
        if link.raw[column] is MISSING:
            link.raw[column], link.base[column] = sent.raw, sent.stamp


def _nulled(work: Work, link: Link, column: int, sent: Sent) -> None:
    """Null for a value is a rejection (S5, W9); the record does not stand for what was sent."""
    link.raw[column] = None
    withdraw(link, column, sent.raw)
    if link.base[column] == sent.stamp:
        link.base[column] = BOTTOM
    work.reject(link, column, sent.stamp, "the system answered the write with null or the value from before")


def _drop(work: Work, link: Link, row: PropertyMapping, suspect: Suspect | None) -> None:
    """What was kept aside is not there any more, and nobody can tell what it was (M4)."""
    if suspect is not None:
        work.note("unknown", link, row.property, value=work.told(row, suspect.raw))


def _unmoved(
    work: Work, link: Link, column: int, row: PropertyMapping, raw: Raw, sent: Sent, *, applied: bool
) -> None:
    """The value from before the write: acknowledged, it was ignored (W9); else not applied, or put back by somebody."""
    link.raw[column] = raw
    if applied:
        withdraw(link, column, sent.raw)
        work.reject(link, column, sent.stamp, IGNORED)
    else:
        work.note("unknown", link, row.property, value=work.get(row, sent.raw))


def _release(
    work: Work, link: Link, column: int, row: PropertyMapping, suspect: Suspect | None, value: Value
) -> None:
    """What was kept aside turns out to have been an edit, where the system does something else with our value."""
    if suspect is None or work.get(row, suspect.raw) == value:
        return
    kept = work.get(row, suspect.raw)
    if kept is MISSING:
        work.note("unknown", link, row.property, value=suspect.raw)
        return
    raw, base = link.raw[column], link.base[column]
    work.edit(link, column, suspect.raw, kept, suspect.time_us, suspect.base, suspect.on)
    link.raw[column], link.base[column] = raw, base


def normal_of(row: PropertyMapping, value: Value) -> Value:
    """What the system is declared to make of a value (S5)."""
    return value if row.normal is None or value is None or value is MISSING else row.normal(value)


def confirm_body(work: Work, link: Link, seen: Seen, mapping: Mapping) -> None:
    """Our write's own reply, or the very version that it returned: what we sent is representation, the rest is not
    ours.

    A value from before the write means that it was ignored, null that it was rejected (S5, W9). What we did not write
    is somebody's edit, or a side effect where the write was conditional (S6).
    """
    write = link.open
    assert write is not None  # noqa: S101 - only called with one
    link.seq = seen.seq
    unmoved = write.version is not None and seen.version == write.version  # no write made that version (W9)
    for column, row in enumerate(mapping.properties):
        raw = seen.raw[column]
        if column in write.sent:
            _confirm_sent(work, link, column, row, raw, write.sent[column], unmoved=unmoved)
        elif raw is not MISSING and row.reads and raw != link.raw[column]:
            _confirm_other(work, link, write, column, raw, seen)
    keep_rejections(link, *versions_around(write, seen))
    link.open = None
    link.own_version, link.own_modified_us = seen.version, seen.told_us
    link.read_us = seen.asked_us


def _confirm_sent(
    work: Work, link: Link, column: int, row: PropertyMapping, raw: Raw, sent: Sent, *, unmoved: bool
) -> None:
    suspect = link.suspects.pop(column, None)
    if raw == sent.raw and suspect is None:
        work.agree(link, column, raw, sent.stamp)
        return
    value, ours, old = work.get(row, raw), work.get(row, sent.raw), work.get(row, link.raw[column])
    aside = MISSING if suspect is None else work.get(row, suspect.raw)
    if value is MISSING or not row.reads:
        work.agree(link, column, sent.raw, sent.stamp)
    elif value == ours or value == normal_of(row, ours):
        work.agree(link, column, raw, sent.stamp)
        _release(work, link, column, row, suspect, value)
    elif value is None or (suspect is None and value == old):
        _nulled(work, link, column, sent)
        link.raw[column] = raw
        _release(work, link, column, row, suspect, value)
    elif suspect is not None and value == aside and unmoved:
        link.suspects[column] = suspect  # still nobody can tell what it is: our write was ignored
        work.reject(link, column, work.golden.stamp[row.property], IGNORED)
    else:
        work.agree(link, column, raw, sent.stamp)
        work.note("representation", link, row.property, value=value, stamp=sent.stamp)
        _release(work, link, column, row, suspect, value)


def _confirm_other(work: Work, link: Link, write: Open, column: int, raw: Raw, seen: Seen) -> None:
    row = work.rows(link)[column]
    value, old = work.get(row, raw), work.get(row, link.raw[column])
    if value is MISSING:
        return
    if value == old:
        link.raw[column] = raw
    elif write.kind == "create":
        if value is None:
            link.raw[column] = raw
        else:
            work.side_effect(link, column, raw, value)
    elif old is MISSING:
        return  # it has no base yet: M6 decides, not this
    elif write.version is not None:
        work.side_effect(link, column, raw, value)
    else:
        time_us = min(link.read_us, link.sent_us) if seen.modified_us is not None else seen.asked_us
        work.edit(link, column, raw, value, time_us, link.base[column])
