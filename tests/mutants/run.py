"""Seed each bug in a copy of the source, and see which check notices it: `make mutants`.

    python -m tests.mutants.run [--only ID ...] [--first SEED] [--worlds N] [--jobs N] [--document FILE]

Exit status 1 when a mutant survives. The checkout is never touched.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from tests.mutants.catalogue import MUTANTS
from tests.mutants.document import document, with_part
from tests.mutants.mutant import SOURCE, Mutant, mutate

__all__ = ["Fate", "try_mutant"]

ROOT = SOURCE.parent
LAWS = (
    "tests/property/world",
    "tests/property/core",
    "tests/property/connectorkit",
    "tests/property/serving",
    "tests/contract",
    "tests/unit/connectors",
    "tests/systems",
)
CLEAN = 300
"""Worlds that have to be clean before any mutant is tried."""


class Fate(NamedTuple):
    """What became of a mutant: `check` killed it (a rule, a law), in world `seed`, after so many worlds."""

    mutant: Mutant
    killed: bool
    check: str
    seed: int | None
    worlds: int
    seconds: float

    def line(self) -> str:
        """One row, for people who wait."""
        how = f"{self.check:<34.34}" if self.killed else f"{'SURVIVES':<34}"
        where = "laws" if self.mutant.laws and not self.worlds else f"seed {self.seed}, world {self.worlds}"
        return f"{self.mutant.id:<38} {how} {where:<24} {self.seconds:5.1f} s"


def try_mutant(mutant: Mutant, *, first: int = 0, worlds: int | None = None, original: Path = SOURCE) -> Fate:
    """Play worlds, or run the laws that should fail, on a copy of the source with the mutant in it."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="accord-mutant-") as place:
        source = Path(place) / "src"
        _copy(original, source)
        mutate(mutant, source)
        env = {**os.environ, "PYTHONPATH": f"{source}{os.pathsep}{ROOT}", "PYTHONDONTWRITEBYTECODE": "1"}
        _prove_copy(source, env)
        if mutant.laws and (law := _failing_law(mutant, env)):
            return Fate(mutant, True, law, None, 0, time.monotonic() - began)
        found = _hunt(first, mutant.worlds if worlds is None else worlds, env)
    broken = found["broken"]
    check = broken[0].partition(":")[0] if broken else ""
    return Fate(mutant, bool(broken), check, found["seed"], found["worlds"], time.monotonic() - began)


def _copy(original: Path, to: Path) -> None:
    shutil.copytree(original, to, ignore=shutil.ignore_patterns("__pycache__"))


def _prove_copy(source: Path, env: dict[str, str]) -> None:
    """The copy is what the checks import, not the checkout."""
    command = [sys.executable, "-c", "import accord; print(accord.__file__)"]
    shown = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    if not Path(shown.strip()).is_relative_to(source):
        raise RuntimeError(f"the copy of the source is not imported, but {shown.strip()}")


def _hunt(first: int, worlds: int, env: dict[str, str]) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.mutants.hunt", "--first", str(first), "--worlds", str(worlds)]
    done = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the hunt itself failed:\n{done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _failing_law(mutant: Mutant, env: dict[str, str]) -> str:
    """Name of the first law that fails, "" when all hold."""
    options = [
        "-q",
        "-x",
        "--no-header",
        "--show-capture=no",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        "--hypothesis-profile=ci",
    ]
    command = [sys.executable, "-m", "pytest", *options, "-k", mutant.laws, *_files_of(mutant.laws)]
    done = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return ""
    failed = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    if done.returncode != 1 or not failed or "::" not in failed[0]:
        raise RuntimeError(f"the laws could not be run:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return failed[0].partition("::")[2].partition(" ")[0]


def _files_of(laws: str) -> list[str]:
    """Files that name one of the laws of a `-k` expression: to collect all others takes longer than to run these."""
    words = {*re.findall(r"\w+", laws)} - {"and", "or", "not"}
    files = [file for folder in LAWS for file in sorted((ROOT / folder).glob("test_*.py"))]
    return [str(file) for file in files if any(word in file.name + file.read_text() for word in words)]


def sound(source: Path, first: int) -> bool:
    """True when the worlds are clean without any mutant; else nothing that they say of one is worth anything."""
    found = _hunt(first, CLEAN, {**os.environ, "PYTHONPATH": f"{source}{os.pathsep}{ROOT}"})
    if found["broken"]:
        sys.stdout.write(f"world {found['seed']} fails without a mutant: {found['broken']}\n")
    return not found["broken"]


def try_all(mutants: Sequence[Mutant], first: int, worlds: int | None, jobs: int) -> list[Fate]:
    """Try mutants of the source as it is now, in order; what is edited meanwhile is not looked at.

    Each is tried by processes of its own, `jobs` at a time. Empty: the source is not sound.
    """
    fates: list[Fate] = []
    with tempfile.TemporaryDirectory(prefix="accord-source-") as place:
        original = Path(place) / "src"
        _copy(SOURCE, original)
        if not sound(original, first):
            return []
        attempt = partial(try_mutant, first=first, worlds=worlds, original=original)
        with ThreadPoolExecutor(jobs) as pool:
            for fate in pool.map(attempt, mutants):
                fates.append(fate)
                sys.stdout.write(fate.line() + "\n")
                sys.stdout.flush()
    return fates


def main() -> int:
    """Try the mutants that are asked for, print the table, write the document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", default=())
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--worlds", type=int)
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--document", type=Path)
    given = parser.parse_args()
    wanted = [mutant for mutant in MUTANTS if not given.only or mutant.id in given.only]
    fates = try_all(wanted, given.first, given.worlds, given.jobs)
    if fates and given.document is not None:
        page = given.document.read_text(encoding="utf-8") if given.document.exists() else ""
        given.document.write_text(with_part(page, seeded=document(fates)), encoding="utf-8")
    survivors = [fate.mutant.id for fate in fates if not fate.killed]
    sys.stdout.write(f"{len(fates) - len(survivors)} killed, {len(survivors)} survive: {survivors}\n")
    return 1 if survivors or not fates else 0


if __name__ == "__main__":
    sys.exit(main())
