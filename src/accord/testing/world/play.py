"""Play a world: people act, the hub runs, it is killed, the systems fail; then all is quiet, and the oracle looks."""

import asyncio
from collections import Counter
from collections.abc import Callable
from random import Random

from msgspec import Struct, field

from accord.ports.store import Store
from accord.runtime.creates import recover
from accord.runtime.cycle import Cycle, run_cycle
from accord.runtime.hub import Hub, Limits
from accord.testing.system_model import Quirks, SystemModel
from accord.testing.world.clock import VirtualClock
from accord.testing.world.oracle import Verdict, gather, judge, judge_stranger
from accord.testing.world.people import People
from accord.testing.world.watch import Change, WatchedRecords
from accord.testing.world.weather import Weather, draw_weather
from accord.testing.world.wire import Eye, Wire

__all__ = ["STEPS", "Outcome", "World", "play"]

STEPS = 40
QUIET_CYCLES = 40
RESTING_CYCLES = 4
FORGIVEN_CYCLES = 3
FULL = 0.1
"""How often everything is read anew."""
BIRTHS = 12
"""Records that are entered before a strict world settles."""


class Killed(BaseException):
    """The process was killed at a commit."""


class Outcome(Struct, kw_only=True):
    """How a world ended: what was broken, what was reached, and the trace that the same seed gives again."""

    seed: int
    verdict: Verdict
    reached: Counter[str]
    trace: list[str] = field(default_factory=list)
    weather: list[str] = field(default_factory=list)
    steps: int = STEPS


class World:
    """One seeded world."""

    def __init__(self, seed: int, store: Store) -> None:
        self.random = Random(seed)
        self.weather: Weather = draw_weather(self.random)
        self.described = self.weather.lines()
        self.clock = VirtualClock()
        self.store = store
        self.verdict = Verdict()
        self.trace: list[str] = []
        self.changes: list[Change] = []
        self.reached: Counter[str] = Counter()
        self.quiet = False
        self.settled_us = 0
        self.people = People(
            random=self.random, models={}, records={}, trace=self.trace, strict=self.weather.strict
        )
        for name in self.weather.manifests:
            self._found(name)
        self.wires = {name: self._wire(name) for name in self.people.models}
        self.hub = self._start(store)

    def _found(self, name: str) -> None:
        """A system, and its records."""
        records = WatchedRecords(name, self._actor, self.clock.now_us, self.changes)
        model = SystemModel(
            self.weather.manifests[name],
            clock=self.clock.now_us,
            random=Random(self.random.random()),
            quirks={"Person": self.weather.quirks[name]},
            records=records,
        )
        model.before_call = self._interfere(name)
        self.people.models[name], self.people.records[name] = model, records

    def _wire(self, name: str) -> Wire:
        eye = Eye(
            name=name,
            records=self.people.records[name],
            bearers=self._bearers,
            store=lambda: self.hub.store,
            say=self.verdict.say,
        )
        wire = Wire(
            self.people.models[name],
            self.weather.manifests[name],
            self.clock.now_us,
            Random(self.random.random()),
            eye=eye,
            error_us=self.weather.bents[name].error_us,
        )
        wire.blind, wire.capped = self.weather.blind, self.weather.capped
        return wire

    def _bearers(self, email: str) -> dict[str, int]:
        tables = {name: model.tables()["Person"].values() for name, model in self.people.models.items()}
        return {n: len([body for body in table if body.get("email") == email]) for n, table in tables.items()}

    def _actor(self) -> str:
        return "person" if self.people.acting else "hub"

    def _start(self, store: Store) -> Hub:
        return Hub(
            model=self.weather.model,
            store=store,
            connectors=self.wires,
            clock=self.clock,
            limits=Limits(page=10, settle=4, share=3, nominate=50),
        )

    def _interfere(self, name: str) -> Callable[[str, str, str | None], None]:
        """Somebody acts right before a call of the hub."""

        def before(op: str, _type: str, id_: str | None) -> None:
            if self.quiet or self.people.acting or op not in ("update", "delete", "create"):
                return
            if self.random.random() >= self.weather.interfere:
                return
            if op != "create" and id_ in self.people.models[name].tables()["Person"]:
                self.reached["edit between read and write"] += 1
                self.people.edit(name, id_ or "")
            elif op == "create" and not self.weather.strict and self.random.random() < 0.2:
                self.reached["stranger during a create"] += 1
                self.people.strange(name, self.random.choice(["a@x.io", "b@x.io"]))

        return before

    def maybe_kill(self, moment: str) -> None:
        """Called by the store around each commit."""
        if not self.quiet and self.random.random() < self.weather.crash:
            self.reached[f"kill {moment} commit"] += 1
            self.trace.append(f"killed {moment} a commit")
            raise Killed

    def _pass(self, seconds: float) -> None:
        """Time passes; what is in the air lands when it is due, not when somebody looks."""
        while seconds > 0 and any(model.in_air() for model in self.people.models.values()):
            self.clock.advance(min(0.5, seconds))
            seconds -= 0.5
        self.clock.advance(max(0.0, seconds))

    async def cycle(self, *, full: bool = False) -> Cycle | None:
        """One cycle of the hub, or what is left of it when it is killed; then it is started again."""
        try:
            cycle = await run_cycle(self.hub, approved={"*"}, full=full)
        except Killed:
            self.hub = self._start(self.hub.store)
            self._forgive(FORGIVEN_CYCLES)
            while True:
                try:
                    await recover(self.hub)
                    return None
                except Killed:
                    continue
        self._tell(cycle)
        self._forgive(-1)
        return cycle

    def _forgive(self, more: int) -> None:
        for wire in self.wires.values():
            wire.forgives = max(0, wire.forgives + more)

    def _tell(self, cycle: Cycle) -> None:
        sent = {f"{kind} {mapping}": n for (mapping, kind), n in sorted(cycle.shared.sent.items())}
        outcomes = dict(sorted(cycle.shared.outcomes.items()))
        self.trace.append(f"cycle: linked {cycle.linked}, sent {sent}, {outcomes}")
        for (_, kind), n in cycle.shared.sent.items():
            self.reached[kind] += n
        for outcome, n in cycle.shared.outcomes.items():
            self.reached[f"outcome {outcome}"] += n

    async def live(self, steps: int) -> None:
        """People and hub at work, with everything that goes wrong."""
        if self.weather.strict:
            await self._settle_down()
        for _ in range(steps):
            self._pass(self.random.choice([0.1, 0.5, 1, 3]))
            if self.random.random() < 0.6:
                self.people.act(settled=self.weather.strict)
            else:
                await self.cycle(full=self.random.random() < FULL)
                self.reached["cycle while blind"] += any(w.is_blind for w in self.wires.values())

    async def _settle_down(self) -> None:
        """Records are entered and linked; from here on there are only edits (M3)."""
        for _ in range(BIRTHS):
            self._pass(1)
            self.people.act()
        await self._rest()
        self.settled_us = self.clock.now_us()

    async def _rest(self) -> bool:
        """Cycles until nothing is written any more; False when that does not come."""
        resting = 0
        for _ in range(QUIET_CYCLES):
            self._pass(30)
            cycle = await self.cycle()
            resting = resting + 1 if cycle is not None and not cycle.shared.sent else 0
            if resting == RESTING_CYCLES:
                return True
        return False

    async def calm(self) -> None:
        """No more edits, no more faults: the hub comes to rest, and then writes nothing (W10, S4)."""
        self.quiet = True
        for name, model in self.people.models.items():
            _mend(model.quirks["Person"])
            self.wires[name].mend()
        if not await self._rest():
            self.verdict.say("W10", "the hub does not come to rest")
        elif await self._echo():
            self.verdict.say("S4", "it writes when everything is reported once more")
        facts = await gather(self.hub, self.weather, self.people.models, self.changes)
        self._take(judge(facts, settled_us=self.settled_us))
        for event in (event for some in facts.events.values() for event in some):
            self.reached[f"event {event.kind}"] += 1
        self.reached["review"] += len(facts.reviews)

    async def _echo(self) -> bool:
        """All records are listed again; True when the hub takes that for news and writes."""
        self._pass(30)
        cycle = await run_cycle(self.hub, approved={"*"}, full=True)
        return bool(cycle.shared.sent)

    async def forget(self, store: Store) -> None:
        """The hub loses its state and begins anew: it deletes nothing (G7)."""
        self.hub, count, aged = self._start(store), len(self.changes), self.random.random() < 0.5
        if aged:
            self.clock.advance(25 * 3600)  # keys of creates are not honoured any more (W3)
        if not await self._rest():
            self.verdict.say("G7", "a hub that lost its state does not come to rest")
        facts = await gather(self.hub, self.weather, self.people.models, self.changes)
        self._take(judge_stranger(facts, self.changes[count:], aged=aged))
        self.reached["state lost"] += 1

    def _take(self, verdict: Verdict) -> None:
        self.verdict.broken.extend(verdict.broken)
        self.verdict.exempt.update(verdict.exempt)


def _mend(quirks: Quirks) -> None:
    quirks.lost_after = quirks.lost_before = quirks.errors = quirks.errors_after = quirks.late = 0.0
    quirks.throttles = quirks.duplicates = quirks.late_pages = 0.0


def play(seed: int, store: Store, steps: int = STEPS, *, second: Store | None = None) -> Outcome:
    """Play the world of a seed. `store` is a fresh one that calls `on_commit` around its commits; with a `second`
    one the hub loses its state in the end and begins anew on that."""
    world = World(seed, store)
    store.on_commit = world.maybe_kill  # type: ignore[attr-defined]

    async def run() -> None:
        await world.live(steps)
        await world.calm()
        if second is not None:
            await world.forget(second)

    asyncio.run(run())
    world.reached.update(world.people.done)
    for why, n in world.verdict.exempt.items():
        world.reached[f"exempt {why}"] += n
    return Outcome(
        seed=seed,
        verdict=world.verdict,
        reached=world.reached,
        trace=world.trace,
        weather=world.described,
        steps=steps,
    )
