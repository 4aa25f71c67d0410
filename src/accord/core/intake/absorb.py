"""One observation into the row of its record (S1-S3, S7, L9)."""

from collections.abc import Set as AbstractSet

from accord.core.intake.absence import NOT_SHOWN, absorb_absence
from accord.core.intake.staleness import Timing, Verdict, is_part, is_replaced, judge, read_raw
from accord.core.model import Mapping
from accord.core.observation import Observation
from accord.core.state import Seen
from accord.core.values import MISSING, Raw

__all__ = ["absorb"]

OLD_TOKENS = 8
"""So many superseded versions are remembered."""


def absorb(
    seen: Seen | None,
    observation: Observation,
    mapping: Mapping,
    timing: Timing,
    now_us: int,
    identifying: AbstractSet[int] | None = None,
) -> tuple[Seen | None, Verdict]:
    """Take one observation into the row of its record, which is changed in place, or made.

    `identifying` are the columns that are kept of a record that the filter leaves out.
    Raises ValueError: the payload can not be read.
    """
    if observation.payload is None:
        return absorb_absence(seen, observation, mapping, now_us)
    if seen is not None and (stale := judge(seen, observation, mapping, timing)) != "new":
        return seen, stale
    # its system was restored: only what it shows now counts (S11)
    anew = seen is not None and seen.is_reset
    known = None if seen is None or anew or seen.gone == "replaced" else seen.raw
    raws = read_raw(mapping, observation.payload, known, part=is_part(observation, mapping))
    excluded, resting = _selected(seen, observation, mapping)
    if seen is None:
        raws = _kept(raws, excluded, identifying)
        seen = Seen(mapping=mapping.key, id=observation.id, raw=raws, first_us=now_us)
        _stamp(seen, observation)
        seen.excluded, seen.resting = excluded, resting
        return seen, "new"
    if seen.gone == "replaced":
        seen.golden, seen.first_us = None, now_us  # nothing that stood there is the new record's
    elif not anew:
        raws = [old if new is MISSING else new for new, old in zip(raws, seen.raw, strict=True)]
    if seen.golden is None:
        raws = _kept(raws, excluded, identifying)
    if seen.gone != "replaced" and is_replaced(seen, observation):
        seen.gone, seen.seq = "replaced", seen.seq + 1
        seen.created_us, seen.born_us = observation.created_us, observation.born_us
        return seen, "changed"
    version = seen.version if observation.version is None else observation.version  # a listing may show none
    shown = (raws, excluded, resting, version)
    unmoved = shown == (seen.raw, seen.excluded, seen.resting, seen.version)
    unmoved = unmoved and seen.unreadable in ("", NOT_SHOWN)  # no listing proves that its id is shown again
    if unmoved and not anew and not seen.gone and observation.how != "fetch" and seen.missing_us is None:
        seen.asked_us = max(seen.asked_us, observation.asked_us)
        if not mapping.declaration.listing_partial:
            seen.fetched = False  # a listing may trail: it does not prove that a write has not landed (W4)
        return seen, "same"
    seen.raw, seen.gone, seen.missing_us, seen.unreadable = raws, "", None, ""
    seen.excluded, seen.resting = excluded, resting
    seen.seq += 1
    _stamp(seen, observation)
    return seen, "changed"


def _selected(seen: Seen | None, observation: Observation, mapping: Mapping) -> tuple[str, str]:
    """Why a record is left out, and why its facet rests, "" where it is not; of a part of it neither is asked (S3).

    Until it is linked a facet that would rest takes no part either (L9).
    """
    if (mapping.keep is None and mapping.when is None) or observation.payload is None:
        return "", ""
    if is_part(observation, mapping):
        return ("", "") if seen is None else (seen.excluded, seen.resting)
    excluded = mapping.keep(observation.payload) or "" if mapping.keep is not None else ""
    resting = mapping.when(observation.payload) or "" if mapping.when is not None else ""
    linked = seen is not None and seen.golden is not None and seen.gone != "replaced"
    return excluded or ("" if linked else resting), resting


def _kept(raws: list[Raw], excluded: str, identifying: AbstractSet[int] | None) -> list[Raw]:
    """Of an unlinked record that is left out nothing but what identifies it is kept (S2)."""
    if not excluded or identifying is None:
        return raws
    return [raw if column in identifying else MISSING for column, raw in enumerate(raws)]


def _stamp(seen: Seen, observation: Observation) -> None:
    if seen.version is not None and seen.version != observation.version:
        old = [*seen.old_versions[1 - OLD_TOKENS :], seen.version]
        seen.old_versions = [version for version in old if version != observation.version]  # it may recur
    seen.version, seen.order = observation.version, observation.order
    seen.modified_us, seen.offset_us = observation.modified_us, observation.offset_us
    seen.created_us = observation.created_us if observation.created_us is not None else seen.created_us
    seen.born_us = observation.born_us if observation.born_us is not None else seen.born_us
    seen.highest_order = max(
        (n for n in (observation.order, None if seen.backsteps else seen.highest_order) if n is not None),
        default=None,
    )
    seen.backsteps = 0
    seen.asked_us = max(seen.asked_us, observation.asked_us)
    seen.fetched = observation.how in ("fetch", "reply", "search")
    seen.our_id = observation.our_id or seen.our_id
