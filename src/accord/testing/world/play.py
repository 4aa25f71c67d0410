"""Play a world: people act, the hub runs, it is killed, the systems fail; then all is quiet, and the oracle looks."""

import asyncio
import gc
from collections import Counter
from collections.abc import Iterator, Set as AbstractSet
from contextlib import contextmanager
from random import Random

from msgspec import Struct, field

from accord.core.model import Model
from accord.ports.store import Store
from accord.testing.world.engine import Connect, Engine
from accord.testing.world.oracle import Verdict
from accord.testing.world.quiet import calm, forget, rest
from accord.testing.world.weather import Weather

__all__ = ["STEPS", "Connect", "Outcome", "World", "play", "seldom_collected"]

STEPS = 55
FULL = 0.1
"""How often everything is read anew."""
ACTS = 0.65
"""How many steps are acts of people; the others are cycles."""


class Outcome(Struct, kw_only=True):
    """How a world ended: what was broken, what was reached, and the trace that the same seed gives again.

    `cycles`: how many it took to come to rest once all was quiet; 0: it did not.
    """

    seed: int
    verdict: Verdict
    reached: Counter[str]
    trace: list[str] = field(default_factory=list)
    weather: list[str] = field(default_factory=list)
    steps: int = STEPS
    cycles: int = 0


class World(Engine):
    """One seeded world. A step draws from a random of its own, so that one that is skipped leaves the others as they
    were."""

    async def live(self, steps: int = STEPS) -> None:
        """People and hub at work, with everything that goes wrong."""
        await self.configure(self.model)
        for step in range(1, self.weather.births + 1):
            if self._begin(step):
                self.pass_time(1)
                self.people.enter()
        self.born_us = self.clock.now_us()
        if self.weather.strict:  # all is linked; from here on there are only edits (M3)
            await rest(self)
            self.settled_us = self.clock.now_us()
        first = self.weather.births + 1
        changing = self._when_configured(range(first, first + steps))
        for step in range(first, first + steps):
            if self._begin(step):
                self.pass_time(self.random.choice([0.1, 0.5, 1, 3]))
                await self._act(changing.get(step))
        self._begin(first + steps)

    def _begin(self, step: int) -> bool:
        """A step, with a random of its own; False where it is skipped."""
        self.step = step
        self.random.seed(f"{self.seed}/{step}")
        for name, random in self.dice.items():
            random.seed(f"{self.seed}/{step}/{name}")
        self.aside.seed(f"{self.seed}/{step}/aside")
        if step in self.skip:
            return False
        for line in self.spells.at(step, self.people.models):
            self.tell(line)
        return True

    async def _act(self, configured: Model | None) -> None:
        """Somebody acts, or the hub."""
        if configured is not None:
            await self.configure(configured)
            self.reached["configuration"] += 1
        elif (dice := Random(f"{self.seed}/{self.step}/decides")).random() < self.weather.decides:
            await self.decide(dice)
        elif (dice := Random(f"{self.seed}/{self.step}/pauses")).random() < self.weather.pauses:
            await self.pause(dice)
        elif self.random.random() < ACTS:
            self.people.act(settled=bool(self.weather.strict))
        else:
            await self.cycle(full=self.random.random() < FULL)
            self.reached["cycle while blind"] += any(w.is_blind for w in self.wires.values())

    def _when_configured(self, steps: range) -> dict[int, Model]:
        """At which step which configuration comes."""
        later = self.weather.later
        some = steps[len(steps) // 5 :]
        if len(some) < len(later):
            return {}
        at = sorted(Random(f"{self.seed}/later").sample(some, len(later)))
        return dict(zip(at, later, strict=True))

    async def calm(self) -> None:
        """No more edits, no more faults: the hub comes to rest, and then writes nothing (W10, S4)."""
        await calm(self)

    async def forget(self, store: Store) -> None:
        """The hub loses its state and begins anew: it deletes nothing (G7)."""
        await forget(self, store)


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Look for cycles more rarely yet than `open_hub` does: rows come by the thousand and are in none. Whoever plays
    many worlds does so inside, so that the end of one is no reason to look."""
    before = gc.get_threshold()
    gc.set_threshold(1_000_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def play(
    seed: int,
    store: Store,
    steps: int = STEPS,
    *,
    second: Store | None = None,
    weather: Weather | None = None,
    connect: Connect | None = None,
    skip: AbstractSet[int] = frozenset(),
    workers: int = 1,
) -> Outcome:
    """Play the world of a seed: a built-in one, or of a `weather` of your own. `store` is a fresh one that calls
    `on_commit` around its commits; with a `second` one the hub loses its state in the end and begins anew on that.
    Steps in `skip` are left out. Of several `workers` some die, besides the process that is killed."""
    world = World(seed, store, weather, connect=connect, skip=skip, workers=workers)
    store.on_commit = world.maybe_kill  # type: ignore[attr-defined]

    async def run() -> None:
        await world.live(steps)
        await world.calm()
        if second is not None:
            await world.forget(second)

    with seldom_collected():
        asyncio.run(run())
    world.reached.update(world.people.done)
    world.reached.update(world.deciding.done)
    world.reached.update(world.tending.done)
    world.reached.update(world.struck())
    for why, n in world.verdict.exempt.items():
        world.reached[f"exempt {why}"] += n
    return Outcome(
        seed=seed,
        verdict=world.verdict,
        reached=world.reached,
        trace=world.trace,
        weather=world.described,
        steps=steps,
        cycles=world.cycles,
    )
