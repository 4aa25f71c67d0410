"""Performs a checklist on a ground: rounds until every script has ended, and a report of what came of it."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from time import perf_counter

from accord.project import Project
from accord.qa.checklist import Checklist
from accord.qa.performing.fence import Fence
from accord.qa.performing.flow import Flow
from accord.qa.performing.ground import Ground
from accord.qa.performing.order import Queue
from accord.qa.performing.playing import Play
from accord.qa.performing.preview import reach
from accord.qa.performing.probes import Probes
from accord.qa.performing.removal import remove
from accord.qa.performing.rounds import Progress, Rounds, Tell
from accord.qa.performing.verdicts import checks_of
from accord.qa.results import Report
from accord.store import open_store

__all__ = ["perform"]


async def perform(
    checklist: Checklist, project: Project, ground: Ground, *, tell: Tell | None = None
) -> Report:
    """What came of a checklist that is performed with a project's hub on the systems of a ground.

    The checklist may be that of another project with the same systems. Where records outlive the process its probes are
    removed in the end. Cancelled, it ends with what was seen so far; cancelled again, at once.
    """
    began, started = datetime.now(UTC), perf_counter()
    probes = Probes(checklist.mark, ground.diary)
    fences = _fences(checklist, project, ground, probes)
    run = _Run(checklist, project, tell)
    interrupted, left = False, list[str]()
    store = open_store(ground.store / "state.db", synchronous="normal", inline=True)
    try:
        flow = Flow(project, ground, fences, store)
        await run.play(Rounds(ground, flow, fences, probes, checklist.mark, run.doing), probes)
    except asyncio.CancelledError:
        interrupted = True
    finally:
        await store.close()
        if ground.diary is not None:
            run.doing("removing")
            left = await remove(ground, probes)
    return Report(
        project=project.name,
        against=ground.against,
        began=began.isoformat(timespec="seconds"),
        seconds=perf_counter() - started,
        checks=checks_of(checklist, run.plays),
        interrupted=interrupted,
        left=tuple(left),
    )


def _fences(checklist: Checklist, project: Project, ground: Ground, probes: Probes) -> Mapping[str, Fence]:
    reached = reach(checklist, project.model)
    lags = {at: ground.type(at).lag_s for at in reached if ground.has(at)}
    return {
        system: Fence(connector, ground.people[system], probes, lags, ground.clock)
        for system, connector in ground.connectors.items()
    }


class _Run:
    """One run of a checklist: its plays, and how far it has come."""

    def __init__(self, checklist: Checklist, project: Project, tell: Tell | None) -> None:
        self._checklist, self._tell = checklist, tell
        self._queue = Queue(checklist.lines, project.model)
        self.plays: list[Play] = []
        self._ended = sum(not line.scripts for line in checklist.lines)
        self._round = self._playing = 0

    def doing(self, what: str) -> None:
        """Tell how far it has come."""
        if self._tell is not None:
            lines = len(self._checklist.lines)
            self._tell(Progress(self._ended, lines, self._round, self._playing, what))

    async def play(self, rounds: Rounds, probes: Probes) -> None:
        """Rounds until nothing is at play."""
        seen: set[int] = set()
        await rounds.begin()
        while plays := self._queue.round(probes.made):
            self._round, self._playing = self._round + 1, len(plays)
            self.plays += [play for play in plays if id(play) not in seen]
            seen.update(map(id, plays))
            await rounds.play(plays)
            for play in plays:
                if play.ending is None:
                    continue
                goes_on = play.ending in ("absent", "hindered") and self._queue.follow(play)
                self._ended += not goes_on
        self.doing("looking")
