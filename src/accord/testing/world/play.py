"""Play a world: people act, the hub runs, it is killed, the systems fail; then all is quiet, and the oracle looks."""

import asyncio
from collections import Counter
from random import Random

from msgspec import Struct, field

from accord.core.state import Event
from accord.ports.store import Store
from accord.runtime.creates import recover
from accord.runtime.cycle import Cycle, run_cycle
from accord.runtime.hub import Hub, Limits
from accord.testing.model_connector import ModelConnector
from accord.testing.system_model import Quirks, SystemModel
from accord.testing.world.clock import VirtualClock
from accord.testing.world.oracle import Verdict, judge
from accord.testing.world.people import Change, People, WatchedRecords
from accord.testing.world.weather import Weather, draw_weather

__all__ = ["Outcome", "World", "play"]

QUIET_CYCLES = 40


class Killed(BaseException):
    """The process was killed at a commit."""


class Outcome(Struct, kw_only=True):
    """How a world ended: what was broken, what was reached, and the trace that the same seed gives again."""

    seed: int
    verdict: Verdict
    reached: Counter[str]
    trace: list[str] = field(default_factory=list)


class World:
    """One seeded world."""

    def __init__(self, seed: int, store: Store) -> None:
        self.random = Random(seed)
        self.weather: Weather = draw_weather(self.random)
        self.clock = VirtualClock()
        self.store = store
        self.trace: list[str] = []
        self.changes: list[Change] = []
        self.reached: Counter[str] = Counter()
        self.quiet = False
        self.people = People(random=self.random, models={}, trace=self.trace)
        for name, manifest in self.weather.manifests.items():
            model = SystemModel(
                manifest,
                clock=self.clock.now_us,
                random=Random(self.random.random()),
                quirks={"Person": self.weather.quirks[name]},
                records=WatchedRecords(name, self._actor, self.changes),
            )
            model.before_call = self._interfere(name)
            self.people.models[name] = model
        self.hub = self._start()

    def _actor(self) -> str:
        return "person" if self.people.acting else "hub"

    def _start(self) -> Hub:
        models, manifests = self.people.models, self.weather.manifests
        return Hub(
            model=self.weather.model,
            store=self.store,
            connectors={n: ModelConnector(models[n], manifests[n], self.clock.now_us) for n in models},
            clock=self.clock,
            limits=Limits(page=10, settle=4, share=3, nominate=50),
        )

    def _interfere(self, name: str):  # type: ignore[no-untyped-def]
        def before(op: str, _type: str, id_: str | None) -> None:
            busy = self.quiet or self.people.acting or op not in ("update", "delete")
            if busy or id_ is None or self.random.random() >= self.weather.interfere:
                return
            if id_ in self.people.models[name].tables()["Person"]:
                self.reached["edit between read and write"] += 1
                self.people.edit(name, id_)

        return before

    def maybe_kill(self, moment: str) -> None:
        """Called by the store around each commit."""
        if not self.quiet and self.random.random() < self.weather.crash:
            self.reached[f"kill {moment} commit"] += 1
            self.trace.append(f"killed {moment} a commit")
            raise Killed

    async def cycle(self) -> Cycle | None:
        """One cycle of the hub, or what is left of it when it is killed; then it is started again."""
        try:
            cycle = await run_cycle(self.hub, approved={"*"})
        except Killed:
            self.hub = self._start()
            while True:
                try:
                    await recover(self.hub)
                    return None
                except Killed:
                    continue
        sent = {f"{kind} {mapping}": n for (mapping, kind), n in sorted(cycle.shared.sent.items())}
        self.trace.append(
            f"cycle: linked {cycle.linked}, sent {sent}, {dict(sorted(cycle.shared.outcomes.items()))}"
        )
        for (_, kind), n in cycle.shared.sent.items():
            self.reached[kind] += n
        for outcome, n in cycle.shared.outcomes.items():
            self.reached[f"outcome {outcome}"] += n
        return cycle

    async def live(self, steps: int) -> None:
        """People and hub at work, with everything that goes wrong."""
        for _ in range(steps):
            self.clock.advance(self.random.choice([0.1, 0.5, 1, 3]))
            if self.random.random() < 0.6:
                self.people.act()
            else:
                await self.cycle()

    async def calm(self) -> Verdict:
        """No more edits, no more faults: the hub comes to rest, and then writes nothing (W10)."""
        self.quiet = True
        for model in self.people.models.values():
            _mend(model.quirks["Person"])
        verdict = Verdict()
        resting = 0
        for _ in range(QUIET_CYCLES):
            self.clock.advance(30)
            cycle = await self.cycle()
            resting = resting + 1 if cycle is not None and not cycle.shared.sent else 0
            if resting == 4:
                break
        else:
            verdict.say("W10", "the hub does not come to rest")
        judged = await judge(self.hub, self.people.models, self.changes)
        verdict.broken.extend(judged.broken)
        async with self.store.transaction(dry=True) as tx:
            self._count(await tx.history(limit=1_000_000))
            self.reached["review"] += len(await tx.reviews())
        return verdict

    def _count(self, events: list[Event]) -> None:
        for event in events:
            self.reached[f"event {event.kind}"] += 1


def _mend(quirks: Quirks) -> None:
    quirks.lost_after = quirks.lost_before = quirks.errors = quirks.throttles = quirks.duplicates = 0.0


def play(seed: int, store: Store, steps: int = 40) -> Outcome:
    """Play the world of a seed. `store` is a fresh one that calls `on_commit` around its commits."""
    world = World(seed, store)
    store.on_commit = world.maybe_kill  # type: ignore[attr-defined]

    async def run() -> Verdict:
        await world.live(steps)
        return await world.calm()

    verdict = asyncio.run(run())
    return Outcome(seed=seed, verdict=verdict, reached=world.reached, trace=world.trace)
