"""Kill the real program, again and again, at named moments and at random ones, and look what is left (C1)."""

import signal
import subprocess
import time
from collections import Counter
from pathlib import Path
from random import Random

from msgspec import Struct, field

from accord.runtime.crash_points import POINTS
from tests.crash.people import People, check
from tests.crash.systems import Business

__all__ = ["Report", "come_to_an_end", "kill_often"]

A_STORY = 5
"""Kills between two looks at all systems."""
PATIENCE_S = 60.0
MOST_TRIES = 6
RARE = ("repeated", "found", "fetched", "configured")
"""Moments that come only after something special, once."""


class Report(Struct, kw_only=True):
    """What was done and reached. `kills` by moment; "chance" is any moment at all."""

    seed: int
    kills: Counter[str] = field(default_factory=Counter)
    people: Counter[str] = field(default_factory=Counter)
    looks: int = 0
    recovered: int = 0
    """Writes without an answer whose outcome a later run found out."""
    records: int = 0
    seconds: float = 0.0

    def lines(self) -> list[str]:
        """For a person."""
        kills = ", ".join(f"{point} {count}" for point, count in sorted(self.kills.items()))
        people = ", ".join(f"{what} {count}" for what, count in sorted(self.people.items()))
        return [
            f"{self.kills.total()} kills in {self.seconds:.0f} s, seed {self.seed}: {kills}",
            f"people: {people}; {self.records} records in three systems",
            f"{self.recovered} writes without an answer were found out; all was right at each of {self.looks} looks",
        ]


def kill_often(kills: int, seed: int, folder: Path, state: str = "") -> Report:
    """Kill so often, with people at work; every few kills the program may end its work, and all systems are looked at.

    Raises AssertionError: something is lost, doubled, invented or different; its message names the seed.
    """
    report, began = Report(seed=seed), time.monotonic()
    with Business(folder, state) as business:
        story = _Story(business, Random(seed), report)
        try:
            story.play(kills)
        except AssertionError as error:
            raise AssertionError(f"seed {seed}, after {dict(report.kills)}: {error}") from error
    report.people.update(story.people.done)
    report.records = len(story.people.things)
    report.seconds = time.monotonic() - began
    return report


class _Story:
    """One project that lives through all of it."""

    def __init__(self, business: Business, random: Random, report: Report) -> None:
        self.business, self.random, self.report = business, random, report
        self.people = People(business=business, random=random)
        self.noted = True
        self.usual_s = 1.0

    def play(self, kills: int) -> None:
        for _ in range(6):
            self.people.enter()
        self._look()
        moments = [point for point in POINTS for _ in range(max(1, kills // 25))]
        self.random.shuffle(moments)
        moments = moments[:kills] if len(moments) > kills else moments + ["chance"] * (kills - len(moments))
        for number, moment in enumerate(self._mixed(moments), 1):
            self._kill(moment)
            if number % A_STORY == 0 or number == kills:
                self._look()

    def _mixed(self, moments: list[str]) -> list[str]:
        self.random.shuffle(moments)
        return moments

    def _kill(self, moment: str) -> None:
        """One kill; where the moment does not come, another try with more work, and then at any moment."""
        for number in (1, 1, 1, 1) if moment in RARE else (self.random.choice((1, 1, 2, 3)), 1, 1):
            self._prepare(moment)
            if moment != "chance" and self._run(f"{moment}:{number}", None):
                self.report.kills[moment] += 1
                return
        for _ in range(10):
            self._prepare("chance")
            if self._run("", self.random.uniform(0.45, 1.0) * self.usual_s):
                self.report.kills["chance"] += 1
                return
        raise AssertionError(f"the program is never killed at {moment}")

    def _prepare(self, moment: str) -> None:
        """What has to be there for a moment to come."""
        for _ in range(0 if moment in RARE else self.random.randint(2, 5)):
            self.people.act()
        if moment in ("repeated", "found"):
            self.people.enter_company("crm")
            if self._run("sent:1", None):
                self.report.kills["sent"] += 1
        elif moment == "fetched":
            self.people.delete_in("shop")
        elif moment == "configured":
            self._look()  # a record deleted where a row has no base yet was not in step with all: it stays (W8)
            self.noted, self.people.careful = False, True
            self.business.configure(noted=self.noted)

    def _run(self, crash_at: str, kill_after_s: float | None) -> bool:
        """One run of the program, with people at work meanwhile; True when it was killed."""
        options = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
        with self.business.program("sync", "--yes", crash_at=crash_at, **options) as program:
            began = time.monotonic()
            time.sleep(self.random.uniform(0.2, 0.8) * (kill_after_s or self.usual_s))
            if crash_at.partition(":")[0] not in (*RARE, "sent"):
                self.people.act()
            if kill_after_s is not None:
                time.sleep(max(0.0, began + kill_after_s - time.monotonic()))
                program.kill()
            _, told = program.communicate(timeout=PATIENCE_S)
            assert "Traceback" not in told, told
            return program.returncode == -signal.SIGKILL

    def _look(self) -> None:
        """The program may work until it is done; then all must be right, and one more run writes nothing."""
        if not self.noted:
            self.noted = True
            self.business.configure(noted=True)
        began = time.monotonic()
        self.report.recovered += come_to_an_end(self.people)
        self.usual_s = max(0.8, (time.monotonic() - began) / 2 + 0.4)
        self.report.looks += 1


def come_to_an_end(people: People) -> int:
    """The program may work until it is done; then all must be right, and one more run writes nothing.

    How many writes without an answer it found out. Raises AssertionError.
    """
    recovered = 0
    for _ in range(MOST_TRIES):
        synced = people.business.accord("sync", "--yes", "--json")
        recovered += synced.data["recovered"] if synced.out else 0
        if synced.code == 0:
            break
    else:
        raise AssertionError(f"it does not come to an end: {synced.out}{synced.err}")
    people.settle(check(people))
    again = people.business.accord("sync", "--json")
    assert (again.code, again.data["sent"]) == (0, {}), f"it writes though nothing happened: {again.out}"
    return recovered
