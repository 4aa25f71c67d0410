"""Rounds of sharing: page after page of what is marked, until nothing more comes of it (W5, W6, W11)."""

from collections.abc import Callable, Mapping as ReadOnly, Sequence
from functools import partial

from msgspec import Struct

from accord.core.errors import AccordError
from accord.core.work import Due
from accord.runtime.hub import Hub
from accord.runtime.rings import rings
from accord.runtime.settling import settle_dirty
from accord.runtime.steps.accounts import is_known
from accord.runtime.steps.permit import Allowed, Permission, Permit
from accord.runtime.steps.sharing import Batch, Look, Shared
from accord.runtime.team import divided

__all__ = ["ShareDone", "SharePiece", "share", "share_piece"]


class SharePiece(Struct, frozen=True, kw_only=True):
    """Golden records that are marked, and what may be sent of them."""

    goldens: list[str]
    alone: frozenset[str]
    pulled: frozenset[tuple[str, str]]
    creates: bool
    permit: Permit
    later: dict[str, float]


class ShareDone(Struct, frozen=True, kw_only=True):
    """What was written, what was found of each golden record, and which of them have writes that must be counted."""

    shared: Shared
    looked: dict[str, Look]
    left: list[str]


async def share(
    hub: Hub,
    allowed: Allowed,
    on_batch: Callable[[Shared], None] | None = None,
    *,
    shared: Shared | None = None,
    until_us: int | None = None,
    creates: bool = True,
) -> Shared:
    """Send what is due and allowed, until nothing more comes of it; without `creates` what else is due.

    Rounds: a create may free others that waited for it, and pulls in what it refers to (W6). When a round sends nothing
    and creates wait for each other in a ring, they are sent without the references that tie them (W5).
    """
    shared = shared if shared is not None else Shared()
    shared.until_us = until_us
    alone: frozenset[str] = frozenset()
    pulled: frozenset[tuple[str, str]] = frozenset()
    looked: dict[str, Look] = {}
    while True:
        before = sum(shared.sent.values())
        looked |= await _round(
            hub, shared, allowed, alone=alone, pulled=pulled, creates=creates, on_batch=on_batch
        )
        if shared.cut:
            return shared
        known, pulled = pulled, frozenset().union(*(look.pulls for look in looked.values()))
        unseen = {golden for look in looked.values() for golden in look.waits_for} - looked.keys()
        unseen |= {golden for golden, _ in pulled - known}
        if sum(shared.sent.values()) > before:
            alone = frozenset()
            if not await settle_dirty(hub) and not unseen:
                return shared
            async with hub.store.transaction() as tx:
                await tx.mark("share", unseen)
            continue
        if not unseen and (alone or not (alone := rings({g: look.waits_for for g, look in looked.items()}))):
            await _let_wait(hub, shared, looked)
            return shared
        async with hub.store.transaction() as tx:
            await tx.mark("share", unseen or alone)


async def _let_wait(hub: Hub, shared: Shared, looked: ReadOnly[str, Look]) -> None:
    """Who only waits for creates that can not be sent now is woken by these, and not looked at before (C4); but for
    who pulls them in: without it they are not due."""
    waiting = [g for g, look in looked.items() if look.waits_for and not look.timed and not look.pulls]
    if waiting and not shared.sent:
        async with hub.store.transaction() as tx:
            await tx.unmark("wait", waiting)


async def _round(
    hub: Hub,
    shared: Shared,
    allowed: Allowed,
    *,
    alone: frozenset[str],
    pulled: frozenset[tuple[str, str]],
    creates: bool,
    on_batch: Callable[[Shared], None] | None,
) -> dict[str, Look]:
    """One pass over all golden records that are marked, and what was found of each."""
    after = ""
    looked: dict[str, Look] = {}
    batch = partial(Batch, hub, shared, allowed, alone=alone, pulled=pulled, creates=creates)
    while True:
        width = hub.team.width if isinstance(allowed, Permission) and allowed.may is None else 1
        async with hub.store.transaction(dry=True) as tx:
            ids = await tx.marked("share", after, hub.limits.share * width)
        if not ids:
            return looked
        if shared.until_us is not None and hub.clock.now_us() >= shared.until_us:
            shared.cut = True
            return looked
        after = ids[-1]
        parts = divided(ids, width, hub.limits.least_to_share)
        if len(parts) > 1 and isinstance(allowed, Permission):
            piece = partial(
                SharePiece,
                alone=alone,
                pulled=pulled,
                creates=creates,
                permit=allowed.permit,
                later=shared.later,
            )
            ids = await _by_the_team(hub, shared, looked, [piece(goldens=[*part]) for part in parts])
        if ids:
            looked |= await batch().run(ids)
        if on_batch is not None:
            on_batch(shared)


async def _by_the_team(
    hub: Hub, shared: Shared, looked: dict[str, Look], pieces: Sequence[SharePiece]
) -> list[str]:
    """Golden records that are left for this process, for it alone counts what is destroyed, or pulled in."""
    left: list[str] = []
    for done in await hub.team.run("share", pieces, partial(share_piece, hub)):
        shared.add(done.shared)
        looked.update(done.looked)
        left += done.left
    return sorted(left)


async def _strange(hub: Hub) -> set[str]:
    """Mappings whose system this process has not seen to be read with the account that it was read with (K6)."""
    strange = set()
    for system in sorted({mapping.system for mapping in hub.model.mappings.values()} - hub.known):
        try:
            known = await is_known(hub, system)
        except AccordError:
            known = False
        if not known:
            strange |= {key for key, mapping in hub.model.mappings.items() if mapping.system == system}
    return strange


async def share_piece(hub: Hub, piece: SharePiece) -> ShareDone:
    """Send what is due of some golden records, but for what must be counted."""
    permission = Permission(model=hub.model, permit=piece.permit)
    strange = await _strange(hub)
    left: set[str] = set()

    def allowed(due: Due) -> Due | None:
        part = permission(due)
        if part is not None and (piece.permit.is_counted(part) or due.mapping in strange):
            left.add(part.golden)
            return None
        return part

    shared = Shared(later=dict(piece.later))
    batch = Batch(hub, shared, allowed, alone=piece.alone, pulled=piece.pulled, creates=piece.creates)
    looked = await batch.run(piece.goldens, beside_others=True)
    return ShareDone(shared=shared, looked=looked, left=sorted(left))
