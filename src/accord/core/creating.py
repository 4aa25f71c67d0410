"""What is created where, and what is kept from being written (W5-W8, W12, L9). Every reason becomes a hold (G4)."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from accord.core.model import Concept, Mapping, Model
from accord.core.stamps import Stamp
from accord.core.state import Cluster, Link, record_parts
from accord.core.work import SECOND_US, Due, Hold, Work

__all__ = [
    "MOST_TIMES",
    "Refusal",
    "count_wait",
    "is_barred",
    "is_contested",
    "keeps_out",
    "last_tomb",
    "let",
    "may_come",
    "rest",
    "rest_first",
]

MOST_TIMES = 10
"""A value that keeps changing is written after so many times `settle_s`, whatever follows (W12)."""


class Refusal(NamedTuple):
    """Why no record is made, as the state of a hold and in words."""

    state: Literal["excluded", "tombstoned", "pending", "conflict"]
    reason: str


def is_contested(link: Link, cluster: Cluster, concept: Concept) -> bool:
    """True where a record was deleted by a person while it was edited elsewhere, and nobody has ruled (W8)."""
    if link.life != "tomb" or link.by != "person" or link.ruled or cluster.golden.life != "alive":
        return False
    others = [other for other in cluster.links if other.mapping == link.mapping]
    asks = concept.delete in ("propagate", "archive")
    return asks and link is last_tomb(cluster, link.mapping) and all(other.life == "tomb" for other in others)


def last_tomb(cluster: Cluster, mapping: str) -> Link | None:
    """The newest link of a record that is gone from an entity type. What left for another golden record, or was never
    made, leaves a number and no tombstone (W8)."""
    stones = [k for k in cluster.links if k.life == "tomb" and k.mapping == mapping]
    if not stones:
        return None
    tombs = [k for k in stones if k.id is not None or k.by != "hub"]
    return max(tombs, key=lambda link: link.incarnation, default=None)


def _is_wanted_back(cluster: Cluster, mapping: str) -> bool:
    """True where what was deleted is to be made again, whatever the create rule says: a person wants it, or the delete
    policy does (W8, G3)."""
    last = last_tomb(cluster, mapping)
    return last is not None and (last.kept is not None or not last.by)


def is_barred(cluster: Cluster, mapping: str) -> bool:
    """True where no record will be made by itself: the golden record is dead, or a person deleted the last one (W8)."""
    if cluster.golden.life == "dead":
        return True
    last = last_tomb(cluster, mapping)
    if last is None or last.by != "person":
        return False
    return all(link.life == "tomb" for link in cluster.links if link.mapping == mapping)


def keeps_out(cluster: Cluster, mapping: Mapping, model: Model, *, pulled: bool) -> Refusal | None:
    """Why the golden record gets no record in an entity type where it has none, or None: it does (W6, W7, W8, L9).

    `pulled`: one that is synchronised there refers to it. Nothing here looks at what a create would carry, or at the
    time.
    """
    if why := _never(cluster, mapping, model):
        return Refusal("excluded", why)
    if _is_wanted_back(cluster, mapping.key):
        return None
    if is_barred(cluster, mapping.key):
        concept = model.concepts[cluster.golden.concept]
        if any(is_contested(link, cluster, concept) for link in cluster.links if link.mapping == mapping.key):
            return Refusal("conflict", "it was deleted there and edited elsewhere")
        return Refusal("tombstoned", "a person deleted it there")
    if why := _not_yet(cluster, mapping):
        return Refusal("pending", why)
    pulled = pulled and bool(mapping.pulled_by)
    if (old := _is_old(cluster, model)) and not (pulled and mapping.pull_old):
        return Refusal("excluded", f"not shared: it was in the first listing of {old}")
    return None if pulled else _own_rule(cluster, mapping)


def _never(cluster: Cluster, mapping: Mapping, model: Model) -> str:
    """A switch, the system, or that it has a record there as another facet whose records this mapping makes: what were
    made besides would be of that facet too, and so on without end (L9)."""
    if not mapping.shares:
        return f"not shared: nothing is written to {mapping.key}"
    if not mapping.declaration.can_create:
        return "the system can not create such records"
    for link in cluster.links:
        other = model.mappings.get(link.mapping)
        if link.life == "live" and other is not None and other.primary == mapping.key:
            return f"it has a record there already, as {other.key}"
    return ""


def _not_yet(cluster: Cluster, mapping: Mapping) -> str:
    """Another facet makes it (L9), or all that it would be made from are creates that are being undone (G3)."""
    if mapping.primary:
        return f"its record is made by {mapping.primary}"
    standing = [link for link in cluster.links if link.life == "live"]
    if standing and all(link.doomed for link in standing):
        return "all of its records are about to be deleted"
    return ""


def _own_rule(cluster: Cluster, mapping: Mapping) -> Refusal | None:
    """What the create rule says of a golden record that nothing refers to (W6)."""
    if mapping.create == "linked":
        if mapping.pulled_by:
            return Refusal("excluded", "nothing that is synchronised there refers to it")
        return Refusal("excluded", "nothing is created there: its create rule is `linked` (W6)")
    golden = cluster.golden
    for wish in mapping.wishes:
        if wish.column in golden.questions:
            return Refusal(
                "conflict", f"whether it is created there hangs on `{wish.name}`, which is in question"
            )
        if not wish.is_met(golden.value):
            more = ", and nothing that is synchronised there refers to it" if mapping.pulled_by else ""
            return Refusal("excluded", f"it does not fit the condition on `{wish.name}`{more}")
    return None


def _is_old(cluster: Cluster, model: Model) -> str:
    """Key of the mapping in whose first listing the golden record was, where `full_sync` is off there and no other
    record wants it everywhere; else "" (W7). What we made ourselves wants nothing."""
    old = ""
    for link in cluster.links:
        mapping, seen = model.mappings.get(link.mapping), cluster.seen.get((link.mapping, link.id or ""))
        if link.life != "live" or mapping is None or seen is None:
            continue
        if seen.initial and not mapping.full_sync:
            old = old or mapping.key
        elif not seen.made:
            return ""
    return old


def may_come(work: Work, golden: str, target: str) -> bool:
    """True where a record of a golden record that the one under work refers to will come to stand in an entity type
    (W5): of itself, or because this one refers to it."""
    mapping = work.context.model.mappings.get(target)
    if mapping is None or (golden, target) in work.context.barred:
        return False
    if not (mapping.shares and mapping.declaration.can_create):
        return False
    if work.golden.concept in mapping.pulled_by:
        return True
    return mapping.create == "always" and (golden, target) not in work.context.unasked


def rest(work: Work, before: Sequence[Stamp]) -> None:
    """What changed just now is left to rest for `settle_s` of where it was changed, ten times over at most (W12)."""
    golden, model, now_us = work.golden, work.context.model, work.context.now_us
    if not model.rests:
        return
    changed = {
        record_parts(now.record)[0] for was, now in zip(before, golden.stamp, strict=True) if was != now
    }
    settle_s = max((m.settle_s for key in changed if (m := model.mappings.get(key)) is not None), default=0.0)
    if settle_s:
        golden.latest_us = golden.latest_us or now_us + round(MOST_TIMES * settle_s * SECOND_US)
        golden.still_us = min(now_us + round(settle_s * SECOND_US), golden.latest_us)


def rest_first(work: Work, before: Sequence[Stamp]) -> None:
    """First values are left to rest as well, for `settle_s` from when their record was first seen: it may be typed in
    just now (W12). What was there before the hub first looked is not."""
    golden, model = work.golden, work.context.model
    if not model.rests:
        return
    for was, now in zip(before, golden.stamp, strict=True):
        name = record_parts(now.record)
        mapping, seen = model.mappings.get(name[0]), work.cluster.seen.get(name)
        if was != now and mapping is not None and seen is not None and not (seen.initial or seen.made):
            until_us = seen.first_us + round(mapping.settle_s * SECOND_US)
            golden.still_us = max(golden.still_us, until_us)


def let(work: Work, dues: Sequence[Due]) -> list[Due]:
    """The dues that are sent as far as switches, facets and rest go; why the others are not is held."""
    golden = work.golden
    rests = work.context.now_us < golden.still_us
    if not rests:
        golden.still_us = golden.latest_us = 0
    found = []
    for due in dues:
        if rests and due.kind != "delete" and not due.again:
            reason = "it changed just now, and is left to rest"
            work.hold(due.mapping, "pending", reason, until_us=golden.still_us)
            for hold in work.holds:
                hold.pulls = False
        else:
            found.append(due)
    return found


def stands_still(work: Work, link: Link, mapping: Mapping) -> str:
    """Why nothing is written to a linked record, or "" (W7, L9)."""
    if not mapping.shares:
        return f"not shared: nothing is written to {mapping.key}"
    seen = work.seen(link)
    return seen.resting if seen is not None else ""


def count_wait(work: Work, holds: Sequence[Hold]) -> None:
    """A write that waits for the creation of another record longer than `wait_s` shows as failed, and waits on (W5)."""
    golden, context = work.golden, work.context
    waiting = [hold for hold in holds if hold.waits_for]
    if not waiting:
        golden.waits_us = 0
        return
    golden.waits_us = golden.waits_us or context.now_us
    if context.now_us - golden.waits_us > context.model.wait_s * SECOND_US:
        for hold in waiting:
            hold.state, hold.reason = "failed", f"{hold.reason}, for longer than `wait_s`"
