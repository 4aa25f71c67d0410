"""What many worlds come to is summed up, told and written down."""

from collections import Counter

from accord.simulate.figures import Figures
from accord.simulate.page import page_of
from accord.simulate.playing import Played, Shrunk
from accord.simulate.reasons import REASONS, overruled, why_never
from accord.simulate.soak import Soaked, soak
from accord.simulate.telling import summary, tale_of
from accord.testing.world.matrix import Matrix


def played(seed: int, *broken: str) -> Played:
    return Played(
        seed=seed,
        broken=list(broken),
        exempt=Counter({"W6, a reason": 2}),
        checked=Counter({"W10": 5}),
        reached=Counter({"person edit": 3, "create": 1, "kill before commit": 1, "fault late": 4, "call": 9}),
        trace=["[1] a", "[2] b", "[2] b"],
        weather=["calm"],
    )


def figures(*some: Played) -> Figures:
    made = Figures(seconds=60.0)
    for each in some:
        made.add(each)
    return made


def test_worlds_are_summed_up() -> None:
    made = figures(played(1), played(2, "W10: x"))
    assert (made.worlds, made.failures, made.acts, made.writes, made.kills, made.strikes) == (
        2,
        1,
        6,
        2,
        2,
        8,
    )
    assert list(summary(made, range(1, 3))) == [
        "2 worlds (seeds 1 to 2) in 60 s: 6 acts of people, 2 writes, 18 calls, 2 kills, 8 faults of 1 kinds.",
        "Judged: W10 10.",
        "Allowed, and counted: 4; the most often:",
        "      4  W6, a reason",
        "1 of 2 worlds broke a promise.",
    ]


def test_a_story_tells_what_broke_and_how_to_play_it_again() -> None:
    failed = played(2, "W10: x", "M4: y")
    small = Shrunk(played=played(2, "M4: y"), steps=1, of=9, faults=0, of_faults=3, tries=7)
    assert list(tale_of(failed, "accord simulate", small)) == [
        "World 2 breaks M4:",
        "  M4: y",
        "Shrunk to 1 of 9 steps and 0 of 3 faults, after 7 tries.",
        "  calm",
        "  [1] a",
        "  [2] b (2 times)",
        "Replay it: accord simulate",
    ]


def test_what_workers_played_is_put_together() -> None:
    soaked = Soaked(seconds=60.0)
    soaked.add("built-in", figures(played(1)))
    soaked.add("examples/shop", figures(played(1), played(2)))
    assert (soaked.failed, soaked.total.worlds, soaked.total.matrix.worlds) == ("", 3, 3)
    soaked.add("built-in", figures(played(3, "W10: x")))
    assert soaked.failed == "built-in"


def test_the_page_holds_figures_and_matrices() -> None:
    page = page_of(
        {"built-in": figures(played(1)), "examples/shop": figures(played(2))}, figures(played(1), played(2))
    )
    assert "| worlds | 1 | 1 | 2 |" in page
    assert "| W6, a reason | 4 |" in page
    assert "| `late` | 2 |" in page


def test_a_soak_ends_when_its_time_is_over() -> None:
    assert soak(0.0, jobs=1).by_kind == {}


def test_every_reason_is_found_by_its_cell() -> None:
    for (one, other), reason in REASONS.items():
        assert why_never(one, other) == reason


def test_a_reason_for_a_cell_that_is_filled_is_told() -> None:
    matrix = Matrix()
    matrix.add({"fault late": 1, "fault crash": 2}, {"W10": 3})
    assert overruled(matrix) == []
    matrix.add({"fault late": 1}, {"M3": 1})
    assert overruled(matrix) == ["late x M3"]
