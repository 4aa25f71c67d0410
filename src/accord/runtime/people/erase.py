"""Erase a golden record: its values leave all layers, and its records are not read in again (P1)."""

from collections.abc import Collection
from contextlib import suppress
from typing import Any, Final

from msgspec import Struct, field, structs

from accord.core.errors import AccordError, StopFlow
from accord.core.intake import keys_of_seen
from accord.core.state import Cluster, Seen, record_key, record_parts
from accord.ports.store import Transaction
from accord.runtime.hub import Hub
from accord.runtime.scans import golden_pages
from accord.runtime.settling import keep_reviews
from accord.runtime.steps.cycle import run_cycle
from accord.runtime.steps.erased import ERASING, erasing, erasures, save_erasures
from accord.runtime.targets import is_record, known_golden, known_record

__all__ = ["Erasing", "erase", "erase_again", "finish_erasing", "plan_erasing"]

_WIPE: Final = "to wipe out"
"""Set while bytes of what was erased may stand in the file of the store yet."""
_WITH_IDS: Final = ("audit", "back")
"""Small values of the hub that hold ids of records."""
MOST_CYCLES: Final = 10
_MOST_EVENTS: Final = 1_000_000
_MOST_MEMBERS: Final = 1000
_PAGE: Final = 1000

Record = tuple[str, str]


class Erasing(Struct, kw_only=True):
    """What is erased, or would be: record keys, lines of history that lose their values, reviews that close.

    `deletes` are the records that are deleted in their systems first; `rests` those that could not be yet, with the
    reason. `done`: nothing of it is left in the store.
    """

    golden: str
    records: list[str] = field(default_factory=list)
    events: int = 0
    reviews: list[str] = field(default_factory=list)
    decisions: int = 0
    referred: int = 0
    """Golden records that refer to it: their reference leads nowhere from now on, and is not written any more."""
    deletes: list[str] = field(default_factory=list)
    left: dict[str, str] = field(default_factory=dict)
    done: bool = False


class _Scope(Struct):
    """All rows that say something of what is erased."""

    concept: str
    clusters: list[Cluster]
    rows: dict[Record, Seen]
    records: list[Record]

    @property
    def goldens(self) -> list[str]:
        return [cluster.golden.id for cluster in self.clusters]

    @property
    def names(self) -> set[str]:
        return {*self.goldens, *(record_key(*record) for record in self.records)}


async def plan_erasing(hub: Hub, target: str, *, everywhere: bool = False) -> Erasing:
    """What erasing a record ("system.Type/id") or a golden record would take away. Nothing is changed.

    Raises AccordError: there is no such record; or a write of it is of unknown outcome, or could not be deleted.
    """
    async with hub.store.transaction(dry=True) as tx:
        scope = await _scope(hub, tx, target)
        _check(hub, scope, everywhere=everywhere)
        return await _erasing(tx, scope, everywhere=everywhere)


async def erase(hub: Hub, target: str, *, everywhere: bool = False) -> Erasing:
    """Erase a record, or a golden record with all its records; `everywhere` deletes them in their systems first.

    What can not be deleted at once is told in `left`: later runs go on with it, and erase once it is done. Raises what
    `plan_erasing` raises.
    """
    if everywhere:
        return await _delete_then_erase(hub, target)
    async with hub.store.transaction() as tx:
        scope = await _scope(hub, tx, target)
        _check(hub, scope, everywhere=False)
        told = await _erasing(tx, scope, everywhere=False)
        await _erase(hub, tx, scope)
    await _wipe_out(hub)
    told.done = True
    return told


async def _scope(hub: Hub, tx: Transaction, target: str) -> _Scope:
    golden: str | None = target
    if is_record(target):
        seen = await known_record(hub, tx, target)
        golden = seen.golden
        if golden is None:
            concept = hub.model.mappings[seen.mapping].concept
            return _Scope(concept, [], {(seen.mapping, seen.id): seen}, [(seen.mapping, seen.id)])
    golden = await known_golden(hub, tx, golden or target)
    (cluster,) = await tx.clusters([golden])
    aliases = await _aliases(hub, tx, cluster.golden.concept, golden)
    clusters = [cluster, *await tx.clusters(aliases)]
    rows = {
        name: row for each in clusters for name, row in each.seen.items() if row.golden in {golden, *aliases}
    }
    records = {(k.mapping, k.id) for each in clusters for k in each.links if k.id is not None}
    stray = [name for name in records if name not in rows]
    known = {name: row for each in clusters for name, row in each.seen.items()}
    elsewhere = {name for name in stray if name in known and known[name].golden is not None}
    return _Scope(cluster.golden.concept, clusters, rows, sorted(records - elsewhere))


async def _aliases(hub: Hub, tx: Transaction, concept: str, golden: str) -> list[str]:
    """Golden records that were merged into one, at any time."""
    merged: dict[str, str] = {}
    async for goldens in golden_pages(tx, concept, hub.limits.settle):
        merged.update((each.id, each.merged_into) for each in goldens if each.merged_into)
    found = {golden}
    while more := {alias for alias, into in merged.items() if into in found} - found:
        found |= more
    return sorted(found - {golden})


def _check(hub: Hub, scope: _Scope, *, everywhere: bool) -> None:
    """Raises AccordError: not now, or not so; nothing was done."""
    for cluster in scope.clusters:
        for link in cluster.links:
            where = record_key(link.mapping, link.id) if link.id else link.mapping
            if link.open is not None:
                raise AccordError(
                    f"{cluster.golden.id} can not be erased now: the outcome of a write to {where} is not known",
                    remedy="Run accord sync, which finds out, then erase it.",
                )
            mapping = hub.model.mappings.get(link.mapping)
            if everywhere and link.life == "live" and (mapping is None or not mapping.declaration.can_delete):
                why = "left the configuration" if mapping is None else "can not delete records"
                raise AccordError(
                    f"{where} can not be deleted: {link.mapping} {why}",
                    remedy="Delete it there by hand and run accord sync, or erase it without --everywhere.",
                )


async def _erasing(tx: Transaction, scope: _Scope, *, everywhere: bool) -> Erasing:
    named = scope.names
    told = Erasing(golden=scope.goldens[0] if scope.clusters else "")
    told.records = sorted(record_key(*record) for record in scope.records)
    told.events = await _events(tx, named)
    told.reviews = [r.id for r in await tx.reviews(scope.concept) if named & {*r.members, *r.goldens}]
    told.decisions = len(await tx.decisions_on(scope.concept, told.records))
    told.referred = len(await tx.dependants(named) - named)
    if everywhere:
        told.deletes = sorted(
            record_key(k.mapping, k.id or "") for c in scope.clusters for k in c.links if k.life == "live"
        )
    return told


async def _events(tx: Transaction, named: Collection[str]) -> int:
    """Lines of history that name it."""
    count = 0
    for name in named:
        if is_record(name):
            lines = await tx.history(record=name, limit=_MOST_EVENTS)
            count += sum(1 for line in lines if line.golden not in named)
        else:
            count += len(await tx.history(golden=name, limit=_MOST_EVENTS))
    return count


async def _erase(hub: Hub, tx: Transaction, scope: _Scope) -> None:
    """Take everything away in one transaction, and keep the hashes."""
    await tx.save_meta(_WIPE, True)
    kept = await erasures(tx)
    kept.add(scope.records)
    await save_erasures(tx, kept)
    await _remove_keys(hub, tx, scope)
    named = scope.names
    await _close_reviews(tx, scope, named)
    decided = await tx.decisions_on(scope.concept, [record_key(*record) for record in scope.records])
    await tx.remove_decisions(scope.concept, [(each.a, each.b) for each in decided])
    await tx.mark("settle", await tx.dependants(named) - named)
    await tx.remove_goldens(scope.goldens)
    await tx.remove_seen(scope.records)
    await _leave_no_mark(hub, tx, scope.concept)
    erased = {name: _pseudonym(kept.digest(name), name) for name in named}
    await tx.redact(erased)
    await _redact_runs(tx, scope, named)
    for name in _WITH_IDS:
        kept_ids = await tx.meta(name)
        if kept_ids:
            await tx.save_meta(name, _without(kept_ids, {id_ for _, id_ in scope.records}))
    begun = set(await tx.meta(ERASING) or ())
    if begun & named:
        await tx.save_meta(ERASING, sorted(begun - named))


def _pseudonym(digest: str, name: str) -> str:
    """What stands in history for a name that is erased: facts that belong together still do."""
    return f"{name.partition('/')[0]}/erased-{digest}" if is_record(name) else f"erased-{digest}"


async def _remove_keys(hub: Hub, tx: Transaction, scope: _Scope) -> None:
    """Match keys go; who shares one is matched anew."""
    concept = hub.model.concepts[scope.concept]
    mappings = hub.model.mappings
    keys = [
        key
        for row in scope.rows.values()
        if row.mapping in mappings
        for key in keys_of_seen(structs.replace(row, gone=""), mappings[row.mapping], concept)
    ]
    await tx.change_keys(concept.name, keys, [])


async def _leave_no_mark(hub: Hub, tx: Transaction, name: str) -> None:
    """Keys that are marked and that nobody bears any more are values of what is gone."""
    reviewed = {(review.rule, review.key) for review in await tx.reviews(name)}
    for rule in hub.model.concepts[name].rules:
        after = ""
        while groups := await tx.touched(name, rule.name, after, hub.limits.settle, 1):
            after = groups[-1].key
            lonely = [g.key for g in groups if not g.members and (g.rule, g.key) not in reviewed]
            await tx.untouch(name, rule.name, lonely)


async def _close_reviews(tx: Transaction, scope: _Scope, named: Collection[str]) -> None:
    """A review with it in is closed; the others of it are looked at anew, where there are any."""
    closing = [r for r in await tx.reviews(scope.concept) if {*named} & {*r.members, *r.goldens}]
    await keep_reviews(tx, scope.concept, closed=[review.id for review in closing])
    pairs = [(review.rule, review.key) for review in closing if review.rule]
    shared = await tx.groups(scope.concept, pairs, _MOST_MEMBERS)
    await tx.touch_keys(scope.concept, [(group.rule, group.key) for group in shared])


async def _redact_runs(tx: Transaction, scope: _Scope, named: Collection[str]) -> None:
    """What runs told of it goes from their summaries."""
    ids = {(mapping, id_) for mapping, id_ in scope.records}
    for run in await tx.runs(_MOST_EVENTS):
        summary = run["summary"]
        if summary and (clean := _redacted(summary, named, ids)) != summary:
            await tx.end_run(run["run"], run["ended_us"], clean)


def _without(data: Any, ids: Collection[str]) -> Any:
    """Data without the entries that are, or are named by, an id."""
    if isinstance(data, dict):
        return {
            k: _without(v, ids)
            for k, v in data.items()
            if k not in ids and not (isinstance(v, str) and v in ids)
        }
    return [_without(v, ids) for v in data if v not in ids] if isinstance(data, list) else data


def _redacted(data: Any, named: Collection[str], ids: Collection[Record]) -> Any:
    if isinstance(data, dict):
        data = {**data, "id": "erased"} if (data.get("mapping"), data.get("id")) in ids else data
        return {key: _redacted(item, named, ids) for key, item in data.items()}
    if isinstance(data, list):
        return [_redacted(item, named, ids) for item in data]
    if isinstance(data, str) and any(name in data for name in named):
        return "erased"
    return data


# In the systems first


async def _delete_then_erase(hub: Hub, target: str) -> Erasing:
    async with hub.store.transaction() as tx:
        scope = await _scope(hub, tx, target)
        _check(hub, scope, everywhere=True)
        told = await _erasing(tx, scope, everywhere=True)
        if not scope.clusters:
            raise AccordError(
                f"{target} is not linked: Accord deletes no record that it does not keep in sync",
                remedy="Delete it in its system, or erase it without --everywhere.",
            )
        for cluster in scope.clusters:
            for link in cluster.links:
                link.doomed = link.doomed or link.life == "live"
        await tx.save_clusters(scope.clusters)
        await tx.mark("settle", scope.goldens)
        await tx.save_meta(ERASING, sorted({*(await tx.meta(ERASING) or ()), told.golden}))
    goldens = set(scope.goldens)
    for _ in range(MOST_CYCLES):
        cycle = await run_cycle(hub, may=lambda due: due.kind == "delete" and due.golden in goldens)
        if await _is_deleted(hub, told.golden) or not cycle.shared.sent:
            break
    told.done = told.golden in await finish_erasing(hub)
    if not told.done:
        told.left = await _left(hub, told.golden)
    return told


async def _is_deleted(hub: Hub, golden: str) -> bool:
    async with hub.store.transaction(dry=True) as tx:
        clusters = await tx.clusters([golden])
    return all(_is_gone(cluster) for cluster in clusters)


def _is_gone(cluster: Cluster) -> bool:
    return all(link.life == "tomb" and link.open is None for link in cluster.links)


async def _left(hub: Hub, golden: str) -> dict[str, str]:
    """Records that stand yet, and why."""
    async with hub.store.transaction(dry=True) as tx:
        (cluster,) = await tx.clusters([golden])
    left = {}
    for link in cluster.links:
        if link.life == "live":
            reason = next((each.message for each in link.rejected.values()), "the next run goes on with it")
            if not link.doomed and link.open is None:
                reason = "it was edited meanwhile, which keeps it"
            left[record_key(link.mapping, link.id or "")] = reason
    return left


async def finish_erasing(hub: Hub) -> set[str]:
    """Erase whatever was deleted in all systems by now; the golden ids."""
    async with hub.store.transaction(dry=True) as tx:
        begun = await erasing(tx)
        # one that went into another is that one (W5)
        scopes = [await _scope(hub, tx, golden) for golden in begun]
        gone = [
            golden for golden, scope in zip(begun, scopes, strict=True) if all(map(_is_gone, scope.clusters))
        ]
    for golden in gone:
        async with hub.store.transaction() as tx:
            if await tx.clusters([golden]):
                await _erase(hub, tx, await _scope(hub, tx, golden))
    with suppress(StopFlow):  # another process reads the store just now: the run after this one has its turn
        await _wipe_out(hub)
    return set(gone)


async def _wipe_out(hub: Hub) -> None:
    """Leave no byte of what was erased, by this process or by one that was killed right after it (C1)."""
    async with hub.store.transaction(dry=True) as tx:
        left = await tx.meta(_WIPE)
    if left:
        await hub.store.compact()
        async with hub.store.transaction() as tx:
            await tx.save_meta(_WIPE, None)


async def erase_again(hub: Hub) -> int:
    """Erase all records of the list of erasures that stand in the store, as after a restore; how many there were."""
    found: list[str] = []
    async with hub.store.transaction(dry=True) as tx:
        kept = await erasures(tx)
        for mapping in kept.counts():
            after = ""
            while mapping in hub.model.mappings and (rows := await tx.scan_seen(mapping, after, _PAGE)):
                after = rows[-1].id
                found += [record_key(mapping, row.id) for row in rows if kept.has(mapping, row.id)]
    for record in found:
        async with hub.store.transaction() as tx:
            mapping, id_ = record_parts(record)
            if await tx.seen(mapping, [id_]):
                await _erase(hub, tx, await _scope(hub, tx, record))
    await _wipe_out(hub)
    return len(found)
