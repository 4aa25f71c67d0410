"""Settle one golden record with all its links: news in, writes out (M1-M6, S4-S6, W8).

Level-triggered: what is to be done follows from the rows alone, so it may be repeated, on any worker, in any order.
"""

from collections.abc import Set as AbstractSet

from msgspec import Struct

from accord.core.creating import rest, rest_first
from accord.core.due import due_writes
from accord.core.merging.first import merge_first
from accord.core.merging.news import take_news
from accord.core.model import Mapping
from accord.core.restored_system import rebase, remake
from accord.core.stamps import edit_stamp
from accord.core.state import TO_BE_READ, Claim, Cluster, Event, Fetch, Link, Seen, record_key
from accord.core.values import MISSING, value_order
from accord.core.work import SECOND_US, Context, Due, Hold, Work

__all__ = ["Settled", "settle", "settle_work"]


class Settled(Struct, kw_only=True):
    """What settling gives: rows to save, writes that are due, and what is held, to fetch, to remember, and to ask.

    `asked`: the columns of the golden record that a person is asked about from now on (M2, G4).
    """

    cluster: Cluster
    dues: list[Due]
    holds: list[Hold]
    fetches: list[Fetch]
    events: list[Event]
    asked: AbstractSet[int] = frozenset()


def settle(cluster: Cluster, context: Context) -> Settled:
    """Bring one golden record and the shadows of its links up to what was last seen, and derive the writes due.

    The cluster is consumed. Laws: settling what was settled gives the same rows and dues and no event; the order in
    which links were observed does not matter (S7).
    """
    work = Work(cluster=cluster, concept=context.model.concepts[cluster.golden.concept], context=context)
    return settle_work(work)


def settle_work(work: Work) -> Settled:
    """Settle on a work that may already hold events of its own (a confirmed write)."""
    cluster = work.cluster
    cluster.links.sort(key=lambda link: (link.mapping, link.incarnation))
    gone: list[tuple[Link, Seen, Mapping]] = []
    before, asked = list(cluster.golden.stamp), frozenset(cluster.golden.questions)
    for link in cluster.links:
        mapping, seen = work.mapping(link), cluster.seen.get((link.mapping, link.id or ""))
        if mapping is None or seen is None or (seen.seq == link.seq and not work.refers_elsewhere(link)):
            continue
        if link.mapping in work.context.doubted:
            continue
        here = not seen.gone and seen.golden == link.golden
        if here and seen.held == TO_BE_READ:
            continue  # what is known of it may be what identifies it alone (S2)
        if link.restored and here and seen.is_reset:
            continue  # nothing of it was read since somebody said whose state holds (S11)
        if link.restored:
            (rebase if here else remake)(work, link, seen)
        elif not here:  # another record stands under its id (S10)
            gone.append((link, seen, mapping))
        elif link.life == "tomb":
            _revive(work, link, seen, mapping)
        elif not seen.resting:  # what changed in a facet that rests is looked at when it is back (L9)
            take_news(work, link, seen, mapping)
    rest(work, before)
    before = list(work.golden.stamp)
    merge_first(work)
    rest_first(work, before)
    for link, seen, mapping in gone:
        _gone(work, link, seen, mapping)
    if gone:
        merge_first(work)  # what only a record that is gone had in question is none any more (G3, M6)
    _bury(work)
    dues = due_writes(work)
    _fetch_unresolved(work)
    return Settled(
        cluster=cluster,
        dues=dues,
        holds=work.holds,
        fetches=work.fetches,
        events=work.events,
        asked=cluster.golden.questions.keys() - asked,
    )


def _revive(work: Work, link: Link, seen: Seen, mapping: Mapping) -> None:
    """The same id is there again: the link lives, with the shadow that it had (W8)."""
    here = [k for k in work.cluster.links if k.mapping == link.mapping]
    others = [k.id for k in here if k.life == "live" or _is_sent(k)]
    if others and (work.concept.duplicates != "link" or link.id in others):
        link.seq = seen.seq  # another record took its place; a person may look (L8)
        if link.id not in others:
            work.note("returned", link)
        return
    link.life, link.by = "live", ""
    work.revive_golden(link)
    work.note("revived", link)
    _take_out_again(work, link, seen, mapping)
    take_news(work, link, seen, mapping)


def _gone(work: Work, link: Link, seen: Seen, mapping: Mapping) -> None:
    """A linked record is proven gone: deleted by our own write, or by a person (S10, W8)."""
    link.seq = seen.seq
    if link.life == "tomb":
        return
    ours = link.open is not None and link.open.kind == "delete"
    for column, suspect in link.suspects.items():
        row = mapping.properties[column]
        work.note("unknown", link, row.property, value=work.told(row, suspect.raw))
    doomed = link.doomed  # it was to go there alone (G3)
    aside = any(k.suspects or work.is_unread(k) or work.untold(k) for k in work.cluster.links)
    work.bury(link, "hub" if ours and not doomed else "person")
    link.ruled = link.ruled or seen.gone != "deleted"
    if link.open is not None and link.open.kind == "delete":
        link.open = None  # others may have landed before: if the record comes back, that is no edit (S4)
    work.note("gone", link)
    if work.golden.life == "alive":
        _make_room(work, mapping)
    nobody = ours or doomed or seen.gone != "deleted" or seen.resting  # no person deleted the thing
    if not nobody and work.golden.life == "alive" and work.concept.delete != "ignore":
        _follow_delete(work, link, seen, mapping, aside)


def _make_room(work: Work, mapping: Mapping) -> None:
    """A record that had come back while another one stood in its place lives, now that this one is gone (W8)."""
    for link in work.cluster.links:
        seen = work.seen(link)
        if link.mapping == mapping.key and link.life == "tomb" and seen is not None and not seen.gone:
            _revive(work, link, seen, mapping)


def _follow_delete(work: Work, link: Link, seen: Seen, mapping: Mapping, aside: bool) -> None:
    """What the delete policy makes of a record that a person deleted (W8); `aside`: an edit may still show."""
    if any(other.life == "live" and other.mapping == link.mapping for other in work.cluster.links):
        return  # a duplicate was cleared away, and the thing is still there (L3)
    if work.concept.delete == "recreate":
        for tomb in (k for k in work.cluster.links if k.mapping == link.mapping and k.by == "person"):
            tomb.by = ""  # no tombstone, of duplicates neither: it may be made again
    elif aside or not _in_step(work, link):
        work.note("delete_overruled", link)
    elif work.concept.delete == "archive":
        _archive(work, link, seen, mapping)
    else:
        work.golden.life = "dying"
        work.note("dying", link)


def _archive(work: Work, link: Link, seen: Seen, mapping: Mapping) -> None:
    """What a person deleted is put into the archive elsewhere: an edit of the flag, as any other (W8)."""
    link.ruled = True
    column = work.concept.archived
    if column is None or work.golden.value[column] is True:
        return
    base = work.golden.stamp[column]
    record = record_key(link.mapping, link.id or "")
    stamp = edit_stamp(seen.asked_us, base, mapping.priority, record, value_order(True))
    work.claim(column, Claim(stamp, base, True), "archived", link)


def _take_out_again(work: Work, link: Link, seen: Seen, mapping: Mapping) -> None:
    """A record is there again whose delete had put the others into the archive: that is undone as well (W8)."""
    column, record = work.concept.archived, record_key(link.mapping, link.id or "")
    if column is None or work.golden.stamp[column].record != record or work.golden.value[column] is not True:
        return
    base = work.golden.stamp[column]
    stamp = edit_stamp(seen.asked_us, base, mapping.priority, record, value_order(False))
    work.claim(column, Claim(stamp, base, False), "revived", link)
    for at, row in enumerate(mapping.properties):
        if row.property == column:  # nobody archived it here
            link.base[at], link.same[at] = stamp, None


def _in_step(work: Work, link: Link) -> bool:
    """True when the deleted record held the golden revision of every property: nothing unseen is lost with it (W8)."""
    stamps = work.golden.stamp
    return not work.golden.questions and all(
        stamps[row.property] in (link.base[column], link.same[column])
        or (
            link.raw[column] is not MISSING
            and work.get(row, link.raw[column]) == work.golden.value[row.property]
        )
        for column, row in enumerate(work.rows(link))
        if row.reads
    )


def _bury(work: Work) -> None:
    """No live record is left and none is on its way: the golden record is dead, its values stay in the history."""
    links = work.cluster.links
    live = {link.mapping for link in links if link.life == "live"}
    for link in links:
        if link.kept is not None and link.mapping in live:
            link.kept = None  # it is there again (G3)
    if links and not any(link.life == "live" or link.kept is not None or _is_sent(link) for link in links):
        if work.golden.life not in ("dead", "merged"):
            work.golden.life = "dead"
            work.note("dead")
        for link in links:
            if link.life == "creating":
                work.bury(link, "hub")


def _is_sent(link: Link) -> bool:
    return link.life == "creating" and link.open is not None


def _fetch_unresolved(work: Work) -> None:
    """Every write of unknown outcome has its record read, as early as that can tell anything (W4)."""
    for link in work.cluster.links:
        write, mapping = link.open, work.mapping(link)
        if write is None or mapping is None or link.id is None or link.life == "tomb":
            continue
        if not (write.unknown or write.acked):
            continue
        wait_s = mapping.declaration.max_request_s
        if write.acked:
            wait_s = mapping.declaration.lag_s
        elif write.version is not None and link.read_us < write.sent_us:
            wait_s = 0.0
        work.fetch(link, "a write of unknown outcome", write.sent_us + int(wait_s * SECOND_US))
