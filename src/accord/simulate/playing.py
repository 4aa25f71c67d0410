"""Plays a project's world of a seed, or a built-in one, and makes a failing one small."""

import time
from collections import Counter
from collections.abc import Mapping
from random import Random
from typing import Any, Final, Literal

from msgspec import Struct, field

from accord.ports.store import Store
from accord.project import Project
from accord.simulate.connecting import Connecting
from accord.simulate.weather import weather_of
from accord.store import MemoryStore, SqliteStore
from accord.testing.world.builtin import draw_weather
from accord.testing.world.levers import levers_of, without
from accord.testing.world.play import STEPS, play
from accord.testing.world.shapes import shaped
from accord.testing.world.shrink import Budget, Tale, shrink
from accord.testing.world.weather import Weather

__all__ = ["Played", "Shrunk", "StoreKind", "play_seed", "shrink_seed"]

StoreKind = Literal["memory", "sqlite"]
TRIES: Final = 400
SHRINK_S: Final = 60.0


class Played(Struct, kw_only=True):
    """How the world of a seed ended: broken promises ("RULE: what"), exemptions, what was judged and reached, and the
    trace of it."""

    seed: int
    broken: list[str] = field(default_factory=list)
    exempt: Counter[str] = field(default_factory=Counter)
    checked: Counter[str] = field(default_factory=Counter)
    reached: Counter[str] = field(default_factory=Counter)
    trace: list[str] = field(default_factory=list)
    weather: list[str] = field(default_factory=list)

    @property
    def rules(self) -> set[str]:
        """Rules that broke."""
        return {broken.partition(":")[0] for broken in self.broken}


class Shrunk(Struct, kw_only=True):
    """A failing world, made small: what is left, and how it ends; `tries` worlds were played for it."""

    played: Played
    steps: int
    of: int
    faults: int
    of_faults: int
    tries: int


def play_seed(
    project: Project | None,
    seed: int,
    *,
    steps: int = STEPS,
    store: StoreKind = "memory",
    tale: Tale | None = None,
    shapes: bool = False,
) -> Played:
    """The world of a seed, or what a tale leaves of it; without a project it is a built-in one, with `shapes` of groups
    or facets. The same arguments give the same trace."""
    weather = _weather(project, seed, steps, shapes=shapes)
    if tale is not None:
        weather = without(weather, tale.off)
    connecting = Connecting(_auth(project)) if project is not None else None
    total = weather.births + steps
    skip = frozenset(range(1, total + 1)) - {step + 1 for step in tale.left} if tale else frozenset[int]()
    played = Played(seed=seed, weather=weather.lines())
    try:
        outcome = play(seed, _store(store), steps, weather=weather, connect=connecting, skip=skip)
    except Exception as error:
        played.broken = [f"raises {type(error).__name__}: {error}"]
        return played
    played.broken = outcome.verdict.broken
    played.exempt, played.checked = outcome.verdict.exempt, outcome.verdict.checked
    played.reached, played.trace = outcome.reached, outcome.trace
    if connecting is not None:
        played.broken += connecting.broken
        played.checked["C5"] += connecting.tokens.total()
        played.reached["call"] += connecting.asked.total()
    return played


def shrink_seed(
    project: Project | None,
    first: Played,
    *,
    steps: int = STEPS,
    store: StoreKind = "memory",
    tries: int = TRIES,
    seconds: float = SHRINK_S,
    shapes: bool = False,
) -> Shrunk:
    """A failing world made small: the same rule breaks in it. `first` is how it ended."""
    rule, weather = first.broken[0].partition(":")[0], _weather(project, first.seed, steps, shapes=shapes)
    levers, last = levers_of(weather), [first]

    def breaks(tale: Tale) -> bool:
        played = play_seed(project, first.seed, steps=steps, store=store, tale=tale, shapes=shapes)
        if rule not in played.rules:
            return False
        last.append(played)
        return True

    whole = Tale(steps=weather.births + steps)
    budget = Budget(tries, seconds=seconds, clock=time.monotonic)
    tale = shrink(whole, levers, breaks, budget)
    faults = [name for name in levers if not name.startswith(("property ", "system "))]
    return Shrunk(
        played=last[-1],
        steps=len(tale.left),
        of=whole.steps,
        faults=len([name for name in faults if name not in tale.off]),
        of_faults=len(faults),
        tries=tries - budget.tries,
    )


def _weather(project: Project | None, seed: int, steps: int, *, shapes: bool) -> Weather:
    if project is not None:
        return weather_of(project, seed, steps)
    return shaped(seed) if shapes else draw_weather(Random(seed))


def _auth(project: Project) -> dict[str, Mapping[str, Any]]:
    return {name: system.auth for name, system in project.config.systems.items()}


def _store(kind: StoreKind) -> Store:
    return MemoryStore() if kind == "memory" else SqliteStore(":memory:", inline=True)
