"""Whether an observation may be taken: it may be older than what is known, or only part of it (S3, S7, S10, S11)."""

from collections.abc import Mapping as ReadOnly, Sequence
from typing import Literal, NamedTuple, TypeAlias

from accord.core.model import Mapping
from accord.core.observation import Observation
from accord.core.restored_system import steps_back
from accord.core.state import Link, Seen
from accord.core.values import MISSING, Raw
from accord.core.work import SECOND_US

__all__ = ["Timing", "Verdict", "is_part", "is_replaced", "judge", "read_raw", "timing_of"]

Verdict: TypeAlias = Literal["new", "changed", "same", "hint", "old", "back"]
"""What an observation of a record comes to.

"new", "changed": it is taken. "same": nothing but the time of reading moved. "hint": it may be older than what is
known, the record has to be fetched. "old": it is, and is dropped. "back": a fetch shows the record below its highest
version; only that is noted (S11).
"""


class Timing(NamedTuple):
    """When the hub last wrote to a record, and when that was confirmed: what is older than these may be stale (S7)."""

    sent_us: int = 0
    confirmed_us: int = 0


def timing_of(link: Link | None) -> Timing:
    """Timing of a linked record."""
    return Timing() if link is None else Timing(link.sent_us, link.confirmed_us)


def read_raw(
    mapping: Mapping,
    payload: ReadOnly[str, object],
    known: Sequence[Raw] | None = None,
    *,
    part: bool = False,
) -> list[Raw]:
    """Raw values at the places of a mapping's rows, by column; MISSING where nothing is said (S2, S3).

    A part of a group of which nothing is said is null where absence means that, else as it was `known`, else null
    beside the others; in a `part` of a record the whole group says nothing then (M8).
    """
    absent = None if mapping.declaration.absent == "null" else MISSING
    raws = [row.place.read(payload) for row in mapping.properties]
    for column in mapping.groups:
        old = absent if absent is None or known is None else known[column]
        raws[column] = _whole(raws[column], old, part=part)
    return raws if absent is MISSING else [absent if raw is MISSING else raw for raw in raws]


def _whole(raw: Raw, known: Raw, *, part: bool) -> Raw:
    if not isinstance(raw, list) or MISSING not in raw:
        return raw
    olds = known if isinstance(known, list) else [MISSING if known is MISSING else None] * len(raw)
    filled = [old if each is MISSING else each for each, old in zip(raw, olds, strict=True)]
    if part and MISSING in filled:
        return MISSING
    return [None if each is MISSING else each for each in filled]


def judge(seen: Seen, observation: Observation, mapping: Mapping, timing: Timing) -> Verdict:
    """ "new" where an observation of a known record may be taken; else "hint", "old" or "back"."""
    replaced = is_replaced(seen, observation)
    if not replaced and steps_back(seen, observation, mapping, timing.sent_us):
        seen.backsteps += 1
        return "back"
    stale = _staleness(seen, observation, mapping, timing)
    if stale == "new" and _leaves_out(seen, observation, mapping):
        return "hint"
    return "hint" if stale == "old" and replaced else stale


def _staleness(seen: Seen, observation: Observation, mapping: Mapping, timing: Timing) -> Verdict:
    """Versions decide where they can; else what was asked for before our last write, or before the last sight, may be
    older than what is known (S7)."""
    declaration, how, asked_us = mapping.declaration, observation.how, observation.asked_us
    lag_us = int(declaration.lag_s * SECOND_US)
    ordered = declaration.version == "ordered"
    if how == "reply":
        older = ordered and _is_older(seen, observation)
        return "old" if older else "hint" if seen.gone else "new"  # a repeated key may give back what is gone
    if how == "fetch" and asked_us >= timing.sent_us + lag_us:
        return "new"
    ordered = ordered and None not in (seen.order, observation.order)
    if ordered and _is_older(seen, observation):
        late = asked_us >= max(timing.confirmed_us, seen.asked_us) + lag_us
        back = seen.gone and late  # no page is as stale as that: a backup may have brought it back (S11)
        return "hint" if how == "fetch" or back else "old"
    if not ordered and observation.version is not None and observation.version in seen.old_versions:
        return "hint" if declaration.recurs else "old"
    if seen.gone and how != "fetch":
        return "hint"  # a stale page may show what was deleted: only a fetch revives
    newer = ordered and observation.order != seen.order
    early = asked_us < max(timing.confirmed_us + lag_us, timing.sent_us, seen.asked_us)
    if newer or not early:
        return "new"
    told = observation.version is not None  # a listing may show none though the record has one
    if told and observation.version != seen.version:
        return "hint"
    return "new" if (told and declaration.exact) or not _differs(seen, observation, mapping) else "hint"


def _leaves_out(seen: Seen, observation: Observation, mapping: Mapping) -> bool:
    """What a partial listing leaves out may have changed, and has to be fetched: the record moved on, or its system was
    restored (S3, S11)."""
    if not is_part(observation, mapping):
        return False
    return seen.is_reset or (observation.version, observation.told_us) != (seen.version, seen.told_us)


def is_part(observation: Observation, mapping: Mapping) -> bool:
    """True for what only a fetch shows in full (S3)."""
    return mapping.declaration.listing_partial and observation.how in ("listing", "feed")


def is_replaced(seen: Seen, observation: Observation) -> bool:
    """Another creation time under a known id is a new record: the old one is gone, then the new one is read (S10)."""
    return None not in (seen.born_us, observation.born_us) and seen.born_us != observation.born_us


def _is_older(seen: Seen, observation: Observation) -> bool:
    return seen.order is not None and observation.order is not None and observation.order < seen.order


def _differs(seen: Seen, observation: Observation, mapping: Mapping) -> bool:
    raws = read_raw(mapping, observation.payload or {}, seen.raw, part=is_part(observation, mapping))
    return any(new is not MISSING and new != old for new, old in zip(raws, seen.raw, strict=True))
