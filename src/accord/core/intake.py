"""Take observations in: what is new of a record, what is old, and what is only a hint (S1-S3, S7, S10)."""

from collections.abc import Mapping as ReadOnly, Sequence, Set as AbstractSet
from typing import Literal, NamedTuple

from msgspec import Struct, field

from accord.core.matching import keys_of
from accord.core.model import Concept, Mapping, NoReferences
from accord.core.observation import Observation
from accord.core.restored_system import steps_back
from accord.core.state import IN_FLIGHT, TO_BE_READ, UNREADABLE, Fetch, Key, Link, Seen
from accord.core.values import MISSING, Raw, Value
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

Verdict = Literal["new", "changed", "same", "hint", "old", "back"]
OLD_TOKENS = 8
NOT_SHOWN = "its system does not show it by its id"
"""Why a record can not be read that is listed perhaps (S10, G4)."""
NO_REFERENCES = NoReferences()


class Timing(NamedTuple):
    """When the hub last wrote to a record, and when that was confirmed: what is older than these may be stale (S7)."""

    sent_us: int = 0
    confirmed_us: int = 0


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


def read_raw(mapping: Mapping, payload: ReadOnly[str, object]) -> list[Raw]:
    """Raw values at the places of a mapping's rows, by column; MISSING where nothing is said (S2, S3)."""
    absent = None if mapping.declaration.absent == "null" else MISSING
    raws = [row.place.read(payload) for row in mapping.properties]
    return raws if absent is MISSING else [absent if raw is MISSING else raw for raw in raws]


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
    identifying = _identifying(mapping, concept) if selects else None
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
        _collect(result, known[id_], was, mapping, concept)
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


def _collect(result: Intake, seen: Seen, was: _Before, mapping: Mapping, concept: Concept) -> None:
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
    before = [] if was.gone else _keys(was.raw, seen.id, mapping, concept)
    after = keys_of_seen(seen, mapping, concept)
    moved = was.excluded != seen.excluded
    if seen.held not in ("", IN_FLIGHT, TO_BE_READ, UNREADABLE) and (moved or before != after):
        seen.held, released = "", True  # the review that holds it is of what it was (L3)
    result.removed.extend(key for key in before if key not in after)
    result.added.extend(key for key in after if released or moved or key not in before)


def _identifying(mapping: Mapping, concept: Concept) -> frozenset[int]:
    """Columns of a mapping that match rules look at."""
    wanted = concept.identifying
    return frozenset(column for column, row in enumerate(mapping.properties) if row.property in wanted)


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

    "back": a fetch shows it below its highest version; only that is noted (S11).
    "same": nothing but the time of reading moved. "hint": it may be older than what we know, the record has to be
    fetched. "old": it is, and is dropped. Raises ValueError: the payload can not be read.
    """
    if observation.payload is None:
        return _absorb_absence(seen, observation, mapping, now_us)
    if seen is not None and (stale := _judged(seen, observation, mapping, timing)) != "new":
        return seen, stale
    raws = read_raw(mapping, observation.payload)
    excluded, resting = _selected(seen, observation, mapping)
    if seen is None:
        raws = _kept(raws, excluded, identifying)
        seen = Seen(mapping=mapping.key, id=observation.id, raw=raws, first_us=now_us)
        _stamp(seen, observation)
        seen.excluded, seen.resting = excluded, resting
        return seen, "new"
    if seen.gone == "replaced":
        seen.golden, seen.first_us = None, now_us  # nothing that stood there is the new record's
    else:
        raws = [old if new is MISSING else new for new, old in zip(raws, seen.raw, strict=True)]
    if seen.golden is None:
        raws = _kept(raws, excluded, identifying)
    if seen.gone != "replaced" and _replaced(seen, observation):
        seen.gone, seen.seq = "replaced", seen.seq + 1
        seen.created_us, seen.born_us = observation.created_us, observation.born_us
        return seen, "changed"
    same = (raws, excluded, resting, observation.version)
    unmoved = same == (seen.raw, seen.excluded, seen.resting, seen.version)
    unmoved = unmoved and seen.unreadable in (
        "",
        NOT_SHOWN,
    )  # a listing does not prove that its id is shown again
    if unmoved and not seen.gone and observation.how != "fetch" and seen.missing_us is None:
        seen.asked_us = max(seen.asked_us, observation.asked_us)
        if not mapping.declaration.listing_partial:
            seen.fetched = False  # a listing may trail: it does not prove that a write has not landed (W4)
        return seen, "same"
    seen.raw, seen.gone, seen.missing_us, seen.unreadable = raws, "", None, ""
    seen.excluded, seen.resting = excluded, resting
    seen.seq += 1
    _stamp(seen, observation)
    return seen, "changed"


def _judged(seen: Seen, observation: Observation, mapping: Mapping, timing: Timing) -> Verdict:
    """ "new" where the observation may be taken; "back" where a fetch shows an older version than was seen (S11)."""
    if steps_back(seen, observation, mapping, timing.sent_us) and not _replaced(seen, observation):
        seen.back += 1
        return "back"
    stale = _staleness(seen, observation, mapping, timing)
    if stale == "new" and _leaves_out(seen, observation, mapping):
        return "hint"
    return "hint" if stale == "old" and _replaced(seen, observation) else stale


def _is_part(observation: Observation, mapping: Mapping) -> bool:
    """True for what only a fetch shows in full (S3)."""
    return mapping.declaration.listing_partial and observation.how in ("listing", "feed")


def _selected(seen: Seen | None, observation: Observation, mapping: Mapping) -> tuple[str, str]:
    """Why a record is left out, and why its facet rests, "" where it is not; of a part of it neither is asked (S3).

    Until it is linked a facet that would rest takes no part either (L9).
    """
    if (mapping.keep is None and mapping.when is None) or observation.payload is None:
        return "", ""
    if _is_part(observation, mapping):
        return ("", "") if seen is None else (seen.excluded, seen.resting)
    excluded = mapping.keep(observation.payload) or "" if mapping.keep is not None else ""
    resting = mapping.when(observation.payload) or "" if mapping.when is not None else ""
    linked = seen is not None and seen.golden is not None and seen.gone != "replaced"
    return excluded or ("" if linked else resting), resting


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
        seen.raw[column] is MISSING for column in _identifying(mapping, concept)
    )


def _kept(raws: list[Raw], excluded: str, identifying: AbstractSet[int] | None) -> list[Raw]:
    """Of an unlinked record that is left out nothing but what identifies it is kept (S2)."""
    if not excluded or identifying is None:
        return raws
    return [raw if column in identifying else MISSING for column, raw in enumerate(raws)]


def _replaced(seen: Seen, observation: Observation) -> bool:
    """Another creation time under a known id is a new record: the old one is gone, then the new one is read (S10)."""
    return None not in (seen.born_us, observation.born_us) and seen.born_us != observation.born_us


def _stamp(seen: Seen, observation: Observation) -> None:
    if seen.version is not None and seen.version != observation.version:
        seen.old_versions = [*seen.old_versions[1 - OLD_TOKENS :], seen.version]
    seen.version, seen.order = observation.version, observation.order
    seen.modified_us, seen.offset_us = observation.modified_us, observation.offset_us
    seen.created_us = observation.created_us if observation.created_us is not None else seen.created_us
    seen.born_us = observation.born_us if observation.born_us is not None else seen.born_us
    seen.top = max(
        (n for n in (observation.order, None if seen.back else seen.top) if n is not None), default=None
    )
    seen.back = 0
    seen.asked_us = max(seen.asked_us, observation.asked_us)
    seen.fetched = observation.how in ("fetch", "reply", "search")
    seen.our_id = observation.our_id or seen.our_id


def _staleness(seen: Seen, observation: Observation, mapping: Mapping, timing: Timing) -> Verdict:
    """ "new" where the observation may be taken; else "old" or "hint" (S7)."""
    declaration = mapping.declaration
    lag_us = int(declaration.lag_s * SECOND_US)
    asked_us = observation.asked_us
    if observation.how == "reply":
        older = declaration.version == "ordered" and _older(seen, observation)
        return "old" if older else "hint" if seen.gone else "new"  # a repeated key may give back what is gone
    if observation.how == "fetch" and asked_us >= timing.sent_us + lag_us:
        return "new"
    if declaration.version == "ordered" and None not in (seen.order, observation.order):
        if _older(seen, observation):
            return "hint" if observation.how == "fetch" else "old"
        newer = observation.order != seen.order
    else:
        newer = False
        if observation.version is not None and observation.version in seen.old_versions:
            return "old"
    if seen.gone and observation.how != "fetch":
        return "hint"  # a stale page may show what was deleted: only a fetch revives
    early = asked_us < max(timing.confirmed_us + lag_us, timing.sent_us, seen.asked_us)
    if not newer and early and observation.version != seen.version:
        return "hint"
    if not newer and observation.version == seen.version and not declaration.exact and early:
        return "hint" if _differs(seen, observation, mapping) else "new"
    return "new"


def _leaves_out(seen: Seen, observation: Observation, mapping: Mapping) -> bool:
    """What a partial listing leaves out may have changed: the record moved on, and has to be fetched (S3)."""
    if not _is_part(observation, mapping):
        return False
    return (observation.version, observation.told_us) != (seen.version, seen.told_us)


def _older(seen: Seen, observation: Observation) -> bool:
    return seen.order is not None and observation.order is not None and observation.order < seen.order


def _differs(seen: Seen, observation: Observation, mapping: Mapping) -> bool:
    raws = read_raw(mapping, observation.payload or {})
    return any(new is not MISSING and new != old for new, old in zip(raws, seen.raw, strict=True))


def _absorb_absence(
    seen: Seen | None, observation: Observation, mapping: Mapping, now_us: int
) -> tuple[Seen | None, Verdict]:
    """Something says that a record is not there: proven, twice told, or only a nomination (S10)."""
    if observation.gone == "unreadable":
        return _absorb_refusal(seen)
    proven = observation.proven and observation.gone in ("deleted", "merged")
    if seen is None:
        if not proven and not (observation.proven and observation.how == "fetch"):  # what is referred to (W5)
            return None, "old"
        seen = Seen(
            mapping=mapping.key, id=observation.id, raw=[MISSING] * len(mapping.properties), first_us=now_us
        )
        seen.gone, seen.asked_us = "deleted", observation.asked_us
        return seen, "new"
    if seen.gone:
        unsure = observation.gone == "missing" and not observation.proven
        return (
            seen,
            "hint" if unsure else "old",
        )  # something showed it, and nothing could be read just now (S10)
    if observation.how != "fetch" and not proven:
        return seen, "hint"
    wait_us = int(mapping.declaration.confirm_s * SECOND_US)
    if not proven and seen.missing_us is None:
        seen.missing_us = observation.asked_us
        return seen, "changed"
    if not proven and not (observation.proven and observation.asked_us >= (seen.missing_us or 0) + wait_us):
        return seen, "hint"
    seen.gone, seen.missing_us = "merged" if observation.gone == "merged" else "deleted", None
    seen.asked_us = max(seen.asked_us, observation.asked_us)
    seen.seq += 1
    return seen, "changed"


def _absorb_refusal(seen: Seen | None) -> tuple[Seen | None, Verdict]:
    """The system does not show a record by its id just now: that is told, and nothing follows from it (S10, G4)."""
    if seen is None or seen.gone or seen.unreadable:
        return seen, "old"
    seen.unreadable = NOT_SHOWN
    return seen, "changed"


def values_of(raws: Sequence[Raw], mapping: Mapping, concept: Concept) -> list[Value]:
    """Canonical values of what identifies, in the concept's columns; None for the rest, and where nothing is said."""
    values: list[Value] = [None] * len(concept.properties)
    wanted = concept.identifying
    for column, row in enumerate(mapping.properties):
        raw = raws[column]
        if row.property in wanted and raw is not MISSING and row.reads and not row.references:
            try:
                value = row.lens.get(raw, NO_REFERENCES)
            except ValueError:
                continue
            values[row.property] = None if value is MISSING else value
    return values


def keys_of_seen(seen: Seen, mapping: Mapping, concept: Concept) -> list[Key]:
    """Match keys of a record as it was last seen, also of one that is left out (L2, S2)."""
    return [] if seen.gone else _keys(seen.raw, seen.id, mapping, concept)


def _keys(raws: Sequence[Raw], id_: str, mapping: Mapping, concept: Concept) -> list[Key]:
    if not concept.rules:
        return []
    return [
        Key(rule, key, mapping.key, id_) for rule, key in keys_of(concept, values_of(raws, mapping, concept))
    ]


def timing_of(link: Link | None) -> Timing:
    """Timing of a linked record."""
    return Timing() if link is None else Timing(link.sent_us, link.confirmed_us)
