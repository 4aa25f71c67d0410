"""Drift audit: read linked records again by their ids, and say what is not as it was seen (G8).

Drift is what differs although nothing says that the record changed since; what somebody edited meanwhile is news.
Both are taken in as any other observation. A few records are audited in every run, in turn, at a rate per day.
"""

from collections.abc import Sequence
from typing import Any, Final

from msgspec import Struct, field

from accord.core.errors import AccordError
from accord.core.intake import read_raw
from accord.core.model import Mapping
from accord.core.observation import Observation
from accord.core.state import Fetch, Seen, record_key
from accord.core.values import MISSING
from accord.core.work import SECOND_US
from accord.ports.store import Transaction
from accord.runtime.books.conservation import count_units
from accord.runtime.damage import check_rows
from accord.runtime.hub import Hub
from accord.runtime.settling import settle_dirty
from accord.runtime.steps.accounts import is_known
from accord.runtime.steps.collect import take_in
from accord.runtime.steps.watch_schema import DriftError, pause_for

__all__ = ["Audited", "Difference", "audit", "audit_in_turn"]

_META: Final = "audit"
DAY_S: Final = 86_400
MOST_PER_RUN: Final = 100
DEFAULT_SAMPLE: Final = 100


class Difference(Struct, frozen=True, kw_only=True):
    """A record that is not as it was seen: the properties, or why it could not be compared. No values."""

    record: str
    properties: list[str] = field(default_factory=list)
    why: str = ""


class Audited(Struct, kw_only=True):
    """What an audit came to: records read, those that showed what was known of them, those that were edited since, and
    those that differ although they were not (drift), or could not be compared.

    `links` are all live links, `proven` those that a reading of the last 24 h showed in step.
    """

    checked: int = 0
    equal: int = 0
    edited: list[Difference] = field(default_factory=list)
    differing: list[Difference] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    links: int = 0
    proven: int = 0


async def audit(hub: Hub, *, sample: int | None = DEFAULT_SAMPLE) -> Audited:
    """Read `sample` linked records again, those whose turn it is, or all of them (None), and take in what they show."""
    audited = await _read(hub, await _turns(hub, sample))
    async with hub.store.transaction(dry=True) as tx:
        books = await count_units(hub, tx)
    audited.links, audited.proven = books.links, books.proven
    return audited


async def audit_in_turn(hub: Hub) -> Audited | None:
    """The part of the daily audit that is due by now; None where there is none."""
    per_day = hub.guards.audit_per_day
    now_us = hub.clock.now_us()
    async with hub.store.transaction(dry=True) as tx:
        kept: dict[str, Any] = await tx.meta(_META) or {}
    last_us = kept.get("at_us")
    due = MOST_PER_RUN if last_us is None else int((now_us - last_us) * per_day / (DAY_S * SECOND_US))
    if last_us is not None and (due <= 0 or not per_day):
        return None
    async with hub.store.transaction() as tx:
        await tx.save_meta(_META, {**kept, "at_us": now_us})
    if last_us is None:
        return None
    return await _read(hub, await _turns(hub, min(due, MOST_PER_RUN), await _counted(hub, kept)))


async def _counted(hub: Hub, kept: dict[str, Any]) -> dict[str, int]:
    """Linked records by mapping, counted once a day: counting takes longer the more there are (C4)."""
    now_us, counts = hub.clock.now_us(), kept.get("linked", {})
    if any(counts.values()) and now_us - kept["counted_us"] < DAY_S * SECOND_US:
        return dict(counts)
    async with hub.store.transaction() as tx:
        counts = await _count(hub, tx)
        kept = await tx.meta(_META) or {}
        await tx.save_meta(_META, {**kept, "linked": counts, "counted_us": now_us})
    return counts


async def _count(hub: Hub, tx: Transaction) -> dict[str, int]:
    census = await tx.census()
    return {key: census.get(key, {}).get("linked", 0) for key in hub.model.mappings}


async def _turns(hub: Hub, sample: int | None, counted: dict[str, int] | None = None) -> dict[str, list[str]]:
    """Ids of the records whose turn it is, by mapping, as many of each as there are in proportion."""
    async with hub.store.transaction(dry=True) as tx:
        kept = await tx.meta(_META) or {}
        counted, paused = counted or await _count(hub, tx), await hub.paused(tx)
        linked = {key: counted.get(key, 0) for key in hub.model.mappings if key not in paused}
        places: dict[str, str] = kept.get("places", {})
        turns = {}
        for key, count in linked.items():
            wanted = count if sample is None else -(-sample * count // max(1, sum(linked.values())))
            turns[key] = await _in_turn(
                hub, tx, key, "" if sample is None else places.get(key, ""), min(wanted, count)
            )
    if sample is not None:
        async with hub.store.transaction() as tx:
            kept = await tx.meta(_META) or {}
            places = {**kept.get("places", {}), **{key: ids[-1] for key, ids in turns.items() if ids}}
            await tx.save_meta(_META, {**kept, "places": places})
    return turns


async def _in_turn(hub: Hub, tx: Transaction, mapping: str, after: str, wanted: int) -> list[str]:
    """Ids of linked records behind one, beginning anew at the end."""
    found: list[str] = []
    begun_anew = not after
    while len(found) < wanted:
        rows = await tx.scan_seen(mapping, after, hub.limits.page)
        if not rows and begun_anew:
            break
        begun_anew, after = begun_anew or not rows, rows[-1].id if rows else ""
        found += [row.id for row in rows if row.golden is not None and not row.gone and row.id not in found]
    return found[:wanted]


async def _read(hub: Hub, turns: dict[str, list[str]]) -> Audited:
    audited = Audited()
    for key, ids in turns.items():
        mapping = hub.model.mappings[key]
        for start in range(0, len(ids), hub.limits.page):
            some = ids[start : start + hub.limits.page]
            try:
                if not await is_known(hub, mapping.system):
                    break  # the cycle says so, and why (K6)
                observations = await hub.connector(mapping).fetch(key, some)
                await _compare(hub, mapping, observations, audited)
            except AccordError as error:
                if isinstance(error, DriftError):
                    await pause_for(hub, mapping, error)
                audited.errors[key] = str(error)
                break
    while await settle_dirty(hub):
        pass
    return audited


async def _compare(hub: Hub, mapping: Mapping, observations: Sequence[Observation], audited: Audited) -> None:
    """Note what is not as it was seen, then take it in; an absence is only a nomination, as from a listing (S10)."""
    async with hub.store.transaction() as tx:
        rows = await tx.seen(mapping.key, [o.id for o in observations])
        check_rows(mapping, rows.values())
        for observation in observations:
            audited.checked += 1
            seen = rows.get(observation.id)
            difference = _difference(mapping, seen, observation)
            if difference is None:
                audited.equal += 1
            elif seen is not None and _moved_on(seen, observation):
                audited.edited.append(difference)
            else:
                audited.differing.append(difference)
        absent = [o.id for o in observations if o.payload is None]
        await tx.ask(Fetch(mapping.key, id_, "not found by the audit", hub.clock.now_us()) for id_ in absent)
        await take_in(hub, tx, mapping, [o for o in observations if o.payload is not None], watched=True)


def _difference(mapping: Mapping, seen: Seen | None, observation: Observation) -> Difference | None:
    record = record_key(mapping.key, observation.id)
    if observation.payload is None or seen is None:
        return Difference(record=record, why=f"it is {observation.gone or 'not known'}; it is read again")
    try:
        raws = read_raw(mapping, observation.payload, seen.raw)
    except ValueError as error:
        return Difference(record=record, why=str(error))
    shown = zip(mapping.properties, raws, seen.raw, strict=True)
    names = [row.name for row, raw, known in shown if raw is not MISSING and raw != known]
    return Difference(record=record, properties=names) if names else None


def _moved_on(seen: Seen, observation: Observation) -> bool:
    """The system itself says that the record is another one by now: by its version, else by its modification time."""
    if observation.payload is None:
        return False
    if None not in (seen.order, observation.order):
        return (observation.order or 0) > (seen.order or 0)
    if seen.version is not None or observation.version is not None:
        return seen.version != observation.version
    return seen.told_us != observation.told_us
