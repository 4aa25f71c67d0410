"""Play many worlds, and see that they were worth playing."""

from collections import Counter
from collections.abc import Iterable

from accord.store import MemoryStore
from accord.testing.world import Outcome, play, tell

__all__ = ["LOSES_STATE", "judge_all", "short_of"]

LOSES_STATE = 4
"""Every so many worlds the hub loses its state in the end (G7)."""


def judge_all(seeds: Iterable[int]) -> tuple[Counter[str], list[str]]:
    """What was reached in all worlds, and the story of each that broke a promise."""
    reached: Counter[str] = Counter()
    stories = []
    for seed in seeds:
        outcome = _play(seed)
        reached.update(outcome.reached)
        if outcome.verdict.broken:
            stories.append(tell(outcome))
    return reached, stories


def _play(seed: int) -> Outcome:
    return play(seed, MemoryStore(), second=MemoryStore() if seed % LOSES_STATE == 0 else None)


def short_of(reached: Counter[str], floors: dict[str, int]) -> dict[str, str]:
    """What was reached too rarely, and how often."""
    return {what: f"{reached[what]} of {floor}" for what, floor in floors.items() if reached[what] < floor}
