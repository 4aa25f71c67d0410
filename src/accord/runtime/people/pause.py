"""Make a pause, end one; hint at what to read."""

from collections.abc import Iterable

from accord.core.errors import AccordError, StopFlow
from accord.core.model import Mapping
from accord.core.state import Fetch
from accord.core.wording import remedy
from accord.core.work import SECOND_US
from accord.runtime.hub import Hub
from accord.runtime.pauses import (
    ASKS,
    Pause,
    accept_account,
    add,
    covers,
    look_again,
    mark_concepts,
    save,
    stored,
)
from accord.runtime.steps.collect import HINTED
from accord.runtime.steps.restored_system import Keep, hold_to

__all__ = ["hint", "pause", "pauses_of", "resume", "scope_mappings"]


def scope_mappings(hub: Hub, scope: str) -> list[Mapping]:
    """Mappings that a person names by a system, an entity type or a facet. Raises AccordError: there are none."""
    found = [m for _, m in sorted(hub.model.mappings.items()) if covers(scope, m)]
    if not found:
        known = {name for m in hub.model.mappings.values() for name in (m.system, m.entity_type)}
        raise AccordError(f"there is no system or entity type {scope}", remedy=remedy(scope, known))
    return found


async def pauses_of(hub: Hub) -> list[Pause]:
    """Pauses that stand, for status and `accord pause`."""
    async with hub.store.transaction(dry=True) as tx:
        return [p for p in await stored(tx) if p.stands(hub.clock.now_us())]


async def pause(
    hub: Hub,
    scope: str,
    *,
    why: str = "",
    until_us: int | None = None,
    for_s: float | None = None,
    reads: bool = True,
    by: str = "person",
) -> Pause:
    """Write nothing in a system or entity type for a while; unless it `reads`, leave it alone altogether.

    Raises AccordError: there is no such scope, or the time to end it has come already.
    """
    scope_mappings(hub, scope)
    now_us = hub.clock.now_us()
    if for_s is not None:
        until_us = now_us + round(for_s * SECOND_US)
    if until_us is not None and until_us <= now_us:
        raise AccordError("a pause has to end in the future", remedy="Give a later time, or none.")
    why = why or "paused by a person"
    made = Pause(scope=scope, kind="person", why=why, at_us=now_us, until_us=until_us, by=by, reads=reads)
    async with hub.store.transaction() as tx:
        await add(tx, made)
        await mark_concepts(tx, hub.model, [made])
    return made


async def resume(hub: Hub, scope: str, *, accept: bool = False, keep: Keep | None = None) -> list[Pause]:
    """End the pauses of a scope, and of what is inside it; they are returned.

    What a guard paused is looked at anew, and paused again where its reason stands; with `accept` it is taken as it is
    from now on: another account (K6), another schema (G2). Of a system that was restored from a backup somebody has to
    say whose state to `keep` (S11).
    Raises StopFlow: nothing is paused there, or nothing that could be accepted; or it is not said whose state holds.
    """
    inside = {name for m in scope_mappings(hub, scope) for name in (m.key, m.entity_type)} | {scope}
    async with hub.store.transaction() as tx:
        every = await stored(tx)
        ended = [p for p in every if p.scope in inside]
        if not ended:
            others = ", ".join(sorted({p.scope for p in every}))
            what = f"Paused are: {others}." if others else "Nothing is paused."
            raise StopFlow(f"{scope} is not paused", remedy=what)
        asked = [p for p in ended if p.kind in ASKS]
        restored = [p for p in ended if p.kind == "restored"]
        if accept and not asked:
            raise StopFlow(f"no guard paused {scope}", remedy=f"Go on with: accord resume {scope}")
        if bool(restored) != (keep is not None):
            was = (
                f"{scope} was restored from a backup"
                if restored
                else f"{scope} was not restored from a backup"
            )
            how = "Say whose state holds: --keep hub, or --keep system." if restored else "Leave --keep out."
            raise StopFlow(was, remedy=how)
        await save(tx, [p for p in every if p not in ended])
        for each in asked:
            if each.kind == "drift":
                keys = [m.key for m in scope_mappings(hub, each.scope)]
                await look_again(tx, each, keys, accept=accept)
            elif each.kind == "restored" and keep is not None:
                await hold_to(hub, tx, each, keep)
            elif accept:
                await accept_account(tx, each)
        await mark_concepts(tx, hub.model, ended)
    return ended


async def hint(hub: Hub, scope: str, ids: Iterable[str] = ()) -> int:
    """Something may have happened to these records: they are read, whatever a hint says of them (S9).

    Without ids all ids of the entity types are swept by the next cycle. Returns how many reads it asks for.
    Raises AccordError: there is no such system or entity type, or ids of a whole system.
    """
    mappings, wanted = scope_mappings(hub, scope), list(dict.fromkeys(ids))
    now_us = hub.clock.now_us()
    if wanted and len({m.entity_type for m in mappings}) > 1:
        types = ", ".join(sorted({m.entity_type for m in mappings}))
        raise AccordError(f"{scope} has several entity types", remedy=f"Say which: {types}.")
    async with hub.store.transaction() as tx:
        if wanted:
            await tx.ask(Fetch(m.key, id_, HINTED, now_us) for m in mappings for id_ in wanted)
        else:
            for mapping in mappings:
                if (cursor := await tx.cursor(mapping.key)) is not None:
                    cursor.swept_us = 0
                    await tx.save_cursor(cursor)
    return len(wanted) * len(mappings) or len(mappings)
