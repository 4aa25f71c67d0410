"""Let values that chase each other go on: a person has ended what undid them (G5)."""

from accord.core.errors import StopFlow
from accord.core.oscillation import chasing, thaw
from accord.core.state import record_key, record_parts
from accord.ports.store import Transaction
from accord.runtime.books.chases import Chase, chases_of
from accord.runtime.hub import Hub
from accord.runtime.steps.sharing import derive
from accord.runtime.targets import known_property, known_record

__all__ = ["thaw_properties"]


async def thaw_properties(hub: Hub, target: str) -> list[Chase]:
    """Let what is frozen of a record be written again: one property ("system.Type/id:property"), or all of them.

    What was written there so far counts no more, so that four more writes may follow before it freezes anew. The next
    run writes. Raises AccordError: there is no such record or property; StopFlow: nothing of it is frozen.
    """
    async with hub.store.transaction() as tx:
        record, property_ = await _parted(tx, target)
        seen = await known_record(hub, tx, record)
        rows = hub.model.mappings[seen.mapping].properties
        if property_:
            property_ = known_property([row.name for row in rows], property_, record)
        clusters = await tx.clusters([seen.golden] if seen.golden is not None else [])
        settled, _ = await derive(hub, tx, await tx.clusters([c.golden.id for c in clusters]))
        now_us = hub.clock.now_us()
        every = [chase for each in settled for chase in chases_of(each, hub.model, now_us)]
        found = [c for c in every if c.record == record and property_ in ("", c.property)]
        if not found:
            others = ", ".join(chase.name for chase in every)
            what = f"Frozen are: {others}." if others else "accord status lists what is."
            raise StopFlow(f"{target} is not frozen", remedy=what)
        names = {chase.property for chase in found}
        for cluster in clusters:
            for link in cluster.links:
                if record_key(link.mapping, link.id or "") == record:
                    for column, row in enumerate(rows):
                        if row.name in names and chasing(link.written.get(column, ()), now_us):
                            thaw(link, column)
        await tx.save_clusters(clusters)
        await tx.mark("settle", [cluster.golden.id for cluster in clusters])
    return found


async def _parted(tx: Transaction, target: str) -> tuple[str, str]:
    """Record and property. Ids may hold colons: what is a record as it stands names no property."""
    mapping, record_id = record_parts(target)
    record, colon, property_ = target.rpartition(":")
    if not colon or "/" not in record or await tx.seen(mapping, [record_id]):
        return target, ""
    return record, property_
