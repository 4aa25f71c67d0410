"""Plays worlds on all cores for as long as asked: `make soak MINUTES=30`.

    python -m accord.simulate.soak [--minutes M] [--jobs N] [--first SEED] [--project DIR ...] [--shapes]
        [--document FILE] [--also COMMAND ...]

Built-in worlds and those of projects take turns. Ends at the first world that breaks a promise, with its story made
short; exit status 1 then. `--document` writes what was reached, and which faults met, as a page of the reference.
Commands that are named with `--also`, such as the one that kills the real program, are run when no world failed.
"""

import argparse
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from itertools import count
from pathlib import Path
from typing import Final

from msgspec import Struct, field

from accord.project import Project, load_project
from accord.simulate.figures import Figures, play_worlds
from accord.simulate.page import page_of
from accord.simulate.playing import play_seed, shrink_seed
from accord.simulate.reasons import overruled
from accord.simulate.telling import summary, tale_of

__all__ = ["Soaked", "soak"]

CHUNK: Final = 25
"""Worlds that a worker plays before it tells what they came to."""
TOLD_S: Final = 30.0
_BUILT_IN: Final = "built-in"
_SHAPES: Final = "built-in, with groups or facets"


class Soaked(Struct, kw_only=True):
    """Figures of the built-in worlds, and of those of each project by its folder."""

    by_kind: dict[str, Figures] = field(default_factory=dict)
    seconds: float = 0.0

    def add(self, kind: str, figures: Figures) -> None:
        """What one more chunk came to."""
        self.by_kind.setdefault(kind, Figures()).merge(figures)

    @property
    def total(self) -> Figures:
        """All of them together."""
        whole = Figures(seconds=self.seconds)
        for figures in self.by_kind.values():
            whole.merge(figures)
        return whole

    @property
    def failed(self) -> str:
        """The kind of world that broke a promise, "" where none did."""
        return next((kind for kind, figures in self.by_kind.items() if figures.failures), "")


def soak(
    minutes: float, *, jobs: int = 2, first: int = 0, projects: Sequence[Path] = (), shapes: bool = False
) -> Soaked:
    """Play chunk after chunk until the time is over, or a promise breaks."""
    soaked, began = Soaked(), time.monotonic()
    end, told = began + minutes * 60, began
    chunks = _chunks(first, [_BUILT_IN, *([_SHAPES] if shapes else []), *map(str, projects)])
    with ProcessPoolExecutor(max_workers=jobs) as pool:
        running: dict[Future[Figures], str] = {}
        while True:
            while len(running) < jobs and time.monotonic() < end and not soaked.failed:
                kind, seeds = next(chunks)
                running[pool.submit(_play, kind, seeds)] = kind
            if not running:
                soaked.seconds = time.monotonic() - began
                return soaked
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                soaked.add(running.pop(future), future.result())
            if time.monotonic() - told > TOLD_S:
                told = time.monotonic()
                _say(f"{told - began:,.0f} s: {soaked.total.worlds:,} worlds")


def _chunks(first: int, kinds: Sequence[str]) -> Iterator[tuple[str, range]]:
    """Kinds of worlds in turn, each with the seeds that come next."""
    for number in count():
        seeds = range(first + number * CHUNK, first + (number + 1) * CHUNK)
        for kind in kinds:
            yield kind, seeds


def _project(kind: str) -> Project | None:
    return None if kind in (_BUILT_IN, _SHAPES) else load_project(Path(kind))


def _play(kind: str, seeds: range) -> Figures:
    return play_worlds(_project(kind), seeds, shapes=kind == _SHAPES)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _tell(soaked: Soaked) -> None:
    for kind, figures in soaked.by_kind.items():
        figures.seconds = soaked.seconds
        _say(f"{kind}:")
        for line in summary(figures):
            _say(f"  {line}")


def _story(soaked: Soaked) -> None:
    kind = soaked.failed
    project, first = _project(kind), soaked.by_kind[kind].failed[0]
    shapes = kind == _SHAPES
    again = play_seed(project, first.seed, shapes=shapes)
    shrunk = shrink_seed(project, again, shapes=shapes) if again.broken else None
    replay = (
        f"python -m accord.testing.world {first.seed}{' --shapes' if shapes else ''}"
        if project is None
        else f"accord -C {kind} simulate --seed {first.seed} --worlds 1 --shrink"
    )
    for line in tale_of(first, replay, shrunk):
        _say(line)


def main() -> int:
    """Exit status 1 when a promise broke, or something else that was run failed."""
    parser = argparse.ArgumentParser(prog="python -m accord.simulate.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--project", type=Path, action="append", default=[])
    parser.add_argument("--shapes", action="store_true", help="also built-in ones with groups or facets")
    parser.add_argument("--document", type=Path)
    parser.add_argument("--also", action="append", default=[], help="a command that is run afterwards")
    given = parser.parse_args()
    soaked = soak(
        given.minutes, jobs=given.jobs, first=given.first, projects=given.project, shapes=given.shapes
    )
    _tell(soaked)
    if soaked.failed:
        _story(soaked)
        return 1
    if wrong := overruled(soaked.total.matrix):
        _say(f"What can never meet, as reasons.py says, has met: {', '.join(wrong)}")
        return 1
    if given.document is not None:
        given.document.write_text(page_of(soaked.by_kind, soaked.total), encoding="utf-8")
    for command in given.also:
        _say(command)
        if subprocess.run(shlex.split(command), check=False).returncode:  # noqa: S603 - as asked
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
