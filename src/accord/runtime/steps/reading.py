"""Read all systems, each at its own pace: not what is paused, nor for a while what is down (K6, W9)."""

from collections.abc import Collection
from contextlib import suppress
from functools import partial
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from accord.core.errors import AccordError, RetryLater, StopEntityType
from accord.core.work import SECOND_US
from accord.ports.store import Transaction
from accord.runtime.hub import Hub, Rest
from accord.runtime.pauses import Pause, mark_concepts, save, stored
from accord.runtime.steps.accounts import is_known
from accord.runtime.steps.collect import Collected, answer_all, collect, fail
from accord.runtime.steps.watch_schema import DriftError, pause_for

__all__ = ["PATIENCE_S", "ReadDone", "ReadPiece", "end_pauses", "leave_alone", "read_all", "read_piece"]

LONGEST_S: Final = 600.0
PATIENCE_S: Final = 60.0
"""How long a run waits at most for what only time can bring."""


class ReadPiece(Struct, frozen=True):
    """Entity types of one system, by mapping, of which no facet rests. Of those that are not `listed` just the records
    that were asked for are read."""

    system: str
    mappings: list[str]
    listed: list[str]
    full: bool


class ReadDone(Struct, frozen=True):
    """What came of the reads, and whether the account of the system is the one that it was (K6)."""

    reads: list[Collected]
    known: bool


async def read_all(hub: Hub, *, full: bool = False, only: Collection[str] | None = None) -> list[Collected]:
    """Read all entity types, systems at the same time, and the records that were asked for; what is paused is not.

    Of mappings that are not among `only` just the records that were asked for are read, no listing (C4, S9).
    """
    async with hub.store.transaction(dry=True) as tx:
        paused = await hub.paused(tx)
        asked = set() if only is None else await _asked(hub, tx)
    listed = hub.model.mappings.keys() if only is None else _with_facets(hub, only)
    now_us = hub.clock.now_us()
    systems: dict[str, list[str]] = {}
    reads: list[Collected] = []
    for key, mapping in sorted(hub.model.mappings.items()):
        pause = paused.get(key)
        if pause is not None and not pause.reads and pause.kind != "identity":
            continue
        if key in hub.down and (now_us < hub.down[key].until_us or key not in listed):
            reads.append(
                Collected(mapping=key, error=hub.down[key].why, listed=False)
            )  # a listing tells it is up
        elif key in listed or key in asked:
            systems.setdefault(mapping.system, []).append(key)
    pieces = [
        ReadPiece(name, keys, [key for key in keys if key in listed], full) for name, keys in systems.items()
    ]
    answers = await hub.team.run("read", pieces, partial(read_piece, hub), together=True)
    for piece, done in zip(pieces, answers, strict=True):
        if (
            done.known and piece.system not in hub.known
        ):  # somebody else has looked, or another one logged in since
            with suppress(RetryLater, StopEntityType):
                await is_known(hub, piece.system)
        for read in done.reads:
            _note_down(hub, read)
        reads += done.reads
    return reads


def _with_facets(hub: Hub, keys: Collection[str]) -> set[str]:
    """One read serves all facets of an entity type (L9)."""
    return {facet.key for key in keys for facet in hub.model.facets_of(hub.model.mappings[key])}


async def _asked(hub: Hub, tx: Transaction) -> set[str]:
    """Mappings of which records were asked for by their ids that can be fetched now."""
    now_us = hub.clock.now_us()
    return {key for key in hub.model.mappings if await tx.asked(key, now_us, 1)}


async def read_piece(hub: Hub, piece: ReadPiece) -> ReadDone:
    """Read entity types of one system, one after the other."""
    try:
        if not await is_known(hub, piece.system):
            return ReadDone([], known=False)
    except (RetryLater, StopEntityType) as error:
        return ReadDone([_failed(hub, key, error) for key in piece.mappings], known=False)
    reads: list[Collected] = []
    facets: dict[str, list[str]] = {}
    for key in piece.mappings:
        facets.setdefault(hub.model.mappings[key].entity_type, []).append(key)
    for lead, *others in facets.values():
        listed = not {lead, *others}.isdisjoint(piece.listed)
        read = await _read(hub, [lead, *others], full=piece.full, listed=listed)
        reads += [read, *(replace(read, mapping=key) for key in others)]  # one read serves all facets (L9)
    return ReadDone(reads, known=True)


async def _read(hub: Hub, keys: list[str], *, full: bool, listed: bool) -> Collected:
    key = keys[0]
    mapping = hub.model.mappings[key]
    if listed:
        read = await collect(hub, mapping, full=full)
    else:
        read = Collected(mapping=key, listed=False, asks=True)
    if read.error:
        return read
    try:
        told = [await answer_all(hub, hub.model.mappings[facet]) for facet in keys] if read.asks else []
        read.unfetched = next(filter(None, told), "")
    except (RetryLater, StopEntityType) as error:
        read.unfetched = str(error)
        if isinstance(error, DriftError):
            await pause_for(hub, mapping, error)
        if mapping.declaration.listing_partial:
            read.error = read.unfetched  # nothing is created beside what was not read in full (W13)
    return read


def _failed(hub: Hub, key: str, error: AccordError) -> Collected:
    """An entity type that could not even be asked for."""
    read = Collected(mapping=key, listed=False)
    fail(hub, read, error)
    return read


def _note_down(hub: Hub, read: Collected) -> None:
    """Who could be listed is down no more; who is down is left alone."""
    if read.error and not read.unfetched:
        _rest(hub, read.mapping, read.error, read.after_s, read.failed_us)
    elif read.listed:
        hub.down.pop(read.mapping, None)


def _rest(hub: Hub, key: str, why: str, after_s: float, since_us: int) -> None:
    """What is down is left alone as long as it asks for, and twice as long after each further try; the others go on.

    What is no question of time (it refuses us, it has drifted) is asked whenever it is to be listed.
    """
    before = hub.down.get(key)
    wait_s = (
        0.0 if not after_s else max(after_s, min(LONGEST_S, 2 * before.wait_s if before is not None else 0.0))
    )
    hub.down[key] = Rest(since_us + round(wait_s * SECOND_US), wait_s, why)


def leave_alone(hub: Hub, system: str, after_s: float) -> None:
    """A system wants more patience than a run has, or its budget is spent: it is not asked again before that (W11)."""
    if after_s <= PATIENCE_S:
        return
    why, now_us = f"{system}: it wants to be left alone, or its calls for today are spent", hub.clock.now_us()
    for key in (key for key, mapping in hub.model.mappings.items() if mapping.system == system):
        _rest(hub, key, why, after_s, now_us)


async def end_pauses(hub: Hub) -> list[Pause]:
    """Take away pauses whose time is over; those that stand are returned."""
    now_us = hub.clock.now_us()
    async with hub.store.transaction(dry=True) as tx:
        every = await stored(tx)
    over = [p for p in every if not p.stands(now_us)]
    standing = [p for p in every if p.stands(now_us)]
    if over:
        async with hub.store.transaction() as tx:
            await save(tx, standing)
            await mark_concepts(tx, hub.model, over)
    return standing
