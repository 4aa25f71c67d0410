"""Take observations in: what is new of a record, what is old, and what is only a hint (S1-S3, S7, S10)."""

from collections.abc import Mapping as ReadOnly, Sequence
from typing import NamedTuple

from msgspec import Struct, field

from accord.core.intake.absorb import absorb
from accord.core.intake.matched import identifying_columns, keys_of_raws, keys_of_seen, values_of
from accord.core.intake.staleness import Timing, read_raw, timing_of
from accord.core.model import Concept, Mapping
from accord.core.observation import Observation
from accord.core.state import IN_FLIGHT, TO_BE_READ, UNREADABLE, Fetch, Key, Seen
from accord.core.values import MISSING, Raw
from accord.core.work import SECOND_US

__all__ = [
    "Intake",
    "Timing",
    "absorb",
    "intake",
    "keys_of_seen",
    "read_raw",
    "timing_of",
    "values_of",
]


class Intake(Struct, kw_only=True):
    """What a page brought: rows to save, keys to change, records to settle, to fetch, and unreadable ones."""

    rows: list[Seen] = field(default_factory=list)
    removed: list[Key] = field(default_factory=list)
    added: list[Key] = field(default_factory=list)
    dirty: set[str] = field(default_factory=set)
    fetches: list[Fetch] = field(default_factory=list)
    unreadable: list[tuple[str, str]] = field(default_factory=list)
    reread: list[Seen] = field(default_factory=list)
    """Rows in which nothing but the time of reading moved."""
    back: list[Seen] = field(default_factory=list)
    """Rows of records that were fetched below their highest version (S11)."""


def intake(
    observations: Sequence[Observation],
    rows: ReadOnly[str, Seen],
    timings: ReadOnly[str, Timing],
    mapping: Mapping,
    concept: Concept,
    now_us: int,
) -> Intake:
    """Take a page of one mapping in.

    Shape: rows and timings by remote id, of the records that are known. Law: the same observations shuffled or doubled
    end the same (S7).
    """
    result = Intake()
    known = dict(rows)
    before: dict[str, _Before] = {}
    selects = mapping.keep is not None or mapping.when is not None
    identifying = identifying_columns(mapping, concept) if selects else None
    for observation in _in_order(observations):
        seen = known.get(observation.id)
        was = _NOTHING if seen is None else _Before(seen.raw, seen.gone, seen.excluded)
        try:
            timing = timings.get(observation.id, Timing())
            seen, verdict = absorb(seen, observation, mapping, timing, now_us, identifying)
        except ValueError as error:
            result.unreadable.append((observation.id, str(error)))
            if (row := _note_unreadable(seen, observation.id, str(error), mapping, now_us)) is not None:
                known[row.id] = row
                result.rows.append(row)
            continue
        if verdict == "hint":
            wait_us = int(mapping.declaration.lag_s * SECOND_US)
            result.fetches.append(Fetch(mapping.key, observation.id, "a hint", now_us + wait_us))
        if verdict == "back" and seen is not None:
            result.back.append(seen)
        if seen is None or verdict in ("old", "hint", "back"):
            continue
        known[seen.id] = seen
        if verdict == "same":
            result.reread.append(seen)
            continue
        if seen.gone == "replaced":
            result.fetches.append(Fetch(mapping.key, seen.id, "another record under its id", now_us))
        if seen.missing_us is not None:
            wait_us = int(mapping.declaration.confirm_s * SECOND_US)
            result.fetches.append(Fetch(mapping.key, seen.id, "missing once", seen.missing_us + wait_us))
        before.setdefault(seen.id, was)
    for id_, was in before.items():
        _conclude(result, known[id_], was, mapping, concept)
    return result


def _note_unreadable(seen: Seen | None, id_: str, why: str, mapping: Mapping, now_us: int) -> Seen | None:
    """The row of a record that can not be read, where that is news: it is there, and is counted (C2, G4)."""
    if seen is None:
        seen = Seen(mapping=mapping.key, id=id_, raw=[MISSING] * len(mapping.properties), first_us=now_us)
        seen.held = UNREADABLE
    elif seen.unreadable == why:
        return None
    seen.unreadable = why
    return seen


def _in_order(observations: Sequence[Observation]) -> Sequence[Observation]:
    """Oldest first, in the same order whatever order they came in, where a record is shown more than once (S7)."""
    if len({o.id for o in observations}) == len(observations):
        return observations
    return sorted(observations, key=_moment)


def _moment(observation: Observation) -> tuple[int, int, int, bool, str, str]:
    """An absence goes before what shows the record at the same moment: which of them holds a fetch will tell."""
    o = observation
    order, modified_us = (-1 if n is None else n for n in (o.order, o.modified_us))
    return o.asked_us, order, modified_us, o.payload is not None, o.version or "", repr(o.payload)


class _Before(NamedTuple):
    """What a row's match keys came from before a page."""

    raw: list[Raw]
    gone: str
    excluded: str


_NOTHING = _Before([], "deleted", "")


def _conclude(result: Intake, seen: Seen, was: _Before, mapping: Mapping, concept: Concept) -> None:
    """What follows from a row that a page has changed: who is settled, what is fetched, which match keys move."""
    result.rows.append(seen)
    if seen.golden is not None:
        result.dirty.add(seen.golden)
    found = seen.fetched and seen.missing_us is None
    released = seen.held == TO_BE_READ and (found or bool(seen.gone))
    released = released or (seen.held == UNREADABLE and not seen.unreadable)
    if released:
        seen.held = ""
    if _lacks(seen, mapping, concept):
        seen.held = TO_BE_READ
        result.fetches.append(Fetch(mapping.key, seen.id, TO_BE_READ))
    if (was.raw, was.gone, was.excluded) == (seen.raw, seen.gone, seen.excluded) and not released:
        return
    before = [] if was.gone else keys_of_raws(was.raw, seen.id, mapping, concept)
    after = keys_of_seen(seen, mapping, concept)
    moved = was.excluded != seen.excluded
    if seen.held not in ("", IN_FLIGHT, TO_BE_READ, UNREADABLE) and (moved or before != after):
        seen.held, released = "", True  # the review that holds it is of what it was (L3)
    result.removed.extend(key for key in before if key not in after)
    result.added.extend(key for key in after if released or moved or key not in before)


def _lacks(seen: Seen, mapping: Mapping, concept: Concept) -> bool:
    """True for a newcomer that was listed without what filter or match rules look at: it is fetched first (S3)."""
    if (
        not mapping.declaration.listing_partial
        or seen.fetched
        or seen.held
        or seen.gone
        or seen.golden is not None
    ):
        return False
    return mapping.keep is not None or any(
        seen.raw[column] is MISSING for column in identifying_columns(mapping, concept)
    )
