"""Conflicts of values and of deletes, which wait for a person: found by a mark, however they came to be (M2, W8)."""

from collections.abc import Iterable

from msgspec import Struct

from accord.core.creating import is_contested
from accord.core.model import Model
from accord.core.state import Cluster
from accord.ports.store import Transaction
from accord.runtime.hub import Hub

__all__ = ["Asking", "asking", "find_asking", "keep_asking", "questions"]

_FOUND = "asking"
"""Row of the store: what asked before there were marks for it is marked."""


class Asking(Struct, kw_only=True):
    """Of a concept: golden records with a conflict, and how many conflicts these are."""

    goldens: int = 0
    conflicts: int = 0


def questions(model: Model, cluster: Cluster) -> int:
    """How many decisions wait for a person; none of a concept that has left the configuration (K4)."""
    concept = model.concepts.get(cluster.golden.concept)
    if concept is None:
        return 0
    of_values = sum(column < len(concept.properties) for column in cluster.golden.questions)
    tombs = [link for link in cluster.links if link.life == "tomb" and link.mapping in model.mappings]
    return of_values + sum(is_contested(link, cluster, concept) for link in tombs)


async def keep_asking(tx: Transaction, model: Model, settled: Iterable[Cluster]) -> None:
    """Keep the marks of golden records that were settled just now: who has a conflict is marked, nobody else."""
    clusters = list(settled)
    await tx.unmark("ask", [cluster.golden.id for cluster in clusters])
    await tx.mark("ask", [cluster.golden.id for cluster in clusters if questions(model, cluster)])


async def asking(hub: Hub, tx: Transaction, most: int | None = None) -> dict[str, Asking]:
    """What waits, by concept; at most `most` golden records are looked at, and none that is not marked (C4)."""
    found = {name: Asking() for name in sorted(hub.model.concepts)}
    after, left = "", most
    while ids := await tx.marked(
        "ask", after, hub.limits.settle if left is None else min(left, hub.limits.settle)
    ):
        for cluster in await tx.clusters(ids):
            if count := questions(hub.model, cluster):
                found[cluster.golden.concept].goldens += 1
                found[cluster.golden.concept].conflicts += count
        after = ids[-1]
        if left is not None and not (left := left - len(ids)):
            break
    return found


async def find_asking(hub: Hub) -> None:
    """Mark what asked already in a store of an earlier version: once in its life all golden records are looked at."""
    async with hub.store.transaction(dry=True) as tx:
        if await tx.meta(_FOUND):
            return
    for name in hub.model.concepts:
        after = ""
        while True:
            async with hub.store.transaction() as tx:
                ids = [golden.id for golden in await tx.scan_golden(name, after, hub.limits.settle)]
                await keep_asking(tx, hub.model, await tx.clusters(ids))
            if not ids:
                break
            after = ids[-1]
    async with hub.store.transaction() as tx:
        await tx.save_meta(_FOUND, True)
