"""Which writes are due: derived from golden record and shadows, never stored (W1, W5, W6, W9, W13, W14)."""

from collections.abc import Collection, Iterator

from accord.core.creating import count_wait, keeps_out, let, may_come, stands_still
from accord.core.model import Mapping, PropertyMapping
from accord.core.oscillation import CHASED, chased
from accord.core.sets import newest_first
from accord.core.stamps import BOTTOM, Stamp
from accord.core.state import Golden, Link, Seen, Sent, WriteKind, record_key
from accord.core.values import MISSING, Raw, Value
from accord.core.work import SECOND_US, Due, Work

__all__ = ["due_writes"]

REFUSALS = 5
REST_US = 60 * SECOND_US


def due_writes(work: Work) -> list[Due]:
    """Writes that the golden record's records still have to receive, in order of mapping and incarnation.

    What is held back, and why, is added to `work.holds` (G4).
    """
    golden = work.golden
    dues: list[Due] = []
    for link in work.cluster.links:
        mapping = work.mapping(link)
        if mapping is None or link.life != "live":
            continue
        before = len(work.holds)
        found = list(_of_link(work, link, mapping))
        if (why := stands_still(work, link, mapping)) and (found or len(work.holds) > before):
            del work.holds[before:]
            work.hold(link.mapping, "excluded", why)
        else:
            dues.extend(found)
    if golden.life == "alive":
        for mapping in work.context.model.mappings_of(golden.concept):
            dues.extend(_create(work, mapping))
    count_wait(work, work.holds)
    return [due for due in let(work, dues) if not _is_paused(work, due)]


def _of_link(work: Work, link: Link, mapping: Mapping) -> Iterator[Due]:
    if link.open is not None:
        yield from _again(link, work.golden)
    elif (work.golden.life == "dying" or link.doomed) and not link.suspects:
        yield from _delete(work, link, mapping)
    else:  # what was kept aside may be an edit, which keeps the data (W8)
        yield from _update(work, link, mapping)


def _is_paused(work: Work, due: Due) -> bool:
    """True where nothing is written for now; what ends the pause marks the golden record anew (G2, K6, S11)."""
    why = work.context.paused.get(due.mapping)
    if why is not None:
        work.hold(due.mapping, "frozen", why)
    return why is not None


def _again(link: Link, golden: Golden) -> Iterator[Due]:
    """A write of unknown outcome: once the record was read and shows nothing new, the same is sent again (W3, W4)."""
    write = link.open
    if write is None or not write.unknown or write.acked or link.read_us < write.sent_us:
        return
    if write.version is None or (write.kind == "delete" and golden.life != "dying" and not link.doomed):
        return  # only time and a fetch decide
    again = _due(link, write.kind, write.version)
    again.again, again.sent = True, write.sent
    yield again


def _delete(work: Work, link: Link, mapping: Mapping) -> Iterator[Due]:
    if link.refusals and _rests(work, link):
        return
    if (link.mapping, link.id) in work.context.kept:
        work.hold(link.mapping, "excluded", "another facet of its record is alive, so it is not deleted")
    elif not mapping.declaration.can_delete:
        work.hold(link.mapping, "failed", "the system can not delete")
    elif _still_rejected(work, link, -1, work.revision()):
        _hold_rejected(work, link, "", link.rejected[-1].message)
    else:
        yield _due(link, "delete", _named(work.seen(link), mapping))


def _update(work: Work, link: Link, mapping: Mapping) -> Iterator[Due]:
    seen = work.seen(link)
    if seen is None or seen.gone or (link.refusals and _rests(work, link)):
        return
    if seen.missing_us is not None:
        work.hold(link.mapping, "pending", "the system did not find it; it is read again")
        return
    if work.is_unread(link):
        work.hold(link.mapping, "waiting", "it was only listed in part, and is fetched first")
        return
    due = _due(link, "update", _named(seen, mapping))
    stamps, bases, sames = work.golden.stamp, link.base, link.same
    for column, row in enumerate(mapping.properties):
        stamp = stamps[row.property]
        behind = bases[column] != stamp and sames[column] != stamp and row.writes and not row.create_only
        if behind or column in link.pins or (row.references and _dangles(work, link, column, seen)):
            _update_property(work, link, mapping, column, seen, due)
    for column, suspect in link.suspects.items():
        due.sent[column] = suspect.sent
    if not due.sent:
        return
    if not mapping.declaration.can_update:
        work.hold(link.mapping, "failed", "the system can not update")
    elif (whole := link.rejected.get(-1)) is not None and _still_rejected(work, link, -1, work.revision()):
        _hold_rejected(work, link, "", whole.message)
    else:
        yield due


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
    row, raw = work.rows(link)[column], _standing(work, link, column, seen)
    value = work.golden.value[row.property]
    if raw is None or raw is MISSING or value is None or not row.writes or row.create_only:
        return False
    if work.get(row, raw) is not MISSING:
        return False
    return work.context.refs.remote(row.references, value) is not None


def _standing(work: Work, link: Link, column: int, seen: Seen) -> Raw:
    """What a record holds as far as is known: its shadow, or a reference that can never become known (W5)."""
    raw, now = link.raw[column], seen.raw[column]
    return now if raw is not MISSING and work.is_lost(work.rows(link)[column], now) else raw


def _update_property(work: Work, link: Link, mapping: Mapping, column: int, seen: Seen, due: Due) -> None:
    row, golden = mapping.properties[column], work.golden
    stamp, value = golden.stamp[row.property], golden.value[row.property]
    raw = _standing(work, link, column, seen)
    if column in link.suspects:
        return
    if row.property in golden.questions:
        work.hold(link.mapping, "conflict", golden.questions[row.property], property=row.name)
        if column not in link.pins:
            return
        value, stamp = link.pins[column]  # what a person put back is written here alone (G3)
    now = seen.raw[column]
    lacking = raw is MISSING and now is not MISSING and row.reads and not work.is_lost(row, now)
    if lacking or work.is_untold(row, now, raw):
        state = "waiting" if work.asks_for(row, now) else "pending"
        work.hold(link.mapping, state, "what stands there can not be told yet", property=row.name)
        return
    if raw is MISSING and now is MISSING and work.is_reread(link):
        work.hold(link.mapping, "waiting", "what stands there is read again first", property=row.name)
        return
    old = work.get(row, raw)
    if old == value or (raw is MISSING and value is None):
        link.same[column] = stamp  # in step without a write; the base stays (M1)
        link.rejected.pop(column, None)
        return
    if _still_rejected(work, link, column, stamp):
        _hold_rejected(work, link, row.name, link.rejected[column].message)
        return
    told = Sent(_told(work, link, row, column, value), stamp)
    written = _put(work, link.mapping, row, column, raw, told, link)
    if written is MISSING:
        return
    if written == raw:
        link.same[column] = stamp  # all that the record can hold of it stands there (W1, M5)
    elif not _is_frozen(work, link, row, column, written):
        due.sent[column] = Sent(written, stamp)
        if old is not None and old is not MISSING:
            (due.blanks if value is None else due.overwrites).append(row.name)
            due.first = due.first or link.base[column] == BOTTOM


def _told(work: Work, link: Link, row: PropertyMapping, column: int, value: Value) -> Value:
    """A golden set with what the record has not seen yet in front: a target that holds fewer elements takes it for what
    was taken out (M5)."""
    of = work.concept.by_element.get(row.property)
    if of is None or column in link.pins:
        return value
    known = max(link.base[column], link.same[column] or BOTTOM)
    return newest_first(work.golden, row.property, known, of)


def _is_frozen(work: Work, link: Link, row: PropertyMapping, column: int, raw: Raw) -> bool:
    """True where values chase each other; the record is read again when it thaws by itself (G5)."""
    until_us = chased(link.written.get(column, ()), raw, work.context.now_us)
    if until_us is None:
        return False
    work.hold(link.mapping, "frozen", CHASED, property=row.name)
    work.fetch(link, CHASED, until_us)
    return True


def _put(
    work: Work, mapping: str, row: PropertyMapping, column: int, raw: Raw, told: Sent, link: Link | None
) -> Raw:
    """Raw for a value and its stamp, or MISSING where it can not be written now; why is held."""
    value, stamp = told
    if row.references and value is not None:
        return _put_reference(work, mapping, row, raw, value)
    try:
        return row.lens.put(value, raw, work.context.refs)
    except ValueError as error:
        if link is not None:
            work.reject(link, column, stamp, str(error))
        work.hold(mapping, "failed", str(error), property=row.name)
        return MISSING


def _put_reference(work: Work, mapping: str, row: PropertyMapping, raw: Raw, value: Value) -> Raw:
    """The remote id of the golden record referred to; until the target has one the write waits (W5)."""
    written = row.lens.put(value, raw, work.context.refs)
    if written is not MISSING:
        return written
    if not may_come(work, str(value), row.references):
        reason = f"not carried: no record of {row.references} will stand for what it refers to"
        work.hold(mapping, "excluded", reason, property=row.name)
    else:
        waits = (value, row.references)
        work.hold(
            mapping,
            "pending",
            f"waits for a record of {row.references}",
            property=row.name,
            waits_for=waits,
            pulls=waits in work.context.unasked,
        )
    return MISSING


def _still_rejected(work: Work, link: Link, column: int, stamp: Stamp) -> bool:
    """True while nothing has changed that could make a refused write succeed (W9)."""
    rejection = link.rejected.get(column)
    if rejection is None:
        return False
    seen = work.seen(link)
    same = rejection.stamp == stamp and rejection.version == (seen.version if seen is not None else None)
    if same and rejection.fingerprint == work.context.model.fingerprint:
        return True
    del link.rejected[column]
    return False


def _hold_rejected(work: Work, link: Link, name: str, message: str) -> None:
    work.hold(link.mapping, "failed", message, property=name)


def _create(work: Work, mapping: Mapping) -> Iterator[Due]:
    """A create in an entity type where the golden record has no record and none is forbidden (W6, W8)."""
    links = [link for link in work.cluster.links if link.mapping == mapping.key]
    creating = next((link for link in links if link.life == "creating"), None)
    live = any(link.life == "live" for link in links)
    if live and creating is not None and creating.open is None:
        work.bury(creating, "hub")  # its record was found in another way: what was refused matters no more
    if live or (creating is not None and creating.open is not None):
        return
    model, pulled = work.context.model, (work.golden.id, mapping.key) in work.context.pulled
    refusal = keeps_out(work.cluster, mapping, model, pulled=pulled)
    if refusal is not None:
        work.hold(mapping.key, refusal.state, refusal.reason)
        return
    last = max(links, key=lambda link: link.incarnation, default=None)
    if creating is not None and _still_rejected(work, creating, -1, work.revision()):
        _hold_rejected(work, creating, "", creating.rejected[-1].message)
        return
    source = any(link.life == "live" or link.kept is not None for link in work.cluster.links)
    if not source or not _gate_open(work, mapping):
        return
    incarnation = creating.incarnation if creating else (last.incarnation + 1 if last else 0)
    due = Due(kind="create", golden=work.golden.id, mapping=mapping.key, incarnation=incarnation)
    due.pulled = pulled and keeps_out(work.cluster, mapping, model, pulled=False) is not None
    before = len(work.holds)
    if not _create_values(work, mapping, due, creating):
        for hold in work.holds[before:]:
            hold.pulls = False  # what is not made itself pulls nothing in (W6)
    elif why := _another_facet(mapping, due):
        work.hold(mapping.key, "excluded", why)
    elif not _waits(work, before, [row.name for row in mapping.properties if row.required]):
        yield due


def _another_facet(mapping: Mapping, due: Due) -> str | None:
    """Why the record that a create would make is of another facet, or None (L9)."""
    if mapping.contradicts is None:
        return None
    body: dict[str, Raw] = {}
    for column, sent in sorted(due.sent.items()):
        mapping.properties[column].place.write(body, sent.raw, None)
    for place, raw in mapping.constants:
        place.write(body, raw, None)
    return mapping.contradicts(body)


def _gate_open(work: Work, mapping: Mapping) -> bool:
    """No create before the target was looked at (W13)."""
    gate = work.context.gates[mapping.key]
    golden = work.golden.id
    first_us = max((s.first_us for s in work.cluster.seen.values() if not s.gone), default=0)
    needed_us = first_us + int(mapping.declaration.lag_s * SECOND_US)
    if any(work.is_unread(link) for link in work.cluster.links):
        work.hold(mapping.key, "waiting", "its record was only listed in part, and is fetched first")
    elif not gate.complete:
        work.hold(mapping.key, "waiting", "an entity type of the concept was never read completely")
    elif gate.began_us < needed_us:
        reason = f"{mapping.key} has to be read again first"
        work.hold(mapping.key, "waiting", reason, until_us=needed_us)
    elif (golden, mapping.key) in work.context.strangers:
        work.hold(mapping.key, "review", "an unlinked record there bears the same key")
    elif any(record_key(*record) in work.context.reviewed for record in work.cluster.seen):
        work.hold(mapping.key, "review", "an open review concerns it")
    else:
        return True
    return False


def _create_values(work: Work, mapping: Mapping, due: Due, creating: Link | None) -> bool:
    """Fill a create with every value there is; False where something that it needs will not come by itself."""
    golden = work.golden
    complete = True
    for column, row in enumerate(mapping.properties):
        value = golden.value[row.property]
        if not row.writes or row.update_only:
            continue
        if value is None or row.property in golden.questions:
            if row.required:
                work.hold(mapping.key, "failed", "it is required there and has no value", property=row.name)
                complete = False
            continue
        if creating is not None and _still_rejected(work, creating, column, golden.stamp[row.property]):
            _hold_rejected(work, creating, row.name, creating.rejected[column].message)
            complete = complete and not row.required
            continue
        before = len(work.holds)
        told = Sent(value, golden.stamp[row.property])
        raw = _put(work, mapping.key, row, column, MISSING, told, creating)
        if raw is not MISSING:
            due.sent[column] = Sent(raw, golden.stamp[row.property])
        elif row.required and not any(hold.waits_for for hold in work.holds[before:]):
            complete = False
    return complete


def _waits(work: Work, before: int, columns: Collection[str]) -> bool:
    """True where a create waits for what it refers to; in a ring of creates only for what is required (W5)."""
    alone = work.golden.id in work.context.alone
    return any(h.waits_for and (not alone or h.property in columns) for h in work.holds[before:])
