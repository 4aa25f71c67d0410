"""What a live record still has to receive: an update, a delete, or the open write once more (W1, W2, W4, W9)."""

from accord.core.due.values import Wanted, is_refused, put
from accord.core.model import Mapping, PropertyMapping
from accord.core.oscillation import CHASED, chased
from accord.core.sets import newest_first
from accord.core.stamps import BOTTOM, Stamp
from accord.core.state import WHOLE, Golden, Link, Seen, Sent, WriteKind
from accord.core.values import MISSING, Raw, Value
from accord.core.work import SECOND_US, Due, Held, Work

__all__ = ["due_of_link"]

REFUSALS = 5
REST_US = 60 * SECOND_US


def due_of_link(work: Work, link: Link, mapping: Mapping) -> Due | None:
    """The write that a live record has to receive, if any; why one is not due yet is held."""
    if link.open is not None:
        return _again(link, work.golden)
    if (work.golden.life == "dying" or link.doomed) and not link.suspects:
        return _delete(work, link, mapping)
    return _update(work, link, mapping)  # what was kept aside may be an edit, which keeps the data (W8)


def _again(link: Link, golden: Golden) -> Due | None:
    """A write of unknown outcome: once the record was read and shows nothing new, the same is sent again (W3, W4)."""
    write = link.open
    if write is None or not write.unknown or write.acked or link.read_us < write.sent_us:
        return None
    if write.version is None or (write.kind == "delete" and golden.life != "dying" and not link.doomed):
        return None  # only time and a fetch decide
    again = _due(link, write.kind, write.version)
    again.again, again.sent = True, write.sent
    return again


def _delete(work: Work, link: Link, mapping: Mapping) -> Due | None:
    if link.refusals and _rests(work, link):
        return None
    if (link.mapping, link.id) in work.context.kept:
        work.hold(link.mapping, "excluded", "another facet of its record is alive, so it is not deleted")
    elif not mapping.declaration.can_delete:
        work.hold(link.mapping, "failed", "the system can not delete")
    elif not is_refused(work, link, WHOLE, work.revision(link)):
        due = _due(link, "delete", _named(work.seen(link), mapping))
        return None if _is_blind(work, link, mapping, due) else due
    return None


def _update(work: Work, link: Link, mapping: Mapping) -> Due | None:
    seen = work.seen(link)
    if seen is None or seen.gone or (link.refusals and _rests(work, link)):
        return None
    if seen.missing_us is not None:
        work.hold(link.mapping, "pending", "the system did not find it; it is read again")
        return None
    if work.is_unread(link):
        work.hold(link.mapping, "waiting", "it is read as a whole first")
        return None
    due = _due(link, "update", _named(seen, mapping))
    stamps = work.golden.stamp
    for column, (row, base, same) in enumerate(zip(mapping.properties, link.base, link.same, strict=True)):
        stamp = stamps[row.property]
        behind = stamp not in (base, same) and row.writes and not row.create_only
        if behind or column in link.pins or (row.references and _dangles(work, link, column, seen)):
            _update_property(work, link, column, seen, due)
    for column, suspect in link.suspects.items():
        if not is_refused(work, link, column, stamps[mapping.properties[column].property]):
            due.sent[column] = suspect.sent
    if not due.sent:
        return None
    if not mapping.declaration.can_update:
        work.hold(link.mapping, "failed", "the system can not update")
    elif WHOLE not in link.rejected or not is_refused(work, link, WHOLE, work.revision(link)):
        return None if _is_blind(work, link, mapping, due) else due
    return None


def _due(link: Link, kind: WriteKind, version: str | None) -> Due:
    """A write to a link's record, by the version that it names."""
    return Due(
        kind=kind,
        golden=link.golden,
        mapping=link.mapping,
        incarnation=link.incarnation,
        id=link.id,
        version=version,
    )


def _named(seen: Seen | None, mapping: Mapping) -> str | None:
    """The version that a write names: none where that binds nobody, for such a write may land at any time (W4, S6)."""
    return seen.version if seen is not None and mapping.declaration.conditional else None


def _is_blind(work: Work, link: Link, mapping: Mapping, due: Due) -> bool:
    """True where a write could name a version that only a fetch shows: the record is read first (W2)."""
    declaration, seen = mapping.declaration, work.seen(link)
    bound = declaration.conditional and declaration.version != "none"
    if due.version is not None or not bound or seen is None or seen.fetched:
        return False
    work.fetch(link, "its version is not known", work.context.now_us)
    work.hold(link.mapping, "pending", "its version is not known, and it is read first")
    return True


def _rests(work: Work, link: Link) -> bool:
    """The record moved on under our last write: it is read first; after five times in a row it rests a while (W2)."""
    if link.read_us < link.sent_us:
        work.fetch(link, "it moved on")
        work.hold(link.mapping, "pending", "it moved on and is read again")
        return True
    until_us = link.sent_us + REST_US
    if link.refusals >= REFUSALS and work.context.now_us < until_us:
        work.hold(link.mapping, "pending", "it moves on at every write", until_us=until_us)
        return True
    return False


def _dangles(work: Work, link: Link, column: int, seen: Seen) -> bool:
    """True where the record refers to what is gone there, and another record stands for it now (W5)."""
    row, raw = work.rows(link)[column], _holds(work, link, column, seen)
    value = work.golden.value[row.property]
    if raw is None or raw is MISSING or value is None or not row.writes or row.create_only:
        return False
    if work.get(row, raw) is not MISSING:
        return False
    return work.context.refs.remote(row.references, value) is not None


def _holds(work: Work, link: Link, column: int, seen: Seen) -> Raw:
    """What a record holds as far as is known: its shadow, or a reference that can never become known (W5)."""
    raw, now = link.raw[column], seen.raw[column]
    return now if raw is not MISSING and work.is_lost(work.rows(link)[column], now) else raw


def _update_property(work: Work, link: Link, column: int, seen: Seen, due: Due) -> None:
    """Put a property that is behind into an update; or find it in step without a write; or hold why it waits."""
    row = work.rows(link)[column]
    wanted = _wanted(work, link, column, row)
    if wanted is None:
        return
    value, stamp = wanted
    raw = _holds(work, link, column, seen)
    if _is_unknown(work, link, row, raw, seen.raw[column]):
        return
    old = work.get(row, raw)
    if old == value or (raw is MISSING and value is None):
        link.same[column] = stamp  # in step without a write; the base stays (M1)
        link.rejected.pop(column, None)
        return
    if is_refused(work, link, column, stamp):
        return
    told = Wanted(_newest_first(work, link, row, column, value), stamp)
    written = put(work, link.mapping, column, raw, told, link)
    if written is MISSING:
        return
    if written == raw:
        link.same[column] = stamp  # all that the record can hold of it stands there (W1, M5)
    elif _is_entered(link, column, stamp) or not _is_frozen(work, link, row, column, written):
        due.sent[column] = Sent(written, stamp)
        if old is not None and old is not MISSING:
            (due.blanks if value is None else due.overwrites).append(row.name)
            due.first = due.first or link.base[column] == BOTTOM


def _wanted(work: Work, link: Link, column: int, row: PropertyMapping) -> Wanted | None:
    """What the record is to hold; None while a suspect says nothing yet (S5), or only a person can decide (M6)."""
    golden = work.golden
    if column in link.suspects:
        return None
    if row.property in golden.questions:
        work.hold(link.mapping, "conflict", golden.questions[row.property], property=row.name)
        pin = link.pins.get(column)  # what a person put back is written here alone (G3)
        return None if pin is None else Wanted(*pin)
    return Wanted(golden.value[row.property], golden.stamp[row.property])


def _is_unknown(work: Work, link: Link, row: PropertyMapping, raw: Raw, now: Raw) -> bool:
    """True where nobody can tell yet what a write would replace: it is held."""
    lacking = raw is MISSING and now is not MISSING and row.reads and not work.is_lost(row, now)
    if lacking or work.is_untold(row, now, raw):
        state: Held = "waiting" if work.asks_for(row, now) else "pending"
        work.hold(link.mapping, state, "what stands there can not be told yet", property=row.name)
        return True
    if raw is MISSING and now is MISSING and work.is_reread(link):
        work.hold(link.mapping, "waiting", "what stands there is read again first", property=row.name)
        return True
    return False


def _newest_first(work: Work, link: Link, row: PropertyMapping, column: int, value: Value) -> Value:
    """A golden set with what the record has not seen yet in front: a target that holds fewer elements takes it for what
    was taken out (M5)."""
    of = work.concept.by_element.get(row.property)
    if of is None or column in link.pins:
        return value
    known = max(link.base[column], link.same[column] or BOTTOM)
    return newest_first(work.golden, row.property, known, of)


def _is_entered(link: Link, column: int, stamp: Stamp) -> bool:
    """True for what a person put back or picked, and was not written here since: somebody enters it (G3, G5)."""
    return stamp.record.startswith("person:") and link.base[column] < stamp


def _is_frozen(work: Work, link: Link, row: PropertyMapping, column: int, raw: Raw) -> bool:
    """True where values chase each other; the record is read again when it thaws by itself (G5)."""
    until_us = chased(link.written.get(column, ()), raw, work.context.now_us)
    if until_us is None:
        return False
    work.hold(link.mapping, "frozen", CHASED, property=row.name)
    work.fetch(link, CHASED, until_us)
    return True
