"""Creates of unknown outcome: repeat with the key, else search, else ask a person; never a second record (W3)."""

from collections.abc import Collection, Sequence
from typing import Literal

from accord.core.confirm import adopt
from accord.core.errors import AccordError
from accord.core.intake import read_raw
from accord.core.link import review_id
from accord.core.model import Mapping
from accord.core.observation import Observation
from accord.core.settle import settle_work
from accord.core.state import Cluster, Link, Open, Review, Seen, record_key
from accord.core.work import SECOND_US, Work
from accord.ports.store import Transaction
from accord.runtime.hub import Hub
from accord.runtime.settling import keep_reviews, reviewed_records, save_settled
from accord.runtime.steps.collect import take_in
from accord.runtime.steps.erased import without_erased
from accord.runtime.steps.sharing import confirm_all, write_of

__all__ = ["equals_sent", "recover", "resolve_creates", "way_back"]

Way = Literal["key", "our_id", "search", "ask"]


def way_back(mapping: Mapping, write: Open, now_us: int) -> Way:
    """How the outcome of a create is found out: the best way that the system offers now (W3)."""
    declaration = mapping.declaration
    for way in declaration.finds_create:
        if way == "key" and now_us < write.first_us + int(declaration.key_valid_s * SECOND_US):
            return "key"
        if way in ("our_id", "search"):
            return "our_id" if way == "our_id" else "search"
    return "ask"


async def recover(hub: Hub, goldens: Sequence[str] | None = None) -> int:
    """After a start: every write that was sent and not answered is of unknown outcome (C1); how many there were.

    `goldens`: of these golden records alone, for the worker that wrote them was not heard of again.
    """
    count = 0
    if goldens is not None:
        async with hub.store.transaction() as tx:
            return await _recover(tx, await tx.clusters(goldens), hub.model.mappings)
    for mapping in hub.model.mappings.values():
        after = ""
        while True:
            async with hub.store.transaction() as tx:
                ids = await tx.open_links(mapping.key, after, hub.limits.settle)
                if not ids:
                    break
                after = ids[-1]
                count += await _recover(tx, await tx.clusters(ids), {mapping.key})
    return count


async def _recover(tx: Transaction, clusters: Sequence[Cluster], keys: Collection[str]) -> int:
    count = 0
    for cluster in clusters:
        for link in cluster.links:
            if link.mapping in keys and link.open is not None and not link.open.acked:
                link.open.unknown = True
                count += 1
    await tx.save_clusters(clusters)
    await tx.mark("settle", [cluster.golden.id for cluster in clusters])
    return count


async def resolve_creates(hub: Hub) -> int | None:
    """Find out what became of every create of unknown outcome.

    Returns when the last of those can be told that only time can tell; None: there are none.
    """
    until_us: list[int] = []
    async with hub.store.transaction(dry=True) as tx:
        paused = await hub.paused(tx)
        unknown = [m for key, m in hub.model.mappings.items() if await tx.open_links(key, "", 1)]
    for mapping in (m for m in unknown if m.key not in paused):
        if mapping.system not in hub.known:
            continue  # its account could not be told, so that nothing of it is asked or repeated (K6)
        after = ""
        while True:
            async with hub.store.transaction(dry=True) as tx:
                ids = await tx.open_links(mapping.key, after, hub.limits.share)
                clusters = await tx.clusters(ids) if ids else []
            if not ids:
                break
            after = ids[-1]
            for cluster in clusters:
                for link in cluster.links:
                    write = link.open if link.life == "creating" and link.mapping == mapping.key else None
                    if write is not None and write.unknown:
                        until_us.append(await _resolve(hub, mapping, cluster.golden.id, link, write))
    return max(until_us, default=0) or None


async def _resolve(hub: Hub, mapping: Mapping, golden: str, link: Link, write: Open) -> int:
    """When it can be told, where only time can; else 0."""
    way = way_back(mapping, write, hub.clock.now_us())
    try:
        if way == "key":
            await _repeat(hub, mapping, golden, link.incarnation)
        elif way == "ask":
            await _ask(hub, mapping, golden, link, [], "nobody can tell whether it was made")
        else:
            return await _search(hub, mapping, golden, link, write, way)
    except AccordError:
        pass  # the system can not be asked now; the question stands
    return 0


async def _work(
    hub: Hub, tx: Transaction, golden: str, mapping: Mapping, incarnation: int, row: Seen | None = None
) -> tuple[Work, Link]:
    clusters = await tx.clusters([golden])
    if row is not None:
        clusters[0].seen[row.mapping, row.id] = row  # so that what it refers to is looked up
    context = await hub.context(tx, clusters, await hub.gates(tx), reviewed=await reviewed_records(tx))
    work = Work(cluster=clusters[0], concept=hub.model.concepts[mapping.concept], context=context)
    link = next(k for k in clusters[0].links if k.mapping == mapping.key and k.incarnation == incarnation)
    return work, link


async def _repeat(hub: Hub, mapping: Mapping, golden: str, incarnation: int) -> None:
    """The same key and body once more: the system answers with the record that the first sending made."""
    async with hub.store.transaction() as tx:
        work, link = await _work(hub, tx, golden, mapping, incarnation)
        if link.open is None:
            return
        link.open.sendings += 1
        link.open.sent_us = link.sent_us = hub.clock.now_us()
        write = write_of(link, link.open)
        await tx.save_clusters([work.cluster])
    outcome = (await hub.connector(mapping).write([write]))[0]
    hub.at("repeated")
    async with hub.store.transaction() as tx:
        work, link = await _work(hub, tx, golden, mapping, incarnation)
        await confirm_all(hub, tx, [(work, link, outcome)])


async def _search(hub: Hub, mapping: Mapping, golden: str, link: Link, write: Open, way: Way) -> int:
    found = await hub.connector(mapping).search(mapping.key, write.key, write.first_us)
    if found is None:
        await _ask(hub, mapping, golden, link, [], "the system can not be searched")
        return 0
    async with hub.store.transaction() as tx:
        rows = await tx.seen(mapping.key, [o.id for o in found])
        kept = await without_erased(tx, mapping.key, found)
    erased = [o for o in found if o not in kept and (way == "search" or o.our_id == write.key)]
    found = list(kept)
    free = [o for o in found if o.id not in rows or rows[o.id].golden is None]
    ours = [o for o in free if o.our_id and o.our_id == write.key]
    if not ours and way == "search":
        ours = [o for o in free if equals_sent(mapping, write, o)]
    if len(ours) == 1:
        hub.at("found")
        await _adopt(hub, mapping, golden, link.incarnation, ours[0])
    elif ours or (way == "search" and free):
        await _ask(hub, mapping, golden, link, ours or free, "these records may be what the create made")
    elif erased:
        await _ask(
            hub, mapping, golden, link, [], "a record there may be what the create made, and was erased"
        )
    else:
        return await _create_again(hub, mapping, golden, link, write)
    return 0


def equals_sent(mapping: Mapping, write: Open, observation: Observation) -> bool:
    """True when a record equals all that we sent."""
    if observation.payload is None:
        return False
    raws = read_raw(mapping, observation.payload)
    return all(raws[column] == sent.raw for column, sent in write.sent.items())


async def _adopt(hub: Hub, mapping: Mapping, golden: str, incarnation: int, found: Observation) -> None:
    """The record is our create, by its id."""
    async with hub.store.transaction() as tx:
        taken = await take_in(hub, tx, mapping, [found])
        known = {row.id: row for row in (*taken.rows, *taken.reread)}
        row: Seen | None = known.get(found.id) or (await tx.seen(mapping.key, [found.id])).get(found.id)
        work, link = await _work(hub, tx, golden, mapping, incarnation, row)
        if row is None or link.open is None:
            return
        review = review_id(mapping.concept, "create", link.open.key)
        adopt(work, link, row)
        await save_settled(hub, tx, [settle_work(work)])
        await keep_reviews(tx, mapping.concept, closed=[review])


async def _create_again(hub: Hub, mapping: Mapping, golden: str, link: Link, write: Open) -> int:
    """Nothing was made: once it can not land any more, it is derived anew; when that is, or 0: it was done."""
    declaration = mapping.declaration
    until_us = write.sent_us + int((declaration.lag_s + declaration.max_request_s) * SECOND_US)
    if hub.clock.now_us() < until_us:
        return until_us
    async with hub.store.transaction() as tx:
        work, fresh = await _work(hub, tx, golden, mapping, link.incarnation)
        fresh.open = None
        await save_settled(hub, tx, [settle_work(work)])
    return 0


async def _ask(
    hub: Hub, mapping: Mapping, golden: str, link: Link, found: Sequence[Observation], reason: str
) -> None:
    key = link.open.key if link.open is not None else ""
    review = Review(
        id=review_id(mapping.concept, "create", key),
        concept=mapping.concept,
        rule="",
        key=key,
        kind="create",
        members=[record_key(mapping.key, o.id) for o in found],
        goldens=[golden],
        reason=reason,
        at_us=hub.clock.now_us(),
    )
    async with hub.store.transaction() as tx:
        if all(review.id != known.id for known in await tx.reviews(mapping.concept)):
            await tx.save_reviews([review])
