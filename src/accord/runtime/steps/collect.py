"""Collect: read the systems, page by page, each page in one transaction (C2, S7, S8, S10)."""

from collections.abc import Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from accord.core.blockers import freed_by
from accord.core.errors import AccordError, RetryLater, StopEntityType
from accord.core.intake import Intake, intake, timing_of
from accord.core.model import Mapping
from accord.core.observation import Observation
from accord.core.state import TO_BE_READ, Cursor, Fetch, record_key
from accord.core.values import MISSING
from accord.core.wording import counted
from accord.core.work import SECOND_US
from accord.ports.store import Transaction
from accord.runtime.damage import check_rows
from accord.runtime.hub import Hub
from accord.runtime.steps.blocked import retry_blocked
from accord.runtime.steps.erased import without_erased
from accord.runtime.steps.follow_merges import follow_merges
from accord.runtime.steps.restored_system import note_back
from accord.runtime.steps.watch_schema import DriftError, pause_for, watch_schema

__all__ = ["HINTED", "Collected", "answer_all", "answer_fetches", "collect", "fail", "take_in"]

NOT_LISTED = "not in the listing"
HINTED = "hinted at"
"""Whoever hints at what is not there leaves no trace."""
_LISTED = "listed"
"""Row of the store with the mappings whose first complete listing has ended."""


class Collected(Struct, kw_only=True):
    """What a read of one entity type came to."""

    mapping: str
    pages: int = 0
    records: int = 0
    changed: int = 0
    unreadable: list[tuple[str, str]] = field(default_factory=list)
    error: str = ""
    after_s: float = 0.0
    failed_us: int = 0
    """When the error came."""
    asks: bool = False
    """Some record was asked for by its id, and can be fetched now."""
    listed: bool = True
    """False: nothing of it was listed now, at most records were read that were asked for by id."""
    unfetched: str = ""
    """Why records that were asked for by id could not be read; the listing was."""


async def collect(hub: Hub, mapping: Mapping, *, full: bool = False) -> Collected:
    """Read what changed in an entity type since its cursor, or all of it; its other facets are taken in along (L9).

    The cursor moves when the read has ended, in the transaction of its last page. A sweep of all ids is made when it is
    due; what it does not show is only nominated (S10). A system that can not be read leaves everything as it was.
    """
    report = Collected(mapping=mapping.key)
    async with hub.store.transaction(dry=True) as tx:
        cursor = await tx.cursor(mapping.key) or Cursor(mapping=mapping.key)
        others = [await tx.cursor(f.key) for f in hub.model.facets_of(mapping) if f is not mapping]
    began_us = hub.clock.now_us()
    declaration = mapping.declaration
    every_us = int(declaration.sweep_s * SECOND_US)
    late = not declaration.tombstones and began_us >= cursor.swept_us + every_us
    due = cursor.complete and (late or not cursor.swept_us)  # somebody may have asked for it (S9)
    sweep = full or not cursor.complete or not declaration.incremental or due
    sweep = sweep or any(c is None or not c.complete or c.token != cursor.token for c in others)
    try:
        await _read(hub, mapping, cursor, report, began_us, sweep=sweep)
    except DriftError as drift:
        await pause_for(hub, mapping, drift)
        fail(hub, report, drift)
    except (RetryLater, StopEntityType) as error:
        fail(hub, report, error)
    return report


def fail(hub: Hub, report: Collected, error: AccordError) -> None:
    """Note why an entity type could not be read."""
    report.error, report.failed_us = str(error), hub.clock.now_us()
    report.after_s = error.after_s if isinstance(error, RetryLater) else 0.0


async def _read(
    hub: Hub, mapping: Mapping, cursor: Cursor, report: Collected, began_us: int, *, sweep: bool
) -> None:
    token = cursor.token
    connector = hub.connector(mapping)
    last: Sequence[Observation] = ()
    expired = False
    pages = connector.read(mapping.key, "" if sweep else cursor.token, full=sweep)
    while True:
        try:
            page = await anext(pages, None)
        except (RetryLater, StopEntityType):
            await _take_one(hub, mapping, last, report, sweep=sweep)
            raise
        if page is None:
            break
        await _take_one(hub, mapping, last, report, sweep=sweep)
        last, token = page.observations, page.cursor or token
        expired = expired or (not sweep and bool(cursor.token) and any(o.how == "listing" for o in last))
        report.pages += 1
    async with hub.store.transaction() as tx:
        if last:
            await _take_page(hub, tx, mapping, last, report, sweep=sweep)
        for facet in hub.model.facets_of(mapping):
            cursor = await tx.cursor(facet.key) or Cursor(mapping=facet.key)
            if sweep:
                await _nominate(hub, tx, facet, began_us, hub.clock.now_us())
            _move(cursor, facet, token, began_us, sweep=sweep)
            if expired:  # what was deleted meanwhile nobody tells (S8, S10)
                cursor.swept_us = 0
            await tx.save_cursor(cursor)
            report.asks = report.asks or bool(await tx.asked(facet.key, hub.clock.now_us(), 1))
        if sweep:
            await _note_listed(tx, {facet.key for facet in hub.model.facets_of(mapping)})
    hub.at("page")
    hub.tell(f"read {mapping.key}", report.records)


async def _take_one(
    hub: Hub, mapping: Mapping, observations: Sequence[Observation], report: Collected, *, sweep: bool
) -> None:
    """A page that is not the last one: what it shows is kept, whatever becomes of the rest of the read."""
    if not observations:
        return
    async with hub.store.transaction() as tx:
        await _take_page(hub, tx, mapping, observations, report, sweep=sweep)
    hub.at("page")
    hub.tell(f"read {mapping.key}", report.records)


def _move(cursor: Cursor, mapping: Mapping, token: str, began_us: int, *, sweep: bool) -> None:
    """A cursor after a read that has ended."""
    if not sweep or not cursor.token or not mapping.declaration.incremental:
        cursor.token = token  # a full read never moves the cursor of a feed (S8)
    cursor.swept_us = began_us if sweep else cursor.swept_us
    cursor.complete, cursor.began_us = cursor.complete or sweep, began_us


async def _note_listed(tx: Transaction, keys: set[str]) -> None:
    """Their first complete listing has ended (W7); that holds whatever becomes of the cursors."""
    known = set(await tx.meta(_LISTED) or ())
    if keys - known:
        await tx.save_meta(_LISTED, sorted(known | keys))


async def _nominate(hub: Hub, tx: Transaction, mapping: Mapping, began_us: int, now_us: int) -> None:
    """A sweep shows which records may be gone; each of them is fetched (S10)."""
    ids = await tx.unswept(mapping.key, began_us, "", hub.limits.nominate)
    lag_us = int(mapping.declaration.lag_s * SECOND_US)
    await tx.ask(Fetch(mapping.key, id_, NOT_LISTED, now_us + lag_us) for id_ in ids)


async def _take_page(
    hub: Hub,
    tx: Transaction,
    mapping: Mapping,
    observations: Sequence[Observation],
    report: Collected,
    *,
    sweep: bool,
) -> None:
    taken = await take_in(hub, tx, mapping, observations, sweep=sweep, watched=True)
    report.records += len(observations)
    report.changed += len(taken.rows)
    report.unreadable.extend(taken.unreadable)


async def take_in(
    hub: Hub,
    tx: Transaction,
    mapping: Mapping,
    observations: Sequence[Observation],
    *,
    sweep: bool = False,
    watched: bool = False,
) -> Intake:
    """Intake of observations in a transaction: rows, keys, dirty marks and fetches are saved, for all facets of the
    records (L9). Gives what it came to for `mapping`.

    `sweep`: they are of a listing of everything, the first of which is remembered (W7).
    Raises DriftError: the schema of a page that is `watched` has drifted (G2).
    """
    listed = set(await tx.meta(_LISTED) or ()) if sweep else set()
    taken = Intake()
    for facet in hub.model.facets_of(mapping):
        own = facet is mapping
        shown = observations if own else [replace(o, mapping=facet.key) for o in observations]
        first = sweep and facet.key not in listed
        found = await _take_in(hub, tx, facet, shown, first=first, watched=watched)
        if sweep:
            await tx.save_seen(found.reread)
        if own:
            taken = found
    return taken


async def _take_in(
    hub: Hub,
    tx: Transaction,
    mapping: Mapping,
    observations: Sequence[Observation],
    *,
    first: bool,
    watched: bool,
) -> Intake:
    observations = await without_erased(tx, mapping.key, observations)
    if any(o.gone == "merged" for o in observations):
        observations = await follow_merges(hub, tx, mapping, observations)
    ids = list(dict.fromkeys(o.id for o in observations))
    rows = await tx.seen(mapping.key, ids)
    check_rows(mapping, rows.values())
    goldens = sorted({row.golden for row in rows.values() if row.golden is not None})
    timings = {}
    before = {row.id: row.raw for row in rows.values() if not row.gone}
    held = dict(before)
    if goldens:
        links = await tx.links(mapping.key, goldens)
        check_rows(mapping, links)
        for link in links:
            if link.id in rows:
                timings[link.id] = timing_of(link)
                if link.id in before:  # what was agreed: nothing of a page before this one is yet
                    pairs = zip(link.raw, before[link.id], strict=True)
                    before[link.id] = [last if agreed is MISSING else agreed for agreed, last in pairs]
    if watched:
        await watch_schema(tx, mapping, observations, before)
    concept = hub.model.concepts[mapping.concept]
    taken = intake(observations, rows, timings, mapping, concept, hub.clock.now_us())
    if first:
        for row in (*taken.rows, *taken.reread):
            row.initial = True
    if taken.back:
        await note_back(hub, tx, mapping, taken.back)
    await tx.save_seen(taken.rows)
    await tx.change_keys(mapping.concept, taken.removed, taken.added)
    await tx.mark("settle", taken.dirty)
    lost = {record_key(row.mapping, row.id) for row in taken.rows if row.gone and row.golden is None}
    if lost:  # whoever refers to one of them does not wait for it any more (W5)
        await tx.mark("settle", await tx.dependants(lost))
    await tx.ask(taken.fetches)
    freed = {each for row in taken.rows if row.id in held for each in freed_by(held[row.id], row)}
    await retry_blocked(tx, mapping, freed)
    return taken


async def answer_fetches(hub: Hub, mapping: Mapping) -> str:
    """Fetch the records that are asked for and due, once each. Gives which of them can not be read now, in words.

    Those are asked for again in every cycle, but for what a listing merely did not show: the next sweep asks anew.

    An answer that there is no such record proves something only while another record of the type is readable with
    the same credentials (S10).
    """
    async with hub.store.transaction(dry=True) as tx:
        asked = await tx.asked(mapping.key, hub.clock.now_us(), hub.limits.page)
    if not asked:
        return ""
    observations = await hub.connector(mapping).fetch(mapping.key, [fetch.id for fetch in asked])
    hub.at("fetched")
    if any(o.gone == "missing" for o in observations):
        proven = any(not o.gone for o in observations) or await _canary(hub, mapping, {f.id for f in asked})
        for observation in observations:
            observation.proven = observation.proven or (proven and observation.gone == "missing")
    unreadable = {o.id for o in observations if o.gone == "unreadable"}
    again = [fetch for fetch in asked if fetch.id in unreadable and fetch.reason != NOT_LISTED]
    hinted = {fetch.id for fetch in asked if fetch.reason == HINTED}
    async with hub.store.transaction() as tx:
        wrong = hinted - (await tx.seen(mapping.key, sorted(hinted))).keys()
        observations = [o for o in observations if not o.gone or o.id not in wrong]
        for facet in hub.model.facets_of(mapping):
            await tx.answered(facet.key, [fetch.id for fetch in asked])
        await take_in(hub, tx, mapping, observations, watched=True)
        now_us = hub.clock.now_us()
        await tx.ask(fetch._replace(not_before_us=now_us) for fetch in again)
    if not again:
        return ""
    others = f" and {counted(len(again) - 1, 'other record')}" if len(again) > 1 else ""
    return f"{mapping.key}/{again[0].id}{others} can not be read now. Look there who may read it, and run it again"


async def answer_all(hub: Hub, mapping: Mapping) -> str:
    """Answer the fetches that are due: a page of them, and all that newcomers wait for to be matched (S3, L3)."""
    unreadable = await answer_fetches(hub, mapping)
    while not unreadable and mapping.declaration.listing_partial:
        async with hub.store.transaction(dry=True) as tx:
            asked = await tx.asked(mapping.key, hub.clock.now_us(), hub.limits.page)
        if all(fetch.reason != TO_BE_READ for fetch in asked):
            break
        unreadable = await answer_fetches(hub, mapping)
    return unreadable


async def _canary(hub: Hub, mapping: Mapping, missing: set[str]) -> bool:
    """True when another record of the entity type can be read now."""
    async with hub.store.transaction(dry=True) as tx:
        rows = await tx.scan_seen(mapping.key, "", len(missing) + hub.limits.page)
    candidates = [row for row in rows if row.id not in missing and not row.gone]
    candidates.sort(key=lambda row: row.golden is None)
    for row in candidates[:3]:
        answer = await hub.connector(mapping).fetch(mapping.key, [row.id])
        if answer and not answer[0].gone:
            return True
    return False
