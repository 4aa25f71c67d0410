"""Plays many worlds of a project, and sums up what they came to."""

import time
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, Final

from msgspec import Struct, field

from accord.project import Project
from accord.simulate.playing import Played, Shrunk, StoreKind, play_seed
from accord.testing.world.matrix import Matrix
from accord.testing.world.play import STEPS, seldom_collected

__all__ = ["Figures", "play_worlds"]

_KEPT: Final = 3
"""So many failing worlds are kept whole; the others are counted."""


class Figures(Struct, kw_only=True):
    """What some worlds came to. `failed` are the first ones in which a promise broke, `failures` how many did."""

    worlds: int = 0
    failures: int = 0
    failed: list[Played] = field(default_factory=list)
    reached: Counter[str] = field(default_factory=Counter)
    checked: Counter[str] = field(default_factory=Counter)
    exempt: Counter[str] = field(default_factory=Counter)
    matrix: Matrix = field(default_factory=Matrix)
    seconds: float = 0.0

    def add(self, played: Played) -> None:
        """One more world."""
        self.worlds += 1
        if played.broken:
            self.failures += 1
            if len(self.failed) < _KEPT:
                self.failed.append(played)
        self.reached.update(played.reached)
        self.checked.update(played.checked)
        self.exempt.update(played.exempt)
        self.matrix.add(played.reached, played.checked)

    def merge(self, other: "Figures") -> None:
        """Those of other worlds, played at the same time: seconds are not summed up."""
        self.worlds += other.worlds
        self.failures += other.failures
        self.failed = [*self.failed, *other.failed][:_KEPT]
        for mine, theirs in (
            (self.reached, other.reached),
            (self.checked, other.checked),
            (self.exempt, other.exempt),
        ):
            mine.update(theirs)
        self.matrix.merge(other.matrix)

    def data(self, shrunk: Shrunk | None = None) -> dict[str, Any]:
        """JSON data."""
        return {
            "worlds": self.worlds,
            "failures": self.failures,
            "seconds": round(self.seconds, 1),
            "failed": [{"seed": p.seed, "broken": p.broken} for p in self.failed],
            "shrunk": None
            if shrunk is None
            else {
                "seed": shrunk.played.seed,
                "steps": shrunk.steps,
                "of": shrunk.of,
                "faults": shrunk.faults,
                "tries": shrunk.tries,
                "broken": shrunk.played.broken,
                "weather": shrunk.played.weather,
                "trace": shrunk.played.trace,
            },
            "acts": self.acts,
            "writes": self.writes,
            "calls": self.reached["call"],
            "kills": self.kills,
            "faults": {name.removeprefix("fault "): n for name, n in self._named("fault ")},
            "checked": dict(sorted(self.checked.items())),
            "exempt": dict(sorted(self.exempt.items())),
        }

    @property
    def acts(self) -> int:
        """What people did."""
        return sum(n for name, n in self.reached.items() if name.startswith("person "))

    @property
    def writes(self) -> int:
        """Creates, updates and deletes that the hub sent."""
        return sum(self.reached[kind] for kind in ("create", "update", "delete"))

    @property
    def kills(self) -> int:
        """How often the process was killed."""
        return sum(n for name, n in self.reached.items() if name.startswith("kill "))

    @property
    def strikes(self) -> int:
        """How often a fault struck."""
        return sum(n for _, n in self._named("fault "))

    def kinds(self) -> list[str]:
        """Faults that struck, by name."""
        return [name.removeprefix("fault ") for name, _ in self._named("fault ")]

    def _named(self, head: str) -> list[tuple[str, int]]:
        return sorted((name, n) for name, n in self.reached.items() if n and name.startswith(head))


def play_worlds(
    project: Project | None,
    seeds: Iterable[int],
    *,
    steps: int = STEPS,
    store: StoreKind = "memory",
    shapes: bool = False,
    tell: Callable[[str, int], None] = lambda _what, _count: None,
) -> Figures:
    """Play one world after the other."""
    figures, began = Figures(), time.monotonic()
    with seldom_collected():
        for seed in seeds:
            figures.add(play_seed(project, seed, steps=steps, store=store, shapes=shapes))
            tell("worlds", figures.worlds)
            figures.seconds = time.monotonic() - began
    return figures
