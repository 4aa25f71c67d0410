"""Worlds with several workers, of whom some die: the same promises (C1, C3, W3, W10)."""

from collections import Counter
from random import Random

from accord.store import MemoryStore
from accord.testing.world import play
from accord.testing.world.builtin import draw_weather
from accord.testing.world.shapes import faceted
from accord.testing.world.variants import connected
from accord.testing.world.weather import Weather

SEEDS = range(9)


def _played(weather: dict[int, Weather]) -> Counter[str]:
    reached: Counter[str] = Counter()
    for seed, each in weather.items():
        outcome = play(seed, MemoryStore(), weather=each, workers=3)
        assert outcome.verdict.broken == [], seed
        reached.update(outcome.reached)
    return reached


def test_c1_c3_several_workers_keep_what_one_promises() -> None:
    """Whoever performs a piece, and however often it is begun anew."""
    reached = _played({seed: draw_weather(Random(seed)) for seed in SEEDS})
    assert reached["piece share"] >= 200
    assert reached["piece settle"] >= 100
    assert reached["worker died of a piece to share"] >= 80
    assert reached["worker died of a piece to settle"] >= 20


def test_c3_l9_several_workers_share_records_with_facets() -> None:
    """Golden records that are facets of the same records are settled and written by several at the same time."""
    reached = _played({seed: faceted(draw_weather(Random(seed)), Random(f"{seed}/facets")) for seed in SEEDS})
    assert reached["worker died of a piece to share"] >= 80


def test_w6_c3_what_several_workers_leave_to_one_is_sent_by_it() -> None:
    """Only one can count what is made because something refers to it."""
    reached = _played(
        {seed: connected(draw_weather(Random(seed)), Random(f"{seed}/refers")) for seed in SEEDS}
    )
    assert reached["piece share"] >= 200
