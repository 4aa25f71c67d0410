"""What the hub holds: which record is linked to what, who waits in which review. The truth is told elsewhere."""

import asyncio
from collections import defaultdict
from pathlib import Path

from msgspec import Struct, field

from accord.core.state import Review
from accord.project import load_project
from accord.wiring import open_hub

__all__ = ["HubState", "read_state"]

_PAGE = 2_000


class HubState(Struct, kw_only=True):
    """Links by entity type and id; records that are held, likewise, with the reason; open reviews."""

    golden: dict[str, dict[str, str]] = field(default_factory=dict)
    held: dict[str, dict[str, str]] = field(default_factory=dict)
    reviews: list[Review] = field(default_factory=list)

    def clusters(self, *keys: str) -> dict[str, dict[str, list[str]]]:
        """Ids by entity type, by golden record, for some entity types."""
        found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for key in keys:
            for id_, golden in self.golden[key].items():
                found[golden][key].append(id_)
        return found

    def reviewed(self, *kinds: str) -> set[str]:
        """Records ("system.Type/id") that reviews of some kinds are about."""
        return {member for review in self.reviews if review.kind in kinds for member in review.members}


def read_state(project: Path) -> HubState:
    """The state of a project's hub, as its store has it."""
    return asyncio.run(_read(project))


async def _read(project: Path) -> HubState:
    state = HubState()
    async with open_hub(load_project(project), readonly=True) as hub, hub.store.transaction(dry=True) as tx:
        for key in hub.model.mappings:
            linked, held, after = state.golden.setdefault(key, {}), state.held.setdefault(key, {}), ""
            while rows := await tx.scan_seen(key, after, _PAGE):
                after = rows[-1].id
                linked.update({row.id: row.golden for row in rows if row.golden and not row.gone})
                held.update({row.id: row.held for row in rows if row.held})
        state.reviews = await tx.reviews()
    return state
