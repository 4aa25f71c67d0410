"""What a world consists of: the systems, the hub as a process that may be killed at any commit, and time."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Set as AbstractSet
from contextvars import ContextVar
from functools import partial
from random import Random
from typing import Any, ClassVar, TypeVar

from accord.core.model import Model
from accord.ports.connector import Connector
from accord.ports.store import Store
from accord.runtime.hub import Hub, Limits
from accord.runtime.runs.follow_plan import Listed
from accord.runtime.steps.configure import apply_configuration
from accord.runtime.steps.cycle import Cycle, run_cycle
from accord.runtime.steps.unknown_creates import recover
from accord.testing.model_connector import ModelConnector
from accord.testing.system_model import SystemModel
from accord.testing.world.builtin import draw_weather
from accord.testing.world.clock import VirtualClock
from accord.testing.world.deciding import Deciding
from accord.testing.world.forms import forms_of
from accord.testing.world.oracle import Verdict
from accord.testing.world.people import People
from accord.testing.world.several import Several
from accord.testing.world.spells import Spells
from accord.testing.world.tending import Tending
from accord.testing.world.watch import Change, WatchedRecords
from accord.testing.world.weather import Weather
from accord.testing.world.wire import Eye, Wire

__all__ = ["Connect", "Engine", "Killed"]

FORGIVEN_CYCLES = 3
STRANGERS = 0.2
"""How often somebody enters just what the hub is about to create, of the times that they interfere."""

Connect = Callable[[str, SystemModel, VirtualClock, Random], Connector]
"""The connector of a system by name: its player, the hub's clock, and the world's random."""


_LIFE: ContextVar[int] = ContextVar("life", default=0)
"""Of which process a task is."""
T = TypeVar("T")


class Killed(BaseException):
    """The process was killed at a commit."""


class Engine:
    """The systems of one seed, the people in them, and the hub that runs on virtual time and is killed at times."""

    records_type: ClassVar[type[WatchedRecords]] = WatchedRecords

    def __init__(
        self,
        seed: int,
        store: Store,
        weather: Weather | None = None,
        *,
        connect: Connect | None = None,
        skip: AbstractSet[int] = frozenset(),
        workers: int = 1,
    ) -> None:
        self.workers = workers
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
        self.born_us = 0
        """When the records of the beginning had been entered."""
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
        self.deciding = Deciding(
            changes=self.changes, records=self.people.records, quirk=self.weather.quirk, tell=self.tell
        )
        self.tending = Tending(people=self.people, tell=self.tell)
        self.aside = Random()
        """What it draws moves nothing else."""
        for name in self.weather.manifests:
            self._found(name)
        self.wires = self._wired(connect or self._plain)
        self.hub = self.start_hub(store)

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
        records = self.records_type(name, partial(self._actor, name), self.clock.now_us, self.changes)
        model = SystemModel(
            self.weather.manifests[name],
            clock=self.clock.now_us,
            random=self._dice(name),
            quirks=self.weather.quirks[name],
            records=records,
        )
        model.before_call = self._interfere(name)
        if self.weather.hints:
            model.on_change = partial(self._hint, name)
        self.people.models[name], self.people.records[name] = model, records

    def _hint(self, system: str, name: str, id_: str) -> None:
        if not self.quiet and self.aside.random() < self.weather.hints:
            self.tending.change(f"{system}.{name}", id_, self.aside)

    def _stir(self, entity_type: str) -> None:
        if not self.quiet and self.weather.shifts and self.aside.random() < self.weather.shifts:
            self.tending.stir(entity_type, self.aside)

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
            said=self.deciding.said,
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
                between=self._stir,
            )
            for name, model in self.people.models.items()
        }

    def _actor(self, system: str) -> str:
        """Who changes a record right now: the hub, or somebody else, be it another integration."""
        model = self.people.models.get(system)
        return "hub" if model is not None and model.actor == "hub" else "person"

    def start_hub(self, store: Store) -> Hub:
        """Another process, with the state that is there."""
        hub = Hub(
            model=self.model,
            store=store,
            connectors=self.wires,
            clock=self.clock,
            limits=Limits(page=10, settle=4, share=3, nominate=50, least_to_settle=1, least_to_share=1),
        )
        if self.workers > 1:
            hub.team = Several(hub, Random(f"{self.seed}/workers/{self.life}"), self.reached, self.workers)
        return hub

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

    def pass_time(self, seconds: float) -> None:
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
            await self._alive(self._number())
            if self.tending.hints:
                await self._alive(self.tending.deliver(self.hub, self.aside))
            only = None if full or plan is not None else self._listed()
            cycle = await self._alive(run_cycle(self.hub, approved={"*": 0}, full=full, may=may, only=only))
        except Killed:
            self._note_read(killed=True)
            await self._revive()
            return None
        self._note_read(killed=False)
        self._tell(cycle)
        self._forgive(-1)
        return cycle

    def _listed(self) -> list[str] | None:
        """The mappings that are due, some or none of them; None: all (C4)."""
        dice = Random(f"{self.seed}/{self.step}/{self.clock.now_us()}/listed")
        if self.quiet or dice.random() >= self.weather.restricts:
            return None
        keys = sorted(self.hub.model.mappings)
        self.reached["restricted listing"] += 1
        return dice.sample(keys, dice.randrange(len(keys)))

    def _note_read(self, *, killed: bool) -> None:
        for wire in self.wires.values():
            wire.take(killed=killed)

    async def decide(self, dice: Random) -> None:
        """Somebody decides something in Accord."""
        try:
            await self._alive(self.deciding.act(self.hub, dice))
        except Killed:
            await self._revive()

    async def pause(self, dice: Random) -> None:
        """Somebody pauses something, or ends a pause."""
        try:
            await self._alive(self.tending.act(self.hub, dice))
        except Killed:
            await self._revive()

    async def _number(self) -> None:
        """A cycle is a run of its own, so that it can be undone (G3)."""
        if not self.weather.decides:
            return
        async with self.hub.store.transaction() as tx:
            self.hub.run = await tx.begin_run("sync", self.model.fingerprint, self.clock.now_us())

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
        self.hub = self.start_hub(self.hub.store)
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

    async def configure(self, model: Model) -> None:
        """Another configuration is applied: the hub starts with it (K1)."""
        self.model = model
        self.configured.append((self.clock.now_us(), model))
        self.hub = self.start_hub(self.hub.store)
        self.tell(f"configured: {model.fingerprint}")
        while True:
            try:
                await self._alive(apply_configuration(self.hub))
            except Killed:
                continue
            break
        self._forgive(FORGIVEN_CYCLES)

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
        counts["hints"] = self.tending.done.get("hint lost or doubled", 0)
        counts["shifts"] = self.tending.done.get("act between pages", 0)
        counts["pauses"] = self.tending.done.get("pause", 0)
        return Counter({f"fault {name}": n for name, n in counts.items() if n})
