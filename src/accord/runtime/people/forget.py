"""Forget: end what rests since it left the configuration: links, shadows, tombstones, refusals, decisions (K4)."""

from collections.abc import Collection
from typing import Any

from msgspec import Struct, field

from accord.core.errors import AccordError
from accord.core.state import record_parts
from accord.core.wording import remedy
from accord.ports.store import Transaction
from accord.runtime.hub import Hub
from accord.runtime.scans import golden_pages
from accord.runtime.settling import keep_reviews

__all__ = ["Forgotten", "forget", "resting"]

_PARTS = ("mappings", "filters", "of")


class Forgotten(Struct, kw_only=True):
    """What was forgotten, or would be: mappings with the records of each, concepts, and what hung on them."""

    mappings: dict[str, int] = field(default_factory=dict)
    concepts: list[str] = field(default_factory=list)
    links: int = 0
    tombstones: int = 0
    refusals: int = 0
    golden: int = 0
    """Golden records that had a record nowhere else."""
    decisions: int = 0
    reviews: int = 0


async def resting(hub: Hub, tx: Transaction) -> tuple[dict[str, int], set[str]]:
    """What left the configuration and rests: records by mapping, and concepts (K4)."""
    census = await tx.census()
    layout = await tx.meta("layout") or {}
    known = {*(key for key in census if not key.startswith("#")), *layout.get("mappings", ())}
    mappings = {key: census.get(key, {}).get("seen", 0) for key in sorted(known - hub.model.mappings.keys())}
    named = {*(key[1:] for key in census if key.startswith("#")), *layout.get("concepts", ())}
    return mappings, named - hub.model.concepts.keys()


async def forget(hub: Hub, name: str, *, plan: bool = False) -> Forgotten:
    """Forget a system, an entity type, a mapping or a concept that left the configuration. History stays.

    Raises AccordError: nothing of that name rests, or a changed configuration waits for its plan.
    """
    async with hub.store.transaction(dry=plan) as tx:
        if await tx.meta("fingerprint") != hub.model.fingerprint:
            raise AccordError(
                "the configuration is new or has changed, and is not confirmed yet",
                remedy="Look at accord plan and confirm it with accord sync; then forget what left it.",
            )
        mappings, concepts = await resting(hub, tx)
        gone = {key for key in mappings if name in (key, key.partition("#")[0], key.partition(".")[0])}
        ended = {name} & concepts
        layout = await tx.meta("layout") or {}
        gone |= {key for key in mappings if layout.get("of", {}).get(key) in ended}
        if not gone and not ended:
            raise _nothing_rests(
                hub, name, {*mappings, *(key.partition(".")[0] for key in mappings), *concepts}
            )
        told = Forgotten(mappings={key: mappings[key] for key in sorted(gone)}, concepts=sorted(ended))
        every = {*hub.model.concepts, *concepts}
        for concept in sorted(every):
            await _forget_in(hub, tx, concept, gone, told, whole=concept in ended)
        for key in gone:
            await tx.remove_mapping(key)
        for concept in ended:
            await tx.drop_keys(concept)
        await _forget_layout(tx, layout, gone, ended)
    return told


def _nothing_rests(hub: Hub, name: str, known: Collection[str]) -> AccordError:
    model = hub.model
    configured = {*model.mappings, *model.concepts, *(m.system for m in model.mappings.values())}
    if name in configured | {m.entity_type for m in model.mappings.values()}:
        return AccordError(
            f"{name} is in the configuration: nothing of it rests",
            remedy="Take it out of accord.yaml and confirm that with accord sync; then forget it.",
        )
    more = remedy(name, sorted(known)) if known else "Nothing rests."
    return AccordError(f"nothing of the name {name} rests", remedy=more)


async def _forget_in(
    hub: Hub, tx: Transaction, concept: str, gone: Collection[str], told: Forgotten, *, whole: bool
) -> None:
    """All that hangs on forgotten mappings in one concept; `whole`: the concept itself goes."""
    async for goldens in golden_pages(tx, concept, hub.limits.settle):
        ended, marked = [], []
        for cluster in await tx.clusters([golden.id for golden in goldens]):
            links = [link for link in cluster.links if whole or link.mapping in gone]
            told.links += sum(link.life == "live" for link in links)
            told.tombstones += sum(link.life == "tomb" for link in links)
            told.refusals += sum(len(link.rejected) for link in links)
            if whole or (links and len(links) == len(cluster.links)):
                ended.append(cluster.golden.id)
            elif links:
                marked.append(cluster.golden.id)
        told.golden += len(ended)
        await tx.mark("settle", [*marked, *(await tx.dependants(ended) - set(ended))])
        await tx.remove_goldens(ended)
    await _forget_decisions(hub, tx, concept, gone, told, whole=whole)
    reviews = [
        r for r in await tx.reviews(concept) if whole or any(record_parts(m)[0] in gone for m in r.members)
    ]
    told.reviews += len(reviews)
    await keep_reviews(tx, concept, closed=[review.id for review in reviews])
    await tx.touch_keys(
        concept, [(review.rule, review.key) for review in reviews if review.rule and not whole]
    )


async def _forget_decisions(
    hub: Hub, tx: Transaction, concept: str, gone: Collection[str], told: Forgotten, *, whole: bool
) -> None:
    after = ("", "")
    while decisions := await tx.decisions(concept, after, hub.limits.settle):
        after = (decisions[-1].a, decisions[-1].b)
        pairs = [
            (d.a, d.b) for d in decisions if whole or any(record_parts(key)[0] in gone for key in (d.a, d.b))
        ]
        told.decisions += len(pairs)
        await tx.remove_decisions(concept, pairs)


async def _forget_layout(
    tx: Transaction, layout: dict[str, Any], gone: Collection[str], ended: Collection[str]
) -> None:
    """The columns of what is forgotten mean nothing any more: on its return it is new (K2)."""
    for part in _PARTS:
        for key in gone:
            layout.get(part, {}).pop(key, None)
    for part in ("concepts", "rules"):
        for name in ended:
            layout.get(part, {}).pop(name, None)
    await tx.save_meta("layout", layout)
    for name in ("active", "written", "listed"):
        kept = await tx.meta(name)
        if kept:
            await tx.save_meta(name, [key for key in kept if key not in gone])
