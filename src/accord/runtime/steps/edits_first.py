"""What people have just edited goes before bulk work (W11)."""

from collections.abc import Callable
from typing import Final

from accord.core.work import SECOND_US
from accord.runtime.hub import Hub
from accord.runtime.steps.permit import Permission
from accord.runtime.steps.rounds import share
from accord.runtime.steps.sharing import Shared

__all__ = ["share_edits_first"]

SLICE_S: Final = 60
"""So long bulk work goes on before the systems are read again."""


async def share_edits_first(
    hub: Hub, allowed: Permission, on_batch: Callable[[Shared], None] | None = None
) -> Shared:
    """Where there is more than a batch, edits of linked records first, then the rest, for a while: what people edit
    meanwhile need not wait for all of it. Nothing is lost by that, for what is due is derived anew."""
    async with hub.store.transaction(dry=True) as tx:
        bulk = len(await tx.marked("share", "", hub.limits.share + 1)) > hub.limits.share
    if not bulk:
        return await share(hub, allowed, on_batch)
    first = await share(hub, allowed.of_edits(), on_batch, creates=False)
    return await share(
        hub, allowed, on_batch, shared=first, until_us=hub.clock.now_us() + SLICE_S * SECOND_US
    )
