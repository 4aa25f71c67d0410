"""Whose account a system is read with: compared once per process, before anything else is asked (K6)."""

from typing import Final

from accord.core.errors import StopEntityType
from accord.core.intake import read_raw
from accord.core.model import Mapping
from accord.core.observation import Observation
from accord.core.state import Seen
from accord.core.values import MISSING
from accord.runtime.hub import Hub
from accord.runtime.pauses import ACCEPTED, ACCOUNTS, Pause, add, covers, mark_concepts, save, stored

__all__ = ["is_another", "is_known"]

FEW: Final = 2
MORE: Final = 5
"""So many linked records are compared where a system does not tell its account; more where these are not what they
were. That all of them are gone counts only where they are so many: people may have deleted a few."""
_LOOKED_AT: Final = 200


async def is_known(hub: Hub, system: str) -> bool:
    """True where a system is read with the account that it was read with before; another one pauses it.

    Such a pause ends as soon as the account is the one that it was. Raises RetryLater, StopEntityType: the system can
    not tell now.
    """
    if system not in hub.known:
        await _compare(hub, system)
    return system in hub.known


async def _compare(hub: Hub, system: str) -> None:
    account = await hub.connectors[system].identity()
    async with hub.store.transaction(dry=True) as tx:
        kept: dict[str, str] = await tx.meta(ACCOUNTS) or {}
        accepted = system in (await tx.meta(ACCEPTED) or ())
    if account:
        other = kept.get(system, account) != account
        names = f"{_masked(account)}, not {_masked(kept.get(system, ''))}"
        why = f"it is another account than its records were linked with: {names}"
    else:
        others = await _shows_others(hub, system)
        other, accepted = others and not accepted, accepted and not others  # it holds until then
        why = "its linked records are others, or not there: it is another account, or another system"
    async with hub.store.transaction() as tx:
        pauses = await stored(tx)
        known = [p for p in pauses if (p.scope, p.kind) == (system, "identity")]
        if other:
            pause = Pause(scope=system, kind="identity", why=why, at_us=hub.clock.now_us(), account=account)
            if not known or known[0].account != account:
                await add(tx, pause)
                await mark_concepts(tx, hub.model, [pause])
            return
        if known:
            await save(tx, [p for p in pauses if p not in known])
            await mark_concepts(tx, hub.model, known)
        if account and kept.get(system) != account:
            await tx.save_meta(ACCOUNTS, {**kept, system: account})
        if accepted:
            await tx.save_meta(ACCEPTED, sorted({*(await tx.meta(ACCEPTED) or ())} - {system}))
    hub.known.add(system)


def _masked(account: str) -> str:
    """The name of an account, which may be an address, so that one can tell it and nobody else is told it (P2)."""
    return f"{account[:2]}… ({len(account)} characters)"


async def _shows_others(hub: Hub, system: str) -> bool:
    """True where none of the linked records that are looked at is what it was."""
    mappings = [m for _, m in sorted(hub.model.mappings.items()) if covers(system, m)]
    types = {m.entity_type: m for m in reversed(mappings)}  # facets are one record
    linked: list[tuple[int, Mapping, Seen]] = []
    async with hub.store.transaction(dry=True) as tx:
        for mapping in types.values():
            rows = await tx.scan_seen(mapping.key, "", _LOOKED_AT)
            found = [row for row in rows if row.golden is not None and not row.gone][:MORE]
            linked += [(turn, mapping, row) for turn, row in enumerate(found)]
    if len(linked) < FEW:
        return False
    linked.sort(key=lambda each: (each[0], each[1].key))
    others = gone = 0
    for _, mapping, row in linked[: max(MORE, FEW * len(types))]:
        try:
            (answer,) = await hub.connector(mapping).fetch(mapping.key, [row.id])
        except StopEntityType:
            continue  # nothing can be told of this type; reading it says why (G2, W9)
        if answer.payload is not None and not is_another(row, answer, mapping):
            return False
        others += answer.payload is not None
        gone += answer.gone == "missing"
        if others >= FEW:
            return True
    return gone >= MORE


def is_another(row: Seen, answer: Observation, mapping: Mapping) -> bool:
    """True where a record was created at another time, or has no value left that it had."""
    if answer.payload is None:
        return False
    if row.born_us is not None and answer.born_us is not None:
        return row.born_us != answer.born_us
    now = read_raw(mapping, answer.payload, row.raw)
    pairs = [
        (was, raw) for was, raw in zip(row.raw, now, strict=True) if was is not MISSING and was is not None
    ]
    return bool(pairs) and not any(was == raw for was, raw in pairs)
