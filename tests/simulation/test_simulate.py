"""`accord simulate`: the example in its own world, behind the real connectors; and failing worlds made short."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec import structs

from accord.connectorkit.http.transport import Request
from accord.connectors.rest.endpoint import Target
from accord.connectors.rest.writing import Writer
from accord.ports.connector import Write
from accord.project import Project, load_project
from accord.simulate.figures import Figures, play_worlds
from accord.simulate.playing import play_seed, shrink_seed
from accord.simulate.telling import tale_of
from accord.simulate.weather import weather_of
from accord.testing.world.levers import levers_of
from accord.testing.world.shrink import Tale

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "crmoffice-customerp"
WORLDS = 60
FLOORS = {
    "create": 300,
    "update": 600,
    "delete": 15,
    "call": 8000,
    "outcome unknown": 80,
    "outcome moved": 80,
}
"""What so many worlds have to reach, at the least."""


@pytest.fixture(scope="module")
def example() -> Project:
    return load_project(EXAMPLE)


@pytest.fixture(scope="module")
def figures(example: Project) -> Figures:
    return play_worlds(example, range(1, WORLDS + 1))


@pytest.mark.slow
def test_w10_m4_w3_w8_s5_s8_s10_g4_c5_no_promise_breaks_in_the_example(figures: Figures) -> None:
    stories = ["\n".join(tale_of(played, "")) for played in figures.failed]
    assert not figures.failures, "\n\n".join(stories)


@pytest.mark.slow
def test_the_worlds_of_the_example_were_worth_playing(figures: Figures) -> None:
    short = {what: figures.reached[what] for what, floor in FLOORS.items() if figures.reached[what] < floor}
    assert not short
    assert len(figures.kinds()) >= 18, figures.kinds()
    assert figures.checked["C5"] > WORLDS


@pytest.mark.parametrize("seed", [3, 8])
def test_the_same_seed_plays_the_same_world_whatever_the_store(example: Project, seed: int) -> None:
    first = play_seed(example, seed)
    assert first.trace == play_seed(example, seed).trace
    assert first.trace == play_seed(example, seed, store="sqlite").trace


def test_a_step_that_is_skipped_leaves_the_others_as_they_were(example: Project) -> None:
    whole = play_seed(example, 5)
    edits = [line for line in whole.trace if "person edit" in line]
    step = int(edits[-1].partition("]")[0].removeprefix("["))
    less = play_seed(example, 5, tale=Tale(steps=63, skip=frozenset({step - 1})))
    before = [line for line in whole.trace if int(line.partition("]")[0][1:]) < step]
    assert less.trace[: len(before)] == before
    assert not any(line.startswith(f"[{step}]") for line in less.trace)


@pytest.mark.slow
def test_m4_w2_a_bug_becomes_a_short_story(example: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """The connector names no version, so that writes go over edits that nobody saw."""
    request = Writer._request

    def unconditional(self: Writer, write: Write, target: Target) -> Request:
        return request(self, structs.replace(write, version=None), target)

    monkeypatch.setattr(Writer, "_request", unconditional)
    failed = next(p for p in (play_seed(example, seed) for seed in range(1, 60)) if "M4" in p.rules)
    failed.broken.sort(key=lambda broken: not broken.startswith("M4"))
    shrunk = shrink_seed(example, failed)
    assert "M4" in shrunk.played.rules
    assert shrunk.steps <= 8, "\n".join(shrunk.played.trace)


def test_what_can_be_left_out_is_named(example: Project) -> None:
    levers = levers_of(weather_of(example, 1, 55))
    assert "property contact.email" in levers
    assert not any(lever == "property contact.born" for lever in levers)  # it identifies


def test_the_command_tells_what_was_played() -> None:
    done = _run("--worlds", "2", "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["worlds"], told["failures"]) == (0, 2, 0)
    assert told["acts"] > 50
    assert told["checked"]["W10"] > 50


def test_the_command_shows_the_matrix() -> None:
    done = _run("--worlds", "2", "--matrix")
    assert done.returncode == 0
    assert "Every promise was kept." in done.stdout
    assert "in how many of them two faults met" in done.stdout


def _run(*options: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "accord", "-C", str(EXAMPLE), "simulate", *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
