"""A run of the service: it reads what is due, and leaves to the next one what only time can bring (S9, C4)."""

from collections.abc import Collection, Mapping, Sequence

from msgspec import Struct

from accord.core.state import Fetch
from accord.core.work import SECOND_US
from accord.ports.store import Transaction
from accord.runtime.books.audit import audit_in_turn
from accord.runtime.found import Found
from accord.runtime.hub import Hub
from accord.runtime.pulling import Cap
from accord.runtime.runs.sync import (
    MOST_CYCLES,
    REST_CYCLES,
    Synced,
    end_run,
    note_found,
    open_reviews,
    say_why,
)
from accord.runtime.steps.cycle import Cycle, run_cycle
from accord.runtime.steps.reading import PATIENCE_S
from accord.runtime.steps.unknown_creates import recover

__all__ = ["Turn", "begin_turn", "news", "take_turn"]


class Turn(Struct, kw_only=True, frozen=True):
    """What a run is for: mappings that are listed, and records that were hinted at, with the versions that some of
    them, by (mapping, id), are said to have."""

    listed: frozenset[str] = frozenset()
    asks: Sequence[Fetch] = ()
    versions: Mapping[tuple[str, str], str] = {}


async def news(
    tx: Transaction, asks: Sequence[Fetch], versions: Mapping[tuple[str, str], str]
) -> list[Fetch]:
    """What was hinted at without what was seen already: a hint at our own write costs no call (W11)."""
    told: dict[str, list[str]] = {}
    for mapping, record_id in versions:
        told.setdefault(mapping, []).append(record_id)
    known = {
        (mapping, seen.id)
        for mapping, ids in told.items()
        for seen in (await tx.seen(mapping, ids)).values()
        if not seen.gone and seen.version == versions[mapping, seen.id]
    }
    return [fetch for fetch in asks if (fetch.mapping, fetch.id) not in known]


async def begin_turn(hub: Hub, turn: Turn, run: int) -> int:
    """Keep what was hinted at (S9), and open the run's line unless there is one to take over; its number."""
    if run and not turn.asks:
        return run
    async with hub.store.transaction() as tx:
        await tx.ask(await news(tx, turn.asks, turn.versions))
        return run or await tx.begin_run("sync", hub.model.fingerprint, hub.clock.now_us())


async def take_turn(hub: Hub, turn: Turn, *, run: int = 0) -> Synced:
    """One run under a configuration that is applied: cycles until nothing is left that can be done now.

    `run` is the number of one before it that came to nothing, whose line it takes over (C4). It never waits:
    `next_us` says when there is more to do. A run without listings is short, and looks after nothing else.
    """
    hub.run, hub.found = await begin_turn(hub, turn, run), Found()
    synced = Synced(run=hub.run)
    if turn.listed:
        synced.recovered = await recover(hub)
    reviews = await open_reviews(hub)
    cap = Cap(most=hub.guards.connect_at_most)
    last = await _cycles(hub, synced, turn, cap)
    synced.next_us = await _next_us(hub, last)
    say_why(synced, cap)
    await note_found(hub, synced, reviews)
    return await end_run(hub, synced, short=not turn.listed)


async def _cycles(hub: Hub, synced: Synced, turn: Turn, cap: Cap) -> Cycle:
    async def audit() -> None:
        synced.audited = await audit_in_turn(hub)

    only: Collection[str] = turn.listed
    resting = 0
    while True:
        hub.found.unread.clear()
        hub.found.timed.clear()
        first = bool(turn.listed) and not synced.cycles
        cycle = await run_cycle(hub, only=only, cap=cap, after_reading=audit if first else None)
        synced.cycles.append(cycle)
        hub.at("cycle")
        resting = resting + 1 if cycle.quiet else 0
        now_us = hub.clock.now_us()
        only = {key for key, us in hub.found.unread.items() if us <= now_us and key not in cycle.errors}
        stopped = resting >= REST_CYCLES or (cycle.alarms and not cycle.shared.sent)
        if cycle.shared.cut or stopped or len(synced.cycles) >= MOST_CYCLES:
            return cycle
        if not only and not await _is_more(hub):
            return cycle


async def _is_more(hub: Hub) -> bool:
    """Something is marked, or asked for, that one more cycle can do."""
    async with hub.store.transaction(dry=True) as tx:
        if await tx.marked("settle", "", 1) or await tx.marked("share", "", 1):
            return True
        fetch_us = await tx.next_fetch_us()
    return fetch_us is not None and fetch_us <= hub.clock.now_us()


async def _next_us(hub: Hub, cycle: Cycle) -> int | None:
    """When there is more to do, as far as is known now: a read that a create waits for, a value that has rested, a
    record that is to be looked at again, a system that is up again."""
    now_us = hub.clock.now_us()
    if cycle.shared.cut:
        return now_us
    async with hub.store.transaction(dry=True) as tx:
        moments = [await tx.next_fetch_us(), cycle.told_us]
    moments += [now_us + round(after_s * SECOND_US) for after_s in cycle.shared.later.values()]
    patient_us = now_us + round(PATIENCE_S * SECOND_US)  # what could not be done just now
    asked = [us if us > now_us else patient_us for us in moments if us is not None]
    timed = [us for us in (*hub.found.unread.values(), *hub.found.timed.values()) if us > now_us]
    return min([*asked, *timed], default=None)
