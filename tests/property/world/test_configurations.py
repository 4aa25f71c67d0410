"""What leaves the configuration rests (K4)."""

import asyncio

from msgspec.structs import replace

from accord.core.state import Member
from accord.store import MemoryStore
from accord.testing.world.play import World


def test_k4_what_left_the_configuration_is_matched_with_nothing() -> None:
    world = World(3, MemoryStore())
    world.quiet = True
    for name, model in world.people.models.items():
        for quirks in model.quirks.values():
            quirks.errors = quirks.throttles = 0.0
        world.wires[name].mend()
        model.person_create("Person", {"email": "a@x.io", "name": name})
    world.clock.advance(10)
    whole = world.model
    rest = {key: mapping for key, mapping in whole.mappings.items() if key != "shop.Person"}

    async def members() -> list[Member]:
        async with world.hub.store.transaction(dry=True) as tx:
            return [
                m for group in await tx.groups("person", [("email", "a@x.io")], 100) for m in group.members
            ]

    async def run() -> tuple[set[str], set[str]]:
        await world.configure(whole)
        await world.cycle()
        before = {member.mapping for member in await members()}
        await world.configure(replace(whole, mappings=rest, fingerprint="rest"))
        return before, {member.mapping for member in await members()}

    before, after = asyncio.run(run())
    assert before == {"crm.Person", "erp.Person", "shop.Person"}
    assert after == before - {"shop.Person"}
