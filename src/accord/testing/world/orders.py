"""The same edits seen in another order end in the same records (S7).

A world is played in rounds: people act, then the hub comes to rest. In another telling of the same seed the systems are
read in another order in each cycle, and what a read shows comes in other pages. Records bear the names of their golden
records, so that it makes no difference in which order their ids were given.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from random import Random
from typing import Any, Final

from msgspec import structs

from accord.core.model import PropertyMapping
from accord.core.state import Cluster
from accord.core.values import MISSING, Raw
from accord.ports.connector import Page
from accord.ports.store import Store
from accord.testing.model_connector import ModelConnector
from accord.testing.system_model import SystemModel
from accord.testing.world.builtin import draw_weather
from accord.testing.world.clock import START_US, VirtualClock
from accord.testing.world.oracle.facts import Known, Record, plain
from accord.testing.world.play import World
from accord.testing.world.quiet import rest
from accord.testing.world.watch import WatchedRecords
from accord.testing.world.weather import Weather

__all__ = ["End", "compare_orders", "end_of"]

ROUNDS: Final = 4
ACTS: Final = 16
OURS: Final = 1000
"""Ids of records that the hub makes are counted from here, so that those of people do not depend on them."""
ROUND_S: Final = 10_000
ROUND_STEPS: Final = 100
WAITS: Final = 60

End = dict[str, Any]
"""What a world came to: golden records by id, with life and values, and records by entity type and name."""


def compare_orders(seed: int, store: Callable[[], Store], *, turn: int = 1) -> list[str]:
    """What ends otherwise when the same edits are seen in another order; the seed of the order is `turn`."""
    one, other = end_of(seed, store()), end_of(seed, store(), turn=turn)
    return [
        f"{name}: {one.get(name)}, in another order {other.get(name)}"
        for name in sorted({*one, *other})
        if one.get(name) != other.get(name)
    ]


def end_of(seed: int, store: Store, *, turn: int = 0) -> End:
    """How the world of a seed ends; 0 is the order in which systems are listed."""
    weather = _calm(seed)

    def connect(name: str, model: SystemModel, clock: VirtualClock, _random: Random) -> ModelConnector:
        dice = Random(f"{turn}/{name}") if turn else None
        return _Turned(model, clock, dice, weather.error_us.get(name, 0))

    world = _Rounds(seed, store, weather, connect=connect)
    return asyncio.run(world.play())


def _calm(seed: int) -> Weather:
    """The weather of a built-in world without what passes: there are no faults, and nobody decides anything."""
    drawn = draw_weather(Random(seed))
    quirks = {
        system: {name: each.mended() for name, each in some.items()} for system, some in drawn.quirks.items()
    }
    return structs.replace(
        drawn,
        quirks=quirks,
        crash=0.0,
        interfere=0.0,
        blind=0.0,
        capped=0.0,
        shifts=0.0,
        hints=0.0,
        pauses=0.0,
        restricts=0.0,
        decides=0.0,
        spells=(),
        apart=True,
    )


class _Turned(ModelConnector):
    """A connector that answers in another order, where it has dice."""

    def __init__(self, model: SystemModel, clock: VirtualClock, dice: Random | None, error_us: int) -> None:
        super().__init__(model, None, clock.now_us, offset_error_us=error_us)
        self._dice = dice

    async def read(self, mapping: str, cursor: str, *, full: bool) -> AsyncIterator[Page]:
        """See `Connector`."""
        pages = [page async for page in super().read(mapping, cursor, full=full)]
        if self._dice is not None:
            shown = [seen for page in pages for seen in page.observations]
            self._dice.shuffle(shown)
            for page in pages:
                count = len(page.observations)
                page.observations, shown = shown[:count], shown[count:]
            for _ in range(self._dice.randrange(WAITS)):
                await asyncio.sleep(0)  # others go first
        for page in pages:
            yield page


class _Records(WatchedRecords):
    """Ids of what people enter and of what the hub makes are counted apart."""

    def number(self, name: str) -> int:
        """See `Records`."""
        ours = name.startswith("id:") and self.actor() == "hub"
        return super().number(f"{name}, ours") + OURS if ours else super().number(name)

    def earlier(self, table: str, id_: str) -> list[dict[str, Any]]:
        """Nothing: what stood there between two writes is another thing in another order."""
        return []


class _Rounds(World):
    """A world that is played in rounds."""

    records_type = _Records

    async def play(self) -> End:
        """People act and the hub rests, in turns; now and then another configuration comes."""
        names: dict[Record, str] = {}
        self.people.name_of = lambda record: names.get(record, record[1])
        # what is back from the dead counts once it was fetched, in its own time (S7)
        self.people.restores = False
        await self.configure(self.model)
        for number in range(ROUNDS):
            for act in range(ACTS if number else self.weather.births):
                self._begin(number * ROUND_STEPS + act + 1)
                self.pass_time(1)
                if number:
                    self.people.act()
                else:
                    self.people.enter()
            await self._rest(names)
            if number in range(1, len(self.weather.later) + 1):
                await self.configure(self.weather.later[number - 1])
                await self._rest(names)
        return await self._end(names)

    async def _rest(self, names: dict[Record, str]) -> None:
        """The hub comes to rest, and the next round begins at the same time in every order."""
        if not await rest(self):
            raise AssertionError("the hub does not come to rest")
        self.clock.advance(ROUND_S - (self.clock.now_us() - START_US) / 1e6 % ROUND_S)
        for link in (link for cluster in await self._clusters() for link in cluster.links):
            mapping = self.model.mappings.get(link.mapping)
            if link.life == "live" and link.id is not None and mapping is not None:
                names[mapping.entity_type, link.id] = f"{link.golden}#{link.incarnation}"

    async def _clusters(self) -> list[Cluster]:
        async with self.hub.store.transaction(dry=True) as tx:
            goldens = [g.id for name in self.model.concepts for g in await tx.scan_golden(name, "", 100_000)]
            return await tx.clusters(goldens)

    async def _end(self, names: dict[Record, str]) -> End:
        clusters = await self._clusters()
        known = Known(
            {(k.mapping, k.id or ""): k.golden for c in clusters for k in c.links if k.life == "live"}
        )
        found: End = {c.golden.id: (c.golden.life, list(map(plain, c.golden.value))) for c in clusters}
        for key, mapping in self.model.mappings.items():
            for id_, body in self._table(key).items():
                name = names.get((mapping.entity_type, id_), id_)
                found[f"{key} {name}"] = [
                    self._shown(row, row.place.read(body), known, names) for row in mapping.properties
                ]
        return found

    def _table(self, key: str) -> dict[str, dict[str, Any]]:
        system, _, name = key.partition(".")
        return self.people.models[system].tables()[name]

    def _shown(self, row: PropertyMapping, raw: Raw, known: Known, names: dict[Record, str]) -> Any:
        """What stands in a record; a reference to what is not linked by the name of that, to what is gone nothing."""
        value = row.lens.get(raw, known) if raw is not MISSING else None
        if value is not MISSING:
            return plain(value)
        there = str(raw) in self._table(row.references)
        return names.get((row.references, str(raw)), raw) if there else None
