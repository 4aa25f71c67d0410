"""People pick, rule and undo in the middle of a world: it comes to rest, and nothing is made twice (G3, M2, W8)."""

import asyncio
from contextlib import suppress
from random import Random

import pytest

from accord.core.errors import AccordError
from accord.core.state import Event
from accord.runtime.hub import Hub
from accord.runtime.people.conflicts import Conflict, choose, conflicts, pick
from accord.runtime.people.undo import ACTS, undo
from accord.store import MemoryStore
from accord.testing.world.play import World

JUDGED = ("W10", "S4", "W13", "W3", "M8", "G7", "L1", "S5")
"""Rules that hold whatever people decide; W8 and M3 know only of what they do in the systems themselves."""


async def decide(hub: Hub, random: Random) -> None:
    """Somebody decides one conflict, or undoes one of the last writes."""
    found = await conflicts(hub)
    if found and random.random() < 0.5:
        await _decide(hub, random, random.choice(found))
        return
    async with hub.store.transaction(dry=True) as tx:
        acts = [event for event in await tx.history(limit=100_000) if _is_act(event)]
    if acts:
        act = random.choice(acts[-30:])
        await undo(hub, act.record, act.property, everywhere=random.random() < 0.3)


async def _decide(hub: Hub, random: Random, found: Conflict) -> None:
    if found.kind == "delete":
        await choose(hub, found.id, random.choice(["recreate", "delete", "leave"]))
    elif sides := [side for side in found.sides if side.standing != "deleted"]:
        await pick(hub, found.id, record=random.choice(sides).record)


def _is_act(event: Event) -> bool:
    return event.kind in ACTS and "/" in event.record


async def lived(world: World, random: Random) -> None:
    for steps in (25, 8):
        await world.live(steps)
        world.quiet = True
        for _ in range(3):
            with suppress(AccordError):  # the hub wrote nothing there, say
                await decide(world.hub, random)
            await world.cycle()
        world.quiet = False
    await world.calm()


@pytest.mark.parametrize("seed", [1, 5, 7, 16, 24, 33])
def test_g3_m2_w8_decisions_in_the_middle_of_a_world_come_to_rest(seed: int) -> None:
    world = World(seed, MemoryStore())
    asyncio.run(lived(world, Random(seed)))
    assert [broken for broken in world.verdict.broken if broken.startswith(JUDGED)] == []
