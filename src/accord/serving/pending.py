"""What people's commands leave to be done while the service rests: found in the state, never told (C3)."""

from msgspec import Struct

from accord.runtime.hub import Hub
from accord.serving.handing import handed

__all__ = ["Pending", "look_for"]


class Pending(Struct, frozen=True, kw_only=True):
    """What there is to do besides what is due by time."""

    marked: bool = False
    """Golden records are to be settled: somebody decided, resumed, undid."""
    fetch_us: int | None = None
    """When the next record is to be read by its id."""
    swept: frozenset[str] = frozenset()
    """Mappings that somebody wants to be listed anew."""
    handed: frozenset[str] = frozenset()
    """Mappings that another process has a hint about."""
    unread: frozenset[str] = frozenset()
    """Mappings that were never listed completely."""

    def is_news(self, before: "Pending", now_us: int) -> bool:
        """More is to be done than there was after the last run."""
        fetch = self.fetch_us is not None and self.fetch_us <= now_us and self.fetch_us != before.fetch_us
        return (self.marked and not before.marked) or fetch or bool(self.swept - before.swept or self.handed)


async def look_for(hub: Hub) -> Pending:
    """What there is to do now."""
    swept, unread = set(), set()
    async with hub.store.transaction(dry=True) as tx:
        marked = bool(await tx.marked("settle", "", 1))
        fetch_us = await tx.next_fetch_us()
        told = await handed(tx)
        for key in hub.model.mappings:
            cursor = await tx.cursor(key)
            if cursor is None or not cursor.complete:
                unread.add(key)
            elif not cursor.swept_us:
                swept.add(key)
    told &= hub.model.mappings.keys()
    return Pending(
        marked=marked,
        fetch_us=fetch_us,
        swept=frozenset(swept),
        handed=told,
        unread=frozenset(unread),
    )
