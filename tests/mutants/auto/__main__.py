"""The automatic mutation run over the core: `make mutants` tries a sample, `make mutants FULL=1` every change.

    python -m tests.mutants.auto [--sample N | --full] [--seed S] [--minutes N] [--only TEXT …] [--worlds N]
        [--seconds N] [--jobs N] [--laws FILE …] [--out FILE] [--document FILE]

Only laws (tests/property) and simulated worlds count. `--only` keeps the changes whose "file:line function: old -> new"
contains it; `--seconds` of the processor are spent on a change before it counts as unnoticed.
Exit status 1: less than nine of ten changes are noticed, those left out that are known to change nothing that
matters (tests/mutants/auto/alike.py).
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from msgspec import json

from tests.mutants.auto.operators import Change, changes
from tests.mutants.auto.report import Report
from tests.mutants.auto.server import Fate, Limits, Server
from tests.mutants.document import with_part
from tests.mutants.mutant import SOURCE

CORE = SOURCE / "accord" / "core"
LAWS = (
    "tests/property/core",
    "tests/property/world",
    "tests/property/lens",
    "tests/property/matching",
    "tests/unit/core/test_types_laws.py",
)
OPTIONS = (
    *("-p", "no:terminal", "-o", "addopts=--import-mode=importlib"),  # a fork has nothing to tell
    *("-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:faulthandler"),
)
ENOUGH = 0.9


def every_change() -> list[tuple[str, Change]]:
    """All changes of the core, by file."""
    found = []
    for path in sorted(CORE.rglob("*.py")):
        file = path.relative_to(CORE).as_posix()
        found += [(file, change) for change in changes(path.read_text(encoding="utf-8"))]
    return found


def _commit() -> str:
    """The commit that the changes are made to, "" where nobody can tell."""
    told = subprocess.run(
        ["git", "-C", str(SOURCE), "rev-parse", "--short", "HEAD"],
        capture_output=True,
        text=True,
        check=False,
    )
    return told.stdout.strip()


def main() -> int:
    """Try them, and tell."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants.auto", description=__doc__)
    parser.add_argument("--sample", type=int, default=300)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", nargs="*", default=[""])
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--worlds", type=int, default=60)
    parser.add_argument(
        "--laws", nargs="*", default=LAWS, help="only these files of laws, while you write them"
    )
    parser.add_argument("--minutes", type=float, default=60.0, help="begin no further change after so long")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--document", type=Path)
    given = parser.parse_args()
    everything = every_change()
    todo = [
        (file, c) for file, c in everything if any(only in f"{file}:{c.line} {c.key}" for only in given.only)
    ]
    if not given.full and len(todo) > given.sample:
        todo = Random(given.seed).sample(todo, given.sample)  # in this order: one cut short is a sample, too

    def tell(fate: Fate) -> None:
        what, who = f"{fate.file}:{fate.change.line} {fate.change.key[:110]}", fate.killer or "SURVIVES"
        sys.stderr.write(f"{fate.seconds:5.1f} s  {what:<130} {who}\n")
        sys.stderr.flush()

    minutes = float("inf") if given.full else given.minutes
    limits = Limits(worlds=given.worlds, seconds=given.seconds, jobs=given.jobs, minutes=minutes)
    server = Server(CORE, todo, limits, tell)
    ended = pytest.main([*OPTIONS, "--hypothesis-profile=ci", *given.laws], plugins=[server])
    if not server.fates:
        sys.stdout.write(f"no change was tried: {ended}\n")
        return 2
    report = Report(
        fates=sorted(server.fates, key=lambda fate: (fate.file, fate.change)),
        total=len(everything),
        seed=given.seed,
        worlds=given.worlds,
        commit=_commit(),
    )
    if given.out is not None:
        given.out.write_bytes(json.encode(report))
    if given.document is not None:
        page = given.document.read_text(encoding="utf-8")
        given.document.write_text(with_part(page, automatic=report.page()), encoding="utf-8")
    sys.stdout.write("\n".join(report.lines()) + "\n")
    return 0 if report.rate() >= ENOUGH else 1


if __name__ == "__main__":
    sys.exit(main())
