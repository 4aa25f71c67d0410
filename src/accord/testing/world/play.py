"""Play a world: people act, the hub runs, it is killed, the systems fail; then all is quiet, and the oracle looks."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Set as AbstractSet
from contextvars import ContextVar
from functools import partial
from random import Random
from typing import Any, TypeVar

from msgspec import Struct, field

from accord.core.model import Model
from accord.ports.connector import Connector
from accord.ports.store import Store
from accord.runtime.books.conservation import count_units
from accord.runtime.hub import Hub, Limits
from accord.runtime.runs.follow_plan import Listed
from accord.runtime.runs.plan import make_plan
from accord.runtime.steps.configure import apply_configuration
from accord.runtime.steps.cycle import Cycle, run_cycle
from accord.runtime.steps.reading import read_all
from accord.runtime.steps.unknown_creates import recover
from accord.testing.model_connector import ModelConnector
from accord.testing.system_model import SystemModel
from accord.testing.world.builtin import draw_weather
from accord.testing.world.clock import VirtualClock
from accord.testing.world.forms import forms_of
from accord.testing.world.oracle import Facts, Verdict, gather, judge, judge_stranger
from accord.testing.world.people import People
from accord.testing.world.spells import Spells
from accord.testing.world.watch import Change, WatchedRecords
from accord.testing.world.weather import Weather
from accord.testing.world.wire import Eye, Wire

__all__ = ["STEPS", "Connect", "Outcome", "World", "play"]

STEPS = 55
QUIET_CYCLES = 40
RESTING_CYCLES = 3
FORGIVEN_CYCLES = 3
FULL = 0.1
"""How often everything is read anew."""
ACTS = 0.65
"""How many steps are acts of people; the others are cycles."""
STRANGERS = 0.2
"""How often somebody enters just what the hub is about to create, of the times that they interfere."""

Connect = Callable[[str, SystemModel, VirtualClock, Random], Connector]
"""The connector of a system by name: its player, the hub's clock, and the world's random."""


_LIFE: ContextVar[int] = ContextVar("life", default=0)
"""Of which process a task is."""
T = TypeVar("T")


class Killed(BaseException):
    """The process was killed at a commit."""


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


class World:
    """One seeded world. A step draws from a random of its own, so that one that is skipped leaves the others as they
    were."""

    def __init__(
        self,
        seed: int,
        store: Store,
        weather: Weather | None = None,
        *,
        connect: Connect | None = None,
        skip: AbstractSet[int] = frozenset(),
    ) -> None:
        self.seed, self.store, self.skip = seed, store, skip
        self.weather = weather if weather is not None else draw_weather(Random(seed))
        self.described = self.weather.lines()
        self.random = Random(f"{seed}/begin")
        self.clock = VirtualClock()
        self.verdict = Verdict()
        self.trace: list[str] = []
        self.changes: list[Change] = []
        self.reached: Counter[str] = Counter()
        self.quiet = self.unknown = False
        self.dice: dict[str, Random] = {}
        self.life = 0
        """How often the process was killed."""
        self.step, self.cycles, self.settled_us = 0, 0, 0
        self.spells = Spells(self.weather.spells)
        self.model: Model = self.weather.model
        self.configured: list[tuple[int, Model]] = []
        self.people = People(
            random=self.random,
            forms=forms_of(self.weather.models, self.weather.manifests),
            models={},
            records={},
            tell=self.tell,
            strict=self.weather.strict,
        )
        for name in self.weather.manifests:
            self._found(name)
        self.wires = self._wired(connect or self._plain)
        self.hub = self._start(store)

    def tell(self, line: str) -> None:
        """Note what happened, at which step."""
        self.trace.append(f"[{self.step}] {line}")

    def _dice(self, name: str) -> Random:
        """What a part of the world draws from."""
        if not self.weather.apart:
            return self.random
        return self.dice.setdefault(name, Random(f"{self.seed}/begin/{name}"))

    def _found(self, name: str) -> None:
        """A system, and its records."""
        records = WatchedRecords(name, partial(self._actor, name), self.clock.now_us, self.changes)
        model = SystemModel(
            self.weather.manifests[name],
            clock=self.clock.now_us,
            random=self._dice(name),
            quirks=self.weather.quirks[name],
            records=records,
        )
        model.before_call = self._interfere(name)
        self.people.models[name], self.people.records[name] = model, records

    def _plain(self, name: str, model: SystemModel, clock: VirtualClock, _random: Random) -> Connector:
        error_us = self.weather.error_us.get(name, 0)
        return ModelConnector(model, self.weather.manifests[name], clock.now_us, offset_error_us=error_us)

    def _wired(self, connect: Connect) -> dict[str, Wire]:
        eye = Eye(
            models=self.people.models,
            records=self.people.records,
            store=lambda: self.hub.store,
            model=lambda: self.model,
            now_us=self.clock.now_us,
            say=self.verdict.say,
            check=self.verdict.check,
        )
        weather = self.weather
        return {
            name: Wire(
                name,
                connect(name, model, self.clock, self._dice(f"{name}, the wire")),
                self._dice(f"{name}, outages"),
                eye,
                blind=weather.blind,
                capped=weather.capped,
            )
            for name, model in self.people.models.items()
        }

    def _actor(self, system: str) -> str:
        """Who changes a record right now: the hub, or somebody else, be it another integration."""
        model = self.people.models.get(system)
        return "hub" if model is not None and model.actor == "hub" else "person"

    def _start(self, store: Store) -> Hub:
        return Hub(
            model=self.model,
            store=store,
            connectors=self.wires,
            clock=self.clock,
            limits=Limits(page=10, settle=4, share=3, nominate=50),
        )

    def _interfere(self, system: str) -> Callable[[str, str, str | None], None]:
        """Somebody acts right before a call of the hub."""

        def before(op: str, name: str, id_: str | None) -> None:
            if self.quiet or self.people.acting or op not in ("update", "delete", "create"):
                return
            form = self.people.forms.get(f"{system}.{name}")
            if form is None or self._dice("interfering").random() >= self.weather.interfere:
                return
            if op != "create" and id_ in self.people.ids(form):
                self.reached["edit between read and write"] += 1
                self.people.edit(form, id_ or "")
            elif op == "create" and not self.weather.strict and self.random.random() < STRANGERS:
                self.reached["stranger during a create"] += 1
                self.people.strange(form, self._about_to_be_made(form.type))

        return before

    def _about_to_be_made(self, entity_type: str) -> dict[str, object]:
        """Some record of another system of the same concept, which is what creates are made of."""
        concept = self.people.forms[entity_type].concept
        others = [f for f in self.people.forms.values() if f.concept == concept and f.type != entity_type]
        bodies = [
            self.people.models[form.system].tables()[form.name][id_]
            for form in sorted(others, key=lambda form: form.type)
            for id_ in self.people.ids(form)
        ]
        return self.random.choice(bodies) if bodies else {}

    def maybe_kill(self, moment: str) -> None:
        """Called by the store around each commit."""
        if _LIFE.get() != self.life:
            raise Killed  # a task of a process that is dead commits nothing
        if not self.quiet and self.weather.crash and self._dice("kills").random() < self.weather.crash:
            self.reached[f"kill {moment} commit"] += 1
            self.tell(f"killed {moment} a commit")
            raise Killed

    def _pass(self, seconds: float) -> None:
        """Time passes; what is in the air lands when it is due, not when somebody looks."""
        while seconds > 0 and any(model.in_air() for model in self.people.models.values()):
            self.clock.advance(min(0.5, seconds))
            seconds -= 0.5
        self.clock.advance(max(0.0, seconds))

    async def cycle(self, *, full: bool = False, plan: Listed | None = None) -> Cycle | None:
        """One cycle of the hub, or what is left of it when it is killed; then it is started again. With a `plan` all is
        written that is due, and the plan is told of each write."""
        may = None if plan is None else (lambda due: plan(due) or True)
        try:
            cycle = await self._alive(run_cycle(self.hub, approved={"*": 0}, full=full, may=may))
        except Killed:
            await self._revive()
            return None
        self._tell(cycle)
        self._forgive(-1)
        return cycle

    async def _alive(self, act: Coroutine[Any, Any, T]) -> T:
        """What a process comes to. When it is killed all that it had under way dies with it."""
        _LIFE.set(self.life)
        try:
            return await act
        except Killed:
            self.life += 1
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
            _LIFE.set(self.life)
            raise

    async def _revive(self) -> None:
        """The process is started again, until it is not killed while it looks what it had sent."""
        self.hub = self._start(self.hub.store)
        self._forgive(FORGIVEN_CYCLES)
        while True:
            try:
                await self._alive(recover(self.hub))
            except Killed:
                continue
            return

    def _forgive(self, more: int) -> None:
        for wire in self.wires.values():
            wire.forgives = max(0, wire.forgives + more)

    def _tell(self, cycle: Cycle) -> None:
        sent = {f"{kind} {mapping}": n for (mapping, kind), n in sorted(cycle.shared.sent.items())}
        outcomes = dict(sorted(cycle.shared.outcomes.items()))
        self.tell(f"cycle: linked {cycle.linked}, sent {sent}, {outcomes}")
        for (_, kind), n in cycle.shared.sent.items():
            self.reached[kind] += n
        for outcome, n in cycle.shared.outcomes.items():
            self.reached[f"outcome {outcome}"] += n

    async def live(self, steps: int = STEPS) -> None:
        """People and hub at work, with everything that goes wrong."""
        await self.configure(self.model)
        for step in range(1, self.weather.births + 1):
            if self._begin(step):
                self._pass(1)
                self.people.enter()
        if self.weather.strict:  # all is linked; from here on there are only edits (M3)
            await self._rest()
            self.settled_us = self.clock.now_us()
        first = self.weather.births + 1
        changing = self._when_configured(range(first, first + steps))
        for step in range(first, first + steps):
            if self._begin(step):
                self._pass(self.random.choice([0.1, 0.5, 1, 3]))
                await self._act(changing.get(step))
        self._begin(first + steps)

    def _begin(self, step: int) -> bool:
        """A step, with a random of its own; False where it is skipped."""
        self.step = step
        self.random.seed(f"{self.seed}/{step}")
        for name, random in self.dice.items():
            random.seed(f"{self.seed}/{step}/{name}")
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

    async def configure(self, model: Model) -> None:
        """Another configuration is applied: the hub starts with it (K1)."""
        self.model = model
        self.configured.append((self.clock.now_us(), model))
        self.hub = self._start(self.hub.store)
        self.tell(f"configured: {model.fingerprint}")
        while True:
            try:
                await self._alive(apply_configuration(self.hub))
            except Killed:
                continue
            break
        self._forgive(FORGIVEN_CYCLES)

    async def _rest(self, plan: Listed | None = None) -> int:
        """Cycles until nothing is written any more; 0 when that does not come. A `plan` is for the first (G6)."""
        resting = 0
        for count in range(1, QUIET_CYCLES + 1):
            self._pass(30)
            cycle = await self.cycle(plan=plan)
            resting = resting + 1 if cycle is not None and not cycle.shared.sent else 0
            if plan is not None and count == 1:
                await self._judge_plan(plan, unplanned=True)
            if resting == RESTING_CYCLES:
                return count - RESTING_CYCLES + 1
        return 0

    async def _plan(self) -> Listed:
        """A plan, once all was read, and what was new twice (W13)."""
        for _ in range(2):
            await read_all(self.hub)
            self._pass(30)
        plan = await make_plan(self.hub)
        self.unknown = await self._unknown()
        self.reached["planned write"] += len(plan.writes)
        return Listed(plan, self.model)

    async def _judge_plan(self, plan: Listed, *, unplanned: bool) -> None:
        """What a plan lists is what the next cycle writes, and nothing else; all of it is written by the end (G6)."""
        self.verdict.check("G6")
        moved, _ = await plan.end(self.hub)
        for each in moved:
            if (each.why == "not due any more") == unplanned:
                continue
            if self.unknown:
                self.verdict.excuse("G6", "what became of a write was not known when it was planned (W3, W4)")
            elif self._computes():
                self.verdict.excuse("G6", "a system computed a value while it applied our write (S6)")
            else:
                self.verdict.say("G6", f"{each.kind} {each.mapping} of {each.golden}: {each.why}")

    def _computes(self) -> bool:
        return any(quirks.computes for some in self.weather.quirks.values() for quirks in some.values())

    async def _unknown(self) -> bool:
        """Some write has no answer yet, or something is kept aside until it can be told what it is (S5)."""
        async with self.hub.store.transaction(dry=True) as tx:
            goldens = [g.id for name in self.model.concepts for g in await tx.scan_golden(name, "", 100_000)]
            links = [link for cluster in await tx.clusters(goldens) for link in cluster.links]
        return any(link.open is not None or link.suspects for link in links)

    async def calm(self) -> None:
        """No more edits, no more faults: the hub comes to rest, and then writes nothing (W10, S4)."""
        self.quiet = True
        self.spells.end(self.people.models)
        for name, model in self.people.models.items():
            model.quirks.update({entity: quirks.mended() for entity, quirks in model.quirks.items()})
            self.wires[name].mend()
        self._pass(30)
        plan = await self._plan()
        self.cycles = await self._rest(plan)
        await self._judge_plan(plan, unplanned=False)
        self.verdict.check("W10")
        if not self.cycles:
            self.verdict.say("W10", "the hub does not come to rest")
        elif await self._echo():
            self.verdict.say("S4", "it writes when everything is reported once more")
        await self._count()
        self._take(judge(facts := await self._facts(), settled_us=self.settled_us))
        for event in (event for some in facts.events.values() for event in some):
            self.reached[f"event {event.kind}"] += 1
        for review in facts.reviews:
            self.reached["review"] += 1
            self.reached[f"review {review.kind}"] += 1

    async def _count(self) -> None:
        """Every record is in exactly one state towards every target, and none is missing (G4)."""
        async with self.hub.store.transaction(dry=True) as tx:
            books = await count_units(self.hub, tx)
        for flow in books.flows:
            self.verdict.check("G4")
            system, _, name = flow.mapping.partition("#")[0].partition(".")
            there = len(self.people.models[system].tables()[name])
            counted = flow.records - flow.states.get("tombstoned", 0)
            if flow.adds_up and not there:
                continue  # nothing there is readable, so nothing proves what became of the others (S10)
            if not flow.adds_up or counted > there or flow.records < there:
                what = f"{flow.mapping} towards {flow.target}: {there} records, {counted} counted"
                self.verdict.say("G4", f"{what}, {sum(flow.states.values())} in a state")
            for state, count in flow.states.items():
                self.reached[f"state {state}"] += count

    async def _echo(self) -> bool:
        """All records are listed again; True when the hub takes that for news and writes."""
        self._pass(30)
        cycle = await run_cycle(self.hub, approved={"*": 0}, full=True)
        self.verdict.check("S4")
        return bool(cycle.shared.sent)

    async def forget(self, store: Store) -> None:
        """The hub loses its state and begins anew: it deletes nothing (G7)."""
        self.hub, count, aged = self._start(store), len(self.changes), self.random.random() < 0.5
        await self.configure(self.model)
        if aged:
            self.clock.advance(25 * 3600)  # keys of creates are not honoured any more (W3)
        if not await self._rest():
            self.verdict.say("G7", "a hub that lost its state does not come to rest")
        self._take(judge_stranger(await self._facts(), self.changes[count:], aged=aged))
        self.reached["state lost"] += 1

    async def _facts(self) -> Facts:
        return await gather(self.hub, self.weather, self.people.models, self.changes, self.configured)

    def struck(self) -> Counter[str]:
        """How often each fault struck, as "fault NAME"."""
        counts: Counter[str] = Counter()
        for model in self.people.models.values():
            counts.update(model.struck)
        for wire in self.wires.values():
            counts.update(wire.struck)
        counts["crash"] = sum(n for what, n in self.reached.items() if what.startswith("kill "))
        counts["interfere"] = (
            self.reached["edit between read and write"] + self.reached["stranger during a create"]
        )
        return Counter({f"fault {name}": n for name, n in counts.items() if n})

    def _take(self, verdict: Verdict) -> None:
        self.verdict.broken.extend(verdict.broken)
        self.verdict.exempt.update(verdict.exempt)
        self.verdict.checked.update(verdict.checked)


def play(
    seed: int,
    store: Store,
    steps: int = STEPS,
    *,
    second: Store | None = None,
    weather: Weather | None = None,
    connect: Connect | None = None,
    skip: AbstractSet[int] = frozenset(),
) -> Outcome:
    """Play the world of a seed: a built-in one, or of a `weather` of your own. `store` is a fresh one that calls
    `on_commit` around its commits; with a `second` one the hub loses its state in the end and begins anew on that.
    Steps in `skip` are left out."""
    world = World(seed, store, weather, connect=connect, skip=skip)
    store.on_commit = world.maybe_kill  # type: ignore[attr-defined]

    async def run() -> None:
        await world.live(steps)
        await world.calm()
        if second is not None:
            await world.forget(second)

    asyncio.run(run())
    world.reached.update(world.people.done)
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
