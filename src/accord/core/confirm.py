"""How a write ended, and what that says about the shadow (S5, S6, W2, W3, W9)."""

from typing import NamedTuple

from accord.core.intake import read_raw
from accord.core.link import new_link
from accord.core.merging.news import confirm_body
from accord.core.model import Mapping
from accord.core.observation import Outcome
from accord.core.state import TO_BE_READ, WHOLE, Fetch, Link, Open, Seen
from accord.core.values import MISSING
from accord.core.work import SECOND_US, Due, Work

__all__ = ["adopt", "confirm", "open_write"]


def open_write(work: Work, due: Due) -> Link:
    """The link of a write that is about to be sent, which is open on it; a create's is made here.

    Body and key are still to be put in; then it is saved and committed before the call, and none of it changes any
    more (W3, C2). One that is sent again keeps those that it has.
    """
    link = _link_of(work, due)
    if due.again and link.open is not None:
        link.open.sendings += 1
        link.open.sent_us = link.sent_us = work.context.now_us
        return link
    link.open = Open(
        kind=due.kind,
        sent=due.sent,
        version=due.version,
        sent_us=work.context.now_us,
        first_us=work.context.now_us,
        sendings=1,
    )
    link.sent_us = work.context.now_us
    return link


def _link_of(work: Work, due: Due) -> Link:
    for link in work.cluster.links:
        if link.mapping == due.mapping and link.incarnation == due.incarnation:
            return link

    link = new_link(work.golden.id, work.context.model.mappings[due.mapping], None, life="creating")
    link.incarnation = due.incarnation
    work.cluster.links.append(link)
    return link


def adopt(work: Work, link: Link, row: Seen) -> None:
    """A record that was found is what an open create made: it is linked, with what was sent as its shadow (L5, W3)."""
    link.id, link.life = row.id, "live"
    row.golden, row.made, row.seq = link.golden, True, row.seq + 1
    row.held = TO_BE_READ if row.excluded else ""  # only what identifies it is known (S2)
    if row.held:
        work.fetches.append(Fetch(row.mapping, row.id, TO_BE_READ))
    work.cluster.seen[row.mapping, row.id] = row
    work.note("created", link)


class _Ending(NamedTuple):
    """An open write, and how it ended."""

    work: Work
    link: Link
    write: Open
    mapping: Mapping
    outcome: Outcome
    seen: Seen | None


def confirm(work: Work, link: Link, outcome: Outcome, seen: Seen | None) -> None:
    """Take the outcome of a link's open write; `seen` is the row that a reply with a body was absorbed into.

    After it `settle_work` derives what is due now. Raises nothing: every ending is a state.
    """
    write, mapping = link.open, work.mapping(link)
    if write is not None and mapping is not None:
        _HANDLERS[outcome.kind](_Ending(work, link, write, mapping, outcome, seen))


def _done(end: _Ending) -> None:
    work, link, write, mapping, outcome, seen = end
    link.confirmed_us, link.refusals = work.context.now_us, 0
    link.rejected.pop(-1, None)
    if write.kind == "delete":
        _deleted(work, link)
        return
    if seen is not None and link.life == "creating":
        if seen.golden not in (None, link.golden) or _older_than(write, seen, mapping):
            _not_ours(work, link, seen)
            return
        link.id, link.life = seen.id, "live"
        seen.golden, seen.held, seen.made = link.golden, "", True
        work.cluster.seen[link.mapping, seen.id] = seen
    if link.life == "live":
        _note_written(work, link, write, mapping)
    reply = outcome.observation
    if reply is not None and seen is not None and reply.payload is not None and reply.version == seen.version:
        raws = read_raw(mapping, reply.payload, seen.raw)
        if write.kind == "create":  # of what a filter leaves out its row has what identifies it alone (S2)
            seen.raw = [old if new is MISSING else new for new, old in zip(raws, seen.raw, strict=True)]
        if all(raws[column] is not MISSING for column in write.sent if mapping.properties[column].reads):
            if write.kind == "update" or write.sendings == 1:
                confirm_body(work, link, seen, mapping)
            return  # a repeated create shows the record of now: it is settled like one that was found (S5)
        link.seq = seen.seq  # what it does not tell is as it was before the write (S3)
    write.acked, write.unknown = link.life == "live", link.life != "live"
    write.returned = reply.version if reply is not None else None
    work.fetch(link, "a reply without the record", work.context.now_us)


def _older_than(write: Open, seen: Seen, mapping: Mapping) -> bool:
    """The record was there before the create was sent for the first time; or it is known to be gone."""
    if seen.gone and write.sendings == 1:
        return True
    error_us = int((mapping.declaration.clock_error_s + 1) * SECOND_US)
    return seen.created_us is not None and seen.created_us + error_us < write.first_us


def _not_ours(work: Work, link: Link, seen: Seen) -> None:
    """A key of a hub that lost its state gives back a record of then, linked perhaps, or gone: it stays where it is,
    and is read before anything is made of it (G7, L1, W8)."""
    link.open = None
    work.reject(link, WHOLE, work.revision(link), "the system answered with a record that was there before")
    if seen.golden is None and not seen.gone:
        seen.held = TO_BE_READ
        work.fetches.append(Fetch(link.mapping, seen.id, TO_BE_READ))


def _deleted(work: Work, link: Link) -> None:
    kept = None if link.open is None else link.open.kept
    work.bury(link, "person" if link.doomed else "hub")
    link.open = None
    if (row := work.seen(link)) is not None:
        row.gone, row.seq = "deleted", row.seq + 1
        link.seq = row.seq
    work.note("deleted", link)
    if kept is not None:  # for as long as a delete may be undone (W8, G3)
        work.events[-1].value, work.events[-1].has_value = kept, True


def _note_written(work: Work, link: Link, write: Open, mapping: Mapping) -> None:
    """The before-image of every write is in the history (M4); a create is one line, with the values by property."""
    if write.kind == "create":
        rows = ((mapping.properties[column], sent) for column, sent in sorted(write.sent.items()))
        work.note("created", link, value={row.name: work.get(row, sent.raw) for row, sent in rows})
        return
    for column, sent in sorted(write.sent.items()):
        work.note_updated(link, column, sent, work.get(mapping.properties[column], link.raw[column]))


def _unwritten(link: Link) -> None:
    """Nothing was written: what was seen of the record meanwhile is looked at once more (S4)."""
    link.open, link.seq = None, 0


def _moved(end: _Ending) -> None:
    """The record moved on: nothing was written, unless an earlier sending was (W2)."""
    if end.write.sendings == 1:
        _unwritten(end.link)
    else:
        end.write.unknown = True
    end.link.refusals += 1


def _missing(end: _Ending) -> None:
    """There is no such record: a delete has what it wants; an update nominates it as gone (S10)."""
    if end.write.kind == "delete":
        _done(end)
    elif end.write.kind == "create":
        _refused(end)
    else:
        end.write.unknown = True
        end.work.fetch(end.link, "the system does not know it", end.work.context.now_us)


def _refused(end: _Ending) -> None:
    """The system's own words go to the dead letters; only what they name is held (W9).

    After an earlier sending of unknown outcome a refusal proves nothing, for that sending may be its reason; unless the
    system honours keys, so that both were one request. A lack of rights may be newer than the first one.
    """
    work, link, write, mapping, outcome, _ = end
    keyed = write.kind == "create" and mapping.declaration.finds_create[:1] == ("key",)
    if write.sendings > 1 and (not keyed or outcome.denied):
        write.unknown = True
        return
    _unwritten(link)
    if write.kind == "create":
        link.generation += 1
    faults = set(outcome.faults)
    named = [
        column for column in sorted(write.sent) if faults & set(mapping.properties[column].place.paths())
    ]
    for column in named:
        work.reject(link, column, write.sent[column].stamp, outcome.message, denied=outcome.denied)
    if not named:
        work.reject(link, WHOLE, work.revision(link), outcome.message, denied=outcome.denied)


def _unknown(end: _Ending) -> None:
    end.write.unknown = True


def _later(end: _Ending) -> None:
    """Not applied; it is derived anew when the system is asked again."""
    if end.write.sendings == 1:
        _unwritten(end.link)
    else:
        end.write.sendings -= 1
        end.write.unknown = True


_HANDLERS = {
    "done": _done,
    "moved": _moved,
    "missing": _missing,
    "refused": _refused,
    "unknown": _unknown,
    "later": _later,
}
