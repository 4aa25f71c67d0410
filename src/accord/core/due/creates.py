"""Creates that are due: a record where the golden record has none, carrying every value there is (W5, W6, W8, W13)."""

from collections.abc import Collection

from accord.core.creating import keeps_out
from accord.core.due.values import Wanted, is_refused, put
from accord.core.model import Mapping
from accord.core.state import WHOLE, Link, Sent, record_key
from accord.core.values import MISSING, Raw
from accord.core.work import SECOND_US, Due, Work

__all__ = ["due_create"]


def due_create(work: Work, mapping: Mapping) -> Due | None:
    """The create in an entity type where the golden record has no record, if it is due; else why not is held (W6)."""
    links: list[Link] = []
    creating, live = None, False
    for link in work.cluster.links:
        if link.mapping == mapping.key:
            links.append(link)
            live = live or link.life == "live"
            creating = link if creating is None and link.life == "creating" else creating
    if live and creating is not None and creating.open is None:
        work.bury(creating, "hub")  # its record was found in another way: what was refused matters no more
    if live or (creating is not None and creating.open is not None):
        return None
    model, pulled = work.context.model, (work.golden.id, mapping.key) in work.context.pulled
    if (refusal := keeps_out(work.cluster, mapping, model, pulled=pulled)) is not None:
        work.hold(mapping.key, refusal.state, refusal.reason)
        return None
    if creating is not None and is_refused(work, creating, WHOLE, work.revision(creating)):
        return None
    last = max(links, key=lambda link: link.incarnation, default=None)
    source = any(link.life == "live" for link in work.cluster.links) or (last and last.kept is not None)
    if not source or not _gate_open(work, mapping):
        return None
    incarnation = creating.incarnation if creating else (last.incarnation + 1 if last else 0)
    due = Due(kind="create", golden=work.golden.id, mapping=mapping.key, incarnation=incarnation)
    due.pulled = pulled and keeps_out(work.cluster, mapping, model, pulled=False) is not None
    return due if _fill(work, mapping, due, creating) else None


def _gate_open(work: Work, mapping: Mapping) -> bool:
    """No create before the target was looked at (W13)."""
    gate = work.context.gates[mapping.key]
    golden = work.golden.id
    first_us = max((s.first_us for s in work.cluster.seen.values() if not s.gone), default=0)
    needed_us = max(first_us, gate.back_us) + int(mapping.declaration.lag_s * SECOND_US)
    if any(work.is_unread(link) for link in work.cluster.links):
        work.hold(mapping.key, "waiting", "its record is read as a whole first")
    elif not gate.complete:
        work.hold(mapping.key, "waiting", "an entity type of the concept was never read completely")
    elif gate.began_us < needed_us:
        reason = f"{mapping.key} has to be read again first"
        work.hold(mapping.key, "waiting", reason, until_us=needed_us)
    elif (golden, mapping.key) in work.context.strangers:
        again = any(link.kept is not None for link in work.cluster.links)  # none of them bears the key now
        until_us = work.context.now_us if again else None
        work.hold(mapping.key, "review", "a record there bears the same key", until_us=until_us)
    elif work.context.reviewed and any(
        record_key(*record) in work.context.reviewed for record in work.cluster.seen
    ):
        work.hold(mapping.key, "review", "an open review concerns it")
    else:
        return True
    return False


def _fill(work: Work, mapping: Mapping, due: Due, creating: Link | None) -> bool:
    """Fill a create; False where it can not be made now, or would make a record of another facet."""
    before = len(work.holds)
    if not _put_values(work, mapping, due, creating):
        for hold in work.holds[before:]:
            hold.pulls = False  # what is not made itself pulls nothing in (W6)
        return False
    if why := _another_facet(mapping, due):
        work.hold(mapping.key, "excluded", why)
        return False
    return not _waits(work, before, [row.name for row in mapping.properties if row.required])


def _put_values(work: Work, mapping: Mapping, due: Due, creating: Link | None) -> bool:
    """Put in every value there is; False where something that is required will not come by itself."""
    golden = work.golden
    complete = True
    for column, row in enumerate(mapping.properties):
        if not row.writes or row.update_only:
            continue
        wanted = Wanted(golden.value[row.property], golden.stamp[row.property])
        if wanted.value is None or row.property in golden.questions:
            if row.required:
                work.hold(mapping.key, "failed", "it is required there and has no value", property=row.name)
                complete = False
            continue
        if creating is not None and is_refused(work, creating, column, wanted.stamp):
            complete = complete and not row.required
            continue
        before = len(work.holds)
        raw = put(work, mapping.key, column, MISSING, wanted, creating)
        if raw is not MISSING:
            due.sent[column] = Sent(raw, wanted.stamp)
        elif row.required and not any(hold.waits_for for hold in work.holds[before:]):
            complete = False
    return complete


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


def _waits(work: Work, before: int, required: Collection[str]) -> bool:
    """True where a create waits for what it refers to; in a ring of creates only for what is required (W5)."""
    alone = work.golden.id in work.context.alone
    return any(h.waits_for and (not alone or h.property in required) for h in work.holds[before:])
